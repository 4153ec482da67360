package cli_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/recoup-project/recoup/internal/channel/sink"
	"github.com/recoup-project/recoup/internal/cli"
	"github.com/recoup-project/recoup/internal/pgtest"
)

// withServer stops the database server that the stories started.
type withServer struct{ *testing.M }

func (m withServer) Run() int { return pgtest.Main(m.M) }

func TestMain(m *testing.M) {
	testscript.Main(withServer{m}, map[string]func(){"recoup": recoup})
}

// recoup is the program as the stories run it.
func recoup() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	env := cli.Env{Getenv: os.Getenv, User: "anna", Build: "test"}
	code := cli.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, env)
	stop()
	os.Exit(code)
}

// TestStories runs the stories: each is a small file that an accountant can follow.
func TestStories(t *testing.T) { stories(t, "testdata/script", nil) }

// TestStoriesOnPostgres runs the stories that are told on a database server.
func TestStoriesOnPostgres(t *testing.T) {
	stories(t, "testdata/postgres", map[string]string{"BOOK": pgtest.Database(t), "COPY": pgtest.Database(t)})
}

func stories(t *testing.T, dir string, vars map[string]string) {
	testscript.Run(t, testscript.Params{
		Dir: dir,
		Setup: func(env *testscript.Env) error {
			env.Setenv("RECOUP_ARM_FILE", filepath.Join(env.WorkDir, "armed"))
			env.Setenv("RECOUP_DB", "")
			for name, value := range vars {
				env.Setenv(name, value)
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "json": checkJSON, "keep": keep, "sink": startSink, "mails": checkMails, "until": until,
		},
	})
}

// exits runs a command and checks its exit status: exits 3 recoup …
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// checkJSON looks into the JSON document on standard output: json error.code
// book_exists. A number steps into a list, len is its length. With ! the field must
// not be there; without a value it only must be there.
func checkJSON(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 0 || len(args) > 2 {
		ts.Fatalf("usage: json PATH [VALUE]")
	}
	got, found := lookUp(ts, args[0])
	switch {
	case neg && len(args) == 1 && found:
		ts.Fatalf("%s is there: %s", args[0], got)
	case neg && len(args) == 1:
	case !found:
		ts.Fatalf("there is no %s", args[0])
	case len(args) == 2 && (got == args[1]) == neg:
		ts.Fatalf("%s is %s, want %s", args[0], got, args[1])
	}
}

func lookUp(ts *testscript.TestScript, path string) (text string, found bool) {
	d := json.NewDecoder(strings.NewReader(ts.ReadFile("stdout")))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		ts.Fatalf("standard output is no JSON document: %v", err)
	}
	if d.More() {
		ts.Fatalf("standard output is more than one JSON document")
	}
	for _, step := range strings.Split(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			if v, found = at[step]; !found {
				return "", false
			}
		case []any:
			if step == "len" {
				return strconv.Itoa(len(at)), true
			}
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(at) {
				return "", false
			}
			v = at[i]
		default:
			return "", false
		}
	}
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	}
	raw, err := json.Marshal(v)
	ts.Check(err)
	return string(raw), true
}

// keep puts a field of the JSON document on standard output into a variable: keep
// ID messages.0.id
func keep(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: keep VARIABLE PATH")
	}
	value, found := lookUp(ts, args[1])
	if !found {
		ts.Fatalf("there is no %s", args[1])
	}
	ts.Setenv(args[0], value)
}

// sinks are the mail servers of running stories, by their address.
var sinks = make(chan map[string]*sink.Sink, 1)

func init() { sinks <- map[string]*sink.Sink{} }

// startSink starts a mail server that keeps what it is given; its address is in
// $SINK.
func startSink(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: sink")
	}
	s, err := sink.Start(sink.Options{})
	ts.Check(err)
	ts.Defer(func() { s.Close() })
	ts.Setenv("SINK", s.URL())
	all := <-sinks
	all[s.URL()] = s
	sinks <- all
}

// checkMails checks how many mails the story's mail server has, and that one of
// them has a text: mails 1 'Subject: …'
func checkMails(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: mails COUNT [TEXT]")
	}
	all := <-sinks
	s := all[ts.Getenv("SINK")]
	sinks <- all
	mails := s.Mails()
	if got := strconv.Itoa(len(mails)); got != args[0] {
		ts.Fatalf("%s mails, want %s", got, args[0])
	}
	if len(args) > 1 && !slices.ContainsFunc(mails, func(m sink.Mail) bool {
		return strings.Contains(fmt.Sprintln("Subject: "+m.Subject, "To:", m.To)+string(m.Bytes), args[1])
	}) {
		ts.Fatalf("no mail has %q", args[1])
	}
}

// until repeats a command until it ends with a status, for at most 20 seconds:
// until 0 recoup …
func until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: until STATUS COMMAND…")
	}
	deadline := time.Now().Add(20 * time.Second)
	for {
		got := 0
		var exit *exec.ExitError
		if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
			got = exit.ExitCode()
		}
		if strconv.Itoa(got) == args[0] {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("exit status %d for 20 seconds, want %s", got, args[0])
		}
		time.Sleep(50 * time.Millisecond)
	}
}

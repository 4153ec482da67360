package duty

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/channel/sink"
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/open"
)

// childEnv makes this test binary a sender of the book at that address.
const childEnv = "RECOUP_TEST_SENDER"

// child sends until nothing is left, and is killed at any moment.
func child() {
	fail := func(err error) {
		if err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
	}
	ctx := context.Background()
	address := os.Getenv(childEnv)
	db, err := open.Open(ctx, address, store.Options{})
	fail(err)
	tenants, err := db.Tenants(ctx)
	fail(err)
	a, err := app.New(db, tenants[0].ID, "test")
	fail(err)
	l, err := NewLicence(ctx, a, address)
	fail(err)
	fmt.Println("ready")
	duty, ctx, err := take(ctx, a)
	for give := time.Now().Add(30 * time.Second); errors.Is(err, store.ErrDutyHeld) && time.Now().Before(give); {
		duty, ctx, err = take(context.Background(), a)
	}
	fail(err)
	_, err = a.RecoverOutbox(ctx, tester)
	fail(err)
	report, err := a.Send(ctx, tester, app.SendRequest{Open: OpenMailer, Licence: l})
	fail(err)
	duty.Release()
	fail(db.Close())
	fmt.Println("done", report.Sent)
}

// kills is how many senders are killed for each engine; the real program is killed 500
// times in internal/faults.
func kills(t *testing.T) int {
	if testing.Short() {
		return 40
	}
	return 150
}

// TestKilledSenders kills senders at random moments, 150 on each engine, while the
// next one already waits for the duty. The oracle is the mail server, which lives on:
// nothing arrived twice, nothing that the book calls sent is missing there, and
// whatever may or may not have arrived is unknown and asked about.
func TestKilledSenders(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		s := startSink(t)
		f := newFixture(t, address, s.URL()+"?connections=2")
		n := kills(t)
		f.release(400)
		random := rand.New(rand.NewPCG(1, uint64(n)))
		started, killed := time.Now(), 0
		var at, next *sender
		for try := 0; killed < n && try < 2*n; try++ {
			if at == nil { // nobody works or waits: the outbox can be filled
				if f.states()["approved"] < 300 {
					f.release(400)
				}
				at = startSender(t, address)
			}
			if next = nil; try%10 < 9 { // it waits for the duty, and takes over from the killed one
				next = startSender(t, address)
			}
			after := time.Duration(random.IntN(30_000)) * time.Microsecond
			if at.kill(t, s, after, random.IntN(10) == 0) {
				killed++
			}
			at = next
		}
		if at != nil {
			at.kill(t, s, 0, true)
		}
		t.Logf("%d kills in %v, %d of %d arrived", killed, time.Since(started).Round(time.Millisecond), s.Count(),
			len(f.ids))
		if killed < n*9/10 {
			t.Errorf("only %d of %d senders were killed while they worked", killed, n)
		}
		f.send()
		f.checkAgainst(s)
	})
}

// sender is a process that sends.
type sender struct {
	cmd *exec.Cmd
	out io.Reader
}

func startSender(t *testing.T, address string) *sender {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+address)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	return &sender{cmd, out}
}

// kill ends a sender a while after it handed over its first message, or, if early,
// after it began to work. It reports whether the sender was still working.
func (p *sender) kill(t *testing.T, s *sink.Sink, after time.Duration, early bool) bool {
	t.Helper()
	before := s.Attempts()
	ready := make([]byte, len("ready\n"))
	if _, err := io.ReadFull(p.out, ready); err != nil || string(ready) != "ready\n" {
		rest, _ := io.ReadAll(p.out)
		t.Fatalf("sender: %q %s %v", ready, rest, err)
	}
	for give := time.Now().Add(2 * time.Second); !early && s.Attempts() == before && time.Now().Before(give); {
		time.Sleep(200 * time.Microsecond)
	}
	time.Sleep(after)
	must(t, p.cmd.Process.Kill())
	rest, _ := io.ReadAll(p.out)
	_ = p.cmd.Wait()
	if strings.Contains(string(rest), "error:") {
		t.Fatalf("sender: %s", rest)
	}
	return !strings.Contains(string(rest), "done")
}

// checkAgainst compares the book with what the mail server has.
func (f *fixture) checkAgainst(s *sink.Sink) {
	f.t.Helper()
	for _, double := range s.Doubles() {
		f.t.Errorf("%s arrived twice", double)
	}
	arrived := map[string]bool{}
	for _, m := range s.Mails() {
		arrived[m.MessageID] = true
	}
	book, err := f.db.Book(f.ctx)
	must(f.t, err)
	unknown, really := 0, 0
	for id, state := range f.stateOf() {
		there := arrived[fmt.Sprintf("m%d-%d.%s@northgate.example", f.app.Tenant(), id, book.UID)]
		switch {
		case state == "sent" && !there:
			f.t.Errorf("message %d is sent, and never arrived", id)
		case state == "unknown":
			unknown++
			if there {
				really++
			}
		case state != "sent" && there:
			f.t.Errorf("message %d is %s, and arrived", id, state)
		case state != "sent":
			f.t.Errorf("message %d is %s at the end", id, state)
		}
	}
	f.t.Logf("%d unknown, of which %d arrived", unknown, really)
	f.checkUnknownAreAsked(unknown)
}

// checkUnknownAreAsked: every unknown message is in the outbox's list and its
// customer has an open task.
func (f *fixture) checkUnknownAreAsked(unknown int) {
	f.t.Helper()
	list, err := f.app.Outbox(f.ctx, app.OutboxFilter{State: "unknown"})
	must(f.t, err)
	tasks := 0
	must(f.t, f.db.Read(f.ctx, f.app.Tenant(), func(tx store.Tx) error {
		return store.One(tx, `SELECT count(*) FROM task k JOIN message m ON m.tenant_id = k.tenant_id
			AND m.customer_id = k.customer_id
			WHERE k.tenant_id = $1 AND k.kind = 'message_unknown' AND k.state = 'open' AND m.state = 'unknown'`,
			[]any{f.app.Tenant()}, func(r store.Rows) { tasks = int(r.Int64(0)) })
	}))
	if len(list) != unknown || tasks != unknown {
		f.t.Errorf("%d messages are unknown, %d are listed, %d are asked about", unknown, len(list), tasks)
	}
}

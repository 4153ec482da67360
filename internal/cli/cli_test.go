package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/archive"
	"github.com/recoup-project/recoup/internal/store/open"
)

// at runs command lines on a book of their own.
type at struct {
	t    *testing.T
	book string
}

func newBook(t *testing.T) at {
	b := at{t, filepath.Join(t.TempDir(), "book.db")}
	b.done("init", "--name", "Brightwater", "--country", "GB", "--currency", "GBP", "--clock",
		"2026-11-17T09:00")
	return b
}

func (b at) run(args ...string) (status int, stdout, stderr string) {
	var out, errs bytes.Buffer
	env := Env{Getenv: func(string) string { return "" }, User: "anna", Build: "test"}
	status = Run(context.Background(), append([]string{"--db", b.book}, args...), strings.NewReader(""),
		&out, &errs, env)
	return status, out.String(), errs.String()
}

func (b at) done(args ...string) string {
	b.t.Helper()
	status, out, errs := b.run(args...)
	if status != 0 {
		b.t.Fatalf("recoup %s: status %d: %s%s", strings.Join(args, " "), status, out, errs)
	}
	return out
}

// content is everything the book holds.
func (b at) content() string {
	b.t.Helper()
	db, err := open.Open(context.Background(), b.book, store.Options{})
	if err != nil {
		b.t.Fatal(err)
	}
	defer db.Close()
	totals, err := archive.Count(context.Background(), db)
	if err != nil {
		b.t.Fatal(err)
	}
	info, err := db.Book(context.Background())
	if err != nil {
		b.t.Fatal(err)
	}
	return fmt.Sprint(totals, info.Now)
}

const ledger = `customer_number,customer_name,kind,country,email,document_kind,number,invoice_date,due_date,currency,amount,open_amount
1001,Harrow Ltd,company,GB,ap@harrow.example,invoice,INV-1,2026-09-01,2026-10-01,GBP,1200.00,1200.00
1002,Pike Ltd,company,GB,ap@pike.example,invoice,INV-2,2026-09-01,2026-10-01,GBP,100.00,100.00
1003,Moor Ltd,company,GB,,invoice,INV-3,2026-09-01,2026-10-01,GBP,100.00,100.00
`

func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestDryRun runs every command that writes, once to try it out, which must change
// nothing, and once for real, which must change something: so the trial was of a
// command that does something. Both give the same document, but for the mark.
func TestDryRun(t *testing.T) {
	b := newBook(t)
	first := write(t, "first.csv", ledger)
	second := write(t, "second.csv", strings.ReplaceAll(ledger, "INV-", "SECOND-"))
	people := write(t, "people.csv", "customer_number,email,role\n1003,chief@moor.example,director\n")
	strategy := filepath.Join(t.TempDir(), "gentle.json")
	text := strings.Replace(b.done("strategy", "show", "gentle", "--json"), `"version": 1`, `"version": 2`, 1)
	if err := os.WriteFile(strategy, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, words := range [][]string{
		{"import", "invoices", first},
		{"import", "open-items", second},
		{"import", "contacts", people},
		{"creditor", "add", "--name", "Other", "--country", "DE", "--currency", "EUR"},
		{"config", "set", "mode", "ask_first"},
		{"--creditor", "brightwater", "config", "set", "policy.backlog_per_day", "7"},
		{"--creditor", "brightwater", "confirm-total", "GBP", "2800.00"},
		{"--creditor", "brightwater", "cash-known", "2026-11-16"},
		{"customer", "set", "1001", "--kind", "individual"},
		{"contact", "add", "1001", "--role", "director", "--email", "boss@harrow.example"},
		{"contact", "remove", "1003", "3"},
		{"pay", "INV-1", "--amount", "100"},
		{"pay", "customer:1002", "--amount", "500"},
		{"credit", "INV-1", "--amount", "50"},
		{"import", "invoices", write(t, "third.csv", strings.ReplaceAll(ledger, "INV-", "THIRD-")),
			"--creditor", "brightwater"},
		{"apply", "customer:1002"},
		{"hold", "add", "INV-3", "--kind", "dispute", "--reason", "broken"},
		{"hold", "end", "1", "--outcome", "upheld"},
		{"note", "1001", "called"},
		{"reason", "INV-1", "cash_flow"},
		{"strategy", "activate", strategy, "--reason", "trial"},
		{"run"},
		{"edit", "1", "--line", "Thank you."},
		{"approve", "1"},
		{"mark-sent", "1"},
		{"void", "message:1"},
		{"reject", "2"},
		{"task", "done", "1", "--outcome", "reached"},
		{"clock", "advance", "1h"},
		{"clock", "set", "2026-11-17T12:00"},
	} {
		before := b.content()
		trial := fields(t, b.done(append(slices.Clone(words), "--dry-run", "--json")...))
		if after := b.content(); after != before {
			t.Fatalf("recoup %s --dry-run left a trace:\n%s\n%s", strings.Join(words, " "), before, after)
		}
		done := fields(t, b.done(append(slices.Clone(words), "--json")...))
		if b.content() == before {
			t.Errorf("recoup %s changed nothing", strings.Join(words, " "))
		}
		if trial["dry_run"] != true || done["dry_run"] != nil {
			t.Errorf("recoup %s: the trial is marked %v, the command %v", strings.Join(words, " "),
				trial["dry_run"], done["dry_run"])
		}
		delete(trial, "dry_run")
		if diff := cmp.Diff(done, trial); diff != "" {
			t.Errorf("recoup %s: the trial answers otherwise (-command +trial):\n%s", strings.Join(words, " "), diff)
		}
	}
}

func fields(t *testing.T, document string) (all map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(document), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestOneDocument: with --json every command answers with exactly one JSON document
// that begins with its schema, and nothing on standard error, whatever happens.
func TestOneDocument(t *testing.T) {
	b := newBook(t)
	b.done("import", "invoices", write(t, "ledger.csv", ledger))
	b.done("run")
	for _, line := range []string{
		"clock show", "config get", "config get mode", "config get nothing", "creditor list", "customer list", "customer show 1001",
		"customer show nobody", "contact list 1001", "explain INV-1", "explain customer:1001 --recompute", "explain message:1",
		"explain nothing", "hold list", "interest --jurisdiction DE --principal 100 --due 2026-01-01 --until 2026-02-01 --debtor company",
		"interest", "outbox list", "outbox show 1", "outbox show 99", "report aging", "report aging --by customer", "run --dry-run",
		"run --as-of 2020-01-01", "send", "strategy list", "strategy show firm", "strategy calendar firm --due 2026-11-20", "task list",
		"template list", "template lint", "template preview 1", "template show formal", "version", "migrate", "doctor", "audit list",
		"audit verify", "arm", "approve 99", "approve 1", "approve 1", "void 1", "match", "nonsense", "run --nonsense", "",
		"reconcile nowhere.csv", "import invoices nowhere.csv", "pay INV-1 --amount x", "restore nowhere.tar",
	} {
		for _, form := range []string{"--json", "--jsonl"} {
			status, out, errs := b.run(append(strings.Fields(line), form)...)
			if errs != "" {
				t.Errorf("recoup %s %s: on standard error: %s", line, form, errs)
			}
			if form == "--json" {
				oneDocument(t, line, status, out)
			} else if strings.Contains(strings.TrimRight(out, "\n"), "\n ") {
				t.Errorf("recoup %s --jsonl: a document of several lines", line)
			}
		}
	}
}

func oneDocument(t *testing.T, line string, status int, out string) {
	t.Helper()
	if line == "" {
		return // the help
	}
	d := json.NewDecoder(strings.NewReader(out))
	var doc struct {
		Schema string
		Error  *struct{ Kind, Code, Message string }
	}
	if err := d.Decode(&doc); err != nil || d.More() {
		t.Errorf("recoup %s: no single JSON document: %v\n%s", line, err, out)
		return
	}
	if !strings.HasPrefix(out, "{\n  \"schema\": \"recoup/") {
		t.Errorf("recoup %s: does not begin with its schema", line)
	}
	if (status == exitRefused || status == exitUsage || status == exitFailed) && doc.Error == nil {
		t.Errorf("recoup %s: status %d without an error", line, status)
	}
	if doc.Error != nil && (status == exitDone || doc.Error.Kind == "" || doc.Error.Code == "" ||
		doc.Error.Message == "") {
		t.Errorf("recoup %s: status %d with error %+v", line, status, *doc.Error)
	}
}

func TestExitOf(t *testing.T) {
	for kind, want := range map[app.Kind]int{app.Invalid: 3, app.NotFound: 3, app.Conflict: 3, app.Refused: 3,
		app.Unavailable: 1, app.Internal: 1, kindUsage: 2} {
		if got := exitOf(kind); got != want {
			t.Errorf("%s: status %d, want %d", kind, got, want)
		}
	}
}

// TestHelpNamesOnlyTimesThatAreTaken: the help of a command that refuses to look at
// another time does not offer it.
func TestHelpNamesOnlyTimesThatAreTaken(t *testing.T) {
	for command, want := range map[string]string{
		"report aging": "--as-of --known-at", "run": "--as-of", "import": "--as-of", "pay": "", "config set": "",
	} {
		var out bytes.Buffer
		env := Env{Getenv: func(string) string { return "" }, User: "anna", Build: "test"}
		args := append(strings.Fields(command), "--help")
		if status := Run(context.Background(), args, strings.NewReader(""), &out, &out, env); status != 0 {
			t.Fatalf("%s: status %d: %s", command, status, out.String())
		}
		var got []string
		for _, flag := range []string{"--as-of", "--known-at"} {
			if strings.Contains(out.String(), flag) {
				got = append(got, flag)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s --help: %v, expected %q", command, got, want)
		}
	}
}

// TestErrorsForPeople: one line and a hint; what only an operator understands is
// told where a person can do nothing but pass it on.
func TestErrorsForPeople(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		want   string
	}{
		{&app.Error{Kind: app.Invalid, Code: "x", Message: "bad", Where: &app.Where{File: "f.csv", Row: 3,
			Field: "amount"}, Err: errors.New("inner")},
			3, "recoup: f.csv: bad (row 3, amount)\n"},
		{&app.Error{Kind: app.Refused, Code: "duty_held", Message: "busy", Detail: "pid 7"},
			3, "recoup: busy: pid 7\n        " + hints["duty_held"] + "\n"},
		{errors.New("disk\non fire"), 1, "recoup: a fault of the program: disk; on fire\n"},
		{errPartly, 4, ""},
	} {
		var errs bytes.Buffer
		s := &session{ctx: context.Background(), errs: &errs}
		if status := s.finish(c.err); status != c.status || errs.String() != c.want {
			t.Errorf("%v: status %d, %q; want %d, %q", c.err, status, errs.String(), c.status, c.want)
		}
	}
}

// TestInterrupted: a command that was told to stop says so, and may be repeated.
func TestInterrupted(t *testing.T) {
	b := newBook(t)
	ctx, stop := context.WithCancel(context.Background())
	stop()
	var out bytes.Buffer
	env := Env{Getenv: func(string) string { return "" }, User: "anna", Build: "test"}
	status := Run(ctx, []string{"--db", b.book, "run", "--json"}, strings.NewReader(""), &out, &out, env)
	if status != exitFailed || !strings.Contains(out.String(), `"interrupted"`) {
		t.Errorf("status %d: %s", status, out.String())
	}
}

func TestSplitFindsTheCommand(t *testing.T) {
	for line, want := range map[string]string{
		"--db x match": "match", "--db=x --json user add bob": "user add bob", "explain match": "explain match",
		"--by anna --dry-run import bank f": "import bank f", "note x -- --demo": "note x",
	} {
		words := split(strings.Fields(line))
		if got := strings.Join(words, " "); got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
	if err := notSupportedYet([]string{"explain", "match"}); err != nil {
		t.Errorf("a reference called match: %v", err)
	}
}

// TestLaterCommandsDoNotExist: a command that has come must leave the list.
func TestLaterCommandsDoNotExist(t *testing.T) {
	parser, err := kong.New(&grammar{}, vocabulary(), values, kong.NoDefaultHelp(), kong.ExplicitGroups(groups))
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range later {
		node := parser.Model.Node
		for _, word := range strings.Fields(command) {
			i := slices.IndexFunc(node.Children, func(n *kong.Node) bool { return n.Name == word })
			if i < 0 {
				node = nil
				break
			}
			node = node.Children[i]
		}
		if node != nil {
			t.Errorf("recoup %s exists and is listed as not there yet", command)
		}
	}
}

func TestTableAlignsByWidth(t *testing.T) {
	var out bytes.Buffer
	p := &page{out: &out}
	p.table([]string{"Name", ">Amount", ""}, [][]string{{"Möbel", "9.50", "EUR"}, {"日本", "1200.00", ""}})
	want := "Name    Amount\nMöbel     9.50  EUR\n日本   1200.00\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

// TestSentenceAboutMany: a sentence about many customers leaves out what differs, and
// no half of it is left that says nothing.
func TestSentenceAboutMany(t *testing.T) {
	for code, want := range map[reason.Code]string{
		reason.NotSendDay:    "No messages go out on this day.",
		reason.CashStale:     "Cash is known only up to …, which is too old for this step.",
		reason.NoContact:     reason.Fill(reason.NoContact, nil),
		reason.Code("bogus"): "",
	} {
		if got := sentence(code); got != want {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
}

// TestSuggestedAnswers gives every answer that a question about a file suggests: each
// must be understood and settle the question.
func TestSuggestedAnswers(t *testing.T) {
	for asked, c := range map[string]struct {
		file    string
		answers int
	}{
		"date order":       {"customer_number;number;due_date;currency;amount\n1;A-1;03/04/2026;GBP;10.50\n", 2},
		"decimal mark":     {"customer no;invoice no;due date;currency;total\n1;A-1;2026-04-03;KWD;1,234\n", 2},
		"default currency": {"customer_number;number;due_date;amount\n1;A-1;2026-04-03;10.50\n", 1},
	} {
		file := write(t, "file.csv", c.file)
		for _, command := range [][]string{{"import", "invoices", file}, {"reconcile", file}} {
			b := newBook(t)
			status, _, question := b.run(command...)
			answers := regexp.MustCompile(`--([a-z-]+) ([^\s:]+)`).FindAllStringSubmatch(question, -1)
			if status != 3 || len(answers) != c.answers {
				t.Fatalf("%s: %v: status %d, %q", asked, command, status, question)
			}
			for _, a := range answers {
				answer := strings.Replace(a[2], "CODE", "GBP", 1)
				if status, out, errs := b.run(append(command, "--"+a[1], answer, "--dry-run")...); status != 0 {
					t.Errorf("%s: %v --%s %s: status %d: %s%s", asked, command, a[1], answer, status, out, errs)
				}
			}
		}
	}
	status, _, errs := newBook(t).run("import", "invoices", write(t, "file.csv", ledger), "--decimal", ";")
	if status != 2 || !strings.Contains(errs, "expected , or .") {
		t.Errorf("--decimal ;: status %d, %s", status, errs)
	}
}

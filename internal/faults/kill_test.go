package faults

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/channel/sink"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/pgtest"
	"github.com/recoup-project/recoup/internal/store"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// kills is how often the program is killed for each engine.
func kills() int {
	if testing.Short() {
		return 40
	}
	return 500
}

// debtors is how many customers the killed book has: enough that there is always
// something to decide or to send.
const debtors = 2500

// program is the real binary and the book it works on.
type program struct {
	t       *testing.T
	binary  string
	address string
	arm     string
	rng     *rand.Rand
	killed  int
}

// TestKilledProgram kills the real program at random moments of its runs and of its
// sending. Afterwards nothing arrived twice, nothing that arrived counts as unsent,
// nothing is lost, and what is unknown is listed for a person.
func TestKilledProgram(t *testing.T) {
	binary := built(t)
	t.Run("sqlite", func(t *testing.T) { killProgram(t, binary, filepath.Join(t.TempDir(), "book.db")) })
	t.Run("postgres", func(t *testing.T) { killProgram(t, binary, pgtest.Database(t)) })
}

// built is the real program.
func built(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "recoup")
	if out, err := exec.Command("go", "build", "-o", binary, "../../cmd/recoup").CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v\n%s", err, out)
	}
	return binary
}

func killProgram(t *testing.T, binary, address string) {
	const seed = 20261121
	p := &program{t: t, binary: binary, address: address, arm: filepath.Join(t.TempDir(), "armed"), rng: rand.New(rand.NewPCG(seed, 1))}
	server, err := sink.Start(sink.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	p.furnish(server.URL())
	days := []string{"2026-03-05T10:30", "2026-03-19T10:30", "2026-04-02T10:30", "2026-05-06T10:30", "2026-05-21T10:30", "2026-06-10T10:30"}
	for _, at := range days {
		if p.killed >= kills() {
			break
		}
		p.must("clock", "set", at)
		p.must("cash-known", at[:10])
		p.untilDone(kills()/10, p.between(40, 160),
			"run", "--approve", "all", "--release-brake", "--reason", "the test kills it")
		p.untilDone(kills()/3, p.amongMails(server), "send")
	}
	if p.killed < kills()*9/10 {
		t.Errorf("killed only %d times of %d: there was too little to do", p.killed, kills())
	}
	p.account(server)
}

// furnish makes the book with the program itself: customers whose invoices fall due
// in the first days of March 2026.
func (p *program) furnish(smtp string) {
	p.must("init", "--name", "Killed Ltd", "--country", "GB", "--currency", "GBP", "--clock", "2026-01-15T09:00")
	var file bytes.Buffer
	file.WriteString("customer_number,customer_name,kind,country,language,email,role,document_kind,number,instalment,invoice_date,due_date,date_agreed,currency,amount,open_amount,paid_on,paid_amount,po,last_reminder_date,last_reminder_level\r\n")
	for i := range debtors {
		n := strconv.Itoa(10001 + i)
		for k, due := range []string{"2026-03-02", "2026-03-16", "2026-03-30", "2026-05-01", "2026-05-18", "2026-06-05"} {
			fmt.Fprintf(&file, "C%s,Debtor %s Ltd,company,GB,en-GB,ap@c%s.example,accounts_payable,invoice,INV-%s-%d,1,2026-01-10,%s,yes,GBP,%d.00,,,,,,\r\n",
				n, n, n, n, k, due, 700+i%900)
		}
	}
	name := filepath.Join(p.t.TempDir(), "open.csv")
	if err := os.WriteFile(name, file.Bytes(), 0o600); err != nil {
		p.t.Fatal(err)
	}
	p.must("import", "invoices", name)
	details := map[string]string{
		"smtp.url": smtp, "mail.from": "ar@killed.example", "sender.address": "1 High Street\\nTown", "sender.register_no": "none",
		"sender.vat_id": "GB 000 0000 00", "sender.person": "Ann Archer", "sender.phone": "+44 1632 960 000", "sender.reply_to": "ar@killed.example",
		"bank.holder": "Killed Ltd", "bank.iban": "GB33BUKB20201555555555", "bank.unchanged_since": "2020-01-01",
	}
	for _, key := range slices.Sorted(maps.Keys(details)) { // the account, then since when it is unchanged
		p.must("config", "set", key, details[key])
	}
}

func (p *program) command(args ...string) *exec.Cmd {
	cmd := exec.Command(p.binary, append([]string{"--db", p.address}, args...)...)
	cmd.Env = append(os.Environ(), "RECOUP_ARM_FILE="+p.arm)
	return cmd
}

// must runs a command to its end.
func (p *program) must(args ...string) string {
	p.t.Helper()
	out, err := p.command(args...).CombinedOutput()
	if err != nil {
		p.t.Fatalf("recoup %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// moment draws a moment and returns what waits for it.
type moment func() (wait func())

// between is a random time of lo to hi milliseconds from now.
func (p *program) between(lo, hi int) moment {
	return func() func() {
		d := time.Duration(lo+p.rng.IntN(hi-lo)) * time.Millisecond
		return func() { time.Sleep(d) }
	}
}

// amongMails is when some mails more have arrived, or after a time in which perhaps
// none has, and then less than a hand-over takes.
func (p *program) amongMails(server *sink.Sink) moment {
	return func() func() {
		until := server.Count() + 1 + p.rng.IntN(20)
		end := time.Now().Add(time.Duration(80+p.rng.IntN(920)) * time.Millisecond)
		then := time.Duration(p.rng.IntN(2000)) * time.Microsecond
		return func() {
			for time.Now().Before(end) && server.Count() < until {
				time.Sleep(100 * time.Microsecond)
			}
			time.Sleep(then)
		}
	}
}

// untilDone starts a command again and again, and kills it at a moment of at, until
// it comes to its end or has been killed most times; then it is left alone once.
// Exit 4 (done in part) is an end too.
func (p *program) untilDone(most int, at moment, args ...string) {
	p.t.Helper()
	for end := p.killed + most; p.killed < min(end, kills()); {
		cmd := p.command(args...)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			p.t.Fatal(err)
		}
		ended, now := make(chan error, 1), make(chan struct{})
		go func() { ended <- cmd.Wait() }()
		wait := at()
		go func() { wait(); close(now) }()
		select {
		case err := <-ended:
			if done(err) {
				return
			}
			if !bytes.Contains(out.Bytes(), []byte("duty")) { // the killed one's lock may take a moment to go
				p.t.Fatalf("recoup %v: %v\n%s", args, err, &out)
			}
		case <-now:
			if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
				p.t.Fatal(err)
			}
			<-ended
			p.killed++
		}
	}
	deadline := time.Now().Add(time.Minute)
	for {
		out, err := p.command(args...).CombinedOutput()
		if done(err) {
			return
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("recoup %v, left alone: %v\n%s", args, err, out)
		}
	}
}

// done reports exit 0 or 4.
func done(err error) bool {
	var exit *exec.ExitError
	return err == nil || (errors.As(err, &exit) && exit.ExitCode() == 4)
}

// judge compares one message of the book with whether it arrived.
func (p *program) judge(id int64, state book.MessageState, arrived bool) {
	p.t.Helper()
	switch state {
	case book.Unknown:
	case book.Sent:
		if !arrived {
			p.t.Errorf("message %d counts as sent and never arrived", id)
		}
	case book.Approved, book.Claimed, book.HandingOver:
		p.t.Errorf("message %d was left %s", id, state)
	default:
		if arrived {
			p.t.Errorf("message %d arrived and is %s", id, state)
		}
	}
}

var messageID = regexp.MustCompile(`^m\d+-(\d+)\.`)

// account compares the book with what the server counted.
func (p *program) account(server *sink.Sink) {
	ctx := context.Background()
	if doubles := server.Doubles(); len(doubles) > 0 {
		p.t.Errorf("%d mails arrived twice: %.200v", len(doubles), doubles)
	}
	arrived := map[int64]bool{}
	for _, m := range server.Mails() {
		id := messageID.FindStringSubmatch(m.MessageID)
		if id == nil {
			p.t.Fatalf("message id %q", m.MessageID)
		}
		n, _ := strconv.ParseInt(id[1], 10, 64)
		arrived[n] = true
	}
	a, err := app.OpenBook(ctx, p.address, "test")
	if err != nil {
		p.t.Fatal(err)
	}
	defer a.Close()
	states := map[book.MessageState]int{}
	err = a.DB().Read(ctx, a.Tenant(), func(tx store.Tx) error {
		clear(states)
		return store.Each(tx, "SELECT message_id, state FROM message WHERE tenant_id = $1 AND channel = 'email'", []any{a.Tenant()},
			func(r store.Rows) error {
				id, state := r.Int64(0), book.MessageState(r.Text(1))
				states[state]++
				p.judge(id, state, arrived[id])
				return nil
			})
	})
	if err != nil {
		p.t.Fatal(err)
	}
	if !testing.Short() && states[book.Unknown] == 0 {
		p.t.Error("nothing became unknown: the kills never met a hand-over")
	}
	if states[book.Sent] < 100 {
		p.t.Errorf("only %d messages were sent", states[book.Sent])
	}
	findings, err := a.Deep(ctx)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, f := range findings {
		if !f.OK {
			p.t.Errorf("%s: %s", f.Name, f.Text)
		}
	}
	p.t.Logf("killed %d times; %d mails arrived, none twice; states %v", p.killed, len(arrived), states)
}

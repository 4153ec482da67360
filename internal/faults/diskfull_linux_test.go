package faults

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/store/storetest"
)

// TestDiskFull lets the real program import and run while the disk is full, with more
// or less room left: each command is done, or refused with disk_full. When there is
// room again both are done, and the book is as one that never was short of it.
func TestDiskFull(t *testing.T) {
	storetest.OnSmallDisk(t, func(dir string) { importAndRun(t, dir) })
}

func importAndRun(t *testing.T, dir string) {
	outside := t.TempDir()
	p := &program{t: t, binary: built(t), address: filepath.Join(outside, "book.db"),
		arm: filepath.Join(outside, "armed")}
	p.must("init", "--name", "Full Ltd", "--country", "GB", "--currency", "GBP", "--clock", "2026-03-05T10:30")
	p.must("import", "invoices", ledgerFile(t, "FIRST"))
	base, err := os.ReadFile(p.address)
	if err != nil {
		t.Fatal(err)
	}
	work := [][]string{{"import", "invoices", ledgerFile(t, "SECOND"), "--json"},
		{"run", "--approve", "all", "--release-brake", "--reason", "a test", "--json"}}
	for _, words := range work {
		p.must(words...)
	}
	want := p.state()

	refused := map[string]int{}
	for _, free := range []int64{0, 24 << 10, 64 << 10, 480 << 10, 1000 << 10, 1500 << 10} {
		p.address = filepath.Join(dir, fmt.Sprintf("book-%d.db", free))
		if err := os.WriteFile(p.address, base, 0o600); err != nil {
			t.Fatal(err)
		}
		ballast := storetest.FillUp(t, dir, free)
		for _, words := range work {
			if !p.doneOrFull(words) {
				refused[words[0]]++
			}
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		for _, words := range work {
			p.must(words...)
		}
		if got := p.state(); got != want {
			t.Errorf("after a disk with %d kB left:\n%.2000s\nwant\n%.2000s", free>>10, got, want)
		}
		p.must("doctor", "--deep")
		if err := os.Remove(p.address); err != nil {
			t.Fatal(err)
		}
	}
	if refused["import"] < 3 || refused["run"] < 3 {
		t.Errorf("the disk was full only for %v", refused)
	}
}

// ledgerFile writes a list of invoices of as many customers as two batches of a run.
func ledgerFile(t *testing.T, prefix string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("customer_number,customer_name,kind,email,number,due_date,currency,amount\n")
	for i := range 1500 {
		fmt.Fprintf(&b, "C%04d,Debtor %d Ltd,company,ap@c%d.example,%s-%d,2026-03-02,GBP,%d.00\n", i, i, i, prefix,
			i, 700+i%900)
	}
	name := filepath.Join(t.TempDir(), prefix+".csv")
	if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// doneOrFull runs a command and reports whether it was done; if not, it must have said
// clearly why, with the status of what may work later.
func (p *program) doneOrFull(words []string) bool {
	p.t.Helper()
	out, err := p.command(words...).Output()
	if err == nil {
		return true
	}
	var exit *exec.ExitError
	var doc struct {
		Error struct{ Code, Message string }
	}
	if !errors.As(err, &exit) || exit.ExitCode() != 1 || json.Unmarshal(out, &doc) != nil ||
		doc.Error.Code != "disk_full" || !strings.Contains(doc.Error.Message, "disk is full") {
		p.t.Errorf("recoup %v: %v\n%s", words[:2], err, out)
	}
	return false
}

// state is what the book says: its aging and every message, without the numbers that
// were given out on the way.
func (p *program) state() string {
	p.t.Helper()
	var outbox struct {
		Messages []struct {
			Customer, Step, Day, Channel, State, Amount string
			Items                                       []string
		}
	}
	if err := json.Unmarshal([]byte(p.must("outbox", "list", "--json")), &outbox); err != nil {
		p.t.Fatal(err)
	}
	lines := make([]string, len(outbox.Messages))
	for i, m := range outbox.Messages {
		lines[i] = fmt.Sprint(m)
	}
	slices.Sort(lines)
	return p.must("report", "aging", "--json") + strings.Join(lines, "\n")
}

package sim

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/cal"
)

func TestDemoDay(t *testing.T) {
	for today, want := range map[string]string{
		"2026-11-17": "2026-11-17", "2026-11-21": "2026-11-17", "2026-11-23": "2026-11-17",
		"2026-04-07": "2026-03-31", // the day after Easter Monday
		"2026-12-25": "2026-12-22",
	} {
		got, err := DemoDay(cal.MustParse(today))
		if err != nil || got != cal.MustParse(want) {
			t.Errorf("demo day on %s: %s, %v; expected %s", today, got, err, want)
		}
	}
}

// TestRemoveLeavesWhatIsNotTheDemos: a demo made in a folder of other things.
func TestRemoveLeavesWhatIsNotTheDemos(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"mail", "demo.db.blobs", "work"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"demo.db", "demo.db-wal", "mail/1.eml", "demo.db.blobs/ab", "accounts.db", "work/1"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := Remove(dir); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if want := []string{filepath.Join(dir, "accounts.db"), filepath.Join(dir, "work")}; err != nil ||
		!slices.Equal(left, want) {
		t.Errorf("left are %v, %v", left, err)
	}
}

func TestCompanyFollowsFromItsSeed(t *testing.T) {
	day := cal.MustParse("2026-11-17")
	a, b, other := NewCompany(1, day), NewCompany(1, day), NewCompany(2, day)
	invoices, names := 0, map[string]bool{}
	differs := false
	for i, d := range a.Debtors {
		if len(d.Invoices) != len(b.Debtors[i].Invoices) || d.Name != b.Debtors[i].Name {
			t.Fatalf("debtor %d differs between two companies of one seed", i)
		}
		differs = differs || len(d.Invoices) != len(other.Debtors[i].Invoices)
		invoices += len(d.Invoices)
		if names[d.Name] {
			t.Errorf("two debtors are called %s", d.Name)
		}
		names[d.Name] = true
	}
	if !differs {
		t.Error("two seeds make the same company")
	}
	if len(a.Debtors) != 300 || invoices < 3000 || invoices > 4500 {
		t.Errorf("%d debtors, %d invoices; expected 300 and about 3,600", len(a.Debtors), invoices)
	}
}

// TestWorld keeps the book of the demo company for some weeks: mails arrive in the
// sink, none twice, the books balance and nothing leaves this machine.
func TestWorld(t *testing.T) {
	ctx := context.Background()
	w, err := Make(ctx, Options{Dir: t.TempDir(), Seed: 7, Today: cal.MustParse("2026-11-17"), Days: 35, Build: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if w.Sink.Count() < 50 {
		t.Errorf("only %d mails in five weeks", w.Sink.Count())
	}
	if doubles := w.Sink.Doubles(); len(doubles) > 0 {
		t.Errorf("mails that came twice: %v", doubles)
	}
	findings, err := w.App.Deep(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		if !f.OK {
			t.Errorf("%s: %s", f.Name, f.Text)
		}
	}
	for _, p := range plans {
		aging, err := w.App.Aging(ctx, app.AgingRequest{Creditor: p.code, AsOf: w.day})
		if err != nil {
			t.Fatal(err)
		}
		if len(aging.Currencies) != 1 || aging.Currencies[0].Total().Count == 0 {
			t.Errorf("%s: aging %+v", p.code, aging)
		}
	}
	if _, err := w.App.Run(ctx, robot, app.RunRequest{AsOf: cal.None, Approve: app.ApproveNone}); err != nil {
		t.Error(err)
	}
}

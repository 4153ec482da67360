package sim

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

var tuesday = cal.MustParse("2026-11-17")

func TestCompanyFollowsFromItsSeed(t *testing.T) {
	a, b, other := newCompany(1, tuesday, 75, 1), newCompany(1, tuesday, 75, 1), newCompany(2, tuesday, 75, 1)
	invoices, names := 0, map[string]bool{}
	differs := false
	for i, d := range a.Debtors {
		if len(d.Invoices) != len(b.Debtors[i].Invoices) || d.Name != b.Debtors[i].Name {
			t.Fatalf("debtor %d differs between two companies of one seed", i)
		}
		differs = differs || len(d.Invoices) != len(other.Debtors[i].Invoices)
		for _, inv := range d.Invoices {
			if inv.Date <= tuesday {
				invoices++
			}
		}
		if names[d.Name] {
			t.Errorf("two debtors are called %s", d.Name)
		}
		names[d.Name] = true
	}
	if !differs {
		t.Error("two seeds make the same company")
	}
	if len(a.Debtors) != 300 || invoices < 3200 || invoices > 4200 {
		t.Errorf("%d debtors, %d invoices; expected 300 and about 3,600", len(a.Debtors), invoices)
	}
}

// made makes a small world that was kept for some days and does not send by itself.
func made(t *testing.T, seed uint64, days int) *World {
	t.Helper()
	return opened(t, Options{Dir: t.TempDir(), Seed: seed, Today: tuesday, Days: days, Build: "test", Still: true, every: 3})
}

func opened(t *testing.T, o Options) *World {
	t.Helper()
	w, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return w
}

// sound checks that a world's book is whole and its mails came once.
func sound(t *testing.T, w *World) {
	t.Helper()
	if doubles := w.Sink.Doubles(); len(doubles) > 0 {
		t.Errorf("mails that came twice: %v", doubles)
	}
	findings, err := w.App.Deep(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		if !f.OK {
			t.Errorf("%s: %s", f.Name, f.Text)
		}
	}
	for i := range plans {
		if _, err := w.App.Aging(t.Context(), app.AgingRequest{Creditor: plans[i].code, AsOf: w.s.Day}); err != nil {
			t.Error(err)
		}
	}
	if w.skipped > w.s.LastNo/10 {
		t.Errorf("%d of %d events were refused by the book: the world knows its rules badly", w.skipped, w.s.LastNo)
	}
}

// TestTheDemo makes the demo as a newcomer gets it and lives on in it.
func TestTheDemo(t *testing.T) {
	if testing.Short() {
		t.Skip("the whole demo: some seconds")
	}
	ctx := t.Context()
	w := opened(t, Options{Dir: t.TempDir(), Seed: 2026, Today: tuesday, Build: "test", Still: true})
	sound(t, w)
	t.Run("screens", func(t *testing.T) { screensAsExpected(t, w, true) })
	t.Run("mailbox", func(t *testing.T) { mailbox(t, w) })
	before, mails := standing(t, w), w.Sink.Count()
	news, err := w.Advance(ctx, 7, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{NewPayments, NewHeldBack, NewSent, NewReleased, NewPlanned, NewInvoices} {
		if news.Count[kind] == 0 {
			t.Errorf("a week without %s: %+v", kind, news.Lines)
		}
	}
	if news.From != tuesday || news.To != tuesday+7 || w.Sink.Count() <= mails {
		t.Errorf("a week goes from %s to %s, %d mails", news.From, news.To, w.Sink.Count())
	}
	sound(t, w)
	if news, err = w.Reset(ctx); err != nil || !news.Reset || news.To != tuesday {
		t.Fatalf("reset: %+v, %v", news, err)
	}
	sound(t, w)
	if after := standing(t, w); !slices.Equal(after, before) || w.Sink.Count() != mails {
		t.Errorf("after a reset the world is not what it was: %d mails of %d, %s", w.Sink.Count(), mails,
			differences(after, before))
	}
	if news, err = w.NextEvent(ctx); err != nil || news.To <= tuesday || len(news.Lines) == 0 {
		t.Errorf("next event: %+v, %v", news, err)
	}
	sound(t, w) // it sends again after a reset
}

func mailbox(t *testing.T, w *World) {
	lines, all := w.Mails(t.Context(), MailFilter{Limit: 10})
	if len(lines) != 10 || all != w.Sink.Count() || lines[0].Number != all || lines[0].Date.IsZero() {
		t.Fatalf("%d lines of %d, the first %+v", len(lines), all, lines[0])
	}
	m, err := w.Mail(lines[0].Number)
	if err != nil || m.Text == "" || m.HTML == "" || len(m.Raw) == 0 || m.Message == 0 || m.From == "" {
		t.Errorf("mail %d: %+v, %v", lines[0].Number, m.MailLine, err)
	}
	if _, err := w.App.OutboxMessage(t.Context(), m.Message); err != nil {
		t.Error(err)
	}
	old, err := w.Mail(1) // of the past that was made
	_, link, _ := strings.Cut(old.Text, "http://localhost:8080/p/")
	if err != nil || link == "" {
		t.Fatalf("the first mail leads to no page of its debtor: %v\n%s", err, old.Text)
	}
	if _, err := w.App.Portal(t.Context(), strings.TrimRight(strings.Fields(link)[0], ".,)>")); err != nil {
		t.Errorf("the link of the first mail: %v", err)
	}
	mine, n := w.Mails(t.Context(), MailFilter{To: "PAYABLES@harrowpike.example"})
	found, _ := w.Mails(t.Context(), MailFilter{Search: "HARROWPIKE"})
	if n == 0 || len(mine) != n || len(found) < n {
		t.Errorf("Harrow & Pike got %d mails, %d listed, %d found", n, len(mine), len(found))
	}
	if briefs, _ := w.Mails(t.Context(), MailFilter{To: "olivia.hart@brightwater.example"}); len(briefs) != 2 || briefs[0].Message != 0 {
		t.Errorf("the owner has the weekly brief %d times, expected twice: %+v", len(briefs), briefs)
	}
	if older, _ := w.Mails(t.Context(), MailFilter{Before: 3}); len(older) != 2 {
		t.Errorf("%d mails before the third", len(older))
	}
	if _, err := w.Mail(100_000); app.AsError(err).Kind != app.NotFound {
		t.Errorf("a mail that is not there: %v", err)
	}
}

// TestSameSeedSameWorld: two worlds of one seed and the same commands are equal.
func TestSameSeedSameWorld(t *testing.T) {
	var worlds [][]string
	for _, seed := range []uint64{7, 7, 8} {
		w := made(t, seed, 9)
		if _, err := w.Advance(t.Context(), 3, nil); err != nil {
			t.Fatal(err)
		}
		worlds = append(worlds, standing(t, w))
	}
	if !slices.Equal(worlds[0], worlds[1]) {
		t.Errorf("two worlds of one seed differ: %s", differences(worlds[0], worlds[1]))
	}
	if slices.Equal(worlds[0], worlds[2]) {
		t.Error("two seeds make the same world")
	}
}

// TestBrokenOffPreparation: without its last word a world is made anew.
func TestBrokenOffPreparation(t *testing.T) {
	w := made(t, 3, 3)
	o := w.opts
	if !Prepared(o.Dir) {
		t.Fatal("a finished world is not known as one")
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(w.file(worldFile)); err != nil {
		t.Fatal(err)
	}
	if _, err := reopen(t.Context(), o); !errors.Is(err, fs.ErrNotExist) || Prepared(o.Dir) {
		t.Fatalf("a broken-off preparation was opened: %v", err)
	}
	again, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if again.s.Day != tuesday {
		t.Errorf("the world made anew stands at %s", again.s.Day)
	}
}

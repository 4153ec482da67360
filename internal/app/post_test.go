package app

import (
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
	"pgregory.net/rapid"
)

// checks limits how many random histories a property is tried on, unless the
// command line asks for more.
func checks(t *testing.T, n int) {
	t.Helper()
	f := flag.Lookup("rapid.checks")
	if before := f.Value.String(); before == f.DefValue {
		flag.Set("rapid.checks", fmt.Sprint(n))
		t.Cleanup(func() { flag.Set("rapid.checks", before) })
	}
}

// randomDocument is a document of a random file: a fixed number of cents, some of
// it paid.
type randomDocument struct {
	number, customer string
	credit           bool
	issued           cal.Date
	amount, open     int64
	paidOn           cal.Date
}

func (d *randomDocument) row() string {
	kind, sign := "invoice", int64(1)
	if d.credit {
		kind, sign = "credit_note", -1
	}
	return strings.Join([]string{d.customer, kind, d.number, d.issued.String(), d.issued.AddDays(30).String(),
		"GBP",
		money.FormatMinor(sign*d.amount, 2), money.FormatMinor(sign*d.open, 2), d.paidOn.String()}, ",")
}

const randomHead = "customer_number,document_kind,number,invoice_date,due_date,currency,amount," +
	"open_amount,paid_on\n"

func randomFile(documents []*randomDocument) string {
	rows := make([]string, len(documents))
	for i, d := range documents {
		rows[i] = d.row()
	}
	return randomHead + strings.Join(rows, "\n") + "\n"
}

// drawDocuments makes the documents of a random bookkeeping.
func drawDocuments(t *rapid.T, today cal.Date) []*randomDocument {
	n := rapid.IntRange(1, 8).Draw(t, "documents")
	all := make([]*randomDocument, n)
	for i := range all {
		d := &randomDocument{number: fmt.Sprintf("N-%d", i), customer: fmt.Sprintf("C%d", rapid.IntRange(0,
			2).Draw(t, "customer")),
			credit: rapid.IntRange(0, 4).Draw(t, "kind") == 0, amount: rapid.Int64Range(1, 20_000).Draw(t, "amount"),
			paidOn: cal.None}
		d.issued = today.AddDays(-rapid.IntRange(0, 300).Draw(t, "age"))
		d.open = d.amount
		all[i] = d
		d.draw(t, today)
	}
	return all
}

// draw changes what was paid of a document.
func (d *randomDocument) draw(t *rapid.T, today cal.Date) {
	d.paidOn = cal.None
	switch rapid.IntRange(0, 3).Draw(t, "paid") {
	case 0:
		d.open = 0
	case 1:
		d.open = rapid.Int64Range(0, d.amount).Draw(t, "open")
	case 2:
		d.open = d.amount
	}
	if d.open < d.amount && rapid.Bool().Draw(t, "day known") {
		d.paidOn = d.issued.AddDays(rapid.IntRange(0, today.DaysSince(d.issued)).Draw(t, "days to pay"))
	}
}

// oracle is the balance of the book as of a day and as known after a command, by the
// replay alone: "open credits".
func (b *ledgerBook) oracle(day cal.Date, seq int64) string {
	b.t.Helper()
	var open, credits int64
	err := b.read(b.ctx, func(tx store.Tx) error {
		open, credits = 0, 0
		return eachReplay(tx, day, seq, func(_ string, _ []any, r *replay) error {
			open, credits = open+r.OpenTotal(book.Principal), credits+r.CreditTotal()
			return nil
		})
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return fmt.Sprintf("%d %d", open, credits)
}

// seqAt is the last command that was recorded by an instant.
func (b *ledgerBook) seqAt(t time.Time) int64 {
	b.t.Helper()
	return b.number("SELECT CAST(COALESCE(max(seq), 0) AS bigint) FROM txn WHERE tenant_id = $1 AND recorded_at <= $2", t)
}

// balance is the same by the aging report; known nil is now.
func (b *ledgerBook) balance(day cal.Date, known *time.Time) string {
	b.t.Helper()
	report, err := b.Aging(b.ctx, AgingRequest{AsOf: day, KnownAt: known})
	if err != nil {
		b.t.Fatal(err)
	}
	var open, credits int64
	for _, c := range report.Currencies {
		for _, s := range c.Buckets {
			open += s.AmountMinor
		}
		credits -= c.Credits.AmountMinor
	}
	return fmt.Sprintf("%d %d", open, credits)
}

// TestCreditUsedUpIsStatedAgain: of a credit note that was refunded a list of an earlier
// day still states something; the same list once more writes nothing.
func TestCreditUsedUpIsStatedAgain(t *testing.T) {
	b := newLedgerBook(t, filepath.Join(t.TempDir(), "book.db"), "GB", "2026-03-02")
	defer b.Close()
	note := &randomDocument{number: "N-0", customer: "C0", credit: true, issued: cal.MustParse("2026-02-22"), amount: 200,
		open: 100, paidOn: cal.MustParse("2026-03-01")}
	b.mustImport(randomFile([]*randomDocument{note}), ImportRequest{Complete: true, AsOf: cal.MustParse("2026-03-02")})
	note.paidOn = cal.None
	earlier := ImportRequest{Complete: true, AsOf: cal.MustParse("2026-02-27")}
	b.mustImport(randomFile([]*randomDocument{note}), earlier) // half of it was gone before the refund
	before := b.seq()
	if again := b.mustImport(randomFile([]*randomDocument{note}), earlier); b.seq() != before {
		t.Errorf("the same list once more wrote something: %+v", again)
	}
	b.sound()
}

// Over random histories of files, payments, credits and reversals, every cache
// equals its facts, and the aging of every day, as known at any time, equals the replay.
func TestRandomHistoriesStaySound(t *testing.T) {
	checks(t, 25)
	dir, n := t.TempDir(), 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		day := cal.MustParse("2026-03-02")
		b := newLedgerBook(t, filepath.Join(dir, fmt.Sprintf("book%d.db", n)), "GB", day.String())
		defer b.Close()
		documents := drawDocuments(rt, day)
		var entries []PayReport
		for range rapid.IntRange(1, 6).Draw(rt, "steps") {
			switch rapid.SampledFrom([]string{"file", "list", "pay", "credit", "reverse", "apply", "day"}).Draw(rt,
				"step") {
			case "file":
				b.mustImport(randomFile(documents), ImportRequest{})
			case "list":
				rapid.SampledFrom(documents).Draw(rt, "changed").draw(rt, day)
				listed := documents[:rapid.IntRange(0, len(documents)).Draw(rt, "listed")]
				im := ImportRequest{Complete: true, ConfirmSettles: true, AsOf: day.AddDays(-rapid.IntRange(0,
					20).Draw(rt, "late"))}
				b.mustImport(randomFile(listed), im)
				before := b.seq()
				if again := b.mustImport(randomFile(listed), im); b.seq() != before {
					rt.Fatalf("the same list once more wrote something: %+v", again)
				}
			case "pay", "credit":
				p := PayRequest{Ref: "customer:" + documents[0].customer, On: day.AddDays(-rapid.IntRange(0, 90).Draw(rt,
					"value day")),
					Amount: money.Money{Minor: rapid.Int64Range(1, 30_000).Draw(rt, "money"), Currency: "GBP"}}
				give := b.Pay
				if rapid.Bool().Draw(rt, "as credit") {
					give = b.Credit
				}
				if r, err := give(b.ctx, tester, p); err == nil {
					entries = append(entries, r)
				} else if AsError(err).Kind != NotFound {
					t.Fatal(err)
				}
			case "reverse":
				if len(entries) > 0 {
					e := rapid.SampledFrom(entries).Draw(rt, "entry")
					if err := b.Reverse(b.ctx, tester, "", "customer:"+e.Customer, e.Entry, day); err != nil &&
						AsError(err).Kind != Conflict {
						t.Fatal(err)
					}
				}
			case "apply":
				if _, err := b.Apply(b.ctx, tester, "", "customer:"+documents[0].customer); err != nil &&
					AsError(err).Kind == Internal {
					t.Fatal(err)
				}
			case "day":
				day = day.AddDays(rapid.IntRange(1, 40).Draw(rt, "days"))
				b.goTo(day.String())
			}
			b.sound()
		}
		for range 4 {
			asOf := day.AddDays(-rapid.IntRange(-10, 320).Draw(rt, "as of"))
			if got, want := b.balance(asOf, nil), b.oracle(asOf, noSeqLimit); got != want {
				rt.Fatalf("as of %s: the aging says %s, the replay %s", asOf, got, want)
			}
			known := day.AddDays(-rapid.IntRange(0, 80).Draw(rt, "known")).Time()
			if got, want := b.balance(asOf, &known), b.oracle(asOf, b.seqAt(known)); got != want {
				rt.Fatalf("as of %s, known at %s: the aging says %s, the replay %s", asOf, known, got, want)
			}
		}
		// Whatever happened before: after a complete list of today ours is theirs.
		file := randomFile(documents)
		b.mustImport(file, ImportRequest{Complete: true, ConfirmSettles: true, AsOf: day})
		r, err := b.Reconcile(b.ctx, ImportRequest{File: "list.csv", Source: strings.NewReader(file), AsOf: day})
		if err != nil || len(r.Differences)+len(r.OnlyOurs)+len(r.OnlyTheirs) > 0 {
			rt.Fatalf("after the list of today: %+v %v", r, err)
		}
		b.sound()
		if t.Failed() {
			rt.Fatal("not sound")
		}
	})
}

// The same files in another order, and repeated, end in the same items; the same
// file once more writes nothing.
func TestOrderAndRepetitionOfFilesDoNotMatter(t *testing.T) {
	checks(t, 15)
	dir, n := t.TempDir(), 0
	today := cal.MustParse("2026-03-02")
	rapid.Check(t, func(rt *rapid.T) {
		documents := drawDocuments(rt, today)
		var first, second string
		for _, end := range []*string{&first, &second} {
			n++
			b := newLedgerBook(t, filepath.Join(dir, fmt.Sprintf("book%d.db", n)), "GB", today.String())
			order := rapid.Permutation(documents).Draw(rt, "order")
			for len(order) > 0 {
				k := rapid.IntRange(1, len(order)).Draw(rt, "file")
				for range rapid.IntRange(1, 2).Draw(rt, "times") {
					b.mustImport(randomFile(order[:k]), ImportRequest{})
				}
				order = order[k:]
			}
			before := b.seq()
			b.mustImport(randomFile(documents), ImportRequest{})
			if b.seq() != before {
				rt.Fatal("a repeated file wrote something")
			}
			var states []string
			for _, d := range documents {
				states = append(states, d.number+" "+b.standingOf(d.number))
			}
			for _, days := range []int{0, 1, 30, 90, 200} {
				states = append(states, b.balance(today.AddDays(-days), nil))
			}
			slices.Sort(states[:len(documents)])
			*end = strings.Join(states, "\n")
			b.sound()
			b.Close()
		}
		if first != second {
			rt.Fatalf("one order:\n%s\nanother:\n%s", first, second)
		}
	})
}

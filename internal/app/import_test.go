package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/pgtest"
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/open"
)

// ledgerBook is an empty book with one creditor for tests of imports.
type ledgerBook struct {
	*App
	t   testing.TB
	ctx context.Context
}

// eachEngine runs a test with an empty book on SQLite and on PostgreSQL.
func eachEngine(t *testing.T, country, today string, test func(t *testing.T, b *ledgerBook)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		test(t, newLedgerBook(t, filepath.Join(t.TempDir(), "book.db"),
			country, today))
	})
	t.Run("postgres", func(t *testing.T) { test(t, newLedgerBook(t, pgtest.Database(t), country, today)) })
}

// onSQLite runs a test with an empty book on SQLite only, for rules that no engine
// can change.
func onSQLite(t testing.TB, country, today string) *ledgerBook {
	t.Helper()
	return newLedgerBook(t, filepath.Join(t.TempDir(), "book.db"), country, today)
}

func newLedgerBook(t testing.TB, address, country, today string) *ledgerBook {
	t.Helper()
	ctx := context.Background()
	db, err := open.Open(ctx, address, store.Options{Create: true,
		SimulatedFrom: cal.MustParse(today).Time().Add(9 * time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	tenant, err := db.CreateTenant(ctx, "Test", country)
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(db, tenant, "test")
	if err != nil {
		t.Fatal(err)
	}
	code := map[string]money.Currency{"GB": "GBP", "DE": "EUR", "US": "USD"}[country]
	place, sub := country, ""
	if country == "US" {
		sub = "OH"
	}
	if _, err := a.AddCreditor(ctx, tester, NewCreditor{Code: "main", Name: "Creditor", Country: place,
		Subdivision: sub, Currency: code}); err != nil {
		t.Fatal(err)
	}
	return &ledgerBook{App: a, t: t, ctx: ctx}
}

// importText imports a file given as text; the request says how.
func (b *ledgerBook) importText(text string, im ImportRequest) (ImportReport, error) {
	if im.Kind == "" {
		im.Kind = ImportInvoices
	}
	im.File, im.Source = "test.csv", bytes.NewReader([]byte(text))
	return b.Import(b.ctx, tester, im)
}

// mustImport imports a file that has to be accepted.
func (b *ledgerBook) mustImport(text string, im ImportRequest) ImportReport {
	b.t.Helper()
	report, err := b.importText(text, im)
	if err != nil {
		b.t.Fatalf("import: %v", err)
	}
	return report
}

func (b *ledgerBook) goTo(day string) {
	b.t.Helper()
	if err := b.DB().SetClock(b.ctx, cal.MustParse(day).Time().Add(9*time.Hour)); err != nil {
		b.t.Fatal(err)
	}
}

// seq is the number of the last command.
func (b *ledgerBook) seq() int64 {
	return b.number("SELECT COALESCE(max(seq), 0) FROM txn WHERE tenant_id = $1")
}

// number runs a query for one number; $1 is the tenant.
func (b *ledgerBook) number(sql string, args ...any) (n int64) {
	b.t.Helper()
	err := b.read(b.ctx, func(tx store.Tx) error {
		return store.One(tx, sql, append([]any{b.tenant}, args...), func(r store.Rows) { n = r.Int64(0) })
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

// sound fails the test if a cache differs from the facts.
func (b *ledgerBook) sound() {
	b.t.Helper()
	findings, err := b.Deep(b.ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, f := range findings {
		if !f.OK {
			b.t.Errorf("deep: %s: %s", f.Name, f.Text)
		}
	}
}

// aging is the aging of one currency, "bucket count/amount …" without empty buckets.
func (b *ledgerBook) aging(asOf, code string) string {
	b.t.Helper()
	day := cal.None
	if asOf != "" {
		day = cal.MustParse(asOf)
	}
	return b.agingOf(AgingRequest{AsOf: day}, code)
}

func (b *ledgerBook) agingOf(req AgingRequest, code string) string {
	b.t.Helper()
	report, err := b.Aging(b.ctx, req)
	if err != nil {
		b.t.Fatal(err)
	}
	var out []string
	for _, c := range report.Currencies {
		if string(c.Currency) != code {
			continue
		}
		add := func(name string, s book.Sum) {
			if s != (book.Sum{}) {
				out = append(out, sprintf("%s %d/%s", name, s.Count, money.FormatMinor(s.AmountMinor,
					c.Currency.Exponent())))
			}
		}
		for i, s := range c.Buckets {
			add(book.BucketNames[i], s)
		}
		add("credits", c.Credits)
	}
	return strings.Join(out, " ")
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// sharedFile reads a file of the collection of real exports.
func sharedFile(t testing.TB, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", "ar", name))
	if err != nil {
		t.Skip("the collection of real exports is not on this machine")
	}
	return string(raw)
}

func appError(t testing.TB, err error, kind Kind, code string) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Kind != kind || e.Code != code {
		t.Fatalf("error %v, want %s %s", err, kind, code)
	}
	return e
}

func TestImportIBM(t *testing.T) {
	text := sharedFile(t, "ibm_late_payment_histories.csv")
	eachEngine(t, "US", "2014-06-02", func(t *testing.T, b *ledgerBook) {
		_, err := b.importText(text, ImportRequest{})
		appError(t, err, Invalid, "layout_ambiguous")
		im := ImportRequest{DefaultCurrency: "USD"}
		report := b.mustImport(text, im)
		equal(t, "read", report.Read, 2466)
		equal(t, "created", report.Created, 2466)
		equal(t, "payments", report.Payments, 2466)
		equal(t, "customers", report.Customers, 100)
		equal(t, "total", report.Totals[0].Amount, "147703.18")
		equal(t, "aging", b.aging("2013-06-30", "USD"), "not_due 72/4284.29 d1_30 12/835.56")
		equal(t, "aging now", b.aging("", "USD"), "")
		b.sound()
		before := b.seq()
		again := b.mustImport(text, im)
		equal(t, "unchanged", again.Unchanged, 2466)
		equal(t, "commands", b.seq(), before)
	})
}

func TestImportHighRadius(t *testing.T) {
	text := sharedFile(t, "highradius_open_items_9700.csv")
	eachEngine(t, "US", "2020-05-31", func(t *testing.T, b *ledgerBook) {
		report := b.mustImport(text, ImportRequest{Kind: ImportOpenItems, Complete: true,
			AsOf: cal.MustParse("2020-05-31")})
		equal(t, "created", report.Created, 9700)
		equal(t, "customers", report.Customers, 664)
		equal(t, "CAD", report.Totals[0].Amount, "44471009.08")
		equal(t, "USD", report.Totals[1].Amount, "275113716.83")
		equal(t, "aging CAD", b.aging("", "CAD"),
			"d1_30 199/10614902.31 d31_60 313/19805925.42 d61_90 235/14050181.35")
		usd := b.aging("2020-05-31", "USD")
		want := "not_due 130/1757007.91 d1_30 2674/81220680.26 d31_60 4142/132757483.72 d61_90 1999/59208138.83 "
		if !strings.HasPrefix(usd, want) {
			t.Errorf("aging USD: got %s, want %s…", usd, want)
		}
		b.sound()
		before := b.seq()
		again := b.mustImport(text, ImportRequest{Kind: ImportOpenItems, Complete: true,
			AsOf: cal.MustParse("2020-05-31")})
		equal(t, "unchanged", again.Unchanged, 9700)
		equal(t, "commands", b.seq(), before)
	})
}

// manyInvoices writes a plain file of n invoices of n/10 customers in random order.
func manyInvoices(n int) []byte {
	var b bytes.Buffer
	b.Grow(n * 110)
	b.WriteString("customer_number,customer_name,country,number,invoice_date,due_date,currency," +
		"amount,open_amount,po\n")
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		c := r.IntN(max(n/10, 1))
		day := 1 + i%28
		amount := 100 + r.IntN(1_000_000)
		open := amount
		if i%10 == 0 {
			open = amount / 2
		}
		fmt.Fprintf(&b, "C%06d,Customer %06d Ltd,GB,INV-%07d,2026-03-%02d,2026-04-%02d,GBP,%d.%02d,%d.%02d,PO%d\n",
			c, c, i, day, day, amount/100, amount%100, open/100, open%100, i%1000)
	}
	return b.Bytes()
}

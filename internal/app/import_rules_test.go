package app

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/format/ledger"
	"github.com/recoup-project/recoup/internal/store"
)

// plain is a file of the plain layout with the columns that most tests need.
func plain(rows ...string) string {
	return "customer_number,customer_name,number,invoice_date,due_date,currency,amount,open_amount,paid_on\n" +
		strings.Join(rows, "\n") + "\n"
}

// standingOf is one item: "open settled cycle".
func (b *ledgerBook) standingOf(number string) string {
	b.t.Helper()
	var all []string
	err := b.read(b.ctx, func(tx store.Tx) error {
		all = nil
		return store.Each(tx, `SELECT amount_minor, open_minor, settled_day, cycle FROM item WHERE tenant_id = $1
			AND number = $2
			ORDER BY instalment, document_kind`, []any{b.tenant, number}, func(r store.Rows) error {
			all = append(all, fmt.Sprintf("%d/%d %s c%d", r.Int64(1), r.Int64(0), r.Day(2), r.Int64(3)))
			return nil
		})
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return strings.Join(all, ", ")
}

func TestCompleteListsMonthByMonth(t *testing.T) {
	rows, err := csv.NewReader(strings.NewReader(sharedFile(t, "ibm_late_payment_histories.csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	us := func(s string) cal.Date {
		d, err := time.Parse("1/2/2006", s)
		if err != nil {
			t.Fatal(err)
		}
		return cal.DateIn(d, time.UTC)
	}
	eachEngine(t, "US", "2012-01-01", func(t *testing.T, b *ledgerBook) {
		var days []cal.Date
		for d := cal.MustParse("2012-02-01"); d <= cal.MustParse("2014-01-01"); d = d.AddMonths(1) {
			days = append(days, d.AddDays(-1))
		}
		want := map[cal.Date]int64{}
		for _, day := range days {
			list := []string{}
			for _, r := range rows[1:] {
				if invoice, settled := us(r[4]), us(r[8]); invoice <= day && settled > day {
					list = append(list, fmt.Sprintf("%s,,%s,%s,%s,USD,%s,%s,", r[1], r[3], invoice, us(r[5]), r[6], r[6]))
					minor, err := money.ParseMinor(r[6], 2)
					if err != nil {
						t.Fatal(err)
					}
					want[day] += minor
				}
			}
			b.goTo(day.AddDays(1).String())
			b.mustImport(plain(list...), ImportRequest{Complete: true, AsOf: day, ConfirmSettles: true})
		}
		equal(t, "lists", len(days), 24)
		for _, day := range days {
			report, err := b.Aging(b.ctx, AgingRequest{AsOf: day})
			if err != nil {
				t.Fatal(err)
			}
			if total := report.Currencies[0].Total().AmountMinor; total != want[day] {
				t.Errorf("%s: %d open, the list of that day says %d", day, total, want[day])
			}
		}
		b.sound()
	})
}

func TestReimportUpdates(t *testing.T) {
	b := onSQLite(t, "GB", "2026-03-02")
	first := plain(
		"C1,Alpha Ltd,A-1,2026-01-05,2026-02-04,GBP,100.00,100.00,",
		"C1,Alpha Ltd,A-2,2026-01-06,2026-02-05,GBP,200.00,150.00,", // partly paid before
		"C2,Beta,B-1,2026-01-07,2026-02-06,EUR,300.00,300.00,",
		"C2,Beta,B-2,2026-01-08,2026-02-07,EUR,50.00,0.00,2026-02-20") // paid with a day
	report := b.mustImport(first, ImportRequest{})
	equal(t, "created", report.Created, 4)
	equal(t, "payments", report.Payments, 1)
	equal(t, "A-2", b.standingOf("A-2"), "15000/20000  c0")
	equal(t, "B-2", b.standingOf("B-2"), "0/5000 2026-02-20 c0")
	b.sound()

	seq := b.seq()
	equal(t, "unchanged", b.mustImport(first, ImportRequest{}).Unchanged, 4)
	equal(t, "nothing written", b.seq(), seq)

	b.goTo("2026-03-09")
	changed := plain(
		"C1,Alpha Ltd,A-1,2026-01-05,2026-03-04,GBP,120.00,120.00,", // corrected amount and due date
		"C1,Alpha Ltd,A-2,2026-01-06,2026-02-05,GBP,200.00,80.00,",  // more was paid
		"C2,Beta,B-1,2026-01-07,2026-02-06,EUR,300.00,0.00,2026-03-05",
		"C2,Beta,B-2,2026-01-08,2026-02-07,EUR,50.00,20.00,") // bounced in part
	report = b.mustImport(changed, ImportRequest{})
	equal(t, "updated", report.Updated, 4)
	equal(t, "reopened", report.Reopened, 1)
	equal(t, "A-1", b.standingOf("A-1"), "12000/12000  c0")
	equal(t, "A-2", b.standingOf("A-2"), "8000/20000  c0")
	equal(t, "B-1", b.standingOf("B-1"), "0/30000 2026-03-05 c0")
	equal(t, "B-2", b.standingOf("B-2"), "2000/5000  c1")
	equal(t, "due changes",
		b.number("SELECT count(*) FROM due_change WHERE tenant_id = $1 AND cause = 'correction'"), 1)
	equal(t, "adjustments", b.number("SELECT count(*) FROM entry WHERE tenant_id = $1 AND kind = 5"),
		1)
	// As of a day before the second file nothing has moved, but the due date is known better now.
	equal(t, "aging before", b.aging("2026-03-02", "GBP"), "not_due 1/100.00 d1_30 1/150.00")
	b.sound()
	seq = b.seq()
	equal(t, "unchanged", b.mustImport(changed, ImportRequest{}).Unchanged, 4)
	equal(t, "nothing written", b.seq(), seq)
}

func TestCompleteListSettlesWhatIsMissing(t *testing.T) {
	eachEngine(t, "GB", "2026-03-02", func(t *testing.T, b *ledgerBook) {
		var all []string
		for i := range 10 {
			all = append(all, fmt.Sprintf("C%d,,N-%d,2026-01-05,2026-02-04,GBP,100.00,100.00,", i%3, i))
		}
		b.mustImport(plain(all...), ImportRequest{Complete: true, AsOf: cal.MustParse("2026-03-01")})
		equal(t, "cash known",
			b.number(`SELECT count(*) FROM cash_known WHERE tenant_id = $1 AND day = $2
				AND source = 'list'`, cal.MustParse("2026-03-01")), 1)

		b.goTo("2026-03-10")
		// A younger invoice is not settled by a list of an earlier day.
		b.mustImport(plain("C1,,Y-1,2026-03-10,2026-04-09,GBP,70.00,70.00,"), ImportRequest{})
		_, err := b.importText(plain(all[:7]...), ImportRequest{Complete: true, AsOf: cal.MustParse("2026-03-09")})
		appError(t, err, Refused, "settles_many")

		report := b.mustImport(plain(append(all[:8:8], "C2,,N-8,2026-01-05,2026-02-04,GBP,100.00,60.00,")...),
			ImportRequest{Complete: true, AsOf: cal.MustParse("2026-03-09")})
		equal(t, "settled by list", report.SettledByList, 2) // N-9 missing, N-8 smaller
		equal(t, "N-9", b.standingOf("N-9"), "0/10000 2026-03-09 c0")
		equal(t, "N-8", b.standingOf("N-8"), "6000/10000  c0")
		equal(t, "Y-1", b.standingOf("Y-1"), "7000/7000  c0")
		equal(t, "payment days",
			b.number("SELECT count(*) FROM account WHERE tenant_id = $1 AND payment_days <> ''"), 0)

		b.goTo("2026-03-20")
		back := append(all[:9:9], all[9], "C1,,Y-1,2026-03-10,2026-04-09,GBP,70.00,70.00,")
		report = b.mustImport(plain(back...), ImportRequest{Complete: true, AsOf: cal.MustParse("2026-03-20")})
		equal(t, "reopened", report.Reopened, 2)
		equal(t, "N-9 again", b.standingOf("N-9"), "10000/10000  c1")
		equal(t, "N-8 again", b.standingOf("N-8"), "10000/10000  c0")
		equal(t, "aging", b.aging("", "GBP"), "not_due 1/70.00 d31_60 10/1000.00")
		equal(t, "then", b.aging("2026-03-15", "GBP"), "not_due 1/70.00 d31_60 9/860.00")
		b.sound()
	})
}

func TestCompleteListKeepsPaymentsKnownFromElsewhere(t *testing.T) {
	b := onSQLite(t, "GB", "2026-03-10")
	list := plain("C1,,A-1,2026-01-05,2026-02-04,GBP,100.00,,", "C1,,A-2,2026-01-05,2026-02-04,GBP,50.00,,")
	im := ImportRequest{Complete: true, AsOf: cal.MustParse("2026-03-09"), ConfirmSettles: true}
	b.mustImport(list, im)
	// Paid after the day of the list: a list of that day says nothing about it.
	b.mustPay("item:A-1", "100.00 GBP", "2026-03-10")
	equal(t, "unchanged", b.mustImport(list, im).Unchanged, 2)
	equal(t, "A-1", b.standingOf("A-1"), "0/10000 2026-03-10 c0")
	// Paid before the day of a list that still has it open: the item is open again,
	// but the money stays with the customer, who owes nothing for it.
	b.goTo("2026-03-12")
	im.AsOf = cal.MustParse("2026-03-12")
	equal(t, "reopened", b.mustImport(list, im).Reopened, 1)
	equal(t, "A-1", b.standingOf("A-1"), "10000/10000  c1")
	equal(t, "aging", b.aging("", "GBP"), "d31_60 2/150.00 credits 1/-100.00")
	b.sound()
	seq := b.seq()
	b.mustImport(list, im)
	equal(t, "nothing written", b.seq(), seq)
}

func TestCreditNotesInstalmentsCurrencies(t *testing.T) {
	eachEngine(t, "DE", "2026-03-02", func(t *testing.T, b *ledgerBook) {
		head := "customer_number,customer_name,document_kind,number,instalment,invoice_date,due_date," +
			"currency,amount,open_amount\n"
		file := head + strings.Join([]string{
			"C1,Muster GmbH,invoice,R-1,1,2026-01-02,2026-02-01,EUR,100.00,100.00",
			"C1,Muster GmbH,invoice,R-1,2,2026-01-02,2026-03-01,EUR,100.00,100.00",
			"C1,Muster GmbH,invoice,R-1,3,2026-01-02,2026-04-01,EUR,100.00,100.00",
			"C1,Muster GmbH,credit_note,R-1,1,2026-01-20,,EUR,-30.00,-20.00",
			"C1,Muster GmbH,invoice,R-2,1,2026-01-03,2026-02-02,USD,40.00,40.00",
			"C2,Anna Schmidt,invoice,R-3,1,2026-01-04,2026-02-03,JPY,5000,5000",
		}, "\n") + "\n"
		report := b.mustImport(file, ImportRequest{})
		equal(t, "created", report.Created, 6)
		equal(t, "credits", report.Credits, 1)
		equal(t, "totals", fmt.Sprint(report.Totals),
			"[{EUR 4 270.00 280.00} {JPY 1 5000 5000} {USD 1 40.00 40.00}]")
		equal(t, "EUR", b.aging("", "EUR"), "not_due 1/100.00 d1_30 2/200.00 credits 1/-20.00")
		equal(t, "USD", b.aging("", "USD"), "d1_30 1/40.00")
		equal(t, "JPY", b.aging("", "JPY"), "d1_30 1/5000")
		equal(t, "documents",
			b.number(`SELECT documents FROM account a JOIN customer c ON c.tenant_id = a.tenant_id
				AND c.customer_id = a.customer_id WHERE a.tenant_id = $1 AND number = 'C1'`), 2)
		equal(t, "company", b.number(`SELECT count(*) FROM customer WHERE tenant_id = $1 AND kind = 'company'
			AND kind_confirmed = 0`), 1)
		equal(t, "unknown", b.number(`SELECT count(*) FROM customer WHERE tenant_id = $1 AND kind = 'unknown'
			AND language = 'de'`), 1)
		b.sound()
		seq := b.seq()
		equal(t, "unchanged", b.mustImport(file, ImportRequest{}).Unchanged, 6)
		equal(t, "nothing written", b.seq(), seq)
		// The credit is used up, and one instalment is missing in the complete list.
		list := strings.Replace(strings.Replace(file, "-30.00,-20.00", "-30.00,-5.00", 1),
			"C1,Muster GmbH,invoice,R-1,1,2026-01-02,2026-02-01,EUR,100.00,100.00\n", "", 1)
		im := ImportRequest{Complete: true, ConfirmSettles: true, AsOf: cal.MustParse("2026-03-02")}
		b.mustImport(list, im)
		equal(t, "EUR", b.aging("", "EUR"), "not_due 1/100.00 d1_30 1/100.00 credits 1/-5.00")
		b.sound()
		b.mustImport(strings.Replace(list, "-30.00,-5.00", "-30.00,-25.00", 1), im)
		equal(t, "EUR", b.aging("", "EUR"), "not_due 1/100.00 d1_30 1/100.00 credits 1/-25.00")
		b.sound()
	})
}

func TestRejectedRowsNameRowFieldAndExpected(t *testing.T) {
	b := onSQLite(t, "GB", "2026-03-02")
	b.mustImport(plain("C1,Alpha,A-1,2026-01-05,2026-02-04,GBP,100.00,100.00,",
		"C1,Alpha,A-0,2026-01-05,2026-02-04,GBP,100.00,100.00,"), ImportRequest{})
	file := plain(
		"C2,Beta,A-1,2026-01-05,2026-02-04,GBP,100.00,100.00,",  // row 2: number of another customer
		"C1,Alpha,A-2,2026-01-05,2026-02-30,GBP,100.00,100.00,", // row 3: no such day
		"C1,Alpha,A-3,2026-01-05,2026-02-04,GBP,10.005,10.00,",  // row 4: too many decimals
		"C1,Alpha,A-4,2026-01-05,2026-02-04,GBP,10.00,10.00,",
		"C1,Alpha,A-4,2026-01-05,2026-02-04,GBP,10.00,10.00,",   // row 6: twice in the file
		"C3,Gamma,A-4,2026-01-05,2026-02-04,GBP,10.00,10.00,",   // row 7: twice, for another
		"C1,Alpha,A-0,2026-01-05,2026-02-04,EUR,100.00,100.00,") // row 8: another currency
	seq := b.seq()
	_, err := b.importText(file, ImportRequest{AllOrNothing: true})
	e := appError(t, err, Invalid, "rows_rejected")
	equal(t, "place", fmt.Sprint(*e.Where), "{test.csv 3 due_date}")
	equal(t, "nothing written", b.seq(), seq)

	report := b.mustImport(file, ImportRequest{})
	equal(t, "read", report.Read, 7)
	equal(t, "created", report.Created, 1)
	equal(t, "rejected", report.RejectedRows, 6)
	var got []string
	for _, r := range report.Rejected {
		got = append(got, fmt.Sprintf("%d %s %s", r.Row, r.Field, r.Value))
		if r.Expected == "" {
			t.Errorf("row %d says nothing about what was expected", r.Row)
		}
	}
	equal(t, "rows", strings.Join(got, "; "),
		"2 number A-1; 3 due_date 2026-02-30; 4 amount 10.005; 6 number A-4; 7 number A-4; 8 currency EUR")
	equal(t, "totals", fmt.Sprint(report.Totals), "[{GBP 1 10.00 10.00}]")
	equal(t, "customers", b.number("SELECT count(*) FROM customer WHERE tenant_id = $1"),
		1) // nobody is created for rejected rows
	b.sound()
}

func TestAllOrNothingAlsoCountsWhatTheBookRejects(t *testing.T) {
	b := onSQLite(t, "GB", "2026-03-02")
	b.mustImport(plain("C1,Alpha,A-1,2026-01-05,2026-02-04,GBP,100.00,100.00,"), ImportRequest{})
	seq := b.seq()
	_, err := b.importText(plain("C9,Nine,A-1,2026-01-05,2026-02-04,GBP,1.00,1.00,",
		"C9,Nine,A-9,2026-01-05,2026-02-04,GBP,1.00,1.00,"),
		ImportRequest{AllOrNothing: true})
	appError(t, err, Invalid, "rows_rejected")
	equal(t, "nothing written", b.seq(), seq)
}

func TestImportDryRunAndReplay(t *testing.T) {
	b := onSQLite(t, "GB", "2026-03-02")
	file := plain("C1,Alpha,A-1,2026-01-05,2026-02-04,GBP,100.00,100.00,")
	im := ImportRequest{Kind: ImportInvoices, File: "a.csv", Source: strings.NewReader(file)}
	report, err := b.Import(b.ctx, Request{Actor: "test", DryRun: true}, im)
	if err != nil || report.Created != 1 {
		t.Fatal(report, err)
	}
	equal(t, "items", b.number("SELECT count(*) FROM item WHERE tenant_id = $1"), 0)
	for range 2 { // the answer got lost, and the command is repeated
		report, err = b.Import(b.ctx, Request{Actor: "test", CommandID: "one"}, im)
		if err != nil || report.Created != 1 {
			t.Fatal(report, err)
		}
	}
	im.Source = strings.NewReader(plain("C1,Alpha,A-2,2026-01-05,2026-02-04,GBP,100.00,100.00,"))
	if _, err = b.Import(b.ctx, Request{Actor: "test", CommandID: "one"}, im); !errors.Is(err,
		store.ErrConflict) {
		t.Errorf("another file under the same command: %v", err)
	}
}

func TestTakeOverHoldsOldItems(t *testing.T) {
	b := onSQLite(t, "GB", "2026-09-01")
	file := plain(
		"C1,,A-1,2026-01-05,2026-03-04,GBP,100.00,100.00,", // 181 days overdue
		"C1,,A-2,2026-01-05,2026-03-05,GBP,100.00,100.00,", // 180
		"C1,,A-3,2026-01-05,2026-03-04,GBP,100.00,0.00,",
		"C1,,A-4,2026-01-05,,GBP,100.00,100.00,")
	equal(t, "in review", b.mustImport(file, ImportRequest{}).InReview, 1)
	equal(t, "holds", b.number(`SELECT count(*) FROM hold h JOIN item i ON i.tenant_id = h.tenant_id
		AND i.customer_id = h.customer_id AND i.item_id = h.item_id
		WHERE h.tenant_id = $1 AND h.kind = 'review' AND h.until_day IS NULL AND i.number = 'A-1'`), 1)
	equal(t, "again", b.mustImport(file, ImportRequest{}).InReview, 0)
}

func TestKnownAt(t *testing.T) {
	eachEngine(t, "GB", "2026-03-02", func(t *testing.T, b *ledgerBook) {
		b.mustImport(plain("C1,,A-1,2026-01-05,2026-02-04,GBP,100.00,100.00,"), ImportRequest{})
		b.goTo("2026-03-20")
		b.mustImport(plain("C1,,A-1,2026-01-05,2026-03-04,GBP,150.00,150.00,"),
			ImportRequest{AsOf: cal.MustParse("2026-03-01")})
		b.mustPay("item:A-1", "40.00 GBP", "2026-02-10") // back-dated
		then := cal.MustParse("2026-03-10").Time()
		day := cal.MustParse("2026-03-08")
		equal(t, "as of, known now", b.agingOf(AgingRequest{AsOf: day}, "GBP"), "d1_30 1/110.00")
		equal(t, "as of, known then", b.agingOf(AgingRequest{AsOf: day, KnownAt: &then}, "GBP"), "d31_60 1/100.00")
		equal(t, "replayed, known now", b.oracle(day, noSeqLimit), "11000 0")
		equal(t, "replayed, known then", b.oracle(day, b.seqAt(then)), "10000 0")
		equal(t, "replayed, before the payment", b.oracle(cal.MustParse("2026-02-09"), noSeqLimit), "10000 0")
		equal(t, "replayed, on its day", b.oracle(cal.MustParse("2026-02-10"), noSeqLimit), "6000 0")
		early := cal.MustParse("2026-03-01").Time()
		before, err := b.Aging(b.ctx, AgingRequest{AsOf: day, KnownAt: &early})
		equal(t, "before the book", len(before.Currencies), 0)
		if err != nil {
			t.Error(err)
		}
		equal(t, "as of an earlier day", b.agingOf(AgingRequest{AsOf: cal.MustParse("2026-02-15")}, "GBP"),
			"not_due 1/60.00")
	})
}

// A file that is cut at any byte is imported as its whole rows, or not at all.
func TestImportCutAnywhere(t *testing.T) {
	var rows []string
	for i := range 12 {
		rows = append(rows, fmt.Sprintf("C%d,Customer %d Ltd,N-%d,2026-01-05,2026-02-04,GBP,%d.50,%d.50,", i%3,
			i%3, i, 100+i, 100+i))
	}
	file := plain(rows...)
	b := onSQLite(t, "GB", "2026-03-02")
	for cut := 0; cut < len(file); cut += 7 {
		report, err := b.Import(b.ctx, Request{Actor: "test", DryRun: true}, ImportRequest{Kind: ImportInvoices,
			File: "cut.csv", Source: strings.NewReader(file[:cut])})
		if err != nil {
			if AsError(err).Kind != Invalid {
				t.Fatalf("cut at %d: %v", cut, err)
			}
			continue
		}
		whole := max(strings.Count(file[:cut], "\n")-1, 0)
		if report.Created < whole || report.Created > whole+1 || report.Created == whole+1 &&
			len(report.Warnings) == 0 {
			t.Errorf("cut at %d: %d created of %d whole rows, warnings %v", cut, report.Created, whole,
				report.Warnings)
		}
	}
}

func TestReconcile(t *testing.T) {
	b := onSQLite(t, "GB", "2026-03-02")
	b.mustImport(plain(
		"C1,,A-1,2026-01-05,2026-02-04,GBP,100.00,100.00,",
		"C1,,A-2,2026-01-05,2026-02-04,GBP,100.00,100.00,",
		"C1,,A-3,2026-01-05,2026-02-04,GBP,100.00,100.00,"), ImportRequest{})
	list := plain("C1,,A-1,2026-01-05,2026-02-04,GBP,100.00,100.00,",
		"C1,,A-2,2026-01-05,2026-02-04,GBP,100.00,70.00,",
		"C1,,A-4,2026-01-05,2026-02-04,GBP,5.00,5.00,")
	r, err := b.Reconcile(b.ctx, ImportRequest{File: "list.csv", Source: strings.NewReader(list)})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "equal", r.Equal, 1)
	equal(t, "differences", fmt.Sprint(r.Differences), "[{item:A-2 {100.00 GBP} {70.00 GBP} {A-2 1 false}}]")
	equal(t, "only ours", fmt.Sprint(r.OnlyOurs), "[{item:A-3 {100.00 GBP} {A-3 1 false}}]")
	equal(t, "only theirs", fmt.Sprint(r.OnlyTheirs), "[{item:A-4 {5.00 GBP} {A-4 1 false}}]")
	equal(t, "unapplied", fmt.Sprint(r.Unapplied), "[]")

	// What a payment leaves over is on neither list of items, and is told.
	if _, err := b.Pay(b.ctx, tester, PayRequest{Creditor: "main", Ref: "customer:C1",
		Amount: money.Money{Minor: 350_00, Currency: "GBP"}, On: cal.MustParse("2026-03-01")}); err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]string{"2026-03-02": "[{C1 {-50.00 GBP}}]", "2026-02-28": "[]"} {
		r, err := b.Reconcile(b.ctx, ImportRequest{File: "list.csv", Source: strings.NewReader(list), AsOf: cal.MustParse(day)})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "unapplied as of "+day, fmt.Sprint(r.Unapplied), want)
	}
}

func TestCustomersAreUpdatedAndContactsAdded(t *testing.T) {
	b := onSQLite(t, "GB", "2026-03-02")
	head := "customer_number,customer_name,kind,country,language,email,number,due_date,currency,amount\n"
	b.mustImport(head+"C1,Alpha Ltd,,DE,,ap@alpha.example,A-1,2026-02-04,EUR,10.00\n", ImportRequest{})
	equal(t, "language", b.number(`SELECT count(*) FROM customer WHERE tenant_id = $1 AND language = 'de'
		AND country = 'DE'`), 1)
	report := b.mustImport(head+"c 1,Alpha Limited,company,AT,,AP@ALPHA.example; new@alpha.example,A-1,"+
		"2026-02-04,EUR,10.00\n", ImportRequest{})
	equal(t, "contacts", report.Contacts, 1)
	equal(t, "customers", b.number("SELECT count(*) FROM customer WHERE tenant_id = $1"), 1)
	equal(t, "changed", b.number(`SELECT count(*) FROM customer c JOIN party p ON p.tenant_id = c.tenant_id
		AND p.party_id = c.party_id WHERE c.tenant_id = $1 AND c.country = 'AT' AND c.kind_confirmed = 1
			AND p.name = 'Alpha Limited'`), 1)
	// What a person decides is not undone by the next file.
	kind := "individual"
	if _, err := b.SetCustomer(b.ctx, tester, b.number("SELECT customer_id FROM customer WHERE tenant_id = $1"),
		CustomerChange{Kind: &kind}); err != nil {
		t.Fatal(err)
	}
	b.mustImport(head+"C1,,company,AT,,,A-1,2026-02-04,EUR,10.00\n", ImportRequest{})
	equal(t, "kept", b.number("SELECT count(*) FROM customer WHERE tenant_id = $1 AND kind = 'individual'"), 1)
	contacts := "customer_number,name,role,email,phone\nC1,Ann,approver,ann@alpha.example,\n" +
		"C7,Bob,approver,bob@x.example,\n"
	report = b.mustImport(contacts, ImportRequest{Kind: ImportContacts})
	equal(t, "created", report.Created, 1)
	equal(t, "rejected", fmt.Sprint(report.Rejected), "[{3 customer_number C7 a customer of the book}]")
	report = b.mustImport(contacts, ImportRequest{Kind: ImportCustomers})
	equal(t, "customers", report.Customers, 1)
	b.sound()
}

func TestFileQuestions(t *testing.T) {
	b := onSQLite(t, "GB", "2026-03-02")
	file := "customer number;invoice no;due date;amount\nC1;A-1;03/04/2026;10,50\n"
	_, err := b.importText(file, ImportRequest{})
	e := appError(t, err, Invalid, "layout_ambiguous")
	if !strings.Contains(e.Message, "--date-order") {
		t.Error(e.Message)
	}
	_, err = b.importText(file, ImportRequest{DateOrder: "dmy"})
	e = appError(t, err, Invalid, "layout_ambiguous")
	if !strings.Contains(e.Message, "--default-currency") {
		t.Error(e.Message)
	}
	b.mustImport(file, ImportRequest{DateOrder: "dmy", DefaultCurrency: "GBP"})
	equal(t, "due", b.number(`SELECT count(*) FROM item WHERE tenant_id = $1 AND due_date = $2
		AND amount_minor = 1050`, cal.MustParse("2026-04-03")), 1)
	// The answers are remembered for the same header.
	equal(t, "again", b.mustImport(file, ImportRequest{}).Unchanged, 1)
	_, err = b.importText("", ImportRequest{})
	appError(t, err, Invalid, "file_unreadable")
}

// A large first import drops indexes and builds them again: they must be those of the
// schema, to the letter, and hold every row.
func TestBulkImportKeepsTheIndexes(t *testing.T) {
	eachEngine(t, "GB", "2026-05-04", func(t *testing.T, b *ledgerBook) {
		query := "SELECT sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'item' ORDER BY name"
		byNumber := "SELECT count(*) FROM item INDEXED BY item_number WHERE tenant_id = $1"
		if b.db.Engine() == store.Postgres {
			query = "SELECT indexdef FROM pg_indexes WHERE tablename = 'item' ORDER BY indexname"
			byNumber = "SELECT count(*) FROM item WHERE tenant_id = $1"
		}
		indexes := func() (all string) {
			err := b.read(b.ctx, func(tx store.Tx) error {
				all = ""
				return store.Each(tx, query, nil, func(r store.Rows) error {
					all += r.Text(0) + "\n"
					return nil
				})
			})
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		before := indexes()
		if !strings.Contains(before, "item_number") || !strings.Contains(before, "item_open") {
			t.Fatalf("indexes of item:\n%s", before)
		}
		const n = bulkRows + 500
		file := string(manyInvoices(n))
		im := ImportRequest{Kind: ImportInvoices, File: "many.csv", Source: strings.NewReader(file)}
		if _, err := b.Import(b.ctx, Request{Actor: "test", DryRun: true}, im); err != nil {
			t.Fatal(err)
		}
		equal(t, "indexes after a dry run", indexes(), before)
		if _, err := b.Import(b.ctx, tester, im); err != nil {
			t.Fatal(err)
		}
		equal(t, "indexes", indexes(), before)
		equal(t, "rows of the index", b.number(byNumber), n)
		report := b.mustImport(file, ImportRequest{})
		equal(t, "unchanged", report.Unchanged, n)
		b.sound()
	})
}

func TestLanguageAndNumberOfACustomer(t *testing.T) {
	equal(t, "en in the US", languageOf("en", "US", "DE"), "en-US")
	equal(t, "by country", languageOf("", "AT", "GB"), "de")
	equal(t, "by the creditor", languageOf("", "JP", "DE"), "de")
	equal(t, "number", normaliseNumber(" inv 00-12 "), "INV00-12")
}

func TestSeveralCreditorsStayApart(t *testing.T) {
	b := onSQLite(t, "GB", "2026-03-02")
	if _, err := b.AddCreditor(b.ctx, tester, NewCreditor{Code: "two", Name: "Two", Country: "GB",
		Currency: "GBP"}); err != nil {
		t.Fatal(err)
	}
	file := plain("C1,,A-1,2026-01-05,2026-02-04,GBP,100.00,100.00,")
	_, err := b.importText(file, ImportRequest{})
	appError(t, err, Invalid, "creditor_needed")
	b.mustImport(file, ImportRequest{Creditor: "main"})
	equal(t, "the same number", b.mustImport(file, ImportRequest{Creditor: "two"}).Created, 1)
	empty := ImportRequest{Creditor: "two", Complete: true, ConfirmSettles: true}
	equal(t, "settled", b.mustImport(plain("C2,,B-1,2026-01-05,2026-02-04,GBP,1.00,1.00,"),
		empty).SettledByList, 1)
	equal(t, "of main", b.agingOf(AgingRequest{Creditor: "main", ByCustomer: true}, "GBP"), "d1_30 1/100.00")
	equal(t, "of two", b.agingOf(AgingRequest{Creditor: "two"}, "GBP"), "d1_30 1/1.00")
	equal(t, "of all", b.agingOf(AgingRequest{Creditor: "*"}, "GBP"), "d1_30 2/101.00")
	raw, err := json.Marshal(AgingReport{AsOf: cal.MustParse("2026-03-02"),
		Currencies: []AgingCurrency{{Currency: "JPY", ControlMinor: 7}}})
	if err != nil || !strings.Contains(string(raw),
		`"credits":{"count":0,"amount":"0"},"total":"0","control_total":"7"}`) {
		t.Errorf("%s %v", raw, err)
	}
	b.sound()
}

// A cache that differs from the facts is found, and the aging refuses to answer.
func TestDeepFindsAWrongCache(t *testing.T) {
	b := onSQLite(t, "GB", "2026-03-02")
	b.mustImport(plain("C1,,A-1,2026-01-05,2026-02-04,GBP,100.00,100.00,"), ImportRequest{})
	err := b.DB().Mark(b.ctx, b.tenant, func(tx store.MarkTx) error {
		_, err := tx.Exec("UPDATE item SET open_minor = 9999 WHERE tenant_id = $1", b.tenant)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	findings, err := b.Deep(b.ctx)
	if err != nil || findings[0].OK || !strings.Contains(findings[0].Text, "open 9999") {
		t.Errorf("%v %v", findings, err)
	}
	_, err = b.Aging(b.ctx, AgingRequest{})
	appError(t, err, Internal, "aging_differs")
}

// TestDeepFindsAStrayFact: what names an item or a credit that is not there changes no
// cache, and is found.
func TestDeepFindsAStrayFact(t *testing.T) {
	day := cal.MustParse("2026-03-01")
	for name, post := range map[string]func(*postings, int64){
		"an entry of another item": func(p *postings, customer int64) {
			p.add(customer, adjusted(99, money.Money{Minor: 100, Currency: "GBP"}, day), 0, cal.None)
		},
		"an allocation of no entry": func(p *postings, customer int64) {
			p.set(customer, book.Allocation{Entry: 99, Item: 99, Head: book.Principal, Minor: 100, Day: day})
		},
	} {
		b := onSQLite(t, "GB", "2026-03-02")
		b.mustImport(plain("C1,,A-1,2026-01-05,2026-02-04,GBP,100.00,100.00,"), ImportRequest{})
		customer := b.number("SELECT customer_id FROM customer WHERE tenant_id = $1")
		_, err := b.write(b.ctx, tester, "stray", nil, func(r *recorder) error {
			var p postings
			post(&p, customer)
			return p.write(r)
		})
		if err != nil {
			t.Fatal(err)
		}
		findings, err := b.Deep(b.ctx)
		if i := slices.IndexFunc(findings, func(f store.Finding) bool { return !f.OK }); err != nil || i < 0 ||
			findings[i].Name != "postings" || !strings.Contains(findings[i].Text, "not there") {
			t.Errorf("%s: %v %v", name, findings, err)
		}
	}
}

// TestListReopensWhatWasWrittenOff: a list that still has an item open takes its
// write-off back: nobody paid, so no credit is left.
func TestListReopensWhatWasWrittenOff(t *testing.T) {
	b := onSQLite(t, "GB", "2026-03-10")
	list := plain("C1,,A-1,2026-01-05,2026-02-04,GBP,20.00,,", "C1,,A-2,2026-01-05,2026-02-04,GBP,50.00,,")
	im := ImportRequest{Complete: true, AsOf: cal.MustParse("2026-03-09"), ConfirmSettles: true}
	b.mustImport(list, im)
	if _, err := b.WriteOff(b.ctx, tester, WriteOffRequest{Refs: []string{"item:A-1"}, Reason: "small"}); err != nil {
		t.Fatal(err)
	}
	equal(t, "written off", b.aging("", "GBP"), "d31_60 1/50.00")
	b.goTo("2026-03-12")
	im.AsOf = cal.MustParse("2026-03-12")
	equal(t, "reopened", b.mustImport(list, im).Reopened, 1)
	equal(t, "aging", b.aging("", "GBP"), "d31_60 2/70.00")
	b.sound()
}

// What stands in a row that cannot be read is in the file: a complete list does not settle
// it. Where not even the number can be read, it settles nothing that it does not name.
func TestCompleteListWithUnreadRows(t *testing.T) {
	eachEngine(t, "GB", "2026-03-02", func(t *testing.T, b *ledgerBook) {
		row := func(n int, amount string) string {
			return fmt.Sprintf("C1,Alpha Ltd,A-%d,2026-01-05,2026-02-04,GBP,%s,%s,", n, amount, amount)
		}
		var all []string
		for n := 1; n <= 12; n++ {
			all = append(all, row(n, "100.00"))
		}
		// A list whose rows nobody can name settles nothing in an empty book: it goes in.
		report := b.mustImport(plain(append(slices.Clone(all), `C1,Alpha Ltd,1.93E+09,2026-01-05,,GBP,1.00,1.00,`)...),
			ImportRequest{Complete: true})
		equal(t, "rejected", report.RejectedRows, 1)

		b.goTo("2026-03-03")
		list := slices.Clone(all)
		list[2] = row(3, "1x0.00")
		list[3] = strings.Replace(list[3], "A-4", "a-4", 1) + "\n" + list[3] // twice, and spelled otherwise
		report = b.mustImport(plain(list...), ImportRequest{Complete: true})
		equal(t, "rejected", report.RejectedRows, 2)
		equal(t, "settled", report.SettledByList, 0)
		equal(t, "A-3", b.standingOf("A-3"), "10000/10000  c0")
		equal(t, "A-4", b.standingOf("A-4"), "10000/10000  c0")

		for _, bad := range []string{
			"C1,Alpha Ltd,1.93E+09,2026-01-05,,GBP,1.00,1.00,", "C1,Alpha Ltd,,2026-01-05,,GBP,1.00,1.00,",
			"C1,Alpha, Ltd,A-3,2026-01-05,,GBP,100.00,100.00,", `C1,"Alpha" Ltd",A-3,2026-01-05,,GBP,100.00,100.00,`} {
			list := slices.Clone(all)
			list[2] = bad
			text := plain(list...)
			_, err := b.importText(text, ImportRequest{Complete: true, ConfirmSettles: true})
			appError(t, err, Refused, "unread_rows")
			if e := AsError(err); e.Where == nil || e.Where.Row != 4 {
				t.Errorf("%s: %+v", bad, e.Where)
			}
			if report := b.mustImport(text, ImportRequest{}); report.SettledByList != 0 {
				t.Errorf("%s: further documents settle %d", bad, report.SettledByList)
			}
			if strings.Contains(bad, "E+09") {
				id := b.draftOf("open.csv", []byte(text))
				p := b.answer(id, func(a *DraftAnswers) { a.Extent, a.AsOf = ExtentComplete, "2026-03-03" })
				wantQuestion(t, p, "unread_rows")
				equal(t, "to repair", len(p.Rejected), 1)
				_, err := b.ApplyDraft(b.ctx, tester, id)
				appError(t, err, Refused, "unread_rows")
				p = b.answer(id, func(a *DraftAnswers) { a.Repairs = ledger.Repairs{4: {2: "A-3"}} })
				wantQuestion(t, p, "")
			}
		}
		equal(t, "A-3", b.standingOf("A-3"), "10000/10000  c0")
		b.sound()
	})
}

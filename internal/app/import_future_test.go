package app

import (
	"fmt"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/store"
)

// openInAccounts is the open total of all accounts as decisions see them today,
// "count/minor".
func (b *ledgerBook) openInAccounts() string {
	b.t.Helper()
	count, minor := 0, int64(0)
	err := b.read(b.ctx, func(tx store.Tx) error {
		creditors, err := b.creditors(tx)
		if err != nil {
			return err
		}
		var ids []int64
		if err := store.Each(tx, "SELECT customer_id FROM account WHERE tenant_id = $1 ORDER BY customer_id",
			[]any{b.tenant}, func(r store.Rows) error { ids = append(ids, r.Int64(0)); return nil }); err != nil {
			return err
		}
		accounts, err := b.newLoader(tx, creditors).load(ids)
		for i := range accounts {
			for k := range accounts[i].Items {
				if it := &accounts[i].Items[k]; it.Issued(creditors[0].today(tx)) && it.OpenMinor > 0 {
					count, minor = count+1, minor+it.OpenMinor
				}
			}
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return fmt.Sprintf("%d/%d", count, minor)
}

// confirmed is whether an amount is accepted as the open total.
func (b *ledgerBook) confirmed(amount string, c money.Currency) bool {
	b.t.Helper()
	m, err := money.Parse(amount, c)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.ConfirmTotal(b.ctx, tester, "main", m) == nil
}

func (b *ledgerBook) mustRun() RunReport {
	b.t.Helper()
	report, err := b.Run(b.ctx, tester, RunRequest{AsOf: cal.None})
	if err != nil {
		b.t.Fatal(err)
	}
	return report
}

// The daily share of first contacts is one of the customers who are overdue: not of those
// whose invoice counts from a later day, or whose payment is under way.
func TestQuotaOfTheOverdue(t *testing.T) {
	head := "customer_number,customer_name,email,number,invoice_date,due_date,currency,amount,paid_on\n"
	eachEngine(t, "GB", "2026-03-02", func(t *testing.T, b *ledgerBook) {
		for name, value := range map[string]string{"policy.backlog_per_day": "1", "policy.backlog_percent": "50"} {
			if err := b.SetSetting(b.ctx, tester, "main", name, value); err != nil {
				t.Fatal(err)
			}
		}
		var file strings.Builder
		file.WriteString(head)
		for i := range 4 {
			fmt.Fprintf(&file, "P%d,Paying Ltd,ap@p.example,P-%d,2026-01-05,2026-02-04,GBP,100.00,2026-03-20\n", i, i)
			fmt.Fprintf(&file, "N%d,New Ltd,ap@n.example,N-%d,2026-03-25,2026-02-04,GBP,100.00,\n", i, i)
		}
		for i := range 2 {
			fmt.Fprintf(&file, "O%d,Over Ltd,ap@o.example,O-%d,2026-01-05,2026-02-04,GBP,1000.00,\n", i, i)
		}
		b.mustImport(file.String(), ImportRequest{})
		b.goTo("2026-03-03") // a Tuesday
		if run := b.mustRun(); run.DecisionsByAction["opening"] != 1 || run.DecisionsByReason[string(reason.BacklogSpread)] != 1 {
			t.Errorf("of two overdue customers: %v %v", run.DecisionsByAction, run.DecisionsByReason)
		}
	})
}

// However many payments of days to come a file states, how the customer paid before is
// known, also on a day on which some of them have arrived.
func TestHistoryBehindPaymentsToCome(t *testing.T) {
	eachEngine(t, "GB", "2026-03-02", func(t *testing.T, b *ledgerBook) {
		var file strings.Builder
		file.WriteString("customer_number,number,invoice_date,due_date,currency,amount,paid_on\n")
		for i := range 4 {
			fmt.Fprintf(&file, "C1,P-%d,2025-12-01,2026-01-0%d,GBP,100.00,2026-02-05\n", i, i+1)
		}
		for i := range book.MaxSettled + 6 {
			fmt.Fprintf(&file, "C1,F-%d,2026-01-05,2026-02-04,GBP,100.00,2026-03-%02d\n", i, i+1)
		}
		file.WriteString("C2,O-1,2025-12-01,2026-01-05,GBP,100.00,2026-02-05\n")
		b.mustImport(file.String(), ImportRequest{})
		for _, on := range [][2]string{{"2026-03-02", "6 2026-03-02 2026-02-05"}, {"2026-03-31", "24 2026-03-30 2026-03-07"}} {
			day, want := on[0], on[1]
			b.goTo(day)
			err := b.read(b.ctx, func(tx store.Tx) error {
				creditors, err := b.creditors(tx)
				if err != nil {
					return err
				}
				accounts, err := b.newLoader(tx, creditors).load([]int64{1, 2})
				if err == nil {
					paid := accounts[0].Settled
					equal(t, day, fmt.Sprint(len(paid), " ", paid[0].Day, " ", paid[len(paid)-1].Day), want)
					equal(t, day+", the other", len(accounts[1].Settled), 1)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

// A payment of a day to come has not arrived: aging, total and run show the item open,
// and nothing is asked for until that day.
func TestPaymentsOfDaysToCome(t *testing.T) {
	head := "customer_number,customer_name,email,number,invoice_date,due_date,currency,amount,paid_on,paid_amount\n"
	eachEngine(t, "GB", "2026-03-02", func(t *testing.T, b *ledgerBook) {
		report := b.mustImport(head+
			"C1,Alpha Ltd,ap@a.example,A-1,2026-01-05,2026-02-04,GBP,100.00,2026-03-20,\n"+
			"C1,Alpha Ltd,ap@a.example,A-2,2026-01-05,2026-02-04,GBP,100.00,2026-03-10,40.00\n", ImportRequest{})
		if len(report.Warnings) != 1 || !strings.HasPrefix(report.Warnings[0], "2 rows, first row 2, are paid after today") {
			t.Errorf("warnings %q", report.Warnings)
		}
		equal(t, "aging", b.aging("", "GBP"), "d1_30 2/200.00")
		equal(t, "accounts", b.openInAccounts(), "2/20000")
		equal(t, "total", b.confirmed("200.00", "GBP"), true)
		run := b.mustRun()
		equal(t, "under way", run.DecisionsByReason[string(reason.PendingPayment)], 1)
		equal(t, "settled", run.DecisionsByReason[string(reason.Settled)], 0)
		equal(t, "asked for", b.number(`SELECT CAST(COALESCE(sum(total_minor), 0) AS bigint) FROM message
			WHERE tenant_id = $1`), 6000)
		b.goTo("2026-03-10")
		equal(t, "aging in between", b.aging("", "GBP"), "d31_60 2/160.00")
		equal(t, "accounts in between", b.openInAccounts(), "2/16000")
		b.goTo("2026-03-20")
		b.mustRun()
		equal(t, "after", b.openInAccounts(), "1/6000")
		equal(t, "aging after", b.aging("", "GBP"), "d31_60 1/60.00")
		b.sound()
	})
}

// A document of a day to come counts from its date, whatever its due date.
func TestDocumentsOfDaysToCome(t *testing.T) {
	eachEngine(t, "GB", "2026-03-02", func(t *testing.T, b *ledgerBook) {
		report := b.mustImport("customer_number,email,number,invoice_date,due_date,currency,amount\n"+
			"C1,ap@a.example,A-1,2026-03-16,2026-02-04,GBP,1000.00\n"+
			"C2,ap@b.example,B-1,2026-01-05,2026-02-04,GBP,9400.00\n", ImportRequest{})
		if len(report.Warnings) != 2 || !strings.HasPrefix(report.Warnings[0], "row 2 is dated after today") ||
			report.Warnings[1] != "row 2 is dated after its own due date" {
			t.Errorf("warnings %q", report.Warnings)
		}
		equal(t, "aging", b.aging("", "GBP"), "d1_30 1/9400.00")
		equal(t, "accounts", b.openInAccounts(), "1/940000")
		equal(t, "total with it", b.confirmed("10400.00", "GBP"), false)
		equal(t, "total", b.confirmed("9400.00", "GBP"), true)
		run := b.mustRun()
		equal(t, "not yet", run.DecisionsByReason[string(reason.NotDue)], 1)
		equal(t, "messages", b.number("SELECT count(*) FROM message WHERE tenant_id = $1"), 1)
		b.goTo("2026-03-16")
		equal(t, "aging on its date", b.aging("", "GBP"), "d31_60 2/10400.00")
		equal(t, "looked at again", b.mustRun().LookedAt > 0, true)
		equal(t, "messages on its date", b.number(`SELECT count(*) FROM message m JOIN customer c
			ON c.tenant_id = m.tenant_id AND c.customer_id = m.customer_id WHERE m.tenant_id = $1 AND c.number = 'C1'`), 1)
	})
}

// The real file in a book of a day before most of its payments.
func TestIBMInItsOwnTime(t *testing.T) {
	text := sharedFile(t, "ibm_late_payment_histories.csv")
	eachEngine(t, "US", "2013-06-30", func(t *testing.T, b *ledgerBook) {
		b.mustImport(text, ImportRequest{DefaultCurrency: "USD"})
		equal(t, "aging", b.aging("", "USD"), "not_due 72/4284.29 d1_30 12/835.56")
		equal(t, "accounts", b.openInAccounts(), "84/511985")
		equal(t, "total", b.confirmed("5119.85", "USD"), true)
		b.mustRun()
		equal(t, "messages", b.number("SELECT count(*) FROM message WHERE tenant_id = $1"), 0)
		b.sound()
	})
}

// A reminder counts as an earlier notice only with its level, on a day between the
// date of the document and today.
func TestReportedReminders(t *testing.T) {
	head := "customer_number,email,number,invoice_date,due_date,currency,amount,last_reminder_date,last_reminder_level\n"
	for name, c := range map[string]struct {
		cells    string // date and level
		step     string // of the message that the run plans
		rejected string
		warning  string
	}{
		"none":               {",", "opening", "", ""},
		"level 1":            {"2026-02-10,1", "formal", "", ""},
		"level without date": {",3", "opening", "", "row 2 has a reminder level and no reminder date"},
		"date without level": {"2026-02-10,", "opening", "", ""},
		"future":             {"2027-02-20,2", "", "last_reminder_date 2027-02-20 a day up to today, 2026-03-02", ""},
		"before invoice":     {"2026-01-04,2", "", "last_reminder_date 2026-01-04 a day from the invoice date, 2026-01-05, on", ""},
		"level 9":            {"2026-02-10,9", "", "last_reminder_level 9 a whole number from 0 to 5", ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := onSQLite(t, "GB", "2026-03-02")
			b.mustImport(head+"C0,a@z.example,Z-1,2026-01-05,2026-02-04,GBP,1.00,,\n", ImportRequest{})
			report, err := b.importText(head+"C1,ap@a.example,A-1,2026-01-05,2026-02-04,GBP,300.00,"+c.cells+"\n",
				ImportRequest{})
			if err != nil {
				t.Fatal(err)
			}
			rejected := ""
			for _, r := range report.Rejected {
				rejected += r.Field + " " + r.Value + " " + r.Expected
			}
			equal(t, "rejected", rejected, c.rejected)
			if !strings.HasPrefix(strings.Join(report.Warnings, "; "), c.warning) || (c.warning == "") != (len(report.Warnings) == 0) {
				t.Errorf("warnings %q", report.Warnings)
			}
			b.mustRun()
			step := ""
			if err := b.read(b.ctx, func(tx store.Tx) error {
				return store.Each(tx, `SELECT m.lead_step FROM message m JOIN customer c ON c.tenant_id = m.tenant_id
					AND c.customer_id = m.customer_id WHERE m.tenant_id = $1 AND c.number = 'C1'`, []any{b.tenant},
					func(r store.Rows) error { step += r.Text(0); return nil })
			}); err != nil {
				t.Fatal(err)
			}
			equal(t, "step", step, c.step)
		})
	}
}

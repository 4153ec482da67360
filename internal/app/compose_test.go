package app

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/law"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/document"
	"github.com/recoup-project/recoup/internal/document/locale"
	"github.com/recoup-project/recoup/internal/store"
)

// first message of the outbox, written.
func (b *testBook) preview() Preview {
	b.t.Helper()
	list, err := b.Outbox(b.ctx, OutboxFilter{})
	if err != nil || len(list) == 0 {
		b.t.Fatalf("outbox: %v %v", list, err)
	}
	p, err := b.Preview(b.ctx, list[len(list)-1].ID)
	if err != nil {
		b.t.Fatal(err)
	}
	return p
}

// holds checks that a text has all of these, and none of those after the bar.
func holds(t *testing.T, text string, want []string, not ...string) {
	t.Helper()
	plain := strings.Join(strings.Fields(text), " ")
	for _, w := range want {
		if !strings.Contains(plain, w) {
			t.Errorf("the text lacks %q", w)
		}
	}
	for _, n := range not {
		if strings.Contains(plain, n) {
			t.Errorf("the text says %q", n)
		}
	}
	if t.Failed() {
		t.Log(text)
	}
}

// TestMessageSaysWhatTheFiguresSay: amounts, dates, reference and bank details; what
// is not due stands apart.
func TestMessageSaysWhatTheFiguresSay(t *testing.T) {
	b := friendlyBook(t, t.TempDir()+"/book.db")
	p := b.preview()
	if p.To != "ap@c1.example" || p.Channel != book.Email || p.Day != cal.MustParse("2026-03-05") {
		t.Errorf("preview %+v", p)
	}
	holds(t, p.Text, []string{"C1 Ltd", "INV-1", "£600.00", "Thursday 12 March 2026", "INV-2", "£50.00", "RF",
		"12-34-56",
		"3 September 2018", "Helen Marsh", "Canal Road"}, "£650.00", "interest", "(part)")
}

// TestPartlyDisputedItem: the part that is asked for is named so, beside the amount of the
// invoice and the part that is not (guardrail R16).
func TestPartlyDisputedItem(t *testing.T) {
	b := newTestBook(t, t.TempDir()+"/book.db", "GB", "2026-02-01")
	b.readyToSend()
	b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
	b.addItems(newItem{"C1", "INV-1", "2026-03-02", 60_000, book.Yes})
	b.do("test_hold", func(w *recorder) error {
		day := cal.MustParse("2026-03-01")
		_, err := w.hold(b.customer["C1"], book.Hold{Item: b.item["INV-1"], Kind: book.HoldDispute, Currency: "GBP",
			Minor: 20_000, From: day, Until: cal.Far}, "damaged")
		return err
	})
	b.at("2026-03-05", 10)
	b.run(ApproveAll)
	holds(t, b.preview().Text, []string{"INV-1 (part)", "Open: £400.00", "Amount: £600.00",
		"Set aside: £200.00", "Total in GBP: £400.00"})
}

// TestClaimsByLawAndLevel: England offers with figures, names the ground and the
// earlier message; Germany without an agreed date only announces, in German.
func TestClaimsByLawAndLevel(t *testing.T) {
	t.Run("England", func(t *testing.T) {
		b := newTestBook(t, t.TempDir()+"/book.db", "GB", "2026-02-01")
		b.readyToSend()
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
		b.addItems(newItem{"C1", "INV-1", "2026-03-02", 600_000, book.Yes})
		b.toFormal()
		p := b.preview()
		holds(t, p.Text, []string{"Late Payment of Commercial Debts", "% a year",
			"8 points over the Bank of England base rate",
			"5 March 2026: Payment reminder, by email", "We will not ask for", "£6,000.00", "£70.00"}, "we reserve")
	})
	t.Run("Germany", func(t *testing.T) {
		b := newTestBook(t, t.TempDir()+"/book.db", "DE", "2026-02-01")
		b.readyToSend()
		for _, set := range [][2]string{{"bank.routing", ""}, {"bank.account", ""},
			{"bank.iban", "DE89370400440532013000"}, {"bank.unchanged_since", "2026-02-01"}} {
			if err := b.SetSetting(b.ctx, tester, "main", set[0], set[1]); err != nil {
				t.Fatal(err)
			}
		}
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "DE", email: "ap@c1.example"})
		b.do("test_language", func(w *recorder) error {
			_, err := w.Exec("UPDATE customer SET language = 'de' WHERE tenant_id = $1", b.tenant)
			return err
		})
		b.addItems(newItem{"C1", "INV-1", "2026-03-02", 600_000, book.Unstated})
		b.toFormal()
		holds(t, b.preview().Text, []string{"Mahnung", "§ 288 Abs. 2 BGB", "6.000,00 €", "DE89 3704",
			"geraten Sie mit der Zahlung in Verzug", "der Zinssatz beträgt 10,27 % im Jahr", "derzeit 1,69 € pro Tag"}, "40,00",
			"schulden Sie eine Pauschale")
	})
}

// TestLedgerWithoutInvoiceDates: such messages are written, and what is not due yet
// is listed apart all the same.
func TestLedgerWithoutInvoiceDates(t *testing.T) {
	b := friendlyBook(t, t.TempDir()+"/book.db")
	b.do("test_dates", func(w *recorder) error {
		_, err := w.Exec("UPDATE item SET invoice_date = NULL WHERE tenant_id = $1", b.tenant)
		return err
	})
	holds(t, b.preview().Text, []string{"INV-1", "£600.00", "INV-2", "£50.00"}, "Invoice date")
}

// toFormal runs and sends until the formal reminder is planned.
func (b *testBook) toFormal() {
	b.t.Helper()
	for day := cal.MustParse("2026-03-05"); day <= cal.MustParse("2026-03-19"); day++ {
		b.goTo(day)
		b.run(ApproveAll)
		if day < cal.MustParse("2026-03-19") {
			b.sendAll()
		}
	}
}

// TestLongListIsAttached: more items than a message shows go along as a file.
func TestLongListIsAttached(t *testing.T) {
	b := newTestBook(t, t.TempDir()+"/book.db", "GB", "2026-02-01")
	b.readyToSend()
	b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
	var items []newItem
	for i := range 250 {
		items = append(items, newItem{"C1", fmt.Sprintf("INV-%03d", i), "2026-03-02", 60_000, book.Yes})
	}
	b.addItems(items...)
	b.at("2026-03-05", 10)
	b.knowCash("2026-03-04")
	b.run(ApproveAll)
	p := b.preview()
	if len(p.Attachments) != 1 || p.Attachments[0] != "items.csv" {
		t.Errorf("attachments %v", p.Attachments)
	}
	o := outTray{outcome: Delivered}
	if report := b.sendWith(&o); report.Sent != 1 {
		t.Fatalf("report %+v", report)
	}
	if csv := string(o.mails[0].Attachments[0].Bytes); strings.Count(csv, "INV-") != 250 {
		t.Errorf("the file lists %d items", strings.Count(csv, "INV-"))
	}
}

// TestCorrectionNamesWhatItTakesBack: after a void of a sent message a correction is
// written and sent, and it demands nothing.
func TestCorrectionNamesWhatItTakesBack(t *testing.T) {
	b := friendlyBook(t, t.TempDir()+"/book.db")
	o := outTray{outcome: Delivered}
	b.sendWith(&o)
	list, err := b.Outbox(b.ctx, OutboxFilter{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Void(b.ctx, tester, []int64{list[0].ID}); err != nil {
		t.Fatal(err)
	}
	p := b.preview()
	holds(t, p.Text, []string{"5 March 2026"}, "£600.00")
	if !strings.Contains(p.Subject+p.Text, "Payment reminder") {
		t.Errorf("subject %q", p.Subject)
	}
	if _, err := b.Approve(b.ctx, tester, []int64{p.Message}); err != nil {
		t.Fatal(err)
	}
	b.do("test_paid", func(w *recorder) error {
		if _, err := w.Exec("UPDATE item SET open_minor = 0 WHERE tenant_id = $1", b.tenant); err != nil {
			return err
		}
		return w.touch(b.customer["C1"])
	})
	if report := b.sendWith(&o); report.Sent != 1 {
		t.Errorf("the correction did not leave: %+v", report)
	}
}

// TestParticularsOfTheSender: what a business letter of the creditor's country must
// state is asked for by name before anything is written or sent; who is in no
// register says so once, and nothing is printed for it.
func TestParticularsOfTheSender(t *testing.T) {
	b := friendlyBook(t, t.TempDir()+"/book.db")
	set := func(name, value string) {
		t.Helper()
		if err := b.SetSetting(b.ctx, tester, "main", name, value); err != nil {
			t.Fatal(err)
		}
	}
	holds(t, b.preview().Text, []string{"Registered: England and Wales, no. 01234567",
		"Registered office: Unit 4, Canal Road, Leeds", "VAT registration number: GB123456789"}, "none", "directors")
	list, _ := b.Outbox(b.ctx, OutboxFilter{})
	for _, p := range law.Particulars("GB", true) {
		name := ofSender(p)
		was := senderDetails[name]
		set(name, "")
		p, err := b.Preview(b.ctx, list[0].ID)
		if err != nil || !slices.Equal(p.Missing, []string{name}) || !strings.Contains(p.Text, gaps[name][0]) {
			t.Errorf("without %s: %v, %v", name, p.Missing, err)
		}
		o := outTray{outcome: Delivered}
		if report := b.sendWith(&o); report.Sent != 0 {
			t.Errorf("without %s it is sent: %+v", name, report)
		}
		set(name, was)
	}
	for _, p := range law.Particulars("GB", true) {
		set(ofSender(p), "")
	}
	set(settingRegisterNo, none)
	set(settingVATID, none)
	holds(t, b.preview().Text, []string{"Northgate"}, "none", "Registered", "VAT")
}

// TestIncompleteSenderIsNamed: what is missing is named field by field, and shows as a gap
// in what the person who drafts sees.
func TestIncompleteSenderIsNamed(t *testing.T) {
	b := friendlyBook(t, t.TempDir()+"/book.db")
	for _, name := range []string{"sender.phone", "bank.holder"} {
		if err := b.SetSetting(b.ctx, tester, "main", name, ""); err != nil {
			t.Fatal(err)
		}
	}
	b.run(ApproveAll) // what was released before the account changed was stopped
	list, _ := b.Outbox(b.ctx, OutboxFilter{State: book.Approved})
	p, err := b.Preview(b.ctx, list[0].ID)
	if err != nil || !slices.Equal(p.Missing, []string{"sender.phone", "bank.holder", "bank.unchanged_since"}) {
		t.Errorf("preview: %v, %v", p.Missing, err)
	}
	holds(t, p.Text, []string{"[phone]", "[account holder]"})
}

// finalDemand brings a debtor of unknown kind in the United Kingdom, who is written to
// in German, to the day of the final demand and returns what is approved then.
func finalDemand(t *testing.T, address, subdivision string) (*testBook, []OutboxMessage) {
	t.Helper()
	return finalDemandTo(t, address, subdivision, "unknown", true)
}

// finalDemandTo is the same for a kind that a person has confirmed or not.
func finalDemandTo(t *testing.T, address, subdivision, kind string, confirmed bool) (*testBook, []OutboxMessage) {
	t.Helper()
	b := newTestBook(t, address, "GB", "2026-02-01")
	b.readyToSend()
	b.addCustomers(newCustomer{number: "C1", kind: "unknown", country: "GB", email: "ap@c1.example",
		address: "1 High Street\nYork"})
	b.do("test_place", func(w *recorder) error {
		_, err := w.Exec(`UPDATE customer SET language = 'de', subdivision = $2, kind = $3, kind_confirmed = $4
			WHERE tenant_id = $1`, b.tenant, subdivision, kind, confirmed)
		return err
	})
	b.addItems(newItem{"C1", "INV-1", "2026-03-02", 600_000, book.Yes})
	for day := cal.MustParse("2026-03-05"); day <= cal.MustParse("2026-04-02"); day++ {
		b.goTo(day)
		b.run(ApproveAll)
		b.approvePersonal()
		if day < cal.MustParse("2026-04-02") {
			b.sendAll()
		}
	}
	list, err := b.Outbox(b.ctx, OutboxFilter{State: book.Approved})
	if err != nil || len(list) != 2 {
		t.Fatalf("outbox %+v %v", list, err)
	}
	return b, list
}

// TestMoneyInAnotherCurrencyIsOnTheChecklist: before a final demand a person is told of
// money of the customer that is set against nothing because it is in another currency.
func TestMoneyInAnotherCurrencyIsOnTheChecklist(t *testing.T) {
	b, list := finalDemand(t, t.TempDir()+"/book.db", "SCT")
	said := func() string {
		p, err := b.Preview(b.ctx, list[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(p.Checklist, "\n")
	}
	if text := said(); strings.Contains(text, "Money:") {
		t.Errorf("money that is not there: %s", text)
	}
	if _, err := b.Pay(b.ctx, tester, PayRequest{Creditor: "main", Ref: "customer:C1",
		Amount: money.Money{Minor: 690_000, Currency: "EUR"}, On: cal.None}); err != nil {
		t.Fatal(err)
	}
	holds(t, said(), []string{"Money: 6900.00 EUR of the customer is set against no item"})
}

// TestLetterOfClaimNamesItsEnclosures: a debtor of unknown kind in England gets the
// thirty-day letter of the debt protocol with its four papers, in English whatever the
// other messages are in; the email beside it says that they come with the letter.
func TestLetterOfClaimNamesItsEnclosures(t *testing.T) {
	b, list := finalDemand(t, t.TempDir()+"/book.db", "")
	b.knowCash("2026-04-01")
	for _, m := range list {
		p, err := b.Preview(b.ctx, m.ID)
		if err != nil {
			t.Fatal(err)
		}
		want := "Information Sheet"
		if m.Channel == book.Email {
			want += " (with the letter)"
		}
		if !slices.Contains(p.Attachments, want) {
			t.Errorf("%s: enclosures %v", m.Channel, p.Attachments)
		}
		holds(t, p.Text, []string{"8 May 2026", "by post and by email"})
		holds(t, strings.Join(p.Checklist, "\n"), []string{"Name: C1 Ltd, no register number", "Kind: unknown, which nobody",
			"proof of it; have it at hand for INV-1.", "the due dates are agreed", "order number", "Copies: none",
			"Next step: none is named", "Annex 1"})
		if m.Channel != book.Letter {
			continue
		}
		if len(p.Enclosures) != 4 || !strings.Contains(p.Enclosures[2].Text, "I agree that I owe the debt") {
			t.Errorf("papers to post: %d", len(p.Enclosures))
		}
		_, err = b.MarkSent(b.ctx, tester, SentByHand{Message: m.ID, Day: cal.None})
		if e := AsError(err); e == nil || e.Code != "enclosures_unconfirmed" || !strings.Contains(e.Message, "Reply Form") {
			t.Errorf("posted without a word about the enclosures: %v", err)
		}
		if _, err = b.MarkSent(b.ctx, tester, SentByHand{Message: m.ID, Day: cal.None, Enclosed: true}); err != nil {
			t.Error(err)
		}
		if e, err := b.Evidence(b.ctx, m.ID); err != nil || !strings.Contains(string(e.Bytes), "Total income") {
			t.Errorf("the papers are no evidence: %v", err)
		}
	}
}

// TestALetterToAGuessedCompany: that the name looks like one of a company does not make the
// customer one. The letter of claim is that to a natural person, with its longer time and
// its papers, until somebody confirms the kind; then it is the company's.
func TestALetterToAGuessedCompany(t *testing.T) {
	for _, confirmed := range []bool{false, true} {
		onBothEngines(t, func(t *testing.T, address string) {
			b, list := finalDemandTo(t, address, "", "company", confirmed)
			for _, m := range list {
				p, err := b.Preview(b.ctx, m.ID)
				if err != nil {
					t.Fatal(err)
				}
				if confirmed {
					holds(t, p.Text, []string{"22. April 2026"}, "8 May 2026", "Reply Form", "Information Sheet")
				} else {
					holds(t, p.Text, []string{"8 May 2026", "Reply Form", "Information Sheet"}, "22 April 2026")
				}
				papers := slices.DeleteFunc(p.Attachments, func(n string) bool { return strings.HasSuffix(n, ".pdf") })
				if (len(papers) > 0) == confirmed {
					t.Errorf("confirmed %t, %s: papers %v", confirmed, m.Channel, p.Attachments)
				}
			}
		})
	}
}

// TestNoDebtProtocolOutsideEnglandAndWales: in Scotland such a debtor has the thirty
// days too, but not the letter, the forms and the courts of another jurisdiction.
func TestNoDebtProtocolOutsideEnglandAndWales(t *testing.T) {
	b, list := finalDemand(t, t.TempDir()+"/book.db", "SCT")
	for _, m := range list {
		p, err := b.Preview(b.ctx, m.ID)
		if err != nil {
			t.Fatal(err)
		}
		if m.Channel == book.Letter && len(p.Attachments) != 0 {
			t.Errorf("%s: enclosures %v", m.Channel, p.Attachments)
		}
		holds(t, p.Text, []string{"Letzte Mahnung", "2026"}, "Reply Form", "Protocol", "County Court", "BGB")
		if m.Channel == book.Letter && !strings.Contains(p.Text, "Mai 2026") {
			t.Errorf("the thirty days are lost:\n%s", p.Text)
		}
	}
}

// TestEarlierMessagesNameTheirInvoices: what was asked before is said of the invoices of
// which it is true, and of how many where they are many.
func TestEarlierMessagesNameTheirInvoices(t *testing.T) {
	for _, c := range []struct {
		late, fresh int
		want, not   string
	}{
		{1, 1, "- 5 March 2026: Payment reminder, by email (LATE-0)", "FRESH-0)"},
		{5, 1, "- 5 March 2026: Payment reminder, by email (5 of these 6 invoices)", "email (LATE"},
		{2, 0, "- 5 March 2026: Payment reminder, by email", "(LATE"},
	} {
		b := newTestBook(t, t.TempDir()+"/book.db", "GB", "2026-02-01")
		b.readyToSend()
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
		for i := range c.late {
			b.addItems(newItem{"C1", fmt.Sprintf("LATE-%d", i), "2026-03-02", 60_000, book.Yes})
		}
		for i := range c.fresh {
			b.addItems(newItem{"C1", fmt.Sprintf("FRESH-%d", i), "2026-03-16", 60_000, book.Yes})
		}
		b.toFormal()
		holds(t, b.preview().Text, []string{"Formal reminder", c.want}, c.not)
	}
}

// TestAskedBeforeTheDueDate: what was said while the invoice is now not due is no earlier
// demand of it.
func TestAskedBeforeTheDueDate(t *testing.T) {
	b := newTestBook(t, t.TempDir()+"/book.db", "GB", "2026-02-01")
	b.readyToSend()
	b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
	b.addItems(newItem{"C1", "INV-1", "2026-03-02", 60_000, book.Yes})
	b.goTo(cal.MustParse("2026-03-05"))
	b.run(ApproveAll)
	b.sendAll()
	b.do("test_put_off", func(w *recorder) error {
		if _, err := w.Exec("UPDATE item SET due_date = $2 WHERE tenant_id = $1", b.tenant, cal.MustParse("2026-03-10")); err != nil {
			return err
		}
		return w.touch(b.customer["C1"])
	})
	for day := cal.MustParse("2026-03-11"); len(b.proposed()) == 0; day++ {
		b.goTo(day)
		b.run(ApproveNone)
	}
	holds(t, b.preview().Text, []string{"Formal reminder", "10 Mar 2026"}, "asked you for payment before", "5 March")
}

// TestEarlierMessagesOnceADay: a step that went by letter and by email is named once.
func TestEarlierMessagesOnceADay(t *testing.T) {
	b, list := finalDemand(t, t.TempDir()+"/book.db", "SCT")
	for _, m := range list {
		if _, err := b.MarkSent(b.ctx, tester, SentByHand{Message: m.ID, Day: m.Day}); err != nil {
			t.Fatal(err)
		}
	}
	w := writing{a: b.App, d: &desk{set: b.set}, row: &messageRow{day: cal.MustParse("2026-04-30")}}
	err := b.read(b.ctx, func(tx store.Tx) error {
		creditors, err := b.creditors(tx)
		if err != nil {
			return err
		}
		if w.acc, err = loadOne(b.newLoader(tx, creditors), b.customer["C1"]); err != nil {
			return err
		}
		w.row.figures.Lines = []decide.Line{{Item: w.acc.Items[0].ID}}
		w.msg.Language = locale.EnglishGB
		w.earlier()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	last := w.msg.EarlierMessages[len(w.msg.EarlierMessages)-1]
	if last.Channel != document.ByBoth || last.Name != "Final demand" || last.Day != cal.MustParse("2026-04-02") {
		t.Errorf("%+v", w.msg.EarlierMessages)
	}
	for i := 1; i < len(w.msg.EarlierMessages); i++ {
		if w.msg.EarlierMessages[i].Day == w.msg.EarlierMessages[i-1].Day {
			t.Errorf("a day twice: %+v", w.msg.EarlierMessages)
		}
	}
}

// TestOnePersonIsGreetedByName: a sole trader has no accounts department; whom we do
// not know may have one.
func TestOnePersonIsGreetedByName(t *testing.T) {
	for kind, want := range map[string]string{"individual": "Dear C1 Ltd,", "company": "Dear Accounts Payable,"} {
		b := newTestBook(t, t.TempDir()+"/book.db", "GB", "2026-02-20")
		b.readyToSend()
		b.addCustomers(newCustomer{number: "C1", kind: kind, country: "GB", email: "ap@c1.example"})
		b.addItems(newItem{"C1", "INV-1", "2026-03-02", 60_000, book.Yes})
		b.goTo(cal.MustParse("2026-03-05"))
		b.run(ApproveNone)
		holds(t, b.preview().Text, []string{want})
	}
}

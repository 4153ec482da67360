package app

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// portalBook is a book whose customer C1 has two overdue invoices and one that is not due,
// and a page.
func portalBook(t *testing.T, b *ledgerBook) (token string) {
	t.Helper()
	b.mustImport(plain(
		"C1,,A-1,2026-01-05,2026-02-04,GBP,100.00,100.00,",
		"C1,,A-2,2026-01-06,2026-02-03,GBP,80.00,80.00,",
		"C1,,A-3,2026-02-07,2026-03-30,GBP,30.00,30.00,",
		"C2,,B-1,2026-01-05,2026-02-04,GBP,70.00,70.00,"), ImportRequest{})
	b.set(t, SettingPortalURL, "https://pay.example")
	for name, value := range map[string]string{"sender.person": "Maya Okafor", "sender.phone": "0151 555 0199",
		"sender.reply_to": "maya@harbour.example", "bank.holder": "Harbour Foods Ltd", "bank.iban": "GB33BUKB20201555555555",
		"bank.unchanged_since": "2019-01-01"} {
		b.set(t, name, value)
	}
	return b.link(t, "C1")
}

func (b *ledgerBook) set(t *testing.T, name, value string) {
	t.Helper()
	if err := b.SetSetting(b.ctx, tester, "", name, value); err != nil {
		t.Fatal(err)
	}
}

func (b *ledgerBook) customerID(number string) int64 {
	return b.number("SELECT customer_id FROM customer WHERE tenant_id = $1 AND number = $2", number)
}

func (b *ledgerBook) link(t *testing.T, customer string) string {
	t.Helper()
	l, err := b.PortalLink(b.ctx, tester, b.customerID(customer))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(l.Path, portalPath)
}

func (b *ledgerBook) page(t *testing.T, token string) Portal {
	t.Helper()
	p, err := b.Portal(b.ctx, token)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// says records an answer about the items with these numbers.
func (b *ledgerBook) says(t *testing.T, token, id string, s DebtorAnswer, items ...string) (DebtorReceipt, error) {
	t.Helper()
	for _, it := range b.page(t, token).Items {
		if slices.Contains(items, it.Number) {
			s.Items = append(s.Items, it.ID)
		}
	}
	if s.Name == "" {
		s.Name = "Kim Lee"
	}
	return b.DebtorAnswers(b.ctx, token, id, s)
}

// heldBy lists the live holds of C1, as "kind item until amount".
func (b *ledgerBook) heldBy(t *testing.T) string {
	t.Helper()
	list, err := b.Holds(b.ctx, "", "customer:C1")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, h := range list {
		line := string(h.Kind) + " " + h.Item
		if h.Until != nil {
			line += " " + h.Until.String()
		}
		if h.Amount != nil {
			line += " " + h.Amount.Amount
		}
		if h.Live {
			out = append(out, line)
		}
	}
	return strings.Join(out, "; ")
}

func (b *ledgerBook) tasksOf(t *testing.T) string {
	t.Helper()
	list, err := b.Tasks(b.ctx, "", false)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, k := range list {
		if strings.HasPrefix(k.Kind, "debtor") {
			out = append(out, k.Kind+" "+k.DueDay.String())
		}
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

var gbp = func(minor int64) money.Money { return money.Money{Minor: minor, Currency: "GBP"} }

// TestWhatADebtorSays records each answer of the page, and compares what it keeps back, for
// how long, and who at our side has to do what.
func TestWhatADebtorSays(t *testing.T) {
	pdf := Attachment{Name: `C:\in\proof.exe`, Bytes: []byte("%PDF-1.7 proof")}
	for _, c := range []struct {
		name        string
		say         DebtorAnswer
		items       []string
		holds, task string
		notes       []string
	}{
		{"promise", DebtorAnswer{Kind: DebtorPromises, Day: cal.MustParse("2026-03-06"), Role: "accounts"}, []string{"A-1", "A-2"},
			"promise item:A-1 2026-03-06; promise item:A-2 2026-03-06", "", []string{"Invoices: A-1, A-2", "Said by: Kim Lee, accounts"}},
		{"promise beyond the policy", DebtorAnswer{Kind: DebtorPromises, Day: cal.MustParse("2026-03-13")}, []string{"A-1"},
			"unread_reply  2026-03-04", "debtor_time 2026-03-04", []string{"Asks for more time", "Day: 2026-03-13"}},
		{"more time within the policy", DebtorAnswer{Kind: DebtorTime, Day: cal.MustParse("2026-03-12")}, []string{"A-1"},
			"promise item:A-1 2026-03-12", "", nil},
		{"a first part now", DebtorAnswer{Kind: DebtorTime, Day: cal.MustParse("2026-03-12"), Amount: gbp(1000)}, []string{"A-1"},
			"unread_reply  2026-03-04", "debtor_time 2026-03-04", []string{"Asks for more time", "Amount: 10.00 GBP"}},
		{"more time for a reason", DebtorAnswer{Kind: DebtorTime, Day: cal.MustParse("2026-03-12"), Text: "our own customer pays late"},
			[]string{"A-1"}, "unread_reply  2026-03-04", "debtor_time 2026-03-04", []string{"our own customer pays late"}},
		{"paid", DebtorAnswer{Kind: DebtorPaid, Day: cal.MustParse("2026-02-27"), Amount: gbp(8000), Reference: "run 9"}, []string{"A-2"},
			"already_paid item:A-2 2026-03-05", "debtor_paid 2026-03-05", []string{"Amount: 80.00 GBP", "Reference: run 9"}},
		{"dispute of a part", DebtorAnswer{Kind: DebtorDisputes, Cause: "quantity", Text: "two\r\nare missing", Files: []Attachment{pdf}},
			[]string{"A-1"}, "dispute item:A-1 25.00", "debtor_dispute 2026-03-16", []string{"A-1 (25.00 GBP)", "two\nare missing"}},
		{"copy", DebtorAnswer{Kind: DebtorNeeds, Cause: "copy"}, []string{"A-1"}, "unread_reply  2026-03-04", "debtor_copy 2026-03-04", nil},
		{"order number", DebtorAnswer{Kind: DebtorNeeds, Cause: "po", Reference: "88-1204"}, []string{"A-1"}, "unread_reply  2026-03-04",
			"debtor_copy 2026-03-04", []string{"Reference: 88-1204"}},
		{"instalments", DebtorAnswer{Kind: DebtorPlan, Day: cal.MustParse("2026-03-31"), Amount: gbp(5000), Role: "director", Authority: true},
			[]string{"A-1", "A-2"}, "unread_reply  2026-03-04", "debtor_plan 2026-03-04", []string{"Authority: "}},
		{"wrong person", DebtorAnswer{Kind: DebtorWrong, Cause: "left", Reference: "new@c1.example"}, nil, "unread_reply  2026-03-09",
			"debtor_contact 2026-03-04", []string{"What: left", "Reference: new@c1.example"}},
		{"terms", DebtorAnswer{Kind: DebtorTerms, Cause: "terms", Days: 60}, nil, "unread_reply  2026-03-04", "debtor_terms 2026-03-04",
			[]string{"Days: 60"}},
		{"supplier portal", DebtorAnswer{Kind: DebtorTerms, Cause: "supplier_portal", Reference: "Coupa"}, nil, "unread_reply  2026-03-04",
			"debtor_terms 2026-03-04", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			eachEngine(t, "GB", "2026-03-02", func(t *testing.T, b *ledgerBook) {
				token := portalBook(t, b)
				if c.say.Kind == DebtorDisputes {
					c.say.Amounts = map[int64]int64{b.number("SELECT item_id FROM item WHERE tenant_id = $1 AND number = 'A-1'"): 2500}
				}
				version := b.version("C1")
				receipt, err := b.says(t, token, "f1", c.say, c.items...)
				if err != nil {
					t.Fatal(err)
				}
				equal(t, "holds", b.heldBy(t), c.holds)
				equal(t, "tasks", b.tasksOf(t), c.task)
				if b.version("C1") == version {
					t.Error("what was approved before would still go out")
				}
				again, err := b.says(t, token, "f1", c.say, c.items...)
				if err != nil || again != receipt {
					t.Errorf("the same form again: %v, %v, expected %v", again, err, receipt)
				}
				equal(t, "notes", b.number("SELECT COUNT(*) FROM note WHERE tenant_id = $1"), 1)
				equal(t, "by name", b.number("SELECT COUNT(*) FROM txn WHERE tenant_id = $1 AND actor = 'debtor'"), 1)
				equal(t, "papers", b.number("SELECT COUNT(*) FROM paper WHERE tenant_id = $1 AND kind = 'other' AND media_type = 'application/pdf'"),
					int64(len(c.say.Files)))
				v, err := b.Customer(b.ctx, b.customerID("C1"))
				if err != nil {
					t.Fatal(err)
				}
				for _, want := range c.notes {
					if !strings.Contains(v.Written[0].Text, want) {
						t.Errorf("the note does not say %q:\n%s", want, v.Written[0].Text)
					}
				}
				shown := b.page(t, token).Said[0]
				equal(t, "shown", fmt.Sprint(shown.What, shown.Ref), fmt.Sprint(receipt.Kind, receipt.Ref))
				b.sound()
				equal(t, "recorded", b.recordedOtherwise(), "")
			})
		})
	}
}

// TestAnswersThatAreRefused: what is missing or too much is named by its field, and nothing
// is recorded.
func TestAnswersThatAreRefused(t *testing.T) {
	eachEngine(t, "GB", "2026-03-02", func(t *testing.T, b *ledgerBook) {
		token := portalBook(t, b)
		day := cal.MustParse("2026-03-06")
		other := b.number("SELECT item_id FROM item WHERE tenant_id = $1 AND number = 'B-1'")
		first := b.number("SELECT item_id FROM item WHERE tenant_id = $1 AND number = 'A-1'")
		long := strings.Repeat("ä", debtorTextMost+1)
		for _, c := range []struct {
			field string
			say   DebtorAnswer
			items []string
		}{
			{"kind", DebtorAnswer{Kind: "gift"}, nil},
			{"name", DebtorAnswer{Kind: DebtorTerms, Cause: "terms", Days: 60, Name: " \u0000 "}, nil},
			{"item", DebtorAnswer{Kind: DebtorPromises, Day: day}, nil},
			{"item", DebtorAnswer{Kind: DebtorPromises, Day: day, Items: []int64{other}}, nil},
			{"day", DebtorAnswer{Kind: DebtorPromises}, []string{"A-1"}},
			{"day", DebtorAnswer{Kind: DebtorPromises, Day: cal.MustParse("2026-03-01")}, []string{"A-1"}},
			{"day", DebtorAnswer{Kind: DebtorPaid, Day: cal.MustParse("2026-03-03")}, []string{"A-1"}},
			{"cause", DebtorAnswer{Kind: DebtorDisputes, Text: "x"}, []string{"A-1"}},
			{"text", DebtorAnswer{Kind: DebtorDisputes, Cause: "goods"}, []string{"A-1"}},
			{"text", DebtorAnswer{Kind: DebtorDisputes, Cause: "goods", Text: long}, []string{"A-1"}},
			{"amount", DebtorAnswer{Kind: DebtorDisputes, Cause: "goods", Text: "x", Items: []int64{first}, Amounts: map[int64]int64{first: 10001}}, nil},
			{"authority", DebtorAnswer{Kind: DebtorPlan, Day: day, Amount: gbp(1), Role: "clerk"}, []string{"A-1"}},
			{"role", DebtorAnswer{Kind: DebtorPlan, Day: day, Amount: gbp(1), Authority: true}, []string{"A-1"}},
			{"days", DebtorAnswer{Kind: DebtorTerms, Cause: "terms"}, nil},
			{"reference", DebtorAnswer{Kind: DebtorTerms, Cause: "supplier_portal"}, nil},
			{"file", DebtorAnswer{Kind: DebtorTerms, Cause: "terms", Days: 9, Files: []Attachment{{Name: "a.pdf", Bytes: []byte("MZ")}}}, nil},
			{"file", DebtorAnswer{Kind: DebtorTerms, Cause: "terms", Days: 9, Files: []Attachment{{Name: "a.svg", Bytes: []byte("<svg onload=x>")}}}, nil},
		} {
			name := c.say.Name
			_, err := b.says(t, token, "f", c.say, c.items...)
			if e := appError(t, err, Invalid, "answer_invalid"); e.Where == nil || e.Where.Field != c.field {
				t.Errorf("%s %q: %v, expected the field %s", c.say.Kind, name, err, c.field)
			}
		}
		_, err := b.says(t, b.page(t, token).Approve, "f", DebtorAnswer{Kind: DebtorTerms, Cause: "terms", Days: 9})
		appError(t, err, NotFound, "link_unknown")
		equal(t, "recorded", b.number("SELECT COUNT(*) FROM txn WHERE tenant_id = $1 AND actor = 'debtor'"), 0)
	})
}

// TestALinkCannotHoldForEver: promises, "paid" and questions keep messages back for as long
// as policy says, however often they are said; a day takes so many answers.
func TestALinkCannotHoldForEver(t *testing.T) {
	eachEngine(t, "GB", "2026-03-02", func(t *testing.T, b *ledgerBook) {
		token := portalBook(t, b)
		for i := range 4 {
			r, err := b.says(t, token, fmt.Sprint("p", i), DebtorAnswer{Kind: DebtorPromises, Day: cal.MustParse("2026-03-06").AddDays(i)}, "A-1")
			if want := []DebtorKind{DebtorPromises, DebtorPromises, DebtorTime, DebtorTime}[i]; err != nil || r.Kind != want {
				t.Errorf("promise %d became %s, %v, expected %s", i+1, r.Kind, err, want)
			}
		}
		b.goTo("2026-03-04")
		for i := range 4 {
			day := cal.MustParse("2026-03-04").AddDays(i)
			b.goTo(day.String())
			if _, err := b.says(t, token, fmt.Sprint("a", i), DebtorAnswer{Kind: DebtorPaid, Day: day}, "A-2"); err != nil {
				t.Fatal(err)
			}
			if _, err := b.says(t, token, fmt.Sprint("q", i), DebtorAnswer{Kind: DebtorTerms, Cause: "terms", Days: 30}); err != nil {
				t.Fatal(err)
			}
		}
		count := func(kind book.HoldKind) int64 {
			return b.number("SELECT COUNT(*) FROM hold WHERE tenant_id = $1 AND kind = $2", string(kind))
		}
		equal(t, "promises", count(book.HoldPromise), debtorPromised)
		equal(t, "paid", count(book.HoldAlreadyPaid), debtorBelieved)
		equal(t, "questions", count(book.HoldUnreadReply), debtorQuestions)
		b.goTo("2026-03-09")
		var err error
		for i := 0; err == nil && i < 50; i++ {
			_, err = b.says(t, token, fmt.Sprint("d", i), DebtorAnswer{Kind: DebtorTerms, Cause: "terms", Days: 30})
		}
		appError(t, err, Refused, "too_many_answers")
		equal(t, "in a day", b.number("SELECT COUNT(*) FROM note WHERE tenant_id = $1 AND day = $2", cal.MustParse("2026-03-09")), debtorPerDay)
	})
}

// TestLinksOpenOneAccount: a link opens the page of its customer for ninety days after the
// newest message or the day it was given; every other text opens nothing, in the same words.
func TestLinksOpenOneAccount(t *testing.T) {
	eachEngine(t, "GB", "2026-03-02", func(t *testing.T, b *ledgerBook) {
		token := portalBook(t, b)
		b.set(t, SettingPortalURL, "")
		if _, err := b.PortalLink(b.ctx, tester, b.customerID("C1")); AsError(err).Code != "portal_off" {
			t.Errorf("a link without an address of the server: %v", err)
		}
		if _, err := b.PortalLink(b.ctx, tester, 1<<40); AsError(err).Code != "customer_not_found" {
			t.Errorf("a link of nobody: %v", err)
		}
		b.set(t, SettingPortalURL, "https://pay.example")
		p := b.page(t, token)
		equal(t, "number", p.Number, "C1")
		equal(t, "items", len(p.Items), 3)
		equal(t, "expires", p.Expires.String(), "2026-05-31")
		equal(t, "again", b.link(t, "C1"), token)
		equal(t, "typed", b.page(t, " "+strings.ToUpper(token[:5])+"-"+strings.ReplaceAll(token[5:], "0", "O")).Token, token)
		if b.link(t, "C2") == token || p.Approve == token {
			t.Error("two links are one")
		}
		approve := b.page(t, p.Approve)
		if !approve.Approver || approve.Creditor.Bank.IBAN != "" || approve.Approve != "" {
			t.Errorf("the page to forward shows %+v", approve.Creditor.Bank)
		}
		equal(t, "bank", p.Creditor.Bank.IBAN, "GB33BUKB20201555555555")
		for i := range len(token) { // any other character anywhere
			other := []byte(token)
			other[i] = linkDigits[(strings.IndexByte(linkDigits, other[i])+1)%32]
			_, err := b.Portal(b.ctx, string(other))
			appError(t, err, NotFound, "link_unknown")
		}
		for _, guess := range []string{"", "0", token[1:], token + "0", token[:len(token)-1], b.link(t, "C2")[:1] + token[1:] + "x", "ü" + token,
			strings.Repeat("7", 4000)} {
			_, err := b.Portal(b.ctx, guess)
			appError(t, err, NotFound, "link_unknown")
		}
		b.goTo("2026-05-31")
		b.page(t, token)
		b.goTo("2026-06-01")
		_, err := b.Portal(b.ctx, token)
		appError(t, err, NotFound, "link_expired")
		b.link(t, "C1") // given anew
		b.page(t, token)
		if err := b.RevokePortalLinks(b.ctx, tester, b.customerID("C1")); err != nil {
			t.Fatal(err)
		}
		_, err = b.Portal(b.ctx, token)
		appError(t, err, NotFound, "link_expired")
		if renewed := b.link(t, "C1"); renewed == token || b.page(t, renewed).Number != "C1" {
			t.Error("a revoked link was given again")
		}
		equal(t, "kept", b.number("SELECT COUNT(*) FROM portal_link WHERE tenant_id = $1"), 2)
		equal(t, "recorded", b.recordedOtherwise(), "")
	})
}

// TestLinksOfAnotherTenant: the same customer number of another tenant of the same database
// has another link, which opens nothing here.
func TestLinksOfAnotherTenant(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		one := newTestBook(t, address, "GB", "2026-03-02")
		one.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB"})
		tenant, err := one.DB().CreateTenant(one.ctx, "Other", "GB")
		if err != nil {
			t.Fatal(err)
		}
		a, err := New(one.DB(), tenant, "test")
		if err != nil {
			t.Fatal(err)
		}
		two := &testBook{App: a, t: t, ctx: one.ctx, customer: map[string]int64{}, item: map[string]int64{}}
		if two.creditor, err = a.AddCreditor(one.ctx, tester, NewCreditor{Code: "main", Name: "B", Country: "GB", Currency: "GBP"}); err != nil {
			t.Fatal(err)
		}
		two.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB"})
		tokens := map[*testBook]string{}
		for _, b := range []*testBook{one, two} {
			if err := b.SetSetting(b.ctx, tester, "", SettingPortalURL, "https://pay.example"); err != nil {
				t.Fatal(err)
			}
			l, err := b.PortalLink(b.ctx, tester, b.customer["C1"])
			if err != nil {
				t.Fatal(err)
			}
			tokens[b] = strings.TrimPrefix(l.Path, portalPath)
			if _, err := b.Portal(b.ctx, tokens[b]); err != nil {
				t.Fatal(err)
			}
		}
		_, err = one.Portal(one.ctx, tokens[two])
		appError(t, err, NotFound, "link_unknown")
		_, err = two.Portal(two.ctx, tokens[one])
		appError(t, err, NotFound, "link_unknown")
	})
}

// TestMessagesCarryTheLink: with an address of the server a message has the link of its
// customer in both forms, and it opens that customer's page; without one it has none.
func TestMessagesCarryTheLink(t *testing.T) {
	eachEngine(t, "GB", "2026-03-02", func(t *testing.T, b *ledgerBook) {
		token := portalBook(t, b)
		b.goTo("2026-03-03")
		b.set(t, "mail.from", "maya@harbour.example")
		b.set(t, "sender.name", "Harbour Foods Ltd")
		b.set(t, "sender.address", `1 Quay\nLiverpool`)
		for _, none := range []string{settingRegisterNo, settingRegisteredIn, settingOffice, settingVATID} {
			b.set(t, none, "none")
		}
		if _, err := b.AddContact(b.ctx, tester, b.customerID("C1"), NewContact{Role: book.AccountsPayable, Email: "ap@c1.example"}); err != nil {
			t.Fatal(err)
		}
		if _, err := b.SetCustomer(b.ctx, tester, b.customerID("C1"), CustomerChange{Kind: ptr("company")}); err != nil {
			t.Fatal(err)
		}
		b.mustRun()
		list, err := b.Outbox(b.ctx, OutboxFilter{})
		if err != nil || len(list) == 0 {
			t.Fatalf("no message was planned: %v", err)
		}
		p, err := b.Preview(b.ctx, list[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		link := "https://pay.example/p/" + token
		if !strings.Contains(p.Text, "<"+link+">") || !strings.Contains(p.HTML, `href="`+link+`"`) {
			t.Errorf("the message has no link to %s:\n%s", link, p.Text)
		}
		if strings.Contains(p.Text+p.HTML, "GB33 BUKB") == false && !strings.Contains(p.Text, "GB33") {
			t.Error("the bank details are not in the message itself (R27)")
		}
		b.set(t, SettingPortalURL, "")
		if p, err = b.Preview(b.ctx, list[0].ID); err != nil || strings.Contains(p.Text+p.HTML, "/p/") {
			t.Errorf("a link to nowhere, %v:\n%s", err, p.Text)
		}
		_, err = b.Portal(b.ctx, token)
		appError(t, err, NotFound, "link_unknown")
	})
}

// TestLookingChangesNothing: reading pages and files, also by guessing, records nothing
// (guardrail R11).
func TestLookingChangesNothing(t *testing.T) {
	eachEngine(t, "GB", "2026-03-02", func(t *testing.T, b *ledgerBook) {
		token := portalBook(t, b)
		before, version := b.seq(), b.version("C1")
		for range 3 {
			b.page(t, token)
			b.page(t, b.page(t, token).Approve)
			if _, err := b.PortalFile(b.ctx, token, 1); AsError(err).Code != "link_unknown" {
				t.Errorf("a file that is not there: %v", err)
			}
		}
		equal(t, "commands", b.seq(), before)
		equal(t, "version", b.version("C1"), version)
	})
}

// TestTheSecretIsNotShown: neither the setting nor what is recorded of it says the key.
func TestTheSecretIsNotShown(t *testing.T) {
	b := onSQLite(t, "GB", "2026-03-02")
	portalBook(t, b)
	if _, err := b.Setting(b.ctx, "", settingPortalSecret); AsError(err).Code != "unknown_setting" {
		t.Errorf("the key can be read: %v", err)
	}
	if err := b.SetSetting(b.ctx, tester, "", settingPortalSecret, "x"); AsError(err).Code != "unknown_setting" {
		t.Errorf("the key can be set: %v", err)
	}
	secret := ""
	if err := b.read(b.ctx, func(tx store.Tx) (err error) { secret, err = b.setting(tx, 0, settingPortalSecret); return err }); err != nil {
		t.Fatal(err)
	}
	equal(t, "length", len(secret), 43)
	equal(t, "in words", b.number("SELECT COUNT(*) FROM words WHERE tenant_id = $1 AND body = $2", secret), 0)
	for v, good := range map[string]bool{"https://pay.example": true, "https://pay.example/": true, "http://localhost:8080": true,
		"http://127.0.0.1:1": true, "http://pay.example": false, "https://pay.example/x": false, "https://u:p@pay.example": false,
		"ftp://pay.example": false, "pay.example": false, "https://": false, "https://pay.example?x": false} {
		if err := b.SetSetting(b.ctx, tester, "", SettingPortalURL, v); (err == nil) != good {
			t.Errorf("portal.url %q: %v", v, err)
		}
	}
}

// BenchmarkLink is what a link adds to a message on its way out.
func BenchmarkLink(b *testing.B) {
	l := links{base: "https://pay.example", secret: make([]byte, 32)}
	b.ReportAllocs()
	for b.Loop() {
		l.address(1, 123456)
	}
}

// TestThePageNamesTheDayOfEachInvoice: the day that the last message named of an invoice is
// the page's day for it, as long as it runs, and no other invoice's.
func TestThePageNamesTheDayOfEachInvoice(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-02-20")
		b.readyToSend()
		if err := b.SetSetting(b.ctx, tester, "", SettingPortalURL, "https://pay.example"); err != nil {
			t.Fatal(err)
		}
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
		b.addItems(newItem{"C1", "INV-1", "2026-03-02", 60_000, book.Yes}, newItem{"C1", "INV-2", "2026-03-05", 70_000, book.Yes},
			newItem{"C1", "INV-3", "2026-03-30", 80_000, book.Yes})
		b.live(&outTray{outcome: Delivered}, "2026-03-05", "2026-03-06")
		l, err := b.PortalLink(b.ctx, tester, b.customer["C1"])
		if err != nil {
			t.Fatal(err)
		}
		days := func() string {
			p, err := b.Portal(b.ctx, strings.TrimPrefix(l.Path, portalPath))
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, i := range p.Items {
				out = append(out, strings.TrimSpace(i.Number+" "+i.PayBy.String()))
			}
			return strings.Join(out, ", ")
		}
		if got, want := days(), "INV-1 2026-03-12, INV-2, INV-3"; got != want {
			t.Errorf("after the first reminder: %s, expected %s", got, want)
		}
		b.live(&outTray{outcome: Delivered}, "2026-03-09", "2026-03-13")
		if got, want := days(), "INV-1, INV-2 2026-03-19, INV-3"; got != want {
			t.Errorf("after the second: %s, expected %s", got, want)
		}
	})
}

// TestPartsInDisputeAddUp: what two disputes question of one invoice is not asked for, neither
// of them.
func TestPartsInDisputeAddUp(t *testing.T) {
	eachEngine(t, "GB", "2026-03-02", func(t *testing.T, b *ledgerBook) {
		token := portalBook(t, b)
		item := b.number("SELECT item_id FROM item WHERE tenant_id = $1 AND number = 'A-1'")
		for i, minor := range []int64{2500, 1000} {
			if _, err := b.says(t, token, fmt.Sprint("d", i), DebtorAnswer{Kind: DebtorDisputes, Cause: "quantity", Text: "broken",
				Amounts: map[int64]int64{item: minor}}, "A-1"); err != nil {
				t.Fatal(err)
			}
		}
		held := func() int64 {
			items := b.page(t, token).Items
			k := slices.IndexFunc(items, func(i PortalItem) bool { return i.ID == item })
			return items[k].HeldMinor
		}
		equal(t, "held", held(), 3500)
	})
}

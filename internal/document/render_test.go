package document

import (
	"encoding/csv"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/document/locale"
)

func mustRender(t *testing.T, m Message) Rendered {
	t.Helper()
	tpl, err := Shipped(m.Language, m.Step, m.Variant)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Render(tpl, m)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestEveryMessageCanBeActedOnWithoutALink holds guardrails R16 and R27 and the
// elements common to all messages: they stand in both forms.
func TestEveryMessageCanBeActedOnWithoutALink(t *testing.T) {
	everyText(t, func(t *testing.T, tpl *Template) {
		m := Sample(tpl.Language, tpl.Step, tpl.Variant)
		r := mustRender(t, m)
		c := m.Creditor
		want := []string{c.LegalName, c.Register, c.RegisteredIn, c.Office, c.Directors, c.VATID, strings.Join(c.Address, ", "), c.Person, c.Phone,
			c.ReplyTo,
			m.Debtor.LegalName, m.Debtor.CustomerNumber, Grouped(m.Reference), m.Language.Day(m.Date)}
		if tpl.Step != Receipt && tpl.Step != Correction {
			want = append(want, c.Bank.Holder, Grouped(c.Bank.IBAN), c.Bank.BIC, c.Bank.SortCode,
				c.Bank.Account,
				c.Bank.Routing, m.Language.Date(c.Bank.UnchangedSince))
		}
		for _, i := range m.Items {
			want = append(want, i.Number, i.PO, m.Language.ShortDate(i.InvoiceDate),
				m.Language.ShortDate(i.DueDate),
				newView(&m).amount(m.Items[0].OriginalMinor))
		}
		if m.PayBy.Valid() {
			want = append(want, m.Language.Day(m.PayBy))
		}
		for _, a := range m.Attachments {
			want = append(want, a.Name)
		}
		for _, s := range want {
			s = strings.ReplaceAll(s, "\u00a0", " ")
			if !strings.Contains(squeeze(r.Text), s) {
				t.Errorf("the text does not say %q", s)
			}
			if !strings.Contains(strings.ReplaceAll(visible(r.HTML), "\u00a0", " "), s) {
				t.Errorf("the HTML does not say %q", s)
			}
		}
	})
}

func TestTheSameMessageIsTheSameBytes(t *testing.T) {
	everyText(t, func(t *testing.T, tpl *Template) {
		m := Sample(tpl.Language, tpl.Step, tpl.Variant)
		first := mustRender(t, m)
		for range 5 {
			if again := mustRender(t, m); again.HTML != first.HTML || again.Text != first.Text ||
				again.Subject != first.Subject {
				t.Fatal("rendered differently")
			}
		}
		if !strings.Contains(first.TemplateVersion, string(tpl.Step)) ||
			first.RendererVersion != RendererVersion {
			t.Errorf("versions %q, %q", first.TemplateVersion, first.RendererVersion)
		}
	})
}

// TestTextsAreSharedSafely renders with the same shipped texts from many goroutines;
// the race detector is the judge.
func TestTextsAreSharedSafely(t *testing.T) {
	want := mustRender(t, Sample(locale.German, Formal, Standard)).HTML
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 10 {
				tpl, err := Shipped(locale.German, Formal, Standard)
				if err != nil {
					t.Error(err)
					return
				}
				r, err := Render(tpl, Sample(locale.German, Formal, Standard))
				if err != nil || r.HTML != want {
					t.Errorf("rendered differently (%v)", err)
				}
			}
		})
	}
	wg.Wait()
}

// formal is the British formal reminder with a claim basis put in.
func formal(t *testing.T, lang locale.Language, put func(*Message)) (string, error) {
	t.Helper()
	m := Sample(lang, Formal, Standard)
	put(&m)
	tpl, err := Shipped(lang, Formal, Standard)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Render(tpl, m)
	return squeeze(r.Text), err
}

// TestWithoutARateTheMessageStillGoes holds guardrail R24 for each level.
func TestWithoutARateTheMessageStillGoes(t *testing.T) {
	for lang, reserved := range map[locale.Language]string{
		"en-GB": "reserve our right to", "en-US": "reserve our right to", "de": "behalten wir uns vor",
	} {
		announce, err := formal(t, lang, func(m *Message) {
			m.Claim = ClaimBasis{Level: Announce, Rule: "RULE", Ground: AgreedDate}
			setLevels(m, Announce, []int64{0, 0}, []int64{0, 0})
		})
		if err != nil || !strings.Contains(announce, reserved) || !strings.Contains(announce, "RULE") {
			t.Errorf("%s announce: %v\n%s", lang, err, announce)
		}
		for _, level := range []Level{Offer, Claim} {
			text, err := formal(t, lang, func(m *Message) {
				m.Claim = ClaimBasis{Level: level, Rule: "RULE", Ground: AgreedDate}
				setLevels(m, level, []int64{0, 0}, []int64{4000, 0})
			})
			if err != nil || !strings.Contains(text, reserved) {
				t.Errorf("%s %s: %v\n%s", lang, level, err, text)
			}
		}
	}
}

// TestTheMessageThatCausesDefaultNeverClaims holds guardrail R1.
func TestTheMessageThatCausesDefaultNeverClaims(t *testing.T) {
	for _, level := range []Level{Offer, Claim} {
		_, err := formal(t, locale.German, func(m *Message) {
			m.Claim.Level, m.Claim.Until = level, m.PayBy
			setLevels(m, level, []int64{100, 0}, []int64{4000, 0})
		})
		if err == nil || !strings.Contains(err.Error(), "claim.level") {
			t.Errorf("%s: %v, want a refusal", level, err)
		}
	}
	text, err := formal(t, locale.German, func(m *Message) {
		m.Items[0].InterestMinor = 1 // a figure that slipped in at level announce
	})
	if err == nil {
		t.Errorf("a figure at level announce is rendered:\n%s", text)
	}
	text, err = formal(t, locale.German, func(*Message) {})
	if err != nil || !strings.Contains(text, "geraten Sie mit der Zahlung in Verzug") ||
		!strings.Contains(text, "weder Zinsen noch eine Pauschale noch Mahnkosten") ||
		strings.Contains(text, "Verzugspauschale") {
		t.Errorf("%v\n%s", err, text)
	}
}

// TestMixedLevels: each item counts at its own level, one total.
func TestMixedLevels(t *testing.T) {
	text, err := formal(t, locale.EnglishGB, func(m *Message) {
		m.UnappliedMinor = 0
		m.Claim.Level = Claim
		m.Items[0].Level, m.Items[0].InterestMinor, m.Items[0].CompensationMinor = Claim, 1545, 7000
		m.Items[1].Level, m.Items[1].InterestMinor, m.Items[1].CompensationMinor = Offer, 445, 4000
		m.CostsMinor, m.CostsText = 2500, "Search at Companies House"
	})
	if err != nil {
		t.Fatal(err)
	}
	// 2,812.50 + 15.45 + 70.00 + 25.00
	for _, want := range []string{"Total to pay £2,922.95",
		"at 11.75% a year (8 points over the Bank of England base rate of 3.75%): £4.45",
		"Fixed compensation for late payment: £40.00", "Search at Companies House £25.00",
		"Please pay £2,922.95"} {
		if !strings.Contains(text, want) {
			t.Errorf("not said: %q\n%s", want, text)
		}
	}
}

func TestMoreThan200Items(t *testing.T) {
	m := Sample(locale.EnglishGB, Friendly, Standard)
	one := m.Items[0]
	m.Items = nil
	for i := range 1500 {
		one.Number = fmt.Sprintf("INV-%04d", i)
		m.Items = append(m.Items, one)
	}
	tpl, _ := Shipped(m.Language, m.Step, Standard)
	if _, err := Render(tpl, m); err == nil || !strings.Contains(err.Error(), "attachments") {
		t.Errorf("1,500 items without a list: %v", err)
	}
	m.Attachments = []Attachment{{Name: "items.csv", Kind: ItemsList}}
	r := mustRender(t, m)
	for form, text := range map[string]string{"text": r.Text, "HTML": visible(r.HTML)} {
		if strings.Count(text, "INV-0") != 200 || !strings.Contains(text,
			"and 1,300 more, in the attached list") ||
			!strings.Contains(text, "£3,000,000.00") {
			t.Errorf("the %s shows %d items", form, strings.Count(text, "INV-0"))
		}
	}
	if len(r.HTML) > 100_000 {
		t.Errorf("%d bytes of HTML: some readers cut at 102,400", len(r.HTML))
	}
	rows, err := csv.NewReader(strings.NewReader(string(ItemsCSV(m)))).ReadAll()
	if err != nil || len(rows) != 1501 || rows[1][0] != "INV-0000" || rows[1500][9] != "2000.00" {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

// TestItemsWithoutAnInvoiceDate: a ledger without that column still makes messages.
// Where no item has the date the column is not there; where some have it the others
// show a dash.
func TestItemsWithoutAnInvoiceDate(t *testing.T) {
	heading := map[locale.Language]string{"en-GB": "Invoice date", "en-US": "Invoice date",
		"de": "Rechnung vom"}
	everyText(t, func(t *testing.T, tpl *Template) {
		m := Sample(tpl.Language, tpl.Step, tpl.Variant)
		for i := range m.Items {
			m.Items[i].InvoiceDate = cal.None
		}
		for i := range m.NotDue {
			m.NotDue[i].InvoiceDate = cal.None
		}
		if r := mustRender(t, m); strings.Contains(r.Text+r.HTML, heading[m.Language]) {
			t.Errorf("an empty column of invoice dates:\n%s", r.Text)
		}
	})
	for lang := range heading {
		m := Sample(lang, Reminder, Standard)
		m.Items[1].InvoiceDate = cal.None
		r := mustRender(t, m)
		if !strings.Contains(r.HTML, ">"+heading[lang]+"<") || !strings.Contains(r.HTML, ">–<") {
			t.Errorf("%s: one date is missing\n%s", lang, r.HTML)
		}
		base := filepath.Join("testdata", "golden", string(lang), "no_invoice_date")
		compareGolden(t, base+".some.txt", r.Text)
		m.Items[0].InvoiceDate = cal.None
		compareGolden(t, base+".none.txt", mustRender(t, m).Text)
		rows, err := csv.NewReader(strings.NewReader(string(ItemsCSV(m)))).ReadAll()
		if err != nil || rows[1][2] != "" || rows[2][2] != "" {
			t.Errorf("%s: the list shows %v, %v", lang, rows, err)
		}
	}
}

func TestItemsCSVIsNoFormula(t *testing.T) {
	m := Sample(locale.EnglishGB, Reminder, Standard)
	for _, bad := range []string{"=1+1", "+1", "-1", "@x", "\t=1", "\r\n=1", "=cmd|' /C calc'!A0", "\x00=1",
		"\u200b=1"} {
		m.Items[0].Number, m.Items[0].PO = bad, bad
		rows, err := csv.NewReader(strings.NewReader(string(ItemsCSV(m)))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, cell := range rows[1][:2] {
			if !strings.HasPrefix(cell, "'") {
				t.Errorf("%q stands as %q", bad, cell)
			}
		}
	}
	m.Items[0].PaidMinor, m.Items[0].OriginalMinor = -500, m.Items[0].OpenMinor-500
	rows, _ := csv.NewReader(strings.NewReader(string(ItemsCSV(m)))).ReadAll()
	if rows[1][7] != "-5.00" {
		t.Errorf("a negative amount stands as %q", rows[1][7])
	}
}

func TestMessagesThatCannotBeRendered(t *testing.T) {
	for field, spoil := range map[string]func(*Message){
		"language":          func(m *Message) { m.Language = locale.German },
		"step":              func(m *Message) { m.Step = Second },
		"date":              func(m *Message) { m.Date = cal.None },
		"currency":          func(m *Message) { m.Currency = "XXQ" },
		"creditor.name":     func(m *Message) { m.Creditor.LegalName = " \u200b" },
		"creditor.address":  func(m *Message) { m.Creditor.Address = nil },
		"creditor.person":   func(m *Message) { m.Creditor.Person = "" },
		"creditor.phone":    func(m *Message) { m.Creditor.Phone = "" },
		"creditor.reply_to": func(m *Message) { m.Creditor.ReplyTo = "none" },
		"debtor.name":       func(m *Message) { m.Debtor.LegalName = "" },
		"debtor.number":     func(m *Message) { m.Debtor.CustomerNumber = "" },
		"reference":         func(m *Message) { m.Reference = "" },
		"bank": func(m *Message) {
			m.Creditor.Bank = BankDetails{Holder: "x",
				UnchangedSince: 1}
		},
		"bank.holder":          func(m *Message) { m.Creditor.Bank.Holder = "" },
		"bank.unchanged_since": func(m *Message) { m.Creditor.Bank.UnchangedSince = cal.None },
		"bank.sort_code":       func(m *Message) { m.Creditor.Bank.SortCode = "12-34-5" },
		"bank.account":         func(m *Message) { m.Creditor.Bank.Account = "1234567x" },
		"bank.iban":            func(m *Message) { m.Creditor.Bank.IBAN = "DE00370400440532013000" },
		"items":                func(m *Message) { m.Items = nil },
		"items[1].number":      func(m *Message) { m.Items[0].Number = "" },
		"items[2].open":        func(m *Message) { m.Items[1].OpenMinor++ },
		"items[1].due_date":    func(m *Message) { m.Items[0].DueDate = m.Date },
		"items[1].level":       func(m *Message) { m.Items[0].Level = "all" },
		"items[2].interest":    func(m *Message) { m.Items[1].InterestMinor = 1 },
		"not_due[1].due_date":  func(m *Message) { m.NotDue[0].DueDate = m.Date - 1 },
		"unapplied":            func(m *Message) { m.UnappliedMinor = -1 },
		"total":                func(m *Message) { m.UnappliedMinor = 281250 },
		"costs":                func(m *Message) { m.CostsMinor = 100 },
		"pay_by":               func(m *Message) { m.PayBy = cal.None },
		"claim.level":          func(m *Message) { m.Claim.Level = Announce },
		"claim.ground":         func(m *Message) { m.Claim.Ground = "because" },
		"claim.daily":          func(m *Message) { m.Claim.DailyMinor = 5 },
		"consequences[1]":      func(m *Message) { m.Consequences = []Consequence{"police"} },
		"earlier[1].day":       func(m *Message) { m.EarlierMessages[0].Day = m.Date + 1 },
		"earlier[1].channel":   func(m *Message) { m.EarlierMessages[0].Channel = "fax" },
		"attachments[1]":       func(m *Message) { m.Attachments = []Attachment{{}} },
	} {
		m := Sample(locale.EnglishGB, Reminder, Standard)
		tpl, _ := Shipped(locale.EnglishGB, Reminder, Standard)
		spoil(&m)
		_, err := Render(tpl, m)
		if err == nil || !strings.Contains("\n"+err.Error(), "\n"+field+": expected ") {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestTheDebtProtocolLetterNeedsItsEnclosures(t *testing.T) {
	tpl, err := Shipped(locale.EnglishGB, FinalDemand, Individual)
	if err != nil || tpl.Variant != Individual {
		t.Fatal(err)
	}
	m := Sample(locale.EnglishGB, FinalDemand, Individual)
	m.Attachments = nil
	if _, err := Render(tpl, m); err == nil || strings.Count(err.Error(), "debt protocol") != 4 {
		t.Errorf("without enclosures: %v", err)
	}
	m.Attachments = ProtocolEnclosures()
	if _, err := Render(tpl, m); err != nil {
		t.Error(err)
	}
	m.PayBy = m.Date + 29
	if _, err := Render(tpl, m); err == nil || !strings.Contains(err.Error(), "30 days") {
		t.Errorf("29 days: %v", err)
	}
	german, err := Shipped(locale.German, FinalDemand, Individual)
	if err != nil || german.Variant != Standard {
		t.Errorf("Germany has no text of its own for individuals: %v, %v", german.Variant, err)
	}
}

// TestTheNameFollowsThePolicy: a final demand speaks of a claim in its heading only
// where a claim is the creditor's policy.
func TestTheNameFollowsThePolicy(t *testing.T) {
	for lang, names := range map[locale.Language][2]string{
		"en-GB": {"Final demand", "Letter before claim"}, "en-US": {"Final demand", "Final demand"},
		"de": {"Letzte Mahnung", "Letzte Mahnung vor gerichtlichem Mahnverfahren"},
	} {
		for i, c := range [][]Consequence{nil, {Court}} {
			m := Sample(lang, FinalDemand, Standard)
			m.Consequences = c
			if r := mustRender(t, m); !strings.Contains(r.Text, "\n"+names[i]+"\n===") {
				t.Errorf("%s with %v: %q", lang, c, r.Subject)
			}
		}
	}
}

// TestAFinalDemandNamesOneNextStep: each consequence alone is said, and none beside it;
// two are refused.
func TestAFinalDemandNamesOneNextStep(t *testing.T) {
	words := map[locale.Language]map[Consequence]string{
		"en-GB": {HoldDeliveries: "hold new orders", WithdrawTerms: "payment in advance", Agency: "collection agency",
			Lawyer: "our lawyers", Court: "claim in the County Court"},
		"en-US": {HoldDeliveries: "hold new orders", WithdrawTerms: "payment in advance", Agency: "collection agency",
			Lawyer: "our attorney", Court: "file suit"},
		"de": {HoldDeliveries: "Bestellungen und Lieferungen zurück", WithdrawTerms: "gegen Vorkasse",
			Agency: "Inkassodienstleister", Lawyer: "Rechtsanwalt", Court: "beabsichtigen wir, ohne weitere Ankündigung das gerichtliche Mahnverfahren"},
	}
	for lang, said := range words {
		for _, next := range Consequences() {
			m := Sample(lang, FinalDemand, Standard)
			m.Consequences = []Consequence{next}
			text := squeeze(mustRender(t, m).Text)
			for other, sentence := range said {
				if strings.Contains(text, sentence) != (other == next) {
					t.Errorf("%s, next is %s: %q is said: %v", lang, next, sentence, other != next)
				}
			}
		}
		m := Sample(lang, FinalDemand, Standard)
		m.Consequences = []Consequence{HoldDeliveries, Court}
		tpl, _ := Shipped(lang, FinalDemand, Standard)
		if _, err := Render(tpl, m); err == nil || !strings.Contains(err.Error(), "consequences: expected one") {
			t.Errorf("%s: two next steps: %v", lang, err)
		}
	}
}

// TestLanguageLawAndCourtAreIndependent: a message in one language about a debt under
// the law of another country before the courts of a third names each by its own.
func TestLanguageLawAndCourtAreIndependent(t *testing.T) {
	for _, c := range []struct {
		lang    locale.Language
		ground  DefaultGround
		law     string
		forum   Forum
		want    []string
		without []string
	}{
		{"de", ThirtyDays, "GB", Scotland, []string{"Die gesetzliche Zahlungsfrist ist abgelaufen", "zu verzinsen",
			"Klage beim Sheriff Court", "Letzte Mahnung vor Klageerhebung"}, []string{"BGB", "Verzug.", "Mahnverfahren"}},
		{"de", AgreedDate, "GB", "FR", []string{"vereinbarte", "zuständigen Gericht"}, []string{"BGB", "in Verzug", "County"}},
		{"de", ThirtyDays, "DE", Germany, []string{"§ 286 Abs. 3 BGB", "in Verzug", "gerichtlichem Mahnverfahren"}, nil},
		{"en-GB", EarlierAsk, "DE", Germany, []string{"section 286 of the German Civil Code", "German order for payment"},
			[]string{"County Court", "The court expects"}},
		{"en-GB", AgreedDate, "GB", Scotland, []string{"sheriff court"}, []string{"County Court", "BGB", "The court expects"}},
		{"en-US", AgreedDate, "GB", EnglandWales, []string{"County Court"}, []string{"file suit", "BGB"}},
	} {
		m := Sample(c.lang, FinalDemand, Standard)
		m.Consequences, m.Forum = []Consequence{Court}, c.forum
		m.Claim = ClaimBasis{Level: Announce, Ground: c.ground, Law: c.law, From: cal.MustParse("2026-03-10"), Rule: "RULE"}
		setLevels(&m, Announce, []int64{0, 0}, []int64{0, 0})
		text := squeeze(mustRender(t, m).Text)
		for _, w := range c.want {
			if !strings.Contains(text, w) {
				t.Errorf("%s, law %s, court %s: not said: %q\n%s", c.lang, c.law, c.forum, w, text)
			}
		}
		for _, w := range c.without {
			if strings.Contains(text, w) {
				t.Errorf("%s, law %s, court %s: said: %q", c.lang, c.law, c.forum, w)
			}
		}
	}
}

func TestEveryStepHasANameInEveryLanguage(t *testing.T) {
	for _, lang := range locale.Languages() {
		for _, step := range Steps() {
			if StepName(lang, step, false, "") == "" || StepName(lang, step, true, "") == "" {
				t.Errorf("%s has no name for %s", lang, step)
			}
		}
	}
}

func BenchmarkRender(b *testing.B) {
	m := Sample(locale.EnglishGB, Formal, Standard)
	tpl, err := Shipped(m.Language, m.Step, m.Variant)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Render(tpl, m); err != nil {
			b.Fatal(err)
		}
	}
}

// TestANumberThatIsTheNameIsNotRepeated: where the file numbers no customers, their names
// are their numbers, and no letter heads itself with three of them.
func TestANumberThatIsTheNameIsNotRepeated(t *testing.T) {
	for _, lang := range []locale.Language{locale.EnglishGB, locale.EnglishUS, locale.German} {
		m := Sample(lang, Friendly, "")
		m.Debtor.CustomerNumber, m.Reference = m.Debtor.LegalName, m.Debtor.LegalName
		head, _, found := strings.Cut(mustRender(t, m).Text,
			strings.ReplaceAll(m.Language.Day(m.Date), "\u00a0", " "))
		if !found || strings.Count(head, m.Debtor.LegalName) != 1 {
			t.Errorf("%s: the head is\n%s", lang, head)
		}
	}
}

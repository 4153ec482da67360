package letter

import (
	"fmt"
	"testing"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/document"
	"github.com/recoup-project/recoup/internal/document/locale"
	"github.com/recoup-project/recoup/internal/document/pdf"
)

// british is a friendly reminder about one invoice.
func british(step document.Step) document.Message {
	day := cal.MustParse
	m := document.Message{Language: locale.EnglishGB, Step: step, Date: day("2026-03-19"), PayBy: day("2026-03-26"),
		Currency: "GBP", Reference: "RF1310023",
		Creditor: document.Creditor{LegalName: "Northgate Fixings Ltd", Address: []string{"Unit 4, Canal Road", "Leeds LS12 2EJ"},
			Register: "01234567", RegisteredIn: "England and Wales", Office: "Unit 4, Canal Road, Leeds LS12 2EJ",
			VATID: "GB123456789", Person: "Helen Marsh", PersonRole: "Credit Controller", Phone: "0113 496 0142",
			ReplyTo: "accounts@northgate.example", Bank: document.BankDetails{Holder: "Northgate Fixings Ltd",
				Bank: "Example Bank plc", SortCode: "12-34-56", Account: "12345678", UnchangedSince: day("2018-09-03")}},
		Debtor: document.Debtor{LegalName: "Ashworth & Daughters Ltd", CustomerNumber: "10023",
			Address: []string{"2 Mill Lane", "York", "YO1 9XX"}, ContactName: "Priya Shah"},
		Items: []document.Item{
			{Number: "INV-2026-0042", PO: "PO 4500017", InvoiceDate: day("2026-01-30"), DueDate: day("2026-03-02"),
				OriginalMinor: 240000, PaidMinor: 40000, OpenMinor: 200000},
			{Number: "INV-2026-0051", InvoiceDate: day("2026-02-06"), DueDate: day("2026-03-09"),
				OriginalMinor: 81250, OpenMinor: 81250}},
	}
	switch step {
	case document.Friendly:
		m.Items = m.Items[1:]
	case document.Formal, document.FinalDemand:
		m.UnappliedMinor = 1250
		m.EarlierMessages = []document.Earlier{{Day: day("2026-03-05"), Channel: document.ByEmail, Name: "Payment reminder"}}
		m.NotDue = []document.Item{{Number: "INV-2026-0077", InvoiceDate: day("2026-03-04"), DueDate: day("2026-04-03"),
			OriginalMinor: 50000, OpenMinor: 50000}}
		level := document.Offer
		if step == document.FinalDemand {
			level = document.Claim
			m.PayBy = day("2026-04-20")
			m.Consequences, m.Forum = []document.Consequence{document.Court}, document.EnglandWales
			m.SentBy = "by post and by email"
		}
		m.Claim = document.ClaimBasis{Level: level, Ground: document.AgreedDate, Law: "GB", From: day("2026-03-03"),
			Rule: "the Late Payment of Commercial Debts (Interest) Act 1998", Rate: "11.75% a year (Bank Rate 3.75% plus 8 points)",
			DailyMinor: 90, Until: m.PayBy}
		for i := range m.Items {
			m.Items[i].Level, m.Items[i].InterestMinor, m.Items[i].CompensationMinor = level, 1545, 7000
		}
	}
	return m
}

// german is a formal reminder in euro.
func german() document.Message {
	m := british(document.Formal)
	m.Language, m.Currency, m.Forum = locale.German, "EUR", document.Germany
	m.Creditor = document.Creditor{LegalName: "Hartmann Werkzeugbau GmbH", Address: []string{"Industriestraße 12", "70565 Stuttgart"},
		Register: "HRB 123456", RegisteredIn: "Amtsgericht Stuttgart", Office: "Stuttgart",
		Directors: "Dr. Karl Hartmann, Petra Weiß", VATID: "DE123456789", Person: "Sabine Keller",
		PersonRole: "Debitorenbuchhaltung", Phone: "+49 711 5550142", ReplyTo: "rechnungen@hartmann.example",
		Bank: document.BankDetails{Holder: "Hartmann Werkzeugbau GmbH", Bank: "Musterbank", BIC: "MUSTDEFFXXX",
			IBAN: "DE89370400440532013000", UnchangedSince: cal.MustParse("2021-06-01")}}
	m.Debtor = document.Debtor{LegalName: "Bäckerei Grünwald & Söhne OHG", CustomerNumber: "10023",
		Address: []string{"Frau Jonas-Grünwald", "Marktplatz 3", "72070 Tübingen"}}
	m.EarlierMessages[0].Name = "Zahlungserinnerung"
	m.Claim.Rule, m.Claim.Rate = "§ 288 Abs. 2 BGB", "10,52 % im Jahr (Basiszinssatz 1,52 % plus 9 Prozentpunkte)"
	return m
}

func american() document.Message {
	m := british(document.Formal)
	m.Language, m.Currency, m.Forum = locale.EnglishUS, "USD", document.UnitedStates
	m.Claim = document.ClaimBasis{Level: document.Principal, From: cal.None, Until: cal.None, Ground: document.ContractTerm}
	for i := range m.Items {
		m.Items[i].Level, m.Items[i].InterestMinor, m.Items[i].CompensationMinor = "", 0, 0
	}
	m.Creditor = document.Creditor{LegalName: "Lakeside Supply, Inc.", Address: []string{"400 Harbor Drive", "Milwaukee, WI 53202"},
		Person: "Maria Lopez", PersonRole: "Accounts Receivable", Phone: "(414) 555-0142", ReplyTo: "ar@lakeside.example",
		Bank: document.BankDetails{Holder: "Lakeside Supply, Inc.", Bank: "First Example Bank", Routing: "021000021",
			Account: "000123456789", UnchangedSince: cal.MustParse("2019-04-15")}}
	m.Debtor = document.Debtor{LegalName: "Prairie Home Builders LLC", CustomerNumber: "10023",
		Address: []string{"88 Oak Street", "Madison, WI 53703"}, ContactName: "Dana Reed"}
	m.EarlierMessages[0].Name = "Payment reminder"
	return m
}

// protocol is a letter of claim of the English debt protocol.
func protocol() document.Message {
	m := british(document.FinalDemand)
	m.Variant, m.Attachments = document.Individual, document.ProtocolEnclosures()
	m.Debtor = document.Debtor{LegalName: "Thomas Ashworth", CustomerNumber: "10023", ContactName: "Thomas Ashworth",
		Address: []string{"2 Mill Lane", "York", "YO1 9XX"}}
	return m
}

// long is a message about n invoices.
func long(n int) document.Message {
	m := british(document.Formal)
	m.Claim = document.ClaimBasis{Level: document.Principal, From: cal.None, Until: cal.None}
	m.UnappliedMinor, m.Items = 0, nil
	for i := range n {
		open := int64(10000 + 731*i)
		m.Items = append(m.Items, document.Item{Number: fmt.Sprintf("INV-2025-%04d", 1000+i), PO: fmt.Sprintf("PO %d", 4500000+i),
			InvoiceDate: cal.MustParse("2025-11-03") + cal.Date(i/4), DueDate: cal.MustParse("2025-12-03") + cal.Date(i/4),
			OriginalMinor: open, OpenMinor: open})
	}
	if n > 200 {
		m.Attachments = []document.Attachment{{Name: "list of all invoices", Kind: document.ItemsList}}
	}
	return m
}

func letterOf(t testing.TB, m document.Message) Letter {
	t.Helper()
	tpl, err := document.Shipped(m.Language, m.Step, m.Variant)
	if err != nil {
		t.Fatal(err)
	}
	o, err := document.Outlined(tpl, m)
	if err != nil {
		t.Fatal(err)
	}
	papers, err := document.Enclosures(m)
	if err != nil {
		t.Fatal(err)
	}
	return Letter{Message: m, Outline: o, Enclosures: papers}
}

var blue = pdf.Colour{R: 0x1d, G: 0x4e, B: 0x89}

// sampleLetter is a letter of a name, with how it looks.
type sampleLetter struct {
	name string
	look Look
	m    document.Message
}

func samples() []sampleLetter {
	french, five, none := british(document.Friendly), german(), british(document.Friendly)
	french.Debtor.Address = []string{"12 rue de la Paix", "75002 PARIS", "FRANCE"}
	five.Debtor.LegalName = "Vereinigte Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbau GmbH & Co. Kommanditgesellschaft"
	five.Debtor.Address = []string{"Abteilung Kreditorenbuchhaltung", "z. Hd. Frau Dr. Łucja Őrsi-Čapek", "Straße des 17. Juni 135, Hinterhaus", "10623 Berlin", "DEUTSCHLAND"}
	none.Debtor.Address = nil
	linked := german()
	linked.Link = "https://pay.example/p/2m7q8k4v1x9z3c5b7n6d8f0g2h4j6k8m0p"
	return []sampleLetter{
		{"gb_friendly", Look{Country: "GB", Colour: blue}, british(document.Friendly)},
		{"gb_formal", Look{Country: "GB", Colour: blue}, british(document.Formal)},
		{"gb_final", Look{Country: "GB", Colour: blue}, british(document.FinalDemand)},
		{"gb_protocol", Look{Country: "GB", Colour: blue}, protocol()},
		{"gb_no_address", Look{Country: "GB", Colour: blue}, none},
		{"gb_60_items", Look{Country: "GB", Colour: blue}, long(60)},
		{"gb_230_items", Look{Country: "GB", Colour: blue}, long(230)},
		{"de_formal", Look{Country: "DE", Colour: pdf.Colour{R: 0x9a, G: 0x1b, B: 0x2f}}, german()},
		{"de_long_address", Look{Country: "DE"}, five},
		{"de_link", Look{Country: "DE", Colour: blue}, linked},
		{"fr_form", Look{Country: "FR", Colour: blue}, french},
		{"us_formal", Look{Country: "US", Colour: pdf.Colour{R: 0x1f, G: 0x6b, B: 0x4f}}, american()},
	}
}

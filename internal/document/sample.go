package document

import (
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/document/locale"
)

// Sample is a made-up message of a step with one of everything that the step shows, for the
// person who writes its text and has no message of it yet. Its days lie in March and April
// 2026.
func Sample(lang locale.Language, step Step, variant Variant) Message {
	m := Message{
		Language: lang, Step: step, Variant: variant,
		Date: cal.MustParse("2026-03-19"), PayBy: cal.MustParse("2026-03-26"),
		Creditor: sampleCreditor(lang), Debtor: sampleDebtor(lang), Currency: "GBP",
		Items: []Item{
			{Number: "INV-2026-0042", PO: "PO 4500017", InvoiceDate: cal.MustParse("2026-01-30"),
				DueDate: cal.MustParse("2026-03-02"), OriginalMinor: 240000, PaidMinor: 40000,
				OpenMinor: 200000},
			{Number: "INV-2026-0051", InvoiceDate: cal.MustParse("2026-02-06"),
				DueDate: cal.MustParse("2026-03-09"), OriginalMinor: 81250, OpenMinor: 81250},
		},
		NotDue: []Item{{Number: "INV-2026-0077", InvoiceDate: cal.MustParse("2026-03-04"),
			DueDate: cal.MustParse("2026-04-03"), OriginalMinor: 50000, OpenMinor: 50000}},
		UnappliedMinor: 1250,
	}
	m.Currency = map[locale.Language]money.Currency{locale.EnglishUS: "USD", locale.German: "EUR",
		locale.EnglishGB: "GBP"}[lang]
	m.Reference, _ = RFReference(m.Debtor.CustomerNumber)
	m.EarlierMessages = []Earlier{{Day: cal.MustParse("2026-03-05"), Channel: ByEmail,
		Name: StepName(lang, Friendly, false, "")}}
	samplePerStep(&m)
	return m
}

func sampleCreditor(lang locale.Language) Creditor {
	switch lang {
	case locale.German:
		return Creditor{LegalName: "Hartmann Werkzeugbau GmbH", Address: []string{"Industriestraße 12",
			"70565 Stuttgart"},
			Register: "HRB 123456", RegisteredIn: "Amtsgericht Stuttgart", Office: "Stuttgart",
			Directors: "Dr. Karl Hartmann, Petra Weiß", VATID: "DE123456789", Person: "Sabine Keller",
			PersonRole: "Debitorenbuchhaltung", Phone: "+49 711 5550142",
			ReplyTo: "rechnungen@hartmann.example",
			Bank: BankDetails{Holder: "Hartmann Werkzeugbau GmbH", Bank: "Musterbank", BIC: "MUSTDEFFXXX",
				IBAN: "DE89370400440532013000", UnchangedSince: cal.MustParse("2021-06-01")}}
	case locale.EnglishUS:
		return Creditor{LegalName: "Lakeside Supply, Inc.", Address: []string{"400 Harbor Drive",
			"Milwaukee, WI 53202"},
			Person: "Maria Lopez", PersonRole: "Accounts Receivable", Phone: "(414) 555-0142",
			ReplyTo: "ar@lakeside.example", VATID: "39-0000000",
			Bank: BankDetails{Holder: "Lakeside Supply, Inc.", Bank: "First Example Bank",
				Routing: "021000021",
				Account: "000123456789", UnchangedSince: cal.MustParse("2019-04-15")}}
	}
	return Creditor{LegalName: "Northgate Fixings Ltd", Address: []string{"Unit 4, Canal Road",
		"Leeds LS12 2EJ"},
		Register: "01234567", RegisteredIn: "England and Wales", Office: "Unit 4, Canal Road, Leeds LS12 2EJ", VATID: "GB123456789", Person: "Helen Marsh",
		PersonRole: "Credit Controller", Phone: "0113 496 0142", ReplyTo: "accounts@northgate.example",
		Bank: BankDetails{Holder: "Northgate Fixings Ltd", Bank: "Example Bank plc", SortCode: "12-34-56",
			Account: "12345678", UnchangedSince: cal.MustParse("2018-09-03")}}
}

func sampleDebtor(lang locale.Language) Debtor {
	switch lang {
	case locale.German:
		return Debtor{LegalName: "Bäckerei Grünwald & Söhne OHG", CustomerNumber: "10023",
			Address: []string{"Marktplatz 3", "72070 Tübingen"}, ContactName: "Jonas Grünwald"}
	case locale.EnglishUS:
		return Debtor{LegalName: "Prairie Home Builders LLC", CustomerNumber: "10023",
			Address: []string{"88 Oak Street", "Madison, WI 53703"}, ContactName: "Dana Reed"}
	}
	return Debtor{LegalName: "Ashworth & Daughters Ltd", CustomerNumber: "10023",
		Address: []string{"2 Mill Lane", "York YO1 9XX"}, ContactName: "Priya Shah"}
}

func samplePerStep(m *Message) {
	switch m.Step {
	case Courtesy, Confirm:
		m.Date, m.PayBy, m.Items, m.NotDue = cal.MustParse("2026-02-23"), cal.None, m.Items[:1], nil
		m.EarlierMessages, m.UnappliedMinor = nil, 0
	case Statement:
		m.PayBy, m.Items, m.NotDue = cal.None, append(m.Items, m.NotDue...), nil
		m.Attachments = []Attachment{{Name: "items.csv", Kind: ItemsList}}
	case Friendly:
		m.Items[0].OriginalMinor, m.Items[0].PaidMinor, m.UnappliedMinor = 200000, 0, 0
		m.Items, m.EarlierMessages, m.NotDue = m.Items[:1], nil, nil
		m.PersonalLine = "Hope the new bakery line is running well."
		if m.Language == locale.German {
			m.PersonalLine = "Ich hoffe, der Umzug ist gut verlaufen."
		}
	case Formal:
		sampleFormal(m)
	case FinalDemand:
		sampleFinal(m)
	case Receipt:
		m.Payment = &Payment{AmountMinor: 40000, Day: cal.MustParse("2026-03-18"), Reference: "INV 42",
			Numbers: []string{"INV-2026-0042"}}
		m.PayBy, m.NotDue, m.UnappliedMinor = cal.None, nil, 0
	case PromiseConfirmation:
		m.Promise = &Promise{AmountMinor: 280000, Day: cal.MustParse("2026-03-31"), MadeBy: "Priya Shah",
			MadeOn: cal.MustParse("2026-03-18")}
		m.PayBy, m.NotDue = cal.None, nil
	case BrokenPromise:
		m.Promise = &Promise{AmountMinor: 280000, Day: cal.MustParse("2026-03-16"),
			MadeOn:       cal.MustParse("2026-03-10"),
			ArrivedMinor: 40000}
		m.NotDue = nil
	case DisputeAnswer:
		m.Dispute = &Dispute{RaisedOn: cal.MustParse("2026-03-09")}
		m.NotDue = nil
	case Resumption:
		m.PayBy, m.Items, m.NotDue = cal.None, append(m.Items, m.NotDue...), nil
	case Correction:
		m.Correction = &Mistaken{Day: cal.MustParse("2026-03-17"), Name: StepName(m.Language, Friendly,
			false, "")}
		m.PayBy, m.Items, m.NotDue, m.UnappliedMinor = cal.None, nil, nil, 0
	}
}

// sampleApart is overdue and waits at its own step.
func sampleApart(m *Message, payBy string) {
	m.AlsoOverdue = []Overdue{{Item: Item{Number: "INV-2026-0035", InvoiceDate: cal.MustParse("2026-01-16"),
		DueDate: cal.MustParse("2026-02-16"), OriginalMinor: 61250, OpenMinor: 61250}, PayBy: cal.MustParse(payBy)}}
}

func sampleFormal(m *Message) {
	sampleApart(m, "2026-03-24")
	m.Consequences = []Consequence{HoldDeliveries}
	switch m.Language {
	case locale.German: // a date that stands only on the invoice: the message that causes default
		m.Claim = ClaimBasis{Level: Announce, Ground: ThisMessage, Law: "DE", From: cal.None, Rule: "§\u00a0288 Abs.\u00a02 BGB",
			Rate:       "10,27 % im Jahr (neun Prozentpunkte über dem Basiszinssatz von 1,27 %)",
			DailyMinor: 79, Until: cal.None}
		setLevels(m, Announce, nil, nil)
	case locale.EnglishUS:
		m.Claim = ClaimBasis{Ground: ContractTerm, Law: "US", From: cal.None, Until: cal.None}
	default:
		m.Claim = ClaimBasis{Level: Offer, Ground: AgreedDate, Law: "GB", From: cal.None,
			Rule:       "the Late Payment of Commercial Debts (Interest) Act 1998",
			Rate:       "11.75% a year (8 points over the Bank of England base rate of 3.75%)",
			DailyMinor: 90, Until: m.PayBy}
		setLevels(m, Offer, []int64{1545, 445}, []int64{7000, 4000})
	}
}

func sampleFinal(m *Message) {
	sampleApart(m, "2026-04-07")
	m.AlsoUnappliedMinor = 11250
	m.Consequences = []Consequence{Court}
	m.Forum = map[locale.Language]Forum{locale.EnglishGB: EnglandWales, locale.EnglishUS: UnitedStates,
		locale.German: Germany}[m.Language]
	m.Attachments = []Attachment{{Name: "INV-2026-0042.pdf"}, {Name: "INV-2026-0051.pdf"},
		{Name: "statement.pdf", Kind: StatementOfAccount}}
	m.EarlierMessages = append(m.EarlierMessages, Earlier{Day: cal.MustParse("2026-03-19"), Channel: ByLetter,
		Name: StepName(m.Language, Formal, false, "")})
	m.Date, m.PayBy, m.NotDue = cal.MustParse("2026-04-02"), cal.MustParse("2026-04-22"), nil
	if m.Variant == Individual {
		m.PayBy = cal.MustParse("2026-05-08")
		m.Attachments = append(m.Attachments, Attachment{Name: "information-sheet.pdf",
			Kind: InformationSheet},
			Attachment{Name: "reply-form.pdf", Kind: ReplyForm},
			Attachment{Name: "financial-statement.pdf", Kind: FinancialStatement})
	}
	switch m.Language {
	case locale.German:
		m.ContractText = "Grundlage sind Ihre Bestellungen vom 12. und 20. Januar 2026; " +
			"geliefert wurde am 29. Januar " +
			"und am 5. Februar 2026."
		m.Claim = ClaimBasis{Level: Claim, Ground: EarlierAsk, Law: "DE", From: cal.MustParse("2026-03-20"),
			Rule:       "§\u00a0288 Abs.\u00a02 und\u00a05 BGB",
			Rate:       "10,27 % im Jahr (neun Prozentpunkte über dem Basiszinssatz von 1,27 %)",
			DailyMinor: 79, Until: m.PayBy}
		setLevels(m, Claim, []int64{1913, 777}, []int64{4000, 0})
	case locale.EnglishUS:
		m.Consequences = []Consequence{Lawyer}
		m.Claim = ClaimBasis{Ground: ContractTerm, Law: "US", From: cal.None, Until: cal.None}
	default:
		m.SentBy = "by first class post and by email"
		m.ContractText = "You ordered the goods on 12 and 20 January 2026 and took delivery " +
			"on 29 January and 5 February 2026."
		m.Claim = ClaimBasis{Level: Claim, Ground: AgreedDate, Law: "GB", From: cal.None,
			Rule:       "the Late Payment of Commercial Debts (Interest) Act 1998",
			Rate:       "11.75% a year (8 points over the Bank of England base rate of 3.75%)",
			DailyMinor: 90, Until: m.PayBy}
		setLevels(m, Claim, []int64{3284, 1151}, []int64{7000, 4000})
	}
}

func setLevels(m *Message, level Level, interest, compensation []int64) {
	for i := range m.Items {
		m.Items[i].Level = level
		if interest != nil {
			m.Items[i].InterestMinor, m.Items[i].CompensationMinor = interest[i], compensation[i]
		}
	}
}

// Sparse is a sample without anything that a message may lack. A text that is written
// over it and over the sample itself names no field that can be missing, unless it asks
// for it first.
func Sparse(lang locale.Language, step Step, variant Variant) Message {
	m := Sample(lang, step, variant)
	m.Items = append([]Item(nil), m.Items[:min(1, len(m.Items))]...)
	for i := range m.Items {
		item := &m.Items[i]
		*item = Item{Number: item.Number, InvoiceDate: cal.None, DueDate: item.DueDate,
			OriginalMinor: item.OpenMinor, OpenMinor: item.OpenMinor}
	}
	m.NotDue, m.AlsoOverdue, m.UnappliedMinor, m.AlsoUnappliedMinor = nil, nil, 0, 0
	m.EarlierMessages, m.CopiedTo, m.Consequences = nil, nil, nil
	if m.Variant == Individual {
		m.Attachments = ProtocolEnclosures()
	} else {
		m.Attachments = nil
	}
	m.ContractText, m.SentBy, m.PersonalLine, m.Link, m.Forum = "", "", "", "", ""
	m.Claim = ClaimBasis{From: cal.None, Until: cal.None}
	c := &m.Creditor
	*c = Creditor{LegalName: c.LegalName, Address: c.Address, Person: c.Person, Phone: c.Phone, ReplyTo: c.ReplyTo, Bank: c.Bank}
	c.Bank.Bank, c.Bank.BIC = "", ""
	m.Debtor.ContactName = ""
	if m.Step != FinalDemand {
		m.Debtor.Address = nil
	}
	if m.Promise != nil {
		m.Promise.MadeBy, m.Promise.Method, m.Promise.ArrivedMinor = "", "", 0
	}
	if m.Dispute != nil {
		m.Dispute.RaisedOn = cal.None
	}
	if m.Payment != nil {
		m.Payment.Reference, m.Payment.Numbers = "", nil
	}
	if m.Correction != nil {
		m.Correction.Why = ""
	}
	return m
}

// Crowded is a sample with as many rows in each list as a message shows.
func Crowded(lang locale.Language, step Step, variant Variant) Message {
	m := Sample(lang, step, variant)
	m.Items, m.NotDue = crowd(m.Items), crowd(m.NotDue)
	m.EarlierMessages, m.AlsoOverdue = crowd(m.EarlierMessages), crowd(m.AlsoOverdue)
	return m
}

func crowd[T any](rows []T) []T {
	if len(rows) == 0 {
		return nil
	}
	all := make([]T, maxRows)
	for i := range all {
		all[i] = rows[i%len(rows)]
	}
	return all
}

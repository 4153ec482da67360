package document

import (
	"slices"
	"strings"
	"sync"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/document/locale"
)

// record is a group by name of fields, columns, lists and other records.
type record map[string]expr

// field is one value of a message that a template can name.
type field func(*view) value

// column is one value of a row of a list.
type column func(v *view, row int) value

// list is a list that a template can walk: of rows with columns, or of texts.
type list struct {
	len     func(*view) int
	columns record
	texts   func(*view) []string
}

// view is one message as a template sees it: texts, whole numbers, truth values and
// lists of such, each made when it is asked for, and nothing else.
type view struct {
	writer
	m    *Message
	sums Totals
	has  columns
}

func newView(m *Message) *view {
	w := writer{lang: m.Language, currency: m.Currency}
	return &view{writer: w, m: m, sums: m.Totals(), has: m.columns()}
}

// fields is the one place that knows which field of a template is which field of a
// message. What the message leaves out is an empty text.
func fields() record {
	root := record{
		"name":              field(func(v *view) value { return made(v.m.name()) }),
		"date":              field(func(v *view) value { return made(v.date(v.m.Date)) }),
		"day":               field(func(v *view) value { return made(v.day(v.m.Date)) }),
		"pay_by":            field(func(v *view) value { return made(v.day(v.m.PayBy)) }),
		"reference":         field(func(v *view) value { return said(v.reference(v.m.Reference)) }),
		"link":              field(func(v *view) value { return said(v.m.Link) }),
		"currency":          field(func(v *view) value { return said(string(v.m.Currency)) }),
		"count":             field(func(v *view) value { return number(len(v.m.Items)) }),
		"one":               field(func(v *view) value { return truth(len(v.m.Items) == 1) }),
		"more":              field(func(v *view) value { return made(v.more(len(v.m.Items) - maxRows)) }),
		"not_due_more":      field(func(v *view) value { return made(v.more(len(v.m.NotDue) - maxRows)) }),
		"also_overdue_more": field(func(v *view) value { return made(v.more(len(v.m.AlsoOverdue) - maxRows)) }),
		"not_due_total":     field(func(v *view) value { return made(v.amount(v.sums.NotDueMinor)) }),
		"contract":          field(func(v *view) value { return said(v.m.ContractText) }),
		"court":             field(func(v *view) value { return said(courtStep(v.lang, v.m.Forum)) }),
		"forum":             field(func(v *view) value { return said(string(v.m.Forum)) }),
		"personal_line":     field(func(v *view) value { return said(v.m.PersonalLine) }),
		"sent_by":           field(func(v *view) value { return said(v.m.SentBy) }),
		"copied_to":         textList(func(v *view) []string { return v.m.CopiedTo }),
		"attachments":       textList(func(v *view) []string { return attachmentNames(v.m.Attachments) }),
		"items":             itemList(func(v *view) []Item { return v.m.Items }),
		"not_due":           itemList(func(v *view) []Item { return v.m.NotDue }),
		"also_overdue":      overdueList(),
		"earlier":           earlierList(),
		"first":             firstItem(),
	}
	addParties(root)
	addFigures(root)
	addEvents(root)
	addAging(root)
	return root
}

// oneOfEverything is the view of a message that has one of each list.
var oneOfEverything = sync.OnceValue(func() *view {
	item := Item{Number: "1", OpenMinor: 1, OriginalMinor: 1}
	return newView(&Message{
		Language: locale.EnglishGB, Currency: "GBP", Items: []Item{item}, NotDue: []Item{item},
		AlsoOverdue:     []Overdue{{Item: item, PayBy: cal.None}},
		EarlierMessages: []Earlier{{Channel: ByEmail}}, Attachments: []Attachment{{Name: "a"}},
		CopiedTo: []string{"a"}, Creditor: Creditor{Address: []string{"a"}},
		Debtor: Debtor{Address: []string{"a"}}, Payment: &Payment{Numbers: []string{"1"}},
	})
})

func addParties(root record) {
	root["creditor"] = record{
		"name":          field(func(v *view) value { return said(v.m.Creditor.LegalName) }),
		"address":       textList(func(v *view) []string { return v.m.Creditor.Address }),
		"register":      field(func(v *view) value { return said(v.m.Creditor.Register) }),
		"registered_in": field(func(v *view) value { return said(v.m.Creditor.RegisteredIn) }),
		"office":        field(func(v *view) value { return said(v.m.Creditor.Office) }),
		"directors":     field(func(v *view) value { return said(v.m.Creditor.Directors) }),
		"vat":           field(func(v *view) value { return said(v.m.Creditor.VATID) }),
		"person":        field(func(v *view) value { return said(v.m.Creditor.Person) }),
		"role":          field(func(v *view) value { return said(v.m.Creditor.PersonRole) }),
		"phone":         field(func(v *view) value { return said(strings.ReplaceAll(v.m.Creditor.Phone, " ", "\u00a0")) }),
		"reply_to":      field(func(v *view) value { return said(v.m.Creditor.ReplyTo) }),
	}
	root["bank"] = record{
		"holder":          field(func(v *view) value { return said(v.m.Creditor.Bank.Holder) }),
		"bank":            field(func(v *view) value { return said(v.m.Creditor.Bank.Bank) }),
		"iban":            field(func(v *view) value { return said(accountText(v.m)) }),
		"bic":             field(func(v *view) value { return said(v.m.Creditor.Bank.BIC) }),
		"sort_code":       field(func(v *view) value { return said(sortCode(v.m.Creditor.Bank.SortCode)) }),
		"account":         field(func(v *view) value { return said(v.m.Creditor.Bank.Account) }),
		"routing":         field(func(v *view) value { return said(v.m.Creditor.Bank.Routing) }),
		"unchanged_since": field(func(v *view) value { return made(v.date(v.m.Creditor.Bank.UnchangedSince)) }),
	}
	root["debtor"] = record{
		"name":    field(func(v *view) value { return said(v.m.Debtor.LegalName) }),
		"number":  field(func(v *view) value { return said(v.m.Debtor.CustomerNumber) }),
		"address": textList(func(v *view) []string { return v.m.Debtor.Address }),
		"contact": field(func(v *view) value { return said(v.m.Debtor.ContactName) }),
	}
}

func addFigures(root record) {
	some := func(minor func(Totals) int64) field {
		return func(v *view) value { return made(v.some(minor(v.sums))) }
	}
	root["sum"] = record{
		"open":                 field(func(v *view) value { return made(v.amount(v.sums.OpenMinor)) }),
		"principal":            field(func(v *view) value { return made(v.amount(v.sums.PrincipalMinor)) }),
		"total":                field(func(v *view) value { return made(v.amount(v.sums.TotalMinor)) }),
		"unapplied":            some(func(t Totals) int64 { return t.UnappliedMinor }),
		"also_unapplied":       some(func(t Totals) int64 { return t.AlsoUnappliedMinor }),
		"less_unapplied":       some(func(t Totals) int64 { return -t.UnappliedMinor }),
		"interest":             some(func(t Totals) int64 { return t.InterestMinor }),
		"compensation":         some(func(t Totals) int64 { return t.CompensationMinor }),
		"costs":                some(func(t Totals) int64 { return t.CostsMinor }),
		"offered_interest":     some(func(t Totals) int64 { return t.OfferedInterestMinor }),
		"offered_compensation": some(func(t Totals) int64 { return t.OfferedCompensationMinor }),
		"offered": some(func(t Totals) int64 {
			return t.OfferedInterestMinor + t.OfferedCompensationMinor
		}),
	}
	root["claim"] = record{
		"level":      field(func(v *view) value { return said(string(v.m.Claim.level())) }),
		"ground":     field(func(v *view) value { return said(string(v.m.Claim.Ground)) }),
		"partly":     field(func(v *view) value { return truth(v.m.Claim.Partly) }),
		"law":        field(func(v *view) value { return said(v.m.Claim.Law) }),
		"from":       field(func(v *view) value { return made(v.known(v.m.Claim.From)) }),
		"rule":       field(func(v *view) value { return said(v.m.Claim.Rule) }),
		"rate":       field(func(v *view) value { return said(v.m.Claim.Rate) }),
		"daily":      field(func(v *view) value { return made(v.some(v.m.Claim.DailyMinor)) }),
		"until":      field(func(v *view) value { return made(v.known(v.m.Claim.Until)) }),
		"costs_text": field(func(v *view) value { return said(v.m.CostsText) }),
	}
	root["has"] = record{
		"po":           field(func(v *view) value { return truth(v.has.po) }),
		"paid":         field(func(v *view) value { return truth(v.has.paid) }),
		"held":         field(func(v *view) value { return truth(v.has.held) }),
		"overdue":      field(func(v *view) value { return truth(v.has.overdue) }),
		"current":      field(func(v *view) value { return truth(v.has.current) }),
		"figures":      field(func(v *view) value { return truth(v.has.figures) }),
		"invoice_date": field(func(v *view) value { return truth(v.has.invoiceDate) }),
		"unapplied":    field(func(v *view) value { return truth(v.sums.UnappliedMinor != 0) }),
		"credit":       field(func(v *view) value { return truth(v.sums.PrincipalMinor < 0) }),
	}
	may := record{}
	for _, c := range Consequences() {
		may[string(c)] = field(func(v *view) value { return truth(slices.Contains(v.m.Consequences, c)) })
	}
	root["may"] = may
}

// addAging adds what only a statement of account has.
func addAging(root record) {
	of := func(minor func(*Aging) int64) field {
		return func(v *view) value {
			if v.m.Aging == nil {
				return made("")
			}
			return made(v.amount(minor(v.m.Aging)))
		}
	}
	root["whole"] = field(func(v *view) value { return truth(v.m.Whole) })
	root["aging"] = record{
		"not_due": of(func(a *Aging) int64 { return a.NotDueMinor }),
		"to_30":   of(func(a *Aging) int64 { return a.To30Minor }),
		"to_60":   of(func(a *Aging) int64 { return a.To60Minor }),
		"to_90":   of(func(a *Aging) int64 { return a.To90Minor }),
		"over":    of(func(a *Aging) int64 { return a.OverMinor }),
	}
}

// addEvents adds what only some steps have.
func addEvents(root record) {
	promise := func(of func(*view, *Promise) value) field {
		return func(v *view) value {
			if v.m.Promise == nil {
				return of(v, &Promise{Day: cal.None, MadeOn: cal.None})
			}
			return of(v, v.m.Promise)
		}
	}
	payment := func(of func(*view, *Payment) value) field {
		return func(v *view) value {
			if v.m.Payment == nil {
				return of(v, &Payment{Day: cal.None})
			}
			return of(v, v.m.Payment)
		}
	}
	mistake := func(of func(*view, *Mistaken) value) field {
		return func(v *view) value {
			if v.m.Correction == nil {
				return of(v, &Mistaken{Day: cal.None})
			}
			return of(v, v.m.Correction)
		}
	}
	root["promise"] = record{
		"amount":  promise(func(v *view, p *Promise) value { return made(v.some(p.AmountMinor)) }),
		"day":     promise(func(v *view, p *Promise) value { return made(v.day(p.Day)) }),
		"made_on": promise(func(v *view, p *Promise) value { return made(v.date(p.MadeOn)) }),
		"made_by": promise(func(_ *view, p *Promise) value { return said(p.MadeBy) }),
		"method":  promise(func(_ *view, p *Promise) value { return said(p.Method) }),
		"arrived": promise(func(v *view, p *Promise) value { return made(v.some(p.ArrivedMinor)) }),
	}
	root["dispute"] = record{"raised_on": field(func(v *view) value {
		if v.m.Dispute == nil {
			return made("")
		}
		return made(v.date(v.m.Dispute.RaisedOn))
	})}
	root["payment"] = record{
		"amount":    payment(func(v *view, p *Payment) value { return made(v.some(p.AmountMinor)) }),
		"day":       payment(func(v *view, p *Payment) value { return made(v.date(p.Day)) }),
		"reference": payment(func(_ *view, p *Payment) value { return said(p.Reference) }),
		"numbers": textList(func(v *view) []string {
			if v.m.Payment == nil {
				return nil
			}
			return v.m.Payment.Numbers
		}),
	}
	root["correction"] = record{
		"day":  mistake(func(v *view, c *Mistaken) value { return made(v.date(c.Day)) }),
		"name": mistake(func(_ *view, c *Mistaken) value { return said(c.Name) }),
		"why":  mistake(func(_ *view, c *Mistaken) value { return said(c.Why) }),
	}
}

// itemColumns are the columns of a list of items.
var itemColumns = map[string]func(v *view, i *Item) value{
	"number":       func(_ *view, i *Item) value { return said(i.Number) },
	"po":           func(_ *view, i *Item) value { return said(i.PO) },
	"invoice_date": func(v *view, i *Item) value { return made(v.lang.ShortDate(i.InvoiceDate)) },
	"due_date":     func(v *view, i *Item) value { return made(v.lang.ShortDate(i.DueDate)) },
	"due_day":      func(v *view, i *Item) value { return made(v.date(i.DueDate)) },
	"days_overdue": func(v *view, i *Item) value { return made(v.overdue(i)) },
	"original":     func(v *view, i *Item) value { return made(v.amount(i.OriginalMinor)) },
	"paid":         func(v *view, i *Item) value { return made(v.amount(i.PaidMinor)) },
	"held":         func(v *view, i *Item) value { return made(v.amount(i.HeldMinor)) },
	"open":         func(v *view, i *Item) value { return made(v.amount(i.OpenMinor)) },
	"interest":     func(v *view, i *Item) value { return made(v.figure(i, i.InterestMinor)) },
	"compensation": func(v *view, i *Item) value { return made(v.figure(i, i.CompensationMinor)) },
}

func itemList(items func(*view) []Item) *list {
	l := &list{len: func(v *view) int { return min(len(items(v)), maxRows) }, columns: record{}}
	for name, of := range itemColumns {
		l.columns[name] = column(func(v *view, row int) value { return of(v, &items(v)[row]) })
	}
	return l
}

// firstItem is the oldest item; a message without one has its fields all the same.
func firstItem() record {
	first := record{}
	for name, of := range itemColumns {
		first[name] = field(func(v *view) value {
			if len(v.m.Items) == 0 {
				return of(v, &Item{InvoiceDate: cal.None, DueDate: cal.None})
			}
			return of(v, &v.m.Items[0])
		})
	}
	return first
}

// overdueList has the columns of an item and the day named for it earlier.
func overdueList() *list {
	l := &list{len: func(v *view) int { return min(len(v.m.AlsoOverdue), maxRows) }, columns: record{}}
	for name, of := range itemColumns {
		l.columns[name] = column(func(v *view, row int) value { return of(v, &v.m.AlsoOverdue[row].Item) })
	}
	l.columns["pay_by"] = column(func(v *view, row int) value { return made(v.lang.ShortDate(v.m.AlsoOverdue[row].PayBy)) })
	return l
}

func earlierList() *list {
	shown := func(v *view) []Earlier { return v.m.EarlierMessages[max(0, len(v.m.EarlierMessages)-maxRows):] }
	return &list{len: func(v *view) int { return len(shown(v)) }, columns: record{
		"day":     column(func(v *view, row int) value { return made(v.date(shown(v)[row].Day)) }),
		"channel": column(func(v *view, row int) value { return said(string(shown(v)[row].Channel)) }),
		"name":    column(func(v *view, row int) value { return said(shown(v)[row].Name) }),
		"about":   column(func(v *view, row int) value { return said(about(shown(v)[row].About)) }),
		"some":    column(func(v *view, row int) value { return made(some(v, shown(v)[row].About)) }),
	}}
}

// aboutMax is how many items an earlier message is said to have been about by number.
const aboutMax = 4

// about names the items of an earlier message, where they are few and not all.
func about(numbers []string) string {
	if len(numbers) > aboutMax {
		return ""
	}
	return strings.Join(numbers, ", ")
}

// some says how many of the items an earlier message was about, where they are many and not all.
func some(v *view, numbers []string) string {
	if len(numbers) <= aboutMax {
		return ""
	}
	return v.lang.Number(len(numbers))
}

func textList(texts func(*view) []string) *list {
	shown := func(v *view) []string {
		all := texts(v)
		return all[:min(len(all), maxRows)]
	}
	return &list{len: func(v *view) int { return len(shown(v)) }, texts: shown}
}

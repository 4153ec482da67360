package document

import (
	"slices"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/document/locale"
)

// tree is the data a template sees: strings, whole numbers, truth values and lists
// of such maps, nothing else. Every key is always there; what the message leaves
// out is "". It is the one place that knows which field of a template is which
// field of a message.
func tree(m Message) map[string]any {
	w := writer{lang: m.Language, currency: m.Currency}
	sums := m.Totals()
	shown := m.Items[:min(len(m.Items), maxRows)]
	root := map[string]any{
		"name":          StepName(m.Language, m.Step, m.mayTakeToCourt()),
		"date":          w.date(m.Date),
		"day":           w.day(m.Date),
		"pay_by":        w.day(m.PayBy),
		"reference":     w.reference(m.Reference),
		"currency":      string(m.Currency),
		"count":         len(m.Items),
		"one":           len(m.Items) == 1,
		"first":         w.firstItem(m),
		"items":         w.items(m, shown),
		"more":          w.more(len(m.Items) - len(shown)),
		"not_due":       w.items(m, m.NotDue[:min(len(m.NotDue), maxRows)]),
		"not_due_more":  w.more(len(m.NotDue) - maxRows),
		"not_due_total": w.amount(sums.NotDueMinor),
		"contract":      m.ContractText,
		"personal_line": m.PersonalLine,
		"copied_to":     texts(m.CopiedTo),
		"sent_by":       m.SentBy,
	}
	root["creditor"] = map[string]any{
		"name": m.Creditor.LegalName, "address": texts(m.Creditor.Address), "register": m.Creditor.Register,
		"vat": m.Creditor.VATID, "person": m.Creditor.Person, "role": m.Creditor.PersonRole,
		"phone": m.Creditor.Phone, "reply_to": m.Creditor.ReplyTo,
	}
	root["bank"] = w.bank(m.Creditor.Bank)
	root["debtor"] = map[string]any{
		"name": m.Debtor.LegalName, "number": m.Debtor.CustomerNumber,
		"address": texts(m.Debtor.Address), "contact": m.Debtor.ContactName,
	}
	root["sum"] = w.sums(sums)
	root["claim"] = w.claim(m)
	root["has"] = w.has(m, sums)
	root["may"] = may(m)
	root["earlier"] = w.earlier(m.EarlierMessages)
	root["attachments"] = attachments(m.Attachments)
	w.addEvents(root, m)
	cleanAll(root)
	return root
}

// cleanAll makes every text of the tree one clean line, so that a text of spaces
// only counts as missing everywhere.
func cleanAll(v any) {
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			if s, ok := inner.(string); ok {
				v[k] = clean(s)
			} else {
				cleanAll(inner)
			}
		}
	case []any:
		for i, inner := range v {
			if s, ok := inner.(string); ok {
				v[i] = clean(s)
			} else {
				cleanAll(inner)
			}
		}
	}
}

// shape is the tree of a message that has one of everything: the fields a template
// may name.
func shape() map[string]any {
	item := Item{Number: "1", OpenMinor: 1, OriginalMinor: 1}
	return tree(Message{
		Language: locale.EnglishGB, Currency: "GBP", Items: []Item{item}, NotDue: []Item{item},
		EarlierMessages: []Earlier{{Channel: ByEmail}}, Attachments: []Attachment{{Name: "a"}},
		CopiedTo: []string{"a"}, Creditor: Creditor{Address: []string{"a"}},
		Debtor: Debtor{Address: []string{"a"}}, Payment: &Payment{Numbers: []string{"1"}},
	})
}

func (m Message) mayTakeToCourt() bool { return slices.Contains(m.Consequences, Court) }

// writer writes values in the language and currency of one message.
type writer struct {
	lang     locale.Language
	currency money.Currency
}

func (w writer) day(d cal.Date) string  { return w.lang.Day(d) }
func (w writer) date(d cal.Date) string { return w.lang.Date(d) }

func (w writer) amount(minor int64) string {
	return w.lang.Money(money.Money{Minor: minor, Currency: w.currency})
}

// some is an amount, or "" for zero, so that a template can leave it out.
func (w writer) some(minor int64) string {
	if minor == 0 {
		return ""
	}
	return w.amount(minor)
}

func (w writer) more(n int) string {
	if n <= 0 {
		return ""
	}
	return w.lang.Number(n)
}

// reference sets an ISO 11649 reference in groups of four and leaves every other
// as it is.
func (w writer) reference(s string) string {
	if ValidRFReference(s) {
		return grouped(s)
	}
	return s
}

func (w writer) items(m Message, items []Item) []any {
	rows := make([]any, len(items))
	for i, item := range items {
		rows[i] = w.item(m, item)
	}
	return rows
}

func (w writer) item(m Message, i Item) map[string]any {
	overdue := ""
	if i.DueDate.Valid() && m.Date.Valid() && i.DueDate < m.Date {
		overdue = w.lang.Number(m.Date.DaysSince(i.DueDate))
	}
	interest, compensation := "", ""
	if i.Level == Offer || i.Level == Claim {
		interest, compensation = w.amount(i.InterestMinor), w.amount(i.CompensationMinor)
	}
	return map[string]any{
		"number": i.Number, "po": i.PO,
		"invoice_date": w.lang.ShortDate(i.InvoiceDate), "due_date": w.lang.ShortDate(i.DueDate),
		"due_day": w.date(i.DueDate), "days_overdue": overdue,
		"original": w.amount(i.OriginalMinor), "paid": w.amount(i.PaidMinor), "open": w.amount(i.OpenMinor),
		"interest": interest, "compensation": compensation,
	}
}

func (w writer) firstItem(m Message) map[string]any {
	if len(m.Items) == 0 {
		return w.item(m, Item{InvoiceDate: cal.None, DueDate: cal.None})
	}
	return w.item(m, m.Items[0])
}

func (w writer) bank(b BankDetails) map[string]any {
	return map[string]any{
		"holder": b.Holder, "bank": b.Bank, "iban": grouped(b.IBAN), "bic": b.BIC, "sort_code": b.SortCode,
		"account": b.Account, "routing": b.Routing, "unchanged_since": w.date(b.UnchangedSince),
	}
}

func (w writer) sums(t Totals) map[string]any {
	return map[string]any{
		"open": w.amount(t.OpenMinor), "unapplied": w.some(t.UnappliedMinor),
		"less_unapplied": w.some(-t.UnappliedMinor),
		"principal":      w.amount(t.PrincipalMinor), "interest": w.some(t.InterestMinor),
		"compensation": w.some(t.CompensationMinor), "costs": w.some(t.CostsMinor),
		"total": w.amount(t.TotalMinor), "offered_interest": w.some(t.OfferedInterestMinor),
		"offered_compensation": w.some(t.OfferedCompensationMinor),
		"offered":              w.some(t.OfferedInterestMinor + t.OfferedCompensationMinor),
	}
}

func (w writer) claim(m Message) map[string]any {
	c := m.Claim
	level := c.Level
	if level == "" {
		level = Principal
	}
	from, until := "", ""
	if c.From > 0 { // the zero Date of a basis that was left empty is 1970
		from = w.date(c.From)
	}
	if c.Until > 0 {
		until = w.date(c.Until)
	}
	return map[string]any{
		"level": string(level), "ground": string(c.Ground), "from": from, "rule": c.Rule, "rate": c.Rate,
		"daily": w.some(c.DailyMinor), "until": until, "costs_text": m.CostsText,
	}
}

// has answers which columns and lines a table needs.
func (w writer) has(m Message, t Totals) map[string]any {
	po, paid, overdue, current, figures, invoiceDate := false, false, false, false, false, false
	for _, i := range m.Items {
		invoiceDate = invoiceDate || i.InvoiceDate.Valid()
		po = po || clean(i.PO) != ""
		paid = paid || i.PaidMinor != 0
		overdue = overdue || i.DueDate < m.Date
		current = current || i.DueDate >= m.Date
		figures = figures || i.InterestMinor != 0 || i.CompensationMinor != 0
	}
	return map[string]any{
		"po": po, "paid": paid, "overdue": overdue, "current": current, "figures": figures,
		"invoice_date": invoiceDate, "unapplied": t.UnappliedMinor != 0, "credit": t.PrincipalMinor < 0,
	}
}

func may(m Message) map[string]any {
	out := make(map[string]any, len(Consequences()))
	for _, c := range Consequences() {
		out[string(c)] = slices.Contains(m.Consequences, c)
	}
	return out
}

func (w writer) earlier(list []Earlier) []any {
	list = list[max(0, len(list)-maxRows):]
	rows := make([]any, len(list))
	for i, e := range list {
		rows[i] = map[string]any{"day": w.date(e.Day), "channel": string(e.Channel), "name": e.Name}
	}
	return rows
}

func attachments(list []Attachment) []any {
	names := make([]string, 0, len(list))
	for _, a := range list {
		names = append(names, a.Name)
	}
	return texts(names)
}

// addEvents adds what only some steps have.
func (w writer) addEvents(root map[string]any, m Message) {
	promise, payment, mistake := Promise{Day: cal.None, MadeOn: cal.None}, Payment{Day: cal.None},
		Mistaken{Day: cal.None}
	if m.Promise != nil {
		promise = *m.Promise
	}
	if m.Payment != nil {
		payment = *m.Payment
	}
	if m.Correction != nil {
		mistake = *m.Correction
	}
	root["promise"] = map[string]any{
		"amount": w.some(promise.AmountMinor), "day": w.day(promise.Day), "made_on": w.date(promise.MadeOn),
		"made_by": promise.MadeBy, "method": promise.Method, "arrived": w.some(promise.ArrivedMinor),
	}
	root["payment"] = map[string]any{
		"amount": w.some(payment.AmountMinor), "day": w.date(payment.Day), "reference": payment.Reference,
		"numbers": texts(payment.Numbers),
	}
	root["correction"] = map[string]any{
		"day": w.date(mistake.Day), "name": mistake.Name, "why": mistake.Why,
	}
}

func texts(list []string) []any {
	list = list[:min(len(list), maxRows)]
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

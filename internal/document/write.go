package document

import (
	"slices"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/document/locale"
)

// writer writes values in the language and currency of one message.
type writer struct {
	lang     locale.Language
	currency money.Currency
}

func (w writer) day(d cal.Date) string  { return w.lang.Day(d) }
func (w writer) date(d cal.Date) string { return w.lang.Date(d) }

// known is a day of a claim; the zero Date of a basis that was left empty is 1970.
func (w writer) known(d cal.Date) string {
	if d <= 0 {
		return ""
	}
	return w.date(d)
}

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
		return Grouped(s)
	}
	return s
}

// overdue is for how many days an item is overdue; "" if it is not.
func (v *view) overdue(i *Item) string {
	if i.DueDate.Valid() && v.m.Date.Valid() && i.DueDate < v.m.Date {
		return v.lang.Number(v.m.Date.DaysSince(i.DueDate))
	}
	return ""
}

// figure is an amount beside the principal, where the item's level shows one.
func (v *view) figure(i *Item, minor int64) string {
	if i.Level == Offer || i.Level == Claim {
		return v.amount(minor)
	}
	return ""
}

// columns says which columns and lines a table needs.
type columns struct{ po, paid, held, overdue, current, figures, invoiceDate bool }

func (m *Message) columns() columns {
	var c columns
	for k := range m.Items {
		i := &m.Items[k]
		c.invoiceDate = c.invoiceDate || i.InvoiceDate.Valid()
		c.po = c.po || clean(i.PO) != ""
		c.paid = c.paid || i.PaidMinor != 0
		c.held = c.held || i.HeldMinor != 0
		c.overdue = c.overdue || i.DueDate < m.Date
		c.current = c.current || i.DueDate >= m.Date
		c.figures = c.figures || i.InterestMinor != 0 || i.CompensationMinor != 0
	}
	return c
}

func (m *Message) name() string {
	return StepName(m.Language, m.Step, slices.Contains(m.Consequences, Court), m.Forum)
}

func (c ClaimBasis) level() Level {
	if c.Level == "" {
		return Principal
	}
	return c.Level
}

func attachmentNames(list []Attachment) []string {
	names := make([]string, len(list))
	for i, a := range list {
		names[i] = a.Name
	}
	return names
}

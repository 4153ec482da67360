package app

import (
	"fmt"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/document"
)

// checklist is what a person looks at before a final demand is released: what the
// book knows of each proof, and what it does not know.
func (w *writing) checklist() []string {
	if w.msg.Step != document.FinalDemand {
		return nil
	}
	c := &w.acc.Customer
	name := fmt.Sprintf("Name: %s, register number %s; compare them with the register.", w.debtor.name,
		w.debtor.registerNo)
	if w.debtor.registerNo == "" {
		name = fmt.Sprintf("Name: %s, no register number recorded; compare it with the register.", w.debtor.name)
	}
	kind := fmt.Sprintf("Kind: %s, confirmed by a person.", c.Kind)
	if !c.KindConfirmed || c.Kind == book.UnknownKind {
		kind = fmt.Sprintf("Kind: %s, which nobody has confirmed.", c.Kind)
	}
	out := []string{name, kind,
		"Address for service: " + strings.Join(w.msg.Debtor.Address, ", ") +
			"; is it the registered office or the place of business?",
		"Delivery: the book holds no proof of it; have it at hand for " +
			w.numbers(func(document.Item) bool { return true }) + ".",
		w.terms()}
	if without := w.numbers(func(i document.Item) bool { return i.PO == "" }); without != "" {
		out = append(out, "Order: no order number of the customer is recorded for "+without+".")
	}
	out = append(out, w.otherMoney()...)
	if len(w.files) == 0 {
		out = append(out, "Copies: none are attached; put the invoices, the contract or order and the terms with "+
			"the letter.")
	}
	out = append(out, w.announcedStep())
	if w.msg.Variant == document.Individual {
		out = append(out, "Debt protocol: post the letter on its date with its four papers. The official "+
			"Information Sheet and Reply Form (Annex 1) and Financial Statement (Annex 2) are at "+
			"www.justice.gov.uk, Civil Procedure Rules, Pre-Action Protocol for Debt Claims; enclose the current "+
			"ones where they differ from those that come with this letter.")
	}
	return out
}

// numbers lists the invoices of the message that are meant, at most ten by number.
func (w *writing) numbers(meant func(document.Item) bool) string {
	const most = 10
	var list []string
	more := 0
	for _, i := range w.msg.Items {
		switch {
		case !meant(i):
		case len(list) < most:
			list = append(list, i.Number)
		default:
			more++
		}
	}
	if more > 0 {
		list = append(list, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(list, ", ")
}

// otherMoney tells of money of the customer in other currencies that is set against nothing:
// the demand takes none of it off, and it may be the payment.
func (w *writing) otherMoney() (out []string) {
	var told []money.Currency
	for i := range w.acc.Credits {
		c := w.acc.Credits[i].Currency
		if c == w.row.currency || slices.Contains(told, c) || w.acc.Unapplied(c) <= 0 {
			continue
		}
		told = append(told, c)
		out = append(out, fmt.Sprintf("Money: %s of the customer is set against no item; is it the payment of these?",
			money.Money{Minor: w.acc.Unapplied(c), Currency: c}))
	}
	return out
}

func (w *writing) terms() string {
	c := &w.acc.Customer
	agreed := "it is not stated whether the due dates are agreed"
	switch {
	case w.datesAgreed():
		agreed = "the due dates are agreed"
	case c.DateAgreed == book.No:
		agreed = "the due dates are not agreed"
	}
	rate := "no interest rate of the contract is recorded"
	if c.HasRate {
		rate = "the contract's own interest rate is " + c.ContractRate.String() + " %"
	}
	return "Terms: " + agreed + "; " + rate + "."
}

// announcedStep is the one step that the demand says comes next.
func (w *writing) announcedStep() string {
	if len(w.msg.Consequences) == 0 {
		return "Next step: none is named; the setting consequences names one."
	}
	return fmt.Sprintf("Next step: the demand names %q; is that decided?", w.msg.Consequences[0])
}

package document

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// FieldError is one field of a message that cannot be rendered.
type FieldError struct {
	Field    string // as in "creditor.phone" or "items[3].open"
	Expected string // what must stand there
}

func (e *FieldError) Error() string { return e.Field + ": expected " + e.Expected }

// checks collects the problems of one message.
type checks struct{ problems []error }

func (c *checks) want(ok bool, field, expected string) {
	if !ok {
		c.problems = append(c.problems, &FieldError{Field: field, Expected: expected})
	}
}

func (c *checks) filled(field, value, expected string) {
	c.want(utf8.ValidString(value) && clean(value) != "", field, expected)
}

// check returns every problem of a message, joined; nil if there is none.
func check(t *Template, m Message) error {
	var c checks
	c.want(t.Language == m.Language, "language", fmt.Sprintf("%q, the language of the text", t.Language))
	c.want(t.Step == m.Step, "step", fmt.Sprintf("%q, the step of the text", t.Step))
	c.want(m.Variant == Standard || m.Variant == Individual, "variant", `"" or "individual"`)
	c.want(m.Date.Valid(), "date", "the day of the message")
	c.want(m.Currency.Known(), "currency", "an ISO 4217 code")
	if len(c.problems) > 0 { // nothing below makes sense without these
		return errors.Join(c.problems...)
	}
	c.parties(m)
	if !m.Sketch {
		c.bank(m.Creditor.Bank)
	}
	c.items(m)
	c.amounts(m)
	c.claim(m)
	c.steps(m)
	return errors.Join(c.problems...)
}

func (c *checks) parties(m Message) {
	c.filled("creditor.name", m.Creditor.LegalName, "the legal name of the sender")
	c.want(len(m.Creditor.Address) > 0, "creditor.address", "at least one line")
	c.filled("creditor.person", m.Creditor.Person, "the person who answers")
	c.filled("creditor.phone", m.Creditor.Phone, "a number on which bank details can be verified")
	c.want(strings.Contains(m.Creditor.ReplyTo, "@"), "creditor.reply_to",
		"an email address that reaches a person")
	c.filled("debtor.name", m.Debtor.LegalName, "the exact legal name of the customer")
	c.filled("debtor.number", m.Debtor.CustomerNumber, "the customer number")
	c.want(m.Link == "" || ValidLink(m.Link), "link", "a full http or https address")
	c.filled("reference", m.Reference, "what the customer quotes with the payment")
	for i, line := range m.Creditor.Address {
		c.filled(fmt.Sprintf("creditor.address[%d]", i+1), line, "a line of the address")
	}
	for i, line := range m.Debtor.Address {
		c.filled(fmt.Sprintf("debtor.address[%d]", i+1), line, "a line of the address")
	}
}

func (c *checks) bank(b BankDetails) {
	c.filled("bank.holder", b.Holder, "the account holder")
	c.want(b.UnchangedSince.Valid(), "bank.unchanged_since",
		"the day since which the bank details have not changed")
	switch {
	case b.IBAN != "":
		if err := CheckIBAN(b.IBAN); err != nil {
			c.want(false, "bank.iban", "an IBAN whose check digits are right")
		}
	case b.SortCode != "":
		c.want(onlyDigits(b.SortCode, 6), "bank.sort_code", "six digits")
		c.want(onlyDigits(b.Account, 8), "bank.account", "eight digits")
	case b.Routing != "":
		if err := checkRouting(b.Routing); err != nil {
			c.want(false, "bank.routing", "nine digits whose check digit is right")
		}
		c.filled("bank.account", b.Account, "the account number")
	default:
		c.want(false, "bank", "an IBAN, a sort code and account, or a routing and account number")
	}
}

// onlyDigits reports whether s has n digits beside spaces and hyphens.
func onlyDigits(s string, n int) bool {
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			n--
		case r != ' ' && r != '-':
			return false
		}
	}
	return n == 0
}

func (c *checks) items(m Message) {
	for i := range m.Items {
		row := at{c, "items", i}
		row.item(&m.Items[i])
		due := m.Items[i].DueDate
		row.want(!m.Step.Demand() || due < m.Date || (m.Step == DisputeAnswer && due <= m.PayBy), "due_date",
			"a day before the message: what is not due is listed apart, never demanded")
	}
	for i := range m.NotDue {
		row := at{c, "not_due", i}
		row.item(&m.NotDue[i])
		row.want(m.NotDue[i].DueDate >= m.Date, "due_date", "the day of the message or later")
	}
	for i := range m.AlsoOverdue {
		row := at{c, "also_overdue", i}
		row.item(&m.AlsoOverdue[i].Item)
		row.want(m.Step.Demand(), "step", "a message that asks for payment")
		row.want(m.AlsoOverdue[i].DueDate < m.Date, "due_date", "a day before the message")
	}
	if max(len(m.Items), len(m.NotDue), len(m.AlsoOverdue)) > maxRows {
		c.want(m.attached(ItemsList), "attachments", fmt.Sprintf(
			"a list of all items, because the message shows only %d", maxRows))
	}
}

// at are the checks of one row of a list.
type at struct {
	*checks
	list string
	row  int
}

func (c at) want(ok bool, field, expected string) {
	if !ok { // only then is the field's name worth making
		c.checks.want(false, fmt.Sprintf("%s[%d].%s", c.list, c.row+1, field), expected)
	}
}

func (c at) item(i *Item) {
	c.want(utf8.ValidString(i.Number) && clean(i.Number) != "", "number", "the invoice number")
	c.want(i.InvoiceDate.Valid() || i.InvoiceDate == cal.None, "invoice_date", "a day, or none")
	c.want(i.DueDate.Valid(), "due_date", "the due date")
	c.want(i.OpenMinor > 0 && i.OpenMinor <= money.MaxMinor, "open", "an amount above zero")
	c.want(i.OriginalMinor-i.PaidMinor-i.HeldMinor == i.OpenMinor, "open",
		"the original amount less what was paid or credited or is not asked for")
	c.want(i.HeldMinor >= 0, "held", "no negative amount")
	c.want(i.InterestMinor >= 0 && i.CompensationMinor >= 0, "interest", "no negative amount")
	c.want(i.Level == "" || slices.Contains(levels, i.Level), "level", "principal, announce, offer or claim")
	if rank(i.Level) < rank(Offer) {
		c.want(i.InterestMinor == 0 && i.CompensationMinor == 0, "interest",
			"no figure: this item's level shows none")
	}
}

func (c *checks) amounts(m Message) {
	sums := m.Totals()
	c.want(m.UnappliedMinor >= 0, "unapplied", "zero or more")
	c.want(m.AlsoUnappliedMinor >= 0 && (m.AlsoUnappliedMinor == 0 || len(m.AlsoOverdue) > 0), "also_unapplied",
		"zero or more, and only with items listed apart")
	c.want(m.CostsMinor >= 0, "costs", "zero or more")
	if m.CostsMinor > 0 {
		c.want(m.Claim.Level == Claim, "costs", "level claim: only a claim asks for costs")
		c.filled("costs_text", m.CostsText, "what the costs are for")
	}
	if m.Step.Demand() {
		c.want(sums.PrincipalMinor > 0, "total", "something left to pay after the money not yet matched")
		c.want(m.PayBy.Valid() && m.PayBy >= m.Date, "pay_by", "the last day to pay, not before the message")
	} else {
		c.want(!m.PayBy.Valid() || m.PayBy >= m.Date, "pay_by", "no day before the message")
	}
}

func (c *checks) claim(m Message) {
	highest := Principal
	for _, i := range m.Items {
		if rank(i.Level) > rank(highest) {
			highest = i.Level
		}
	}
	level := m.Claim.Level
	if level == "" {
		level = Principal
	}
	c.want(level == highest, "claim.level", fmt.Sprintf("%q, the highest level of the items", highest))
	if m.Step != Formal && m.Step != FinalDemand {
		c.want(level == Principal, "claim.level", "principal: this step asks for the invoices only")
	}
	grounds := []DefaultGround{NoGround, AgreedDate, ThirtyDays, EarlierAsk, ThisMessage, ContractTerm}
	c.want(slices.Contains(grounds, m.Claim.Ground), "claim.ground", "a known ground")
	if m.Claim.Ground == ThisMessage {
		c.want(rank(level) <= rank(Announce), "claim.level",
			"announce at most: the message that causes default never claims")
	}
	if rank(level) >= rank(Announce) {
		c.filled("claim.rule", m.Claim.Rule, "the statute or contract term the claim rests on")
	}
	t := m.Totals()
	if t.InterestMinor+t.OfferedInterestMinor > 0 {
		c.filled("claim.rate", m.Claim.Rate, "the rate and its source: interest is shown")
		c.want(m.Claim.Until.Valid() && m.Claim.Until > 0, "claim.until",
			"the last day the interest figures include")
	}
	if rank(level) >= rank(Offer) {
		figures := t.InterestMinor + t.OfferedInterestMinor + t.CompensationMinor + t.OfferedCompensationMinor
		c.want(figures+t.CostsMinor > 0, "claim.level", "announce: there is no figure to offer or to claim")
	}
	if m.Claim.Rate == "" {
		c.want(m.Claim.DailyMinor == 0, "claim.daily", "no daily figure without a rate")
	}
}

// rank orders the levels; the zero Level is principal.
func rank(l Level) int {
	return max(0, slices.Index(levels, l))
}

var levels = []Level{Principal, Announce, Offer, Claim}

func (c *checks) steps(m Message) {
	for i, consequence := range m.Consequences {
		c.want(slices.Contains(Consequences(), consequence), fmt.Sprintf("consequences[%d]", i+1),
			"a consequence that a text may name")
	}
	c.want(m.Step != FinalDemand || len(m.Consequences) <= 1, "consequences",
		"one at most: a final demand names the one step that comes next")
	for i, e := range m.EarlierMessages {
		field := fmt.Sprintf("earlier[%d]", i+1)
		c.want(e.Day.Valid() && e.Day <= m.Date, field+".day", "a day not after this message")
		c.filled(field+".name", e.Name, "the name the customer saw")
		c.want(slices.Contains([]Channel{ByEmail, ByLetter, ByPhone, ByBoth}, e.Channel), field+".channel",
			"email, letter or phone")
	}
	for i, a := range m.Attachments {
		c.filled(fmt.Sprintf("attachments[%d]", i+1), a.Name, "a file name")
	}
	switch m.Step {
	case Receipt:
		c.want(m.Payment != nil, "payment", "the money that arrived")
		if m.Payment != nil {
			c.want(m.Payment.AmountMinor > 0 && m.Payment.Day.Valid() && m.Payment.Day <= m.Date, "payment",
				"an amount above zero and a day not after the message")
		}
		return
	case Correction:
		c.want(m.Correction != nil && m.Correction.Day.Valid(), "correction", "the message it takes back")
		return
	case PromiseConfirmation, BrokenPromise:
		c.promise(m)
	case DisputeAnswer:
		c.want(m.Dispute != nil && (m.Dispute.RaisedOn == cal.None || m.Dispute.RaisedOn <= m.Date), "dispute",
			"what was questioned, not after the message")
	case FinalDemand:
		c.want(len(m.Debtor.Address) > 0, "debtor.address", "the address the demand is served at")
		c.protocol(m)
	}
	c.want(len(m.Items) > 0, "items", "at least one item")
}

func (c *checks) promise(m Message) {
	c.want(m.Promise != nil, "promise", "what was promised")
	if m.Promise == nil {
		return
	}
	c.want(m.Promise.AmountMinor > 0, "promise.amount", "an amount above zero")
	c.want(m.Promise.Day.Valid() && m.Promise.MadeOn.Valid(), "promise.day",
		"the promised day and the day it was made")
	if m.Step == BrokenPromise {
		c.want(m.Promise.Day < m.Date, "promise.day", "a day that has passed")
		c.want(m.Promise.ArrivedMinor < m.Promise.AmountMinor, "promise.arrived", "less than was promised")
		return
	}
	c.want(m.Promise.Day >= m.Date, "promise.day", "a day that has not passed")
}

// protocol demands the enclosures that the English debt protocol asks for with a
// letter of claim to a natural person in business, or to a debtor of unknown kind.
func (c *checks) protocol(m Message) {
	if m.Variant != Individual || m.Language != "en-GB" {
		return
	}
	for _, kind := range []AttachmentKind{InformationSheet, ReplyForm, FinancialStatement,
		StatementOfAccount} {
		c.want(m.attached(kind), "attachments", "the "+strings.ReplaceAll(string(kind), "_", " ")+
			" of the debt protocol")
	}
	c.want(m.PayBy != cal.None && m.PayBy.DaysSince(m.Date) >= 30, "pay_by",
		"30 days or more, as the debt protocol asks")
}

func (m Message) attached(kind AttachmentKind) bool {
	return slices.ContainsFunc(m.Attachments, func(a Attachment) bool { return a.Kind == kind })
}

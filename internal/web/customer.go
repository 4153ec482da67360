package web

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/document/locale"
	"github.com/recoup-project/recoup/internal/web/look"
)

// file is what the page of a customer shows.
type file struct {
	app.CustomerView
	Why   app.Explanation
	Tasks []app.TaskLine
	Holds []app.HoldReport // with their reasons; those to come too

	Timeline app.TimelinePage
	Claims   []app.ClaimToday
	Papers   []app.Paper
}

// customer is the page of one customer: what is owed, why, and what comes next.
func customer(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	c, err := v.fileOf(v.r.Context(), id)
	if err != nil {
		return err
	}
	if c.Timeline, err = v.timelineOf(id, v.r.FormValue("older")); err != nil {
		return err
	}
	if c.Claims, err = v.App.Claims(v.r.Context(), id); err != nil {
		return err
	}
	if c.Papers, err = v.App.Papers(v.r.Context(), id, 0); err != nil {
		return err
	}
	c.Papers = slices.DeleteFunc(c.Papers, func(p app.Paper) bool { return v.hidden(&p) })
	return v.page(c.Name, customerPage(v, c))
}

func (v *visit) fileOf(ctx context.Context, id int64) (*file, error) {
	view, err := v.customerOf(id)
	if err != nil {
		return nil, err
	}
	c := &file{CustomerView: view}
	if c.Why, err = v.App.Explain(ctx, app.ExplainRequest{Customer: id, Ref: "customer:" + view.Number, On: cal.None}); err != nil {
		return nil, err
	}
	if c.Holds, err = v.App.Holds(ctx, view.Creditor, "customer:"+view.Number); err != nil {
		return nil, err
	}
	c.Holds = slices.DeleteFunc(c.Holds, func(h app.HoldReport) bool { return h.State == app.HoldOver })
	if c.Tasks, err = v.App.TasksOf(ctx, id); err != nil {
		return nil, err
	}
	return c, nil
}

// customerOf is a customer, if the viewer may see it, with the notes that the viewer may
// read (guardrail R30). Another one is not there.
func (v *visit) customerOf(id int64) (app.CustomerView, error) {
	if err := v.sees(id); err != nil {
		return app.CustomerView{}, err
	}
	view, err := v.App.Customer(v.r.Context(), id)
	view.Written = app.VisibleTo(v.user.User.Role, view.Written)
	return view, err
}

// sees refuses a customer that is not the viewer's, as if it were not there.
func (v *visit) sees(customer int64) error {
	if v.user.may(access.ViewAll) {
		return nil
	}
	scope, err := v.App.ScopeOf(v.r.Context(), v.user.User.Login)
	if err != nil {
		return err
	}
	return v.App.InScope(v.r.Context(), scope, customer)
}

// within limits a list to what the viewer sees.
func (v *visit) within() (app.Within, error) {
	if v.user.may(access.ViewAll) {
		return app.Within{}, nil
	}
	scope, err := v.App.ScopeOf(v.r.Context(), v.user.User.Login)
	return app.Within{Scope: &scope}, err
}

// customerPath is the address of a customer's page.
func customerPath(id int64) string { return "/customers/" + strconv.FormatInt(id, 10) }

// subject is what a form is about: an item of the customer if one was chosen, else the customer.
func (v *visit) subject(id int64) (creditor, ref string, view app.CustomerView, err error) {
	view, err = v.customerOf(id)
	if err != nil {
		return "", "", view, err
	}
	ref = "customer:" + view.Number
	if item := v.r.FormValue("item"); item != "" {
		// Also a paid one: the form that paid it may be sent twice, and then answers the same.
		s, err := v.App.Find(v.r.Context(), view.Creditor, "item:"+item)
		if err != nil && app.AsError(err).Kind != app.NotFound {
			return "", "", view, err
		}
		if err != nil || s.Customer != id {
			return "", "", view, &app.Error{Kind: app.NotFound, Code: "item_not_found",
				Message: "this customer has no invoice " + item}
		}
		ref = "item:" + item
	}
	return view.Creditor, ref, view, nil
}

// itemRef names an item as references do.
func itemRef(i *app.ItemView) string {
	if i.Instalment > 1 {
		return i.Number + "/" + strconv.Itoa(i.Instalment)
	}
	return i.Number
}

// amount is a field of a form that is an amount in a currency; zero if it is empty.
func (v *visit) amount(field string, c money.Currency) (money.Money, error) {
	text := strings.TrimSpace(v.r.FormValue(field))
	if text == "" {
		return money.Money{Currency: c}, nil
	}
	m, err := v.f.Language.ReadAmount(text, c)
	if errors.Is(err, locale.ErrAmbiguous) {
		return m, &app.Error{Kind: app.Invalid, Code: "amount_invalid", Where: &app.Where{Field: field},
			Message: "\"" + text + "\" can mean thousands or parts of a " + string(c) + ": write 1234.000 or 1.234"}
	}
	if err != nil {
		return m, &app.Error{Kind: app.Invalid, Code: "amount_invalid", Where: &app.Where{Field: field},
			Message: "\"" + text + "\": expected an amount such as 1234.50"}
	}
	return m, nil
}

// currency is a field of a form that is a currency.
func (v *visit) currency(field string) (money.Currency, error) {
	c, err := money.ParseCurrency(v.r.FormValue(field))
	if err != nil {
		return c, &app.Error{Kind: app.Invalid, Code: "currency_unknown", Message: err.Error(), Where: &app.Where{Field: field}}
	}
	return c, nil
}

// currencyOf is the currency that a form about a subject means.
func (v *visit) currencyOf(creditor, ref string) (money.Currency, error) {
	if v.r.FormValue("currency") != "" {
		return v.currency("currency")
	}
	s, err := v.App.Find(v.r.Context(), creditor, ref)
	if err != nil {
		return "", err
	}
	return v.App.CurrencyOf(v.r.Context(), s)
}

// addHold keeps messages back: dispute, promise, more time, pause, already paid.
func addHold(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	creditor, ref, _, err := v.subject(id)
	if err != nil {
		return err
	}
	until, err := v.day("until")
	if err != nil {
		return err
	}
	cur, err := v.currencyOf(creditor, ref)
	if err != nil {
		return err
	}
	amount, err := v.amount("amount", cur)
	if err != nil {
		return err
	}
	h, err := v.App.AddHold(v.r.Context(), v.request(""), app.HoldRequest{Creditor: creditor, Ref: ref,
		Kind: book.HoldKind(v.r.FormValue("kind")), Amount: amount, Until: until,
		Cheque: v.r.FormValue("cheque") != "", Reason: strings.TrimSpace(v.r.FormValue("reason"))})
	if err != nil {
		return err
	}
	return v.undoable(customerPath(id), holdDone(v, &h), "/holds/"+strconv.FormatInt(h.Hold, 10)+"/end?outcome=withdrawn")
}

// holdDone says what a hold does.
func holdDone(v *visit, h *app.HoldReport) string {
	about := "everything"
	if h.Item != "" {
		about = strings.TrimPrefix(h.Item, "item:")
	}
	until := "until it is ended"
	if h.Until != nil {
		until = "until " + v.f.Day(*h.Until)
	}
	return look.Title(string(h.Kind)) + " recorded: no reminder about " + about + " " + until + "."
}

// endHold ends a hold.
func endHold(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	if _, err := v.App.EndHold(v.r.Context(), v.request(""), id, v.r.FormValue("outcome"), v.r.FormValue("reason")); err != nil {
		return err
	}
	return v.done(v.back(), "Ended. The customer is decided again in the next run.")
}

// addNote records what somebody wrote down.
func addNote(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	creditor, ref, _, err := v.subject(id)
	if err != nil {
		return err
	}
	next, err := v.day("next")
	if err != nil {
		return err
	}
	file, given, err := v.attached("file")
	if err != nil {
		return err
	}
	note := app.NoteRequest{Creditor: creditor, Ref: ref, Class: v.r.FormValue("class"), Text: v.r.FormValue("text"), Next: next}
	if given {
		note.File = &file
	}
	if _, err = v.App.Note(v.r.Context(), v.request(""), note); err != nil {
		return err
	}
	return v.done(customerPath(id), "Note kept.")
}

// addPayment records money that came in, or a credit that was given.
func addPayment(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	creditor, ref, _, err := v.subject(id)
	if err != nil {
		return err
	}
	on, err := v.day("on")
	if err != nil {
		return err
	}
	cur, err := v.currencyOf(creditor, ref)
	if err != nil {
		return err
	}
	amount, err := v.amount("amount", cur)
	if err != nil {
		return err
	}
	asked := app.PayRequest{Creditor: creditor, Ref: ref, Amount: amount, On: on, Reference: v.r.FormValue("reference")}
	record := v.App.Pay
	if v.r.FormValue("kind") == "credit" {
		record = v.App.Credit
	}
	p, err := record(v.r.Context(), v.request(""), asked)
	if err != nil {
		return err
	}
	return v.undoable(customerPath(id), paidText(v, &p), "/payments/"+strconv.FormatInt(id, 10)+"/"+
		strconv.FormatInt(p.Entry, 10)+"/reverse")
}

// paidText says what a payment was set against.
func paidText(v *visit, p *app.PayReport) string {
	var parts []string
	for _, s := range p.Items {
		word := "paid in full"
		if !zero(s.Open.Amount) {
			word = v.f.Amount(s.Open.Amount, s.Open.Currency) + " left"
		}
		parts = append(parts, s.Item+" "+word)
	}
	text := v.f.Amount(p.Amount.Amount, p.Amount.Currency) + " recorded"
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	if !zero(p.Unapplied.Amount) {
		text += "; " + v.f.Amount(p.Unapplied.Amount, p.Unapplied.Currency) + " not set against an invoice"
	}
	return text + "."
}

// reversePayment takes a payment or credit back by a counter-entry.
func reversePayment(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	entry, err := v.number("entry")
	if err != nil {
		return err
	}
	view, err := v.customerOf(id)
	if err != nil {
		return err
	}
	on, err := v.day("on")
	if err != nil {
		return err
	}
	if err := v.App.Reverse(v.r.Context(), v.request(""), view.Creditor, "customer:"+view.Number, entry, on); err != nil {
		return err
	}
	return v.done(customerPath(id), "Taken back by a counter-entry: what it had settled is open again.")
}

// applyCredit sets unapplied money against open invoices.
func applyCredit(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	view, err := v.customerOf(id)
	if err != nil {
		return err
	}
	set, err := v.App.Apply(v.r.Context(), v.request(""), view.Creditor, "customer:"+view.Number)
	if err != nil {
		return err
	}
	return v.done(customerPath(id), "Set against "+look.Count(int64(len(set)), "invoice", "invoices")+".")
}

// addReason records why a customer pays late.
func addReason(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	creditor, ref, _, err := v.subject(id)
	if err != nil {
		return err
	}
	if _, err := v.App.LateReason(v.r.Context(), v.request(""), creditor, ref, v.r.FormValue("cause"),
		v.r.FormValue("text")); err != nil {
		return err
	}
	return v.done(customerPath(id), "Reason kept.")
}

// addContact adds somebody to write to or to call.
func addContact(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	if _, err := v.App.AddContact(v.r.Context(), v.request(""), id, app.NewContact{Role: book.Role(v.r.FormValue("role")),
		Name: strings.TrimSpace(v.r.FormValue("name")), Email: strings.TrimSpace(v.r.FormValue("email")),
		Phone: strings.TrimSpace(v.r.FormValue("phone"))}); err != nil {
		return err
	}
	return v.done(customerPath(id), "Contact added.")
}

// removeContact ends the use of a contact.
func removeContact(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	contact, err := v.number("contact")
	if err != nil {
		return err
	}
	if err := v.App.RemoveContact(v.r.Context(), v.request(""), id, contact); err != nil {
		return err
	}
	return v.done(customerPath(id), "Contact removed; what was sent to it stays known.")
}

// setCustomer changes what people decided about a customer.
func setCustomer(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	now, err := v.customerOf(id)
	if err != nil {
		return err
	}
	var change app.CustomerChange
	changed, e := 0, edits{v: v}
	for name, f := range changeable(&change, &now) {
		if sent, ok := v.r.PostForm[name]; ok && len(sent) > 0 && e.change(name, sent[0], f.now) {
			value := strings.ReplaceAll(sent[0], "\r\n", "\n")
			*f.to = &value
			changed++
		}
	}
	if err := e.err(); err != nil {
		return err
	}
	if changed == 0 {
		return v.done(customerPath(id), "Nothing was different.")
	}
	if _, err := v.App.SetCustomer(v.r.Context(), v.request(""), id, change); err != nil {
		return err
	}
	return v.done(customerPath(id), "Changed; the customer is decided again in the next run.")
}

// changing is a field of a customer as it is, and where its new value goes.
type changing struct {
	now string
	to  **string
}

func changeable(c *app.CustomerChange, v *app.CustomerView) map[string]changing {
	return map[string]changing{
		"name": {v.Name, &c.Name}, "address": {v.Address, &c.Address}, "register_no": {v.RegisterNo, &c.RegisterNo},
		"vat_id": {v.VATID, &c.VATID}, "kind": {v.Kind, &c.Kind}, "country": {v.Country, &c.Country},
		"language": {v.Language, &c.Language}, "strategy": {v.Strategy, &c.Strategy}, "flags": {v.Flags, &c.Flags},
		"account_owner": {v.AccountOwner, &c.AccountOwner}, "since": {v.Since, &c.Since}, "law": {v.Law, &c.Law},
		"goods": {v.Goods, &c.Goods}, "contract_rate": {v.ContractRate, &c.ContractRate},
		"date_agreed": {v.DateAgreed, &c.DateAgreed}, "mode": {v.Mode, &c.Mode},
	}
}

// taskDone records what came of a task.
func taskDone(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	until, err := v.day("until")
	if err != nil {
		return err
	}
	if err := v.App.TaskDone(v.r.Context(), v.request(""), id, v.r.FormValue("outcome"), until); err != nil {
		return err
	}
	return v.done(v.back(), "Done: "+look.Words(v.r.FormValue("outcome"))+".")
}

// zero reports whether an amount in plain decimals is nothing.
func zero(amount string) bool { return strings.Trim(amount, "-0.") == "" }

package web

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/web/look"
)

// addCall records what came of a call; a promise is recorded next.
func addCall(v *visit) error {
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
	outcome := v.r.FormValue("outcome")
	if _, err := v.App.Call(v.r.Context(), v.request(""), app.CallRequest{Creditor: creditor, Ref: ref, Outcome: outcome,
		Text: strings.TrimSpace(v.r.FormValue("text")), Next: next}); err != nil {
		return err
	}
	if outcome == "promised" {
		return v.done(customerPath(id)+"#agree", "Call kept. Record the promise below, so that reminders wait for it.")
	}
	return v.done(customerPath(id), "Call kept; it comes back on "+v.f.Day(next)+".")
}

// mayBeContacted is false while the law keeps everybody from the customer (guardrail R8).
func (c *file) mayBeContacted() bool {
	return !slices.ContainsFunc(c.Holds, func(h app.HoldReport) bool { return h.Kind == book.HoldMoratorium && h.State != app.HoldBegins })
}

// callAsked reports whether a call is what the ladder waits for.
func (c *file) callAsked() bool {
	return slices.ContainsFunc(c.Tasks, func(t app.TaskLine) bool { return t.Kind == "call" })
}

// phones are who can be called.
func (c *file) phones() []app.ContactView {
	var list []app.ContactView
	for _, p := range c.Contacts {
		if p.Phone != "" && p.State != "removed" {
			list = append(list, p)
		}
	}
	return list
}

// dial is a number as a telephone takes it.
func dial(phone string) string {
	return "tel:" + strings.Map(func(r rune) rune {
		if r == '+' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, phone)
}

// beforeCalling is what a caller should have before the eyes.
func (c *file) beforeCalling(v *visit) [][2]string {
	var rows [][2]string
	for _, b := range c.Balances {
		if !zero(b.Actionable) {
			rows = append(rows, [2]string{"Ask for", v.f.Amount(b.Actionable, b.Currency) + " in full, today"})
		}
	}
	if c.Usual.Known() {
		rows = append(rows, [2]string{"Habit", c.Usual.Text()})
	}
	for _, h := range c.Holds {
		text := holdUntil(v, &h)
		if said := holdText(v, &h); said != "" {
			text += ": " + said
		}
		rows = append(rows, [2]string{look.Title(v.holdWord(h.Kind)), text})
	}
	return rows
}

// writeTo is a mail to the customer for the reader's own program, with the items that may be
// asked for; "" if no address is known.
func (c *file) writeTo(v *visit) string {
	i := slices.IndexFunc(c.Contacts, func(p app.ContactView) bool {
		return p.Email != "" && p.State == "ok" && p.Role == book.AccountsPayable
	})
	if i < 0 {
		return ""
	}
	var lines, names []string
	for _, k := range c.shownItems("") {
		if k.DaysOverdue <= 0 || len(k.Held) > 0 {
			continue
		}
		line := itemRef(&k)
		if k.PO != "" {
			line += ", PO " + k.PO
		}
		names = append(names, itemRef(&k))
		lines = append(lines, line+", "+v.f.DateText(k.DueDate)+": "+v.f.Amount(k.Open, k.Currency))
	}
	subject := cmp.Or(listed(names, 3), c.Number)
	return "mailto:" + url.PathEscape(c.Contacts[i].Email) + "?subject=" + url.PathEscape(subject+" ("+v.creditor.Name+")") +
		"&body=" + url.PathEscape(strings.Join(lines, "\r\n"))
}

// account names the currency of a figure where the customer owes in several, each by itself.
func (c *file) account(cur money.Currency) string {
	if len(c.Balances) < 2 {
		return ""
	}
	return string(cur) + " account: "
}

// heldParts says what of the overdue sum is not asked for.
func heldParts(v *visit, b *app.Balance) string {
	var parts []string
	for _, p := range []struct{ amount, word string }{{b.Disputed, "disputed"}, {b.Promised, "promised"},
		{b.HeldOther, "held back"}, {b.Unapplied, "not matched"}} {
		if !zero(p.amount) {
			parts = append(parts, v.f.Amount(p.amount, b.Currency)+" "+p.word)
		}
	}
	return cmp.Or(strings.Join(parts, ", "), "nothing holds it")
}

// claimable is what may be claimed today beside the invoices of a currency, and of what it is
// made up; "" if nothing is.
func (c *file) claimable(v *visit, cur money.Currency) (sum, parts string) {
	var interest, compensation, offered int64
	for i := range c.Claims {
		k := &c.Claims[i]
		for _, h := range []struct {
			head *app.ClaimSum
			to   *int64
		}{{&k.Interest, &interest}, {&k.Compensation, &compensation}} {
			switch {
			case h.head.Amount == nil || h.head.Amount.Currency != cur:
			case h.head.Level == book.ClaimAll.String():
				*h.to = money.AddMinor(*h.to, h.head.Amount.Minor)
			case h.head.Level == book.Offer.String():
				offered = money.AddMinor(offered, h.head.Amount.Minor)
			}
		}
	}
	if interest+compensation+offered == 0 {
		return "", ""
	}
	var of []string
	for _, p := range []struct {
		minor int64
		word  string
	}{{interest, "interest"}, {compensation, "compensation"}} {
		if p.minor > 0 {
			of = append(of, p.word+" "+v.f.Money(p.minor, cur))
		}
	}
	parts = strings.Join(of, " + ")
	if offered > 0 {
		parts = strings.TrimPrefix(parts+"; "+v.f.Money(offered, cur)+" may be offered", "; ")
	}
	return v.f.Money(money.AddMinor(interest, compensation), cur), parts
}

// stageOf is how far an invoice has come, in a word or two.
func stageOf(v *visit, i *app.ItemView) (tone, text string) {
	switch {
	case len(i.Held) > 0:
		return "warn", v.heldWords(i.Held)
	case i.Told != "":
		return "info", v.stepName(i.Told)
	case i.DaysOverdue > 0:
		return "", "not written about"
	}
	return "", "not due"
}

// anyPO reports whether an open invoice has an order number.
func (c *file) anyPO() bool {
	return slices.ContainsFunc(c.Items, func(i app.ItemView) bool { return i.PO != "" })
}

// writesNext reports whether a message is what happens next.
func (c *file) writesNext() bool {
	return slices.ContainsFunc(c.Why.Decision.Actions, func(a app.ExplainedAction) bool {
		return a.Channel != "" && a.Channel != "task" && a.Hold == 0
	})
}

// basis is what could change the decision and what it was made by, in words.
func (c *file) basis(v *visit) [][2]string {
	var rows [][2]string
	for _, r := range c.shownReasons() {
		switch {
		case r.FirstDay != "":
			rows = append(rows, [2]string{"Could change on " + v.f.DateText(r.FirstDay), v.sentence(r.Text)})
		case r.UntilFact != "":
			rows = append(rows, [2]string{"Until " + look.Words(r.UntilFact), v.sentence(r.Text)})
		}
	}
	with := c.Why.Versions
	add := func(name, value string) {
		if value != "" {
			rows = append(rows, [2]string{name, value})
		}
	}
	if with.ValidFrom != "" {
		add("Decided on", v.f.DateText(with.ValidFrom))
	}
	add("Strategy", strategyName(c.Why.Strategy)+": "+cmp.Or(c.Why.Why, "chosen"))
	add("State of the account", "after "+look.Count(with.Account, "change", "changes"))
	if with.Inputs > 0 {
		add("Settings and strategies", "edition "+strconv.FormatInt(with.Inputs, 10))
	}
	add("Law tables", "edition "+cmp.Or(with.Law, "not known"))
	add("Program", with.Build)
	return rows
}

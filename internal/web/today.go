package web

import (
	"cmp"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/strategy"
)

// day is what the page of today shows.
type day struct {
	Aging  []app.AgingCurrency
	Must   []app.TaskLine
	Calls  []app.TaskLine
	Groups []group // what goes out today, by step
	Waits  int     // messages that wait for a person
}

// group is the messages of one step in one currency.
type group struct {
	Step     string
	Currency money.Currency
	Count    int
	Waits    int
	Minor    int64
	First    app.OutboxMessage
}

// today is the page that a day begins with: what must be done, whom to call, what goes out.
func today(v *visit) error {
	ctx := v.r.Context()
	d := day{}
	aging, err := v.App.Aging(ctx, app.AgingRequest{Creditor: v.creditor.Code})
	if err != nil {
		return err
	}
	d.Aging = aging.Currencies
	tasks, err := v.App.Tasks(ctx, v.creditor.Code, false)
	if err != nil {
		return err
	}
	for _, t := range tasks {
		switch {
		case t.Not != nil:
		case t.Kind == string(strategy.KindCall):
			d.Calls = append(d.Calls, t)
		default:
			d.Must = append(d.Must, t)
		}
	}
	slices.SortStableFunc(d.Calls, func(x, y app.TaskLine) int { return cmp.Compare(minor(&y), minor(&x)) })
	list, err := v.App.Outbox(ctx, app.OutboxFilter{Creditor: v.creditor.Code})
	if err != nil {
		return err
	}
	d.group(list)
	return v.page("Today", todayPage(v, &d))
}

func minor(t *app.TaskLine) int64 {
	m, _ := money.ParseMinor(t.Amount, t.Currency.Exponent())
	return m
}

// group gathers the messages that can still leave by step and currency.
func (d *day) group(list []app.OutboxMessage) {
	for _, m := range list {
		if m.State != book.Proposed && m.State != book.Approved && m.State != book.Claimed {
			continue
		}
		at := slices.IndexFunc(d.Groups, func(g group) bool { return g.Step == m.Step && g.Currency == m.Currency })
		if at < 0 {
			d.Groups = append(d.Groups, group{Step: m.Step, Currency: m.Currency, First: m})
			at = len(d.Groups) - 1
		}
		g := &d.Groups[at]
		g.Count++
		amount, _ := money.ParseMinor(m.Amount, m.Currency.Exponent())
		g.Minor += amount
		if m.State == book.Proposed {
			g.Waits++
			d.Waits++
		}
	}
	slices.SortFunc(d.Groups, func(x, y group) int { return cmp.Or(y.Count-x.Count, strings.Compare(x.Step, y.Step)) })
}

// taskWords says a task in a sentence that a person would use.
var taskWords = map[string]string{
	"call":                   "Call",
	"decide":                 "Decide how it goes on",
	"ask_owner":              "Ask the account owner",
	"review_old_items":       "Look through old invoices taken over",
	"write_off_residue":      "Write off a residue",
	"write_off_small":        "Write off small balances",
	"message_unknown":        "Find out whether a message arrived",
	"address_failed":         "Address refused: find another one",
	"message_refused":        "The mail server will not take a message",
	"post_letter":            "Was the letter posted?",
	"allocate_credit":        "Set unapplied money against invoices",
	"name_account_owner":     "Name an account owner",
	"propose_credit_hold":    "Credit hold on new orders?",
	"no_contact":             "No way to write: add an address",
	"note":                   "Look again",
	"confirm_kind":           "Company or person? Confirm before legal steps",
	"judge_promise":          "Promise due: has the money come?",
	"messages_by_other_ways": "Write by another way",
}

func taskTitle(t *app.TaskLine) string {
	if w, ok := taskWords[t.Kind]; ok {
		return w
	}
	w, ok := taskWords[t.Step]
	if ok {
		return w
	}
	name := cmp.Or(t.Step, t.Kind)
	return strings.ToUpper(name[:1]) + strings.ReplaceAll(name[1:], "_", " ")
}

// stepNames are the names of steps on our screens; messages use the names of their language.
var stepNames = map[string]string{
	"courtesy": "courtesy note", "confirm": "request to confirm", "statement": "statement of account",
	"opening": "opening statement", "friendly": "friendly reminder", "reminder": "reminder",
	"second": "second reminder", "formal": "formal reminder", "last_note": "last note",
	"final_demand": "final demand", "broken_promise": "note on a broken promise",
	"dispute_answer": "answer to a dispute", "resumption": "statement after a pause", "correction": "correction",
	"call_1": "call", "call_2": "second call", "exec_call": "call by the manager", "ask_owner": "question to the account owner",
	"decide": "decision", "receipt": "thank-you note",
}

func stepName(step string) string { return cmp.Or(stepNames[step], strings.ReplaceAll(step, "_", " ")) }

// stepPlural is the name of several messages of a step.
func stepPlural(step string, n int) string {
	name := stepName(step)
	switch {
	case n == 1:
		return name
	case strings.HasPrefix(step, "broken"):
		return "notes on broken promises"
	case step == "confirm":
		return "requests to confirm"
	case step == "statement":
		return "statements of account"
	}
	return name + "s"
}

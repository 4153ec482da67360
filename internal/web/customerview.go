package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/web/look"
)

// sent is what was filled into a field of a form that could not be done; else "".
func (v *visit) sent(form, field string) string {
	if !v.sentTo(form) {
		return ""
	}
	if values := v.failed.form[field]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// ticked reports whether a choice was among those of the form that could not be done.
func (v *visit) ticked(form, field, value string) bool {
	return v.sentTo(form) && slices.Contains(v.failed.form[field], value)
}

// sentTo reports whether the form whose address ends so could not be done.
func (v *visit) sentTo(form string) bool {
	return v.failed != nil && strings.HasSuffix(v.failed.action, "/"+form)
}

// headline is what a customer is, in one line.
func (c *file) headline() string {
	parts := []string{kindWord(c.Kind)}
	for _, p := range []string{c.RegisterNo, c.VATID, c.Country} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	if c.Since != "" {
		parts = append(parts, "customer since "+c.Since)
	}
	if c.Flags != "" {
		parts = append(parts, look.Words(c.Flags))
	}
	if c.AccountOwner != "" {
		parts = append(parts, "account owner "+c.AccountOwner)
	}
	return strings.Join(parts, " · ")
}

func kindWord(kind string) string {
	switch kind {
	case "individual":
		return "person in business"
	case "public_body":
		return "public body"
	case "unknown":
		return "company or person: not confirmed"
	}
	return kind
}

// nextTitle says in one line what happens next.
func (c *file) nextTitle(v *visit) string {
	for i := range c.Why.Decision.Actions {
		a := &c.Why.Decision.Actions[i]
		if a.Step != "" && a.Channel != "" {
			if a.Channel == "task" {
				return "Next: " + v.stepName(a.Step) + " on " + v.f.Day(a.Day)
			}
			return "Next: " + v.stepName(a.Step) + " on " + v.f.Day(a.Day) + ", by " + channelWord(a.Channel)
		}
	}
	for i := range c.Why.Decision.Actions {
		a := &c.Why.Decision.Actions[i]
		return "Next: " + look.Words(cmp.Or(a.Task, a.Step)) + " on " + v.f.Day(a.Day)
	}
	if c.Why.NextLookOn != "" {
		return "Nothing today; looked at again on " + v.f.DateText(c.Why.NextLookOn)
	}
	return "Nothing to do until something changes"
}

// actionSentence says what is done and about what.
func actionSentence(v *visit, a *app.ExplainedAction) string {
	var b strings.Builder
	b.WriteString(look.Title(cmp.Or(v.stepName(a.Step), look.Words(a.Task))))
	if a.Channel != "" && a.Channel != "task" {
		b.WriteString(" by " + channelWord(a.Channel))
	}
	if a.Role != "" {
		b.WriteString(" to " + look.Words(a.Role))
	}
	if a.Amount != "" {
		b.WriteString(": " + v.f.Amount(a.Amount, money.Currency(a.Curr)))
	}
	if len(a.Items) > 0 {
		b.WriteString(" for " + listed(a.Items, 6))
	}
	if a.PayBy.Valid() {
		b.WriteString(", to be paid by " + v.f.Day(a.PayBy))
	}
	return b.String() + "."
}

// listed names the first few of a list.
func listed(all []string, n int) string { return namedOf(all[:min(len(all), n)], len(all)) }

// namedOf names the first few of so many.
func namedOf(first []string, of int) string {
	text := strings.Join(first, ", ")
	if of > len(first) {
		text += " and " + strconv.Itoa(of-len(first)) + " more"
	}
	return text
}

// reasonItems names the items that a reason is about.
func reasonItems(r *app.ExplainedReason) string {
	switch {
	case r.Item != "":
		return "(" + r.Item + ")"
	case len(r.Items) > 0:
		return "(" + listed(r.Items, 4) + ")"
	}
	return ""
}

// source says where the decision comes from.
func (c *file) source() string {
	switch c.Why.Source {
	case "stale":
		if c.Why.StaleBy == "inputs" {
			return "A setting has changed since; the next run decides again."
		}
		return "Something has come in since; the next run decides again."
	case "computed":
		return "Computed just now; no run has looked at this customer yet."
	}
	return "Decided by strategy " + strategyName(c.Why.Strategy) + "."
}

func overdueDays(n int) string {
	if n <= 0 {
		return "–"
	}
	return strconv.Itoa(n)
}

// net is the balance of each currency in one line.
func (c *file) net(v *visit) string {
	var parts []string
	for _, b := range c.Balances {
		parts = append(parts, v.f.Amount(b.Open, b.Currency))
	}
	return strings.Join(parts, " and ")
}

func holdUntil(v *visit, h *app.HoldReport) string {
	switch {
	case h.State == app.HoldBegins:
		return "from " + v.f.Day(h.From)
	case h.Until == nil:
		return "until ended"
	}
	return "until " + v.f.Day(*h.Until)
}

func holdText(v *visit, h *app.HoldReport) string {
	text := h.Reason
	if h.Amount != nil && !zero(h.Amount.Amount) {
		text = v.f.Amount(h.Amount.Amount, h.Amount.Currency) + ". " + text
	}
	return text
}

// endsOf are the ways in which a hold can end, as words for the rules and for people.
func endsOf(k book.HoldKind) [][2]string {
	switch k {
	case book.HoldDispute:
		return [][2]string{{decide.OutcomeUpheld, "Decided for us"}, {"credited", "Credited"}, {decide.OutcomeSplit, "Split"},
			{"withdrawn", "Was a mistake"}}
	case book.HoldPromise:
		return [][2]string{{decide.OutcomeKept, "Kept"}, {decide.OutcomePartly, "Kept in part"}, {decide.OutcomeBroken, "Broken"},
			{"withdrawn", "Was a mistake"}}
	case book.HoldPlan, book.HoldDeferral:
		return [][2]string{{decide.OutcomeKept, "Kept"}, {decide.OutcomeBroken, "Broken"}, {"withdrawn", "Was a mistake"}}
	}
	return [][2]string{{"", "End it"}}
}

func contactName(p *app.ContactView) string { return cmp.Or(p.Name, p.Email, p.Phone) }

// agreeKinds are what can be agreed on the page of a customer.
var agreeKinds = []book.HoldKind{book.HoldPromise, book.HoldDeferral, book.HoldPause, book.HoldAlreadyPaid,
	book.HoldUndelivered, book.HoldPlan, book.HoldPlaced, book.HoldCourt, book.HoldInsolvency, book.HoldMoratorium}

// particulars are what is known of a customer.
func (c *file) particulars(v *visit) [][2]string {
	rows := [][2]string{{"Kind", kindWord(c.Kind)}, {"Address", strings.ReplaceAll(c.Address, "\n", ", ")},
		{"Country", c.Country}, {"Language", c.Language}, {"Strategy", strategyName(c.Strategy)},
		{"Payment date agreed", c.DateAgreed}, {"Law of the contract", cmp.Or(c.Law, "that of the seller")},
		{"Rate in signed terms", percent(c.ContractRate)}, {"Mode", cmp.Or(look.Words(c.Mode), "as the book")}}
	kept := rows[:0]
	for _, r := range rows {
		if r[1] != "" {
			kept = append(kept, r)
		}
	}
	return kept
}

func percent(rate string) string {
	if rate == "" || zero(rate) {
		return "none on file"
	}
	return rate + " % a year"
}

// editField is a field of a customer in a form.
type editField struct {
	name, label, value, kind, hint string
	choices                        [][2]string
	long                           bool
}

// editable is what a person may change about a customer.
func (c *file) editable() []editField {
	tri := [][2]string{{"unknown", "not known"}, {"yes", "yes"}, {"no", "no"}}
	strategies := [][2]string{{"", "the first that fits"}}
	for _, k := range strategy.Keys {
		strategies = append(strategies, [2]string{k, strategyName(k)})
	}
	return []editField{
		{name: "name", label: "Name", value: c.Name, kind: "text"},
		{name: "address", label: "Address", value: c.Address, long: true},
		{name: "kind", label: "Kind", value: c.Kind, choices: [][2]string{{"company", "company"}, {"individual", "person in business"},
			{"public_body", "public body"}, {"consumer", "consumer (never worked)"}, {"unknown", "not known"}},
			hint: "Not known is treated as a person in business, which is the more careful way."},
		{name: "strategy", label: "Strategy", value: c.Strategy, choices: strategies},
		{name: "language", label: "Language of messages", value: c.Language,
			choices: [][2]string{{"en-GB", "English (UK)"}, {"en-US", "English (US)"}, {"de", "German"}}},
		{name: "country", label: "Country", value: c.Country, kind: "text"},
		{name: "date_agreed", label: "Payment date agreed in the contract", value: c.DateAgreed, choices: tri},
		{name: "contract_rate", label: "Rate in signed terms, percent a year", value: c.ContractRate, kind: "text"},
		{name: "since", label: "Customer since", value: c.Since, kind: "date"},
		{name: "flags", label: "Flags", value: c.Flags, kind: "text", hint: "gentle, key_account, portal, po_required, monthly_statement, intercompany"},
		{name: "account_owner", label: "Account owner (sales)", value: c.AccountOwner, kind: "text"},
		{name: "register_no", label: "Register number", value: c.RegisterNo, kind: "text"},
		{name: "vat_id", label: "VAT id", value: c.VATID, kind: "text"},
		{name: "mode", label: "Mode", value: c.Mode, choices: [][2]string{{"", "as the book"}, {"observe", "observe only"}, {"ask_first", "ask me first"}}},
	}
}

// What a page shows of a customer with thousands of documents: lists say how many there are
// and lead to the others.
const (
	itemsShown    = 50
	messagesShown = 20
	reasonsShown  = 30
	choiceMost    = 100 // items to choose one from; of more the number is typed
)

// shownItems are the open items of the page: of many the oldest due, with the one that the
// address asks for.
func (c *file) shownItems(asked string) []app.ItemView {
	if len(c.Items) <= itemsShown {
		return c.Items
	}
	items := slices.Clone(c.Items)
	slices.SortStableFunc(items, func(x, y app.ItemView) int {
		return cmp.Or(cmp.Compare(asking(&y, asked), asking(&x, asked)), cmp.Compare(y.DaysOverdue, x.DaysOverdue),
			cmp.Compare(x.DueDate, y.DueDate))
	})
	return items[:itemsShown]
}

func asking(i *app.ItemView, asked string) int {
	if itemRef(i) == asked {
		return 1
	}
	return 0
}

// shownReasons are the first reasons of the decision; those about the whole account lead.
func (c *file) shownReasons() []app.ExplainedReason {
	all := c.Why.Decision.Reasons
	if len(all) <= reasonsShown {
		return all
	}
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(x, y app.ExplainedReason) int { return cmp.Compare(min(len(x.Items), 1), min(len(y.Items), 1)) })
	return all[:reasonsShown]
}

// shownMessages are the newest messages.
func (c *file) shownMessages() []app.ExplainedMessage {
	return c.Why.Messages[max(0, len(c.Why.Messages)-messagesShown):]
}

// shownClaims are the claims on the oldest items.
func (c *file) shownClaims() []app.ClaimToday { return c.Claims[:min(len(c.Claims), itemsShown)] }

// shownPapers are a page of the papers; more is where the next begins, 0 at the end.
func (c *file) shownPapers(v *visit) (page []app.Paper, more int) {
	from, _ := strconv.Atoi(v.r.FormValue("papers"))
	from = min(max(from, 0), len(c.Papers))
	to := min(from+messagesShown, len(c.Papers))
	if to < len(c.Papers) {
		more = to
	}
	return c.Papers[from:to], more
}

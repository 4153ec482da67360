package portal

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/document"
	"github.com/recoup-project/recoup/internal/document/locale"
	"github.com/recoup-project/recoup/internal/throttle"
)

// visit is one request for a page behind a link.
type visit struct {
	*server
	w http.ResponseWriter
	r *http.Request
	app.Portal
	texts
	language locale.Language
	chosen   map[int64]bool
}

// errSlow is the answer to who asks too often.
var errSlow = &app.Error{Kind: app.Unavailable, Code: "slow", Message: "too many requests"}

// begin proves the link and reads what is behind it.
func (v *visit) begin() error {
	p, err := v.app.Portal(v.r.Context(), v.r.PathValue("token"))
	if app.AsError(err).Code == "link_unknown" {
		if _, ok := v.guesses.Allow(throttle.Network(v.r.RemoteAddr), v.now()); !ok {
			return errSlow
		}
	}
	if err != nil {
		return err
	}
	limit := v.visits
	if v.r.Method == http.MethodPost {
		limit = v.answers
	}
	if _, ok := limit.Allow(p.Token, v.now()); !ok {
		return errSlow
	}
	v.Portal, v.language = p, p.Language
	if asked := locale.Language(v.r.URL.Query().Get("lang")); asked.Known() {
		v.language = asked
	}
	v.texts = catalogue()[v.language]
	return nil
}

// choose takes the items that a form names; none was shown yet: what is overdue and not
// held back, else all.
func (v *visit) choose(form url.Values) {
	v.chosen = map[int64]bool{}
	for _, id := range form["item"] {
		if n, err := strconv.ParseInt(id, 10, 64); err == nil {
			v.chosen[n] = true
		}
	}
	if form.Has("chosen") || len(v.chosen) > 0 {
		return
	}
	free := func(i app.PortalItem) bool { return payable(&i) > 0 }
	late := slices.ContainsFunc(v.Items, func(i app.PortalItem) bool { return free(i) && i.Overdue })
	for _, i := range v.Items {
		if free(i) && (i.Overdue || !late) {
			v.chosen[i.ID] = true
		}
	}
}

// payable is what we ask for of an item: not the part that is in question or put off.
func payable(i *app.PortalItem) int64 {
	switch {
	case i.State == "":
		return i.Open.Minor
	case i.HeldMinor > 0 && i.HeldMinor < i.Open.Minor:
		return i.Open.Minor - i.HeldMinor
	}
	return 0
}

// sum is what is to be paid of the chosen items in one currency, and by which days.
type sum struct {
	Chosen, Credit, Pay money.Money
	Days                []dayPart // the earliest first
}

// dayPart is the part of a sum that is to be paid by one day; None: that day has passed.
type dayPart struct {
	By   cal.Date
	Part money.Money
}

// add counts what is asked for of an item.
func (s *sum) add(i *app.PortalItem) {
	asked := cmp.Or(payable(i), i.Open.Minor)
	s.Chosen.Minor = money.AddMinor(s.Chosen.Minor, asked)
	by := payBy(i)
	n, found := slices.BinarySearchFunc(s.Days, by, func(d dayPart, by cal.Date) int { return cmp.Compare(d.By, by) })
	if !found {
		s.Days = slices.Insert(s.Days, n, dayPart{by, money.Money{Currency: s.Chosen.Currency}})
	}
	s.Days[n].Part.Minor = money.AddMinor(s.Days[n].Part.Minor, asked)
}

// payBy is the last day to pay an item: the one that was promised or agreed, else the one
// that our last message named, else the due date. None where that has passed.
func payBy(i *app.PortalItem) cal.Date {
	agreed := i.State == book.HoldPromise || i.State == book.HoldDeferral
	switch {
	case agreed && payable(i) == 0 && i.StateUntil.Valid() && i.StateUntil != cal.Far:
		return i.StateUntil
	case i.PayBy.Valid():
		return i.PayBy
	case i.Overdue || !i.DueDate.Valid():
		return cal.None
	}
	return i.DueDate
}

// sums are those of the chosen items. What is not matched yet is taken off where all of a
// currency is chosen, as our messages do; else it would be taken off more than once.
func (v *visit) sums() []sum {
	var out []sum
	for _, c := range v.currencies() {
		s := sum{Chosen: money.Money{Currency: c}, Credit: money.Money{Currency: c}}
		all := v.More == 0
		for _, i := range v.Items {
			switch {
			case i.Open.Currency != c:
			case v.chosen[i.ID]:
				s.add(&i)
			case i.Overdue && payable(&i) > 0:
				all = false
			}
		}
		for _, k := range v.Credits {
			if all && k.Amount.Currency == c {
				s.Credit.Minor = money.AddMinor(s.Credit.Minor, k.Amount.Minor)
			}
		}
		s.Credit.Minor = min(s.Credit.Minor, s.Chosen.Minor)
		s.Pay = money.Money{Minor: s.Chosen.Minor - s.Credit.Minor, Currency: c}
		if s.Chosen.Minor > 0 {
			out = append(out, s)
		}
	}
	return out
}

func (v *visit) currencies() []money.Currency {
	var all []money.Currency
	for _, i := range v.Items {
		if !slices.Contains(all, i.Open.Currency) {
			all = append(all, i.Open.Currency)
		}
	}
	return all
}

// path is the address of a part of the page, in the language that was chosen.
func (v *visit) path(parts ...string) string {
	p := "/p/" + v.Token
	for _, s := range parts {
		p += "/" + s
	}
	if v.language != v.Language {
		p += "?lang=" + string(v.language)
	}
	return p
}

// in is the address of this page in another language.
func (v *visit) in(l locale.Language) string {
	q := v.r.URL.Query()
	q.Set("lang", string(l))
	return v.r.URL.EscapedPath() + "?" + q.Encode()
}

func (v *visit) money(m money.Money) string { return v.language.Money(m) }

// date writes a day; a dash where it is not known.
func (v *visit) date(d cal.Date) string { return cmp.Or(v.language.ShortDate(d), "–") }

// day writes a day with its weekday.
func (v *visit) day(d cal.Date) string { return v.language.Day(d) }

// initials are the sign of the creditor.
func (v *visit) initials() string {
	out := ""
	for _, word := range strings.Fields(v.Creditor.LegalName) {
		if r, _ := utf8.DecodeRuneInString(word); len(out) < 2 && r >= 'A' {
			out += strings.ToUpper(string(r))
		}
	}
	return out
}

// heading says how much is open.
func (v *visit) heading() string {
	switch n := len(v.Items) + v.More; n {
	case 0:
		return v.say("open_none")
	case 1:
		return v.say("open_one")
	default:
		return v.say("open_many", v.language.Number(n))
	}
}

// whom says whose account it is.
func (v *visit) whom() string {
	switch {
	case v.Approver:
		return v.say("for_approver", v.Name, v.Number)
	case len(v.Items) == 0:
		return v.say("for_none", v.Name, v.Number)
	}
	return v.say("for", v.Name, v.Number)
}

// until writes the end of a hold; nothing if it has none.
func (v *visit) until(d cal.Date) string {
	if !d.Valid() || d == cal.Far {
		return ""
	}
	return v.date(d)
}

// state says what keeps an item back, with the tone of its sign.
func (v *visit) state(i *app.PortalItem) (tone, words string) {
	switch i.State {
	case book.HoldDispute:
		if i.HeldMinor > 0 && i.HeldMinor < i.Open.Minor {
			return "warn", v.say("state_dispute_part", v.money(money.Money{Minor: i.HeldMinor, Currency: i.Open.Currency}))
		}
		return "warn", v.say("state_dispute")
	case book.HoldPromise, book.HoldDeferral:
		return "info", v.say("state_"+string(i.State), v.until(i.StateUntil))
	case book.HoldAlreadyPaid, book.HoldPlan:
		return "info", v.say("state_" + string(i.State))
	}
	return "", ""
}

// orders reports whether an item has an order number: else there is no column for it.
func (v *visit) orders() bool {
	return slices.ContainsFunc(v.Items, func(i app.PortalItem) bool { return i.PO != "" })
}

// copies reports whether there is a copy of an invoice.
func (v *visit) copies() bool {
	return slices.ContainsFunc(v.Items, func(i app.PortalItem) bool { return len(i.Papers) > 0 })
}

// totalLabel names the line of a total: with the day, if there is one for all of it.
func (v *visit) totalLabel(s *sum) string {
	switch {
	case len(s.Days) > 1:
		return v.say("to_pay_all")
	case s.Days[0].By.Valid():
		return v.say("to_pay_by", v.language.Date(s.Days[0].By))
	}
	return v.say("to_pay")
}

// dayLabel names the line of a part of a total.
func (v *visit) dayLabel(d dayPart) string {
	if d.By.Valid() {
		return v.say("by_day", v.language.Date(d.By))
	}
	return v.say("by_now")
}

// detail is a line of how to pay: shown as banks print it, copied as banks want it.
type detail struct{ Key, Name, Shown, Copied string }

// bank lists the details of the account to pay into.
func (v *visit) bank() []detail {
	b := v.Creditor.Bank
	all := []detail{{"holder", v.say("pay_to"), b.Holder, b.Holder}, {"bank", v.say("pay_bank"), b.Bank, b.Bank},
		{"iban", "IBAN", blocks(b.IBAN), strings.ReplaceAll(b.IBAN, " ", "")}, {"bic", "BIC", b.BIC, b.BIC},
		{"sort", "Sort code", b.SortCode, b.SortCode}, {"routing", "Routing (ABA)", b.Routing, b.Routing},
		{"account", v.say("pay_account"), b.Account, b.Account}, {"reference", v.say("pay_reference"), v.reference(), v.Reference}}
	return slices.DeleteFunc(all, func(d detail) bool { return d.Shown == "" })
}

// blocks sets a number in blocks of four, between which a narrow screen may break it.
func blocks(s string) string { return strings.ReplaceAll(document.Grouped(s), "\u00a0", " ") }

func (v *visit) reference() string {
	if document.ValidRFReference(v.Reference) {
		return blocks(v.Reference)
	}
	return v.Reference
}

// spoken is an event of the history as a sentence.
func (v *visit) spoken(e *app.PortalEvent) string {
	switch e.What {
	case "message":
		if e.Channel == book.Letter {
			return v.say("said_message_letter", e.Name)
		}
		return v.say("said_message_email", e.Name)
	case "payment":
		return v.say("said_payment", v.money(e.Amount))
	case "hold":
		return v.say("said_hold_"+string(e.Hold), v.until(e.Until))
	}
	return v.say("said_you", v.say("exit_"+e.What))
}

// beside are the smaller facts of an event.
func (v *visit) beside(e *app.PortalEvent) string {
	parts := slices.Clone(e.Items)
	if len(parts) > 5 {
		parts = append(parts[:5], "…")
	}
	line := strings.Join(parts, ", ")
	add := func(s string) {
		if line != "" {
			line += " · "
		}
		line += s
	}
	if e.Ref != 0 {
		add(v.say("reference_no", strconv.FormatInt(e.Ref, 10)))
	}
	if e.Ended {
		add(v.say("ended"))
	} else if e.Answer.Valid() && e.Answer >= v.Today {
		add(v.say("answer_by", v.date(e.Answer)))
	}
	return line
}

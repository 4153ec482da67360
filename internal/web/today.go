package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/web/look"
)

// laneLength is how many lines of a lane the page of today shows; the rest is a click away.
const laneLength = 9

// day is what the page of today shows.
type day struct {
	app.TodayCreditor
	Must    app.TaskPage
	Calls   app.CallPage
	Machine app.MachineLane
	SetUp   *checklist // of a book that is not ready yet; nil once it is, and of a simulated one
	// Observing says that the book's mode lets nothing leave.
	Observing bool
}

// today is the page that a day begins with: what must be done, whom to call, what goes out.
func today(v *visit) error {
	ctx, code := v.r.Context(), v.creditor.Code
	d := day{}
	report, err := v.App.Today(ctx, code)
	if err != nil {
		return err
	}
	d.TodayCreditor = report.Creditors[0]
	if d.Must, err = v.App.MustDo(ctx, code, "", laneLength); err != nil {
		return err
	}
	if d.Calls, err = v.App.Calls(ctx, code, "", laneLength); err != nil {
		return err
	}
	if d.Machine, err = v.App.Machine(ctx, code); err != nil {
		return err
	}
	if d.SetUp, err = v.unready(); err != nil {
		return err
	}
	mode, err := v.App.Setting(ctx, v.settingOf(app.SettingMode), app.SettingMode)
	if err != nil {
		return err
	}
	d.Observing = mode == "observe"
	return v.page("Today", todayPage(v, &d))
}

// worklist is one lane in full, page by page.
type worklist struct {
	Must  *app.TaskPage
	Calls *app.CallPage
}

// lane is the page of one lane, everything that must be done or everybody to call, or of why
// somebody is not called.
func lane(v *visit) error {
	var w worklist
	cursor := v.r.FormValue("after")
	title := "Must do"
	switch v.r.PathValue("lane") {
	case "left-out":
		return leftOut(v)
	case "calls":
		title = "Call list"
		page, err := v.App.Calls(v.r.Context(), v.creditor.Code, cursor, 50)
		if err != nil {
			return err
		}
		w.Calls = &page
	case "must":
		page, err := v.App.MustDo(v.r.Context(), v.creditor.Code, cursor, 50)
		if err != nil {
			return err
		}
		w.Must = &page
	default:
		return &app.Error{Kind: app.NotFound, Code: "page_not_found", Message: "there is no such page"}
	}
	return v.page(title, lanePage(v, title, &w))
}

// leftOut is the page of why somebody is not on the call list.
func leftOut(v *visit) error {
	calls, err := v.App.Calls(v.r.Context(), v.creditor.Code, "", 1)
	if err != nil {
		return err
	}
	list, err := v.App.Uncalled(v.r.Context(), v.creditor.Code)
	if err != nil {
		return err
	}
	return v.page("Why is someone not here?", leftOutPage(v, calls.Total, list))
}

// uncalledReason is a reason not to call, as people say it, and where such customers are listed.
type uncalledReason struct{ name, text, path string }

func uncalledWords(reason string) uncalledReason {
	units, days := app.CallsMinimum()
	switch reason {
	case app.UncalledNothing:
		return uncalledReason{"Nothing is overdue", "Paid, credited, or not due yet.", "/customers"}
	case app.UncalledExcluded:
		return uncalledReason{"Never worked", "Consumers and companies of the group.", ""}
	case app.UncalledHeld:
		return uncalledReason{"All of it is held", "A promise, a dispute, more time, a plan, a pause or a proceeding stands against every overdue invoice.", ""}
	case app.UncalledCredit:
		return uncalledReason{"Their money may settle it", "A payment or credit of theirs is not matched yet and is as large as what may be asked for.", ""}
	case app.UncalledContacted:
		return uncalledReason{"In writing with them", "A message left in the last three business days.", "/messages?shelf=today"}
	case app.UncalledWritten:
		return uncalledReason{"Is written to today", "One contact a day: a message of today is planned, or has left.", "/messages?shelf=today"}
	case app.UncalledHabit:
		return uncalledReason{"As late as ever", "No later than this customer usually pays.", ""}
	case app.UncalledOnItsWay:
		return uncalledReason{"Money may be on its way", "Overdue for at most " + look.Days(days) + ".", ""}
	}
	return uncalledReason{"Less than a call is worth", "Under " + strconv.Itoa(units) + " of the currency may be asked for, or less than the strategy calls for.", ""}
}

// heldChip is why messages do not leave, in a word or two.
func heldChip(reason string) string {
	switch reason {
	case "paid", "in_credit", "already_paid", "pending_payment":
		return "paid?"
	}
	return look.Words(reason)
}

// opening is the sentence under the date.
func (d *day) opening(v *visit) string {
	count := int64(0)
	since := ""
	for _, f := range d.Figures {
		if f.CameInCount > 0 {
			count += f.CameInCount
			since = v.f.Day(f.CameInSince)
		}
	}
	if count > 0 {
		return look.Count(count, "payment", "payments") + " came in since " + since + ". Nothing that is known to be paid is on this page."
	}
	return "Nothing that is known to be paid is on this page."
}

// freshness says how well the bank is known, and what that holds back.
func freshness(v *visit, d *app.TodayCreditor) (tone, text string) {
	switch {
	case d.CashKnown == "":
		return "warn", "Bank not looked at yet: reminders wait"
	case !d.Fresh:
		return "bad", "Bank data: " + v.sentence(d.CashKnown) + ", reminders wait"
	case !d.FreshFormal:
		return "warn", "Bank data: " + v.sentence(d.CashKnown) + ", formal ones wait"
	}
	return "good", "Bank data: " + v.sentence(d.CashKnown)
}

// share is the sentence on the largest debtor.
func share(v *visit, f *app.TodayFigures) string {
	if f.Largest == nil || f.Largest.SharePct < 15 {
		return look.Count(int64(f.OverdueCustomers), "customer", "customers")
	}
	return v.f.Round(f.Largest.Overdue.Minor, f.Currency) + " of it " + f.Largest.Name
}

// taskWords says a task in words that a person would use.
var taskWords = map[string]string{
	"call":                "Call",
	"decide":              "Decide how it goes on",
	"ask_owner":           "Ask the account owner",
	"review_old_items":    "Look through old invoices taken over",
	"write_off_residue":   "Write off a residue",
	"write_off_small":     "Write off small balances",
	"message_unknown":     "Find out whether a message arrived",
	"address_failed":      "Address refused: find another one",
	"message_refused":     "The mail server will not take a message",
	"post_letter":         "Was the letter posted?",
	"allocate_credit":     "Set money not yet matched against invoices",
	"name_account_owner":  "Name an account owner",
	"propose_credit_hold": "Credit hold on new orders?",
	"no_contact":          "No way to write: add an address",
	"no_postal_address":   "No way to post a letter: add an address",
	"fix_due_date":        "An invoice has no due date",
	"fetch_delivery_slip": "Fetch the proof of delivery",
	"note":                "Look again",

	"debtor_paid":    "They say it is paid",
	"debtor_dispute": "They question an invoice",
	"debtor_copy":    "They ask for a copy",
	"debtor_time":    "They ask for more time",
	"debtor_plan":    "They ask for instalments",
	"debtor_contact": "They name another contact",
	"debtor_terms":   "They ask about the terms",
}

// taskCauses say why there is a task whose kind gives no reason of its own.
var taskCauses = map[string]string{
	"no_contact":          "Its turn has come, and there is no address to write to: nothing goes out.",
	"no_postal_address":   "The next step goes by post, and there is no address: it does not go out.",
	"fix_due_date":        "Nothing is asked for without a due date.",
	"allocate_credit":     "Money of theirs covers what would be asked for: no reminder goes out until it is matched.",
	"name_account_owner":  "A key account is asked by its own steps only once somebody answers for it.",
	"propose_credit_hold": "A formal reminder is due, and new orders still go out on credit.",
	"ask_owner":           "A key account is overdue: its owner is asked before anything is written.",
	"decide":              "Every step has been taken, and it is still open.",
	"review_old_items":    "Long overdue when the book was taken over: nothing is written before somebody looks.",
	"write_off_residue":   "Too little is left to be asked for.",
	"write_off_small":     "Too little is open to be worth another step.",
	"post_letter":         "Until somebody says that it was posted it does not count.",
	"fetch_delivery_slip": "The post keeps it for a limited time only.",
	"debtor_paid":         "They are not reminded until it is looked up.",
	"debtor_dispute":      "What they question is not asked for until we answer.",
	"debtor_copy":         "They are not reminded until they have it.",
	"debtor_time":         "They are not reminded until we answer.",
	"debtor_plan":         "They are not reminded until we answer.",
	"debtor_contact":      "What we send may not reach the right person.",
	"debtor_terms":        "They are not reminded until we answer.",
}

func taskTitle(t *app.TaskLine) string {
	if w, ok := taskWords[t.Kind]; ok {
		return w
	}
	if w, ok := taskWords[t.Step]; ok {
		return w
	}
	return look.Title(cmp.Or(t.Step, t.Kind))
}

// taskSentence says why a task is there.
func taskSentence(v *visit, t *app.TaskLine) string {
	if t.Privileged && !v.user.may(access.ViewPrivileged) {
		return "A privileged note."
	}
	since := "Since " + v.f.Day(t.DueDay) + "."
	if strings.HasPrefix(t.Kind, "debtor_") {
		since = "Answer by " + v.f.Day(t.DueDay) + "."
	}
	if t.Note != 0 {
		return t.Reason
	}
	if info, ok := reason.Lookup(reason.Code(t.Reason)); ok && info.Text != "" {
		return reasonText(t.Reason) + " " + since
	}
	for _, kind := range []string{t.Kind, t.Step} {
		if cause, ok := taskCauses[kind]; ok {
			return cause + " " + since
		}
	}
	return strings.TrimSpace(t.Reason + " " + since)
}

func taskPath(t *app.TaskLine) string {
	return customerPath(t.CustomerID) + "#task-" + strconv.FormatInt(t.ID, 10)
}

// stepName is a step in the words of the reader; messages use the names of their language.
func (v *visit) stepName(step string) string {
	return v.f.Language.Words(app.StepWords(step))
}

// stepPlural is the name of several messages of a step.
func (v *visit) stepPlural(step string, n int) string {
	name := v.stepName(step)
	switch {
	case n == 1:
		return name
	case step == "broken_promise":
		return "notes on broken promises"
	case step == "confirm":
		return "requests to confirm"
	case step == "statement":
		return "statements of account"
	case step == "dispute_answer":
		return "answers to disputes"
	case step == "resumption":
		return "statements after a pause"
	}
	return name + "s"
}

// payBy is the day, or the days, that the messages of a group name.
func payBy(v *visit, g *app.MachineGroup) string {
	switch {
	case g.PayBy == "":
		return ""
	case g.PayBy == g.PayByLast:
		return "Pay by " + v.f.DateText(g.PayBy) + ". "
	}
	return "Pay by " + v.f.DateText(g.PayBy) + " to " + v.f.DateText(g.PayByLast) + ". "
}

// machineSize is how much goes out.
func machineSize(m *app.MachineLane) string {
	messages := look.Count(int64(m.Messages), "message", "messages")
	if m.Messages == m.Customers {
		return messages
	}
	return messages + ", " + look.Count(int64(m.Customers), "customer", "customers")
}

// machineState says what has become of the messages of a group.
func machineState(g *app.MachineGroup) string {
	var parts []string
	add := func(n int, word string) {
		if n > 0 {
			parts = append(parts, strconv.Itoa(n)+" "+word)
		}
	}
	add(g.Waiting, "to look at")
	add(g.Released, "released")
	add(g.Count-g.Waiting-g.Released, "gone")
	return strings.Join(parts, ", ") + "."
}

// waiting is how many messages of the lane wait for a person.
func waiting(m *app.MachineLane) int {
	n := 0
	for _, g := range m.Groups {
		n += g.Waiting
	}
	return n
}

// byCount puts what holds most messages back first.
func byCount(held []app.HeldBack) []app.HeldBack {
	held = slices.Clone(held)
	slices.SortStableFunc(held, func(x, y app.HeldBack) int { return y.Count - x.Count })
	return held
}

// currencyLabel names the currency of a figure where there are several.
func currencyLabel(d *day, f *app.TodayFigures) string {
	if len(d.Figures) > 1 {
		return string(f.Currency)
	}
	return ""
}

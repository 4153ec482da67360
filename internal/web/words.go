package web

import (
	"regexp"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/reason"
)

var blank = regexp.MustCompile(`\{[a-z_]+\}`)

// reasonText is the sentence of a reason code without what it would be filled with; other
// text stays as it is.
func reasonText(code string) string {
	info, ok := reason.Lookup(reason.Code(code))
	if !ok {
		return code
	}
	text := info.Text
	if head, tail, found := strings.Cut(text, ";"); found && blank.MatchString(tail) {
		text = head + "."
	}
	return strings.ReplaceAll(blank.ReplaceAllString(text, "…"), "….", "…")
}

// stateTone is the colour of a message's state; the word stands beside it.
func stateTone(s book.MessageState) string {
	switch s {
	case book.Sent:
		return "good"
	case book.Proposed:
		return "info"
	case book.Unknown, book.HandingOver:
		return "warn"
	case book.Failed, book.Stopped:
		return "bad"
	}
	return ""
}

var stateWords = map[book.MessageState]string{
	book.Proposed: "to look at", book.Approved: "released", book.Claimed: "being sent", book.HandingOver: "being handed over",
	book.Sent: "sent", book.Unknown: "unknown whether it arrived",
}

func stateWord(s book.MessageState) string {
	if w, ok := stateWords[s]; ok {
		return w
	}
	return strings.ReplaceAll(string(s), "_", " ")
}

var channelWords = map[book.Channel]string{book.Email: "email", book.Letter: "letter", book.Phone: "phone"}

func channelWord(c string) string {
	if w, ok := channelWords[book.Channel(c)]; ok {
		return w
	}
	return c
}

var roleWords = map[book.Role]string{
	book.AccountsPayable: "accounts payable", "approver": "approver", "finance_lead": "finance lead", "general": "general",
	"orderer": "who ordered", "director": "director", "legal_notice": "legal notices",
}

func roleWord(r book.Role) string {
	if w, ok := roleWords[r]; ok {
		return w
	}
	return strings.ReplaceAll(string(r), "_", " ")
}

var holdWords = map[book.HoldKind]string{
	book.HoldDispute: "Dispute", book.HoldPromise: "Promise to pay", book.HoldDeferral: "More time (deferral)",
	book.HoldPlan: "Instalment plan", book.HoldPlaced: "With an agency or lawyer", book.HoldCourt: "In court",
	book.HoldInsolvency: "Insolvency", book.HoldMoratorium: "Statutory moratorium", book.HoldPause: "Pause",
	book.HoldUnreadReply: "Unread reply", book.HoldAlreadyPaid: "Says it has paid",
	book.HoldPendingPayment: "Payment under way", book.HoldUndelivered: "Not delivered",
}

func (v *visit) holdWord(k book.HoldKind) string {
	if w, ok := holdWords[k]; ok {
		return v.f.Language.Words(w)
	}
	return strings.ReplaceAll(string(k), "_", " ")
}

// lateWords are the causes of late payment as people say them.
var lateWords = map[string]string{
	"cash_flow": "Short of cash", "dispute": "Disputes it", "no_po": "Order number missing", "not_received": "Invoice not received",
	"wrong_contact": "Went to the wrong person", "approval_pending": "Waiting for approval", "oversight": "Forgotten",
	"process": "Their process (portal, payment run)", "bank_error": "Error of a bank", "insolvency": "Insolvency", "other": "Other",
}

func lateWord(cause string) string {
	if w, ok := lateWords[cause]; ok {
		return w
	}
	return strings.ReplaceAll(cause, "_", " ")
}

// strategyNames are those of the shipped strategies as people call them.
var strategyNames = map[string]string{"standard": "Standard", "gentle": "Gentle", "firm": "Firm",
	"key_account": "Key account", "small_balance": "Small balance"}

func strategyName(key string) string {
	if n, ok := strategyNames[key]; ok {
		return n
	}
	if key == "" {
		return "the first that fits"
	}
	return strings.ReplaceAll(key, "_", " ")
}

// answersOf are the outcomes that a task can be done with.
func (v *visit) answersOf(t *app.TaskLine) [][2]string {
	switch t.Kind {
	case "decide":
		return [][2]string{{app.OutcomeWait, "wait"}, {app.OutcomePlan, v.f.Language.Words("instalment plan agreed")}, {app.OutcomePlaced, "given to an agency or lawyer"},
			{app.OutcomeCourt, "claim issued"}, {app.OutcomeWriteOff, "written off"}, {app.OutcomeOther, "other"}}
	case "review_old_items":
		return [][2]string{{app.OutcomeGoOn, "begin to write about them"}, {app.OutcomeKeep, "look at them again later"}}
	case "call":
		return [][2]string{{"reached", "spoke with them"}, {"no_answer", "no answer"}, {"voicemail", "voicemail left"},
			{"promised", "they promised to pay"}, {"wrong_number", "wrong number"}, {"refused", "they refuse to pay"}}
	}
	return [][2]string{{"done", "done"}, {"not_needed", "not needed any more"}}
}

// strategyPurpose says whom a strategy is for.
var strategyPurpose = map[string]string{
	"standard":      "For most customers: friendly, then firm, with calls in between.",
	"gentle":        "For good and new relationships: more time, the owner's own voice.",
	"firm":          "For known late payers: shorter deadlines, formal from the second message on.",
	"key_account":   "Where the relationship outweighs the invoice: a monthly statement, people before letters.",
	"small_balance": "Not worth a call: three short mails, then carried on the statement or written off.",
}

// languageName is a language as the settings call it.
func languageName(tag string) string {
	switch tag {
	case "en-GB":
		return "English (UK)"
	case "en-US":
		return "English (US)"
	case "de":
		return "German"
	}
	return tag
}

// bucketName is an aging bucket as a column is headed.
func bucketName(name string) string {
	switch name {
	case "not_due":
		return "Not due"
	case "d366_up":
		return "Over 365"
	}
	return strings.ReplaceAll(strings.TrimPrefix(name, "d"), "_", "–")
}

// roleName is a role as people of the house say it.
func (v *visit) roleName(r access.Role) string {
	switch r {
	case access.CreditManager:
		return "Credit manager"
	case access.Controller:
		return v.f.Language.Words("Credit controller")
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// dayValue is a day as an input of a form takes it.
func dayValue(d cal.Date) string {
	if !d.Valid() {
		return ""
	}
	return d.String()
}

// strategyShort is a strategy in a column; "" where none has been taken yet.
func strategyShort(key string) string {
	if key == "" {
		return ""
	}
	return strategyName(key)
}

var portalLink = regexp.MustCompile(`https?://[^\s/]+(/p/[A-Za-z0-9_-]+)`)

// portalIn is the path of the debtor's page that a mail links to; "" if it names none.
func portalIn(text string) string {
	if m := portalLink.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

var (
	stepCode = regexp.MustCompile(`\b(call_1|call_2|exec_call|ask_owner|final_demand|last_note|broken_promise|dispute_answer)\b`)
	// stepFirst is a step at the begin of a sentence of the program. What stands behind it may be
	// somebody's own words, which stay as they are.
	stepFirst = regexp.MustCompile(`^(Formal|Second) reminder\b|, before (Formal|Second) reminder\b`)
	gave      = regexp.MustCompile(`^(courtesy|confirm|opening|friendly|reminder|second|formal) gave until`)
)

// sentence is a sentence of the program as people read it: days, amounts and steps by name.
func (v *visit) sentence(text string) string {
	text = gave.ReplaceAllStringFunc(text, func(s string) string {
		step, rest, _ := strings.Cut(s, " ")
		return "The " + v.stepName(step) + " " + rest
	})
	text = stepFirst.ReplaceAllStringFunc(text, v.f.Language.Words)
	return v.f.Sentence(stepCode.ReplaceAllStringFunc(text, v.stepName))
}

// sentenceEnd ends a sentence with a name, which may end with a full stop itself: "e. K.", "Inc.".
func sentenceEnd(name string) string { return strings.TrimSuffix(name, ".") + "." }

// policyWords say what each policy value means, with its unit.
var policyWords = map[string]string{
	"grace_banking_days": "Grace after the day to pay, in banking days", "gap_business_days": "Business days between two messages",
	"contacts_per_week": "Contacts a week at most", "small_balance": "Small balance: totals below this sum",
	"own_message_from": "A message of its own from this sum", "own_message_percent": "and from this part of the invoice, in percent",
	"letters_from": "A letter beside the mail from this sum", "messenger_from": "By messenger from this sum (Germany)",
	"calls_from": "Calls from this sum", "calls_from_firm": "Calls from this sum, firm strategy",
	"calls_from_gentle": "Calls from this sum, gentle strategy", "courtesy_from": "Courtesy notes from this sum",
	"courtesy_from_firm": "Courtesy notes from this sum, firm strategy", "courtesy_from_key": "Requests to confirm from this sum, key accounts",
	"key_accounts_top": "Key accounts: this many of the largest customers", "firm_lateness_days": "Firm strategy from this average lateness, in days",
	"backlog_per_day": "First contacts a day after a take-over", "backlog_percent": "or this part of the overdue customers, in percent",
	"review_after_days": "A person looks first at what was overdue at the take-over for more than, in days",
	"new_relationship":  "A relationship is new for this many months",
	"brake_factor":      "A run waits for a person beyond this many times the usual messages",
	"opening_deadline":  "Days to pay in an opening statement", "tolerance": "Residues are written off up to this sum",
	"tolerance_permille": "and up to this part of the invoice, in thousandths", "tolerance_most": "Most that may be set as such a sum",
	"write_off_batch":     "Small balances are written off up to this sum",
	"broken_promise_days": "Business days to pay after a broken promise", "dispute_answer_days": "Days to pay after an answer to a dispute",
	"resumption_after": "A neutral statement first after a silence of this many days", "deferral_months": "Longest deferral, in months",
	"compensation_max_pc": "Compensation at most, in percent of the sum of a message",
}

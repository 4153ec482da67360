package app

import (
	"cmp"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// inText is an amount as sentences for our own people write it.
func inText(minor int64, c money.Currency) string {
	return money.FormatMinor(minor, c.Exponent()) + " " + string(c)
}

// spaced is a code as words.
func spaced(code string) string { return strings.ReplaceAll(code, "_", " ") }

// stepNames are the steps of the ladders as our own people read them.
var stepNames = map[string]string{
	"courtesy": "courtesy note", "confirm": "request to confirm", "statement": "statement of account",
	"opening": "opening statement", "friendly": "friendly reminder", "reminder": "reminder",
	"second": "second reminder", "formal": "formal reminder", "last_note": "last note",
	"final_demand": "final demand", "broken_promise": "note on a broken promise",
	"dispute_answer": "answer to a dispute", "resumption": "statement after a pause", "correction": "correction",
	"call_1": "call", "call_2": "second call", "exec_call": "call by the manager", "ask_owner": "question to the account owner",
	"decide": "decision", "receipt": "thank-you note",
}

// StepWords is a step as our own people read it, within a sentence.
func StepWords(step string) string { return cmp.Or(stepNames[step], spaced(step)) }

// StepName is StepWords at the beginning of a sentence.
func StepName(step string) string { return capital(StepWords(step)) }

// capital begins a sentence.
func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// about names the item that a fact is about, "" for the account.
func about(r store.Rows, number, instalment int) string {
	if n := r.Text(number); n != "" {
		return book.ItemName(n, int(r.Int64(instalment)))
	}
	return ""
}

func (t *timeline) entries() error {
	older, args := t.older("e.effective_day", "e.seq", "e.entry_id")
	return store.Each(t.tx, `SELECT e.effective_day, e.seq, e.entry_id, e.kind, e.heads, e.amount_minor, e.currency,
		e.corrects, i.number, i.instalment, w.body, i.due_date FROM entry e
		LEFT JOIN item i ON i.tenant_id = e.tenant_id AND i.customer_id = e.customer_id AND i.item_id = e.item_id
		LEFT JOIN words w ON w.tenant_id = e.tenant_id AND w.words_id = e.words_id
		WHERE e.tenant_id = $1 AND e.customer_id = $2`+older, args, func(r store.Rows) error {
		e := book.Entry{Kind: book.EntryKindOf(r.Int64(3)), Minor: r.Int64(5), Currency: currency(r.Bytes(6)),
			Corrects: r.Int64(7)}
		e.From, e.To = book.HeadsOf(r.Int64(4))
		amount := amountIn(e.Minor, e.Currency)
		l := TimelineLine{Kind: "entry", Document: about(r, 8, 9), Words: r.Text(10), Amount: &amount}
		l.Text, l.Good = entryInWords(&e, l.Document, r.Day(11))
		l.Bad = e.Corrects != 0 && e.Kind.Money()
		t.add(r.Day(0), r.Int64(1), r.Int64(2), l)
		return nil
	})
}

// entryInWords is a sentence for an entry, and whether it is a good one: money came in.
func entryInWords(e *book.Entry, document string, due cal.Date) (text string, good bool) {
	amount := inText(e.Minor, e.Currency)
	if e.Corrects != 0 {
		return sprintf("%s of %s was taken back.", capital(spaced(string(e.Kind))), amount), false
	}
	switch e.Kind {
	case book.EntryInvoice:
		if due == cal.None {
			return sprintf("Invoice %s over %s.", document, amount), false
		}
		return sprintf("Invoice %s over %s, due %s.", document, amount, due), false
	case book.EntryCreditNote:
		return sprintf("Credit note %s over %s.", document, amount), false
	case book.EntryPayment:
		return sprintf("Payment of %s came in.", amount), true
	case book.EntrySettledByList:
		return sprintf("%s was settled per the bookkeeping's list.", amount), true
	case book.EntryWriteOff:
		return sprintf("%s was written off.", amount), false
	case book.EntryRefund:
		return sprintf("%s was paid back or used up.", amount), false
	case book.EntryClaim:
		return sprintf("%s of %s was claimed.", capital(headInWords(e.To)), amount), false
	case book.EntryWaiver:
		return sprintf("%s of %s was waived.", capital(headInWords(e.From)), amount), false
	}
	return sprintf("%s was corrected by %s.", document, inText(e.Debits(), e.Currency)), false
}

func headInWords(h book.Head) string {
	switch h {
	case book.Interest:
		return "interest"
	case book.Compensation:
		return "compensation"
	case book.Fee:
		return "a fee"
	case book.Cost:
		return "costs"
	}
	return "an amount"
}

// messages tells what went out or still may; what ended is told by its event.
func (t *timeline) messages() error {
	older, args := t.older("m.day", "m.seq", "m.message_id")
	return store.Each(t.tx, `SELECT m.day, m.seq, m.message_id, m.lead_step, m.channel, m.state, m.total_minor, m.currency,
		m.pay_by, m.served_day, w.body FROM message m
		LEFT JOIN words w ON w.tenant_id = m.tenant_id AND w.words_id = m.words_id
		WHERE m.tenant_id = $1 AND m.customer_id = $2 AND m.live = 1`+older, args, func(r store.Rows) error {
		amount := amountIn(r.Int64(6), currency(r.Bytes(7)))
		state := book.MessageState(r.Text(5))
		text := StepName(r.Text(3)) + " by " + r.Text(4) + " " + messageWords(state)
		if amount.Minor > 0 {
			text += sprintf(", for %s", inText(amount.Minor, amount.Currency))
		}
		if by := r.Day(8); by != cal.None {
			text += ", to be paid by " + by.String()
		}
		if served := r.Day(9); served != cal.None && state == book.Sent {
			text += "; it counts as received on " + served.String()
		}
		t.add(r.Day(0), r.Int64(1), r.Int64(2), TimelineLine{Kind: "message", Text: text + ".", Amount: &amount,
			Message: r.Int64(2), Words: r.Text(10), Bad: state == book.Unknown})
		return nil
	})
}

// messageWords are the states of messages that stand.
func messageWords(s book.MessageState) string {
	switch s {
	case book.Sent:
		return "was sent"
	case book.Proposed:
		return "waits for a release"
	case book.Unknown:
		return "may or may not have left"
	}
	return "was released"
}

// events tells what ended messages.
func (t *timeline) events() error {
	return t.each(`SELECT v.day, v.seq, v.message_id, v.event, v.reason, m.lead_step, m.channel, m.answer, w.body
		FROM message m
		JOIN message_event v ON v.tenant_id = m.tenant_id AND v.message_id = m.message_id
		LEFT JOIN words w ON w.tenant_id = v.tenant_id AND w.words_id = v.words_id
		WHERE m.tenant_id = $1 AND m.customer_id = $2 AND m.live = 0 AND v.event <> 'approved' AND v.event <> 'edited'`,
		func(r store.Rows) {
			why := r.Text(7)
			if why == "" {
				why = reasonInGeneral(r.Text(4)) + "."
			}
			t.add(r.Day(0), r.Int64(1), r.Int64(2), TimelineLine{Kind: "event", Message: r.Int64(2), Words: r.Text(8),
				Text: sprintf("%s by %s was %s: %s", StepName(r.Text(5)), r.Text(6), spaced(r.Text(3)), why),
				Bad:  r.Text(3) == string(book.Failed)})
		})
}

// holdWords begin the sentence of a hold.
var holdWords = map[book.HoldKind]string{book.HoldDispute: "Disputed", book.HoldPromise: "Payment promised",
	book.HoldDeferral: "Deferred", book.HoldPlan: "Instalment plan", book.HoldPlaced: "Placed with an agency",
	book.HoldCourt: "In court", book.HoldInsolvency: "Insolvency", book.HoldMoratorium: "Statutory moratorium",
	book.HoldPause: "Paused", book.HoldUnreadReply: "A reply is unread", book.HoldAlreadyPaid: "The customer says it is paid",
	book.HoldPendingPayment: "A payment is under way", book.HoldUndelivered: "Not delivered",
	book.HoldReview: "Old when the book began: a person looks first"}

func (t *timeline) holds() error {
	return t.each(`SELECT h.from_day, h.seq, h.hold_id, h.kind, h.amount_minor, h.currency, h.until_day, i.number,
		i.instalment, w.body FROM hold h
		LEFT JOIN item i ON i.tenant_id = h.tenant_id AND i.customer_id = h.customer_id AND i.item_id = h.item_id
		LEFT JOIN words w ON w.tenant_id = h.tenant_id AND w.words_id = h.words_id
		WHERE h.tenant_id = $1 AND h.customer_id = $2`, func(r store.Rows) {
		l := TimelineLine{Kind: "hold", Hold: r.Int64(2), Document: about(r, 7, 8), Words: r.Text(9),
			Text: holdWords[book.HoldKind(r.Text(3))]}
		if minor := r.Int64(4); minor > 0 {
			amount := amountIn(minor, currency(r.Bytes(5)))
			l.Amount, l.Text = &amount, l.Text+": "+inText(minor, amount.Currency)
		}
		if l.Document != "" {
			l.Text += " of " + l.Document
		}
		if until := dayOrNothing(r.Day(6)); until != "" {
			l.Text += ", until " + until
		}
		l.Text += "."
		t.add(r.Day(0), r.Int64(1), r.Int64(2), l)
	})
}

func (t *timeline) holdEnds() error {
	return t.each(`SELECT e.end_day, e.seq, e.hold_id, h.kind, e.outcome, i.number, i.instalment, w.body FROM hold_end e
		JOIN hold h ON h.tenant_id = e.tenant_id AND h.customer_id = e.customer_id AND h.hold_id = e.hold_id
		LEFT JOIN item i ON i.tenant_id = h.tenant_id AND i.customer_id = h.customer_id AND i.item_id = h.item_id
		LEFT JOIN words w ON w.tenant_id = e.tenant_id AND w.words_id = e.words_id
		WHERE e.tenant_id = $1 AND e.customer_id = $2`, func(r store.Rows) {
		kind, outcome := book.HoldKind(r.Text(3)), r.Text(4)
		l := TimelineLine{Kind: "hold_end", Hold: r.Int64(2), Document: about(r, 5, 6), Words: r.Text(7)}
		switch {
		case kind == book.HoldPromise && outcome != "":
			l.Text = "The promise was " + map[string]string{"kept": "kept", "partly": "kept in part", "broken": "broken",
				"superseded": "replaced by a later one"}[outcome]
			if strings.HasSuffix(l.Text, "was ") {
				l.Text += spaced(outcome)
			}
			l.Good, l.Bad = outcome == "kept", outcome == "broken"
		default:
			l.Text = holdWords[kind] + ": ended"
			if outcome != "" {
				l.Text += ", " + spaced(outcome)
			}
		}
		if l.Document != "" {
			l.Text += " (" + l.Document + ")"
		}
		l.Text += "."
		t.add(r.Day(0), r.Int64(1), r.Int64(2), l)
	})
}

func (t *timeline) notes() error {
	return t.each(`SELECT n.day, n.seq, n.note_id, n.kind, n.class, n.code, n.next_day, i.number, i.instalment, w.body
		FROM note n
		LEFT JOIN item i ON i.tenant_id = n.tenant_id AND i.customer_id = n.customer_id AND i.item_id = n.item_id
		LEFT JOIN words w ON w.tenant_id = n.tenant_id AND w.words_id = n.words_id
		WHERE n.tenant_id = $1 AND n.customer_id = $2`, func(r store.Rows) {
		l := TimelineLine{Kind: "note", Class: r.Text(4), Document: about(r, 7, 8), Words: r.Text(9), Text: "Note"}
		switch r.Text(3) {
		case "late_reason":
			l.Text = "Reason for late payment: " + causeWords(r.Text(5))
		case "call":
			l.Text = "Call: " + spaced(r.Text(5))
		}
		if l.Document != "" {
			l.Text += " (" + l.Document + ")"
		}
		if next := dayOrNothing(r.Day(6)); next != "" {
			l.Text += ", to look at again on " + next
		}
		l.Text += "."
		t.add(r.Day(0), r.Int64(1), r.Int64(2), l)
	})
}

// tasks tells the tasks that were done; a call that has a note is told by it.
func (t *timeline) tasks() error {
	return t.each(`SELECT t.done_day, t.done_seq, t.task_id, t.kind, t.step, t.state, t.outcome FROM task t
		WHERE t.tenant_id = $1 AND t.customer_id = $2 AND t.state = 'done' AND t.done_day IS NOT NULL
		AND NOT EXISTS (SELECT 1 FROM note n WHERE n.tenant_id = t.tenant_id AND n.customer_id = t.customer_id
			AND n.seq = t.done_seq AND n.kind = 'call')`, func(r store.Rows) {
		what := r.Text(4)
		if what == "" {
			what = r.Text(3)
		}
		text := StepName(what) + " was done"
		if outcome := r.Text(6); outcome != "" {
			text += ": " + spaced(outcome)
		}
		t.add(r.Day(0), r.Int64(1), r.Int64(2), TimelineLine{Kind: "task", Text: text + "."})
	})
}

// changes tells what was changed about the customer and its contacts, on the day when it
// was recorded.
func (t *timeline) changes() error {
	take := func(r store.Rows) {
		text := sprintf("%s %s: %s", capital(r.Text(2)), spaced(r.Text(3)), strings.Join(strings.Fields(r.Text(5)), " "))
		if r.Text(2) == "customer" {
			text = sprintf("%s was set to %q", capital(spaced(r.Text(3))), r.Text(5))
		}
		t.add(cal.DateIn(r.Time(4), t.zone), r.Int64(0), r.Int64(1), TimelineLine{Kind: "change", Text: text + "."})
	}
	const columns = `SELECT c.seq, c.line, c.subject, c.field, t.recorded_at, w.body FROM `
	const rest = `JOIN txn t ON t.tenant_id = c.tenant_id AND t.seq = c.seq
		LEFT JOIN words w ON w.tenant_id = c.tenant_id AND w.words_id = c.words_id WHERE `
	if err := t.each(columns+`change c `+rest+`c.tenant_id = $1 AND c.subject = 'customer' AND c.subject_id = $2`,
		take); err != nil {
		return err
	}
	return t.each(columns+`contact k JOIN change c ON c.tenant_id = k.tenant_id AND c.subject = 'contact'
		AND c.subject_id = k.contact_id `+rest+`k.tenant_id = $1 AND k.customer_id = $2 AND c.field <> 'imported'`, take)
}

func (t *timeline) dueChanges() error {
	return t.each(`SELECT d.seq, d.item_id, d.due_date, d.cause, i.number, i.instalment, x.recorded_at FROM due_change d
		JOIN item i ON i.tenant_id = d.tenant_id AND i.customer_id = d.customer_id AND i.item_id = d.item_id
		JOIN txn x ON x.tenant_id = d.tenant_id AND x.seq = d.seq
		WHERE d.tenant_id = $1 AND d.customer_id = $2`, func(r store.Rows) {
		document, verb := about(r, 4, 5), "was corrected to"
		if r.Text(3) == "agreed" {
			verb = "was agreed as"
		}
		t.add(cal.DateIn(r.Time(6), t.zone), r.Int64(0), r.Int64(1), TimelineLine{Kind: "due_date", Document: document,
			Text: sprintf("The due date of %s %s %s.", document, verb, r.Day(2))})
	})
}

// proofWords are the levels of proof of a letter (guardrail R7).
var proofWords = map[string]string{"posted": "was posted", "tracked": "is tracked", "slip": "was delivered, the slip is on file",
	"returned": "came back"}

func (t *timeline) deliveries() error {
	for _, live := range []string{"1", "0"} { // each has an index of its own
		if err := t.each(`SELECT d.day, d.seq, d.message_id, d.level, m.lead_step, w.body FROM message m
			JOIN delivery d ON d.tenant_id = m.tenant_id AND d.message_id = m.message_id
			LEFT JOIN words w ON w.tenant_id = d.tenant_id AND w.words_id = d.words_id
			WHERE m.tenant_id = $1 AND m.customer_id = $2 AND m.live = `+live, func(r store.Rows) {
			t.add(r.Day(0), r.Int64(1), r.Int64(2), TimelineLine{Kind: "delivery", Message: r.Int64(2), Words: r.Text(5),
				Text: StepName(r.Text(4)) + " by letter " + proofWords[r.Text(3)] + ".", Bad: r.Text(3) == "returned"})
		}); err != nil {
			return err
		}
	}
	return nil
}

// papers tells which files were added. That of a note is of the note's class: its name may
// tell what the note says.
func (t *timeline) papers() error {
	return t.each(`SELECT p.seq, p.paper_id, p.kind, x.recorded_at, w.body, i.number, i.instalment, n.class FROM paper p
		JOIN txn x ON x.tenant_id = p.tenant_id AND x.seq = p.seq
		LEFT JOIN words w ON w.tenant_id = p.tenant_id AND w.words_id = p.words_id
		LEFT JOIN item i ON i.tenant_id = p.tenant_id AND i.customer_id = p.customer_id AND i.item_id = p.item_id
		LEFT JOIN note n ON n.tenant_id = p.tenant_id AND n.customer_id = p.customer_id AND n.note_id = p.note_id
		WHERE p.tenant_id = $1 AND p.customer_id = $2`, func(r store.Rows) {
		t.add(cal.DateIn(r.Time(3), t.zone), r.Int64(0), r.Int64(1), TimelineLine{Kind: "paper", Document: about(r, 5, 6), Class: r.Text(7),
			Text: sprintf("A file was added (%s): %s.", spaced(r.Text(2)), r.Text(4))})
	})
}

package book

import (
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
)

// Head is one side of a posting inside an account. Principal, interest,
// compensation, fee and cost are heads of claim (what the debtor owes); the
// others say where an amount came from or went. Its number is stored.
type Head uint8

// Heads of claim, and the counter-heads of postings. A number, once given, stays.
const (
	Principal    Head = 1
	Interest     Head = 2
	Compensation Head = 3
	Fee          Head = 4
	Cost         Head = 5

	Unapplied   Head = 6  // money or credit not yet set against an item
	Sales       Head = 7  // what was invoiced
	Cash        Head = 8  // money received or paid back
	Bookkeeping Head = 9  // settled or reduced per the bookkeeping's own list
	WrittenOff  Head = 10 // given up with authority
	ClaimHead   Head = 11 // interest, compensation or cost once claimed
	WaivedHead  Head = 12 // claimed before, waived since
)

// OfClaim reports whether the head is something the debtor owes.
func (h Head) OfClaim() bool { return h >= Principal && h <= Cost }

// EntryKind says why an amount moved.
type EntryKind string

// The closed list of entry kinds.
const (
	EntryInvoice       EntryKind = "invoice"
	EntryCreditNote    EntryKind = "credit_note"
	EntryPayment       EntryKind = "payment"
	EntrySettledByList EntryKind = "settled_by_list"
	EntryAdjustment    EntryKind = "adjustment"
	EntryWriteOff      EntryKind = "write_off"
	EntryRefund        EntryKind = "refund"
	EntryClaim         EntryKind = "claim"
	EntryWaiver        EntryKind = "waiver"
)

// Money reports whether an entry of this kind is money that came in: a payment, or what
// the bookkeeping's own list shows as settled. Everything else only lowers what is owed.
func (k EntryKind) Money() bool { return k == EntryPayment || k == EntrySettledByList }

// Entry moves Minor (always positive) of one currency From one head To another
// inside one account, so that postings sum to zero by construction. To a head of
// claim of an item: the debt grows. To Unapplied it shrinks (From) or grows (To
// another head): money received moves From Unapplied To Cash, read as "unapplied
// credit rises, cash rises".
type Entry struct {
	ID       int64
	Seq      int64 // command that recorded it
	Item     int64 // 0: the account, not one item
	Kind     EntryKind
	Day      cal.Date // effective
	Currency money.Currency
	From, To Head
	Minor    int64
	Corrects int64 // 0, or the entry that this one reverses
}

// Credits is by how much the entry raises (or, if it corrects one, lowers) the
// unapplied credit of the account: money received, a credit note, a settlement
// per bookkeeping, a write-off; negative for a refund.
func (e *Entry) Credits() int64 {
	switch {
	case e.From == Unapplied:
		return e.Minor
	case e.To == Unapplied:
		return -e.Minor
	}
	return 0
}

// Debits is by how much the entry raises (negative: lowers) what the item owes
// under a head of claim.
func (e *Entry) Debits() int64 {
	switch {
	case e.To.OfClaim():
		return e.Minor
	case e.From.OfClaim():
		return -e.Minor
	}
	return 0
}

// Allocation sets Minor of the credit of one entry against one head of one item.
// Its day is the value day of the money, however late it is recorded. Negative:
// an earlier allocation taken back (Corrects).
type Allocation struct {
	ID       int64
	Seq      int64
	Entry    int64
	Item     int64
	Head     Head
	Minor    int64
	Day      cal.Date
	Corrects int64
}

// Tri is yes, no or not stated. Items store its number, customers its word.
type Tri uint8

// Tri values. The zero value is Unstated.
const (
	Unstated Tri = iota
	Yes
	No
)

// ParseTri reads "yes", "no" or "unknown"; anything else is Unstated.
func ParseTri(s string) Tri {
	switch s {
	case "yes":
		return Yes
	case "no":
		return No
	}
	return Unstated
}

// String is the stored form: "yes", "no" or "unknown".
func (t Tri) String() string {
	switch t {
	case Yes:
		return "yes"
	case No:
		return "no"
	}
	return "unknown"
}

// DocumentKind is what kind of document an item came from.
type DocumentKind string

// Kinds of documents.
const (
	Invoice    DocumentKind = "invoice"
	CreditNote DocumentKind = "credit_note"
)

// Item is one open item: one amount due on one day. An invoice in instalments is
// several items with the same number.
type Item struct {
	ID            int64
	Kind          DocumentKind
	Number        string // as in the source
	Instalment    int    // 1 for an invoice in one sum
	Currency      money.Currency
	InvoiceDate   cal.Date
	DueDate       cal.Date // contractual, unrolled; None: unknown
	DateAgreed    Tri      // the due date is agreed in the contract
	RecordedDay   cal.Date // the day the book first knew it
	AmountMinor   int64    // invoiced, with corrections
	OpenMinor     int64    // principal still owed
	Cycle         int
	PO            string
	ReportedLevel int      // reminders sent before the book was kept, as imported
	ReportedDay   cal.Date // day of the last of them
}

// Issued reports whether the document counts on a day: not before its own date.
func (i *Item) Issued(day cal.Date) bool { return i.InvoiceDate <= day }

// Reminded reports whether somebody reminded of the item before the book was kept: a
// level counts with its day, between the date of the document and a day.
func (i *Item) Reminded(day cal.Date) bool {
	return i.ReportedLevel > 0 && i.ReportedDay != cal.None && i.ReportedDay >= i.InvoiceDate &&
		i.ReportedDay <= day
}

// Overdue reports whether the item is overdue at the end of day: the day after
// the due date is the first overdue day. Without a due date nothing is overdue, and
// nothing is before its own date.
func (i *Item) Overdue(day cal.Date) bool {
	return i.OpenMinor > 0 && i.DueDate != cal.None && day > i.DueDate && i.Issued(day)
}

// DaysOverdue is the number of days after the due date, negative before it.
func (i *Item) DaysOverdue(day cal.Date) int { return day.DaysSince(i.DueDate) }

// Credit is money or a credit note not yet set against an item.
type Credit struct {
	Entry     int64
	Kind      EntryKind
	Currency  money.Currency
	Day       cal.Date
	OpenMinor int64
}

// HoldKind says what holds messages back.
type HoldKind string

// The closed list of holds.
const (
	HoldDispute        HoldKind = "dispute"
	HoldPromise        HoldKind = "promise"
	HoldDeferral       HoldKind = "deferral"
	HoldPlan           HoldKind = "plan"
	HoldPlaced         HoldKind = "placed"
	HoldCourt          HoldKind = "court"
	HoldInsolvency     HoldKind = "insolvency"
	HoldMoratorium     HoldKind = "moratorium"
	HoldPause          HoldKind = "pause"
	HoldUnreadReply    HoldKind = "unread_reply"
	HoldAlreadyPaid    HoldKind = "already_paid"
	HoldPendingPayment HoldKind = "pending_payment"
	HoldUndelivered    HoldKind = "undelivered"
	HoldReview         HoldKind = "review" // an item too old to chase before a person has looked
)

// HoldKinds lists every kind of hold.
var HoldKinds = []HoldKind{HoldDispute, HoldPromise, HoldDeferral, HoldPlan, HoldPlaced, HoldCourt,
	HoldInsolvency,
	HoldMoratorium, HoldPause, HoldUnreadReply, HoldAlreadyPaid, HoldPendingPayment, HoldUndelivered, HoldReview}

// Hold keeps messages about an item, or the whole account (Item 0), from going
// out from From to Until, both included; Until is cal.Far while open-ended. With
// Minor > 0 only that part of the item is held and the rest goes on.
type Hold struct {
	ID       int64
	Seq      int64
	Item     int64
	Kind     HoldKind
	Currency money.Currency
	Minor    int64
	From     cal.Date
	Until    cal.Date
	EndDay   cal.Date // first day it no longer holds, set by a person; None while it holds
	Outcome  string   // how it ended: "kept", "broken", "credited", "upheld", …
}

// Live reports whether the hold holds on a day.
func (h *Hold) Live(day cal.Date) bool {
	return day >= h.From && day <= h.Until && (h.EndDay == cal.None || day < h.EndDay)
}

// Channel is a way to reach somebody. Phone and Task are work for a person.
type Channel string

// Channels.
const (
	Email  Channel = "email"
	Letter Channel = "letter"
	Phone  Channel = "phone"
	Task   Channel = "task"
)

// Role is the role of a contact at the debtor.
type Role string

// Roles, in no order; strategies say who is asked first.
const (
	AccountsPayable Role = "accounts_payable"
	Approver        Role = "approver"
	FinanceLead     Role = "finance_lead"
	General         Role = "general"
	Orderer         Role = "orderer"
	Director        Role = "director"
	LegalNotice     Role = "legal_notice"
)

// Roles are all roles.
var Roles = []Role{AccountsPayable, Approver, FinanceLead, General, Orderer, Director, LegalNotice}

// Contact is a person or address at the debtor. Working reports whether its
// email may be used.
type Contact struct {
	ID                 int64
	Role               Role
	Name, Email, Phone string
	State              string // ok, bounced, complained, removed
}

// Working reports whether mail to this contact can be expected to arrive.
func (c *Contact) Working() bool { return c.Email != "" && c.State == "ok" }

// Notice is the fact that an item was told a step: in a message, or by a task.
type Notice struct {
	Item    int64
	Cycle   int
	Step    string
	Channel Channel
	Message int64 // 0 for a task
	Task    int64 // 0 for a message
	Voided  bool  // its message is no longer live, or its task was taken back
}

// Level is what a message claims; see the strategies' table of levels. Higher
// levels include the lower ones.
type Level uint8

// Levels of claim.
const (
	NoClaim       Level = iota // courtesy, confirmation, statement: nothing is asked for as late
	PrincipalOnly              // the open invoice amounts
	Announce                   // says that interest and compensation are or become payable
	Offer                      // figures as separate lines, not asked for if the principal arrives in time
	ClaimAll                   // principal, interest, compensation and costs in one total
)

var levelNames = [...]string{"none", "principal", "announce", "offer", "claim"}

// String is the stored form: none, principal, announce, offer, claim.
func (l Level) String() string { return levelNames[l] }

// ParseLevel reads the stored form.
func ParseLevel(s string) (Level, bool) {
	for i, n := range levelNames {
		if n == s {
			return Level(i), true
		}
	}
	return NoClaim, false
}

// MarshalText writes the stored form.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// MessageState is where a message stands between plan and proof.
type MessageState string

// States of a message. Proposed and Approved wait; Claimed and HandingOver are in
// the sender's hands; the others are ends, except Unknown, which a person resolves.
const (
	Proposed    MessageState = "proposed"
	Approved    MessageState = "approved"
	Claimed     MessageState = "claimed"
	HandingOver MessageState = "handing_over"
	Sent        MessageState = "sent"
	Unknown     MessageState = "unknown"
	Failed      MessageState = "failed"
	Stopped     MessageState = "stopped"
	Rejected    MessageState = "rejected"
	Expired     MessageState = "expired"
	Voided      MessageState = "voided"
)

// MessageStates lists the states.
var MessageStates = []MessageState{Proposed, Approved, Claimed, HandingOver, Sent, Unknown, Failed, Stopped,
	Rejected, Expired, Voided}

// Message is what a customer gets on a day: the lead step and what became of it.
type Message struct {
	ID        int64
	Currency  money.Currency
	Day       cal.Date // planned, and the day it leaves
	Step      string   // the lead step
	Stage     int
	Demand    bool
	Role      Role
	Channel   Channel
	State     MessageState
	PayBy     cal.Date // last day for payment that it names; None if it names none
	SentDay   cal.Date // the day it was handed over, also of one taken back since; None before
	ServedDay cal.Date // the day from which it counts as received; None while not served
	Level     Level
	Strategy  string // by whose ladder it was planned
	Approval  string // whose release the step asked for then
	// CompensationMinor is the fixed compensation that it offered or claimed.
	CompensationMinor int64
}

// InWords is the state as a sentence says it of a message.
func (s MessageState) InWords() string {
	switch s {
	case Claimed, HandingOver:
		return "being sent"
	case Unknown:
		return "perhaps sent"
	}
	return string(s)
}

// Live reports whether the message has gone out or still may: not rejected,
// expired, stopped, failed or voided.
func (m *Message) Live() bool {
	switch m.State {
	case Rejected, Expired, Stopped, Failed, Voided:
		return false
	}
	return true
}

// TaskState is open, done or cancelled.
type TaskState string

// States of a task.
const (
	TaskOpen      TaskState = "open"
	TaskDone      TaskState = "done"
	TaskCancelled TaskState = "cancelled"
)

// WorkItem is a task for a person: a call, a question or a decision of the
// ladder, or something else that needs one.
type WorkItem struct {
	ID       int64
	Kind     string
	Step     string // "" when it is no step of a ladder
	Currency money.Currency
	DueDay   cal.Date
	State    TaskState
	DoneDay  cal.Date
	Outcome  string
}

// TakenBack reports whether a task was ended undone, and not because the ladder had gone
// on: then its notices are void, and it may be asked for again.
func (t *WorkItem) TakenBack() bool {
	return t.State == TaskCancelled && t.Outcome != string(reason.Overtaken)
}

package book

import (
	"sort"
	"strings"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// DebtorKind is what kind of person owes. Unknown is treated as a natural person
// in business and never as a consumer (guardrail R3).
type DebtorKind uint8

// Kinds of debtors; the zero value is UnknownKind, the protective one.
const (
	UnknownKind DebtorKind = iota
	Company
	Individual
	PublicBody
	Consumer
)

var kindNames = [...]string{"unknown", "company", "individual", "public_body", "consumer"}

// String is the stored form.
func (k DebtorKind) String() string { return kindNames[k] }

// ParseDebtorKind reads the stored form; ok is false for any other word.
func ParseDebtorKind(s string) (kind DebtorKind, ok bool) {
	for i, n := range kindNames {
		if n == s {
			return DebtorKind(i), true
		}
	}
	return UnknownKind, false
}

// NaturalPerson reports whether the protective rules for people apply: also
// where the kind is unknown.
func (k DebtorKind) NaturalPerson() bool {
	return k == UnknownKind || k == Individual || k == Consumer
}

// KindAt is the kind by whose rules a customer is treated. A kind that was only guessed
// from a name protects nobody less before a legal step: until a person confirms it, it is
// unknown there (guardrail R3).
func (c *Customer) KindAt(legalStep bool) DebtorKind {
	if legalStep && !c.KindConfirmed && !c.Kind.NaturalPerson() {
		return UnknownKind
	}
	return c.Kind
}

// Flag is a choice about a customer that a person made, or that the book derives
// once a month (TopTen).
type Flag uint16

// Flags of a customer.
const (
	FlagGentle Flag = 1 << iota
	FlagKeyAccount
	FlagIntercompany
	FlagPortal // a public body with a portal of its own that is not set up yet
	FlagPORequired
	FlagTopTen
	FlagMonthlyStatement
)

var flagNames = []struct {
	f Flag
	n string
}{{FlagGentle, "gentle"}, {FlagIntercompany, "intercompany"}, {FlagKeyAccount, "key_account"},
	{FlagMonthlyStatement, "monthly_statement"}, {FlagPORequired, "po_required"}, {FlagPortal, "portal"},
	{FlagTopTen, "top_ten"}}

// ParseFlags reads space-separated flag words; unknown words are returned.
func ParseFlags(s string) (f Flag, unknown []string) {
	for word := range strings.FieldsSeq(s) {
		found := false
		for _, x := range flagNames {
			if x.n == word {
				f, found = f|x.f, true
			}
		}
		if !found {
			unknown = append(unknown, word)
		}
	}
	return f, unknown
}

// String is the sorted, space-separated stored form.
func (f Flag) String() string {
	var words []string
	for _, x := range flagNames {
		if f&x.f != 0 {
			words = append(words, x.n)
		}
	}
	return strings.Join(words, " ")
}

// Customer is the debtor account's standing facts: who owes, and how it is to be
// treated. Names and addresses are not here.
type Customer struct {
	ID            int64
	Creditor      int64
	Party         int64
	Number        string
	Kind          DebtorKind
	KindConfirmed bool
	Country       string // ISO 3166 alpha-2, upper case
	Subdivision   string // ISO 3166-2 without the country, or ""
	Language      string // BCP 47, for example "en-GB"
	Strategy      string // chosen by hand; "" = the first that fits
	Flags         Flag
	AccountOwner  string
	Since         cal.Date // stated start of the relationship; None if not stated
	Law           string   // law of the contract, chosen by hand
	Goods         Tri      // sale of goods
	ContractRate  money.Rate
	HasRate       bool
	DateAgreed    Tri // payment dates are agreed in the contract
	HasAddress    bool
}

// Creditor is the legal person to whom the debt is owed, as far as rules need it.
type Creditor struct {
	ID          int64
	Country     string
	Subdivision string
	Currency    money.Currency
}

// Settled is one paid item of the past: when, and how many days late (negative:
// early).
type Settled struct {
	Day      cal.Date
	DaysLate int
}

// MaxSettled is how many of the latest settled items an account keeps at hand.
const MaxSettled = 24

// Move is a payment or credit set against an item (Minor negative) or taken back,
// by value day: what interest on a partly paid item needs.
type Move struct {
	Item  int64
	Kind  EntryKind // of the entry it is part of
	Day   cal.Date
	Minor int64
}

// ModeObserve is the mode of a customer, or of the book, in which nothing leaves.
const ModeObserve = "observe"

// Account is one customer of one creditor with everything a decision needs: the
// aggregate. Items hold only open ones in the view of the daily run; slices are
// ordered by id, Notices by (item, cycle, step, channel).
type Account struct {
	Customer Customer
	Creditor *Creditor
	Version  int64
	// DecidedHash identifies the decision in force; Mode narrows the book's mode for
	// this customer. Neither is a fact that Decide reads.
	DecidedHash int64
	Mode        string
	Documents   int       // invoices ever recorded
	BilledMinor int64     // their amounts as numbers, whatever their currency
	Settled     []Settled // the latest, newest first, at most MaxSettled
	PaymentDays []Settled // the same with payments of days to come, as the book keeps it
	Items       []Item
	Credits     []Credit
	Holds       []Hold
	Moves       []Move // of partly paid open items, by item and day
	Notices     []Notice
	Messages    []Message
	Tasks       []WorkItem
	Contacts    []Contact
}

// Currencies lists the currencies in which something is open or unapplied, in
// order of first appearance. An account rarely has more than one.
func (a *Account) Currencies(dst []money.Currency) []money.Currency {
	add := func(c money.Currency) {
		for _, have := range dst {
			if have == c {
				return
			}
		}
		dst = append(dst, c)
	}
	for i := range a.Items {
		if a.Items[i].OpenMinor > 0 {
			add(a.Items[i].Currency)
		}
	}
	for i := range a.Credits {
		add(a.Credits[i].Currency)
	}
	return dst
}

// Unapplied is the unapplied credit in one currency.
func (a *Account) Unapplied(c money.Currency) int64 {
	var sum int64
	for i := range a.Credits {
		if a.Credits[i].Currency == c {
			sum = money.AddMinor(sum, a.Credits[i].OpenMinor)
		}
	}
	return sum
}

// Item returns the item with that id, or nil if it is not open.
func (a *Account) Item(id int64) *Item {
	return byID(a.Items, id, func(it *Item) int64 { return it.ID })
}

// DateAgreed says whether an item's due date is agreed: what is stated of the item, else
// of the customer.
func (a *Account) DateAgreed(it *Item) Tri {
	if it.DateAgreed == Unstated {
		return a.Customer.DateAgreed
	}
	return it.DateAgreed
}

// Message returns the message with that id, or nil.
func (a *Account) Message(id int64) *Message {
	return byID(a.Messages, id, func(m *Message) int64 { return m.ID })
}

// Task returns the task with that id, or nil.
func (a *Account) Task(id int64) *WorkItem {
	return byID(a.Tasks, id, func(t *WorkItem) int64 { return t.ID })
}

func byID[T any](ordered []T, id int64, of func(*T) int64) *T {
	k := sort.Search(len(ordered), func(k int) bool { return of(&ordered[k]) >= id })
	if k == len(ordered) || of(&ordered[k]) != id {
		return nil
	}
	return &ordered[k]
}

// FormatSettled writes the latest settled items, newest first, as
// "2026-03-04+5 2026-02-01-2": the stored form of an account's payment days.
func FormatSettled(s []Settled) string {
	b := make([]byte, 0, len(s)*14)
	for i, p := range s {
		if i > 0 {
			b = append(b, ' ')
		}
		b = p.Day.Append(b)
		if p.DaysLate >= 0 {
			b = append(b, '+')
		}
		b = money.AppendMinor(b, int64(p.DaysLate), 0)
	}
	return string(b)
}

// ParseSettled reads the stored form into dst[:0].
func ParseSettled(b []byte, dst []Settled) []Settled {
	dst = dst[:0]
	for len(b) >= 12 {
		end := 10
		for end < len(b) && b[end] != ' ' {
			end++
		}
		n, negative := 0, b[10] == '-'
		for _, ch := range b[11:end] {
			n = n*10 + int(ch-'0')
		}
		if negative {
			n = -n
		}
		dst = append(dst, Settled{Day: cal.ParseBytes(b[:10]), DaysLate: n})
		b = b[min(end+1, len(b)):]
	}
	return dst
}

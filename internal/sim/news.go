package sim

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// News is what happened while the clock moved, for people.
type News struct {
	From  cal.Date       `json:"from"` // where the clock stood
	To    cal.Date       `json:"to"`   // where it stands
	Lines []Line         `json:"lines"`
	Count map[string]int `json:"count"` // by Line.Kind; a kind that did not happen is 0
	Reset bool           `json:"reset,omitempty"`
}

// Line is one sentence of the news, and what it is about.
type Line struct {
	Kind  string `json:"kind"`
	Count int    `json:"count"`
	Text  string `json:"text"` // "3 payments came in: 6,214.00 GBP"
	Refs  []Ref  `json:"refs"` // the first of them, at most 8
}

// Ref names a customer, and an item or message of it.
type Ref struct {
	Creditor string `json:"creditor"`
	Customer string `json:"customer"` // its number
	Name     string `json:"name"`
	Item     string `json:"item,omitempty"`
	Message  int64  `json:"message,omitempty"`
	Words    string `json:"words,omitempty"` // what the debtor said, or what came of it
}

// Kinds of news, in the order in which they are told.
const (
	NewPayments   = "payments"
	NewParts      = "part_payments"
	NewTwice      = "paid_twice"
	NewHeldBack   = "held_back" // wrong chases avoided
	NewKept       = "promises_kept"
	NewPartly     = "promises_partly"
	NewBroken     = "promises_broken"
	NewPromises   = "promises"
	NewDisputes   = "disputes"
	NewDecided    = "disputes_decided"
	NewSaysPaid   = "already_paid"
	NewCopies     = "copies_wanted"
	NewAway       = "out_of_office"
	NewReplies    = "replies"
	NewAgreements = "agreements"
	NewBounced    = "bounced"
	NewSent       = "sent"
	NewPosted     = "posted"
	NewCalls      = "calls"
	NewReleased   = "released"
	NewInvoices   = "invoices"
	NewPlanned    = "planned"
)

// telling is a kind of news in its words: of one, and of more.
type telling struct{ kind, one, many string }

var tellings = []telling{
	{NewPayments, "1 payment came in", "%d payments came in"},
	{NewParts, "1 invoice was paid in part", "%d invoices were paid in part"},
	{NewTwice, "1 customer paid twice", "%d customers paid twice"},
	{NewHeldBack, "1 reminder was held back at the last second: 1 wrong chase avoided",
		"%[1]d reminders were held back at the last second: %[1]d wrong chases avoided"},
	{NewKept, "1 promise was kept", "%d promises were kept"},
	{NewPartly, "1 promise was kept in part", "%d promises were kept in part"},
	{NewBroken, "1 promise was broken", "%d promises were broken"},
	{NewPromises, "1 customer promised a day", "%d customers promised a day"},
	{NewDisputes, "1 invoice was disputed", "%d invoices were disputed"},
	{NewDecided, "1 dispute was decided", "%d disputes were decided"},
	{NewSaysPaid, "1 customer says it has paid", "%d customers say they have paid"},
	{NewCopies, "1 customer asked for a copy of an invoice", "%d customers asked for a copy of an invoice"},
	{NewAway, "1 automatic answer came: nobody is there", "%d automatic answers came: nobody is there"},
	{NewReplies, "1 answer waits to be read", "%d answers wait to be read"},
	{NewAgreements, "1 hold was agreed", "%d holds were agreed"},
	{NewBounced, "1 mail was refused: the address is wrong", "%d mails were refused: the addresses are wrong"},
	{NewReleased, "Your colleagues released 1 message", "Your colleagues released %d messages"},
	{NewSent, "1 mail went out", "%d mails went out"},
	{NewPosted, "1 letter was posted", "%d letters were posted"},
	{NewCalls, "Your colleagues did 1 task", "Your colleagues did %d tasks"},
	{NewInvoices, "1 new document came from the bookkeeping", "%d new documents came from the bookkeeping"},
	{NewPlanned, "1 message waits for you", "%d messages wait for you"},
}

// notable are the kinds for which a visitor who waits for the next event is stopped.
var notable = []string{NewPayments, NewParts, NewTwice, NewHeldBack, NewKept, NewPartly, NewBroken, NewPromises,
	NewDisputes, NewDecided, NewSaysPaid, NewCopies, NewAway, NewReplies, NewAgreements, NewBounced}

// refsMost is how many of what a line is about it names.
const refsMost = 8

// gathered is what one kind of news is made of.
type gathered struct {
	count int
	sums  map[money.Currency]int64
	refs  []Ref
}

// reporter gathers the news of some days.
type reporter struct {
	from cal.Date
	by   map[string]*gathered
}

func newReporter(from cal.Date) *reporter { return &reporter{from, map[string]*gathered{}} }

func (r *reporter) of(kind string) *gathered {
	g := r.by[kind]
	if g == nil {
		g = &gathered{sums: map[money.Currency]int64{}}
		r.by[kind] = g
	}
	return g
}

// add tells that something happened n times.
func (r *reporter) add(kind string, n int) { r.of(kind).count += n }

// tell tells that something happened, with a sum or none, and about what.
func (r *reporter) tell(kind string, sum money.Money, ref Ref) {
	g := r.of(kind)
	g.count++
	if sum.Minor != 0 {
		g.sums[sum.Currency] += sum.Minor
	}
	if len(g.refs) < refsMost {
		g.refs = append(g.refs, ref)
	}
}

// happened reports whether anything happened that a visitor would stop for.
func (r *reporter) happened() bool {
	return slices.ContainsFunc(notable, func(kind string) bool { return r.by[kind] != nil && r.by[kind].count > 0 })
}

// news are the sentences, up to a day.
func (r *reporter) news(to cal.Date) News {
	n := News{From: r.from, To: to, Lines: []Line{}, Count: map[string]int{}}
	for _, t := range tellings {
		g := r.by[t.kind]
		if g == nil || g.count == 0 {
			continue
		}
		n.Count[t.kind] = g.count
		text := t.one
		if g.count > 1 {
			text = fmt.Sprintf(t.many, g.count)
		}
		n.Lines = append(n.Lines, Line{Kind: t.kind, Count: g.count, Text: text + g.detail() + ".",
			Refs: append([]Ref{}, g.refs...)})
	}
	return n
}

// detail are the sums, or the names where they are few.
func (g *gathered) detail() string {
	var parts []string
	for _, c := range slices.Sorted(maps.Keys(g.sums)) {
		parts = append(parts, shown(money.Money{Currency: c, Minor: g.sums[c]}))
	}
	if len(g.refs) == g.count && g.count <= 2 {
		for _, ref := range g.refs {
			said := ref.Name
			if ref.Words != "" {
				said += " (" + ref.Words + ")"
			}
			parts = append(parts, said)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return ": " + strings.Join(parts, ", ")
}

// shown is an amount as the news tell it: "6,214.00 GBP".
func shown(m money.Money) string {
	whole, rest, _ := strings.Cut(m.Decimal(), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if rest != "" {
		whole += "." + rest
	}
	return whole + " " + string(m.Currency)
}

// dayName is a day as the news tell it: "Friday 20 November".
func dayName(d cal.Date) string { return d.Time().Format("Monday 2 January") }

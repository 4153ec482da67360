package app

import (
	"cmp"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// asOfToday are the days up to which a loader believes payments, by creditor. The open
// amounts of the book count every payment that is known; a file may state one of a day
// to come. Until that day what it pays is open, and held as a payment under way: so
// that accounts show what the aging of the day does, and nobody is chased who pays.
type asOfToday struct {
	asked    cal.Date // None: today
	days     map[int64]cal.Date
	earliest cal.Date
	ahead    []int64 // customers with items that a payment of a later day settles
}

// set finds the day of each creditor: the day asked for, and never one that is past,
// for a payment of last week is not under way.
func (t *asOfToday) set(tx store.Tx, creditors []CreditorInfo) {
	if t.days == nil {
		t.days = make(map[int64]cal.Date, len(creditors))
	}
	t.ahead, t.earliest = t.ahead[:0], cal.Far
	for i := range creditors {
		day := max(t.asked, creditors[i].today(tx))
		t.days[creditors[i].ID] = day
		t.earliest = min(t.earliest, day)
	}
}

// history is how the customer paid: without the payments that settle an item on a
// later day.
func (t *asOfToday) history(acc *book.Account) {
	later := 0
	for later < len(acc.PaymentDays) && acc.PaymentDays[later].Day > t.days[acc.Customer.Creditor] {
		later++
	}
	if acc.Settled = acc.PaymentDays[later:]; later > 0 {
		t.ahead = append(t.ahead, acc.Customer.ID)
	}
}

// historyBehind reads from the facts how those customers paid of whom the book keeps at
// hand so many payments of days to come that those before them are not among them.
func (l *loader) historyBehind() error {
	var ids []int64
	for _, id := range l.asOf.ahead {
		if acc := l.find(id); len(acc.PaymentDays) == book.MaxSettled {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	where, args := l.selection(ids)
	f := accountFold{tx: l.tx}
	if err := f.load(where(""), args); err != nil {
		return err
	}
	var s standing
	for i := range f.accounts {
		if !slices.Contains(ids, f.accounts[i].customer) {
			continue
		}
		f.accounts[i].fold(&s)
		acc := l.find(f.accounts[i].customer)
		acc.Settled = latest(s.paidUntil(l.asOf.days[acc.Customer.Creditor]))
	}
	return nil
}

// find is a loaded account.
func (l *loader) find(customer int64) *book.Account {
	k, _ := slices.BinarySearchFunc(l.accounts, customer, func(a book.Account, id int64) int {
		return cmp.Compare(a.Customer.ID, id)
	})
	return &l.accounts[k]
}

// paidUntil are the items that money of a day, or before, settled.
func (s *standing) paidUntil(day cal.Date) (paid []book.Settled) {
	for i := range s.items {
		if it := &s.items[i]; it.paidDay && it.due != cal.None && it.now.settled <= day {
			paid = append(paid, book.Settled{Day: it.now.settled, DaysLate: it.now.settled.DaysSince(it.due)})
		}
	}
	return paid
}

// openItems is the condition on items that are open on the day, and its arguments.
func (t *asOfToday) openItems(args []any) (string, []any) {
	if len(t.ahead) == 0 {
		return "open_minor > 0", args
	}
	n := len(args)
	return sprintf("(open_minor > 0 OR customer_id IN ids($%d) AND settled_day > $%d)", n+1, n+2),
		append(slices.Clone(args), t.ahead, t.earliest)
}

// later reports whether a payment of a day has not arrived yet.
func (t *asOfToday) later(acc *book.Account, day cal.Date) bool {
	return day > t.earliest && day > t.days[acc.Customer.Creditor]
}

// paidLater lists the items of which money of a later day pays all that is open.
func paidLater(acc *book.Account) (items []int64) {
	for i := range acc.Holds {
		if h := &acc.Holds[i]; h.ID == 0 && h.Minor == 0 { // made by underWay
			items = append(items, h.Item)
		}
	}
	return items
}

// underWay opens again what a payment of a later day pays, and holds it until then. A
// payment taken back on a later day is still there.
func underWay(acc *book.Account, m book.Move) {
	it := acc.Item(m.Item)
	if it == nil {
		return
	}
	h := book.Hold{Item: it.ID, Kind: book.HoldPendingPayment, Currency: it.Currency, Minor: -m.Minor,
		From: it.RecordedDay, Until: m.Day - 1, EndDay: cal.None}
	if it.OpenMinor == 0 {
		h.Minor = 0 // all that is open
	}
	it.OpenMinor = money.AddMinor(it.OpenMinor, -m.Minor)
	if m.Minor < 0 {
		acc.Holds = append(acc.Holds, h)
	}
}

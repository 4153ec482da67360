package decide

import (
	"cmp"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/law"
	"github.com/recoup-project/recoup/internal/core/money"
)

// Apart is an overdue item that a demand lists and does not ask for, since its own
// step is not due.
type Apart struct {
	Item        *book.Item
	OpenMinor   int64    // less the part that is held
	CreditMinor int64    // unapplied credit that is set against it
	PayBy       cal.Date // the day named to the customer in the last demand of it; None if never
}

// Apart lists the overdue items of a currency that a demand of the day leaves out,
// in order of item. What is held is not listed.
func (d *Decider) Apart(a *book.Account, asked []Line, c money.Currency, day cal.Date) []Apart {
	var out []Apart
	credits := d.creditMoves(a, c, day)
	for _, it := range d.overdue(a, c, day) {
		if listed(asked, it.ID) {
			continue
		}
		out = append(out, Apart{Item: it, OpenMinor: d.askable(a, it, it.ID, day),
			CreditMinor: creditOn(credits, []Line{{Item: it.ID}}), PayBy: d.Named(a, it, day)})
	}
	slices.SortFunc(out, func(x, y Apart) int { return cmp.Compare(x.Item.ID, y.Item.ID) })
	return out
}

// Named is the day to pay by that the last demand of an item named to the customer, that
// day included; None if none did. It may have passed.
func (d *Decider) Named(a *book.Account, it *book.Item, day cal.Date) cal.Date {
	told := d.positionOf(a, it, day)
	by := cal.None
	for _, m := range []*book.Message{told.message, told.note} {
		if m != nil && m.State == book.Sent {
			by = max(by, m.PayBy)
		}
	}
	return by
}

// overdue lists the overdue items of a currency of which something may be asked for,
// the oldest due date first.
func (d *Decider) overdue(a *book.Account, c money.Currency, day cal.Date) []*book.Item {
	var out []*book.Item
	for i := range a.Items {
		it := &a.Items[i]
		if it.Currency != c || !it.Overdue(day) || d.residue(it) || d.askable(a, it, it.ID, day) == 0 {
			continue
		}
		if _, held := d.liveHold(a, it.ID, day); !held {
			out = append(out, it)
		}
	}
	slices.SortStableFunc(out, func(x, y *book.Item) int { return cmp.Compare(x.DueDate, y.DueDate) })
	return out
}

// creditMove is money or credit not yet set against an item, as it would be: nobody
// is asked for what we already hold, nor for interest on it.
type creditMove struct {
	item int64
	move law.Movement
}

// creditMoves sets the unapplied credit of a currency against the overdue items, the
// oldest first, each part from its own day. Every message counts by the same order, so
// that two demands never take off the same credit.
func (d *Decider) creditMoves(a *book.Account, c money.Currency, day cal.Date) []creditMove {
	if a.Unapplied(c) <= 0 {
		return nil
	}
	var moves []creditMove
	order := d.overdue(a, c, day)
	at, room := 0, int64(0)
	if len(order) > 0 {
		room = d.askable(a, order[0], order[0].ID, day)
	}
	for i := range a.Credits {
		cr := &a.Credits[i]
		if cr.Currency != c {
			continue
		}
		for left := cr.OpenMinor; left > 0 && at < len(order); {
			part := min(left, room)
			moves = append(moves, creditMove{order[at].ID, law.Movement{Day: cr.Day, DeltaMinor: -part}})
			left, room = left-part, room-part
			if room == 0 {
				if at++; at < len(order) {
					room = d.askable(a, order[at], order[at].ID, day)
				}
			}
		}
	}
	return moves
}

// creditOn is how much of the credit is set against the items of some lines.
func creditOn(credits []creditMove, lines []Line) int64 {
	var sum int64
	for i := range credits {
		if listed(lines, credits[i].item) {
			sum = money.AddMinor(sum, -credits[i].move.DeltaMinor)
		}
	}
	return sum
}

// listed reports whether an item is among lines, which are in order of item.
func listed(lines []Line, item int64) bool {
	_, found := slices.BinarySearchFunc(lines, item,
		func(l Line, id int64) int { return cmp.Compare(l.Item, id) })
	return found
}

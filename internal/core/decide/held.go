package decide

import (
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/reason"
)

var heldCodes = map[book.HoldKind]reason.Code{
	book.HoldDispute: reason.Disputed, book.HoldPromise: reason.Promised, book.HoldDeferral: reason.Deferred,
	book.HoldPlan: reason.PlanRunning, book.HoldPlaced: reason.Placed, book.HoldCourt: reason.InCourt,
	book.HoldInsolvency: reason.Insolvency, book.HoldMoratorium: reason.Moratorium, book.HoldPause: reason.Paused,
	book.HoldUnreadReply: reason.UnreadReply, book.HoldAlreadyPaid: reason.AlreadyPaid,
	book.HoldPendingPayment: reason.PendingPayment, book.HoldUndelivered: reason.Undelivered, book.HoldReview: reason.Review,
}

// whole reports whether a hold holds all of what it is about.
func whole(h *book.Hold) bool { return h.Minor == 0 }

// alike reports whether two holds hold the whole of the same for the same reason: what
// they hold is then held on the days of either.
func alike(g, h *book.Hold) bool {
	return whole(g) && whole(h) && g.Item == h.Item && g.Kind == h.Kind
}

// speaks reports whether the reason of a live hold is given: of several alike only that of
// the first is, for the days of all.
func (d *Decider) speaks(a *book.Account, i int, day cal.Date) bool {
	for k := range i {
		if alike(&a.Holds[k], &a.Holds[i]) && d.holds(&a.Holds[k], day) {
			return false
		}
	}
	return true
}

// together is a hold with the days of all that are alike and join on to it without a gap.
func (d *Decider) together(a *book.Account, h *book.Hold, day cal.Date) book.Hold {
	all := *h
	for grown := true; grown; {
		grown = false
		for i := range a.Holds {
			g := &a.Holds[i]
			apart := g.From.AddDays(-1) > d.lastDay(&all) || d.lastDay(g) < all.From.AddDays(-1)
			if !alike(g, &all) || apart || (g.EndDay != cal.None && g.EndDay <= day) {
				continue
			}
			if g.From < all.From {
				all.From, grown = g.From, true
			}
			if g.Until > all.Until {
				all.Until, grown = g.Until, true
			}
		}
	}
	return all
}

// heldReason is why a live hold holds, with those that are alike.
func (d *Decider) heldReason(a *book.Account, h *book.Hold, day cal.Date) reason.Reason {
	all := d.together(a, h, day)
	until := reason.UntilFact("hold ended")
	if last := d.lastDay(&all); last != cal.Far {
		until = until.Or(reason.OnDay(last + 1))
	}
	arg := all.From
	switch h.Kind {
	case book.HoldPromise, book.HoldDeferral, book.HoldMoratorium, book.HoldPause, book.HoldAlreadyPaid, book.HoldPendingPayment:
		arg = all.Until
	}
	text := arg.String()
	if arg == cal.Far {
		text = "a person ends it"
	}
	return reason.New(heldCodes[h.Kind], until, text)
}

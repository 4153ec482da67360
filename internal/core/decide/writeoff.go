package decide

import (
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/core/strategy"
)

// residue reports whether what is left of an invoice is too little ever to be chased.
func (d *Decider) residue(it *book.Item) bool {
	return it.OpenMinor < it.AmountMinor &&
		it.OpenMinor <= d.w.Set.Policy.ResidueLimit(it.AmountMinor, it.Currency)
}

// proposeWriteOff asks a person to write a residue off, or, where there is credit for
// it, to match that.
func (d *Decider) proposeWriteOff(a *book.Account, it *book.Item, day cal.Date, into *Decision) {
	if a.Unapplied(it.Currency) >= it.OpenMinor {
		into.because(reason.New(reason.InCredit, reason.UntilFact("credit allocated")).ForItem(it.ID))
		d.raise(a, into, TaskCredit, it.Currency, nil, day)
		return
	}
	into.because(d.residueReason(it).ForItem(it.ID))
	d.raise(a, into, TaskResidue, it.Currency, it, day)
}

func (d *Decider) residueReason(it *book.Item) reason.Reason {
	limit := d.w.Set.Policy.ResidueLimit(it.AmountMinor, it.Currency)
	exponent := it.Currency.Exponent()
	return reason.New(reason.Residue, reason.UntilFact("written off"),
		money.FormatMinor(it.OpenMinor, exponent), money.FormatMinor(limit, exponent))
}

// writeOff proposes to write off a small balance that nobody paid, if it is within the
// limit for a batch and no credit waits to be matched.
func (l *ladder) writeOff(act *Action) {
	limit := strategy.Minor(l.d.w.Set.Policy.WriteOffBatch, l.currency)
	if l.st.Key != "small_balance" || act.TaskKind != strategy.Decide || l.overdueMinor > limit ||
		l.a.Unapplied(l.currency) > 0 {
		return
	}
	act.Why = reason.WriteOffProposed
	exponent := l.currency.Exponent()
	l.into.because(reason.New(reason.WriteOffProposed, reason.UntilFact("written off"),
		money.FormatMinor(l.overdueMinor, exponent), money.FormatMinor(limit, exponent)))
}

// WriteOffs are the items that an open task proposes to write off, as the facts are on a
// day: the residues of its currency, or the items whose small balance it decides while
// they are within the limit. What is held, and what credit may yet settle, is not proposed.
func (d *Decider) WriteOffs(a *book.Account, why reason.Code, task int64, c money.Currency,
	day cal.Date) []int64 {
	var items []int64
	var sum int64
	credit := a.Unapplied(c)
	for i := range a.Items {
		it := &a.Items[i]
		held := slices.ContainsFunc(a.Holds, func(h book.Hold) bool {
			return (h.Item == 0 || h.Item == it.ID) && d.holds(&h, day)
		})
		if it.Currency != c || held || !it.Overdue(day) {
			continue
		}
		told := slices.ContainsFunc(a.Notices, func(n book.Notice) bool {
			return n.Item == it.ID && n.Task == task && !n.Voided
		})
		if (why == reason.Residue && d.residue(it) && credit < it.OpenMinor) ||
			(why == reason.WriteOffProposed && told) {
			items = append(items, it.ID)
			sum = money.AddMinor(sum, it.OpenMinor)
		}
	}
	if why == reason.WriteOffProposed && (credit > 0 || sum > strategy.Minor(d.w.Set.Policy.WriteOffBatch, c)) {
		return nil
	}
	return items
}

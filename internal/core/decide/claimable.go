package decide

import (
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/law"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/strategy"
)

// Claimable is what the law and the facts permit on a day to claim of one overdue item
// beside its principal, whatever a strategy wishes to.
type Claimable struct {
	Item      *book.Item
	OpenMinor int64          // what is asked for: open less the part that is held
	Law       law.Applicable // whose law it is
	From      cal.Date       // first day of interest; None where it is not known yet
	Ground    law.Ground     // "" while default lies ahead

	// InterestMinor runs up to and with the day; nothing is owed of the days of a moratorium.
	// Interest is how it came about. Both are zero where the level lets no figure stand.
	InterestCap   law.Cap
	InterestMinor int64
	Interest      law.Interest

	CompensationCap law.Cap
	Compensation    law.Compensation
}

// Claimable lists what may be claimed on a day, the oldest due date first. Of a customer that
// no strategy works it is nothing, as of items that are held.
func (d *Decider) Claimable(a *book.Account, day cal.Date) []Claimable {
	if strategy.Excluded(&a.Customer) != "" {
		return nil
	}
	whose := d.applicable(&a.Customer)
	var out []Claimable
	for _, c := range a.Currencies(nil) {
		credits := d.creditMoves(a, c, day)
		for _, it := range slices.Clone(d.overdue(a, c, day)) {
			out = append(out, d.claimable(a, it, whose, credits, c, day))
		}
	}
	return out
}

func (d *Decider) claimable(a *book.Account, it *book.Item, whose law.Applicable, credits []creditMove,
	c money.Currency, day cal.Date) Claimable {
	s := &itemState{item: it, askable: d.askable(a, it, it.ID, day), told: d.positionOf(a, it, day)}
	out := Claimable{Item: it, OpenMinor: s.askable, Law: whose, From: cal.None}
	pack := whose.Contract.Pack
	if pack == nil {
		return out
	}
	claim := d.lawClaim(a, s, &whose, credits)
	caps := pack.LevelCap(&claim, law.LevelFacts{Day: day, PayBy: day, MessagePrincipalMinor: s.askable,
		CompensationOffered: compensationOffered(a), CompensationLifted: true})
	out.InterestCap, out.CompensationCap = caps.Interest, caps.Compensation
	def, notYet := pack.DefaultFrom(&claim, day)
	if notYet != nil {
		out.From = notYet.Begins
		return out
	}
	out.From, out.Ground = def.FirstInterestDay, def.Ground
	if caps.Interest.Level >= book.Offer {
		in, refused := pack.Interest(&claim, out.From, day)
		if refused == nil {
			out.InterestMinor, refused = frozen(a, pack, &claim, &in, out.From, day)
		}
		if out.Interest = in; refused != nil {
			out.InterestCap, out.InterestMinor, out.Interest = law.Cap{Level: book.Announce, Why: refused}, 0, law.Interest{}
		}
	}
	if caps.Compensation.Level >= book.Offer {
		if comp, refused := pack.Compensation(&claim, out.From, day); refused == nil {
			out.Compensation = comp
		}
	}
	return out
}

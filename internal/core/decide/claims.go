package decide

import (
	"cmp"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/law"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
)

func (d *Decider) transit(ch book.Channel, c *book.Customer) cal.Transit {
	if ch == book.Email {
		return cal.Transit{}
	}
	return d.w.Law.LetterTransit(d.w.Creditor.Country, c.Country)
}

// applicable is whose law answers for a customer.
func (d *Decider) applicable(c *book.Customer) law.Applicable {
	return d.w.Law.WhoseLaw(law.Parties{
		CreditorCountry: d.w.Creditor.Country, CreditorRegion: d.w.Creditor.Subdivision,
		DebtorCountry: c.Country, DebtorRegion: c.Subdivision,
		ChosenLaw: c.Law, SaleOfGoods: c.Goods,
	})
}

// claims sets what each line claims: the level the strategy wishes, lowered by the
// law and the facts, with interest to the pay-by date. A missing figure lowers the
// level and never stops the message (guardrail R24).
func (d *Decider) claims(a *book.Account, c *candidate, act *Action, credits []creditMove, day cal.Date,
	into *Decision) {
	claimed := claimedBefore(a)
	act.Level = book.PrincipalOnly
	if c.lead.WishedLevel(claimed) < book.Announce {
		return
	}
	whose := d.applicable(&a.Customer)
	act.Law, into.Law = whose.Contract.Code, whose.Contract.Code
	n := 0
	var compensationMinor int64
	for i := c.first; i < c.last && n < len(act.Lines); i++ {
		s, line := &d.items[i], &act.Lines[n]
		if line.Item != s.item.ID {
			continue
		}
		n++
		if line.Step == "" || s.next == nil || s.next.WishedLevel(claimed) < book.Announce {
			continue
		}
		d.claim(a, s, line, act, s.next.WishedLevel(claimed), &whose, credits, day, into)
		compensationMinor = money.AddMinor(compensationMinor, line.CompensationMinor)
		act.Level = max(act.Level, line.Level)
	}
	d.capCompensation(act, compensationMinor, into)
	act.DailyMinor = dailyMinor(d.items[c.first:c.last], act)
}

// dailyMinor is the interest of a further day on the lines that a message speaks of,
// rounded once: where it only announces all that say anything, else those with a figure.
func dailyMinor(items []itemState, act *Action) int64 {
	var sum money.Exact
	var rounded int64
	over, n := 0, 0
	for i := range items {
		s := &items[i]
		if n == len(act.Lines) || act.Lines[n].Item != s.item.ID {
			continue
		}
		l := &act.Lines[n]
		n++
		if l.Level < book.Announce || s.dailyOver == 0 || (act.Level > book.Announce && l.InterestMinor == 0) {
			continue
		}
		if over != 0 && s.dailyOver != over { // another day count has no sum with it
			rounded = money.AddMinor(rounded, sum.Round(over, money.HalfUp))
			sum = money.Exact{}
		}
		over = s.dailyOver
		sum.AddExact(s.daily)
	}
	if over == 0 {
		return 0
	}
	return money.AddMinor(rounded, sum.Round(over, money.HalfUp))
}

// claim works out one line. Interest and compensation are lowered apart; the
// line's level is the higher of the two, and a figure stands only where its own
// level allows it.
func (d *Decider) claim(a *book.Account, s *itemState, line *Line, act *Action, wished book.Level,
	whose *law.Applicable,
	credits []creditMove, day cal.Date, into *Decision) {
	pack := whose.Contract.Pack
	if pack == nil {
		d.lowered(s, line, wished, reason.New(reason.UnverifiedJurisdiction, reason.UntilFact("law chosen"),
			whose.Contract.Code), into)
		return
	}
	claim := d.lawClaim(a, s, whose, credits)
	payBy := max(act.PayBy, day)
	caps := pack.LevelCap(&claim, law.LevelFacts{
		Day: day, PayBy: payBy, MessagePrincipalMinor: act.TotalMinor,
		// the share is capped over the whole message, below
		CompensationOffered: compensationOffered(a), CompensationLifted: true,
	})
	interest, compensation := caps.Interest.Level, caps.Compensation.Level
	line.Level = min(wished, max(interest, compensation))
	if def, notYet := pack.DefaultFrom(&claim, day); notYet == nil {
		line.InterestFrom, line.Ground = def.FirstInterestDay, string(def.Ground)
	} else {
		line.InterestFrom = notYet.Begins
	}
	if interest >= book.Announce && line.InterestFrom != cal.None {
		if period, refused := pack.Rate(&claim, line.InterestFrom, max(day, line.InterestFrom)); refused == nil {
			line.Rate = period.Rate
		}
		if in, refused := pack.Interest(&claim, line.InterestFrom, payBy); refused == nil {
			s.daily, s.dailyOver = in.Daily, in.DayCountDays
			if in.Contract {
				line.Rate = a.Customer.ContractRate
			}
			if shown(wished, interest, line.Level) {
				if line.InterestMinor, refused = frozen(a, pack, &claim, &in, line.InterestFrom, payBy); refused != nil {
					interest, caps.Interest.Why = book.Announce, refused
					line.Level = min(wished, max(interest, compensation))
				}
			}
		}
	}
	if line.Level == book.Announce && line.InterestFrom == cal.None {
		announced(pack, &claim, s, line, day)
	}
	if shown(wished, compensation, line.Level) {
		if comp, refused := pack.Compensation(&claim, line.InterestFrom, day); refused == nil {
			line.CompensationMinor = comp.Minor
		}
	}
	if why := caps.Compensation.Why; compensation < line.Level && compensation > book.PrincipalOnly &&
		why != nil {
		into.because(reason.New(why.Code, why.Until(), why.Args...).ForItem(s.item.ID))
	}
	if why := caps.Interest.Why; line.Level < wished && why != nil {
		d.lowered(s, line, wished, reason.New(why.Code, why.Until(), why.Args...), into)
	}
}

// announced gives a message that itself puts the debtor in default the rate and the
// interest of a day, as they will be once it has been received; nothing is owed yet.
func announced(pack *law.Pack, c *law.Claim, s *itemState, line *Line, day cal.Date) {
	demanded := *c
	demanded.FirstDemandReceived = day
	def, notYet := pack.DefaultFrom(&demanded, day+1)
	if notYet != nil || def.Ground != law.GroundDemand {
		return
	}
	first := def.FirstInterestDay
	if in, refused := pack.Interest(&demanded, first, first); refused == nil {
		line.Rate, s.daily, s.dailyOver = demanded.Contract.Rate, in.Daily, in.DayCountDays
		if period, unknown := pack.Rate(&demanded, first, first); !in.Contract && unknown == nil {
			line.Rate = period.Rate
		}
	}
}

// shown reports whether a figure may stand in a line: its own level allows a figure
// and is not below the level of the line, whose words speak for both.
func shown(wished, own, line book.Level) bool {
	level := min(wished, own)
	return level >= book.Offer && level >= line
}

// frozen is the interest of a claim without the days of a statutory moratorium,
// which bear none (guardrail R8). A day that several of them cover is left out once. Where
// the law gives no figure for these days there is none of the rest either.
func frozen(a *book.Account, pack *law.Pack, c *law.Claim, in *law.Interest, first, until cal.Date) (int64,
	*law.Refusal) {
	var moratoria []book.Hold
	for i := range a.Holds {
		if a.Holds[i].Kind == book.HoldMoratorium {
			moratoria = append(moratoria, a.Holds[i])
		}
	}
	slices.SortFunc(moratoria, func(x, y book.Hold) int { return cmp.Compare(x.From, y.From) })
	exact, found := in.Exact, false
	next := first // the first day that no moratorium before has covered
	for i := range moratoria {
		h := &moratoria[i]
		last := min(h.Until, until)
		if h.EndDay != cal.None {
			last = min(last, h.EndDay-1)
		}
		from := max(h.From, next)
		if from > last {
			continue
		}
		next = last + 1
		with, refused := pack.Interest(c, first, last)
		if refused != nil {
			return 0, refused
		}
		before, refused := pack.Interest(c, first, from-1)
		if refused != nil {
			return 0, refused
		}
		exact.SubExact(with.Exact)
		exact.AddExact(before.Exact)
		found = true
	}
	if !found {
		return in.Minor, nil
	}
	return exact.Round(in.DayCountDays, money.HalfUp), nil
}

// compensationOffered reports whether this customer was offered compensation before:
// only then may it be claimed (guardrail R2).
func compensationOffered(a *book.Account) bool {
	for i := range a.Messages {
		m := &a.Messages[i]
		if m.State == book.Sent && m.Level >= book.Offer && m.CompensationMinor > 0 {
			return true
		}
	}
	return false
}

// lowered records that a line says less than the strategy wished.
func (d *Decider) lowered(s *itemState, line *Line, wished book.Level, why reason.Reason, into *Decision) {
	if line.Level == book.NoClaim {
		line.Level = book.PrincipalOnly
	}
	into.because(reason.New(reason.LowerLevel, why.Until(), wished.String(), line.Level.String(),
		strings.TrimSuffix(why.Text(), ".")).ForItem(s.item.ID))
}

// capCompensation applies guardrail R2 to the whole message: above its share of
// the principal, compensation is announced and the interest stays.
func (d *Decider) capCompensation(act *Action, sumMinor int64, into *Decision) {
	percent := d.w.Set.Policy.CompensationMaxPercent
	if !law.OverShare(sumMinor, act.TotalMinor, percent) {
		return
	}
	act.Level = book.PrincipalOnly
	for i := range act.Lines {
		l := &act.Lines[i]
		if l.CompensationMinor > 0 && l.InterestMinor == 0 {
			l.Level = min(l.Level, book.Announce)
		}
		l.CompensationMinor = 0
		act.Level = max(act.Level, l.Level)
	}
	into.because(reason.New(reason.CompensationCap, reason.UntilFact("cap lifted"),
		money.FormatMinor(int64(percent), 0)))
}

// claimedBefore reports whether a message at level offer or claim was sent to this
// customer: a strategy may ask to offer first.
func claimedBefore(a *book.Account) bool {
	for i := range a.Messages {
		m := &a.Messages[i]
		if m.State == book.Sent && m.Level >= book.Offer {
			return true
		}
	}
	return false
}

// lawClaim gathers what the law needs to know of one item.
func (d *Decider) lawClaim(a *book.Account, s *itemState, whose *law.Applicable,
	credits []creditMove) law.Claim {
	it, cust := s.item, &a.Customer
	c := law.NewClaim(it.Currency, it.AmountMinor)
	c.InvoiceDate, c.DueDate = it.InvoiceDate, it.DueDate
	c.DateAgreed = a.DateAgreed(it)
	c.Debtor = cust.Kind
	if cust.HasRate {
		c.Contract = law.ContractTerms{Clause: law.ClauseConfirmed, Rate: cust.ContractRate}
	}
	c.GoverningLawUnknown = whose.GoverningLawUnknown
	c.Calendar = d.place(cust).calendar
	c.FirstDemandReceived = firstDemand(a, it, s.told.notices)
	var moved int64
	for i := range a.Moves {
		if m := &a.Moves[i]; m.Item == it.ID {
			c.Movements = append(c.Movements, law.Movement{Day: m.Day, DeltaMinor: m.Minor})
			moved += m.Minor
		}
	}
	if held := it.OpenMinor - s.askable; held > 0 { // the part in dispute bears no figure now
		c.Movements = append([]law.Movement{{Day: it.DueDate, DeltaMinor: -held, FromStart: true}}, c.Movements...)
	}
	if gap := it.AmountMinor + moved - it.OpenMinor; gap != 0 {
		// facts outside this view: never claim more than is open
		c.Movements = append([]law.Movement{{Day: it.DueDate, DeltaMinor: -gap, FromStart: true}}, c.Movements...)
	}
	for i := range credits {
		if credits[i].item == it.ID {
			c.Movements = append(c.Movements, credits[i].move)
		}
	}
	return c
}

// firstDemand is the day on which the item's first formal message was received, of those
// that came when it was due: a demand before has no effect (for Germany section 286 (1)
// BGB), and a due date may have been put off since.
func firstDemand(a *book.Account, it *book.Item, notices []book.Notice) cal.Date {
	first := cal.None
	for i := range notices {
		n := &notices[i]
		if n.Voided || (n.Step != "formal" && n.Step != "final_demand") {
			continue
		}
		m := a.Message(n.Message)
		if m == nil || m.State != book.Sent || m.ServedDay == cal.None || m.ServedDay <= it.DueDate {
			continue
		}
		if first == cal.None || m.ServedDay < first {
			first = m.ServedDay
		}
	}
	return first
}

package app

import (
	"cmp"
	"context"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/law"
	"github.com/recoup-project/recoup/internal/store"
)

// ClaimToday is what may lawfully be claimed today of one overdue item beside its principal,
// and what was claimed so far. A figure that the law or the facts do not give is absent, with
// the reason.
type ClaimToday struct {
	Document string   `json:"document"`
	Open     Amount   `json:"open"`           // what is asked for
	Law      string   `json:"law"`            // code of the jurisdiction
	LawName  string   `json:"law_name"`       // "" where no pack is known
	From     string   `json:"from,omitempty"` // first day of interest
	Ground   string   `json:"ground"`         // "" while default lies ahead
	Interest ClaimSum `json:"interest"`
	// Daily is one further day's interest, for show; Rate the rate in force today, percent a
	// year, RateSource its table and day.
	Daily        *Amount        `json:"daily,omitempty"`
	Rate         string         `json:"rate_pct,omitempty"`
	RateSource   string         `json:"rate_source,omitempty"`
	Compensation ClaimSum       `json:"compensation"`
	Before       *ClaimedBefore `json:"claimed_before,omitempty"`
}

// ClaimSum is one head of claim: how far a message may go (principal: not at all, announce,
// offer, claim), the figure, the rule and its source, and why it goes no further.
type ClaimSum struct {
	Level      string  `json:"level"`
	Amount     *Amount `json:"amount,omitempty"`
	Rule       string  `json:"rule,omitempty"`
	Source     string  `json:"source,omitempty"`
	Confidence string  `json:"confidence,omitempty"`
	Why        string  `json:"why,omitempty"`
}

// ClaimedBefore is what the last message that named a figure said of the item.
type ClaimedBefore struct {
	Message      int64    `json:"message"`
	Day          cal.Date `json:"day"`
	Level        string   `json:"level"`
	Interest     Amount   `json:"interest"`
	Compensation Amount   `json:"compensation"`
}

// Claims tells what may be claimed today of each overdue item of a customer that nothing
// holds, the oldest first. Errors: not found.
func (a *App) Claims(ctx context.Context, customer int64) ([]ClaimToday, error) {
	var list []ClaimToday
	err := a.read(ctx, func(tx store.Tx) error {
		list = []ClaimToday{}
		creditors, err := a.creditors(tx)
		if err != nil {
			return err
		}
		l := a.newLoader(tx, creditors)
		l.documents = true
		acc, err := loadOne(l, customer)
		if err != nil {
			return err
		}
		c, err := creditorByID(creditors, acc.Customer.Creditor)
		if err != nil {
			return err
		}
		d, err := a.decider(tx, c)
		if err != nil {
			return err
		}
		before, err := a.claimedBefore(tx, customer)
		if err != nil {
			return err
		}
		for _, k := range d.Claimable(acc, c.today(tx)) {
			line := claimToday(&k)
			line.Before = before[k.Item.ID]
			list = append(list, line)
		}
		return nil
	})
	return list, err
}

func claimToday(k *decide.Claimable) ClaimToday {
	cur := k.Item.Currency
	line := ClaimToday{Document: book.ItemName(k.Item.Number, k.Item.Instalment), Open: amountIn(k.OpenMinor, cur), Law: k.Law.Contract.Code, From: dayOrNothing(k.From),
		Ground: string(k.Ground), Interest: claimSum(k.InterestCap), Compensation: claimSum(k.CompensationCap)}
	if k.Law.Contract.Pack == nil {
		line.Interest.Why = "no law table of " + k.Law.Contract.Code + " is known: the principal alone"
		return line
	}
	line.LawName = k.Law.Contract.Pack.Name()
	if in := &k.Interest; len(in.Segments) > 0 {
		sum, daily, last := amountIn(k.InterestMinor, cur), amountIn(in.DailyMinor(), cur), &in.Segments[len(in.Segments)-1]
		line.Interest.Amount, line.Daily = &sum, &daily
		line.Interest.Rule, line.Interest.Source, line.Interest.Confidence = in.Rule, in.Source.Text, in.Confidence.String()
		line.Rate, line.RateSource = last.Rate.Rate.String(), last.Rate.ID
	}
	if comp := &k.Compensation; comp.Minor > 0 {
		sum := amountIn(comp.Minor, comp.Currency)
		line.Compensation.Amount, line.Compensation.Rule = &sum, comp.Rule
		line.Compensation.Source, line.Compensation.Confidence = comp.Source.Text, comp.Source.Confidence.String()
	}
	return line
}

func claimSum(c law.Cap) ClaimSum {
	s := ClaimSum{Level: cmp.Or(c.Level, book.PrincipalOnly).String()}
	if c.Why != nil {
		s.Why = c.Why.Text()
	}
	return s
}

// claimedBefore is what the last message that named a figure said of each item.
func (a *App) claimedBefore(tx store.Tx, customer int64) (map[int64]*ClaimedBefore, error) {
	before := map[int64]*ClaimedBefore{}
	err := store.Each(tx, `SELECT message_id, day, currency, figures FROM message WHERE tenant_id = $1 AND customer_id = $2
		AND state = 'sent' ORDER BY day, message_id`, []any{a.tenant, customer}, func(r store.Rows) error {
		figures, err := decide.ParseFigures(r.Bytes(3))
		if err != nil {
			return err
		}
		cur := currency(r.Bytes(2))
		for i := range figures.Lines {
			if l := &figures.Lines[i]; l.Level >= book.Offer {
				before[l.Item] = &ClaimedBefore{Message: r.Int64(0), Day: r.Day(1), Level: l.Level.String(),
					Interest: amountIn(l.InterestMinor, cur), Compensation: amountIn(l.CompensationMinor, cur)}
			}
		}
		return nil
	})
	return before, err
}

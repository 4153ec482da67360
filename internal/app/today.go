package app

import (
	"context"
	"encoding/json"
	"math"
	"slices"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// Amount is an amount of a report: in Go minor units and currency, as JSON a decimal.
type Amount struct{ money.Money }

func amountIn(minor int64, c money.Currency) Amount {
	return Amount{money.Money{Minor: minor, Currency: c}}
}

// MarshalJSON writes the amount as a decimal with its currency.
func (a Amount) MarshalJSON() ([]byte, error) { return json.Marshal(moneyText(a.Minor, a.Currency)) }

// TodayReport is what the first page tells of each creditor.
type TodayReport struct {
	Creditors []TodayCreditor `json:"creditors"`
}

// TodayCreditor is one creditor today, by the day at its place.
type TodayCreditor struct {
	Creditor string   `json:"creditor"` // its code
	Name     string   `json:"name"`
	Day      cal.Date `json:"day"`
	// CashKnown is the last day up to which the bank is known; Fresh and FreshFormal say
	// whether that is enough for friendly reminders and for formal ones.
	CashKnown   string `json:"cash_known,omitempty"` // "" if never
	Fresh       bool   `json:"fresh"`
	FreshFormal bool   `json:"fresh_formal"`
	// AvoidedMonth and AvoidedEver count the wrong chases avoided; see AvoidedCauses.
	AvoidedMonth int64          `json:"avoided_month"`
	AvoidedEver  int64          `json:"avoided_ever"`
	MustDo       int            `json:"must_do"`
	Customers    int            `json:"customers"`
	Figures      []TodayFigures `json:"figures"` // own currency first, then by code
}

// TodayFigures are the figures of one creditor in one currency. Nothing is ever added up
// over two currencies.
type TodayFigures struct {
	Currency money.Currency `json:"currency"`
	Open     Amount         `json:"open"` // invoices issued by today, before unapplied money
	// Overdue is what is open of items whose due date has passed, as in the aging.
	Overdue          Amount `json:"overdue"`
	OverdueCustomers int    `json:"overdue_customers"`
	// Of it is held by disputes, by promises, and by anything else (plans, deferrals,
	// pauses, proceedings, payments under way).
	Disputed  Amount `json:"disputed"`
	Promised  Amount `json:"promised"`
	HeldOther Amount `json:"held_other"`
	// Actionable is what may be asked for: overdue, less what is held and what unapplied
	// money may settle, without customers who are never worked (guardrail R28).
	Actionable          Amount `json:"actionable"`
	ActionableCustomers int    `json:"actionable_customers"`
	// Expected is a simple guess of what comes in from today to ExpectedUntil, the Sunday
	// of this week: promises that name a day in it, and items whose due date plus the days
	// that their customer usually pays late falls in it.
	Expected      Amount   `json:"expected"`
	ExpectedUntil cal.Date `json:"expected_until"`
	// CameIn is the money with a value day from CameInSince, the last business day, on.
	CameIn      Amount   `json:"came_in"`
	CameInCount int64    `json:"came_in_count"`
	CameInSince cal.Date `json:"came_in_since"`

	Largest *LargestDebtor `json:"largest,omitempty"`
}

// LargestDebtor is who owes most of what is overdue.
type LargestDebtor struct {
	ID       int64  `json:"id"`
	Customer string `json:"customer"`
	Name     string `json:"name"`
	Overdue  Amount `json:"overdue"`
	SharePct int    `json:"share_pct"` // of all that is overdue, rounded down
}

// Today tells the figures of the first page; creditor "" is all of them, each by itself.
// They are computed once after a change and are the same numbers as the aging's; callers
// must not change the report. Errors: not found (creditor).
func (a *App) Today(ctx context.Context, creditor string) (TodayReport, error) {
	s, err := a.survey(ctx)
	if err != nil {
		return TodayReport{}, err
	}
	k, err := s.creditorAt(creditor)
	if err != nil || k < 0 {
		return TodayReport{Creditors: s.told}, err
	}
	return TodayReport{Creditors: s.told[k : k+1]}, nil
}

// creditorAt is the place of a creditor by its code, -1 for "". Errors: not found.
func (s *survey) creditorAt(code string) (int, error) {
	k := slices.IndexFunc(s.creditors, func(c surveyCreditor) bool { return c.Code == code })
	if k < 0 && code != "" {
		return k, notFound("creditor_not_found", "there is no creditor %q", code)
	}
	return k, nil
}

func (s *survey) today(k int) TodayCreditor {
	c := &s.creditors[k]
	t := TodayCreditor{Creditor: c.Code, Name: c.Name, Day: c.today, CashKnown: dayOrNothing(c.cash), Fresh: c.fresh,
		FreshFormal: c.freshFormal, AvoidedMonth: c.stoppedHere, MustDo: c.work, Figures: s.figures(k)}
	for _, n := range c.stopped {
		t.AvoidedEver += n
	}
	for i := range s.customers {
		if int(s.customers[i].creditor) == k {
			t.Customers++
		}
	}
	return t
}

// figures adds up the lines of a creditor by currency. Its own currency is always there.
func (s *survey) figures(k int) []TodayFigures {
	c := &s.creditors[k]
	byCode := map[money.Currency]*TodayFigures{}
	of := func(code money.Currency) *TodayFigures {
		f := byCode[code]
		if f == nil {
			zero := amountIn(0, code)
			f = &TodayFigures{Currency: code, Open: zero, Overdue: zero, Disputed: zero, Promised: zero, HeldOther: zero,
				Actionable: zero, Expected: zero, CameIn: zero, CameInSince: c.since,
				ExpectedUntil: c.today.AddDays((7 - int(c.today.Weekday())) % 7)}
			byCode[code] = f
		}
		return f
	}
	of(c.Currency)
	for i := range s.lines {
		l := &s.lines[i]
		customer := s.customerOf(l)
		if int(customer.creditor) == k {
			of(s.currencies[l.currency]).count(l, customer)
		}
	}
	for code, in := range c.cameIn {
		f := of(s.currencies[code])
		f.CameIn.Minor, f.CameInCount = in.minor, in.count
	}
	all := make([]TodayFigures, 0, len(byCode))
	for _, f := range byCode {
		if f.Largest != nil && f.Overdue.Minor > 0 {
			f.Largest.SharePct = sharePct(f.Largest.Overdue.Minor, f.Overdue.Minor)
		}
		all = append(all, *f)
	}
	slices.SortFunc(all, func(x, y TodayFigures) int { return byCurrency(c.Currency, x.Currency, y.Currency) })
	return all
}

// count adds a customer's line.
func (f *TodayFigures) count(l *surveyLine, c *surveyCustomer) {
	add := func(to *Amount, minor int64) { to.Minor = money.AddMinor(to.Minor, minor) }
	add(&f.Open, l.open)
	add(&f.Overdue, l.overdue)
	add(&f.Disputed, l.openSum[heldDisputed])
	add(&f.Promised, l.openSum[heldPromised])
	add(&f.HeldOther, l.openSum[heldOther])
	add(&f.Actionable, l.ask)
	add(&f.Expected, l.soon)
	if l.overdue > 0 {
		f.OverdueCustomers++
		if f.Largest == nil || l.overdue > f.Largest.Overdue.Minor {
			f.Largest = &LargestDebtor{ID: c.id, Overdue: amountIn(l.overdue, f.Currency)}
		}
	}
	if l.ask > 0 {
		f.ActionableCustomers++
	}
}

// sharePct is part of whole in percent, rounded down; both are not negative.
func sharePct(part, whole int64) int {
	if part > math.MaxInt64/100 {
		return int(part / (whole / 100))
	}
	return int(part * 100 / whole)
}

// tell makes the report of all creditors and names the customers in it.
func (s *surveyor) tell() error {
	var ids []int64
	var largest []*LargestDebtor
	for k := range s.creditors {
		t := s.today(k)
		for i := range t.Figures {
			if l := t.Figures[i].Largest; l != nil {
				ids, largest = append(ids, l.ID), append(largest, l)
			}
		}
		s.told = append(s.told, t)
	}
	names, err := s.a.customerNames(s.tx, ids)
	for _, l := range largest {
		l.Customer, l.Name = names[l.ID].number, names[l.ID].name
	}
	return err
}

// customerName is how people call a customer.
type customerName struct{ number, name string }

// customerNames are the numbers and names of some customers.
func (a *App) customerNames(tx store.Tx, ids []int64) (map[int64]customerName, error) {
	names := make(map[int64]customerName, len(ids))
	return names, store.Each(tx, `SELECT c.customer_id, c.number, p.name FROM customer c
		JOIN party p ON p.tenant_id = c.tenant_id AND p.party_id = c.party_id
		WHERE c.tenant_id = $1 AND c.customer_id IN ids($2)`, []any{a.tenant, ids}, func(r store.Rows) error {
		names[r.Int64(0)] = customerName{r.Text(1), r.Text(2)}
		return nil
	})
}

package app

import (
	"cmp"
	"context"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// ReportRequest asks for a report over weeks.
type ReportRequest struct {
	Creditor string // "" with one creditor; "*" is all of them
	Weeks    int    // from 1 to 53; 0 is 13. The last one ends today
}

// Week is a week from a Monday on; the last of a report ends with its day.
type Week struct {
	From cal.Date `json:"from"`
	To   cal.Date `json:"to"`
}

// WeeksReport is what was overdue at the end of each week and what came in during it.
type WeeksReport struct {
	AsOf       cal.Date        `json:"as_of"`
	Formula    string          `json:"formula"`
	Currencies []WeeksCurrency `json:"currencies"`
}

// WeeksCurrency is the weeks of one currency, the oldest first.
type WeeksCurrency struct {
	Currency money.Currency `json:"currency"`
	Weeks    []WeekFigures  `json:"weeks"`
}

// WeekFigures are the figures of one week.
type WeekFigures struct {
	Week
	Overdue   Amount `json:"overdue"`
	Collected Amount `json:"collected"`
	Receipts  int64  `json:"receipts"`
}

const weeksFormula = "Overdue: what was open at the end of the week, as known today, of invoices whose contractual due " +
	"date had passed; it is the sum of the overdue buckets of the aging of that day, before unapplied money. " +
	"Collected: money with a value day in the week, less what was taken back: payments, and what a list of the " +
	"bookkeeping showed as settled, on the day of the list."

// reportSpan is a report's weeks, the customers it is of, and the day of each creditor.
type reportSpan struct {
	s        *survey
	creditor int // -1: all
	today    cal.Date
	weeks    []Week
}

// reportSpan reads a request. Errors: not found (creditor), invalid (weeks, or no creditor
// is named of several).
func (a *App) reportSpan(ctx context.Context, req ReportRequest) (*reportSpan, error) {
	n := cmp.Or(req.Weeks, 13)
	if n < 1 || n > 53 {
		return nil, invalid("weeks_invalid", "weeks %d: expected 1 to 53", req.Weeks)
	}
	s, err := a.survey(ctx)
	if err != nil {
		return nil, err
	}
	span := &reportSpan{s: s, creditor: -1, today: s.last}
	if req.Creditor != "*" {
		var c CreditorInfo
		if err := a.read(ctx, func(tx store.Tx) (err error) { c, err = a.creditor(tx, req.Creditor); return err }); err != nil {
			return nil, err
		}
		if span.creditor, err = s.creditorAt(c.Code); err != nil {
			return nil, err
		}
		span.today = s.creditors[span.creditor].today
	}
	monday := span.today.AddDays(-((int(span.today.Weekday()) + 6) % 7))
	for i := n - 1; i >= 0; i-- {
		from := monday.AddDays(-7 * i)
		span.weeks = append(span.weeks, Week{from, min(from.AddDays(6), span.today)})
	}
	return span, nil
}

// of reports whether a customer counts.
func (p *reportSpan) of(customer int64) bool {
	k := p.s.find(customer)
	return k >= 0 && (p.creditor < 0 || int(p.s.customers[k].creditor) == p.creditor)
}

// week is the place of a day's week, -1 outside.
func (p *reportSpan) week(day cal.Date) int {
	if day < p.weeks[0].From || day > p.today {
		return -1
	}
	return day.DaysSince(p.weeks[0].From) / 7
}

// WeeksReport tells what was overdue at the end of each week and what was collected in it.
// Errors: not found (creditor), invalid (weeks).
func (a *App) WeeksReport(ctx context.Context, req ReportRequest) (WeeksReport, error) {
	report := WeeksReport{Formula: weeksFormula, Currencies: []WeeksCurrency{}}
	span, err := a.reportSpan(ctx, req)
	if err != nil {
		return report, err
	}
	report.AsOf = span.today
	key := sprintf("weeks %d %d", span.creditor, len(span.weeks))
	made, err := span.s.once(key, func() (any, error) {
		var w *weekCounter
		err := a.read(context.WithoutCancel(ctx), func(tx store.Tx) error {
			w = &weekCounter{reportSpan: span, tx: tx, tenant: a.tenant, sums: map[money.Currency][]WeekFigures{}}
			return w.read()
		})
		return w, err
	})
	if err != nil {
		return report, err
	}
	sums := made.(*weekCounter).sums
	for code := range sums {
		report.Currencies = append(report.Currencies, WeeksCurrency{code, sums[code]})
	}
	own := span.s.creditors[max(span.creditor, 0)].Currency
	slices.SortFunc(report.Currencies, func(x, y WeeksCurrency) int { return byCurrency(own, x.Currency, y.Currency) })
	return report, nil
}

// once makes something of a survey when it is first asked for. Callers must not change it.
func (s *survey) once(key string, build func() (any, error)) (any, error) {
	s.slow.Lock()
	defer s.slow.Unlock()
	if made, ok := s.reports[key]; ok {
		return made, nil
	}
	made, err := build()
	if err == nil {
		if len(s.reports) >= ordersKept {
			clear(s.reports)
		}
		s.reports[key] = made
	}
	return made, err
}

// weekCounter adds up the weeks: the items as they are, put back to what they were.
type weekCounter struct {
	*reportSpan
	tx     store.Tx
	tenant int64
	moves  []itemMove // by item and day
	sums   map[money.Currency][]WeekFigures
}

// itemMove is by how much less was open of an item after a day: a payment (positive) or,
// taken back, an invoice.
type itemMove struct {
	customer, item, minor int64
	day                   cal.Date
}

func (w *weekCounter) read() error {
	if err := w.readMoves(); err != nil {
		return err
	}
	if err := w.readOpen(); err != nil {
		return err
	}
	if err := w.readMoved(); err != nil {
		return err
	}
	return eachReceipt(w.tx, w.tenant, w.weeks[0].From, w.today, func(m *receipt) {
		if !w.of(m.customer) {
			return
		}
		f := &w.figures(money.Currency(m.currency))[w.week(m.day)]
		f.Collected.Minor = money.AddMinor(f.Collected.Minor, m.minor)
		f.Receipts += m.count()
	})
}

// figures are the weeks of a currency.
func (w *weekCounter) figures(c money.Currency) []WeekFigures {
	f := w.sums[c]
	if f == nil {
		f = make([]WeekFigures, len(w.weeks))
		for i := range f {
			f[i] = WeekFigures{Week: w.weeks[i], Overdue: amountIn(0, c), Collected: amountIn(0, c)}
		}
		w.sums[c] = f
	}
	return f
}

// readMoves reads what moved the principal of items after the end of the first week.
func (w *weekCounter) readMoves() error {
	where, args := "tenant_id = $1 AND effective_day > $2", []any{w.tenant, w.weeks[0].To}
	if err := eachEntry(w.tx, where, args, func(customer int64, e *book.Entry) error {
		if (e.To == book.Principal || e.From == book.Principal) && w.of(customer) {
			w.moves = append(w.moves, itemMove{customer, e.Item, -e.Debits(), e.Day})
		}
		return nil
	}); err != nil {
		return err
	}
	if err := eachAllocation(w.tx, where, args, func(customer int64, al *book.Allocation) error {
		if al.Head == book.Principal && w.of(customer) {
			w.moves = append(w.moves, itemMove{customer, al.Item, al.Minor, al.Day})
		}
		return nil
	}); err != nil {
		return err
	}
	slices.SortFunc(w.moves, func(x, y itemMove) int {
		return cmp.Or(cmp.Compare(x.customer, y.customer), cmp.Compare(x.item, y.item), cmp.Compare(x.day, y.day))
	})
	return nil
}

// movesOf are the moves of an item.
func (w *weekCounter) movesOf(customer, item int64) []itemMove {
	from, ok := slices.BinarySearchFunc(w.moves, [2]int64{customer, item}, func(m itemMove, key [2]int64) int {
		return cmp.Or(cmp.Compare(m.customer, key[0]), cmp.Compare(m.item, key[1]))
	})
	if !ok {
		return nil
	}
	to := from
	for to < len(w.moves) && w.moves[to].item == item {
		to++
	}
	return w.moves[from:to]
}

// readOpen counts the open items that did not move: each from the first week on at whose
// end it was overdue.
func (w *weekCounter) readOpen() error {
	first := map[money.Currency][]int64{}
	err := store.Each(w.tx, `SELECT customer_id, item_id, currency, due_date, open_minor FROM item
		WHERE tenant_id = $1 AND open_minor > 0 AND due_date < $2`, []any{w.tenant, w.today}, func(r store.Rows) error {
		if !w.of(r.Int64(0)) || len(w.moves) > 0 && w.movesOf(r.Int64(0), r.Int64(1)) != nil {
			return nil
		}
		code := currency(r.Bytes(2))
		if first[code] == nil {
			first[code] = make([]int64, len(w.weeks))
		}
		due := r.Day(3)
		k, _ := slices.BinarySearchFunc(w.weeks, due, func(week Week, due cal.Date) int {
			return cmp.Compare(week.To, due+1)
		})
		first[code][k] = money.AddMinor(first[code][k], r.Int64(4))
		return nil
	})
	for code, began := range first {
		f, sum := w.figures(code), int64(0)
		for i := range f {
			sum = money.AddMinor(sum, began[i])
			f[i].Overdue.Minor = money.AddMinor(f[i].Overdue.Minor, sum)
		}
	}
	return err
}

// readMoved counts the items that moved, week by week.
func (w *weekCounter) readMoved() error {
	var customers []int64
	for i := range w.moves {
		if n := len(customers); n == 0 || customers[n-1] != w.moves[i].customer {
			customers = append(customers, w.moves[i].customer)
		}
	}
	for chunk := range slices.Chunk(customers, batchSize) {
		where, args := customerRange(w.tenant, chunk)
		if err := store.Each(w.tx, "SELECT customer_id, item_id, currency, due_date, open_minor FROM item WHERE "+where, args,
			func(r store.Rows) error {
				moves := w.movesOf(r.Int64(0), r.Int64(1))
				due, open := r.Day(3), r.Int64(4)
				if moves == nil || due == cal.None {
					return nil
				}
				f := w.figures(currency(r.Bytes(2)))
				k := len(moves) // moves from k on are later than the week's end
				for i := len(f) - 1; i >= 0; i-- {
					for ; k > 0 && moves[k-1].day > f[i].To; k-- {
						open = money.AddMinor(open, moves[k-1].minor)
					}
					if due < f[i].To {
						f[i].Overdue.Minor = money.AddMinor(f[i].Overdue.Minor, open)
					}
				}
				return nil
			}); err != nil {
			return err
		}
	}
	return nil
}

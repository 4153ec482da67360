package app

import (
	"context"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

// cashKnown is the last day up to which cash is known; None if never.
func (a *App) cashKnown(tx store.Tx, creditor int64) (cal.Date, error) {
	day := cal.None
	err := store.Each(tx, "SELECT day FROM cash_known WHERE tenant_id = $1 AND creditor_id = $2",
		[]any{a.tenant, creditor},
		func(r store.Rows) error {
			day = max(day, r.Day(0))
			return nil
		})
	return day, err
}

// knowCash records that cash is known up to a day.
func (r *recorder) knowCash(creditor int64, day cal.Date, source string) error {
	ins := r.Insert("cash_known")
	ins.Int(creditor).Int(r.Seq()).Day(day).Text(source)
	return ins.One()
}

// CashKnown records that a person looked at the bank: none of what is open was
// paid up to day, except what the book knows. It returns the day up to which cash is known
// then, which is later where that was recorded before. Errors: invalid (day_in_future,
// day_implausible).
func (a *App) CashKnown(ctx context.Context, req Request, creditor string, day cal.Date) (cal.Date, error) {
	return answering(ctx, a, req, "cash_known", []any{creditor, day}, func(r *recorder) error {
		c, err := a.creditor(r, creditor)
		if err != nil {
			return err
		}
		if err := pastDay("day", day, c.today(r)); err != nil {
			return err
		}
		return r.knowCash(c.ID, day, "person")
	}, func(tx store.Tx) (cal.Date, error) {
		c, err := a.creditor(tx, creditor)
		if err != nil {
			return cal.None, err
		}
		return a.cashKnown(tx, c.ID)
	})
}

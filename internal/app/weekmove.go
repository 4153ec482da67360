package app

import (
	"cmp"
	"context"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// MoveRequest puts off what the week ahead tells of a day after today: the messages of one
// step, in one currency, that would leave in one way.
type MoveRequest struct {
	Creditor string
	From     cal.Date
	Step     string
	Currency money.Currency
	How      string // by_itself or person
	To       cal.Date
	Why      string
}

// MoveReport is what was put off, and to when.
type MoveReport struct {
	PauseReport
	Goes cal.Date `json:"goes"`           // the first day on which they may leave
	Idle string   `json:"idle,omitempty"` // why that is not the day that was asked for
}

// MoveAhead puts messages of a day to come off, by a pause of their customers up to the day
// before. They go on the day that is asked for or the next one on which our house sends; a
// customer whose place has a holiday then is written to after it. Errors: invalid (day_earlier:
// a message stands on the first day that the rules allow; postpone_day: not one of the days
// ahead), refused (postpone_too_long), conflict (nothing_there: nothing of it stands on the
// day any more), and those of Pause.
func (a *App) MoveAhead(ctx context.Context, req Request, m MoveRequest) (MoveReport, error) {
	var report MoveReport
	_, k, lines, err := a.linesAhead(ctx, m.Creditor)
	if err != nil {
		return report, err
	}
	if report.Goes, report.Idle, err = a.GoesOn(ctx, m.Creditor, m.From, m.To); err != nil {
		return report, err
	}
	var customers []int64
	for i := range lines {
		l := &lines[i]
		if l.day == m.From && l.Step == m.Step && l.Amount.Currency == m.Currency && l.How == m.How && l.How != "task" &&
			(k < 0 || l.creditor == k) {
			customers = append(customers, l.ID)
		}
	}
	if len(customers) == 0 {
		return report, &Error{Kind: Conflict, Code: "nothing_there",
			Message: "nothing of this stands on " + m.From.String() + " any more; look at the calendar again"}
	}
	report.PauseReport, err = a.Pause(ctx, req, customers, report.Goes-1, cmp.Or(m.Why, "put off to "+report.Goes.String()))
	return report, err
}

// GoesOn is the day on which a message leaves that is put off from one day to another: that
// day, or where our house is idle on it the next that is not; idle says why. Errors: invalid
// (day_earlier), refused (postpone_too_long), not found (creditor).
func (a *App) GoesOn(ctx context.Context, creditor string, from, to cal.Date) (goes cal.Date, idle string, err error) {
	if !stated(to) || to <= from {
		return to, "", invalid("day_earlier", "a message stands on the first day that the rules allow, %s: it can be put off to a later day, "+
			"not brought forward", from)
	}
	err = a.read(ctx, func(tx store.Tx) error {
		c, err := a.creditor(tx, creditor)
		if err != nil {
			return err
		}
		d, err := a.decider(tx, &c)
		if err != nil {
			return err
		}
		goes, idle = d.Opens(to), d.Idle(to)
		months, err := a.deferralMonths(tx, c.ID)
		if most := c.today(tx).AddMonths(months); err == nil && goes > most {
			return refusedText("postpone_too_long", sprintf("a message is put off for at most %d months "+
				"(policy.deferral_months), to %s; more time is a deferral", months, most))
		}
		return err
	})
	return goes, idle, err
}

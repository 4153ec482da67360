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

// RunDifference is what a run plans otherwise than the one before it.
type RunDifference struct {
	Run       int64     `json:"run"`
	Day       cal.Date  `json:"day"`
	Before    int64     `json:"before,omitempty"` // 0: there is none
	BeforeDay string    `json:"before_day,omitempty"`
	New       int       `json:"new"`     // customers and currencies that it writes to and the last one did not
	Gone      int       `json:"gone"`    // the other way round
	Changed   int       `json:"changed"` // another step or amount
	Same      int       `json:"same"`
	Lines     []RunLine `json:"lines"` // new, changed and gone, the largest amounts first
	More      bool      `json:"more"`  // there are more lines
}

// RunLine is one customer in one currency in two runs.
type RunLine struct {
	What     string      `json:"what"` // new, changed, gone
	ID       int64       `json:"id"`   // of the customer
	Customer string      `json:"customer"`
	Name     string      `json:"name"`
	Now      *RunMessage `json:"now,omitempty"`
	Before   *RunMessage `json:"before,omitempty"`
	Text     string      `json:"text"`
}

// RunMessage is what a run says to a customer.
type RunMessage struct {
	Message int64  `json:"message"`
	Step    string `json:"step"`
	Amount  Amount `json:"amount"`
	State   string `json:"state"` // by now
	Reason  string `json:"reason,omitempty"`
}

// runMessage is a message of a run.
type runMessage struct {
	id, customer         int64
	number, name         string
	step, channel, state string
	reason, by           string
	day, payBy           cal.Date
	currency             money.Currency
	minor                int64
}

// allStates are the states of messages; for a list of them a range of days has an index.
const allStates = `'proposed','approved','claimed','handing_over','unknown','sent','rejected','expired','stopped',
	'failed','voided'`

// eachOfRun reads the messages of the runs of a run's day, by number: a run that is repeated
// leaves standing what was planned. Errors: not found.
func (a *App) eachOfRun(tx store.Tx, run int64, fn func(*runMessage) error) error {
	var day cal.Date
	err := store.One(tx, "SELECT day FROM run WHERE tenant_id = $1 AND run_id = $2", []any{a.tenant, run},
		func(r store.Rows) { day = r.Day(0) })
	if err == store.ErrNotFound {
		return notFound("run_not_found", "there is no run %d", run)
	}
	if err != nil {
		return err
	}
	var m runMessage
	return store.Each(tx, `SELECT m.message_id, m.customer_id, c.number, p.name, m.lead_step, m.channel, m.state, m.reason,
		m.approved_by, m.day, m.pay_by, m.currency, m.total_minor FROM message m
		JOIN customer c ON c.tenant_id = m.tenant_id AND c.customer_id = m.customer_id
		JOIN party p ON p.tenant_id = c.tenant_id AND p.party_id = c.party_id
		WHERE m.tenant_id = $1 AND m.state IN (`+allStates+`) AND m.day >= $2 AND m.day <= $3
			AND m.run_id IN (SELECT run_id FROM run WHERE tenant_id = $1 AND day = $2)
		ORDER BY m.message_id`, []any{a.tenant, day, day.AddDays(14)}, func(r store.Rows) error {
		m = runMessage{r.Int64(0), r.Int64(1), r.Text(2), r.Text(3), r.Text(4), r.Text(5), r.Text(6), r.Text(7), r.Text(8),
			r.Day(9), r.Day(10), currency(r.Bytes(11)), r.Int64(12)}
		return fn(&m)
	})
}

// runKey is whom a run writes to.
type runKey struct {
	customer int64
	currency money.Currency
}

// RunDifference compares what the runs of a run's day planned with what those of the last
// day before it did; run 0 is the last one. At most limit lines are told. It is computed
// once after a change; callers must not change it. Errors: not found.
func (a *App) RunDifference(ctx context.Context, run int64, limit int) (RunDifference, error) {
	s, err := a.survey(ctx)
	if err != nil {
		return RunDifference{}, err
	}
	made, err := s.once(sprintf("difference %d %d", run, limit), func() (any, error) {
		return a.runDifference(context.WithoutCancel(ctx), run, limit)
	})
	if err != nil {
		return RunDifference{}, err
	}
	return made.(RunDifference), nil
}

func (a *App) runDifference(ctx context.Context, run int64, limit int) (d RunDifference, err error) {
	err = a.read(ctx, func(tx store.Tx) error {
		d = RunDifference{Lines: []RunLine{}}
		if err := store.Each(tx, `SELECT run_id, day FROM run WHERE tenant_id = $1 AND (run_id <= $2 OR $2 = 0)
			AND state <> 'voided' ORDER BY run_id DESC`, []any{a.tenant, run}, func(r store.Rows) error {
			switch id, day := r.Int64(0), r.Day(1); {
			case d.Run == 0:
				d.Run, d.Day = id, day
			case d.Before == 0 && day < d.Day:
				d.Before, d.BeforeDay = id, day.String()
			}
			return nil
		}); err != nil {
			return err
		}
		if d.Run == 0 || run != 0 && d.Run != run {
			return notFound("run_not_found", "there is no run to compare")
		}
		return a.differ(tx, &d, pageSize(limit))
	})
	return d, err
}

func (a *App) differ(tx store.Tx, d *RunDifference, limit int) error {
	lines := map[runKey]*RunLine{}
	take := func(m *runMessage) (*RunLine, *RunMessage) {
		key := runKey{m.customer, m.currency}
		if lines[key] == nil {
			lines[key] = &RunLine{ID: m.customer, Customer: m.number, Name: m.name}
		}
		return lines[key], &RunMessage{m.id, m.step, amountIn(m.minor, m.currency), m.state, m.reason}
	}
	if err := a.eachOfRun(tx, d.Run, func(m *runMessage) error {
		l, told := take(m)
		if l.Now == nil || told.Amount.Minor > l.Now.Amount.Minor {
			l.Now = told
		}
		return nil
	}); err != nil {
		return err
	}
	if d.Before != 0 {
		if err := a.eachOfRun(tx, d.Before, func(m *runMessage) error {
			l, told := take(m)
			if l.Before == nil || told.Amount.Minor > l.Before.Amount.Minor {
				l.Before = told
			}
			return nil
		}); err != nil {
			return err
		}
	}
	for _, l := range lines {
		if l.compare(d) {
			d.Lines = append(d.Lines, *l)
		}
	}
	slices.SortFunc(d.Lines, func(x, y RunLine) int {
		return cmp.Or(cmp.Compare(runOrder(x.What), runOrder(y.What)), cmp.Compare(y.minor(), x.minor()),
			cmp.Compare(x.ID, y.ID))
	})
	if d.More = len(d.Lines) > limit; d.More {
		d.Lines = d.Lines[:limit]
	}
	return nil
}

func runOrder(what string) int { return slices.Index([]string{"new", "changed", "gone"}, what) }

func (l *RunLine) minor() int64 {
	if l.Now != nil {
		return l.Now.Amount.Minor
	}
	return l.Before.Amount.Minor
}

// compare counts a line and says what is other; false where nothing is.
func (l *RunLine) compare(d *RunDifference) bool {
	switch {
	case l.Before == nil:
		d.New++
		l.What, l.Text = "new", sprintf("%s for %s.", StepName(l.Now.Step), inText(l.Now.Amount.Minor, l.Now.Amount.Currency))
	case l.Now == nil:
		d.Gone++
		l.What, l.Text = "gone", StepName(l.Before.Step)+" "+goneWords(l.Before)+"."
	case l.Now.Step != l.Before.Step || l.Now.Amount != l.Before.Amount:
		d.Changed++
		l.What = "changed"
		l.Text = sprintf("%s for %s, before %s for %s.", StepName(l.Now.Step), inText(l.Now.Amount.Minor, l.Now.Amount.Currency),
			StepName(l.Before.Step), inText(l.Before.Amount.Minor, l.Before.Amount.Currency))
	default:
		d.Same++
		return false
	}
	return true
}

// goneWords say what became of a message that has no other after it.
func goneWords(m *RunMessage) string {
	switch state := book.MessageState(m.State); {
	case state == book.Sent:
		return "was sent"
	case state == book.Proposed || state == book.Approved:
		return "still stands"
	case m.Reason != "":
		return "was " + m.State + ": " + reasonInGeneral(m.Reason)
	}
	return "was " + spaced(m.State)
}

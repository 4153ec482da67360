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

// TaskLine is a task of a worklist.
type TaskLine struct {
	ID       int64          `json:"id"`             // 0 for a note
	Note     int64          `json:"note,omitempty"` // to be looked at again: the next note about the same ends it
	Customer string         `json:"customer"`
	Name     string         `json:"name"`
	Kind     string         `json:"kind"`
	Step     string         `json:"step"`
	DueDay   cal.Date       `json:"due_day"`
	Role     string         `json:"role"`
	Reason   string         `json:"reason"`
	Amount   string         `json:"amount"` // of an open step of a ladder: what may be asked for today
	Currency money.Currency `json:"currency"`
	State    string         `json:"state"`
	Outcome  string         `json:"outcome"`
	// Not is why an open step of a ladder is not to be done today: it is held, paid, not
	// due, or a later step came. The next run takes it back.
	Not *NotNow `json:"not,omitempty"`

	CustomerID int64 `json:"customer_id"`
	// Privileged says of a note that only some roles may read its words (guardrail R30).
	Privileged bool `json:"-"`
}

// NotNow is a reason against doing a task.
type NotNow struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// Tasks lists the open tasks and the notes to be looked at again, or with all also the
// tasks that are done, by day. Open steps of a ladder are judged by the facts of this
// moment, as the gate judges a message.
func (a *App) Tasks(ctx context.Context, creditor string, all bool) ([]TaskLine, error) {
	var tasks []TaskLine
	err := a.read(ctx, func(tx store.Tx) error {
		only, err := a.oneOrAll(tx, creditor)
		if err != nil {
			return err
		}
		tasks, err = a.tasksWhere(tx, only, 0, `(c.creditor_id = $2 OR $2 = 0) AND (t.state = 'open' OR $3 = 1)`, only, all)
		return err
	})
	return tasks, err
}

// TasksOf lists the open tasks of one customer and the notes about it to be looked at again,
// as Tasks does.
func (a *App) TasksOf(ctx context.Context, customer int64) ([]TaskLine, error) {
	var tasks []TaskLine
	err := a.read(ctx, func(tx store.Tx) (err error) {
		tasks, err = a.tasksWhere(tx, 0, customer, `t.customer_id = $2 AND t.state = 'open'`, customer)
		return err
	})
	return tasks, err
}

// tasksWhere lists the tasks that a condition names, with the due notes of a creditor or a
// customer (0: of all), and judges the steps of ladders among them.
func (a *App) tasksWhere(tx store.Tx, creditor, customer int64, condition string, args ...any) ([]TaskLine, error) {
	tasks, err := a.dueNotes(tx, creditor, customer)
	if err != nil {
		return nil, err
	}
	if err := store.Each(tx, taskLines+"WHERE t.tenant_id = $1 AND "+condition+" ORDER BY t.due_day, t.task_id",
		append([]any{a.tenant}, args...), func(r store.Rows) error {
			tasks = append(tasks, taskLineOf(r))
			return nil
		}); err != nil {
		return nil, err
	}
	slices.SortStableFunc(tasks, func(x, y TaskLine) int { return cmp.Compare(x.DueDay, y.DueDay) })
	return tasks, a.judgeTasks(tx, tasks)
}

// ofLadder reports whether a task is an open step of a ladder.
func (t *TaskLine) ofLadder() bool { return t.State == string(book.TaskOpen) && t.Step != "" }

// judgeTasks says of each open step of a ladder how it stands today.
func (a *App) judgeTasks(tx store.Tx, tasks []TaskLine) error {
	var ids []int64
	for i := range tasks {
		if tasks[i].ofLadder() {
			ids = append(ids, tasks[i].CustomerID)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) == 0 {
		return nil
	}
	creditors, err := a.creditors(tx)
	if err != nil {
		return err
	}
	l := a.newLoader(tx, creditors)
	standing := map[int64]*TaskLine{}
	for i := range tasks {
		standing[tasks[i].ID] = &tasks[i]
	}
	for some := range slices.Chunk(ids, batchSize) {
		accounts, err := l.load(some)
		if err != nil {
			return err
		}
		if err := a.judgeAccounts(tx, creditors, accounts, standing); err != nil {
			return err
		}
	}
	return nil
}

// judgeAccounts judges the tasks of some accounts.
func (a *App) judgeAccounts(tx store.Tx, creditors []CreditorInfo, accounts []book.Account,
	tasks map[int64]*TaskLine) error {
	for i := range creditors {
		c := &creditors[i]
		d, err := a.decider(tx, c)
		if err != nil {
			return err
		}
		today := c.today(tx)
		for k := range accounts {
			acc := &accounts[k]
			if acc.Customer.Creditor != c.ID {
				continue
			}
			for n := range acc.Tasks {
				t := tasks[acc.Tasks[n].ID]
				if t == nil || !t.ofLadder() {
					continue
				}
				now := d.Standing(acc, &acc.Tasks[n], today)
				t.Amount = money.FormatMinor(now.Minor, t.Currency.Exponent())
				if now.Minor <= 0 {
					t.Not = &NotNow{Code: string(now.Why.Code()), Text: now.Why.Text()}
				}
			}
		}
	}
	return nil
}

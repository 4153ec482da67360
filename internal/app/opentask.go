package app

import (
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// openTask is a task as it is raised.
type openTask struct {
	id, customer int64
	kind, step   string // step "": outside a ladder
	currency     money.Currency
	due          cal.Date
	role, why    string
	minor        int64
}

// putTask writes one row of task.
func putTask(ins *store.Inserter, seq int64, t *openTask) error {
	ins.Int(t.id).Int(t.customer).Int(seq).Text(t.kind).Text(t.step).Text(string(t.currency)).Day(t.due)
	ins.Text(t.role).Text(t.why).Int(t.minor).Text(string(book.TaskOpen)).Null().Text("").Int(0)
	return ins.End()
}

// openTask asks a person for something outside a ladder, unless the same is asked
// already.
func (r *recorder) openTask(customer int64, kind string, c money.Currency, why string, minor int64,
	due cal.Date) error {
	open := false
	if err := store.Each(r, `SELECT 1 FROM task WHERE tenant_id = $1 AND customer_id = $2 AND kind = $3
		AND step = '' AND currency = $4 AND state = 'open'`, []any{r.tenant, customer, kind, string(c)},
		func(store.Rows) error { open = true; return nil }); err != nil || open {
		return err
	}
	id, err := r.NextIDs("task", 1)
	if err != nil {
		return err
	}
	ins := r.Insert("task")
	putTask(ins, r.Seq(), &openTask{id: id, customer: customer, kind: kind, currency: c, due: due,
		role: "collector", why: why, minor: minor})
	return ins.Close()
}

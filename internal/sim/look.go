package sim

import (
	"context"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// What the debtors and the bank know by themselves, read from the book. Nothing here
// writes: what happens is recorded by use cases only.

// owed is an open item.
type owed struct {
	creditor string // code
	customer string // number
	name     string // of the document
	currency money.Currency
	minor    int64
	due      cal.Date
}

// m is an amount in the currency of what is owed.
func (o *owed) money(minor int64) money.Money { return money.Money{Currency: o.currency, Minor: minor} }

const owedSQL = `SELECT k.code, c.number, i.number, i.instalment, i.currency, i.open_minor, i.due_date
	FROM item i
	JOIN customer c ON c.tenant_id = i.tenant_id AND c.customer_id = i.customer_id
	JOIN creditor k ON k.tenant_id = c.tenant_id AND k.creditor_id = c.creditor_id
	WHERE i.tenant_id = $1 AND i.open_minor > 0 AND `

const owedOrder = " ORDER BY c.creditor_id, c.customer_id, i.item_id"

func (w *World) owed(ctx context.Context, where string, args ...any) ([]owed, error) {
	var all []owed
	tenant := w.App.Tenant()
	err := w.App.DB().Read(ctx, tenant, func(tx store.Tx) error {
		all = all[:0]
		return store.Each(tx, owedSQL+where+owedOrder, append([]any{tenant}, args...), func(r store.Rows) error {
			all = append(all, owed{r.Text(0), r.Text(1), book.ItemName(r.Text(2), int(r.Int64(3))),
				money.Currency(r.Text(4)), r.Int64(5), r.Day(6)})
			return nil
		})
	})
	return all, err
}

// owedBy lists what a customer owes.
func (w *World) owedBy(ctx context.Context, number string) ([]owed, error) {
	id, known := w.ids[number]
	if d := w.Company.byNumber(number); !known && d != nil {
		s, err := w.App.Find(ctx, d.Creditor, "customer:"+number)
		switch {
		case err == nil:
		case app.AsError(err).Kind == app.NotFound:
			return nil, nil // its first invoice is still to come
		default:
			return nil, err
		}
		id = s.Customer
		w.ids[number] = id
	}
	return w.owed(ctx, "i.customer_id = $2", id)
}

// overdueOf lists the items of a creditor that are overdue by at least some days and about
// which nothing is agreed.
func (w *World) overdueOf(ctx context.Context, creditor string, days int) ([]owed, error) {
	return w.owed(ctx, `k.code = $2 AND i.due_date <= $3 AND NOT EXISTS (SELECT 1 FROM hold h
		LEFT JOIN hold_end e ON e.tenant_id = h.tenant_id AND e.customer_id = h.customer_id AND e.hold_id = h.hold_id
		WHERE h.tenant_id = $1 AND h.customer_id = i.customer_id AND e.hold_id IS NULL
			AND (h.until_day IS NULL OR h.until_day >= $4))`, creditor, w.s.Day.AddDays(-days), w.s.Day)
}

// ended is a hold that has ended.
type ended struct {
	hold                    int64
	customer, kind, outcome string
}

// endedSince lists the holds that commands after a number have ended.
func (w *World) endedSince(ctx context.Context, seq int64) ([]ended, error) {
	var all []ended
	tenant := w.App.Tenant()
	err := w.App.DB().Read(ctx, tenant, func(tx store.Tx) error {
		all = all[:0]
		return store.Each(tx, `SELECT e.hold_id, c.number, h.kind, e.outcome FROM hold_end e
			JOIN hold h ON h.tenant_id = e.tenant_id AND h.customer_id = e.customer_id AND h.hold_id = e.hold_id
			JOIN customer c ON c.tenant_id = e.tenant_id AND c.customer_id = e.customer_id
			WHERE e.tenant_id = $1 AND e.seq > $2 ORDER BY e.customer_id, e.hold_id`, []any{tenant, seq},
			func(r store.Rows) error {
				all = append(all, ended{r.Int64(0), r.Text(1), r.Text(2), r.Text(3)})
				return nil
			})
	})
	return all, err
}

// head is the number of the book's last command.
func (w *World) head(ctx context.Context) (int64, error) {
	_, head, err := w.App.SendingState(ctx)
	return head, err
}

// runOf is the run that planned a message.
func (w *World) runOf(ctx context.Context, message int64) (run int64, err error) {
	return w.number(ctx, "SELECT run_id FROM message WHERE tenant_id = $1 AND message_id = $2", message)
}

// lastSent is the last friendly mail that left.
func (w *World) lastSent(ctx context.Context) (int64, error) {
	return w.number(ctx, `SELECT message_id FROM message WHERE tenant_id = $1 AND state = 'sent'
		AND lead_step = 'friendly' AND channel = 'email' ORDER BY message_id DESC LIMIT 1`)
}

// number reads one number; 0 if there is none.
func (w *World) number(ctx context.Context, sql string, args ...any) (n int64, err error) {
	tenant := w.App.Tenant()
	err = w.App.DB().Read(ctx, tenant, func(tx store.Tx) error {
		return store.Each(tx, sql, append([]any{tenant}, args...), func(r store.Rows) error {
			n = r.Int64(0)
			return nil
		})
	})
	return n, err
}

package app

import (
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

// voidMessage ends a message for good: it is no longer live, its notices are voided
// and a new cycle frees the keys of the same step, so that the item can be told it
// again. Position and history stay readable. The account is decided again.
func (w *recorder) voidMessage(id int64, to book.MessageState, why string, day cal.Date) error {
	var customer int64
	err := store.One(w, "SELECT customer_id FROM message WHERE tenant_id = $1 AND message_id = $2", []any{w.tenant, id},
		func(r store.Rows) { customer = r.Int64(0) })
	if err != nil {
		return err
	}
	if _, err = w.Exec("UPDATE message SET state = $3, live = 0, reason = $4 WHERE tenant_id = $1 AND message_id = $2",
		w.tenant, id, string(to), why); err != nil {
		return err
	}
	if err = w.voidNotices(customer, id, day); err != nil {
		return err
	}
	if err = w.event(id, customer, day, string(to), why); err != nil {
		return err
	}
	return w.touch(customer)
}

// voidNotices voids the notices of a message and raises the cycle of its items.
func (w *recorder) voidNotices(customer, message int64, day cal.Date) error {
	type told struct{ item, cycle int64 }
	var items []told
	err := store.Each(w, `SELECT n.item_id, i.cycle FROM notice n
		JOIN item i ON i.tenant_id = n.tenant_id AND i.customer_id = n.customer_id AND i.item_id = n.item_id
		WHERE n.tenant_id = $1 AND n.customer_id = $2 AND n.message_id = $3 AND n.voided = 0 ORDER BY n.item_id`,
		[]any{w.tenant, customer, message}, func(r store.Rows) error {
			items = append(items, told{r.Int64(0), r.Int64(1)})
			return nil
		})
	if err != nil {
		return err
	}
	if _, err = w.Exec("UPDATE notice SET voided = 1 WHERE tenant_id = $1 AND customer_id = $2 AND message_id = $3",
		w.tenant, customer, message); err != nil {
		return err
	}
	for i, t := range items {
		if i > 0 && items[i-1].item == t.item {
			continue
		}
		if err := w.raiseCycle(customer, t.item, t.cycle+1, day, "voided"); err != nil {
			return err
		}
	}
	return nil
}

// raiseCycle records a new cycle of an item.
func (w *recorder) raiseCycle(customer, item, cycle int64, day cal.Date, cause string) error {
	ins := w.Insert("cycle")
	ins.Int(customer).Int(item).Int(cycle).Int(w.Seq()).Day(day).Text(cause)
	if err := ins.End(); err != nil {
		return err
	}
	if err := ins.Close(); err != nil {
		return err
	}
	_, err := w.Exec("UPDATE item SET cycle = $4 WHERE tenant_id = $1 AND customer_id = $2 AND item_id = $3",
		w.tenant, customer, item, cycle)
	return err
}

// event records what became of a message.
func (w *recorder) event(message, customer int64, day cal.Date, event, why string) error {
	ins := w.Insert("message_event")
	ins.Int(message).Int(w.Seq()).Int(customer).Day(day).Text(event).Text(why).Int(0).Null()
	if err := ins.End(); err != nil {
		return err
	}
	return ins.Close()
}

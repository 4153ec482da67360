package app

import (
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/store"
)

// lockMessages keeps messages as they are read from now on until the command ends: the
// sender, whose marks are no commands, neither claims them nor hands them over
// meanwhile. Whoever decides by a message's state locks it first.
func (r *recorder) lockMessages(ids []int64) error {
	return store.Each(r, `SELECT 1 FROM message WHERE tenant_id = $1 AND message_id IN ids($2)
		ORDER BY message_id FOR UPDATE`, []any{r.tenant, ids}, func(store.Rows) error { return nil })
}

// voidMessage is voidMessages for one.
func (w *recorder) voidMessage(id int64, to book.MessageState, why string, day cal.Date) error {
	return w.voidMessages([]int64{id}, to, why, day)
}

// stopMessage ends a message that its facts forbid by now, and keeps the sentence that
// says so.
func (w *recorder) stopMessage(id int64, why reason.Reason, day cal.Date) error {
	if err := w.voidMessage(id, book.Stopped, string(why.Code()), day); err != nil {
		return err
	}
	_, err := w.Exec("UPDATE message SET answer = $3 WHERE tenant_id = $1 AND message_id = $2", w.tenant, id,
		why.Text())
	return err
}

// voidMessages ends messages for good: they are no longer live, which makes their
// notices void, and a new cycle frees the keys of the same steps, so that the items can be
// told them again. Position and history stay readable. The accounts are decided again.
// A correction that cannot leave does not end: it waits for its release again.
func (w *recorder) voidMessages(ids []int64, to book.MessageState, why string, day cal.Date) error {
	if to == book.Stopped || to == book.Failed {
		var err error
		if ids, err = w.keepCorrections(ids, to, why, day); err != nil {
			return err
		}
	}
	for some := range slices.Chunk(ids, batchSize) {
		if err := w.voidSome(some, to, why, day); err != nil {
			return err
		}
	}
	return nil
}

func (w *recorder) voidSome(ids []int64, to book.MessageState, why string, day cal.Date) error {
	type row struct{ message, customer int64 }
	var messages []row
	var live []int64
	err := store.Each(w, `SELECT message_id, customer_id, live FROM message WHERE tenant_id = $1
		AND message_id IN ids($2) ORDER BY message_id`, []any{w.tenant, ids}, func(r store.Rows) error {
		messages = append(messages, row{r.Int64(0), r.Int64(1)})
		if r.Bool(2) {
			live = append(live, r.Int64(0))
		}
		return nil
	})
	if err != nil {
		return err
	}
	customers := make([]int64, 0, len(messages))
	events := w.Insert("message_event")
	for _, m := range messages {
		customers = append(customers, m.customer)
		putEvent(events, w.Seq(), &messageEvent{message: m.message, customer: m.customer, day: day,
			event: string(to), why: why})
	}
	if err := events.Close(); err != nil {
		return err
	}
	// What a server answered to an earlier attempt is not why a message was stopped.
	if _, err = w.Exec(`UPDATE message SET state = $3, live = 0, reason = $4,
		answer = CASE WHEN $3 = 'stopped' THEN '' ELSE answer END
		WHERE tenant_id = $1 AND message_id IN ids($2)`, w.tenant, ids, string(to), why); err != nil {
		return err
	}
	slices.Sort(customers)
	customers = slices.Compact(customers)
	if err := w.voidNotices(customers, live, day); err != nil {
		return err
	}
	_, err = w.Exec("UPDATE account SET version = version + 1 WHERE tenant_id = $1 AND customer_id IN ids($2)",
		w.tenant, customers)
	return err
}

// voidNotices raises the cycle of the items that messages told, which are now void.
func (w *recorder) voidNotices(customers, messages []int64, day cal.Date) error {
	var items []int64
	cycles := w.Insert("cycle")
	type told struct{ customer, item, cycle int64 }
	var rows []told
	err := store.Each(w, `SELECT DISTINCT n.customer_id, n.item_id, i.cycle FROM notice n
		JOIN item i ON i.tenant_id = n.tenant_id AND i.customer_id = n.customer_id AND i.item_id = n.item_id
		WHERE n.tenant_id = $1 AND n.customer_id IN ids($2) AND n.message_id IN ids($3)
		ORDER BY n.customer_id, n.item_id`, []any{w.tenant, customers, messages}, func(r store.Rows) error {
		rows = append(rows, told{r.Int64(0), r.Int64(1), r.Int64(2)})
		return nil
	})
	if err != nil {
		return err
	}
	for _, t := range rows {
		items = append(items, t.item)
		cycles.Int(t.customer).Int(t.item).Int(t.cycle + 1).Int(w.Seq()).Day(day).Text("voided")
		if err := cycles.End(); err != nil {
			return err
		}
	}
	if err := cycles.Close(); err != nil || len(rows) == 0 {
		return err
	}
	// The plus keeps the second list out of the key: looking up every pair of the two
	// lists would take a thousand times longer.
	_, err = w.Exec(`UPDATE item SET cycle = cycle + 1 WHERE tenant_id = $1 AND customer_id IN ids($2)
		AND +item_id IN ids($3)`, w.tenant, customers, items)
	return err
}

// raiseCycle records a new cycle of an item.
func (w *recorder) raiseCycle(customer, item, cycle int64, day cal.Date, cause string) error {
	ins := w.Insert("cycle")
	ins.Int(customer).Int(item).Int(cycle).Int(w.Seq()).Day(day).Text(cause)
	if err := ins.One(); err != nil {
		return err
	}
	_, err := w.Exec("UPDATE item SET cycle = $4 WHERE tenant_id = $1 AND customer_id = $2 AND item_id = $3",
		w.tenant, customer, item, cycle)
	return err
}

// messageEvent is what became of a message.
type messageEvent struct {
	message, customer int64
	day               cal.Date
	event, why        string
	words             int64 // of a person, apart from the facts
	hash              []byte
}

// putEvent writes one row of message_event.
func putEvent(ins *store.Inserter, seq int64, e *messageEvent) error {
	ins.Int(e.message).Int(seq).Int(e.customer).Day(e.day).Text(e.event).Text(e.why).Int(e.words).Bytes(e.hash)
	return ins.End()
}

// event records what became of a message.
func (w *recorder) event(message, customer int64, day cal.Date, event, why string) error {
	ins := w.Insert("message_event")
	putEvent(ins, w.Seq(), &messageEvent{message: message, customer: customer, day: day, event: event, why: why})
	return ins.Close()
}

package app

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// ClaimedHeads are the heads of what a message claims, in its currency, and what it
// offers to waive if the principal arrives in time.
type ClaimedHeads struct {
	Principal           string `json:"principal"`
	Interest            string `json:"interest"`
	Compensation        string `json:"compensation"`
	Total               string `json:"total"`
	OfferedInterest     string `json:"offered_interest,omitempty"`
	OfferedCompensation string `json:"offered_compensation,omitempty"`
}

func claimedHeads(f *decide.Figures, c money.Currency) ClaimedHeads {
	h := f.Heads()
	decimal := func(minor int64) string { return money.FormatMinor(minor, c.Exponent()) }
	out := ClaimedHeads{Principal: decimal(h.Principal), Interest: decimal(h.Interest),
		Compensation: decimal(h.Compensation), Total: decimal(h.Claimed())}
	if h.OfferedInterest != 0 {
		out.OfferedInterest = decimal(h.OfferedInterest)
	}
	if h.OfferedCompensation != 0 {
		out.OfferedCompensation = decimal(h.OfferedCompensation)
	}
	return out
}

// OutboxFilter narrows a list; zero fields do not.
type OutboxFilter struct {
	Creditor string // its code
	State    book.MessageState
	Channel  book.Channel
	Message  int64
}

// listNewest is how many of the newest messages a list looks at beside the open ones.
const listNewest = 20_000

// Outbox lists the messages that are not ended, and those planned for today or
// later whatever became of them; by id.
func (a *App) Outbox(ctx context.Context, f OutboxFilter) ([]OutboxMessage, error) {
	var out []OutboxMessage
	err := a.read(ctx, func(tx store.Tx) (err error) {
		out, err = a.outbox(tx, f)
		return err
	})
	return out, err
}

const outboxColumns = `SELECT m.message_id, c.number, m.lead_step, m.day, m.channel, m.state, m.reason,
	m.total_minor, m.currency,
	m.outbox_no, m.attempts, m.not_before, m.sent_at, m.answer, m.figures, m.customer_id, c.creditor_id, p.name,
	m.pay_by
	FROM message m JOIN customer c ON c.tenant_id = m.tenant_id AND c.customer_id = m.customer_id
	JOIN party p ON p.tenant_id = c.tenant_id AND p.party_id = c.party_id
		WHERE m.tenant_id = $1 AND `

// listed is what a line of the outbox is completed from.
type listed struct {
	customer int64
	figures  []byte
}

func listedOf(r store.Rows) listed { return listed{r.Int64(15), slices.Clone(r.Bytes(14))} }

// outboxMessageOf is a row of outboxColumns, without what its figures tell.
func outboxMessageOf(r store.Rows) OutboxMessage {
	m := OutboxMessage{ID: r.Int64(0), Customer: r.Text(1), Step: r.Text(2), Day: r.Day(3),
		Channel: book.Channel(r.Text(4)), State: book.MessageState(r.Text(5)), Reason: r.Text(6), Currency: currency(r.Bytes(8)),
		OutboxNo: r.Int64(9), Attempts: r.Int64(10), NotBefore: r.Time(11), SentAt: r.Time(12), Answer: r.Text(13),
		Items: []string{}, CustomerID: r.Int64(15), Name: r.Text(17), PayBy: r.Day(18)}
	m.Amount = money.FormatMinor(r.Int64(7), m.Currency.Exponent())
	return m
}

func (a *App) outbox(tx store.Tx, f OutboxFilter) ([]OutboxMessage, error) {
	out := []OutboxMessage{}
	var more []listed
	var creditor CreditorInfo
	var err error
	if f.Creditor != "" {
		if creditor, err = a.creditor(tx, f.Creditor); err != nil {
			return nil, err
		}
	}
	take := func(r store.Rows) error {
		m := outboxMessageOf(r)
		if (f.State != "" && m.State != f.State) || (f.Channel != "" && m.Channel != f.Channel) ||
			(f.Creditor != "" && r.Int64(16) != creditor.ID) {
			return nil
		}
		out, more = append(out, m), append(more, listedOf(r))
		return nil
	}
	if f.Message != 0 {
		err = store.Each(tx, outboxColumns+"m.message_id = $2", []any{a.tenant, f.Message}, take)
	} else {
		err = a.outboxOpenAndToday(tx, take)
	}
	if err != nil {
		return nil, err
	}
	if err := a.stateFigures(tx, out, more); err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(x, y OutboxMessage) int { return int(x.ID - y.ID) })
	return out, nil
}

func (a *App) outboxOpenAndToday(tx store.Tx, take func(store.Rows) error) error {
	err := store.Each(tx, outboxColumns+`m.state IN ('proposed','approved','claimed','handing_over','unknown')
		ORDER BY m.message_id`, []any{a.tenant}, take)
	if err != nil {
		return err
	}
	creditors, err := a.creditors(tx)
	if err != nil || len(creditors) == 0 {
		return err
	}
	today := cal.Far
	for i := range creditors {
		today = min(today, creditors[i].today(tx))
	}
	var last int64
	if err = store.Each(tx, `SELECT message_id FROM message WHERE tenant_id = $1
		ORDER BY message_id DESC LIMIT 1`, []any{a.tenant},
		func(r store.Rows) error { last = r.Int64(0); return nil }); err != nil {
		return err
	}
	return store.Each(tx, outboxColumns+`m.message_id > $2 AND m.day >= $3
		AND m.state NOT IN ('proposed','approved','claimed','handing_over','unknown') ORDER BY m.message_id`,
		[]any{a.tenant, last - listNewest, today}, take)
}

// stateFigures completes messages by what their figures claim and the invoices they state.
func (a *App) stateFigures(tx store.Tx, out []OutboxMessage, more []listed) error {
	figures := make([]decide.Figures, len(out))
	items := map[int64]string{}
	var customers []int64
	for i := range out {
		var err error
		if figures[i], err = decide.ParseFigures(more[i].figures); err != nil {
			return fmt.Errorf("message %d: %w", out[i].ID, err)
		}
		out[i].Claimed = claimedHeads(&figures[i], out[i].Currency)
		customers = append(customers, more[i].customer)
		for _, l := range figures[i].Lines {
			items[l.Item] = ""
		}
	}
	if err := a.nameItems(tx, customers, items); err != nil {
		return err
	}
	for i := range out {
		for _, l := range figures[i].Lines {
			out[i].Items = append(out[i].Items, items[l.Item])
		}
	}
	return nil
}

// nameItems gives the items of some customers, by id, the numbers of their documents.
func (a *App) nameItems(tx store.Tx, customers []int64, items map[int64]string) error {
	ids := slices.Sorted(maps.Keys(items))
	slices.Sort(customers)
	for some := range slices.Chunk(slices.Compact(customers), batchSize) {
		// The plus keeps the second list out of the key, which the first one finds.
		if err := store.Each(tx, `SELECT item_id, number, instalment FROM item WHERE tenant_id = $1
			AND customer_id IN ids($2) AND +item_id IN ids($3)`, []any{a.tenant, some, ids}, func(r store.Rows) error {
			items[r.Int64(0)] = book.ItemName(r.Text(1), int(r.Int64(2)))
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// OutboxMessage is one message of the outbox as lists show it.
type OutboxMessage struct {
	ID       int64  `json:"id"`
	Customer string `json:"customer"`
	// CustomerID and Name are those of the customer.
	CustomerID int64             `json:"customer_id"`
	Name       string            `json:"name"`
	PayBy      cal.Date          `json:"pay_by,omitempty"` // None where the step names no deadline
	Step       string            `json:"step"`
	Day        cal.Date          `json:"day"`
	Channel    book.Channel      `json:"channel"`
	State      book.MessageState `json:"state"`
	Reason     string            `json:"reason"`
	Amount     string            `json:"amount"` // the principal
	Currency   money.Currency    `json:"currency"`
	Claimed    ClaimedHeads      `json:"claimed"`
	Items      []string          `json:"items"`

	OutboxNo  int64     `json:"outbox_no"`
	Attempts  int64     `json:"attempts"`
	NotBefore time.Time `json:"not_before,omitzero"`
	SentAt    time.Time `json:"sent_at,omitzero"`
	Answer    string    `json:"answer,omitempty"` // the server's; why the last look stopped it
	// Posted is what the person who sent it said of that; only where one message is shown.
	Posted string `json:"posted,omitempty"`
}

// OutboxMessage shows one message of the outbox. Errors: not found.
func (a *App) OutboxMessage(ctx context.Context, id int64) (OutboxMessage, error) {
	var m OutboxMessage
	err := a.read(ctx, func(tx store.Tx) (err error) {
		m, err = a.outboxMessage(tx, id)
		return err
	})
	return m, err
}

func (a *App) outboxMessage(tx store.Tx, id int64) (OutboxMessage, error) {
	list, err := a.outbox(tx, OutboxFilter{Message: id})
	if err != nil {
		return OutboxMessage{}, err
	}
	if len(list) == 0 {
		return OutboxMessage{}, notFound("message_not_found", "there is no message %d", id)
	}
	list[0].Posted, err = a.postingWords(tx, id)
	return list[0], err
}

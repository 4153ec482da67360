package app

import (
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/store"
)

// keepCorrections puts the corrections among messages that cannot leave back among the
// proposals, with the reason, and returns the other messages: who got a wrong message
// hears so, unless a person decides otherwise.
func (w *recorder) keepCorrections(ids []int64, to book.MessageState, why string,
	day cal.Date) ([]int64, error) {
	type row struct{ message, customer int64 }
	var kept []row
	var others []int64
	if err := store.Each(w, `SELECT message_id, customer_id, lead_step FROM message WHERE tenant_id = $1
		AND message_id IN ids($2) ORDER BY message_id`, []any{w.tenant, ids}, func(r store.Rows) error {
		if r.Text(2) == Correction {
			kept = append(kept, row{r.Int64(0), r.Int64(1)})
		} else {
			others = append(others, r.Int64(0))
		}
		return nil
	}); err != nil {
		return nil, err
	}
	for _, m := range kept {
		if _, err := w.Exec(`UPDATE message SET state = 'proposed', approved_by = '', approved_seq = 0, reason = $3,
			not_before = NULL WHERE tenant_id = $1 AND message_id = $2`, w.tenant, m.message, why); err != nil {
			return nil, err
		}
		if err := w.event(m.message, m.customer, day, string(to), why); err != nil {
			return nil, err
		}
		if err := w.touch(m.customer); err != nil {
			return nil, err
		}
	}
	return others, nil
}

// redirectCorrections proposes the corrections whose address is gone to another contact,
// or by post. Where there is neither, a person is asked for an address.
func (a *App) redirectCorrections(w *recorder) error {
	type row struct{ message, customer, creditor int64 }
	var gone []row
	if err := store.Each(w, `SELECT m.message_id, m.customer_id, m.creditor_id FROM message m
		LEFT JOIN contact k ON k.tenant_id = m.tenant_id AND k.customer_id = m.customer_id
		AND k.contact_id = m.contact_id
		WHERE m.tenant_id = $1 AND m.state = 'proposed' AND m.lead_step = 'correction' AND m.channel = 'email'
			AND (k.state IS NULL OR k.state <> 'ok' OR k.email = '') ORDER BY m.message_id`, []any{a.tenant},
		func(r store.Rows) error {
			gone = append(gone, row{r.Int64(0), r.Int64(1), r.Int64(2)})
			return nil
		}); err != nil || len(gone) == 0 {
		return err
	}
	creditors, err := a.creditors(w)
	if err != nil {
		return err
	}
	for _, m := range gone {
		acc, err := loadOne(a.newLoader(w, creditors), m.customer)
		if err != nil {
			return err
		}
		c, err := creditorByID(creditors, m.creditor)
		if err != nil {
			return err
		}
		if err := w.redirect(m.message, acc, c.today(w)); err != nil {
			return err
		}
	}
	return nil
}

// redirect proposes a correction anew by the way that is left.
func (w *recorder) redirect(old int64, acc *book.Account, today cal.Date) error {
	to, channel := decide.AnyContact(acc), book.Email
	switch {
	case to == nil && acc.Customer.HasAddress:
		to, channel = &book.Contact{Role: acc.Message(old).Role}, book.Letter
	case to == nil:
		return w.openTask(acc.Customer.ID, TaskAddressFailed, acc.Message(old).Currency, string(reason.AddressGone),
			0, today)
	}
	if err := w.voidMessage(old, book.Voided, string(reason.AddressGone), today); err != nil {
		return err
	}
	corrections, err := w.messageFacts([]int64{old})
	if err != nil {
		return err
	}
	m := &corrections[0]
	m.role, m.contact, m.channel, m.reason = string(to.Role), to.ID, string(channel), string(reason.AddressGone)
	return w.propose(corrections)
}

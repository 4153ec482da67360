package app

import (
	"cmp"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

// Written is what a person wrote down about a customer: a note, a cause of late payment,
// or the words of a payment or credit.
type Written struct {
	Day   cal.Date `json:"day"`
	Kind  string   `json:"kind"` // note, late_reason, or the kind of an entry: payment, credit_note …
	ID    int64    `json:"id"`   // of the note or entry
	Item  string   `json:"item,omitempty"`
	Class string   `json:"class,omitempty"` // of a note: fact, opinion, privileged
	Cause string   `json:"cause,omitempty"` // of late payment
	Text  string   `json:"text"`
	Next  string   `json:"next,omitempty"` // day to look at it again
}

// writtenMost is how many of the newest notes, and of the newest words of entries, are shown.
const writtenMost = 20

// writtenAbout lists what was written down about a customer, the newest first.
func (a *App) writtenAbout(tx store.Tx, customer int64) ([]Written, error) {
	all := []Written{}
	take := func(r store.Rows, kind string) error {
		all = append(all, Written{Day: r.Day(0), Kind: kind, ID: r.Int64(2), Class: r.Text(3), Cause: r.Text(4),
			Next: dayOrNothing(r.Day(5)), Text: r.Text(6), Item: book.ItemName(r.Text(7), int(r.Int64(8)))})
		return nil
	}
	args := []any{a.tenant, customer, writtenMost}
	if err := store.Each(tx, `SELECT n.day, n.kind, n.note_id, n.class, n.code, n.next_day, w.body, i.number,
		i.instalment
		FROM note n
		LEFT JOIN words w ON w.tenant_id = n.tenant_id AND w.words_id = n.words_id
		LEFT JOIN item i ON i.tenant_id = n.tenant_id AND i.customer_id = n.customer_id AND i.item_id = n.item_id
		WHERE n.tenant_id = $1 AND n.customer_id = $2 ORDER BY n.note_id DESC LIMIT $3`, args,
		func(r store.Rows) error { return take(r, r.Text(1)) }); err != nil {
		return nil, err
	}
	if err := store.Each(tx, `SELECT e.effective_day, e.kind, e.entry_id, '', '', NULL, w.body, i.number,
		i.instalment
		FROM entry e
		JOIN words w ON w.tenant_id = e.tenant_id AND w.words_id = e.words_id
		LEFT JOIN item i ON i.tenant_id = e.tenant_id AND i.customer_id = e.customer_id AND i.item_id = e.item_id
		WHERE e.tenant_id = $1 AND e.customer_id = $2 ORDER BY e.entry_id DESC LIMIT $3`, args,
		func(r store.Rows) error { return take(r, string(book.EntryKindOf(r.Int64(1)))) }); err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(x, y Written) int { return cmp.Compare(y.Day, x.Day) })
	return all, nil
}

// noteKind is the kind of a line of work that is a note to be looked at again.
const noteKind = "note"

// dueNotes lists, as work, the notes whose day to look again has come; a later note about
// the same is that look.
func (a *App) dueNotes(tx store.Tx, only, customer int64) ([]TaskLine, error) {
	creditors, err := a.creditors(tx)
	if err != nil {
		return nil, err
	}
	due := []TaskLine{}
	for i := range creditors {
		c := &creditors[i]
		if only != 0 && c.ID != only {
			continue
		}
		if err := store.Each(tx, `SELECT n.note_id, c.number, p.name, n.next_day, w.body, c.customer_id, n.class FROM note n
			JOIN customer c ON c.tenant_id = n.tenant_id AND c.customer_id = n.customer_id
			JOIN party p ON p.tenant_id = c.tenant_id AND p.party_id = c.party_id
			LEFT JOIN words w ON w.tenant_id = n.tenant_id AND w.words_id = n.words_id
			WHERE n.tenant_id = $1 AND c.creditor_id = $2 AND n.next_day <= $3 AND (n.customer_id = $4 OR $4 = 0) AND NOT EXISTS (
				SELECT 1 FROM note l WHERE l.tenant_id = $1 AND l.customer_id = n.customer_id
				AND l.item_id = n.item_id AND l.note_id > n.note_id)
			ORDER BY n.next_day, n.note_id`, []any{a.tenant, c.ID, c.today(tx), customer}, func(r store.Rows) error {
			due = append(due, TaskLine{Note: r.Int64(0), Customer: r.Text(1), Name: r.Text(2), Kind: noteKind,
				DueDay: r.Day(3), Reason: r.Text(4), State: string(book.TaskOpen), CustomerID: r.Int64(5), Privileged: r.Text(6) == "privileged"})
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return due, nil
}

// postingWords is what a person said of how they sent a message: a tracking number.
func (a *App) postingWords(tx store.Tx, message int64) (words string, err error) {
	err = store.Each(tx, `SELECT w.body FROM message_event v
		JOIN words w ON w.tenant_id = v.tenant_id AND w.words_id = v.words_id
		WHERE v.tenant_id = $1 AND v.message_id = $2 AND v.event = 'sent_by_hand' ORDER BY v.seq`,
		[]any{a.tenant, message}, func(r store.Rows) error { words = r.Text(0); return nil })
	return words, err
}

package app

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

// TimelineLine is one fact about a customer as a sentence.
type TimelineLine struct {
	Day      cal.Date  `json:"day"`  // effective: of a payment its value day, of a message the day it goes out
	At       time.Time `json:"at"`   // when it was recorded
	By       string    `json:"by"`   // who recorded it
	Kind     string    `json:"kind"` // entry, hold, hold_end, note, message, event, task, change, due_date, delivery, paper
	Text     string    `json:"text"`
	Words    string    `json:"words,omitempty"` // what a person wrote
	Document string    `json:"document,omitempty"`
	Amount   *Amount   `json:"amount,omitempty"`
	// Class of a note and of its file: fact, opinion or privileged. What is privileged leaves no book
	// (guardrail R30): exports are without it.
	Class   string `json:"class,omitempty"`
	Message int64  `json:"message,omitempty"`
	Hold    int64  `json:"hold,omitempty"`
	// Good says that the fact is a good one (money came in, a promise was kept), Bad that
	// it is not (broken, bounced, refused).
	Good bool `json:"good,omitempty"`
	Bad  bool `json:"bad,omitempty"`

	key timelineKey
}

// timelineKey orders lines: by day, by command, then by family and number.
type timelineKey struct{ day, seq, family, id int64 }

func (k timelineKey) compare(o timelineKey) int {
	return cmp.Or(cmp.Compare(k.day, o.day), cmp.Compare(k.seq, o.seq), cmp.Compare(k.family, o.family), cmp.Compare(k.id, o.id))
}

// TimelinePage is a page of a customer's timeline, the newest first.
type TimelinePage struct {
	Lines []TimelineLine `json:"lines"`
	Next  string         `json:"next,omitempty"`
}

// newest is a place before all lines.
var newest = timelineKey{day: int64(cal.Far), seq: noSeqLimit, family: noSeqLimit, id: noSeqLimit}

// Timeline tells all facts about a customer, the newest first, page by page. Errors: not
// found, invalid (cursor).
func (a *App) Timeline(ctx context.Context, customer int64, cursor string, limit int) (TimelinePage, error) {
	var page TimelinePage
	parts, given, err := parseCursor(cursor, 4)
	if err != nil {
		return page, err
	}
	before, size := newest, pageSize(limit)
	if given {
		before = timelineKey{parts[0], parts[1], parts[2], parts[3]}
	}
	err = a.read(ctx, func(tx store.Tx) error {
		page = TimelinePage{}
		lines, err := a.timelineBefore(tx, customer, before, size+1)
		if err != nil {
			return err
		}
		if len(lines) > size {
			lines = lines[:size]
			k := lines[size-1].key
			page.Next = cursorOf(k.day, k.seq, k.family, k.id)
		}
		page.Lines = lines
		return nil
	})
	return page, err
}

// timelineBefore reads the n lines before a place.
func (a *App) timelineBefore(tx store.Tx, customer int64, before timelineKey, n int) ([]TimelineLine, error) {
	c, err := a.creditorOfCustomer(tx, customer)
	if err != nil {
		return nil, err
	}
	t := &timeline{a: a, tx: tx, customer: customer, zone: c.Zone, before: before, n: n, lines: []TimelineLine{}}
	for _, family := range []func() error{t.entries, t.messages, t.events, t.holds, t.holdEnds, t.notes, t.tasks,
		t.changes, t.dueChanges, t.deliveries, t.papers} {
		if t.family++; t.err == nil {
			t.err = family()
		}
	}
	if t.err != nil {
		return nil, t.err
	}
	slices.SortFunc(t.lines, func(x, y TimelineLine) int { return y.key.compare(x.key) })
	t.lines = t.lines[:min(n, len(t.lines))]
	return t.lines, t.recorded()
}

// creditorOfCustomer is the creditor of a customer. Errors: not found.
func (a *App) creditorOfCustomer(tx store.Tx, customer int64) (CreditorInfo, error) {
	var id int64
	err := store.One(tx, "SELECT creditor_id FROM customer WHERE tenant_id = $1 AND customer_id = $2",
		[]any{a.tenant, customer}, func(r store.Rows) { id = r.Int64(0) })
	if err == store.ErrNotFound {
		return CreditorInfo{}, notFound("customer_not_found", "there is no customer %d", customer)
	}
	if err != nil {
		return CreditorInfo{}, err
	}
	return a.creditorOf(tx, id)
}

// timeline gathers lines, family by family.
type timeline struct {
	a        *App
	tx       store.Tx
	customer int64
	zone     *time.Location
	before   timelineKey
	n        int
	family   int64
	lines    []TimelineLine
	err      error
}

// add keeps a line that is before the place.
func (t *timeline) add(day cal.Date, seq, id int64, l TimelineLine) {
	l.Day, l.key = day, timelineKey{int64(day), seq, t.family, id}
	if l.key.compare(t.before) < 0 {
		t.lines = append(t.lines, l)
	}
}

// older is the condition that leaves out what a page before has shown, for the columns of
// day, command and number, with the order and the limit; $1 and $2 are tenant and customer.
func (t *timeline) older(day, seq, id string) (string, []any) {
	args := []any{t.a.tenant, t.customer, int64(t.n)}
	order := sprintf(" ORDER BY %s DESC, %s DESC, %s DESC LIMIT $3", day, seq, id)
	if t.before == newest {
		return order, args
	}
	args = append(args, cal.Date(t.before.day), t.before.seq)
	switch cmp.Compare(t.family, t.before.family) {
	case -1:
		return sprintf(" AND (%s, %s) <= ($4, $5)", day, seq) + order, args
	case 1:
		return sprintf(" AND (%s, %s) < ($4, $5)", day, seq) + order, args
	}
	return sprintf(" AND (%s, %s, %s) < ($4, $5, $6)", day, seq, id) + order, append(args, t.before.id)
}

// each reads a family of which few are.
func (t *timeline) each(query string, fn func(r store.Rows)) error {
	return store.Each(t.tx, query, []any{t.a.tenant, t.customer}, func(r store.Rows) error {
		fn(r)
		return nil
	})
}

// recorded completes the lines by when they were recorded, and by whom.
func (t *timeline) recorded() error {
	seqs := make([]int64, 0, len(t.lines))
	for i := range t.lines {
		seqs = append(seqs, t.lines[i].key.seq)
	}
	slices.Sort(seqs)
	type command struct {
		at time.Time
		by string
	}
	commands := map[int64]command{}
	if err := store.Each(t.tx, "SELECT seq, recorded_at, actor FROM txn WHERE tenant_id = $1 AND seq IN ids($2)",
		[]any{t.a.tenant, slices.Compact(seqs)}, func(r store.Rows) error {
			commands[r.Int64(0)] = command{r.Time(1), r.Text(2)}
			return nil
		}); err != nil {
		return err
	}
	for i := range t.lines {
		c := commands[t.lines[i].key.seq]
		t.lines[i].At, t.lines[i].By = c.at, c.by
	}
	return nil
}

package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

// QueuedLetter is a letter of the print queue, or of a batch.
type QueuedLetter struct {
	Message int64             `json:"message"`
	Name    string            `json:"name"` // of the customer
	Step    string            `json:"step"`
	Day     cal.Date          `json:"day"` // that it bears
	State   book.MessageState `json:"state"`
	Pages   int               `json:"pages,omitempty"` // as it was printed
	Papers  []string          `json:"papers,omitempty"`
	Held    string            `json:"held,omitempty"` // why it may not be printed now
}

// KnownBatch is a batch that was printed.
type KnownBatch struct {
	ID      int64          `json:"batch"`
	Day     cal.Date       `json:"day"` // the posting date that its letters bear
	At      time.Time      `json:"at"`
	By      string         `json:"by"`
	Pages   int            `json:"pages"`
	SHA256  string         `json:"sha256"`
	Count   int            `json:"count"`   // letters
	Letters []QueuedLetter `json:"letters"` // the first of them, at most 20
	Waiting int            `json:"waiting"` // letters that nobody has said to be posted
}

// PrintQueue is what there is to print and to post.
type PrintQueue struct {
	Today   cal.Date       `json:"today"`
	Waiting []QueuedLetter `json:"waiting"` // a page of the released letters of today that were not printed
	Total   int            `json:"total"`   // how many there are
	Next    string         `json:"next,omitempty"`
	Later   int            `json:"later"`   // released letters of another day
	Batches []KnownBatch   `json:"batches"` // the newest first, at most 30
	Slips   []TaskLine     `json:"slips"`   // letters whose delivery slip is to be fetched, at most 50
}

const (
	maxBatches   = 30 // in the list of batches
	batchLetters = 20 // named of each batch
)

// PrintQueue lists released letters of a creditor that wait to be printed, page by page, what
// was printed and whether it was posted, and the letters that wait for their delivery slip.
// Errors: not found (creditor), invalid (cursor).
func (a *App) PrintQueue(ctx context.Context, creditor, cursor string, limit int) (PrintQueue, error) {
	var q PrintQueue
	after, _, err := parseCursor(cursor, 1) // message
	if err != nil {
		return q, err
	}
	counts, err := a.shelfCounts(ctx)
	if err != nil {
		return q, err
	}
	err = a.read(ctx, func(tx store.Tx) error {
		c, err := a.creditor(tx, creditor)
		if err != nil {
			return err
		}
		q = PrintQueue{Today: c.today(tx), Waiting: []QueuedLetter{}, Slips: []TaskLine{}}
		for i := range counts {
			switch g := &counts[i]; {
			case g.creditor != c.ID || !ShelfLetters.holds(g.state, g.channel):
			case g.day == q.Today:
				q.Total += g.n
			default:
				q.Later += g.n
			}
		}
		if err := a.lettersWaiting(tx, &q, c.ID, after[0], pageSize(limit)); err != nil {
			return err
		}
		if q.Batches, err = a.batches(tx, c.ID); err != nil {
			return err
		}
		return store.Each(tx, taskLines+sprintf(`WHERE t.tenant_id = $1 AND t.state = 'open' AND t.kind = $2
			AND c.creditor_id = $3 ORDER BY t.due_day, t.task_id LIMIT %d`, PageSize),
			[]any{a.tenant, TaskFetchSlip, c.ID}, func(r store.Rows) error {
				q.Slips = append(q.Slips, taskLineOf(r))
				return nil
			})
	})
	return q, err
}

// lettersWaiting reads a page of the Total released letters of today, without those that were
// printed: they are taken off the total.
func (a *App) lettersWaiting(tx store.Tx, q *PrintQueue, creditor, after int64, n int) error {
	printed := map[int64]bool{}
	if err := a.eachPrinted(tx, creditor, q.Today, func(l printedLetter) { printed[l.message] = true }); err != nil {
		return err
	}
	// Of those of today, what was printed waits to be posted.
	if q.Total > 0 && len(printed) > 0 {
		still, err := a.stillApproved(tx, creditor, q.Today)
		if err != nil {
			return err
		}
		for id := range still {
			if printed[id] {
				q.Total--
			}
		}
	}
	for more := q.Total > 0; more && len(q.Waiting) <= n; {
		more = false
		if err := store.Each(tx, queuedLetters+sprintf(`AND m.creditor_id = $2 AND m.state = 'approved' AND m.channel = 'letter'
			AND m.day = $3 AND m.message_id > $4 ORDER BY m.message_id LIMIT %d`, n+1),
			[]any{a.tenant, creditor, q.Today, after}, func(r store.Rows) error {
				l := queuedLetter(r)
				if after, more = l.Message, true; !printed[l.Message] {
					q.Waiting = append(q.Waiting, l)
				}
				return nil
			}); err != nil {
			return err
		}
	}
	if len(q.Waiting) > n {
		q.Waiting = q.Waiting[:n]
		q.Next = cursorOf(q.Waiting[n-1].Message)
	}
	return a.heldBack(tx, q.Waiting)
}

// heldBack asks the last gate about letters of the queue.
func (a *App) heldBack(tx store.Tx, list []QueuedLetter) error {
	if len(list) == 0 {
		return nil
	}
	ids := make([]int64, len(list)) // ascending, as they are listed and read
	for i := range list {
		ids[i] = list[i].Message
	}
	rows, err := a.messages(tx, ids)
	if err != nil {
		return err
	}
	g, err := a.newLastGate(tx)
	if err != nil {
		return err
	}
	views, err := g.look(tx, rows)
	if err != nil {
		return err
	}
	for i := range views {
		if why := views[i].refusal(); why != nil {
			list[i].Held = why.Message
		}
	}
	return nil
}

// stillApproved are the released letters of a day, from their index alone.
func (a *App) stillApproved(tx store.Tx, creditor int64, day cal.Date) (map[int64]bool, error) {
	still := map[int64]bool{}
	return still, store.Each(tx, `SELECT message_id FROM message WHERE tenant_id = $1 AND state = 'approved' AND day = $2
		AND creditor_id = $3 AND channel = 'letter'`, []any{a.tenant, day, creditor},
		func(r store.Rows) error { still[r.Int64(0)] = true; return nil })
}

const queuedLetters = `SELECT m.message_id, p.name, m.lead_step, m.day, m.state FROM message m
	JOIN customer c ON c.tenant_id = m.tenant_id AND c.customer_id = m.customer_id
	JOIN party p ON p.tenant_id = c.tenant_id AND p.party_id = c.party_id
	WHERE m.tenant_id = $1 `

func queuedLetter(r store.Rows) QueuedLetter {
	return QueuedLetter{Message: r.Int64(0), Name: r.Text(1), Step: r.Text(2), Day: r.Day(3), State: book.MessageState(r.Text(4))}
}

// batches are the newest batches, each with its first letters.
func (a *App) batches(tx store.Tx, creditor int64) ([]KnownBatch, error) {
	all := []KnownBatch{}
	var letters [][]printedLetter
	var named []int64
	if err := store.Each(tx, `SELECT batch_id, day, made_at, made_by, pages, sha256, messages FROM print_batch
		WHERE tenant_id = $1 AND creditor_id = $2 ORDER BY batch_id DESC LIMIT $3`, []any{a.tenant, creditor, maxBatches},
		func(r store.Rows) error {
			list := parsePrinted(r.Text(6))
			all = append(all, KnownBatch{ID: r.Int64(0), Day: r.Day(1), At: r.Time(2), By: r.Text(3), Pages: int(r.Int64(4)),
				SHA256: r.Text(5), Count: len(list), Letters: []QueuedLetter{}})
			letters = append(letters, list)
			for _, l := range list[:min(len(list), batchLetters)] {
				named = append(named, l.message)
			}
			return nil
		}); err != nil {
		return nil, err
	}
	known := map[int64]QueuedLetter{}
	if err := store.Each(tx, queuedLetters+"AND m.message_id IN ids($2)", []any{a.tenant, named}, func(r store.Rows) error {
		known[r.Int64(0)] = queuedLetter(r)
		return nil
	}); err != nil {
		return nil, err
	}
	still := map[cal.Date]map[int64]bool{}
	for i := range all {
		b := &all[i]
		if still[b.Day] == nil {
			var err error
			if still[b.Day], err = a.stillApproved(tx, creditor, b.Day); err != nil {
				return nil, err
			}
		}
		for j, l := range letters[i] {
			if still[b.Day][l.message] {
				b.Waiting++
			}
			if j < batchLetters {
				k := known[l.message]
				k.Pages, k.Papers = l.pages, l.papers
				b.Letters = append(b.Letters, k)
			}
		}
	}
	return all, nil
}

// BatchFile is the file of a batch as it was printed. Errors: not found.
func (a *App) BatchFile(ctx context.Context, batch int64) ([]byte, error) {
	sha := ""
	err := a.read(ctx, func(tx store.Tx) error {
		return store.Each(tx, "SELECT sha256 FROM print_batch WHERE tenant_id = $1 AND batch_id = $2", []any{a.tenant, batch},
			func(r store.Rows) error { sha = r.Text(0); return nil })
	})
	if err == nil && sha == "" {
		err = notFound("batch_not_found", "there is no print batch %d", batch)
	}
	if err != nil {
		return nil, err
	}
	return a.blob(ctx, sha)
}

// ProofFile is the scan of a proof of a letter. Errors: not found.
func (a *App) ProofFile(ctx context.Context, message int64, sha256 string) ([]byte, error) {
	list, err := a.Proofs(ctx, message)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(list, func(p KnownProof) bool { return p.SHA256 == sha256 && sha256 != "" }) {
		return nil, notFound("proof_not_found", "message %d has no such proof", message)
	}
	return a.blob(ctx, sha256)
}

// MessageFile is a file that goes with a mail that has not left, by its name: a list of items,
// the letter, or the copy of an invoice. Errors: not found; those of Preview.
func (a *App) MessageFile(ctx context.Context, message int64, name string) (Attachment, error) {
	dr, err := a.drafted(ctx, message, false)
	if err != nil {
		return Attachment{}, err
	}
	if name == dr.inside && name != "" {
		l, err := a.paper(ctx, dr)
		return Attachment{Name: name, MediaType: "application/pdf", Bytes: l.Bytes}, err
	}
	for _, f := range dr.mail.Attachments {
		if f.Name == name {
			return f, nil
		}
	}
	for _, p := range dr.copies {
		if p.name == name {
			data, err := a.blob(ctx, p.sha256)
			return Attachment{Name: p.name, MediaType: p.mediaType, Bytes: data}, err
		}
	}
	return Attachment{}, notFound("file_not_found", "message %d has no file %q", message, name)
}

// HistoryLine is what was done with a message: when, by whom, and why.
type HistoryLine struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Text   string    `json:"text"`
	Words  string    `json:"words,omitempty"`
	Reason string    `json:"reason,omitempty"` // of the command
}

// MessageHistory tells what was done with a message, the first first. Errors: not found.
func (a *App) MessageHistory(ctx context.Context, message int64) ([]HistoryLine, error) {
	var all []HistoryLine
	err := a.read(ctx, func(tx store.Tx) error {
		all = []HistoryLine{}
		if _, err := a.message(tx, message); err != nil {
			return err
		}
		add := func(r store.Rows, text string) {
			all = append(all, HistoryLine{At: r.Time(0), By: r.Text(1), Reason: r.Text(2), Text: text, Words: strings.TrimSpace(r.Text(3))})
		}
		if err := store.Each(tx, `SELECT t.recorded_at, t.actor, t.reason, '' FROM message m
			JOIN txn t ON t.tenant_id = m.tenant_id AND t.seq = m.seq WHERE m.tenant_id = $1 AND m.message_id = $2`,
			[]any{a.tenant, message}, func(r store.Rows) error { add(r, "planned"); return nil }); err != nil {
			return err
		}
		if err := store.Each(tx, `SELECT t.recorded_at, t.actor, t.reason, w.body, v.event, v.reason FROM message_event v
			JOIN txn t ON t.tenant_id = v.tenant_id AND t.seq = v.seq
			LEFT JOIN words w ON w.tenant_id = v.tenant_id AND w.words_id = v.words_id AND v.words_id <> 0
			WHERE v.tenant_id = $1 AND v.message_id = $2 ORDER BY v.seq`, []any{a.tenant, message}, func(r store.Rows) error {
			text := spaced(r.Text(4))
			if why := r.Text(5); why != "" {
				text += ": " + reasonInGeneral(why)
			}
			add(r, text)
			return nil
		}); err != nil {
			return err
		}
		return store.Each(tx, `SELECT t.recorded_at, t.actor, t.reason, w.body, d.level FROM delivery d
			JOIN txn t ON t.tenant_id = d.tenant_id AND t.seq = d.seq
			LEFT JOIN words w ON w.tenant_id = d.tenant_id AND w.words_id = d.words_id AND d.words_id <> 0
			WHERE d.tenant_id = $1 AND d.message_id = $2 ORDER BY d.seq`, []any{a.tenant, message}, func(r store.Rows) error {
			add(r, "proof: it "+proofWords[r.Text(4)])
			return nil
		})
	})
	slices.SortStableFunc(all, func(x, y HistoryLine) int { return x.At.Compare(y.At) })
	return all, err
}

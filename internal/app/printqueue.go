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
}

// KnownBatch is a batch that was printed.
type KnownBatch struct {
	ID      int64          `json:"batch"`
	Day     cal.Date       `json:"day"` // the posting date that its letters bear
	At      time.Time      `json:"at"`
	By      string         `json:"by"`
	Pages   int            `json:"pages"`
	SHA256  string         `json:"sha256"`
	Letters []QueuedLetter `json:"letters"`
	Waiting int            `json:"waiting"` // letters that nobody has said to be posted
}

// PrintQueue is what there is to print and to post.
type PrintQueue struct {
	Today   cal.Date       `json:"today"`
	Waiting []QueuedLetter `json:"waiting"` // released letters of today that were not printed
	Later   int            `json:"later"`   // released letters of another day
	Batches []KnownBatch   `json:"batches"` // the newest first, at most 30
	Slips   []TaskLine     `json:"slips"`   // letters whose delivery slip is to be fetched
}

// maxBatches bounds the list of batches.
const maxBatches = 30

// PrintQueue lists released letters of a creditor that wait to be printed, what was printed
// and whether it was posted, and the letters that wait for their delivery slip.
func (a *App) PrintQueue(ctx context.Context, creditor string) (PrintQueue, error) {
	var q PrintQueue
	err := a.read(ctx, func(tx store.Tx) error {
		c, err := a.creditor(tx, creditor)
		if err != nil {
			return err
		}
		q = PrintQueue{Today: c.today(tx), Waiting: []QueuedLetter{}, Batches: []KnownBatch{}, Slips: []TaskLine{}}
		printed := map[int64]bool{}
		if err := a.eachPrinted(tx, c.ID, q.Today, func(l printedLetter) { printed[l.message] = true }); err != nil {
			return err
		}
		if err := store.Each(tx, `SELECT m.message_id, p.name, m.lead_step, m.day, m.state FROM message m
			JOIN customer c ON c.tenant_id = m.tenant_id AND c.customer_id = m.customer_id
			JOIN party p ON p.tenant_id = c.tenant_id AND p.party_id = c.party_id
			WHERE m.tenant_id = $1 AND m.creditor_id = $2 AND m.state = 'approved' AND m.channel = 'letter'
			ORDER BY m.message_id`, []any{a.tenant, c.ID}, func(r store.Rows) error {
			switch l := queuedLetter(r); {
			case l.Day != q.Today:
				q.Later++
			case !printed[l.Message]:
				q.Waiting = append(q.Waiting, l)
			}
			return nil
		}); err != nil {
			return err
		}
		q.Batches, err = a.batches(tx, c.ID)
		return err
	})
	if err != nil {
		return q, err
	}
	tasks, err := a.Tasks(ctx, creditor, true)
	for _, t := range tasks {
		if t.Kind == TaskFetchSlip && t.State == "open" {
			q.Slips = append(q.Slips, t)
		}
	}
	return q, err
}

func queuedLetter(r store.Rows) QueuedLetter {
	return QueuedLetter{Message: r.Int64(0), Name: r.Text(1), Step: r.Text(2), Day: r.Day(3), State: book.MessageState(r.Text(4))}
}

func (a *App) batches(tx store.Tx, creditor int64) ([]KnownBatch, error) {
	all := []KnownBatch{}
	var ids []int64
	if err := store.Each(tx, `SELECT batch_id, day, made_at, made_by, pages, sha256, messages FROM print_batch
		WHERE tenant_id = $1 AND creditor_id = $2 ORDER BY batch_id DESC LIMIT $3`, []any{a.tenant, creditor, maxBatches},
		func(r store.Rows) error {
			b := KnownBatch{ID: r.Int64(0), Day: r.Day(1), At: r.Time(2), By: r.Text(3), Pages: int(r.Int64(4)), SHA256: r.Text(5)}
			for _, l := range parsePrinted(r.Text(6)) {
				b.Letters = append(b.Letters, QueuedLetter{Message: l.message, Pages: l.pages, Papers: l.papers})
				ids = append(ids, l.message)
			}
			all = append(all, b)
			return nil
		}); err != nil {
		return nil, err
	}
	known := map[int64]QueuedLetter{}
	for some := range slices.Chunk(ids, 1000) {
		if err := store.Each(tx, `SELECT m.message_id, p.name, m.lead_step, m.day, m.state FROM message m
			JOIN customer c ON c.tenant_id = m.tenant_id AND c.customer_id = m.customer_id
			JOIN party p ON p.tenant_id = c.tenant_id AND p.party_id = c.party_id
			WHERE m.tenant_id = $1 AND m.message_id IN ids($2)`, []any{a.tenant, some}, func(r store.Rows) error {
			known[r.Int64(0)] = queuedLetter(r)
			return nil
		}); err != nil {
			return nil, err
		}
	}
	for i := range all {
		for j := range all[i].Letters {
			l := &all[i].Letters[j]
			k := known[l.Message]
			k.Pages, k.Papers = l.Pages, l.Papers
			if *l = k; l.State == book.Approved {
				all[i].Waiting++
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

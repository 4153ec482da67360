package app

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/document/letter"
	"github.com/recoup-project/recoup/internal/store"
)

// PrintOrder says which letters are printed together.
type PrintOrder struct {
	Creditor string  `json:"creditor"` // its code
	Messages []int64 `json:"messages"` // none: every released letter of today that was not printed yet
	Duplex   bool    `json:"duplex"`   // on both sides: each letter begins on a sheet of its own
}

// PrintBatch is letters that were printed together.
type PrintBatch struct {
	ID       int64     `json:"batch"`
	Day      cal.Date  `json:"day"` // the posting date that the letters bear
	Letters  []int64   `json:"letters"`
	Pages    int       `json:"pages"`
	SHA256   string    `json:"sha256"`
	Missing  string    `json:"missing,omitempty"` // characters for which a replacement stands
	Refused  []Refusal `json:"refused"`
	Enclosed bool      `json:"enclosed"` // papers that letters list are printed behind them
	Bytes    []byte    `json:"-"`
}

// printedLetter is one letter of a batch: the blob in which its words and pages are kept.
type printedLetter struct {
	message int64
	sha256  string
	pages   int
	papers  []string
}

// PrintLetters puts released letters into one file to print, each on a sheet of its own,
// and keeps every one as it is printed. A letter bears its posting date: one of another day
// than the first is refused, one of a day that has passed is dated anew by the next run.
// Nothing is marked as posted; see MarkBatchSent. What may not leave now is not printed: the
// last gate looks at a letter as the sender looks at a mail.
//
// Errors: not found; refused with nothing_to_print, bank_changed; what keeps a single
// letter back is listed in Refused. A dry run makes the file and records nothing.
func (a *App) PrintLetters(ctx context.Context, req Request, order PrintOrder) (PrintBatch, error) {
	if !req.DryRun {
		if _, err := a.stopLetters(ctx, req); err != nil {
			return PrintBatch{}, err
		}
	}
	out := PrintBatch{Refused: []Refusal{}}
	ids, c, err := a.lettersToPrint(ctx, order)
	if err != nil {
		return out, err
	}
	var file bytes.Buffer
	var batch *letter.Batch
	var done []printedLetter
	for some := range slices.Chunk(ids, printChunk) {
		drafts, err := a.draftsToPrint(ctx, c, some, &out)
		if err != nil {
			return out, err
		}
		for _, d := range drafts {
			if batch == nil {
				look, err := a.letterLook(ctx, d.look)
				if err != nil {
					return out, err
				}
				batch = letter.NewBatch(&file, look, fmt.Sprintf("%s %s", d.msg.Creditor.LegalName, out.Day),
					d.msg.Creditor.LegalName, order.Duplex)
			}
		}
		kept, err := a.printDrafts(ctx, batch, drafts, req.DryRun)
		if err != nil {
			return out, err
		}
		done = append(done, kept...)
	}
	if len(done) == 0 {
		return out, refusedText("nothing_to_print", nothingToPrint(&out))
	}
	if err := batch.Close(); err != nil {
		return out, err
	}
	for _, l := range done {
		out.Letters = append(out.Letters, l.message)
		out.Enclosed = out.Enclosed || len(l.papers) > 0
	}
	out.Pages, out.Missing, out.Bytes = batch.Pages(), string(batch.Missing()), file.Bytes()
	if req.DryRun {
		return out, nil
	}
	return out, a.keepBatch(ctx, req, c, &out, done)
}

func nothingToPrint(out *PrintBatch) string {
	if len(out.Refused) > 0 {
		return sprintf("no letter can be printed; message %d: %s", out.Refused[0].Message, out.Refused[0].Text)
	}
	return "no released letter of today waits to be printed"
}

// printChunk is how many letters are composed in one snapshot.
const printChunk = 200

// lettersToPrint are the letters of an order, and whose they are.
func (a *App) lettersToPrint(ctx context.Context, order PrintOrder) (ids []int64, c CreditorInfo, err error) {
	err = a.read(ctx, func(tx store.Tx) error {
		if c, err = a.creditor(tx, order.Creditor); err != nil {
			return err
		}
		if values, err := a.settings(tx, c.ID); err != nil {
			return err
		} else if bankHeld(values, tx.Now()) {
			return refused(reason.BankChanged)
		}
		if ids = order.Messages; len(ids) > 0 {
			return nil
		}
		printed := map[int64]bool{}
		if err := a.eachPrinted(tx, c.ID, c.today(tx), func(l printedLetter) { printed[l.message] = true }); err != nil {
			return err
		}
		return store.Each(tx, `SELECT message_id FROM message WHERE tenant_id = $1 AND creditor_id = $2
			AND state = 'approved' AND channel = 'letter' AND day = $3 ORDER BY message_id`,
			[]any{a.tenant, c.ID, c.today(tx)}, func(r store.Rows) error {
				if !printed[r.Int64(0)] {
					ids = append(ids, r.Int64(0))
				}
				return nil
			})
	})
	return ids, c, err
}

// draftsToPrint composes letters in one snapshot. What may not be printed is told in out.
func (a *App) draftsToPrint(ctx context.Context, c CreditorInfo, ids []int64, out *PrintBatch) (list []*draft, err error) {
	err = a.read(ctx, func(tx store.Tx) error {
		list = list[:0]
		creditors, err := a.creditors(tx)
		if err != nil {
			return err
		}
		d, err := a.desk(tx, &c)
		if err != nil {
			return err
		}
		g, err := a.newLastGate(tx)
		if err != nil {
			return err
		}
		l := a.newLoader(tx, creditors)
		l.documents = true
		for _, id := range ids {
			m, err := a.message(tx, id)
			if err != nil {
				return err
			}
			if out.Day == 0 && m.day >= c.today(tx) {
				out.Day = m.day
			}
			why := mayPrint(&m, &c, c.today(tx), out.Day)
			if why == nil {
				why, err = g.refuses(tx, &m)
			}
			var dr *draft
			if err == nil && why == nil {
				if dr, err = a.draftOf(tx, d, l, &m); err != nil && AsError(err).Kind == Refused {
					why, err = AsError(err), nil
				}
			}
			switch {
			case err != nil:
				return err
			case why != nil:
				out.Refused = append(out.Refused, Refusal{Message: id, Code: why.Code, Text: why.Message})
			default:
				list = append(list, dr)
			}
		}
		return nil
	})
	return list, err
}

// mayPrint says why a message cannot be among the letters of a day; nil if it can.
func mayPrint(m *messageRow, c *CreditorInfo, today, day cal.Date) *Error {
	switch {
	case m.channel != book.Letter || m.creditor != c.ID:
		return AsError(refusedText("not_a_letter", sprintf("message %d is no letter of %s", m.id, c.Name)))
	case m.state == book.Proposed:
		return AsError(refused(reason.NotApproved))
	case m.state != book.Approved:
		return AsError(refused(reason.MessageEnded, m.state.InWords()))
	case m.day < today:
		return AsError(refusedText(string(reason.TextExpired), sprintf("the letter bears the date %s, which has passed; "+
			"the next run dates it anew", m.day)))
	case m.day != day:
		return AsError(refusedText("another_day", sprintf("the letter bears the date %s, the others %s; print it apart",
			m.day, day)))
	}
	return nil
}

// printDrafts adds letters to a batch and keeps each as a file of its own, made on all
// processors.
func (a *App) printDrafts(ctx context.Context, batch *letter.Batch, drafts []*draft, dry bool) ([]printedLetter, error) {
	if len(drafts) == 0 {
		return nil, nil
	}
	alone := make([]*printed, len(drafts))
	faults := make([]error, len(drafts))
	var work sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		work.Go(func() {
			for i := range next {
				var paper LetterFile
				if paper, faults[i] = a.paper(ctx, drafts[i]); faults[i] == nil {
					alone[i] = drafts[i].printed(paper.Bytes)
				}
			}
		})
	}
	for i := range drafts {
		next <- i
	}
	close(next)
	work.Wait()
	out := make([]printedLetter, 0, len(drafts))
	for i, d := range drafts {
		if faults[i] != nil {
			return nil, faults[i]
		}
		l, err := d.onPaper()
		if err != nil {
			return nil, err
		}
		kept := printedLetter{message: d.row.id, pages: batch.Add(l), papers: alone[i].papers}
		if !dry {
			h, err := a.db.Blobs().Put(ctx, a.tenant, alone[i].text.parcel.Bytes)
			if err != nil {
				return nil, err
			}
			kept.sha256 = h.String()
		}
		out = append(out, kept)
	}
	return out, nil
}

// keepBatch records a batch and its file.
func (a *App) keepBatch(ctx context.Context, req Request, c CreditorInfo, out *PrintBatch, done []printedLetter) error {
	h, err := a.db.Blobs().Put(ctx, a.tenant, out.Bytes)
	if err != nil {
		return err
	}
	out.SHA256 = h.String()
	lines := make([]string, len(done))
	for i, l := range done {
		lines[i] = fmt.Sprintf("%d %s %d %s", l.message, l.sha256, l.pages, strings.Join(l.papers, ", "))
	}
	_, err = a.write(ctx, req, "print_letters", []any{out.Letters, out.SHA256}, func(r *recorder) error {
		if out.ID, err = r.NextIDs("print_batch", 1); err != nil {
			return err
		}
		if _, err := r.Exec(`INSERT INTO print_batch (tenant_id, batch_id, creditor_id, made_at, made_by, day, sha256,
			pages, messages) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, r.tenant, out.ID, c.ID, r.Now(), req.Actor,
			out.Day, out.SHA256, int64(out.Pages), strings.Join(lines, "\n")); err != nil {
			return err
		}
		return r.changed("print_batch", out.ID, "printed", out.SHA256)
	})
	return err
}

// eachPrinted calls fn for each letter of a day that was printed, the first print first.
func (a *App) eachPrinted(tx store.Tx, creditor int64, day cal.Date, fn func(printedLetter)) error {
	return store.Each(tx, `SELECT messages FROM print_batch WHERE tenant_id = $1 AND creditor_id = $2 AND day = $3
		ORDER BY batch_id`, []any{a.tenant, creditor, day}, func(r store.Rows) error {
		for _, l := range parsePrinted(r.Text(0)) {
			fn(l)
		}
		return nil
	})
}

func parsePrinted(lines string) []printedLetter {
	var out []printedLetter
	for line := range strings.Lines(lines) {
		parts := strings.SplitN(strings.TrimRight(line, "\n"), " ", 4)
		if len(parts) < 3 {
			continue
		}
		l := printedLetter{sha256: parts[1]}
		l.message, _ = strconv.ParseInt(parts[0], 10, 64)
		l.pages, _ = strconv.Atoi(parts[2])
		if len(parts) == 4 && parts[3] != "" {
			l.papers = strings.Split(parts[3], ", ")
		}
		out = append(out, l)
	}
	return out
}

// printedBefore is a letter as it was printed last; nil if it was not.
func (a *App) printedBefore(ctx context.Context, message int64) (*printed, error) {
	var last printedLetter
	err := a.read(ctx, func(tx store.Tx) error {
		m, err := a.message(tx, message)
		if err != nil || m.channel != book.Letter {
			return err
		}
		return a.eachPrinted(tx, m.creditor, m.day, func(l printedLetter) {
			if l.message == message {
				last = l
			}
		})
	})
	if err != nil || last.sha256 == "" {
		return nil, err
	}
	return a.printedLetter(ctx, last)
}

// printedLetter reads a letter as it was printed.
func (a *App) printedLetter(ctx context.Context, l printedLetter) (*printed, error) {
	data, err := a.blob(ctx, l.sha256)
	if err != nil {
		return nil, fmt.Errorf("letter %d as it was printed: %w", l.message, err)
	}
	to, renderer := unwrapLetter(data)
	return &printed{text: seal(Parcel{To: []string{to}, Bytes: data}, renderer), papers: l.papers}, nil
}

// MarkBatchSent records that the letters of a batch were posted, on the day that they bear
// unless another is named. Each is kept as it was printed. Those that a rule keeps, such as
// one that ended since, are listed; the others are recorded. Errors: not found.
func (a *App) MarkBatchSent(ctx context.Context, req Request, batch int64, sent SentByHand) (ChangeReport, error) {
	report := ChangeReport{Changed: []StateChange{}, Refused: []Refusal{}}
	var letters []printedLetter
	found := false
	err := a.read(ctx, func(tx store.Tx) error {
		return store.Each(tx, "SELECT messages FROM print_batch WHERE tenant_id = $1 AND batch_id = $2",
			[]any{a.tenant, batch}, func(r store.Rows) error {
				letters, found = parsePrinted(r.Text(0)), true
				return nil
			})
	})
	if err == nil && !found {
		err = notFound("batch_not_found", "there is no print batch %d", batch)
	}
	if err != nil {
		return report, err
	}
	for _, l := range letters {
		one, each := req, sent
		each.Message, each.Enclosed = l.message, true // its papers were printed with it
		if req.CommandID != "" {
			one.CommandID = fmt.Sprintf("%s-%d", req.CommandID, l.message)
		}
		before, err := a.OutboxMessage(ctx, l.message)
		if err != nil {
			return report, err
		}
		kept, err := a.printedLetter(ctx, l)
		if err != nil {
			return report, err
		}
		after, err := a.recordPosted(ctx, one, each, kept)
		if err != nil {
			if e := AsError(err); e.Kind == Refused || e.Kind == Conflict {
				report.Refused = append(report.Refused, Refusal{Message: l.message, Code: e.Code, Text: e.Message})
				continue
			}
			return report, err
		}
		if before.State != after.State {
			report.Changed = append(report.Changed, StateChange{Message: l.message, From: before.State, To: after.State})
		}
	}
	return report, nil
}

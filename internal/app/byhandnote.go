package app

import (
	"context"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/strategy"
)

// NoteRequest is what a person wrote down about a customer or an item.
type NoteRequest struct {
	Creditor string
	Ref      string
	Class    string // fact (default), opinion or privileged (guardrail R30)
	Text     string
	Next     cal.Date // to be looked at again; None or the zero value: not. The next note about the same ends it
	// File is kept beside the note, if there is one.
	File *PaperFile `json:"-"`

	file *paperFile
}

// noteClasses are the classes of a note; privileged ones stay out of exports.
var noteClasses = []string{"fact", "opinion", "privileged"}

// LateReasons is the closed list of causes of late payment.
var LateReasons = []string{"cash_flow", "dispute", "no_po", "not_received", "wrong_contact",
	"approval_pending", "oversight", "process",
	"bank_error", "insolvency", "other"}

// Note records a note and returns its id. Errors: invalid (class, empty or too long
// text, next day not after today, a file that is none of those kept), not found.
func (a *App) Note(ctx context.Context, req Request, n NoteRequest) (int64, error) {
	if n.Class == "" {
		n.Class = noteClasses[0]
	}
	switch {
	case !slices.Contains(noteClasses, n.Class):
		return 0, noteInvalid("class", n.Class, strings.Join(noteClasses, ", "))
	case strings.TrimSpace(n.Text) == "" || len(n.Text) > maxWordsBytes:
		return 0, noteInvalid("text", sprintf("%d characters", len(n.Text)), sprintf("1 to %d characters",
			maxWordsBytes))
	}
	if n.File != nil {
		file, err := a.oneFile(ctx, *n.File)
		if err != nil {
			return 0, err
		}
		n.file = &file
	}
	return a.addNote(ctx, req, "note", n, "note", "")
}

// LateReason records why a customer pays late, one of LateReasons, and returns the
// id of the note. Errors: invalid, not found.
func (a *App) LateReason(ctx context.Context, req Request, creditor, ref, cause, text string) (int64, error) {
	switch {
	case !slices.Contains(LateReasons, cause):
		return 0, noteInvalid("cause", cause, strings.Join(LateReasons, ", "))
	case len(text) > maxWordsBytes:
		return 0, noteInvalid("text", sprintf("%d characters", len(text)), sprintf("at most %d characters",
			maxWordsBytes))
	}
	return a.addNote(ctx, req, "late_reason", NoteRequest{Creditor: creditor, Ref: ref, Class: noteClasses[0],
		Text: text}, "late_reason", cause)
}

// CallOutcomes is the closed list of what came of a call.
var CallOutcomes = []string{"reached", "promised", "no_answer", "voicemail", "wrong_number", "refused"}

// CallRequest is a call with a customer, as the caller tells it.
type CallRequest struct {
	Creditor string
	Ref      string   // customer:NUMBER, or item:NUMBER if the call was about one
	Outcome  string   // one of CallOutcomes
	Text     string   // who said what; may be empty
	Next     cal.Date // the day of the next step, after today: no call ends without one
}

// Call records what came of a call and returns the id of its note. It is the last contact
// with the customer from then on, and an open call of the ladder is done with it. Errors:
// invalid (outcome, too long text, next day missing or not after today), not found.
func (a *App) Call(ctx context.Context, req Request, c CallRequest) (int64, error) {
	switch {
	case !slices.Contains(CallOutcomes, c.Outcome):
		return 0, noteInvalid("outcome", c.Outcome, strings.Join(CallOutcomes, ", "))
	case len(c.Text) > maxWordsBytes:
		return 0, noteInvalid("text", sprintf("%d characters", len(c.Text)), sprintf("at most %d characters", maxWordsBytes))
	case !stated(c.Next):
		return 0, noteInvalid("next", "", "the day of the next step")
	}
	return a.addNote(ctx, req, "call", NoteRequest{Creditor: c.Creditor, Ref: c.Ref, Class: noteClasses[0], Text: c.Text,
		Next: c.Next}, "call", c.Outcome)
}

// callDone ends the open calls of a customer's ladder with what came of one. A call that no
// ladder asked for is a done one too, as both count among the contacts of the day and week.
func (r *recorder) callDone(customer int64, today cal.Date, outcome string) error {
	n, err := r.Exec(`UPDATE task SET state = 'done', done_day = $3, outcome = $4, done_seq = $5
		WHERE tenant_id = $1 AND customer_id = $2 AND kind = 'call' AND state = 'open'`,
		r.tenant, customer, today, outcome, r.Seq())
	if err != nil || n > 0 {
		return err
	}
	id, err := r.NextIDs("task", 1)
	if err != nil {
		return err
	}
	ins := r.Insert("task")
	ins.Int(id).Int(customer).Int(r.Seq()).Text(string(strategy.KindCall)).Text("").Text("").Day(today)
	ins.Text("collector").Text("").Int(0).Text(string(book.TaskDone)).Day(today).Text(outcome).Int(r.Seq())
	return ins.One()
}

func noteInvalid(field, value, expected string) error {
	return &Error{Kind: Invalid, Code: "note_invalid", Message: sprintf("%s: %q, expected %s", field, value,
		expected), Where: &Where{Field: field}}
}

func (a *App) addNote(ctx context.Context, req Request, command string, n NoteRequest, kind,
	code string) (int64, error) {
	s, err := a.subject(ctx, n.Creditor, n.Ref)
	if err != nil {
		return 0, err
	}
	input := []any{n, code}
	if n.file != nil {
		input = append(input, n.file.name, n.file.sha256)
	}
	id, _, err := answer[int64](a.write(ctx, req, command, input, func(r *recorder) error {
		if err := a.mayNote(r, s.Customer, n.Class); err != nil {
			return err
		}
		today, err := a.todayOfCode(r, s.Creditor)
		if err != nil {
			return err
		}
		next := n.Next
		if !stated(next) {
			next = cal.None
		} else if next <= today {
			return noteInvalid("next", next.String(), "a day after today, "+today.String())
		}
		words, hash, err := r.words(n.Text)
		if err != nil {
			return err
		}
		id, err := r.NextIDs("note", 1)
		if err != nil {
			return err
		}
		ins := r.Insert("note")
		ins.Int(s.Customer).Int(id).Int(r.Seq()).Int(s.Item).Text(kind).Text(n.Class).Text(code).Day(today).
			Day(next).Int(words).Bytes(hash)
		if err := ins.One(); err != nil {
			return err
		}
		if n.file != nil {
			if _, err := r.putPaper(n.file, s.Customer, s.Item, id, PaperOther); err != nil {
				return err
			}
		}
		if kind == "call" {
			if err := r.callDone(s.Customer, today, code); err != nil {
				return err
			}
		}
		if err := r.touch(s.Customer); err != nil {
			return err
		}
		return r.result(id)
	}))
	return id, err
}

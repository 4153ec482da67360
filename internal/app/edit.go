package app

import (
	"context"
	"errors"
	"slices"
	"unicode/utf8"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/store"
)

// lineMax is how long the line of a person may be, in characters.
const lineMax = 600

// errOneOf ends the work on one message of several with a reason; the others go on.
type errOneOf struct {
	code, text string
}

func (e *errOneOf) Error() string { return e.text }

// Edit sets the one free line of messages that have not left. Words change, never figures.
// Who released a message released its words: one that was released ends, and the same is
// proposed with the new line, to be released anew.
//
// Refused, for one message: a letter that was printed, a correction, and those that have
// ended. Errors: invalid (line_too_long; line_refused: the line has no place in the tone of
// the message; account_in_words: it names an account that is not the one of the message).
func (a *App) Edit(ctx context.Context, req Request, ids []int64, line string) (ChangeReport, error) {
	if utf8.RuneCountInString(line) > lineMax {
		return ChangeReport{}, invalid("line_too_long", "one line of your own has at most %d characters", lineMax)
	}
	out, err := a.write(ctx, req, "edit", []any{ids, line}, func(w *recorder) error {
		var report ChangeReport
		if err := w.lockMessages(ids); err != nil {
			return err
		}
		for _, id := range ids {
			m, err := a.message(w, id)
			if err != nil {
				return err
			}
			change, err := a.editOne(w, &m, line)
			var one *errOneOf
			switch {
			case errors.As(err, &one):
				report.Refused = append(report.Refused, Refusal{id, one.code, one.text})
			case err != nil:
				return err
			default:
				report.Changed = append(report.Changed, change)
			}
		}
		return finishChange(w, &report)
	})
	report, _, err := answer[ChangeReport](out, err)
	return report, err
}

func (a *App) editOne(w *recorder, m *messageRow, line string) (StateChange, error) {
	change := StateChange{Message: m.id, From: m.state, To: m.state}
	switch {
	case m.state != book.Proposed && m.state != book.Approved:
		return change, &errOneOf{string(reason.MessageEnded), reason.Fill(reason.MessageEnded, []string{m.state.InWords()})}
	case m.step == Correction:
		return change, &errOneOf{"correction_not_edited", "a correction has no line of its own"}
	}
	printed := false
	if m.channel == book.Letter {
		if err := a.eachPrinted(w, m.creditor, m.day, func(l printedLetter) { printed = printed || l.message == m.id }); err != nil {
			return change, err
		}
	}
	if printed {
		return change, &errOneOf{"letter_printed", "the letter was printed with other words; reject it, and the next run proposes another"}
	}
	words, _, err := w.words(line)
	if err != nil {
		return change, err
	}
	if err := a.lineFits(w, m, words, line); err != nil {
		return change, err
	}
	if m.state == book.Proposed {
		if _, err := w.Exec("UPDATE message SET words_id = $3 WHERE tenant_id = $1 AND message_id = $2", a.tenant, m.id,
			words); err != nil {
			return change, err
		}
		return change, w.event(m.id, m.customer, m.day, "edited", "")
	}
	today, err := a.todayOf(w, m.creditor)
	if err != nil {
		return change, err
	}
	if err := w.voidMessage(m.id, book.Stopped, string(reason.Changed), today); err != nil {
		return change, err
	}
	same, err := w.messageFacts([]int64{m.id})
	if err != nil {
		return change, err
	}
	same[0].words = words
	if err := w.propose(same); err != nil {
		return change, err
	}
	change.To, change.Anew = book.Proposed, same[0].id
	return change, w.event(change.Anew, m.customer, m.day, "edited", "")
}

// lineFits holds the line of a person to what any word to a debtor is held to.
func (a *App) lineFits(w *recorder, m *messageRow, words int64, line string) error {
	if line == "" {
		return nil
	}
	creditors, err := a.creditors(w)
	if err != nil {
		return err
	}
	c, err := creditorByID(creditors, m.creditor)
	if err != nil {
		return err
	}
	d, err := a.desk(w, c)
	if err != nil {
		return err
	}
	l := a.newLoader(w, creditors)
	l.documents = true
	if err := a.ourAccountOnly(w, d, l, m, line); err != nil {
		return err
	}
	row := *m
	row.words = words
	dr, err := a.draftOf(w, d, l, &row)
	if lacksSender(err) {
		dr, err = a.sketched(w, d, l, &row)
	}
	if err != nil {
		if AsError(err).Kind == Refused { // it cannot be written whatever the line says
			return nil
		}
		return err
	}
	if found := dr.rendered.Warnings; len(found) > 0 {
		return invalid("line_refused", "%s", found[0].Text)
	}
	return nil
}

// ourAccountOnly refuses a line with an account that is not the one of the message. Numbers
// of the customer, of what the message is about and of our own telephone are no accounts.
func (a *App) ourAccountOnly(tx store.Tx, d *desk, l *loader, m *messageRow, line string) error {
	acc, err := loadOne(l, m.customer)
	if err != nil {
		return err
	}
	ours := []string{acc.Customer.Number, d.values["bank.routing"] + d.values["bank.account"]}
	for _, name := range []string{"bank.iban", "bank.bic", "bank.routing", "bank.account", "sender.phone"} {
		ours = append(ours, d.values[name])
	}
	for i := range acc.Items {
		ours = append(ours, acc.Items[i].Number)
	}
	ours = slices.DeleteFunc(ours, func(s string) bool { return s == "" })
	if found := foreignAccount(line, ours); found != "" {
		return invalid("account_in_words", "%s looks like an account, and it is not the one of this message: where to pay "+
			"stands in every message from the settings, and nowhere else", found)
	}
	return nil
}

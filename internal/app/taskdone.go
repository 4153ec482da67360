package app

import (
	"context"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/store"
)

// The outcomes of a task that asks a person what comes next. Each but OutcomeGoOn keeps
// the items back by a hold, and when that has ended the same question is asked again.
const (
	OutcomeWait     = "wait"
	OutcomePlan     = "plan"
	OutcomePlaced   = "placed"
	OutcomeCourt    = "court"
	OutcomeWriteOff = "write_off"
	OutcomeOther    = "other"
	OutcomeGoOn     = "go_on" // of a review: the ladder begins
	OutcomeKeep     = "keep"  // of a review: it is looked at again later
)

// askAgainDays is after how many days a question is asked again if nobody names a day.
const askAgainDays = 30

// outcomes are the words with which a question can be answered, by kind of task. Tasks of
// other kinds end with any word or two.
var outcomes = map[string][]string{
	strategy.Decide:   {OutcomeWait, OutcomePlan, OutcomePlaced, OutcomeCourt, OutcomeWriteOff, OutcomeOther},
	decide.TaskReview: {OutcomeGoOn, OutcomeKeep},
}

// TaskAnswers says for people how questions are answered.
func TaskAnswers() string {
	var all []string
	for _, kind := range []string{strategy.Decide, decide.TaskReview} {
		all = append(all, sprintf("Of %s: %s.", strings.ReplaceAll(kind, "_", " "),
			strings.Join(outcomes[kind], ", ")))
	}
	return strings.Join(all, " ")
}

// holdOf is what keeps the items of an answered question back; those that are not here
// are paused.
var holdOf = map[string]book.HoldKind{OutcomePlan: book.HoldPlan, OutcomePlaced: book.HoldPlaced,
	OutcomeCourt: book.HoldCourt}

// doneTask is an open task that a person did.
type doneTask struct {
	id, customer, creditor int64
	kind, state, currency  string
}

// TaskDone records that a person did a task, with its outcome in a word or two. The
// question at the end of a ladder and that about old items are answered with a word of
// their own, and until may name the last day for which the answer holds; None: 30 days,
// or for what is with an agency or a court until its hold is ended.
// Errors: not found; conflict if it is not open; invalid (outcome, or until).
func (a *App) TaskDone(ctx context.Context, req Request, task int64, outcome string, until cal.Date) error {
	_, err := a.write(ctx, req, "task_done", []any{task, outcome, until}, func(r *recorder) error {
		t := doneTask{id: task}
		err := store.One(r, `SELECT t.customer_id, t.state, c.creditor_id, t.kind, t.currency FROM task t
			JOIN customer c ON c.tenant_id = t.tenant_id AND c.customer_id = t.customer_id
			WHERE t.tenant_id = $1 AND t.task_id = $2`, []any{r.tenant, task}, func(rows store.Rows) {
			t.customer, t.state, t.creditor = rows.Int64(0), rows.Text(1), rows.Int64(2)
			t.kind, t.currency = rows.Text(3), rows.Text(4)
		})
		switch {
		case isNotFound(err):
			return notFound("task_not_found", "there is no task %d", task)
		case err != nil:
			return err
		case t.state != string(book.TaskOpen):
			return &Error{Kind: Conflict, Code: "task_not_open", Message: sprintf("task %d is %s", task, t.state)}
		}
		c, err := a.creditorOf(r, t.creditor)
		if err != nil {
			return err
		}
		if err := a.answerTask(r, &c, &t, outcome, until); err != nil {
			return err
		}
		if _, err := r.Exec(`UPDATE task SET state = 'done', done_day = $3, outcome = $4, done_seq = $5
			WHERE tenant_id = $1 AND task_id = $2`,
			r.tenant, task, c.today(r), outcome, r.Seq()); err != nil {
			return err
		}
		return r.touch(t.customer)
	})
	return err
}

// answerTask carries out what a person answered to a question.
func (a *App) answerTask(r *recorder, c *CreditorInfo, t *doneTask, outcome string, until cal.Date) error {
	today := c.today(r)
	words, question := outcomes[t.kind]
	invalid := func(field, format string, args ...any) error {
		return &Error{Kind: Invalid, Code: "task_" + field, Message: field + ": " + sprintf(format, args...),
			Where: &Where{Field: field}}
	}
	switch {
	case question && !slices.Contains(words, outcome):
		return invalid("outcome", "%q, expected one of %s", outcome, strings.Join(words, ", "))
	case (!question || outcome == OutcomeGoOn) && stated(until):
		return invalid("until", "only an answer after which the task comes again has a day")
	case stated(until) && until <= today:
		return invalid("until", "%s, expected a day after today, %s", until, today)
	case !question:
		return nil
	}
	items, err := r.itemsInQuestion(t, today)
	if err != nil {
		return err
	}
	if outcome == OutcomeGoOn {
		for _, i := range items {
			if _, err := a.endHold(r, c, t.customer, i.review, outcome, ""); err != nil {
				return err
			}
		}
		return nil
	}
	kind, known := holdOf[outcome]
	if !known {
		kind = book.HoldPause
	}
	if !stated(until) {
		if until = today.AddDays(askAgainDays); kind == book.HoldPlaced || kind == book.HoldCourt {
			until = cal.Far
		}
	}
	for _, i := range items {
		why := sprintf("task %d: %s", t.id, outcome)
		h := book.Hold{Item: i.item, Kind: kind, From: today, Until: until}
		if _, err := r.hold(t.customer, h, why); err != nil {
			return err
		}
	}
	return nil
}

// inQuestion is an open item that a question is about, with the hold for its review.
type inQuestion struct{ item, review int64 }

// itemsInQuestion lists the open items that the question at the end of a ladder was
// raised for, or those of the currency that are held for a review.
func (r *recorder) itemsInQuestion(t *doneTask, today cal.Date) ([]inQuestion, error) {
	var items []inQuestion
	add := func(rows store.Rows) error {
		items = append(items, inQuestion{rows.Int64(0), rows.Int64(1)})
		return nil
	}
	if t.kind == strategy.Decide {
		err := store.Each(r, `SELECT DISTINCT i.item_id, 0 FROM notice n
			JOIN item i ON i.tenant_id = n.tenant_id AND i.customer_id = n.customer_id AND i.item_id = n.item_id
			WHERE n.tenant_id = $1 AND n.customer_id = $2 AND n.task_id = $3 AND i.open_minor > 0
			ORDER BY 1`, []any{r.tenant, t.customer, t.id}, add)
		return items, err
	}
	err := store.Each(r, `SELECT i.item_id, h.hold_id FROM hold h
		JOIN item i ON i.tenant_id = h.tenant_id AND i.customer_id = h.customer_id AND i.item_id = h.item_id
		LEFT JOIN hold_end e ON e.tenant_id = h.tenant_id AND e.customer_id = h.customer_id
		AND e.hold_id = h.hold_id
		WHERE h.tenant_id = $1 AND h.customer_id = $2 AND h.kind = 'review' AND i.currency = $3 AND i.open_minor > 0
			AND e.hold_id IS NULL AND h.from_day <= $4 AND (h.until_day IS NULL OR h.until_day >= $4)
		ORDER BY h.hold_id`, []any{r.tenant, t.customer, t.currency, today}, add)
	return items, err
}

package app

import (
	"encoding/json"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/store"
)

// finish applies the brake and releases the run to the sender.
func (r *run) finish() error {
	limit, err := r.brakeLimit()
	if err != nil {
		return err
	}
	r.report.Brake = BrakeReport{WouldSend: r.report.MessagesQueued, Limit: limit}
	return r.write(r.req.Reason, "run_finish", r.id, func(w *recorder) error {
		var queued int64
		if err := store.One(w, `SELECT COUNT(*) FROM message WHERE tenant_id = $1 AND `+ofToday+`
			AND state IN ('approved','claimed','handing_over','unknown')`, []any{r.a.tenant, r.day},
			func(row store.Rows) { queued = row.Int64(0) }); err != nil {
			return err
		}
		state := "released"
		r.report.Brake.WouldSend = queued
		if r.report.Brake.Tripped = queued > limit && !r.asked.ReleaseBrake; r.report.Brake.Tripped {
			state = "braked"
			if _, err := w.Exec("UPDATE message SET reason = $3 WHERE tenant_id = $1 AND state = 'approved' "+
				"AND run_id = $2",
				r.a.tenant, r.id, string(reason.Brake)); err != nil {
				return err
			}
		}
		if r.asked.ReleaseBrake {
			if err := r.releaseBrake(w); err != nil {
				return err
			}
		}
		raw, err := json.Marshal(r.report)
		if err != nil {
			return err
		}
		_, err = w.Exec("UPDATE run SET state = $3, queued = $4, brake_limit = $5, report = $6 "+
			"WHERE tenant_id = $1 AND run_id = $2",
			r.a.tenant, r.id, state, r.report.MessagesQueued, limit, string(raw))
		return err
	})
}

// releaseBrake lets go what the brake stopped earlier on the day.
func (r *run) releaseBrake(w *recorder) error {
	var err error
	if r.report.Brake.Released, err = w.Exec(`UPDATE message SET reason = '' WHERE tenant_id = $1 AND state = 'approved'
		AND reason = $3 AND `+ofToday, r.a.tenant, r.day, string(reason.Brake)); err != nil {
		return err
	}
	_, err = w.Exec("UPDATE run SET state = 'released' WHERE tenant_id = $1 AND day = $2 AND state = 'braked'",
		r.a.tenant, r.day)
	return err
}

// brakeLimit is how many messages may leave in one day without a person saying so:
// the factor times the larger of the daily maximum of the last 30 days and the
// daily share of a take-over.
func (r *run) brakeLimit() (int64, error) {
	factor, largest := int64(1), int64(0)
	for i := range r.creditors {
		c := r.creditors[i].ID
		factor = max(factor, int64(r.rules[c].set.Policy.BrakeFactor))
		largest += r.quota[c]
	}
	perDay := map[cal.Date]int64{}
	err := r.read(func(tx store.Tx) error {
		clear(perDay)
		return store.Each(tx, "SELECT day, queued FROM run WHERE tenant_id = $1 AND day >= $2 AND day < $3 "+
			"AND state = 'released'",
			[]any{r.a.tenant, r.day.AddDays(-30), r.day}, func(row store.Rows) error {
				perDay[row.Day(0)] += row.Int64(1)
				return nil
			})
	})
	for _, n := range perDay {
		largest = max(largest, n)
	}
	return factor * largest, err
}

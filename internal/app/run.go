package app

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/store"
)

// ApproveMode says what a run releases.
type ApproveMode string

// Release nothing but what is automatic; or all that a person may release in one go.
const (
	ApproveNone ApproveMode = "none"
	ApproveAll  ApproveMode = "all"
)

// RunRequest asks for a daily run.
type RunRequest struct {
	AsOf         cal.Date // None = today by the book's clock
	Approve      ApproveMode
	ReleaseBrake bool       // a person lets out more than the brake allows, and says why
	Duty         store.Duty // held already; nil: the run takes it and gives it back
	Progress     func(done, all int)
}

// BrakeReport says how many messages a run would send and how many the brake lets.
type BrakeReport struct {
	Tripped   bool  `json:"tripped"`
	WouldSend int64 `json:"would_send"`
	Limit     int64 `json:"limit"`
}

// RunReport is the outcome of a run.
type RunReport struct {
	Run               int64            `json:"run"`
	Day               cal.Date         `json:"as_of"`
	LookedAt          int64            `json:"looked_at"`
	CarriedOver       int64            `json:"carried_over"`
	DecisionsByAction map[string]int64 `json:"decisions_by_action"`
	DecisionsByReason map[string]int64 `json:"decisions_by_reason"`
	MessagesQueued    int64            `json:"messages_queued"`
	AwaitingPerson    int64            `json:"awaiting_person"`
	TasksRaised       int64            `json:"tasks_raised"`
	Unchanged         int64            `json:"unchanged"`
	Expired           int64            `json:"expired"`
	Brake             BrakeReport      `json:"brake"`
}

// run is one daily run under way.
type run struct {
	a      *App
	ctx    context.Context
	req    Request
	asked  RunRequest
	day    cal.Date
	id     int64
	inputs int64
	dry    *recorder // of a dry run, which is one transaction; else nil

	creditors []CreditorInfo
	rules     map[int64]*rules
	deciders  map[int64]*decide.Decider
	cash      map[int64]cal.Date
	observe   bool
	rejected  map[rejectedKey]bool
	lines     map[lineKey]personLine // of proposals that lapsed, not long ago

	loader    *loader // keeps its memory from batch to batch
	decisions []decide.Decision
	payload   []byte  // of one batch, one after another
	ends      []int   // where each begins, and the end
	hashes    []int64 // of each payload
	backlog   []waiting
	quota     map[int64]int64
	brokeOff  bool // this run goes on with one of the day that did not come to its end
	report    RunReport
}

type rejectedKey struct {
	customer int64
	currency money.Currency
}

// waiting is a customer whose opening statement waits for its turn.
type waiting struct {
	customer, creditor int64
	oldest             cal.Date
	total              int64
	idle               bool // nothing else is done for the customer today
}

// Run decides every customer for whom looking again makes sense and plans what
// goes out today. It writes one transaction per thousand customers and may be
// repeated or resumed at any time: what is planned already stays as it is. A day since
// the last run is caught up; on any other day than today it only tells what it would
// do: a dry run is the same run in one transaction that is rolled back.
//
// Errors: invalid (the brake is to be released without a reason), refused (such another
// day without a dry run), unavailable (another process holds the duty).
func (a *App) Run(ctx context.Context, req Request, asked RunRequest) (RunReport, error) {
	if asked.ReleaseBrake && req.Reason == "" {
		return RunReport{}, invalid("reason_needed", "releasing the brake needs --reason")
	}
	r := &run{a: a, ctx: ctx, req: req, asked: asked, decisions: make([]decide.Decision, batchSize)}
	if req.DryRun {
		_, err := a.write(ctx, req, "run", asked.AsOf, func(w *recorder) error {
			r.dry = w
			return r.whole()
		})
		return r.report, err
	}
	if asked.Duty == nil {
		duty, err := a.db.Duty(ctx)
		if err != nil {
			return RunReport{}, err
		}
		defer duty.Release()
	}
	err := r.whole()
	return r.report, err
}

// whole is the run from its first look to its end.
func (r *run) whole() error {
	r.backlog, r.quota = nil, map[int64]int64{}
	if err := r.prepare(); err != nil {
		return err
	}
	if err := r.start(); err != nil {
		return err
	}
	ids, err := r.due()
	if err != nil {
		return err
	}
	if err := r.batches(ids, nil); err != nil {
		return err
	}
	if err := r.setQuotas(); err != nil {
		return err
	}
	if err := r.openBacklog(); err != nil {
		return err
	}
	return r.finish()
}

// write records one command of the run; those of a dry run are all in its one
// transaction.
func (r *run) write(why, name string, input any, fn func(*recorder) error) error {
	if r.dry != nil {
		return fn(r.dry)
	}
	_, err := r.a.write(r.ctx, Request{Actor: r.req.Actor, Reason: why}, name, input, fn)
	return err
}

func (r *run) read(fn func(store.Tx) error) error {
	if r.dry != nil {
		return fn(r.dry)
	}
	return r.a.read(r.ctx, fn)
}

// prepare reads what the whole run is decided by.
func (r *run) prepare() error {
	r.report = RunReport{DecisionsByAction: map[string]int64{}, DecisionsByReason: map[string]int64{}}
	return r.read(func(tx store.Tx) error {
		var err error
		if r.creditors, err = r.a.creditors(tx); err != nil {
			return err
		}
		if len(r.creditors) == 0 {
			return refusedText("no_creditor", "the book has no creditor yet: recoup creditor add")
		}
		today := r.creditors[0].today(tx)
		r.day = r.asked.AsOf
		if r.day == cal.None {
			r.day = today
		}
		if err := r.mayRun(tx, today); err != nil {
			return err
		}
		r.report.Day = r.day
		r.loader = r.a.newLoader(tx, r.creditors)
		r.loader.asOf.asked = r.day
		return r.world(tx)
	})
}

// mayRun refuses a run for another day than today, or than a day since the last run,
// which catches up. What a run plans for a day that has passed does not leave any more.
func (r *run) mayRun(tx store.Tx, today cal.Date) error {
	if r.day == today || r.dry != nil {
		return nil
	}
	last := cal.Far
	err := store.Each(tx, `SELECT day FROM run WHERE tenant_id = $1 AND state <> 'running'
		ORDER BY day DESC LIMIT 1`,
		[]any{r.a.tenant}, func(row store.Rows) error { last = row.Day(0); return nil })
	if err == nil && (r.day > today || r.day <= last) {
		err = refusedText("not_today", "a run is for today, "+today.String()+
			", or catches up a day since the last run; another day needs --dry-run")
	}
	return err
}

func refusedText(code, message string) error {
	return &Error{Kind: Refused, Code: code, Message: message}
}

// world reads settings, strategies, cash freshness and the mode.
func (r *run) world(tx store.Tx) error {
	r.rules, r.deciders, r.cash = map[int64]*rules{}, map[int64]*decide.Decider{}, map[int64]cal.Date{}
	for i := range r.creditors {
		c := &r.creditors[i]
		by, err := r.a.rulesOf(tx, c.ID)
		if err != nil {
			return err
		}
		d := r.a.decides(&c.Creditor, by)
		if r.day == c.today(tx) {
			d.At(tx.Now())
		}
		r.deciders[c.ID], r.rules[c.ID] = d, by
		if r.cash[c.ID], err = r.a.cashKnown(tx, c.ID); err != nil {
			return err
		}
	}
	var err error
	if r.observe, err = r.a.observes(tx); err != nil {
		return err
	}
	if err = store.One(tx, "SELECT inputs_version FROM tenant WHERE tenant_id = $1", []any{r.a.tenant},
		func(row store.Rows) { r.inputs = row.Int64(0) }); err != nil {
		return err
	}
	r.rejected = map[rejectedKey]bool{}
	return store.Each(tx, `SELECT customer_id, currency FROM message WHERE tenant_id = $1 AND state = 'rejected'
		AND `+ofToday, []any{r.a.tenant, r.day}, func(row store.Rows) error {
		r.rejected[rejectedKey{row.Int64(0), currency(row.Bytes(1))}] = true
		return nil
	})
}

// cashKnown is the last day up to which cash is known; None if never.
func (a *App) cashKnown(tx store.Tx, creditor int64) (cal.Date, error) {
	day := cal.None
	err := store.Each(tx, "SELECT day FROM cash_known WHERE tenant_id = $1 AND creditor_id = $2", []any{a.tenant, creditor},
		func(r store.Rows) error {
			day = max(day, r.Day(0))
			return nil
		})
	return day, err
}

// observes reports whether the book only observes: the mode that a book on the
// system's clock starts in.
func (a *App) observes(tx store.Tx) (bool, error) {
	mode, err := a.setting(tx, 0, SettingMode)
	if err != nil || mode != "" {
		return mode == "observe", err
	}
	simulated := false
	err = store.One(tx, "SELECT clock FROM book", nil, func(r store.Rows) { simulated = r.Text(0) == "simulated" })
	return !simulated, err
}

// ofToday finds the messages that runs of a day, $2, planned: for that day or, where the
// debtor's hours were over, for one after it.
const ofToday = `day >= $2 AND run_id IN (SELECT run_id FROM run WHERE tenant_id = $1 AND day = $2)`

// start records the run and ends what was planned for earlier days: a text expires
// with its day.
func (r *run) start() error {
	return r.write(r.req.Reason, "run_start", r.day, func(w *recorder) error {
		expired, err := r.expire(w)
		if err != nil {
			return err
		}
		id := int64(0)
		r.brokeOff = false
		err = store.Each(w, "SELECT run_id FROM run WHERE tenant_id = $1 AND day = $2 AND state = 'running'",
			[]any{r.a.tenant, r.day}, func(row store.Rows) error { id, r.brokeOff = row.Int64(0), true; return nil })
		if err != nil {
			return err
		}
		if id == 0 {
			if id, err = w.NextIDs("run", 1); err != nil {
				return err
			}
			if _, err = w.Exec(`INSERT INTO run (tenant_id, run_id, day, state, actor, started_at, queued, brake_limit, report)
				VALUES ($1, $2, $3, 'running', $4, $5, 0, 0, '')`, r.a.tenant, id, r.day, r.req.Actor, w.Now()); err != nil {
				return err
			}
		}
		if err := r.keepLines(w); err != nil {
			return err
		}
		if err := r.a.redirectCorrections(w); err != nil {
			return err
		}
		r.id, r.report.Run, r.report.Expired = id, id, expired
		return r.rank(w)
	})
}

// due lists the customers for whom looking again makes sense, ascending. Where a run of
// the day broke off, those are among them whose first contact it spread: it may not have
// come to choose who gets one today.
func (r *run) due() ([]int64, error) {
	var ids []int64
	var all int64
	var spread map[int64]bool
	err := r.read(func(tx store.Tx) (err error) {
		if r.brokeOff {
			if spread, err = r.spreadToday(tx); err != nil {
				return err
			}
		}
		ids, all = ids[:0], 0
		return store.Each(tx, `SELECT customer_id, next_look_on, version, decided_version, decided_inputs FROM account
			WHERE tenant_id = $1 ORDER BY customer_id`, []any{r.a.tenant}, func(row store.Rows) error {
			all++
			if row.Day(1) <= r.day || row.Int64(2) != row.Int64(3) || row.Int64(4) != r.inputs || spread[row.Int64(0)] {
				ids = append(ids, row.Int64(0))
			}
			return nil
		})
	})
	r.report.LookedAt, r.report.CarriedOver = int64(len(ids)), all-int64(len(ids))
	return ids, err
}

// spreadToday are the customers whose last decision of today put their first contact off.
func (r *run) spreadToday(tx store.Tx) (map[int64]bool, error) {
	spread := map[int64]bool{}
	err := store.Each(tx, `SELECT customer_id, payload FROM decision WHERE tenant_id = $1 AND valid_from_day = $2
		ORDER BY customer_id, seq`, []any{r.a.tenant, r.day}, func(row store.Rows) error {
		spread[row.Int64(0)] = bytes.Contains(row.Bytes(1), []byte(`"`+reason.BacklogSpread+`"`))
		return nil
	})
	return spread, err
}

// batches decides the customers, a thousand in one transaction. chosen are those
// whose opening statement goes out today; nil in the first pass.
func (r *run) batches(ids []int64, chosen map[int64]bool) error {
	done := 0
	for batch := range slices.Chunk(ids, batchSize) {
		if err := r.batch(batch, chosen); err != nil {
			return err
		}
		done += len(batch)
		if r.asked.Progress != nil {
			r.asked.Progress(done, len(ids))
		}
	}
	return nil
}

func (r *run) batch(ids []int64, chosen map[int64]bool) error {
	var counted RunReport
	var waits []waiting
	key := [3]int64{r.id, ids[0], ids[len(ids)-1]}
	err := r.write("", "run_batch", key, func(w *recorder) error {
		counted = RunReport{DecisionsByAction: map[string]int64{}, DecisionsByReason: map[string]int64{}}
		waits = waits[:0]
		r.loader.tx = w
		accounts, err := r.loader.load(ids)
		if err != nil {
			return err
		}
		for i := range accounts {
			d := &r.decisions[i]
			r.deciders[accounts[i].Creditor.ID].Decide(&accounts[i], r.day, d)
			r.leaveUnjudged(&accounts[i], d)
			if w, ok := r.spread(&accounts[i], d, chosen); ok {
				waits = append(waits, w)
			}
			if chosen == nil {
				counted.count(d)
			} else {
				counted.countOpening(d)
			}
		}
		return (&planWriter{run: r, w: w, over: map[string][]int64{}}).batch(accounts, r.decisions[:len(accounts)], &counted)
	})
	if err != nil {
		return err
	}
	r.backlog = append(r.backlog, waits...)
	r.report.merge(&counted)
	return nil
}

// leaveUnjudged takes the end of a promise out of a decision while money that keeps it
// may have come and the book does not know: it counts as broken only where cash is known
// as well as a formal reminder needs.
func (r *run) leaveUnjudged(a *book.Account, d *decide.Decision) {
	c := a.Creditor.ID
	if r.deciders[c].Fresh(strategy.StageFormal, r.day, r.cash[c]) {
		return
	}
	d.Actions = slices.DeleteFunc(d.Actions, func(act decide.Action) bool {
		return act.Kind == decide.EndHold && act.Outcome != decide.OutcomeKept
	})
}

// spread takes an opening statement out of a decision until its turn comes: first
// contacts of a taken-over ledger are spread over days, and which customers come
// first is not for one account to know.
func (r *run) spread(a *book.Account, d *decide.Decision, chosen map[int64]bool) (waiting, bool) {
	stands := func(m book.Message) bool { return m.Step == strategy.Opening && revises(&m) && m.Day >= r.day }
	if chosen[a.Customer.ID] || slices.ContainsFunc(a.Messages, stands) {
		return waiting{}, false
	}
	kept := d.Actions[:0]
	w := waiting{customer: a.Customer.ID, creditor: a.Creditor.ID, oldest: cal.Far}
	held := false
	for i := range d.Actions {
		act := d.Actions[i]
		if act.Step != strategy.Opening {
			kept = append(kept, act)
			continue
		}
		until := reason.OnDay(r.day + 1)
		for k := range act.Lines {
			d.Reasons = append(d.Reasons, reason.New(reason.BacklogSpread, until).ForItem(act.Lines[k].Item))
		}
		if !held {
			w.total = act.TotalMinor
		}
		held = true
	}
	d.Actions = kept
	if !held {
		return w, false
	}
	w.idle = len(kept) == 0
	for i := range a.Items {
		if a.Items[i].Overdue(r.day) {
			w.oldest = min(w.oldest, a.Items[i].DueDate)
		}
	}
	return w, true
}

// openBacklog plans today's share of the opening statements: oldest due date
// first (nobody was ever contacted), then the largest.
func (r *run) openBacklog() error {
	if len(r.backlog) == 0 {
		return nil
	}
	slices.SortFunc(r.backlog, func(x, y waiting) int {
		switch {
		case x.oldest != y.oldest:
			return int(x.oldest - y.oldest)
		case x.total != y.total:
			if x.total > y.total {
				return -1
			}
			return 1
		}
		return int(x.customer - y.customer)
	})
	chosen := map[int64]bool{}
	var ids []int64
	left := map[int64]int64{}
	for i := range r.creditors {
		c := &r.creditors[i]
		used, err := r.backlogUsed(c)
		if err != nil {
			return err
		}
		left[c.ID] = r.quota[c.ID] - used
	}
	for _, w := range r.backlog {
		if left[w.creditor] > 0 {
			left[w.creditor]--
			chosen[w.customer] = true
			ids = append(ids, w.customer)
			r.report.uncount(&w)
		}
	}
	slices.Sort(ids)
	before := r.report.LookedAt
	err := r.batches(ids, chosen)
	r.report.LookedAt = before
	return err
}

// setQuotas sets how many first contacts each creditor may make today: a share of the
// customers who are overdue. Each was decided after the last fact about it, and its
// oldest due date noted then.
func (r *run) setQuotas() error {
	for i := range r.creditors {
		c := r.creditors[i].ID
		pol := &r.rules[c].set.Policy
		var overdue int64
		if err := r.read(func(tx store.Tx) error {
			return store.One(tx, "SELECT COUNT(*) FROM account WHERE tenant_id = $1 AND creditor_id = $2 AND oldest_due < $3",
				[]any{r.a.tenant, c, r.day}, func(row store.Rows) { overdue = row.Int64(0) })
		}); err != nil {
			return err
		}
		r.quota[c] = max(int64(pol.BacklogPerDay), (overdue*int64(pol.BacklogPercent)+99)/100)
	}
	return nil
}

// backlogUsed is how many customers of a creditor were given their first contact today.
func (r *run) backlogUsed(c *CreditorInfo) (used int64, err error) {
	err = r.read(func(tx store.Tx) error {
		return store.One(tx, `SELECT COUNT(DISTINCT customer_id) FROM message WHERE tenant_id = $1
			AND state IN ('proposed','approved','claimed','handing_over','unknown','sent') AND `+ofToday+`
			AND creditor_id = $3 AND lead_step = 'opening' AND live = 1`,
			[]any{r.a.tenant, r.day, c.ID}, func(row store.Rows) { used = row.Int64(0) })
	})
	return used, err
}

// count adds a decision to the report: actions by step, reasons by code.
func (to *RunReport) count(d *decide.Decision) {
	if len(d.Actions) == 0 {
		to.DecisionsByAction["none"]++
	}
	for i := range d.Actions {
		name := d.Actions[i].Step
		if name == "" {
			name = d.Actions[i].TaskKind
		}
		if i == 0 || d.Actions[i-1].Step != d.Actions[i].Step || d.Actions[i-1].TaskKind != d.Actions[i].TaskKind {
			to.DecisionsByAction[name]++
		}
	}
	var last reason.Code
	for i := range d.Reasons {
		if c := d.Reasons[i].Code(); c != last {
			to.DecisionsByReason[string(c)]++
			last = c
		}
	}
}

// uncount takes back that a customer waits, whose turn has come.
func (to *RunReport) uncount(w *waiting) {
	if w.idle {
		to.DecisionsByAction["none"]--
	}
	to.DecisionsByReason[string(reason.BacklogSpread)]--
	dropZeros(to.DecisionsByAction)
	dropZeros(to.DecisionsByReason)
}

func dropZeros(counts map[string]int64) {
	maps.DeleteFunc(counts, func(_ string, n int64) bool { return n == 0 })
}

// countOpening adds the opening statement of a customer who was counted before.
func (to *RunReport) countOpening(d *decide.Decision) {
	if slices.ContainsFunc(d.Actions, func(a decide.Action) bool { return a.Step == strategy.Opening }) {
		to.DecisionsByAction[strategy.Opening]++
	}
}

// released names who releases a message in this run, "" if it waits for a person.
func (r *run) released(a *book.Account, act *decide.Action) string {
	if r.observe || a.Mode == book.ModeObserve || act.Approval == strategy.Person {
		return ""
	}
	if r.asked.Approve == ApproveAll {
		return r.req.Actor
	}
	auto := act.Approval == strategy.AutoOK && r.rules[a.Creditor.ID].values[SettingAuto+act.Strategy+"."+act.Step] == "yes"
	if auto && a.Mode == "" {
		return automatic
	}
	return ""
}

func (r *RunReport) merge(o *RunReport) {
	for k, n := range o.DecisionsByAction {
		r.DecisionsByAction[k] += n
	}
	for k, n := range o.DecisionsByReason {
		r.DecisionsByReason[k] += n
	}
	r.MessagesQueued += o.MessagesQueued
	r.AwaitingPerson += o.AwaitingPerson
	r.TasksRaised += o.TasksRaised
	r.Unchanged += o.Unchanged
}

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
			if _, err := w.Exec("UPDATE message SET reason = $3 WHERE tenant_id = $1 AND state = 'approved' AND run_id = $2",
				r.a.tenant, r.id, string(reason.Brake)); err != nil {
				return err
			}
		}
		raw, err := json.Marshal(r.report)
		if err != nil {
			return err
		}
		if r.asked.ReleaseBrake {
			if err := r.releaseBrake(w); err != nil {
				return err
			}
		}
		_, err = w.Exec("UPDATE run SET state = $3, queued = $4, brake_limit = $5, report = $6 WHERE tenant_id = $1 AND run_id = $2",
			r.a.tenant, r.id, state, r.report.MessagesQueued, limit, string(raw))
		return err
	})
}

// releaseBrake lets go what the brake stopped earlier on the day.
func (r *run) releaseBrake(w *recorder) error {
	if _, err := w.Exec(`UPDATE message SET reason = '' WHERE tenant_id = $1 AND state = 'approved' AND day = $2
		AND reason = $3`, r.a.tenant, r.day, string(reason.Brake)); err != nil {
		return err
	}
	_, err := w.Exec("UPDATE run SET state = 'released' WHERE tenant_id = $1 AND day = $2 AND state = 'braked'",
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
		return store.Each(tx, "SELECT day, queued FROM run WHERE tenant_id = $1 AND day >= $2 AND day < $3 AND state = 'released'",
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

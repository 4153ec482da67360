package app

import (
	"context"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/money"
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
		return RunReport{}, invalid("reason_needed", "say why it is right that so many messages leave")
	}
	if err := a.permitRun(req, &asked); err != nil {
		return RunReport{}, err
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
	_, err := r.a.write(r.ctx, Request{Actor: r.req.Actor, Role: r.req.Role, Reason: why}, name, input, fn)
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
			return refusedText("no_creditor", "the book has no creditor yet")
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
			if _, err = w.Exec(`INSERT INTO run (tenant_id, run_id, day, state, actor, started_at, queued,
				brake_limit, report)
				VALUES ($1, $2, $3, 'running', $4, $5, 0, 0, '')`, r.a.tenant, id, r.day, r.req.Actor,
				w.Now()); err != nil {
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
		return store.Each(tx, `SELECT customer_id, next_look_on, version, decided_version, decided_inputs
			FROM account
			WHERE tenant_id = $1 ORDER BY customer_id`, []any{r.a.tenant}, func(row store.Rows) error {
			all++
			if row.Day(1) <= r.day || row.Int64(2) != row.Int64(3) || row.Int64(4) != r.inputs ||
				spread[row.Int64(0)] {
				ids = append(ids, row.Int64(0))
			}
			return nil
		})
	})
	r.report.LookedAt, r.report.CarriedOver = int64(len(ids)), all-int64(len(ids))
	return ids, err
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
		return (&planWriter{run: r, w: w, over: map[string][]int64{}}).batch(accounts, r.decisions[:len(accounts)],
			&counted)
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

// released names who releases a message in this run, "" if it waits for a person.
func (r *run) released(a *book.Account, act *decide.Action) string {
	if r.observe || a.Mode == book.ModeObserve || act.Approval == strategy.Person {
		return ""
	}
	if r.asked.Approve == ApproveAll {
		return r.req.Actor
	}
	auto := act.Approval == strategy.AutoOK &&
		r.rules[a.Creditor.ID].values[SettingAuto+act.Strategy+"."+act.Step] == "yes"
	if auto && a.Mode == "" {
		return automatic
	}
	return ""
}

package sim

import (
	"context"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/store"
)

// Screen is what one screen of the demo has to show.
type Screen struct {
	Row   string `json:"row"`  // the screen
	Name  string `json:"name"` // what of it
	Count int    `json:"count"`
}

// counted is a screen whose count one statement answers; $2 is the demo's day, $3 the
// day before, and $4 the last change of the statutory rates.
type counted struct{ row, name, sql string }

const (
	messagesToday = `SELECT count(*) FROM message WHERE tenant_id = $1 AND day = $2 AND `
	openTasks     = `SELECT count(*) FROM task WHERE tenant_id = $1 AND state = 'open' AND `
	liveHolds     = `SELECT count(*) FROM hold h LEFT JOIN hold_end e ON e.tenant_id = h.tenant_id
		AND e.customer_id = h.customer_id AND e.hold_id = h.hold_id
		WHERE h.tenant_id = $1 AND e.hold_id IS NULL AND h.from_day <= $2 AND (h.until_day IS NULL OR h.until_day >= $2) AND `
	endedHolds = `SELECT count(*) FROM hold_end e JOIN hold h ON h.tenant_id = e.tenant_id
		AND h.customer_id = e.customer_id AND h.hold_id = e.hold_id WHERE e.tenant_id = $1 AND `
	overdueItems = `SELECT count(*) FROM item i
		JOIN customer c ON c.tenant_id = i.tenant_id AND c.customer_id = i.customer_id
		JOIN creditor k ON k.tenant_id = c.tenant_id AND k.creditor_id = c.creditor_id
		WHERE i.tenant_id = $1 AND i.open_minor > 0 AND i.due_date < $2 AND `
	commands = `SELECT count(*) FROM txn WHERE tenant_id = $1`
)

// Later capabilities add their rows here.
var screens = []counted{
	{"today", "questions to decide", openTasks + "kind = 'decide'"},
	{"today", "answers to read", liveHolds + "h.kind = 'unread_reply'"},
	{"today", "calls to make", openTasks + "kind = 'call'"},
	{"today", "messages of today", messagesToday + "live = 1"},
	{"today", "payments since yesterday", `SELECT count(*) FROM entry WHERE tenant_id = $1 AND kind = 3
		AND effective_day >= $3`},
	{"preview", "messages that wait", messagesToday + "state = 'proposed'"},
	{"preview", "languages of them", `SELECT count(DISTINCT c.language) FROM message m
		JOIN customer c ON c.tenant_id = m.tenant_id AND c.customer_id = m.customer_id
		WHERE m.tenant_id = $1 AND m.day = $2 AND m.state = 'proposed'`},
	{"preview", "causes for holding back", `SELECT count(DISTINCT h.kind) FROM hold h
		LEFT JOIN hold_end e ON e.tenant_id = h.tenant_id AND e.customer_id = h.customer_id AND e.hold_id = h.hold_id
		WHERE h.tenant_id = $1 AND e.hold_id IS NULL AND h.from_day <= $2 AND (h.until_day IS NULL OR h.until_day >= $2)`},
	{"preview", "edited by hand", `SELECT count(DISTINCT message_id) FROM message_event
		WHERE tenant_id = $1 AND event = 'edited' AND day = $2`},
	{"disputes", "open", liveHolds + "h.kind = 'dispute'"},
	{"disputes", "decided for us", endedHolds + "h.kind = 'dispute' AND e.outcome = 'upheld'"},
	{"disputes", "credited", endedHolds + "h.kind = 'dispute' AND e.outcome = 'credited'"},
	{"disputes", "split", endedHolds + "h.kind = 'dispute' AND e.outcome = 'split'"},
	{"promises", "kept", endedHolds + "h.kind = 'promise' AND e.outcome = 'kept'"},
	{"promises", "kept in part", endedHolds + "h.kind = 'promise' AND e.outcome = 'partly'"},
	{"promises", "broken", endedHolds + "h.kind = 'promise' AND e.outcome = 'broken'"},
	{"promises", "due today", liveHolds + "h.kind = 'promise' AND h.until_day = $2"},
	{"promises", "customers who broke two", `SELECT count(*) FROM (SELECT h.customer_id FROM hold_end e
		JOIN hold h ON h.tenant_id = e.tenant_id AND h.customer_id = e.customer_id AND h.hold_id = e.hold_id
		WHERE e.tenant_id = $1 AND h.kind = 'promise' AND e.outcome = 'broken'
		GROUP BY h.customer_id HAVING count(*) > 1) x`},
	{"agreements", "deferrals", liveHolds + "h.kind = 'deferral'"},
	{"law", "over a change of the rate, Germany", overdueItems + "k.country = 'DE' AND i.due_date < $4"},
	{"law", "locked rate, Great Britain", overdueItems + "k.country = 'GB' AND i.due_date < $4"},
	{"law", "contract rate, United States", overdueItems + "k.country = 'US' AND c.contract_rate <> ''"},
	{"law", "refused figures", overdueItems + "k.country = 'US' AND c.contract_rate = ''"},
	{"insight", "wrong chases avoided", `SELECT count(*) FROM message WHERE tenant_id = $1 AND state = 'stopped'`},
	{"insight", "reasons for late payment", `SELECT count(*) FROM note WHERE tenant_id = $1 AND kind = 'late_reason'`},
	{"people", "users", `SELECT count(*) FROM app_user WHERE tenant_id = $1 AND active = 1`},
	{"people", "on holiday, with somebody who stands in", `SELECT count(*) FROM app_user
		WHERE tenant_id = $1 AND cover_id <> 0 AND cover_until >= $2`},
	{"people", "customers with a collector", `SELECT count(*) FROM collector WHERE tenant_id = $1`},
	{"audit", "commands", commands},
	{"audit", "corrections", `SELECT count(*) FROM message WHERE tenant_id = $1 AND corrects_id <> 0`},
	{"audit", "voided runs", commands + " AND command = 'void_run'"},
	{"data quality", "no contact", openTasks + "kind = 'no_contact'"},
	{"data quality", "no due date", openTasks + "kind = 'fix_due_date'"},
	{"data quality", "address refused", openTasks + "kind = 'address_failed'"},
	{"data quality", "order number missing", `SELECT count(*) FROM item i
		JOIN customer c ON c.tenant_id = i.tenant_id AND c.customer_id = i.customer_id
		WHERE i.tenant_id = $1 AND i.open_minor > 0 AND i.document_kind = 1 AND i.po = '' AND c.flags = 'po_required'`},
}

// Screens counts what each screen of the demo has to show: none may be empty on the demo's
// day. Errors: refused (demo_in_a_file), for the book of a server, which is no demo.
func Screens(ctx context.Context, a *app.App) ([]Screen, error) {
	if a.DB().Engine() != store.SQLite {
		return nil, &app.Error{Kind: app.Refused, Code: "demo_in_a_file",
			Message: "the demo's book is a file: name it with --db"}
	}
	clock, _, err := a.Clock(ctx, "")
	if err != nil {
		return nil, err
	}
	var all []Screen
	c := Company{Until: clock.Today}
	err = a.DB().Read(ctx, a.Tenant(), func(tx store.Tx) error {
		all = all[:0]
		for _, s := range screens {
			n, err := countOf(tx, s.sql, a.Tenant(), clock.Today, clock.Today-1, c.rateChange())
			if err != nil {
				return err
			}
			all = append(all, Screen{s.row, s.name, n})
		}
		steps, err := stepScreens(tx, a.Tenant(), clock.Today)
		all = append(all, steps...)
		return err
	})
	return all, err
}

func countOf(tx store.Tx, sql string, args ...any) (n int, err error) {
	err = store.One(tx, sql, args, func(r store.Rows) { n = int(r.Int64(0)) })
	return n, err
}

// stepScreens counts the customers of each strategy and, of the open items, those that
// stand at each of its steps: the step they were told last, or are about to be.
func stepScreens(tx store.Tx, tenant int64, today cal.Date) ([]Screen, error) {
	set, err := strategy.Shipped()
	if err != nil {
		return nil, err
	}
	customers, standing := map[string]int{}, map[[2]string]int{}
	if err := store.Each(tx, `SELECT x.strategy, count(*) FROM (SELECT d.customer_id, d.strategy FROM decision d
		WHERE d.tenant_id = $1 AND d.seq = (SELECT max(n.seq) FROM decision n
			WHERE n.tenant_id = $1 AND n.customer_id = d.customer_id)) x GROUP BY x.strategy`, []any{tenant},
		func(r store.Rows) error {
			customers[r.Text(0)] = int(r.Int64(1))
			return nil
		}); err != nil {
		return nil, err
	}
	if err := standingAt(tx, tenant, standing); err != nil {
		return nil, err
	}
	statements, err := countOf(tx, `SELECT count(*) FROM message WHERE tenant_id = $1 AND lead_step = 'statement'
		AND day > $2`, tenant, today.AddDays(-31)) // it tells no item its step
	if err != nil {
		return nil, err
	}
	standing[[2]string{"key_account", "statement"}] += statements
	var all []Screen
	for _, key := range strategy.Keys {
		all = append(all, Screen{key, "customers", customers[key]})
		for _, step := range set.Strategies[key].Steps {
			all = append(all, Screen{key, "items at " + step.Key, standing[[2]string{key, step.Key}]})
		}
	}
	return all, nil
}

// standingAt counts items by strategy and step: the last step that open items were told,
// and the messages that wait.
func standingAt(tx store.Tx, tenant int64, standing map[[2]string]int) error {
	add := func(r store.Rows) error {
		standing[[2]string{r.Text(0), r.Text(1)}] += int(r.Int64(2))
		return nil
	}
	if err := store.Each(tx, `SELECT d.strategy, n.step, count(*) FROM item i
		JOIN notice n ON n.tenant_id = i.tenant_id AND n.customer_id = i.customer_id AND n.item_id = i.item_id
		JOIN decision d ON d.tenant_id = i.tenant_id AND d.customer_id = i.customer_id
		WHERE i.tenant_id = $1 AND i.open_minor > 0
			AND n.seq = (SELECT max(l.seq) FROM notice l WHERE l.tenant_id = $1 AND l.customer_id = i.customer_id
				AND l.item_id = i.item_id)
			AND d.seq = (SELECT max(e.seq) FROM decision e WHERE e.tenant_id = $1 AND e.customer_id = i.customer_id)
		GROUP BY d.strategy, n.step`, []any{tenant}, add); err != nil {
		return err
	}
	return store.Each(tx, `SELECT strategy, lead_step, count(*) FROM message
		WHERE tenant_id = $1 AND state = 'proposed' GROUP BY strategy, lead_step`, []any{tenant}, add)
}

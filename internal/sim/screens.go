package sim

import (
	"context"
	"strings"

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
	// Least and Most are what is expected of it on the day where the demo begins; Most 0 is
	// no upper bound.
	Least int `json:"expected_least"`
	Most  int `json:"expected_most,omitempty"`
}

// AsExpected reports whether the count is within what is expected where the demo begins.
func (s *Screen) AsExpected() bool { return s.Count >= s.Least && (s.Most == 0 || s.Count <= s.Most) }

// counted is a screen whose count one statement answers; $2 is the demo's day, $3 the
// day before, and $4 the last change of the statutory rates.
type counted struct {
	row, name   string
	least, most int
	sql         string
}

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
	ofCustomer = `SELECT count(*) FROM item i JOIN customer c ON c.tenant_id = i.tenant_id AND c.customer_id = i.customer_id
		WHERE i.tenant_id = $1 AND `
	commands = `SELECT count(*) FROM txn WHERE tenant_id = $1`
)

// Later capabilities add their rows here.
var screens = []counted{
	{"today", "questions to decide", 5, 9, openTasks + "kind = 'decide'"},
	{"today", "answers to read", 3, 3, liveHolds + "h.kind = 'unread_reply'"},
	{"today", "calls to make", 10, 24, openTasks + "kind = 'call'"},
	{"today", "messages of today", 34, 46, messagesToday + "live = 1"},
	{"today", "payments since yesterday", 3, 3, `SELECT count(*) FROM entry WHERE tenant_id = $1 AND kind = 3
		AND effective_day >= $3`},
	{"preview", "messages that wait", 34, 46, messagesToday + "state = 'proposed'"},
	{"preview", "languages of them", 3, 3, `SELECT count(DISTINCT c.language) FROM message m
		JOIN customer c ON c.tenant_id = m.tenant_id AND c.customer_id = m.customer_id
		WHERE m.tenant_id = $1 AND m.day = $2 AND m.state = 'proposed'`},
	{"preview", "causes for holding back", 6, 12, `SELECT count(DISTINCT h.kind) FROM hold h
		LEFT JOIN hold_end e ON e.tenant_id = h.tenant_id AND e.customer_id = h.customer_id AND e.hold_id = h.hold_id
		WHERE h.tenant_id = $1 AND e.hold_id IS NULL AND h.from_day <= $2 AND (h.until_day IS NULL OR h.until_day >= $2)`},
	{"preview", "edited by hand", 1, 1, `SELECT count(DISTINCT message_id) FROM message_event
		WHERE tenant_id = $1 AND event = 'edited' AND day = $2`},
	{"Harrow & Pike", "open invoices", 9, 9, ofCustomer + "c.number = 'G10001' AND i.document_kind = 1 AND i.open_minor > 0"},
	{"Harrow & Pike", "paid in part", 2, 2, ofCustomer + "c.number = 'G10001' AND i.open_minor > 0 AND i.open_minor < i.amount_minor"},
	{"Harrow & Pike", "credit note", 1, 1, ofCustomer + "c.number = 'G10001' AND i.document_kind = 2 AND i.invoice_date > $2 - 30"},
	{"Harrow & Pike", "money set against nothing", 1, 2, `SELECT count(*) FROM credit k
		JOIN customer c ON c.tenant_id = k.tenant_id AND c.customer_id = k.customer_id
		WHERE k.tenant_id = $1 AND c.number = 'G10001' AND k.kind = 3`},
	{"Harrow & Pike", "dispute about a part", 1, 1, liveHolds + `h.kind = 'dispute' AND h.amount_minor > 0
		AND h.customer_id = (SELECT customer_id FROM customer WHERE tenant_id = $1 AND number = 'G10001')`},
	{"Möbelwerk Lindner", "Mahnung sent", 1, 1, `SELECT count(*) FROM message m
		JOIN customer c ON c.tenant_id = m.tenant_id AND c.customer_id = m.customer_id
		WHERE m.tenant_id = $1 AND c.number = 'D10001' AND m.lead_step = 'formal' AND m.state = 'sent'`},
	{"Möbelwerk Lindner", "overdue, the date not agreed", 1, 1, ofCustomer + `c.number = 'D10001' AND i.open_minor > 0
		AND i.due_date < $2 AND c.date_agreed = 'no'`},
	{"Cedar Falls Tooling", "overdue, with a contract rate", 1, 2, ofCustomer + `c.number = 'U10001' AND i.open_minor > 0
		AND i.due_date < $2 AND c.contract_rate <> ''`},
	{"Cedar Falls Tooling", "cheque in the post", 1, 1, liveHolds + `h.kind = 'already_paid'
		AND h.customer_id = (SELECT customer_id FROM customer WHERE tenant_id = $1 AND number = 'U10001')`},
	{"disputes", "open", 8, 8, liveHolds + "h.kind = 'dispute'"},
	{"disputes", "reasons for them", 5, 5, `SELECT count(DISTINCT w.body) FROM hold h
		JOIN words w ON w.tenant_id = h.tenant_id AND w.words_id = h.words_id
		LEFT JOIN hold_end e ON e.tenant_id = h.tenant_id AND e.customer_id = h.customer_id AND e.hold_id = h.hold_id
		WHERE h.tenant_id = $1 AND h.kind = 'dispute' AND e.hold_id IS NULL`},
	{"disputes", "waiting for sales", 2, 2, `SELECT count(DISTINCT n.item_id) FROM note n
		JOIN words w ON w.tenant_id = n.tenant_id AND w.words_id = n.words_id
		WHERE n.tenant_id = $1 AND w.body LIKE 'Asked %' AND n.next_day >= $2`},
	{"disputes", "decided for us", 1, 8, endedHolds + "h.kind = 'dispute' AND e.outcome = 'upheld'"},
	{"disputes", "credited", 1, 5, endedHolds + "h.kind = 'dispute' AND e.outcome = 'credited'"},
	{"disputes", "split", 1, 5, endedHolds + "h.kind = 'dispute' AND e.outcome = 'split'"},
	{"promises", "kept", 28, 34, endedHolds + "h.kind = 'promise' AND e.outcome = 'kept'"},
	{"promises", "kept in part", 3, 5, endedHolds + "h.kind = 'promise' AND e.outcome = 'partly'"},
	{"promises", "broken", 5, 7, endedHolds + "h.kind = 'promise' AND e.outcome = 'broken'"},
	{"promises", "due today", 2, 2, liveHolds + "h.kind = 'promise' AND h.until_day = $2"},
	{"promises", "customers who broke two", 1, 2, `SELECT count(*) FROM (SELECT h.customer_id FROM hold_end e
		JOIN hold h ON h.tenant_id = e.tenant_id AND h.customer_id = e.customer_id AND h.hold_id = e.hold_id
		WHERE e.tenant_id = $1 AND h.kind = 'promise' AND e.outcome = 'broken'
		GROUP BY h.customer_id HAVING count(*) > 1) x`},
	{"agreements", "deferrals", 1, 2, liveHolds + "h.kind = 'deferral'"},
	{"law", "over a change of the rate, Germany", 1, 0, overdueItems + "k.country = 'DE' AND i.due_date < $4"},
	{"law", "locked rate, Great Britain", 1, 0, overdueItems + "k.country = 'GB' AND i.due_date < $4"},
	{"law", "contract rate, United States", 1, 3, overdueItems + "k.country = 'US' AND c.contract_rate <> ''"},
	{"law", "refused figures", 1, 0, overdueItems + "k.country = 'US' AND c.contract_rate = ''"},
	{"insight", "reasons for late payment", 30, 0, `SELECT count(*) FROM note WHERE tenant_id = $1 AND kind = 'late_reason'`},
	{"people", "users", 7, 7, `SELECT count(*) FROM app_user WHERE tenant_id = $1 AND active = 1`},
	{"people", "on holiday, with somebody who stands in", 1, 1, `SELECT count(*) FROM app_user
		WHERE tenant_id = $1 AND cover_id <> 0 AND cover_until >= $2`},
	{"people", "comments of sales", 1, 0, `SELECT count(*) FROM note n
		JOIN txn t ON t.tenant_id = n.tenant_id AND t.seq = n.seq WHERE n.tenant_id = $1 AND t.actor = 'jo.turner'`},
	{"people", "customers with a collector", 290, 300, `SELECT count(*) FROM collector WHERE tenant_id = $1`},
	{"audit", "commands", 4500, 5500, commands},
	{"audit", "corrections", 1, 1, `SELECT count(*) FROM message WHERE tenant_id = $1 AND corrects_id <> 0`},
	{"audit", "voided runs", 1, 1, commands + " AND command = 'void_run'"},
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
	pages, err := firstPages(ctx, a)
	if err != nil {
		return nil, err
	}
	var rest []Screen
	c := Company{Until: clock.Today}
	err = a.DB().Read(ctx, a.Tenant(), func(tx store.Tx) error {
		rest = nil
		for _, s := range screens {
			n, err := countOf(tx, s.sql, a.Tenant(), clock.Today, clock.Today-1, c.rateChange())
			if err != nil {
				return err
			}
			rest = append(rest, Screen{s.row, s.name, n, s.least, s.most})
		}
		steps, err := stepScreens(tx, a.Tenant(), clock.Today)
		rest = append(rest, steps...)
		return err
	})
	return append(pages, rest...), err
}

// firstPages counts what the pages of the first creditor show, as those pages read it: the
// demo opens there.
func firstPages(ctx context.Context, a *app.App) ([]Screen, error) {
	must, err := a.MustDo(ctx, gb, "", 1)
	if err != nil {
		return nil, err
	}
	calls, err := a.Calls(ctx, gb, "", 1)
	if err != nil {
		return nil, err
	}
	machine, err := a.Machine(ctx, gb)
	if err != nil {
		return nil, err
	}
	today, err := a.Today(ctx, gb)
	if err != nil {
		return nil, err
	}
	data, err := a.DataQuality(ctx, gb)
	if err != nil {
		return nil, err
	}
	all := []Screen{{"today", "must do", must.Total, 6, 8}, {"today", "call list", calls.Total, 15, 26},
		{"today", "goes out", machine.Messages, 20, 26}}
	for _, t := range today.Creditors {
		all = append(all, Screen{"insight", "wrong chases avoided", int(t.AvoidedEver), 55, 67})
		for _, f := range t.Figures[:min(1, len(t.Figures))] {
			all = append(all, Screen{"today", "overdue, in " + string(f.Currency), int(f.Overdue.Minor / 100), 193_000, 236_000})
			if f.Largest != nil {
				all = append(all, Screen{"today", "overdue of the largest", int(f.Largest.Overdue.Minor / 100), 55_000, 67_000})
			}
		}
	}
	all = append(all, Screen{"data quality", "findings", data.Count(), 13, 15})
	for _, kind := range app.DataKinds {
		if kind != app.DataRefused { // there is one in Germany
			all = append(all, Screen{"data quality", strings.ReplaceAll(kind, "_", " "), data.Count(kind), 1, 0})
		}
	}
	return all, nil
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
		all = append(all, Screen{key, "customers", customers[key], 10, 0})
		for _, step := range set.Strategies[key].Steps {
			all = append(all, Screen{key, "items at " + step.Key, standing[[2]string{key, step.Key}], 1, 0})
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

package app

import (
	"context"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// HoldRequest keeps messages about an item, a part of it, or a whole account back.
type HoldRequest struct {
	Creditor string
	Ref      string // item:NUMBER or customer:NUMBER
	Kind     book.HoldKind
	Amount   money.Money // part of the item; zero: all of it
	From     cal.Date    // first day; None or the zero value is today
	Until    cal.Date    // last day; None or the zero value: until ended, or the default of the kind
	Cheque   bool        // already_paid: by a cheque in the post
	Beyond   bool        // deferral: also beyond what the policy allows
	Reason   string
}

// HoldReport is a hold as people and programs see it.
type HoldReport struct {
	Hold     int64         `json:"hold"`
	Customer string        `json:"customer"`
	Item     string        `json:"item,omitempty"`
	Kind     book.HoldKind `json:"kind"`
	Amount   *MoneyText    `json:"amount,omitempty"`
	From     cal.Date      `json:"from"`
	Until    *cal.Date     `json:"until"` // nil: until ended
	Ended    string        `json:"ended,omitempty"`
	Outcome  string        `json:"outcome,omitempty"`
	Live     bool          `json:"live"`
	State    HoldState     `json:"state"`
	Reason   string        `json:"reason,omitempty"`
}

// HoldState is where a hold stands on a day.
type HoldState string

// States of a hold: it holds, it begins on a later day, or it is over.
const (
	HoldHolds  HoldState = "holds"
	HoldBegins HoldState = "begins"
	HoldOver   HoldState = "over"
)

// maxWordsBytes bounds what a person writes in one field.
const maxWordsBytes = 10_000

// AddHold records a hold. One of the same kind about the same that holds on other days too
// stands beside it, and the days of both count; of promises the later counts. Errors:
// invalid (kind, days, amount larger than what is open or for a whole account, no reason),
// refused with moratorium_not_for (a statutory moratorium of a customer whom the law gives
// none) or deferral_too_long (beyond the policy), conflict (nothing open; or hold_covered: one
// of the same kind holds all of it on all of these days), not found.
func (a *App) AddHold(ctx context.Context, req Request, h HoldRequest) (HoldReport, error) {
	if err := h.check(); err != nil {
		return HoldReport{}, err
	}
	s, err := a.subject(ctx, h.Creditor, h.Ref)
	if err != nil {
		return HoldReport{}, err
	}
	report, _, err := answer[HoldReport](a.write(ctx, req, "hold_add", h, func(r *recorder) error {
		c, err := a.creditor(r, s.Creditor)
		if err != nil {
			return err
		}
		id, err := a.addHold(r, &c, s, h)
		if err != nil {
			return err
		}
		all, err := a.holds(r, &c, s.Customer, id)
		if err != nil {
			return err
		}
		return r.result(all[0])
	}))
	return report, err
}

func wrongHold(field, format string, args ...any) error {
	return &Error{Kind: Invalid, Code: "hold_invalid", Message: field + ": " + sprintf(format, args...),
		Where: &Where{Field: field}}
}

func (h *HoldRequest) check() error {
	switch {
	case !slices.Contains(book.HoldKinds, h.Kind):
		return wrongHold("kind", "%q, expected one of %v", h.Kind, book.HoldKinds)
	case h.Reason == "":
		return wrongHold("reason", "empty, expected why it is held")
	case len(h.Reason) > maxWordsBytes:
		return wrongHold("reason", "%d characters, expected at most %d", len(h.Reason), maxWordsBytes)
	case h.Amount.Minor < 0:
		return wrongHold("amount", "%s, expected a positive amount", h.Amount)
	case h.Kind == book.HoldPromise && (!stated(h.Until) || h.Until == cal.Far):
		return wrongHold("until", "a promise names its day; without one, use --kind pause")
	case h.Kind == book.HoldDeferral && (!stated(h.Until) || h.Until == cal.Far):
		return wrongHold("until", "more time is given until a day; without one, use --kind pause")
	case h.Beyond && h.Kind != book.HoldDeferral:
		return wrongHold("beyond_policy", "only a deferral is bound by the policy")
	case h.Cheque && h.Kind != book.HoldAlreadyPaid:
		return wrongHold("cheque", "only already_paid can be by cheque")
	}
	return nil
}

// addHold writes the hold of a checked request.
func (a *App) addHold(r *recorder, c *CreditorInfo, s Subject, h HoldRequest) (int64, error) {
	today := c.today(r)
	if !stated(h.From) {
		h.From = today
	}
	if h.Kind == book.HoldMoratorium {
		if err := r.checkMoratorium(&s); err != nil {
			return 0, err
		}
	}
	switch {
	case h.Until == cal.Far:
		h.Until = cal.None
	case !stated(h.Until):
		var err error
		if h.Until, err = a.holdsUntil(r, c, s.Customer, &h); err != nil {
			return 0, err
		}
	}
	if h.Until != cal.None && h.Until < h.From {
		return 0, wrongHold("until", "%s lies before the first day, %s", h.Until, h.From)
	}
	if err := a.beside(r, c, &s, &h); err != nil {
		return 0, err
	}
	var currency money.Currency
	if h.Amount.Minor > 0 {
		if err := r.checkPart(&s, h.Amount); err != nil {
			return 0, err
		}
		currency = h.Amount.Currency
	}
	if h.Beyond {
		h.Reason += " (beyond the policy)"
	}
	return r.hold(s.Customer, book.Hold{Item: s.Item, Kind: h.Kind, Currency: currency, Minor: h.Amount.Minor,
		From: h.From, Until: h.Until}, h.Reason)
}

// checkPart checks the held part of an item against what is open.
func (r *recorder) checkPart(s *Subject, m money.Money) error {
	fail := func(format string, args ...any) error {
		return &Error{Kind: Invalid, Code: "hold_invalid", Message: "amount: " + sprintf(format, args...),
			Where: &Where{Field: "amount"}}
	}
	if s.Item == 0 {
		return fail("a whole account is held, not a part; name the item")
	}
	open := money.Money{}
	err := store.One(r, `SELECT open_minor, currency FROM item WHERE tenant_id = $1 AND customer_id = $2
		AND item_id = $3`,
		[]any{r.tenant, s.Customer, s.Item}, func(rows store.Rows) {
			open = money.Money{Minor: rows.Int64(0),
				Currency: currency(rows.Bytes(1))}
		})
	switch {
	case err != nil:
		return err
	case m.Currency != open.Currency:
		return fail("%s, expected %s, the currency of the item", m, open.Currency)
	case m.Minor > open.Minor:
		return fail("%s, expected at most what is open, %s", m, open)
	}
	return nil
}

// legalHolds are those that stand for what a court or the law has ordered: whoever may take
// legal steps ends them. Anybody who works enters one, for it must hold at once.
var legalHolds = []book.HoldKind{book.HoldMoratorium, book.HoldInsolvency, book.HoldCourt}

// EndHold ends a hold from today on. outcome says how, in one word, or nothing; where what
// is said next depends on it, it is one of [decide.Outcomes]. Errors: invalid (another
// word), not found; conflict if it has ended.
func (a *App) EndHold(ctx context.Context, req Request, hold int64, outcome, text string) (HoldReport,
	error) {
	report, _, err := answer[HoldReport](a.write(ctx, req, "hold_end", []any{hold, outcome, text},
		func(r *recorder) error {
			var customer, creditor int64
			err := store.One(r, `SELECT h.customer_id, c.creditor_id FROM hold h
			JOIN customer c ON c.tenant_id = h.tenant_id AND c.customer_id = h.customer_id
			WHERE h.tenant_id = $1 AND h.hold_id = $2`, []any{r.tenant, hold}, func(rows store.Rows) {
				customer, creditor = rows.Int64(0), rows.Int64(1)
			})
			if isNotFound(err) {
				return notFound("hold_not_found", "there is no hold %d", hold)
			}
			if err != nil {
				return err
			}
			c, err := a.creditorOf(r, creditor)
			if err != nil {
				return err
			}
			outcome := strings.ToLower(strings.TrimSpace(outcome))
			report, err := a.endHold(r, &c, customer, hold, outcome, text)
			if err != nil {
				return err
			}
			return r.result(report)
		}))
	return report, err
}

func (a *App) endHold(r *recorder, c *CreditorInfo, customer, hold int64, outcome, text string) (HoldReport,
	error) {
	before, err := a.holds(r, c, customer, hold)
	if err != nil {
		return HoldReport{}, err
	}
	if before[0].Ended != "" {
		return HoldReport{}, &Error{Kind: Conflict, Code: "hold_ended", Message: sprintf("hold %d was ended on %s",
			hold, before[0].Ended)}
	}
	if slices.Contains(legalHolds, before[0].Kind) {
		if err := r.by.may(access.LegalSteps); err != nil {
			return HoldReport{}, err
		}
	}
	if known := decide.Outcomes(before[0].Kind); outcome != "" && known != nil && !slices.Contains(known, outcome) {
		return HoldReport{}, wrongHold("outcome", "%q, expected how a %s ends: %s", outcome, before[0].Kind,
			strings.Join(known, ", "))
	}
	words, hash, err := r.words(text)
	if err != nil {
		return HoldReport{}, err
	}
	ins := r.Insert("hold_end")
	putHoldEnd(ins, customer, hold, r.Seq(), c.today(r), outcome, words, hash)
	if err := ins.Close(); err != nil {
		return HoldReport{}, err
	}
	if err := r.touch(customer); err != nil {
		return HoldReport{}, err
	}
	after, err := a.holds(r, c, customer, hold)
	if err != nil {
		return HoldReport{}, err
	}
	return after[0], nil
}

// Holds lists the holds of a customer or an item, or with "" all of the creditor that hold
// or will begin, by customer and id.
func (a *App) Holds(ctx context.Context, creditor, ref string) ([]HoldReport, error) {
	var s Subject
	if ref != "" {
		var err error
		if s, err = a.subject(ctx, creditor, ref); err != nil {
			return nil, err
		}
		creditor = s.Creditor
	}
	var all []HoldReport
	err := a.read(ctx, func(tx store.Tx) error {
		c, err := a.creditor(tx, creditor)
		if err != nil {
			return err
		}
		list, err := a.holdsWhere(tx, &c,
			`h.tenant_id = $1 AND c.creditor_id = $2 AND (h.customer_id = $3 OR $3 = 0)
				AND (h.item_id = $4 OR $4 = 0)`,
			[]any{a.tenant, c.ID, s.Customer, s.Item})
		if ref == "" {
			list = slices.DeleteFunc(list, func(h HoldReport) bool { return h.State == HoldOver })
		}
		all = list
		return err
	})
	if all == nil {
		all = []HoldReport{}
	}
	return all, err
}

// holds reads one hold of a customer.
func (a *App) holds(tx store.Tx, c *CreditorInfo, customer, hold int64) ([]HoldReport, error) {
	list, err := a.holdsWhere(tx, c, "h.tenant_id = $1 AND h.customer_id = $2 AND h.hold_id = $3",
		[]any{a.tenant, customer, hold})
	if err == nil && len(list) == 0 {
		err = notFound("hold_not_found", "there is no hold %d", hold)
	}
	return list, err
}

// holdsWhere reads holds of customers of one creditor.
func (a *App) holdsWhere(tx store.Tx, c *CreditorInfo, where string, args []any) ([]HoldReport, error) {
	d, err := a.decider(tx, c)
	if err != nil {
		return nil, err
	}
	var list []HoldReport
	err = store.Each(tx, `SELECT h.hold_id, c.number, COALESCE(i.number, ''), COALESCE(i.instalment, 1),
		h.kind, h.currency, h.amount_minor,
		h.from_day, h.until_day, e.end_day, e.outcome, COALESCE(w.body, '')
		FROM hold h
		JOIN customer c ON c.tenant_id = h.tenant_id AND c.customer_id = h.customer_id
		LEFT JOIN item i ON i.tenant_id = h.tenant_id AND i.customer_id = h.customer_id AND i.item_id = h.item_id
		LEFT JOIN hold_end e ON e.tenant_id = h.tenant_id AND e.customer_id = h.customer_id
			AND e.hold_id = h.hold_id
		LEFT JOIN words w ON w.tenant_id = h.tenant_id AND w.words_id = h.words_id
		WHERE `+where+" ORDER BY h.customer_id, h.hold_id", args, func(r store.Rows) error {
		report := HoldReport{Hold: r.Int64(0), Customer: r.Text(1), Kind: book.HoldKind(r.Text(4)), From: r.Day(7),
			Ended: r.Day(9).String(), Outcome: r.Text(10), Reason: r.Text(11)}
		if number := r.Text(2); number != "" {
			report.Item = reconcileKey{number: number, instalment: r.Int64(3)}.text()
		}
		if minor := r.Int64(6); minor > 0 {
			m := moneyText(minor, currency(r.Bytes(5)))
			report.Amount = &m
		}
		h := book.Hold{Kind: report.Kind, From: report.From, Until: cal.Far, EndDay: r.Day(9)}
		if until := r.Day(8); until != cal.None {
			h.Until, report.Until = until, &until
		}
		today := c.today(tx)
		report.Live, report.State = d.Holds(&h, today), HoldOver
		switch {
		case report.Live:
			report.State = HoldHolds
		case h.From > today && h.EndDay == cal.None:
			report.State = HoldBegins
		}
		list = append(list, report)
		return nil
	})
	return list, err
}

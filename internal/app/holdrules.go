package app

import (
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

// What single kinds of holds are bound by.

// Days for which "already paid" is believed (guardrail R18), in banking days at the
// creditor's place.
const (
	paidInlandDays = 3
	paidAbroadDays = 5
	chequeDaysUS   = 7
)

// moratoriumDays is how long a statutory moratorium runs unless its notice names
// another last day, the first day counted (guardrail R8).
const moratoriumDays = 60

// holdsUntil is the last day of a hold that names none; None: until it is ended.
func (a *App) holdsUntil(tx store.Tx, c *CreditorInfo, customer int64, h *HoldRequest) (cal.Date, error) {
	switch h.Kind {
	case book.HoldMoratorium:
		return h.From.AddDays(moratoriumDays - 1), nil
	case book.HoldAlreadyPaid:
		days, err := a.paidDays(tx, c, customer, h.Cheque)
		return a.holidays.BankCalendarFor(c.Country, c.Subdivision).AddBusinessDays(h.From, days), err
	}
	return cal.None, nil
}

// checkMoratorium refuses a statutory moratorium to whom the law gives none: it is for
// natural persons, in business only while not registered for VAT, and it holds the
// whole account (guardrail R8). An unknown kind counts as a person.
func (r *recorder) checkMoratorium(s *Subject) error {
	if s.Item != 0 {
		return &Error{Kind: Invalid, Code: "hold_invalid", Where: &Where{Field: "kind"},
			Message: "kind: a moratorium forbids every contact, so it holds the account; name the customer"}
	}
	var kind book.DebtorKind
	vat := ""
	err := store.One(r, `SELECT c.kind, p.vat_id FROM customer c
		JOIN party p ON p.tenant_id = c.tenant_id AND p.party_id = c.party_id
		WHERE c.tenant_id = $1 AND c.customer_id = $2`, []any{r.tenant, s.Customer}, func(rows store.Rows) {
		kind, _ = book.ParseDebtorKind(rows.Text(0))
		vat = rows.Text(1)
	})
	const instead = "; if you want to wait all the same, use --kind pause"
	switch {
	case err != nil:
		return err
	case !kind.NaturalPerson():
		return refusedText("moratorium_not_for", sprintf("a statutory moratorium is for natural persons; "+
			"%s is a %s%s", s.Ref, strings.ReplaceAll(kind.String(), "_", " "), instead))
	case kind == book.Individual && vat != "":
		return refusedText("moratorium_not_for", sprintf("%s trades and is registered for VAT (%s), and a "+
			"statutory moratorium is then not open to it%s", s.Ref, vat, instead))
	}
	return nil
}

// beside checks a hold against those of its kind about the same. One that would add
// nothing is refused: a promise is another promise, also for an earlier day, but anything
// else that is held already on all of its days is. And with a deferral, also of a part or of
// the account, that joins on to another the time of both counts.
func (a *App) beside(r *recorder, c *CreditorInfo, s *Subject, h *HoldRequest) error {
	same, err := a.holdsWhere(r, c, `h.tenant_id = $1 AND h.customer_id = $2 AND (h.item_id = $3 OR h.item_id = 0)
		AND h.kind = $4 AND e.hold_id IS NULL`, []any{a.tenant, s.Customer, s.Item, string(h.Kind)})
	if err != nil {
		return err
	}
	for i := range same {
		o := &same[i]
		alike := o.Amount == nil && (o.Item == "") == (s.Item == 0)
		longer := o.Until == nil || (h.Until != cal.None && *o.Until >= h.Until)
		if h.Kind != book.HoldPromise && alike && o.From <= h.From && longer {
			return &Error{Kind: Conflict, Code: "hold_covered", Message: sprintf("hold %d (%s from %s) keeps %s back on "+
				"all of these days already; to replace it, end it first", o.Hold,
				strings.ReplaceAll(string(h.Kind), "_", " "), o.From, s.Ref)}
		}
	}
	if h.Kind != book.HoldDeferral || h.Beyond {
		return nil
	}
	months, err := a.deferralMonths(r, c.ID)
	since, until := deferred(same, h.From, h.Until)
	if most := since.AddMonths(months); err == nil && until > most {
		return refusedText("deferral_too_long", sprintf("from %s until %s is more than the %d months that the policy "+
			"allows (policy.deferral_months), so at most until %s; a person who may give more says so",
			since, until, months, most))
	}
	return err
}

// deferred are the first and the last day of a deferral with those that join on to it.
func deferred(same []HoldReport, from, until cal.Date) (first, last cal.Date) {
	for grown := true; grown; {
		grown = false
		for i := range same {
			o := &same[i]
			if *o.Until < from-1 || o.From > until+1 || (o.From >= from && *o.Until <= until) {
				continue
			}
			from, until, grown = min(from, o.From), max(until, *o.Until), true
		}
	}
	return from, until
}

// deferralMonths is how much more time the policy of a creditor allows.
func (a *App) deferralMonths(tx store.Tx, creditor int64) (int, error) {
	r, err := a.rulesOf(tx, creditor)
	if err != nil {
		return 0, err
	}
	return r.set.Policy.DeferralMonths, nil
}

// paidDays is how many banking days an "already paid" is believed.
func (a *App) paidDays(tx store.Tx, c *CreditorInfo, customer int64, cheque bool) (days int, err error) {
	country := ""
	err = store.One(tx, "SELECT country FROM customer WHERE tenant_id = $1 AND customer_id = $2",
		[]any{a.tenant, customer},
		func(r store.Rows) { country = r.Text(0) })
	switch {
	case cheque && c.Country == "US":
		return chequeDaysUS, err
	case country != c.Country || cheque:
		return paidAbroadDays, err
	}
	return paidInlandDays, err
}

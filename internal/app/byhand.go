package app

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// What a person records by hand. Each command raises the version of the account,
// so that a message approved before is stopped at the gate.

// PayRequest is money received, or a credit given, for an item or for a customer.
type PayRequest struct {
	Creditor  string
	Ref       string // item:NUMBER or customer:NUMBER
	Amount    money.Money
	On        cal.Date // value day; None or the zero value is today
	Reference string   // as on the bank statement, or why the credit was given
}

// SetAgainst is the part of money or credit that was set against one item.
type SetAgainst struct {
	Item   string    `json:"item"`
	Amount MoneyText `json:"amount"`
	Open   MoneyText `json:"open"` // what is left of the item
}

// PayReport says what money or credit was set against.
type PayReport struct {
	Entry     int64        `json:"entry"` // for Reverse
	Customer  string       `json:"customer"`
	On        cal.Date     `json:"on"`
	Amount    MoneyText    `json:"amount"`
	Items     []SetAgainst `json:"items"`
	Unapplied MoneyText    `json:"unapplied"` // not set against an item; it lowers what the customer owes
}

// Pay records money received. For an item it is set against that item; for a
// customer against the item of exactly this amount if there is one, else the
// oldest first, always within the currency. What is left stays unapplied.
//
// Errors: invalid (amount not positive, day after today), conflict (item of
// another currency, or settled), not found or ambiguous reference.
func (a *App) Pay(ctx context.Context, req Request, p PayRequest) (PayReport, error) {
	return a.give(ctx, req, "pay", book.EntryPayment, p)
}

// Credit records a credit given by hand, without a document of its own. It is set
// against items as a payment is. Errors: as Pay.
func (a *App) Credit(ctx context.Context, req Request, p PayRequest) (PayReport, error) {
	return a.give(ctx, req, "credit", book.EntryCreditNote, p)
}

func (a *App) give(ctx context.Context, req Request, command string, kind book.EntryKind,
	p PayRequest) (PayReport, error) {
	if p.Amount.Minor <= 0 || !p.Amount.Currency.Known() {
		return PayReport{}, &Error{Kind: Invalid, Code: "amount_invalid", Where: &Where{Field: "amount"},
			Message: "amount " + p.Amount.String() +
				": expected a positive amount and its currency, such as 120.50 EUR"}
	}
	subject, err := a.subject(ctx, p.Creditor, p.Ref)
	if err != nil {
		return PayReport{}, err
	}
	report, _, err := answer[PayReport](a.write(ctx, req, command, p, func(r *recorder) error {
		report, err := a.giveTo(r, subject, kind, &p)
		if err != nil {
			return err
		}
		return r.result(report)
	}))
	return report, err
}

// subject finds the customer or item that a reference names.
func (a *App) subject(ctx context.Context, creditor, ref string) (Subject, error) {
	s, err := a.Find(ctx, creditor, ref)
	if err == nil && s.Message != 0 {
		err = invalid("reference_invalid", "%q is a message: expected item:NUMBER or customer:NUMBER", ref)
	}
	return s, err
}

func (a *App) giveTo(r *recorder, s Subject, kind book.EntryKind, p *PayRequest) (PayReport, error) {
	day, today, err := a.valueDay(r, s.Creditor, p.On)
	if err != nil {
		return PayReport{}, err
	}
	open, err := r.openItems(s.Customer, p.Amount.Currency)
	if err != nil {
		return PayReport{}, err
	}
	if s.Item != 0 {
		if open, err = onlyItem(open, &s, p.Amount.Currency); err != nil {
			return PayReport{}, err
		}
	}
	report := PayReport{On: day, Amount: moneyText(p.Amount.Minor, p.Amount.Currency), Items: []SetAgainst{}}
	parts, left := spread(open, p.Amount.Minor, day)
	if report.Entry, err = r.postEntry(s.Customer, credited(kind, p.Amount, day), p.Reference,
		parts); err != nil {
		return report, err
	}
	for _, part := range parts {
		i := slices.IndexFunc(open, func(o openItem) bool { return o.id == part.item })
		report.Items = append(report.Items, SetAgainst{Item: open[i].key.text(), Amount: moneyText(part.minor,
			p.Amount.Currency),
			Open: moneyText(open[i].open-part.minor, p.Amount.Currency)})
	}
	report.Unapplied = moneyText(left, p.Amount.Currency)
	if report.Customer, err = r.customerNumber(s.Customer); err != nil {
		return report, err
	}
	return report, r.refresh(today, s.Customer)
}

// firstValueDay is before anything that can still be open: an earlier day is a slip.
var firstValueDay = cal.Of(1970, 1, 1)

// valueDay checks the day of money: not after today at the creditor's place, and not
// long before there was a book.
func (a *App) valueDay(tx store.Tx, creditor string, on cal.Date) (day, today cal.Date, err error) {
	c, err := a.creditor(tx, creditor)
	if err != nil {
		return day, today, err
	}
	if today = c.today(tx); !stated(on) {
		on = today
	}
	return on, today, pastDay("on", on, today)
}

// pastDay refuses a day of money or of a look at the bank that is after today, or so
// long ago that it is a slip.
func pastDay(field string, day, today cal.Date) error {
	switch {
	case day < firstValueDay:
		return &Error{Kind: Invalid, Code: "day_implausible", Where: &Where{Field: field},
			Message: sprintf("the day %s is too long ago: expected a day from %s on", day, firstValueDay)}
	case day > today:
		return &Error{Kind: Invalid, Code: "day_in_future", Where: &Where{Field: field},
			Message: sprintf("the day %s lies after today, %s", day, today)}
	}
	return nil
}

// openItem is an open item as far as setting money against it needs.
type openItem struct {
	id     int64
	key    reconcileKey
	due    cal.Date
	open   int64
	issued cal.Date // the day from which it is owed
}

// openItems lists what a customer owes in a currency, oldest due first.
func (r *recorder) openItems(customer int64, c money.Currency) ([]openItem, error) {
	var open []openItem
	err := store.Each(r, `SELECT i.item_id, i.number, i.instalment, i.due_date, i.open_minor,
		min(e.effective_day) FROM item i
		JOIN entry e ON e.tenant_id = i.tenant_id AND e.customer_id = i.customer_id AND e.item_id = i.item_id
		WHERE i.tenant_id = $1 AND i.customer_id = $2 AND i.currency = $3 AND i.open_minor > 0
		GROUP BY i.item_id, i.number, i.instalment, i.due_date, i.open_minor`, []any{r.tenant, customer,
		string(c)}, func(rows store.Rows) error {
		open = append(open, openItem{id: rows.Int64(0), key: reconcileKey{number: rows.Text(1),
			instalment: rows.Int64(2)}, due: rows.Day(3),
			open: rows.Int64(4), issued: rows.Day(5)})
		return nil
	})
	slices.SortFunc(open, func(a, b openItem) int {
		return cmp.Or(cmp.Compare(orLast(a.due), orLast(b.due)), cmp.Compare(a.issued, b.issued), cmp.Compare(a.id,
			b.id))
	})
	return open, err
}

// orLast sorts items without a due date last.
func orLast(d cal.Date) cal.Date {
	if d == cal.None {
		return cal.Far
	}
	return d
}

func onlyItem(open []openItem, s *Subject, c money.Currency) ([]openItem, error) {
	for _, o := range open {
		if o.id == s.Item {
			return []openItem{o}, nil
		}
	}
	return nil, &Error{Kind: Conflict, Code: "item_not_open",
		Message: sprintf("%s has nothing open in %s; record it for the customer instead", s.Ref, c)}
}

// spread sets an amount against open items: one of exactly this amount first, else
// in their order. It returns the parts and what is left.
func spread(open []openItem, minor int64, day cal.Date) ([]part, int64) {
	for _, o := range open {
		if o.open == minor {
			return []part{{o.id, minor, max(day, o.issued)}}, 0
		}
	}
	var parts []part
	for _, o := range open {
		if minor == 0 {
			break
		}
		n := min(minor, o.open)
		parts = append(parts, part{o.id, n, max(day, o.issued)})
		minor -= n
	}
	return parts, minor
}

func (r *recorder) customerNumber(customer int64) (number string, err error) {
	err = store.One(r, "SELECT number FROM customer WHERE tenant_id = $1 AND customer_id = $2", []any{r.tenant,
		customer},
		func(rows store.Rows) { number = rows.Text(0) })
	return number, err
}

// Apply sets unapplied money or credit of a customer against open items, exact
// matches first, then the oldest. Errors: conflict if there is none to apply.
func (a *App) Apply(ctx context.Context, req Request, creditor, ref string) ([]SetAgainst, error) {
	s, err := a.subject(ctx, creditor, ref)
	if err != nil {
		return nil, err
	}
	set, _, err := answer[[]SetAgainst](a.write(ctx, req, "apply", []string{creditor, ref},
		func(r *recorder) error {
			set, err := a.applyCredits(r, s)
			if err != nil {
				return err
			}
			return r.result(set)
		}))
	return set, err
}

func (a *App) applyCredits(r *recorder, s Subject) ([]SetAgainst, error) {
	today, err := a.todayOfCode(r, s.Creditor)
	if err != nil {
		return nil, err
	}
	var credits []creditStanding
	err = eachCredit(r, "tenant_id = $1 AND customer_id = $2", []any{r.tenant, s.Customer}, func(_ int64,
		c creditStanding) error {
		credits = append(credits, c)
		return nil
	})
	if err != nil {
		return nil, err
	}
	var set []SetAgainst
	var post postings
	taken := map[int64]int64{}
	for _, c := range credits {
		open, err := r.openItems(s.Customer, c.currency)
		if err != nil {
			return nil, err
		}
		if s.Item != 0 {
			open = slices.DeleteFunc(open, func(o openItem) bool { return o.id != s.Item })
		}
		for i := range open {
			open[i].open -= taken[open[i].id]
		}
		open = slices.DeleteFunc(open, func(o openItem) bool { return o.open <= 0 })
		parts, _ := spread(open, c.left, c.day)
		for _, p := range parts {
			taken[p.item] += p.minor
			post.set(s.Customer, book.Allocation{Entry: c.entry, Item: p.item, Head: book.Principal, Minor: p.minor,
				Day: p.day})
			i := slices.IndexFunc(open, func(o openItem) bool { return o.id == p.item })
			set = append(set, SetAgainst{Item: open[i].key.text(), Amount: moneyText(p.minor, c.currency),
				Open: moneyText(open[i].open-p.minor, c.currency)})
		}
	}
	if len(set) == 0 {
		return nil, &Error{Kind: Conflict, Code: "nothing_to_apply",
			Message: "there is no unapplied money that an open item could take"}
	}
	if err := post.write(r); err != nil {
		return nil, err
	}
	return set, r.refresh(today, s.Customer)
}

// Reverse takes a payment, credit or write-off back by a counter-entry as of a day
// (None or the zero value: today): what it had settled is open again. Errors: not
// found; conflict if it was reversed before.
func (a *App) Reverse(ctx context.Context, req Request, creditor, ref string, entry int64,
	on cal.Date) error {
	s, err := a.subject(ctx, creditor, ref)
	if err != nil {
		return err
	}
	_, err = a.write(ctx, req, "reverse", []any{creditor, ref, entry, on}, func(r *recorder) error {
		day, today, err := a.valueDay(r, s.Creditor, on)
		if err != nil {
			return err
		}
		if err := r.reverse(s.Customer, entry, day); err != nil {
			return err
		}
		return r.refresh(today, s.Customer)
	})
	return err
}

// isNotFound reports an absent row.
func isNotFound(err error) bool { return errors.Is(err, store.ErrNotFound) }

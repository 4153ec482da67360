package app

import (
	"context"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// Subject is what a reference names: a customer, one of its items, or a message to
// it. Item and Message are 0 where the reference names something else.
type Subject struct {
	Ref      string // as it would be written in full: item:INV-7
	Creditor string // code
	Customer int64
	Item     int64
	Message  int64
}

// Find tells what a reference names: item:NUMBER (NUMBER/2 for an instalment),
// customer:NUMBER, message:ID, or a bare word if it names one thing. Without a
// creditor it looks at all of them. Errors: not found; invalid with
// reference_ambiguous, listing the candidates.
func (a *App) Find(ctx context.Context, creditor, ref string) (Subject, error) {
	kind, word, typed := strings.Cut(ref, ":")
	switch {
	case !typed:
		kind, word = "", ref
	case kind != "item" && kind != "customer" && kind != "message":
		kind, word = "", ref
	}
	var found []Subject
	err := a.read(ctx, func(tx store.Tx) error {
		found = nil
		creditors, err := a.creditors(tx)
		if err != nil {
			return err
		}
		if creditor != "" {
			only, err := a.creditor(tx, creditor)
			if err != nil {
				return err
			}
			creditors = []CreditorInfo{only}
		}
		for i := range creditors {
			f := finder{a: a, tx: tx, creditor: &creditors[i]}
			if kind == "" || kind == "customer" {
				f.customers(word)
			}
			if kind == "" || kind == "item" {
				f.items(word)
			}
			if kind == "message" || kind == "" && len(found)+len(f.found) == 0 {
				f.messages(word)
			}
			if f.err != nil {
				return f.err
			}
			found = append(found, f.found...)
		}
		return nil
	})
	if err != nil {
		return Subject{}, err
	}
	return single(ref, found)
}

func single(ref string, found []Subject) (Subject, error) {
	switch len(found) {
	case 0:
		return Subject{}, notFound("reference_not_found",
			"nothing is called %q: expected item:NUMBER, customer:NUMBER or message:ID", ref)
	case 1:
		return found[0], nil
	}
	names := make([]string, len(found))
	for i, s := range found {
		names[i] = s.Ref
		if i > 0 && found[i-1].Ref == s.Ref || i+1 < len(found) && found[i+1].Ref == s.Ref {
			names[i] += " of creditor " + s.Creditor
		}
	}
	return Subject{}, invalid("reference_ambiguous", "%q names more than one thing: %s", ref,
		strings.Join(names, ", "))
}

// finder looks for a word at one creditor.
type finder struct {
	a        *App
	tx       store.Tx
	creditor *CreditorInfo
	found    []Subject
	err      error
}

func (f *finder) each(sql string, args []any, fn func(store.Rows) Subject) {
	if f.err != nil {
		return
	}
	f.err = store.Each(f.tx, sql, args, func(r store.Rows) error {
		s := fn(r)
		s.Creditor = f.creditor.Code
		f.found = append(f.found, s)
		return nil
	})
}

func (f *finder) customers(word string) {
	f.each(`SELECT customer_id, number FROM customer
		WHERE tenant_id = $1 AND creditor_id = $2 AND number_norm = $3 ORDER BY customer_id`,
		[]any{f.a.tenant, f.creditor.ID, normaliseNumber(word)}, func(r store.Rows) Subject {
			return Subject{Ref: "customer:" + r.Text(1), Customer: r.Int64(0)}
		})
}

// items finds documents by number; a credit note only where no invoice has the
// number. Several instalments of one document are several candidates, which
// NUMBER/2 tells apart.
func (f *finder) items(word string) {
	before := len(f.found)
	f.itemsCalled(word, 0)
	if number, n, ok := cutLast(word, "/"); ok && len(f.found) == before {
		if instalment, err := strconv.ParseInt(n, 10, 32); err == nil && instalment > 0 {
			f.itemsCalled(number, instalment)
		}
	}
}

// itemsCalled finds the items of a number, of one instalment or (0) of all.
func (f *finder) itemsCalled(number string, instalment int64) {
	type item struct {
		Subject
		number string
		n      int64
	}
	var all []item
	for _, kind := range []book.DocumentKind{book.Invoice, book.CreditNote} {
		if f.err != nil || len(all) > 0 {
			break
		}
		f.err = store.Each(f.tx, `SELECT customer_id, item_id, number, instalment FROM item
			WHERE tenant_id = $1 AND creditor_id = $2 AND number_norm = $3 AND document_kind = $4
				AND (instalment = CAST($5 AS bigint) OR $5 = 0)
			ORDER BY instalment`, []any{f.a.tenant, f.creditor.ID, normaliseNumber(number), kind.Number(), instalment},
			func(r store.Rows) error {
				all = append(all, item{Subject{Creditor: f.creditor.Code, Customer: r.Int64(0), Item: r.Int64(1)},
					r.Text(2), r.Int64(3)})
				return nil
			})
	}
	for _, it := range all {
		it.Ref = "item:" + book.ItemName(it.number, int(it.n))
		if it.n == 1 && (len(all) > 1 || instalment > 0) {
			it.Ref += "/1" // the number alone would mean all instalments
		}
		f.found = append(f.found, it.Subject)
	}
}

func (f *finder) messages(word string) {
	id, err := strconv.ParseInt(word, 10, 64)
	if err != nil {
		return
	}
	f.each("SELECT customer_id FROM message WHERE tenant_id = $1 AND creditor_id = $2 AND message_id = $3",
		[]any{f.a.tenant, f.creditor.ID, id}, func(r store.Rows) Subject {
			return Subject{Ref: "message:" + strconv.FormatInt(id, 10), Customer: r.Int64(0), Message: id}
		})
}

// CurrencyOf is the currency that an amount for a subject is in when nobody says:
// the item's; of a customer the only one in which something is open, or the
// creditor's if nothing is. Errors: invalid with currency_needed.
func (a *App) CurrencyOf(ctx context.Context, s Subject) (money.Currency, error) {
	var open []string
	var own money.Currency
	err := a.read(ctx, func(tx store.Tx) error {
		open = nil
		c, err := a.creditor(tx, s.Creditor)
		if err != nil {
			return err
		}
		own = c.Currency
		return store.Each(tx, `SELECT DISTINCT currency FROM item WHERE tenant_id = $1 AND customer_id = $2
			AND (item_id = $3 OR ($3 = 0 AND open_minor > 0)) ORDER BY currency`, []any{a.tenant, s.Customer, s.Item},
			func(r store.Rows) error { open = append(open, r.Text(0)); return nil })
	})
	switch {
	case err != nil:
		return "", err
	case len(open) == 0:
		return own, nil
	case len(open) == 1:
		return money.Currency(open[0]), nil
	}
	return "", invalid("currency_needed", "%s has open items in %s; say which one with --currency", s.Ref,
		strings.Join(open, ", "))
}

// RunOrMessage tells which run or message a reference names: run:ID, message:ID, or
// a bare number if only one of the two has it. The other answer is 0. Errors: as
// Find.
func (a *App) RunOrMessage(ctx context.Context, ref string) (run, message int64, err error) {
	kind, word, typed := strings.Cut(ref, ":")
	if !typed {
		kind, word = "", ref
	}
	id, bad := strconv.ParseInt(word, 10, 64)
	if bad != nil || kind != "" && kind != "run" && kind != "message" {
		return 0, 0, invalid("reference_invalid", "%q is no run and no message: expected run:ID or message:ID", ref)
	}
	err = a.read(ctx, func(tx store.Tx) error {
		run, message = 0, 0
		if kind != "message" {
			if err := store.Each(tx, "SELECT run_id FROM run WHERE tenant_id = $1 AND run_id = $2",
				[]any{a.tenant, id},
				func(r store.Rows) error { run = r.Int64(0); return nil }); err != nil {
				return err
			}
		}
		if kind != "run" {
			return store.Each(tx, "SELECT message_id FROM message WHERE tenant_id = $1 AND message_id = $2",
				[]any{a.tenant, id},
				func(r store.Rows) error { message = r.Int64(0); return nil })
		}
		return nil
	})
	switch {
	case err != nil:
	case run != 0 && message != 0:
		err = invalid("reference_ambiguous", "%q names more than one thing: run:%d, message:%d", ref, run, message)
	case run == 0 && message == 0:
		err = notFound("reference_not_found", "there is no run or message %s", ref)
	}
	return run, message, err
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

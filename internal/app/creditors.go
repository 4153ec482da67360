package app

import (
	"context"
	"slices"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

// CreditorInfo is a creditor with its party.
type CreditorInfo struct {
	book.Creditor
	Code    string
	Party   int64
	Name    string
	Zone    *time.Location
	Address string
}

// creditors lists the tenant's creditors by id.
func (a *App) creditors(tx store.Tx) ([]CreditorInfo, error) {
	var all []CreditorInfo
	err := store.Each(tx, `SELECT c.creditor_id, c.code, c.party_id, c.country, c.subdivision, c.currency,
		p.name, p.address
		FROM creditor c JOIN party p ON p.tenant_id = c.tenant_id AND p.party_id = c.party_id
		WHERE c.tenant_id = $1 ORDER BY c.creditor_id`, []any{a.tenant}, func(r store.Rows) error {
		info := CreditorInfo{Code: r.Text(1), Party: r.Int64(2), Name: r.Text(6), Address: r.Text(7)}
		info.ID, info.Country, info.Subdivision = r.Int64(0), r.Text(3), r.Text(4)
		info.Currency = currency(r.Bytes(5))
		var err error
		info.Zone, err = cal.HomeZone(info.Country, info.Subdivision)
		all = append(all, info)
		return err
	})
	return all, err
}

// creditor finds one creditor by its code; "" is the only one there is.
func (a *App) creditor(tx store.Tx, code string) (CreditorInfo, error) {
	all, err := a.creditors(tx)
	if err != nil {
		return CreditorInfo{}, err
	}
	if code == "" && len(all) == 1 {
		return all[0], nil
	}
	for _, c := range all {
		if c.Code == code {
			return c, nil
		}
	}
	if len(all) == 0 {
		return CreditorInfo{}, errUnfinished()
	}
	if code == "" {
		return CreditorInfo{}, invalid("creditor_needed",
			"the book has %d creditors; say which one with --creditor", len(all))
	}
	return CreditorInfo{}, notFound("creditor_not_found", "there is no creditor %q", code)
}

// today is the civil day at the creditor's place by the book's clock.
func (c *CreditorInfo) today(tx store.Tx) cal.Date { return cal.DateIn(tx.Now(), c.Zone) }

// creditorByID is one of a list of creditors. Errors: not found.
func creditorByID(all []CreditorInfo, id int64) (*CreditorInfo, error) {
	k := slices.IndexFunc(all, func(c CreditorInfo) bool { return c.ID == id })
	if k < 0 {
		return nil, notFound("creditor_not_found", "there is no creditor %d", id)
	}
	return &all[k], nil
}

// creditorOf is the creditor with an id. Errors: not found.
func (a *App) creditorOf(tx store.Tx, id int64) (CreditorInfo, error) {
	all, err := a.creditors(tx)
	if err != nil {
		return CreditorInfo{}, err
	}
	c, err := creditorByID(all, id)
	if err != nil {
		return CreditorInfo{}, err
	}
	return *c, nil
}

// todayOf is the civil day at a creditor's place.
func (a *App) todayOf(tx store.Tx, creditor int64) (cal.Date, error) {
	c, err := a.creditorOf(tx, creditor)
	if err != nil {
		return cal.None, err
	}
	return c.today(tx), nil
}

func (a *App) todayOfCode(tx store.Tx, creditor string) (cal.Date, error) {
	c, err := a.creditor(tx, creditor)
	if err != nil {
		return cal.None, err
	}
	return c.today(tx), nil
}

// Creditors lists the creditors of the book.
func (a *App) Creditors(ctx context.Context) ([]CreditorInfo, error) {
	var all []CreditorInfo
	err := a.read(ctx, func(tx store.Tx) (err error) {
		all, err = a.creditors(tx)
		return err
	})
	return all, err
}

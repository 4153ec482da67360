package sim

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/duty"
)

// furnish makes the people, the creditors, their settings and the history of their ledgers.
func (w *World) furnish(ctx context.Context) error {
	for _, p := range People {
		if _, err := w.App.AddUser(ctx, as("recoup"), app.NewUser{Login: p.Login, Name: p.Name, Email: p.Email,
			Role: p.Role}); err != nil {
			return err
		}
	}
	for i := range plans {
		p := &plans[i]
		if i > 0 {
			country, region := app.SplitRegion(p.country)
			if _, err := w.App.AddCreditor(ctx, as(owner), app.NewCreditor{Code: p.code, Name: p.name,
				Country: country, Subdivision: region, Currency: p.currency}); err != nil {
				return err
			}
		}
		for _, name := range slices.Sorted(maps.Keys(p.settings)) { // the account, then since when it is unchanged
			value := strings.ReplaceAll(p.settings[name], "\n", `\n`)
			if err := w.App.SetSetting(ctx, as(owner), p.code, name, value); err != nil {
				return err
			}
		}
		if err := w.importDays(ctx, p, w.Company.From-1, w.s.Day-1); err != nil {
			return err
		}
	}
	if err := w.startMail(ctx); err != nil {
		return err
	}
	if err := duty.ArmNew(ctx, w.App, w.licence); err != nil {
		return err
	}
	return w.customers(ctx)
}

// customers gives customers what no file says: addresses, strategies, terms, and who
// answers the phone.
func (w *World) customers(ctx context.Context) error {
	looksAfter := map[string][]int64{}
	for _, d := range w.Company.Debtors {
		s, err := w.App.Find(ctx, d.Creditor, "customer:"+d.Number)
		if err != nil {
			continue // a debtor whose first invoice is still to come
		}
		if err := w.introduce(ctx, d, s.Customer); err != nil {
			return fmt.Errorf("%s: %w", d.Name, err)
		}
		who := controller
		if d.Creditor == de {
			who = german
		}
		looksAfter[who] = append(looksAfter[who], s.Customer)
	}
	for _, who := range slices.Sorted(maps.Keys(looksAfter)) {
		if _, err := w.App.SetCollector(ctx, as(manager), looksAfter[who], who); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) introduce(ctx context.Context, d *Debtor, customer int64) error {
	kind, no := d.Kind.String(), "no"
	change := app.CustomerChange{Kind: &kind, Goods: &no}
	if d.Address != "" {
		change.Address = &d.Address
	}
	if d.Country == "US" { // the hours of one state, not those that suit all of them
		place := "US-OH"
		change.Country = &place
	}
	if d.Flags != "" {
		change.Flags = &d.Flags
	}
	if d.Flags == "key_account" {
		owner := sales
		change.AccountOwner = &owner
	}
	if d.Agreed == book.No {
		change.DateAgreed = &no
	}
	if d.Rate != "" {
		change.ContractRate = &d.Rate
	}
	if _, err := w.App.SetCustomer(ctx, as(owner), customer, change); err != nil {
		return err
	}
	if d.Email == "" {
		return nil
	}
	_, at, _ := strings.Cut(d.Email, "@")
	_, err := w.App.AddContact(ctx, as(controller), customer, app.NewContact{Role: book.FinanceLead, Name: d.Person,
		Email: "finance@" + at, Phone: d.Phone})
	return err
}

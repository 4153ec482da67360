package sim

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
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
		if i == 0 {
			pages := cmp.Or(w.opts.Pages, "http://localhost:8080")
			if err := w.App.SetSetting(ctx, as("recoup"), "", app.SettingPortalURL, pages); err != nil {
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
	if err := w.firstMonths(ctx); err != nil {
		return err
	}
	if err := w.startMail(ctx); err != nil {
		return err
	}
	if err := duty.ArmNew(ctx, w.App, w.licence); err != nil {
		return err
	}
	return w.customers(ctx)
}

// monthDays is how many days of its first months the book was given at a time: none of the
// documents is old enough by then for a question of its own.
const monthDays = 32

// firstMonths keeps the book before the first reminder: documents and bank lines come in
// once a month.
func (w *World) firstMonths(ctx context.Context) error {
	for from := w.Company.Lines; from < w.Company.TakeOver; from = w.s.Day {
		w.s.Day = min(from.AddDays(monthDays), w.Company.TakeOver)
		if err := w.setClock(ctx, at{6, 0}); err != nil {
			return err
		}
		for i := range plans {
			if err := w.importDays(ctx, &plans[i], from-1, w.s.Day-1); err != nil {
				return err
			}
		}
		if err := w.bankLines(ctx, from); err != nil {
			return err
		}
	}
	return nil
}

// bankLines enters the lines of the bank statements from a day up to yesterday, in the
// order of their days.
func (w *World) bankLines(ctx context.Context, from cal.Date) error {
	type line struct {
		d     *Debtor
		inv   *Invoice
		on    cal.Date
		minor int64
	}
	var all []line
	for _, d := range w.Company.Debtors {
		for i := range d.Invoices {
			inv, rest := &d.Invoices[i], d.Invoices[i].Minor
			if inv.Minor < 0 {
				continue
			}
			add := func(on cal.Date, minor int64) {
				if on >= from && on < w.s.Day && inv.Date < w.s.Day {
					all = append(all, line{d, inv, on, minor})
				}
			}
			if inv.PartOn != cal.None {
				add(inv.PartOn, inv.PartPaid)
				rest -= inv.PartPaid
			}
			add(inv.PaidOn, rest)
		}
	}
	slices.SortStableFunc(all, func(a, b line) int { return int(a.on) - int(b.on) })
	for _, l := range all {
		if _, err := w.App.Pay(ctx, as(bank), app.PayRequest{Creditor: l.d.Creditor, Ref: "item:" + l.inv.Number, On: l.on,
			Amount: money.Money{Currency: l.inv.Currency, Minor: l.minor}, Reference: l.inv.Number + " " + l.d.Name}); err != nil {
			return fmt.Errorf("%s: %w", l.inv.Number, err)
		}
	}
	return nil
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
	if d.VAT != "" {
		change.VATID = &d.VAT
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

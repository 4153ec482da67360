package app

import (
	"context"
	"strings"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// NewCreditor describes a creditor to be added.
type NewCreditor struct {
	Code        string         `json:"code"`
	Name        string         `json:"name"`
	Country     string         `json:"country"`
	Subdivision string         `json:"subdivision"`
	Currency    money.Currency `json:"currency"`
}

// AddCreditor adds a legal person to whom debts are owed. Errors: invalid (country
// without a known time zone, unknown currency, empty name or code), conflict (the
// code is taken).
func (a *App) AddCreditor(ctx context.Context, req Request, n NewCreditor) (int64, error) {
	n.Country, n.Subdivision = strings.ToUpper(strings.TrimSpace(n.Country)),
		strings.ToUpper(strings.TrimSpace(n.Subdivision))
	n.Name, n.Code = strings.TrimSpace(n.Name), strings.TrimSpace(n.Code)
	if n.Name == "" || n.Code == "" {
		return 0, invalid("creditor_invalid", "a creditor needs a name and a code")
	}
	if _, err := cal.HomeZone(n.Country, n.Subdivision); err != nil {
		return 0, &Error{Kind: Invalid, Code: "country_unknown", Message: "country " + n.Country +
			" is not known: expected an ISO 3166 code such as GB, DE, US or US-OH", Err: err}
	}
	if !n.Currency.Known() {
		return 0, invalid("currency_unknown", "currency %q is not known: expected an ISO 4217 code such as EUR",
			n.Currency)
	}
	out, err := a.write(ctx, req, "add_creditor", n, func(r *recorder) error {
		party, err := r.party(n.Name, "")
		if err != nil {
			return err
		}
		id, err := r.NextIDs("creditor", 1)
		if err != nil {
			return err
		}
		if _, err = r.Exec(`INSERT INTO creditor (tenant_id, creditor_id, code, party_id, country, subdivision,
			currency)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`, a.tenant, id, n.Code, party, n.Country, n.Subdivision,
			string(n.Currency)); err != nil {
			return err
		}
		if err := a.putSetting(r, id, "sender.name", n.Name, false); err != nil {
			return err
		}
		if err := r.changed("creditor", id, "added", n.Code); err != nil {
			return err
		}
		return r.result(id)
	})
	id, _, err := answer[int64](out, err)
	return id, err
}

// party adds a legal person and returns its id.
func (r *recorder) party(name, address string) (int64, error) {
	id, err := r.NextIDs("party", 1)
	if err != nil {
		return 0, err
	}
	ins := r.Insert("party")
	putParty(ins, id, name, normalise(name), address)
	return id, ins.Close()
}

// putParty writes one row of party.
func putParty(ins *store.Inserter, id int64, name, norm, address string) error {
	ins.Int(id).Text(name).Text(norm).Text("").Text("").Text(address)
	return ins.End()
}

// normalise is the form in which names and numbers are compared: upper case,
// letters and digits only, leading zeros of a number kept.
func normalise(s string) string {
	var b strings.Builder
	for _, ch := range strings.ToUpper(strings.TrimSpace(s)) {
		switch {
		case ch >= 'A' && ch <= 'Z', ch >= '0' && ch <= '9', ch > 127:
			b.WriteRune(ch)
		}
	}
	return b.String()
}

// SplitRegion splits "US-OH" into country and subdivision.
func SplitRegion(s string) (country, subdivision string) {
	country, subdivision, _ = strings.Cut(strings.ToUpper(strings.TrimSpace(s)), "-")
	return country, subdivision
}

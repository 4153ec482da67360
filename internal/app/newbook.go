package app

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"
	"unicode"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/open"
)

// BookRequest asks for a new book with its first creditor.
type BookRequest struct {
	Name        string
	Code        string // of the creditor; "" = from its name
	Country     string // with region where the country has several zones: "US-OH"
	Currency    money.Currency
	ClockDay    cal.Date // with a simulated clock: the day it stands at, else None
	ClockHour   int      // at the creditor's place
	ClockMinute int
	Unsynced    bool // with a simulated clock: see store.Options.Unsynced
}

// NewBook is what was made.
type NewBook struct {
	UID        string    `json:"uid"`
	Creditor   string    `json:"creditor"` // its code
	CreditorID int64     `json:"creditor_id"`
	Simulated  bool      `json:"simulated"`
	Now        time.Time `json:"now"`
	Today      cal.Date  `json:"today"`
	Zone       string    `json:"zone"`
}

// CreateBook makes a book at an address, its tenant and its first creditor, and
// returns it open. A making that broke off is continued. A dry run makes it at a place
// of its own, which it takes away again, and returns no use cases.
//
// Errors: invalid (name, country, currency), conflict with book_exists.
func CreateBook(
	ctx context.Context, address, build string, req Request, b BookRequest,
) (*App, NewBook, error) {
	country, region := SplitRegion(b.Country)
	code := cmp.Or(b.Code, CodeOf(b.Name))
	made := NewBook{Creditor: code, Simulated: b.ClockDay != cal.None}
	zone, err := cal.HomeZone(country, region)
	if err != nil {
		return nil, made, &Error{Kind: Invalid, Code: "country_unknown", Where: &Where{Field: "country"}, Err: err,
			Message: "country " + b.Country + " is not known: expected an ISO 3166 code such as GB, DE or US-OH"}
	}
	if code == "" {
		return nil, made, invalid("creditor_invalid", "a creditor needs a name with at least one letter or digit")
	}
	made.Zone = zone.String()
	opts := store.Options{Create: true}
	if made.Simulated {
		opts.SimulatedFrom = cal.Instant(b.ClockDay, b.ClockHour, b.ClockMinute, zone)
		opts.Unsynced = b.Unsynced
	}
	if err := vacant(ctx, address, &made.Simulated); err != nil {
		return nil, made, err
	}
	n := NewCreditor{Code: code, Name: b.Name, Country: country, Subdivision: region, Currency: b.Currency}
	var a *App
	create := func(address string) error {
		db, err := open.Open(ctx, address, opts)
		if err != nil {
			return err
		}
		if a, err = made.fill(ctx, db, build, Request{Actor: req.Actor, CommandID: req.CommandID}, n); err != nil {
			db.Close()
		}
		made.Today = cal.DateIn(made.Now, zone)
		return err
	}
	if !req.DryRun {
		err = create(address)
		return a, made, err
	}
	err = inScratch(func(address string) error {
		if err := create(address); err != nil {
			return err
		}
		return a.Close()
	})
	return nil, made, err
}

// fill gives a book its tenant, if it has none yet, and its first creditor.
func (b *NewBook) fill(
	ctx context.Context, db store.DB, build string, req Request, n NewCreditor,
) (*App, error) {
	tenants, err := db.Tenants(ctx)
	if err == nil && len(tenants) == 0 {
		tenants = make([]store.Tenant, 1)
		tenants[0].ID, err = db.CreateTenant(ctx, n.Name, n.Country)
	}
	if err != nil {
		return nil, err
	}
	a, err := New(db, tenants[0].ID, build)
	if err != nil {
		return nil, err
	}
	if b.CreditorID, err = a.AddCreditor(ctx, req, n); err != nil {
		return nil, err
	}
	info, err := db.Book(ctx)
	b.UID, b.Now = info.UID, info.Now
	return a, err
}

// vacant reports as a conflict that a book is there already. One without a creditor
// was left by a making that broke off; it must have the clock that is asked for, and
// is in the way where none is (nil).
func vacant(ctx context.Context, address string, simulated *bool) error {
	exists := &Error{Kind: Conflict, Code: "book_exists",
		Message: "there is a book already; a new one is never made over it"}
	db, err := open.Open(ctx, address, store.Options{})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil
	case errors.Is(err, store.ErrOlderBook), errors.Is(err, store.ErrNewerBook),
		errors.Is(err, store.ErrOtherBook):
		return exists
	case err != nil:
		return err
	}
	defer db.Close()
	info, err := db.Book(ctx)
	if err == nil && (simulated == nil || info.Simulated != *simulated) {
		return exists
	}
	if err != nil {
		return err
	}
	begun, err := db.Tenants(ctx)
	for _, t := range begun {
		creditors, err := (&App{db: db, tenant: t.ID}).Creditors(ctx)
		if err != nil {
			return err
		}
		if len(creditors) > 0 {
			return exists
		}
	}
	return err
}

// CodeOf makes the code of a creditor from its name: lower-case letters, digits and
// hyphens, without the legal form's dots.
func CodeOf(name string) string {
	var b strings.Builder
	gap := false
	for _, ch := range strings.ToLower(name) {
		switch {
		case ch == '.' || ch == '\'' || ch == '’':
		case unicode.IsLetter(ch) || unicode.IsDigit(ch):
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(ch)
		default:
			gap = true
		}
	}
	return b.String()
}

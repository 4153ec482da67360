package app

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/migrate"
	"github.com/recoup-project/recoup/internal/store/open"
	"github.com/recoup-project/recoup/internal/store/schema"
)

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if err == nil || AsError(err).Code != code {
		t.Fatalf("got %v, want an error with code %s", err, code)
	}
}

var brightwater = BookRequest{Name: "Brightwater", Country: "GB", Currency: "GBP",
	ClockDay: cal.MustParse("2026-11-17"), ClockHour: 9}

func TestCreateBook(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		ctx := context.Background()
		dry := tester
		dry.DryRun = true
		a, foretold, err := CreateBook(ctx, address, "test", dry, brightwater)
		if err != nil || a != nil {
			t.Fatalf("dry run: %v, %v", a, err)
		}
		if _, err := OpenBook(ctx, address, "test"); err == nil {
			t.Fatal("a dry run made a book")
		}
		a, made, err := CreateBook(ctx, address, "test", tester, brightwater)
		if err != nil {
			t.Fatal(err)
		}
		foretold.UID = made.UID // by chance
		if foretold != made {
			t.Errorf("the dry run foretold %+v", foretold)
		}
		if !made.Simulated || made.Creditor != "brightwater" || made.Today != brightwater.ClockDay ||
			made.UID == "" {
			t.Errorf("made %+v", made)
		}
		a.Close()
		_, _, err = CreateBook(ctx, address, "test", tester, brightwater)
		wantCode(t, err, "book_exists")
		if a, err = OpenBook(ctx, address, "test"); err != nil {
			t.Fatal(err)
		}
		a.Close()
	})
}

// TestCreateBookGoesOn: a making that broke off before the tenant was there is
// continued, but only with the same kind of clock.
func TestCreateBookGoesOn(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		ctx := context.Background()
		at := cal.Instant(brightwater.ClockDay, 9, 0, time.UTC)
		db, err := open.Open(ctx, address, store.Options{Create: true, SimulatedFrom: at})
		if err != nil {
			t.Fatal(err)
		}
		db.Close()
		_, err = OpenBook(ctx, address, "test")
		wantCode(t, err, "book_unfinished")
		real := brightwater
		real.ClockDay = cal.None
		_, _, err = CreateBook(ctx, address, "test", tester, real)
		wantCode(t, err, "book_exists")
		a, _, err := CreateBook(ctx, address, "test", tester, brightwater)
		if err != nil {
			t.Fatal(err)
		}
		a.Close()
	})
}

// TestCreateBookGoesOnAnywhere: wherever a making broke off, there is no book yet, or it
// says that it is not finished, and the same words finish it.
func TestCreateBookGoesOnAnywhere(t *testing.T) {
	ctx := context.Background()
	_, files, err := schema.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, place := range []struct {
		name, code string
		files      int
		tenant     bool
	}{
		{"before the last tables", "book_not_found", len(files) - 1, false},
		{"before the row of the book", "book_not_found", len(files), false},
		{"before the creditor", "book_unfinished", len(files), true},
	} {
		t.Run(place.name, func(t *testing.T) {
			onBothEngines(t, func(t *testing.T, address string) {
				engine, dsn := open.Address(address)
				if err := migrate.Up(ctx, engine, dsn, files[:place.files]); err != nil {
					t.Fatal(err)
				}
				if place.tenant {
					db, err := open.Open(ctx, address, store.Options{Create: true})
					if err != nil {
						t.Fatal(err)
					}
					if _, err := db.CreateTenant(ctx, "Brightwater", "GB"); err != nil {
						t.Fatal(err)
					}
					db.Close()
				}
				a, err := OpenBook(ctx, address, "test")
				if err == nil {
					_, _, err = a.Clock(ctx, "")
					a.Close()
				}
				wantCode(t, err, place.code)
				real := brightwater
				real.ClockDay = cal.None
				a, made, err := CreateBook(ctx, address, "test", tester, real)
				if err != nil {
					t.Fatal(err)
				}
				if made.UID == "" || made.Creditor != "brightwater" {
					t.Errorf("made %+v", made)
				}
				a.Close()
				_, _, err = CreateBook(ctx, address, "test", tester, real)
				wantCode(t, err, "book_exists")
			})
		})
	}
}

func TestCodeOf(t *testing.T) {
	for name, want := range map[string]string{
		"Brightwater Components Ltd.": "brightwater-components-ltd", "  A & B  ": "a-b", "O'Neill S.A.": "oneill-sa",
		"Möbel GmbH": "möbel-gmbh", "...": "", "3M": "3m",
	} {
		if got := CodeOf(name); got != want {
			t.Errorf("CodeOf(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestShownAddressHidesThePassword(t *testing.T) {
	for address, want := range map[string]string{
		"postgres://anna:secret@host/book": "postgres://anna:xxxxx@host/book", "book.db": "book.db", "a:b@c": "a:b@c",
	} {
		if got := ShownAddress(address); got != want {
			t.Errorf("ShownAddress(%q) = %q, want %q", address, got, want)
		}
	}
}

// TestMigrateBook brings a book that has only the store's own tables up to date,
// after a backup that can be restored.
func TestMigrateBook(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		ctx := context.Background()
		_, err := MigrateBook(ctx, address, "unused", false)
		wantCode(t, err, "book_not_found")
		older, err := olderSchema(0)
		if err != nil {
			t.Fatal(err)
		}
		db, err := open.Open(ctx, address, store.Options{Create: true, Schema: older})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.CreateTenant(ctx, "Brightwater", "GB"); err != nil {
			t.Fatal(err)
		}
		db.Close()
		_, err = OpenBook(ctx, address, "test")
		wantCode(t, err, "older_book")

		backup := filepath.Join(t.TempDir(), "before.tar")
		m, err := MigrateBook(ctx, address, backup, true)
		if err != nil || !m.Changed || m.From != 0 || m.To != BookVersion() {
			t.Fatalf("dry run: %+v, %v", m, err)
		}
		if _, err := os.Stat(backup); err == nil {
			t.Fatal("a dry run made a backup")
		}
		if _, err = MigrateBook(ctx, address, backup, false); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(backup); err != nil || info.Size() == 0 {
			t.Fatalf("backup: %v, %v", info, err)
		}
		a, err := OpenBook(ctx, address, "test")
		if err != nil {
			t.Fatal(err)
		}
		a.Close()
		if m, err = MigrateBook(ctx, address, backup, false); err != nil || m.Changed {
			t.Errorf("again: %+v, %v", m, err)
		}
	})
}

func TestOlderSchemaLeavesOutLaterFiles(t *testing.T) {
	older, err := olderSchema(0)
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(schema.Files, "*.sql")
	if err != nil || len(names) < 2 {
		t.Fatalf("%v, %v", names, err)
	}
	entries, err := fs.ReadDir(older, ".")
	if err != nil || len(entries) != 1 || entries[0].Name() != names[0] {
		t.Errorf("%v, %v", entries, err)
	}
}

// TestShippedCalendarIsThatOfABook: without a book the calendar of a country is the
// one that a new book of that country gives.
func TestShippedCalendarIsThatOfABook(t *testing.T) {
	b := newTestBook(t, filepath.Join(t.TempDir(), "book.db"), "DE", "2026-11-17")
	for _, key := range []string{"standard", "gentle", "firm", "key_account", "small_balance"} {
		req := CalendarRequest{Strategy: key, Due: cal.MustParse("2026-11-20"), Country: "DE", Kind: book.Company}
		with, err := b.StrategyCalendar(b.ctx, req)
		if err != nil {
			t.Fatal(err)
		}
		without, err := ShippedCalendar(req)
		if err != nil {
			t.Fatal(err)
		}
		if len(with) == 0 || len(with) != len(without) {
			t.Fatalf("%s: %v with a book, %v without", key, with, without)
		}
		for i := range with {
			if with[i] != without[i] {
				t.Errorf("%s: %v with a book, %v without", key, with[i], without[i])
			}
		}
	}
}

package app

import (
	"context"
	"fmt"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

// readTwice is a book whose reads are made a second time, as a server's are whose
// connection broke before the end.
type readTwice struct{ store.DB }

func (db readTwice) Read(ctx context.Context, tenant int64, fn func(store.Tx) error) error {
	return db.DB.Read(ctx, tenant, func(tx store.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return fn(tx)
	})
}

// TestReadsBearARetry: every answer is the same when its read was made anew.
func TestReadsBearARetry(t *testing.T) {
	b := friendlyBook(t, t.TempDir()+"/book.db")
	b.addCustomers(newCustomer{number: "C2", kind: "company", country: "GB", address: "2 High Street\nYork"})
	b.addItems(newItem{"C2", "INV-3", "2026-03-02", 60_000, book.Yes})
	b.run(ApproveAll)
	if _, err := b.AddHold(b.ctx, tester, HoldRequest{Ref: "INV-2", Kind: book.HoldPause, Reason: "test",
		From: cal.None, Until: cal.None}); err != nil {
		t.Fatal(err)
	}
	retried := *b.App
	retried.db, retried.seen, retried.words, retried.ahead = readTwice{b.db}, &surveys{}, &searchTexts{}, &aheads{}
	retried.shelved = &shelfCounter{}
	for name, ask := range map[string]func(a *App) (any, error){
		"aging":     func(a *App) (any, error) { return a.Aging(b.ctx, AgingRequest{AsOf: cal.None}) },
		"audit":     func(a *App) (any, error) { return a.AuditLog(b.ctx, AuditFilter{}) },
		"holds":     func(a *App) (any, error) { return a.Holds(b.ctx, "", "") },
		"preview":   func(a *App) (any, error) { return a.Preview(b.ctx, 1) },
		"deep":      func(a *App) (any, error) { return a.Deep(b.ctx) },
		"replay":    func(a *App) (any, error) { return a.Replay(b.ctx, cal.Far) },
		"doctor":    func(a *App) (any, error) { return a.Doctor(b.ctx, false, nil) },
		"find":      func(a *App) (any, error) { return a.Find(b.ctx, "", "INV-1") },
		"shelf":     func(a *App) (any, error) { return a.Shelf(b.ctx, ShelfFilter{Shelf: ShelfToday}, "", 1) },
		"outbox":    func(a *App) (any, error) { return a.Outbox(b.ctx, OutboxFilter{}) },
		"trial":     func(a *App) (any, error) { return a.TrySend(b.ctx, anyLicence{}) },
		"settings":  func(a *App) (any, error) { return a.Settings(b.ctx, "") },
		"customer":  func(a *App) (any, error) { return a.Customer(b.ctx, b.customer["C1"]) },
		"customers": func(a *App) (any, error) { return a.Customers(b.ctx, "") },
		"today":     func(a *App) (any, error) { return a.Today(b.ctx, "") },
		"must do":   func(a *App) (any, error) { return a.MustDo(b.ctx, "", "", 0) },
		"calls":     func(a *App) (any, error) { return a.Calls(b.ctx, "", "", 0) },
		"machine":   func(a *App) (any, error) { return a.Machine(b.ctx, "") },
		"planned":   func(a *App) (any, error) { return a.Planned(b.ctx, PlannedFilter{}, "", 0) },
		"list":      func(a *App) (any, error) { return a.ListCustomers(b.ctx, CustomerFilter{Text: "c"}, "name", "", 0) },
		"search":    func(a *App) (any, error) { return a.Search(b.ctx, "c", 0) },
		"items":     func(a *App) (any, error) { return a.ListItems(b.ctx, ItemFilter{}, "", "", 0) },
		"timeline": func(a *App) (any, error) {
			p, err := a.Timeline(b.ctx, b.customer["C1"], "", 0)
			return fmt.Sprintf("%+v", p), err
		},
		"weeks":    func(a *App) (any, error) { return a.WeeksReport(b.ctx, ReportRequest{}) },
		"reasons":  func(a *App) (any, error) { return a.ReasonsReport(b.ctx, ReportRequest{}) },
		"avoided":  func(a *App) (any, error) { return a.AvoidedReport(b.ctx, ReportRequest{}) },
		"ahead":    func(a *App) (any, error) { return a.WeekAhead(b.ctx, "") },
		"brief":    func(a *App) (any, error) { return a.WeekBrief(b.ctx, Within{}, "") },
		"run diff": func(a *App) (any, error) { return a.RunDifference(b.ctx, 0, 0) },
		"tasks":    func(a *App) (any, error) { return a.Tasks(b.ctx, "", true) },
		"explain": func(a *App) (any, error) {
			return a.Explain(b.ctx, ExplainRequest{Customer: b.customer["C1"], On: cal.None, Recompute: true})
		},
		"dry run": func(a *App) (any, error) {
			return a.Run(b.ctx, Request{Actor: "test", DryRun: true}, RunRequest{AsOf: cal.None})
		},
	} {
		want, err := ask(b.App)
		if err != nil || reflect.ValueOf(want).IsZero() {
			t.Fatalf("%s: %+v, %v", name, want, err)
		}
		got, err := ask(&retried)
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(AgingReport{})); err != nil || diff != "" {
			t.Errorf("%s (-once +twice): %v\n%s", name, err, diff)
		}
	}
}

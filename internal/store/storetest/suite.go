package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

// Engine is what the suite needs of an engine.
type Engine struct {
	// Make makes a new empty book and opens it. The book closes with the test.
	Make func(t testing.TB, opts store.Options) store.DB
	// Tamper runs SQL on a book behind the store's back.
	Tamper func(t testing.TB, db store.DB, sql string)
}

// Run runs every case on an engine.
func Run(t *testing.T, e Engine) {
	for _, group := range [][]testCase{txCases, writeCases, insertCases, bookCases, chainCases, faultCases} {
		for _, c := range group {
			t.Run(c.name, func(t *testing.T) {
				t.Cleanup(func() {
					if t.Skipped() {
						t.Error("a case must not be skipped on either engine")
					}
				})
				c.run(newWorld(t, e))
			})
		}
	}
}

type testCase struct {
	name string
	run  func(w *world)
}

// world is one case's book with one tenant.
type world struct {
	*testing.T
	ctx    context.Context
	engine Engine
	db     store.DB
	tenant int64
}

func newWorld(t *testing.T, e Engine) *world {
	w := &world{T: t, ctx: context.Background(), engine: e}
	w.db = e.Make(t, store.Options{Schema: Schema(), Create: true})
	w.tenant = w.newTenant("Acme")
	return w
}

func (w *world) newTenant(name string) int64 {
	w.Helper()
	id, err := w.db.CreateTenant(w.ctx, name, "DE")
	w.ok(err)
	return id
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// want compares two values by their text.
func (w *world) want(what string, got, want any) {
	w.Helper()
	if g, e := fmt.Sprint(got), fmt.Sprint(want); g != e {
		w.Errorf("%s: got %s, want %s", what, g, e)
	}
}

func command(id string) store.Command {
	return store.Command{Name: "record", Actor: "user-1", ID: id, Input: []byte("input of " + id)}
}

// entry is a row of table entry.
type entry struct {
	customer, id int64
	currency     string
	day          cal.Date
	amount       int64
	hash         []byte
	state        string
}

func insertEntries(tx store.WriteTx, entries ...entry) error {
	ins := tx.Insert("entry")
	for _, e := range entries {
		ins.Int(e.customer).Int(e.id).Int(tx.Seq()).Text(e.currency).Day(e.day).Int(e.amount).Bytes(e.hash).
			Text(e.state).End()
	}
	return ins.Close()
}

// record writes entries as one command and returns its outcome.
func (w *world) record(id string, entries ...entry) store.Outcome {
	w.Helper()
	o, err := w.db.Write(w.ctx, w.tenant, command(id), func(tx store.WriteTx) error {
		return insertEntries(tx, entries...)
	})
	w.ok(err)
	return o
}

func euros(customer, id, amount int64) entry {
	return entry{customer: customer, id: id, currency: "EUR", day: cal.MustParse("2026-03-31"), amount: amount}
}

// count reads one number as the tenant.
func (w *world) count(tenant int64, sql string, args ...any) (n int64) {
	w.Helper()
	w.ok(w.db.Read(w.ctx, tenant, func(tx store.Tx) error {
		return store.One(tx, sql, args, func(r store.Rows) { n = r.Int64(0) })
	}))
	return n
}

func (w *world) entries(tenant int64) int64 {
	w.Helper()
	return w.count(tenant, "SELECT count(*) FROM entry WHERE tenant_id = $1", tenant)
}

// head is the number of the tenant's last command.
func (w *world) head(tenant int64) int64 {
	w.Helper()
	return w.count(tenant, "SELECT seq FROM tenant_head WHERE tenant_id = $1", tenant)
}

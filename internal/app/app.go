package app

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/law"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/schema"
)

// App is the use cases over one tenant of an open book. It is safe for concurrent
// use.
type App struct {
	db       store.DB
	tenant   int64
	build    string
	set      *strategy.Set
	law      *law.Set
	holidays *cal.Holidays
	sessions *sessionCache
	signing  *signing
	// wall is the time of the world, for what a person's presence is measured by: sessions
	// and passwords. A book's simulated clock leaps by weeks, and nobody was away.
	wall  func() time.Time
	logos *sync.Map // by hash: pictures that letters show
	texts *sync.Map // by textKey: the tenant's own texts, compiled
	seen  *surveys
	words *searchTexts
	ahead *aheads
	// shelved is how many messages lie on each shelf.
	shelved *shelfCounter
}

// New returns the use cases of one tenant. build names this version of the
// program; it is stored with decisions.
func New(db store.DB, tenant int64, build string) (*App, error) {
	a := &App{db: db, tenant: tenant, build: build, sessions: &sessionCache{}, signing: &signing{}, wall: time.Now,
		logos: &sync.Map{}, texts: &sync.Map{}, seen: &surveys{}, words: &searchTexts{}, ahead: &aheads{},
		shelved: &shelfCounter{}}
	var err error
	if a.set, err = strategy.Shipped(); err != nil {
		return nil, err
	}
	if a.law, err = law.Load(); err != nil {
		return nil, err
	}
	if a.holidays, err = cal.LoadHolidays(); err != nil {
		return nil, err
	}
	return a, nil
}

// ReadTables reads what every book needs and nothing but the program says: its tables,
// strategies, law and holidays. Each is read once and kept, so that a program may do it while
// it looks at its arguments; their errors are those of OpenBook.
func ReadTables() {
	schema.Shipped()
	strategy.Shipped()
	law.Load()
	cal.LoadHolidays()
}

// DB is the open book.
func (a *App) DB() store.DB { return a.db }

// Tenant is the id of the tenant.
func (a *App) Tenant() int64 { return a.tenant }

// Request says who asks, and how: common to every use case that writes.
type Request struct {
	Actor     string // "cli:anna"; never a name or address of a person at the debtor
	CommandID string // chosen by whoever may have to repeat the command; "" = a new one
	Reason    string
	DryRun    bool // run, then roll back
	// Role is that of the user who acts; "" is whoever holds the book itself, who acts as
	// owner: a bare command, or the program.
	Role access.Role
	// Confirmed is when the user last gave the password.
	Confirmed time.Time
}

// write records one command. input is what the command was asked to do; it is
// hashed, so that a repetition with other input is told apart. Errors: refused with
// not_permitted or password_needed, see permits; those of fn and of the store.
func (a *App) write(ctx context.Context, r Request, name string, input any,
	fn func(*recorder) error) (store.Outcome, error) {
	if err := a.permit(r, name); err != nil {
		return store.Outcome{}, err
	}
	raw, err := json.Marshal(input)
	if err != nil {
		return store.Outcome{}, fmt.Errorf("command %s: %w", name, err)
	}
	c := store.Command{Name: name, Actor: r.Actor, ID: r.CommandID, Input: raw, Reason: r.Reason,
		DryRun: r.DryRun}
	return a.db.Write(ctx, a.tenant, c, func(tx store.WriteTx) error {
		return fn(&recorder{WriteTx: tx, tenant: a.tenant, by: r})
	})
}

// answering records a command and reads its answer inside it, so that a dry run
// answers what the real one would.
func answering[T any](ctx context.Context, a *App, r Request, name string, input any,
	do func(*recorder) error, see func(store.Tx) (T, error)) (T, error) {
	var seen T
	out, err := a.write(ctx, r, name, input, func(w *recorder) error {
		err := do(w)
		if err != nil && err != store.ErrNothing {
			return err
		}
		var unseen error
		if seen, unseen = see(w); unseen != nil {
			return unseen
		}
		return err
	})
	if err == nil && out.Replayed {
		err = a.read(ctx, func(tx store.Tx) error { seen, err = see(tx); return err })
	}
	return seen, err
}

// read runs fn in one snapshot.
func (a *App) read(ctx context.Context, fn func(store.Tx) error) error {
	return a.db.Read(ctx, a.tenant, fn)
}

// recorder writes facts of one command and keeps the caches beside them true.
type recorder struct {
	store.WriteTx
	tenant  int64
	by      Request // who acts
	changes int64   // lines of `change` written so far
}

// words stores a free text apart from the facts and returns its id with the salted
// hash that the fact carries; 0 and nil for an empty text.
func (r *recorder) words(text string) (id int64, hash []byte, err error) {
	if text == "" {
		return 0, nil, nil
	}
	if id, err = r.NextIDs("words", 1); err != nil {
		return 0, nil, err
	}
	salt := make([]byte, 16)
	rand.Read(salt)
	sum := sha256.Sum256(append(append([]byte{}, salt...), text...))
	_, err = r.Exec("INSERT INTO words (tenant_id, words_id, salt, body) VALUES ($1, $2, $3, $4)", r.tenant, id,
		salt, text)
	return id, sum[:], err
}

// touch raises the account's version: a fact of it was recorded. The stored
// decision is old from now on.
func (r *recorder) touch(customer int64) error {
	_, err := r.Exec("UPDATE account SET version = version + 1 WHERE tenant_id = $1 AND customer_id = $2",
		r.tenant, customer)
	return err
}

// changed records a change of a field of a subject that is no fact of an account.
func (r *recorder) changed(subject string, id int64, field, value string) error {
	wordsID, hash, err := r.words(value)
	if err != nil {
		return err
	}
	r.changes++
	ins := r.Insert("change")
	ins.Int(r.Seq()).Int(r.changes).Text(subject).Int(id).Text(field).Int(wordsID).Bytes(hash)
	return ins.One()
}

// inputsChanged makes every stored decision of the tenant old: a strategy, law
// table, calendar, setting or template changed.
func (r *recorder) inputsChanged() error {
	_, err := r.Exec("UPDATE tenant SET inputs_version = inputs_version + 1 WHERE tenant_id = $1", r.tenant)
	return err
}

// result stores the command's answer for a repetition.
func (r *recorder) result(v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	r.SetResult(raw)
	return nil
}

// answer decodes what a command returned, now or when it was first recorded.
func answer[T any](o store.Outcome, err error) (T, store.Outcome, error) {
	var v T
	if err != nil {
		return v, o, err
	}
	if len(o.Result) > 0 {
		err = json.Unmarshal(o.Result, &v)
	}
	return v, o, err
}

package store

import (
	"context"
	"time"

	"github.com/recoup-project/recoup/internal/store/schema"
)

// Engine names the kind of database that holds a book.
type Engine string

// The two engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// DB is an open book. It is safe for concurrent use.
//
// Every error it returns is of one of the kinds in errors.go, or is the error the
// closure returned, unchanged.
type DB interface {
	Engine() Engine

	// Schema is the registry of the tables of this book.
	Schema() *schema.Schema

	// Read runs fn in one consistent snapshot of one tenant. Tenant 0 sees only
	// tables that belong to no tenant. fn cannot write.
	Read(ctx context.Context, tenant int64, fn func(Tx) error) error

	// Write is the only way to record facts. It takes the tenant's next sequence
	// number, runs fn, links the command into the audit chain, and answers after
	// the commit is durable. Everything fn did is recorded, or nothing.
	//
	// If the command's ID was recorded before with the same input, fn does not run
	// and the first outcome is returned with Replayed set; with another input the
	// error is ErrConflict. If fn returns ErrNothing, nothing is recorded and no
	// number is taken; Write then returns Outcome{Seq: 0, Result: …} and no error.
	// If the answer of the commit is lost, Write asks again by itself; only if the
	// database stays away does it return ErrCommitUnknown, and the caller may
	// repeat the command with the same ID.
	//
	// Errors: ErrInvalid (no tenant, name or actor), ErrConflict, ErrNotFound (no
	// such tenant), ErrUnavailable, ErrDiskFull, ErrCommitUnknown, or fn's own.
	Write(ctx context.Context, tenant int64, c Command, fn func(WriteTx) error) (Outcome, error)

	// Mark runs fn in a durable transaction outside the audit chain: outbox marks,
	// jobs, leases, sessions. It cannot insert into fact tables, nor change their
	// hashed columns. If the answer of the commit is lost the error is
	// ErrCommitUnknown; callers write their marks so that they may be repeated.
	Mark(ctx context.Context, tenant int64, fn func(MarkTx) error) error

	// Duty takes the book's one duty lock: whoever holds it may run and send. It
	// never waits: if another process holds it the error is ErrDutyHeld.
	Duty(ctx context.Context) (Duty, error)

	// Blobs keeps mail bytes, documents and uploads.
	Blobs() BlobStore

	// Book describes the book itself.
	Book(ctx context.Context) (Book, error)

	// Tenants lists all tenants, by id.
	Tenants(ctx context.Context) ([]Tenant, error)

	// CreateTenant adds a tenant with an empty audit chain and returns its id.
	CreateTenant(ctx context.Context, name, country string) (int64, error)

	// SetClock moves the clock of a simulated book forward to t. Errors: ErrInvalid
	// if the book runs on the system's clock or t is before its present time.
	SetClock(ctx context.Context, t time.Time) error

	// Prepare checks that the engine accepts a statement, without running it.
	Prepare(ctx context.Context, sql string) error

	// Check looks at what makes an engine safe to use and returns what it found.
	Check(ctx context.Context) ([]Finding, error)

	// Snapshot reads every table of every tenant in one consistent state, for
	// copies and backups.
	Snapshot(ctx context.Context, fn func(SnapshotTx) error) error

	// Fill writes every table of an empty book in one transaction, for copies and
	// restores. Errors: ErrConflict if the book has tenants already.
	Fill(ctx context.Context, fn func(FillTx) error) error

	// Close waits for running transactions and closes the book.
	Close() error
}

// Book describes a book.
type Book struct {
	UID           string // random, given when the book was made; a copy keeps it
	CreatedAt     time.Time
	Simulated     bool      // its clock is stored in it and moved by command only
	Now           time.Time // by the book's clock
	SchemaVersion int64
}

// Tenant is an organisation that operates the book.
type Tenant struct {
	ID            int64
	Name          string
	Country       string
	InputsVersion int64 // raised by every change that is no fact of an account
}

// Finding is one thing Check found. Names are stable, for doctor and its tests.
type Finding struct {
	Name string // for example "fsync", "superuser", "engine_versions"
	OK   bool
	Text string // one sentence: what was found, and what to do if not OK
}

// Duty is the held duty lock.
type Duty interface {
	// Lost is closed when the lock is gone without Release (the connection to the
	// server broke). The holder must stop at once.
	Lost() <-chan struct{}
	// Release gives the lock back. It may be called more than once.
	Release()
}

// SnapshotTx reads whole tables.
type SnapshotTx interface {
	// Tx returns the snapshot as seen by a tenant; 0 for tables of no tenant. Only
	// the Tx returned last may be used.
	Tx(tenant int64) (Tx, error)
	// Tenants lists the tenants of the snapshot.
	Tenants() ([]Tenant, error)
}

// FillTx writes whole tables, also fact tables, as they are.
type FillTx interface {
	// Insert writes rows of a table for a tenant (0 for tables of no tenant). All
	// columns after tenant_id are given. Constraints between tables are checked at
	// the end of the transaction.
	Insert(tenant int64, table string) *Inserter
	// Exec runs a statement as that tenant.
	Exec(tenant int64, sql string, args ...any) (int64, error)
}

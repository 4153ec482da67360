package open

import (
	"context"

	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/postgres"
	"github.com/recoup-project/recoup/internal/store/sqlite"
)

// opened is what an engine's Open gives: the book and the making of its own row.
type opened interface {
	store.DB
	Init(context.Context) error
}

func (b *book) open(ctx context.Context) (opened, error) {
	if b.engine == store.Postgres {
		return postgres.Open(b.dsn, b.schema, b.opts)
	}
	return sqlite.Open(b.dsn, b.schema, b.opts)
}

func (b *book) duty(ctx context.Context) (store.Duty, error) {
	if b.engine == store.Postgres {
		return postgres.LockDuty(ctx, b.dsn)
	}
	return sqlite.LockDuty(b.dsn)
}

// init makes the book's own row.
func (b *book) init(ctx context.Context) error {
	db, err := b.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Init(ctx)
}

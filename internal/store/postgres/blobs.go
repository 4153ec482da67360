package postgres

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/engine"
)

// blobs keeps blobs in the table blob.
type blobs struct{ db *DB }

// Put implements store.BlobStore.
func (b *blobs) Put(ctx context.Context, tenant int64, data []byte) (store.Hash, error) {
	h := store.Hash(sha256.Sum256(data))
	packed, err := engine.PackBlob(data)
	if err != nil {
		return h, err
	}
	return h, b.db.retry(ctx, func() error {
		return b.db.raw(ctx, tenant, func(cn *conn, _ time.Time) error {
			_, err := cn.Exec(ctx, "INSERT INTO blob (tenant_id, sha256, body) VALUES ($1, $2, $3) "+
				"ON CONFLICT DO NOTHING",
				[]store.Value{engine.Int(tenant), engine.Bytes(h[:]), engine.Bytes(packed)})
			return err
		})
	})
}

// Get implements store.BlobStore.
func (b *blobs) Get(ctx context.Context, tenant int64, h store.Hash) ([]byte, error) {
	var packed []byte
	err := b.query(ctx, tenant, "SELECT body FROM blob WHERE tenant_id = $1 AND sha256 = $2", h[:],
		func(r store.Rows) { packed = append([]byte{}, r.Bytes(0)...) })
	if err != nil {
		return nil, err
	}
	if packed == nil {
		return nil, &store.Error{Kind: store.ErrNotFound, Op: "blob " + h.String()}
	}
	return engine.UnpackBlob(h, packed)
}

// Has implements store.BlobStore.
func (b *blobs) Has(ctx context.Context, tenant int64, h store.Hash) (bool, error) {
	has := false
	err := b.query(ctx, tenant, "SELECT 1 FROM blob WHERE tenant_id = $1 AND sha256 = $2", h[:],
		func(store.Rows) { has = true })
	return has, err
}

// Each implements store.BlobStore. It reads names in pages, so fn may take its time.
func (b *blobs) Each(ctx context.Context, tenant int64, fn func(h store.Hash) error) error {
	after := []byte{}
	for {
		var page []store.Hash
		err := b.query(ctx, tenant,
			"SELECT sha256 FROM blob WHERE tenant_id = $1 AND sha256 > $2 ORDER BY sha256 LIMIT 1000", after,
			func(r store.Rows) { page = append(page, store.Hash(r.Bytes(0))) })
		if err != nil || len(page) == 0 {
			return err
		}
		for _, h := range page {
			if err := fn(h); err != nil {
				return err
			}
		}
		after = page[len(page)-1][:]
	}
}

// Delete implements store.BlobStore.
func (b *blobs) Delete(ctx context.Context, tenant int64, h store.Hash) error {
	return b.db.retry(ctx, func() error {
		return b.db.raw(ctx, tenant, func(cn *conn, _ time.Time) error {
			_, err := cn.Exec(ctx, "DELETE FROM blob WHERE tenant_id = $1 AND sha256 = $2",
				[]store.Value{engine.Int(tenant), engine.Bytes(h[:])})
			return err
		})
	})
}

func (b *blobs) query(ctx context.Context, tenant int64, sql string, arg []byte, fn func(store.Rows)) error {
	return b.db.retry(ctx, func() error {
		return b.db.snapshot(ctx, tenant, func(cn *conn, _ time.Time) error {
			rows, err := cn.Query(ctx, sql, []store.Value{engine.Int(tenant), engine.Bytes(arg)})
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				fn(rows)
			}
			return rows.Err()
		})
	})
}

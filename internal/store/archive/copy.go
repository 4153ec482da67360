package archive

import (
	"context"
	"fmt"
	"strings"

	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/schema"
)

// Proof is what a copy was found to hold, equal to its source.
type Proof struct {
	Totals []Totals
	Blobs  int64
}

// Rows is the number of rows of all tables.
func (p Proof) Rows() (n int64) {
	for _, t := range p.Totals {
		n += t.Rows
	}
	return n
}

// Copy copies a book into an empty one of the same version, on either engine, and
// proves that they hold the same: rows, sums of money by currency, and content of
// every table (with it the end of every audit chain), each blob by its hash. The
// source may be in use; what is recorded after the copy began is not in it.
// Errors: store.ErrConflict if the target is not empty, store.ErrInvalid if the
// versions differ or the copy does not equal its source.
func Copy(ctx context.Context, from, to store.DB) (Proof, error) {
	if a, b := from.Schema().Version, to.Schema().Version; a != b {
		return Proof{}, store.Invalid("copy of a book of version %d into one of version %d", a, b)
	}
	if err := checkEmpty(ctx, to); err != nil {
		return Proof{}, err
	}
	var source []Totals
	var blobs int64
	err := from.Snapshot(ctx, func(s store.SnapshotTx) (err error) {
		// Blobs first: when the rows appear, everything they name is there.
		if blobs, err = copyBlobs(ctx, s, from.Blobs(), to.Blobs()); err != nil {
			return err
		}
		return to.Fill(ctx, func(f store.FillTx) error {
			source = nil
			return eachTable(s, from.Schema(), func(tx store.Tx, tenant int64, t *schema.Table) error {
				totals, err := copyTable(tx, f, tenant, t)
				source = append(source, totals)
				return err
			})
		})
	})
	if err != nil {
		return Proof{}, err
	}
	copied, err := Count(ctx, to)
	if err != nil {
		return Proof{}, err
	}
	if differences := Compare(source, copied); len(differences) > 0 {
		return Proof{}, store.Invalid("the copy does not equal its source: %s", strings.Join(differences, "; "))
	}
	return Proof{Totals: copied, Blobs: blobs}, nil
}

func copyTable(tx store.Tx, f store.FillTx, tenant int64, t *schema.Table) (Totals, error) {
	c := newCounter(tenant, t)
	if t.Name == "book" { // an empty book has this row already
		if _, err := f.Exec(0, "DELETE FROM book"); err != nil {
			return c.totals, err
		}
	}
	ins := f.Insert(tenant, t.Name)
	err := eachRow(tx, tenant, t, func(row []store.Value) error {
		c.add(row)
		for i, v := range row {
			if i == 0 && t.TenantFirst {
				continue
			}
			v.S = strings.Clone(v.S) // the row's text lies in the reader's memory
			ins.Value(v)
		}
		return ins.End()
	})
	if closing := ins.Close(); err == nil {
		err = closing
	}
	if err != nil {
		err = fmt.Errorf("copy table %s of tenant %d: %w", t.Name, tenant, err)
	}
	return c.totals, err
}

// checkEmpty refuses a target that holds a tenant, before any blob is put there. Fill
// checks it once more.
func checkEmpty(ctx context.Context, to store.DB) error {
	tenants, err := to.Tenants(ctx)
	if err == nil && len(tenants) > 0 {
		err = &store.Error{Kind: store.ErrConflict, Op: "copy", Err: fmt.Errorf(
			"the target has %d tenants; expected an empty book", len(tenants))}
	}
	return err
}

// copyBlobs copies all blobs; Get verifies each against its name, and so does Put.
func copyBlobs(ctx context.Context, s store.SnapshotTx, from, to store.BlobStore) (n int64, err error) {
	tenants, err := s.Tenants()
	if err != nil {
		return 0, err
	}
	for _, t := range tenants {
		err := from.Each(ctx, t.ID, func(h store.Hash) error {
			data, err := from.Get(ctx, t.ID, h)
			if err == nil {
				_, err = to.Put(ctx, t.ID, data)
			}
			n++
			return err
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

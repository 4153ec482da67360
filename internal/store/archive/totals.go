package archive

import (
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/audit"
	"github.com/recoup-project/recoup/internal/store/schema"
)

// Totals says what one table holds for one tenant.
type Totals struct {
	Tenant int64
	Table  string
	Rows   int64
	// Sums of the columns *_minor, by "column currency"; the currency is "" if the
	// table has no such column.
	Sums map[string]*big.Int
	// Content is a sum over the hashes of all rows, all columns included; it does
	// not depend on their order.
	Content [4]uint64
}

// counter adds up the rows of a table.
type counter struct {
	totals   Totals
	table    *schema.Table // with every column hashed
	currency int
	minor    []int
	digest   store.Digest
}

func newCounter(tenant int64, t *schema.Table) *counter {
	all := *t
	all.Columns = slices.Clone(t.Columns)
	c := &counter{totals: Totals{Tenant: tenant, Table: t.Name, Sums: map[string]*big.Int{}}, table: &all,
		currency: t.Column("currency")}
	for i := range all.Columns {
		all.Columns[i].Hashed = true
		if strings.HasSuffix(all.Columns[i].Name, "_minor") {
			c.minor = append(c.minor, i)
		}
	}
	return c
}

func (c *counter) add(row []store.Value) {
	c.totals.Rows++
	h := c.digest.RowHash(c.table, row)
	for i := range c.totals.Content {
		c.totals.Content[i] += binary.BigEndian.Uint64(h[8*i:])
	}
	for _, i := range c.minor {
		key := c.table.Columns[i].Name + " "
		if c.currency >= 0 {
			key += row[c.currency].S
		}
		sum := c.totals.Sums[key]
		if sum == nil {
			sum = new(big.Int)
			c.totals.Sums[key] = sum
		}
		sum.Add(sum, big.NewInt(row[i].I))
	}
}

// Count adds up every table of a book. Errors: those of the store.
func Count(ctx context.Context, db store.DB) ([]Totals, error) {
	var all []Totals
	err := db.Snapshot(ctx, func(s store.SnapshotTx) error {
		all = nil
		return eachTable(s, db.Schema(), func(tx store.Tx, tenant int64, t *schema.Table) error {
			c := newCounter(tenant, t)
			err := eachRow(tx, tenant, t, func(row []store.Value) error { c.add(row); return nil })
			all = append(all, c.totals)
			return err
		})
	})
	return all, err
}

// Compare returns one sentence for each difference between what two books hold.
func Compare(a, b []Totals) []string {
	var differences []string
	if len(a) != len(b) {
		return []string{fmt.Sprintf("%d tables of tenants against %d", len(a), len(b))}
	}
	for i := range a {
		x, y := a[i], b[i]
		name := fmt.Sprintf("table %s of tenant %d", x.Table, x.Tenant)
		switch {
		case x.Table != y.Table || x.Tenant != y.Tenant:
			differences = append(differences, fmt.Sprintf("%s against table %s of tenant %d", name, y.Table, y.Tenant))
		case x.Rows != y.Rows:
			differences = append(differences, fmt.Sprintf("%s: %d rows against %d", name, x.Rows, y.Rows))
		case !maps.EqualFunc(x.Sums, y.Sums, func(m, n *big.Int) bool { return m.Cmp(n) == 0 }):
			differences = append(differences, fmt.Sprintf("%s: sums %v against %v", name, x.Sums, y.Sums))
		case x.Content != y.Content:
			differences = append(differences, name+": same number of rows, but other content")
		}
	}
	return differences
}

// eachTable visits every table: those of no tenant once, the others for each tenant.
// The table blob is left out: blobs move through the BlobStore.
func eachTable(s store.SnapshotTx, sch *schema.Schema,
	fn func(tx store.Tx, tenant int64, t *schema.Table) error) error {
	tenants, err := s.Tenants()
	if err != nil {
		return err
	}
	ids := []int64{0}
	for _, t := range tenants {
		ids = append(ids, t.ID)
	}
	for _, tenant := range ids {
		tx, err := s.Tx(tenant)
		if err != nil {
			return err
		}
		for _, t := range sch.Tables {
			if t.Name == "blob" || t.TenantFirst != (tenant != 0) {
				continue
			}
			if err := fn(tx, tenant, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// eachRow reads a table in the order of its key. The row is valid until fn returns.
func eachRow(tx store.Tx, tenant int64, t *schema.Table, fn func(row []store.Value) error) error {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	sql := "SELECT " + strings.Join(names, ", ") + " FROM " + t.Name
	var args []any
	if t.TenantFirst {
		sql += " WHERE tenant_id = $1"
		args = []any{tenant}
	}
	sql += " ORDER BY "
	for i, k := range t.PrimaryKey {
		if i > 0 {
			sql += ", "
		}
		sql += t.Columns[k].Name
	}
	row := make([]store.Value, len(t.Columns))
	return store.Each(tx, sql, args, func(r store.Rows) error {
		for i := range t.Columns {
			row[i] = audit.ReadColumn(r, i, t.Columns[i].Type)
		}
		return fn(row)
	})
}

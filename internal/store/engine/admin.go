package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/recoup-project/recoup/internal/store"
)

// ReadBook reads the book's own row.
func ReadBook(ctx context.Context, cn Conn, version int64, now time.Time) (store.Book, error) {
	b := store.Book{SchemaVersion: version, Now: now}
	err := each(ctx, cn, "SELECT uid, created_at, clock FROM book", nil, func(r store.Rows) {
		b.UID, b.CreatedAt, b.Simulated = r.Text(0), r.Time(1), r.Text(2) == "simulated"
	})
	if err == nil && b.UID == "" {
		err = &store.Error{Kind: store.ErrNotFound, Op: "book"}
	}
	return b, err
}

// ReadTenants lists all tenants by id.
func ReadTenants(ctx context.Context, cn Conn) ([]store.Tenant, error) {
	var all []store.Tenant
	err := each(ctx, cn, "SELECT tenant_id, name, country, inputs_version FROM tenant ORDER BY tenant_id", nil,
		func(r store.Rows) {
			all = append(all, store.Tenant{ID: r.Int64(0), Name: r.Text(1), Country: r.Text(2),
				InputsVersion: r.Int64(3)})
		})
	return all, err
}

// NextTenant is the id of the next tenant.
func NextTenant(ctx context.Context, cn Conn) (id int64, err error) {
	err = each(ctx, cn, "SELECT coalesce(max(tenant_id), 0) + 1 FROM tenant", nil,
		func(r store.Rows) { id = r.Int64(0) })
	return id, err
}

// CreateTenant writes a tenant and the empty end of its chain.
func CreateTenant(ctx context.Context, cn Conn, id int64, name, country string) error {
	for _, text := range []string{name, country} {
		if err := store.CheckText(text); err != nil {
			return err
		}
	}
	_, err := cn.Exec(ctx,
		"INSERT INTO tenant (tenant_id, name, country, inputs_version) VALUES ($1, $2, $3, 1)",
		[]store.Value{Int(id), Text(name), Text(country)})
	if err != nil {
		return err
	}
	_, err = cn.Exec(ctx, "INSERT INTO tenant_head (tenant_id, seq, hash) VALUES ($1, 0, $2)",
		[]store.Value{Int(id), Bytes(make([]byte, 32))})
	return err
}

// SetClock moves a simulated clock forward.
func SetClock(ctx context.Context, cn Conn, t time.Time) error {
	t = Millis(t)
	n, err := cn.Exec(ctx, "UPDATE book SET clock_now = $1 WHERE clock = 'simulated' AND clock_now <= $1",
		[]store.Value{Instant(t)})
	if err == nil && n == 0 {
		return store.Invalid("clock to %s: expected a book with a simulated clock that stands before",
			t.Format(store.InstantFormat))
	}
	return err
}

// InitBook writes the book's own row if there is none.
func InitBook(ctx context.Context, cn Conn, opts store.Options) error {
	now := Millis(opts.Now())
	clock, clockNow := "system", store.Value{}
	if !opts.SimulatedFrom.IsZero() {
		clock, clockNow = "simulated", Instant(Millis(opts.SimulatedFrom))
	}
	_, err := cn.Exec(ctx, `INSERT INTO book (one, uid, created_at, clock, clock_now) VALUES (1, $1, $2, $3, $4)
ON CONFLICT (one) DO NOTHING`, []store.Value{Text(NewID(now)), Instant(now), Text(clock), clockNow})
	return err
}

// CheckEmpty refuses with store.ErrConflict to fill a book that has tenants.
func CheckEmpty(ctx context.Context, cn Conn) error {
	tenants, err := ReadTenants(ctx, cn)
	if err == nil && len(tenants) > 0 {
		return &store.Error{Kind: store.ErrConflict, Op: "fill the book",
			Err: fmt.Errorf("it has %d tenants; expected an empty book", len(tenants))}
	}
	return err
}

func each(ctx context.Context, cn Conn, sql string, args []store.Value, fn func(store.Rows)) error {
	rows, err := cn.Query(ctx, sql, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		fn(rows)
	}
	return rows.Err()
}

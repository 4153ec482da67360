package postgres_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/pgtest"
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/audit"
	"github.com/recoup-project/recoup/internal/store/open"
	"github.com/recoup-project/recoup/internal/store/storetest"
)

var ctx = context.Background()

// note records one note as a command of its own.
func note(db store.DB, tenant, id int64) (store.Outcome, error) {
	c := store.Command{Name: "note", Actor: "test", ID: fmt.Sprint("note-", id)}
	return db.Write(ctx, tenant, c, func(tx store.WriteTx) error {
		ins := tx.Insert("note")
		ins.Int(id).Int(tx.Seq()).Text("x").End()
		return ins.Close()
	})
}

func verified(t testing.TB, db store.DB, tenant, commands int64) {
	t.Helper()
	r, err := audit.Verify(ctx, db, tenant, audit.Options{})
	if err != nil || !r.OK() || r.Commands != commands {
		t.Errorf("audit: %+v %v, want %d commands", r, err, commands)
	}
}

// breaker stands between the program and the server and breaks connections at a
// COMMIT: before the server sees it, or after it did it.
type breaker struct {
	server string // socket of the server
	mode   atomic.Int32
	broken atomic.Int32
}

const (
	breakNot = iota
	breakBefore
	breakAfter
)

// newBreaker listens in a folder of its own and returns the address through it.
func newBreaker(t *testing.T, address string) (*breaker, string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	b := &breaker{server: filepath.Join(u.Query().Get("host"), ".s.PGSQL.5432")}
	dir := t.TempDir()
	listener, err := net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go b.serve(c)
		}
	}()
	q := u.Query()
	q.Set("host", dir)
	u.RawQuery = q.Encode()
	return b, u.String()
}

func (b *breaker) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("unix", b.server)
	if err != nil {
		return
	}
	defer server.Close()
	var swallow atomic.Bool
	go func() {
		defer client.Close()
		buf := make([]byte, 64<<10)
		for {
			n, err := server.Read(buf)
			if err != nil {
				return
			}
			if swallow.Load() {
				if bytes.Contains(buf[:n], []byte("COMMIT\x00")) {
					b.broken.Add(1)
					return
				}
				continue
			}
			if _, err := client.Write(buf[:n]); err != nil {
				return
			}
		}
	}()
	buf := make([]byte, 64<<10)
	for {
		n, err := client.Read(buf)
		if err != nil {
			return
		}
		if bytes.Contains(buf[:n], []byte("COMMIT\x00")) {
			if b.mode.CompareAndSwap(breakBefore, breakNot) {
				b.broken.Add(1)
				return
			}
			if b.mode.CompareAndSwap(breakAfter, breakNot) {
				swallow.Store(true)
			}
		}
		if _, err := server.Write(buf[:n]); err != nil {
			return
		}
	}
}

// TestLostAnswerOfTheCommit breaks the connection at the commit. Write finds out by
// itself what became of it, and records the command exactly once.
func TestLostAnswerOfTheCommit(t *testing.T) {
	direct := storetest.NewPostgres(t, store.Options{Schema: storetest.Schema()})
	tenant, err := direct.CreateTenant(ctx, "Acme", "DE")
	if err != nil {
		t.Fatal(err)
	}
	b, address := newBreaker(t, direct.(interface{ Address() string }).Address())
	db, err := open.Open(ctx, address, store.Options{Schema: storetest.Schema()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for i := range int64(20) {
		mode := int32(i%2) + breakBefore
		b.mode.Store(mode)
		o, err := note(db, tenant, i)
		if err != nil || o.Seq != i+1 || o.Replayed {
			t.Errorf("mode %d: %+v %v", mode, o, err)
		}
	}
	if n := b.broken.Load(); n != 20 {
		t.Errorf("%d connections were broken; expected 20", n)
	}
	verified(t, db, tenant, 20)
	for _, mode := range []int32{breakBefore, breakAfter} {
		b.mode.Store(mode)
		err := db.Mark(ctx, tenant, func(tx store.MarkTx) error { return nil })
		if !errors.Is(err, store.ErrCommitUnknown) {
			t.Errorf("mark, mode %d: %v", mode, err)
		}
	}
}

// TestServerThatStaysAway: a command whose commit was sent and never answered is
// ErrCommitUnknown; one that never got so far is plainly unavailable.
func TestServerThatStaysAway(t *testing.T) {
	server, err := pgtest.Start(true)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Stop()
	address := server.Address("postgres", "postgres")
	b, through := newBreaker(t, address)
	db, err := open.Open(ctx, through, store.Options{Schema: storetest.Schema(), Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tenant, err := db.CreateTenant(ctx, "Acme", "DE")
	if err != nil {
		t.Fatal(err)
	}
	crashed := make(chan struct{})
	b.mode.Store(breakAfter)
	go func() {
		defer close(crashed)
		for b.broken.Load() == 0 {
			time.Sleep(time.Millisecond)
		}
		server.Crash()
	}()
	_, err = note(db, tenant, 1)
	if !errors.Is(err, store.ErrCommitUnknown) {
		t.Errorf("commit sent, server gone: %v", err)
	}
	<-crashed
	_, err = note(db, tenant, 2)
	if !errors.Is(err, store.ErrUnavailable) || errors.Is(err, store.ErrCommitUnknown) {
		t.Errorf("server gone: %v", err)
	}
	if err := server.Launch(); err != nil {
		t.Fatal(err)
	}
	o, err := note(db, tenant, 1) // asked again with the same id
	if err != nil || o.Seq != 1 || !o.Replayed {
		t.Errorf("asked again: %+v %v", o, err)
	}
	verified(t, db, tenant, 1)
}

// TestServerCrashes crashes the server under four writers: every answered command is
// there, none is there twice, and the writers go on by themselves.
func TestServerCrashes(t *testing.T) {
	server, err := pgtest.Start(true)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Stop()
	db, err := open.Open(ctx, server.Address("postgres", "postgres"),
		store.Options{Schema: storetest.Schema(), Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tenant, err := db.CreateTenant(ctx, "Acme", "DE")
	if err != nil {
		t.Fatal(err)
	}
	var stop atomic.Bool
	var wg sync.WaitGroup
	var mu sync.Mutex
	answered := map[int64]int64{}
	for g := range int64(4) {
		wg.Go(func() {
			for id := g; !stop.Load(); id += 4 {
				o, err := note(db, tenant, id)
				for errors.Is(err, store.ErrUnavailable) {
					o, err = note(db, tenant, id)
				}
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				answered[id] = o.Seq
				mu.Unlock()
			}
		})
	}
	for range 6 {
		time.Sleep(300 * time.Millisecond)
		server.Crash()
		if err := server.Launch(); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(200 * time.Millisecond)
	stop.Store(true)
	wg.Wait()
	stored := map[int64]int64{}
	err = db.Read(ctx, tenant, func(tx store.Tx) error {
		return store.Each(tx, "SELECT note_id, seq FROM note WHERE tenant_id = $1", []any{tenant},
			func(r store.Rows) error { stored[r.Int64(0)] = r.Int64(1); return nil })
	})
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(stored) != fmt.Sprint(answered) || len(stored) < 20 {
		t.Errorf("%d commands answered, %d stored", len(answered), len(stored))
	}
	verified(t, db, tenant, int64(len(stored)))
}

// TestRowSecurity goes past the store with the program's own role.
func TestRowSecurity(t *testing.T) {
	db := storetest.NewPostgres(t, store.Options{Schema: storetest.Schema()})
	for i := range int64(2) {
		if _, err := db.CreateTenant(ctx, "T", "DE"); err != nil {
			t.Fatal(err)
		}
		if _, err := note(db, i+1, 7); err != nil {
			t.Fatal(err)
		}
	}
	address := db.(interface{ Address() string }).Address()
	check := func(n int, where string) string {
		return fmt.Sprintf("DO $$ BEGIN IF (SELECT count(*) FROM %s) <> %d THEN "+
			"RAISE EXCEPTION 'rows'; END IF; END $$", where, n)
	}
	for _, sql := range []string{
		check(0, "note"), check(0, "txn"), check(0, "tenant_head"), check(2, "tenant"),
		"SELECT set_config('recoup.tenant', '2', false);" + check(1, "note") + ";" + check(0,
			"note WHERE tenant_id = 1"),
	} {
		if err := pgtest.Exec(address, sql); err != nil {
			t.Errorf("%s: %v", sql, err)
		}
	}
	as2 := "SELECT set_config('recoup.tenant', '2', false);"
	for _, sql := range []string{
		"INSERT INTO note VALUES (1, 8, 1, 'x')", "INSERT INTO tenant VALUES (9, 'x', 'DE', 1)",
		"UPDATE note SET tenant_id = 1",
	} {
		if err := pgtest.Exec(address, as2+sql); err == nil || !strings.Contains(err.Error(),
			"row-level security") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if err := pgtest.Exec(address, as2+"UPDATE tenant SET name = 'stolen'; DELETE FROM note"); err != nil {
		t.Error(err)
	}
	tenants, err := db.Tenants(ctx)
	if err != nil || tenants[0].Name != "T" || tenants[1].Name != "stolen" {
		t.Errorf("%+v %v", tenants, err)
	}
	verified(t, db, 1, 1)
}

func TestCheckFindsWhatIsUnsafe(t *testing.T) {
	app := storetest.NewPostgres(t, store.Options{Schema: storetest.Schema()})
	super, err := open.Open(ctx, pgtest.Superuser(app.(interface{ Address() string }).Address()),
		store.Options{Schema: storetest.Schema()})
	if err != nil {
		t.Fatal(err)
	}
	defer super.Close()
	for want, db := range map[string]store.DB{"ordinary": app, "superuser": super} {
		findings, err := db.Check(ctx)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]store.Finding{}
		for _, f := range findings {
			got[f.Name] = f
		}
		if f := got["role"]; f.OK != (want == "ordinary") || !strings.Contains(f.Text, want) {
			t.Errorf("%+v", f)
		}
		if f := got["pooler"]; !f.OK {
			t.Errorf("%+v", f)
		}
		if f := got["server_encoding"]; !f.OK {
			t.Errorf("%+v", f)
		}
	}
	durable, err := pgtest.Start(true)
	if err != nil {
		t.Fatal(err)
	}
	defer durable.Stop()
	for ok, address := range map[bool]string{true: durable.Address("postgres", "postgres"), false: ""} {
		db := app
		if ok {
			if db, err = open.Open(ctx, address, store.Options{Schema: storetest.Schema(), Create: true}); err != nil {
				t.Fatal(err)
			}
			defer db.Close()
		}
		findings, err := db.Check(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range findings {
			if (f.Name == "fsync" || f.Name == "synchronous_commit") && f.OK != ok && !sharedIsDurable() {
				t.Errorf("durable %t: %+v", ok, f)
			}
		}
	}
}

// sharedIsDurable: a server that the tester named may sync; ours does not.
func sharedIsDurable() bool { return pgtest.Named() }

func TestLostDuty(t *testing.T) {
	db := storetest.NewPostgres(t, store.Options{Schema: storetest.Schema()})
	duty, err := db.Duty(ctx)
	if err != nil {
		t.Fatal(err)
	}
	address := pgtest.Superuser(db.(interface{ Address() string }).Address())
	err = pgtest.Exec(address, "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' "+
		"AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-duty.Lost():
	case <-time.After(10 * time.Second):
		t.Error("the loss was not noticed")
	}
	duty.Release()
	next, err := db.Duty(ctx)
	if err != nil {
		t.Fatal(err)
	}
	next.Release()
}

// TestDeadlockOfMarks: two marks that lock rows in opposite order; the server ends
// one of them, and it is run again.
func TestDeadlockOfMarks(t *testing.T) {
	db := storetest.NewPostgres(t, store.Options{Schema: storetest.Schema()})
	tenant, err := db.CreateTenant(ctx, "Acme", "DE")
	if err != nil {
		t.Fatal(err)
	}
	err = db.Mark(ctx, tenant, func(tx store.MarkTx) error {
		_, err := tx.Exec("INSERT INTO job (tenant_id, job_id, state) VALUES ($1, 1, ''), ($1, 2, '')", tenant)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var met sync.WaitGroup
	met.Add(2)
	var wg sync.WaitGroup
	for _, order := range [][2]int64{{1, 2}, {2, 1}} {
		wg.Go(func() {
			runs := 0
			err := db.Mark(ctx, tenant, func(tx store.MarkTx) error {
				runs++
				for i, id := range order {
					if i == 1 && runs == 1 {
						met.Done()
						met.Wait()
					}
					_, err := tx.Exec("UPDATE job SET attempts = attempts + 1 "+
						"WHERE tenant_id = $1 AND job_id = $2", tenant, id)
					if err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	err = db.Read(ctx, tenant, func(tx store.Tx) error {
		return store.One(tx, "SELECT CAST(sum(attempts) AS bigint) FROM job WHERE tenant_id = $1", []any{tenant},
			func(r store.Rows) {
				if r.Int64(0) != 4 {
					t.Errorf("attempts %d", r.Int64(0))
				}
			})
	})
	if err != nil {
		t.Error(err)
	}
}

// TestOneConnectionServesAllTenants: the tenant of one transaction does not leak into
// the next on the same connection.
func TestOneConnectionServesAllTenants(t *testing.T) {
	db := storetest.NewPostgres(t, store.Options{Schema: storetest.Schema(), MaxReaders: 1})
	for i := range int64(3) {
		if _, err := db.CreateTenant(ctx, "T", "DE"); err != nil {
			t.Fatal(err)
		}
		for k := range i {
			if _, err := note(db, i+1, k); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i := range int64(300) {
		tenant := i*7%3 + 1
		if i%10 == 0 {
			err := db.Mark(ctx, tenant, func(store.MarkTx) error { return io.EOF })
			if err != io.EOF {
				t.Fatal(err)
			}
		}
		err := db.Read(ctx, tenant, func(tx store.Tx) error {
			return store.One(tx, "SELECT count(*) FROM note WHERE tenant_id = $1", []any{tenant}, func(r store.Rows) {
				if r.Int64(0) != tenant-1 {
					t.Errorf("tenant %d sees %d rows", tenant, r.Int64(0))
				}
			})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

package pgtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// role is what tests connect as: no superuser, so that row security binds it.
const role = "recoup_app"

var shared struct {
	once      sync.Once
	server    *Server // nil if RECOUP_TEST_POSTGRES names one
	admin     string  // address of database postgres as superuser
	err       error
	templates sync.Map // key → *template
	count     atomic.Int64
}

type template struct {
	once sync.Once
	name string
	err  error
}

// Main runs the tests of a package and stops the server that they started. Use it as
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }
func Main(m *testing.M) int {
	code := m.Run()
	if shared.server != nil {
		shared.server.Stop()
		return code
	}
	shared.templates.Range(func(_, known any) bool {
		if name := known.(*template).name; name != "" {
			_ = admin("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)")
		}
		return true
	})
	return code
}

// Database makes an empty database for a test and returns its address. It is
// dropped when the test ends.
func Database(t testing.TB) string {
	t.Helper()
	connect(t)
	return create(t, "template0")
}

// FromTemplate makes a database as a copy of one that fill has prepared; fill runs
// once a process for each key.
func FromTemplate(t testing.TB, key string, fill func(address string) error) string {
	t.Helper()
	connect(t)
	known, _ := shared.templates.LoadOrStore(key, &template{})
	tp := known.(*template)
	tp.once.Do(func() {
		tp.name = newName("template")
		if tp.err = admin("CREATE DATABASE " + tp.name + " OWNER " + role + " TEMPLATE template0"); tp.err == nil {
			tp.err = fill(address(role, tp.name))
		}
	})
	if tp.err != nil {
		t.Fatalf("template database %s: %v", key, tp.err)
	}
	return create(t, tp.name)
}

// Superuser is the address of the same database for a superuser: for tests that
// tamper with rows behind the store's back.
func Superuser(appAddress string) string {
	u, err := url.Parse(appAddress)
	if err != nil {
		panic(err)
	}
	return address("postgres", strings.TrimPrefix(u.Path, "/"))
}

// Exec runs statements at an address.
func Exec(address, sql string) error {
	ctx := context.Background()
	c, err := pgconn.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	_, err = c.Exec(ctx, sql).ReadAll()
	return err
}

func connect(t testing.TB) {
	t.Helper()
	shared.once.Do(func() {
		if shared.admin = os.Getenv("RECOUP_TEST_POSTGRES"); shared.admin == "" {
			if shared.server, shared.err = Start(false); shared.err != nil {
				return
			}
			shared.admin = shared.server.Address("postgres", "postgres")
		}
		shared.err = admin(`DO $$ BEGIN CREATE ROLE ` + role + ` LOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`)
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
}

func create(t testing.TB, from string) string {
	t.Helper()
	name := newName("test")
	if err := admin("CREATE DATABASE " + name + " OWNER " + role + " TEMPLATE " + from); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := admin("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return address(role, name)
}

// newName is a database name that no other test process uses.
func newName(kind string) string {
	return fmt.Sprintf("recoup_%s_%d_%d", kind, os.Getpid(), shared.count.Add(1))
}

func admin(sql string) error { return Exec(shared.admin, sql) }

// address is the address of a database on the shared server.
func address(user, database string) string {
	u, err := url.Parse(shared.admin)
	if err != nil {
		panic(err)
	}
	u.User = url.User(user)
	u.Path = "/" + database
	return u.String()
}

// Named reports whether the tester named the server by RECOUP_TEST_POSTGRES, so that
// its settings are not ours.
func Named() bool { return os.Getenv("RECOUP_TEST_POSTGRES") != "" }

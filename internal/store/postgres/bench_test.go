package postgres_test

import (
	"context"
	"testing"

	"github.com/recoup-project/recoup/internal/pgtest"
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/open"
	"github.com/recoup-project/recoup/internal/store/storetest"
)

// BenchmarkEngine measures a server that syncs its commits, with the role of a user.
func BenchmarkEngine(b *testing.B) {
	server, err := pgtest.Start(true)
	if err != nil {
		b.Fatal(err)
	}
	defer server.Stop()
	if err := pgtest.Exec(server.Address("postgres", "postgres"), "CREATE ROLE app LOGIN"); err != nil {
		b.Fatal(err)
	}
	made := 0
	storetest.Bench(b, storetest.Engine{Make: func(t testing.TB, opts store.Options) store.DB {
		made++
		name := "bench" + string(rune('a'+made/26)) + string(rune('a'+made%26))
		if err := pgtest.Exec(server.Address("postgres", "postgres"),
			"CREATE DATABASE "+name+" OWNER app"); err != nil {
			t.Fatal(err)
		}
		db, err := open.Open(context.Background(), server.Address("app", name), opts)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		return db
	}})
}

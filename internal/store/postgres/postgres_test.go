package postgres_test

import (
	"os"
	"testing"

	"github.com/recoup-project/recoup/internal/pgtest"
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/postgres"
	"github.com/recoup-project/recoup/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func TestConformance(t *testing.T) { storetest.Run(t, engine) }

var engine = storetest.Engine{Make: storetest.NewPostgres, Tamper: tamper}

// tamper runs SQL as a superuser, whom row security does not bind.
func tamper(t testing.TB, db store.DB, sql string) {
	t.Helper()
	if err := pgtest.Exec(pgtest.Superuser(db.(*postgres.DB).Address()), sql); err != nil {
		t.Fatal(err)
	}
}

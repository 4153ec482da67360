package sqlite_test

import (
	"testing"

	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/sqlite"
	"github.com/recoup-project/recoup/internal/store/storetest"
	zsqlite "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

func TestConformance(t *testing.T) { storetest.Run(t, engine) }

var engine = storetest.Engine{Make: storetest.NewSQLite, Tamper: tamper}

// tamper runs SQL on the file of a book.
func tamper(t testing.TB, db store.DB, sql string) {
	t.Helper()
	c, err := zsqlite.OpenConn(db.(*sqlite.DB).Path(), zsqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := sqlitex.ExecuteScript(c, sql, nil); err != nil {
		t.Fatal(err)
	}
}

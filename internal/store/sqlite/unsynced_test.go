package sqlite_test

import (
	"testing"

	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/storetest"
)

// TestUnsyncedIsForTheMakingOfADemo: a real book is synced whatever is asked, and a demo
// from its next opening on.
func TestUnsyncedIsForTheMakingOfADemo(t *testing.T) {
	synced := func(db store.DB) bool {
		t.Helper()
		all, err := db.Check(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range all {
			if f.Name == "synchronous" {
				return f.OK
			}
		}
		t.Fatal("nobody looks at how commits are synced")
		return false
	}
	for _, c := range []struct {
		what string
		opts store.Options
		want bool
	}{
		{"a real book", store.Options{Create: true, Unsynced: true}, true},
		{"a demo", store.Options{Create: true, SimulatedFrom: demoStart}, true},
		{"a demo in the making", store.Options{Create: true, SimulatedFrom: demoStart, Unsynced: true}, false},
	} {
		if got := synced(storetest.NewSQLite(t, c.opts)); got != c.want {
			t.Errorf("%s: synced %v, expected %v", c.what, got, c.want)
		}
	}
}

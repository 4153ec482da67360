package app

import (
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

// The first draft can be read although nobody has an address and on a day on which nothing is
// written; nothing is recorded by it, and no address is guessed.
func TestSketchFirst(t *testing.T) {
	const list = "customer_number,customer_name,number,invoice_date,due_date,currency,amount\nC1,Pike Ltd,R1,2026-01-05,2026-02-04,GBP,100.00\n"
	for _, c := range []struct{ today, goes, held string }{
		{"2026-03-11", "2026-03-11", ""},    // a Wednesday
		{"2026-03-14", "2026-03-16", "any"}, // a Saturday
	} {
		b := onSQLite(t, "GB", c.today)
		if _, err := b.importText(list, ImportRequest{}); err != nil {
			t.Fatal(err)
		}
		s, ok, err := b.SketchFirst(b.ctx, 1)
		if err != nil || !ok || s.Day != cal.MustParse(c.goes) || !s.NoEmail || (s.Held != "") != (c.held != "") {
			t.Fatalf("%s: %v %v %+v", c.today, ok, err, s)
		}
		if s.Preview.To != "[address]" || !strings.Contains(s.Preview.Text, "R1") || !strings.Contains(s.Preview.Text, "[") || len(s.Preview.Missing) == 0 {
			t.Errorf("%s: to %q, %v\n%s", c.today, s.Preview.To, s.Preview.Missing, s.Preview.Text)
		}
		if err := b.read(b.ctx, func(tx store.Tx) error {
			return store.Each(tx, "SELECT message_id FROM message WHERE tenant_id = $1", []any{b.tenant}, func(store.Rows) error {
				t.Error("a message was recorded")
				return nil
			})
		}); err != nil {
			t.Fatal(err)
		}
	}
	b := onSQLite(t, "GB", "2026-03-11")
	if _, err := b.importText(strings.Replace(list, "2026-02-04", "2026-12-04", 1), ImportRequest{}); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := b.SketchFirst(b.ctx, 1); ok || err != nil {
		t.Errorf("nothing is due: %v %v", ok, err)
	}
}

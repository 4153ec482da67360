package app

import "testing"

// TestWithin holds that a user of the own customers only finds nobody else's, anywhere.
func TestWithin(t *testing.T) {
	b := lanesBook(t, t.TempDir()+"/book.db")
	owner := "sue"
	for _, n := range []string{"A", "PHONE"} {
		if _, err := b.SetCustomer(b.ctx, tester, b.customer[n], CustomerChange{AccountOwner: &owner}); err != nil {
			t.Fatal(err)
		}
	}
	b.do("collect", func(w *recorder) error {
		_, err := w.Exec("INSERT INTO collector (tenant_id, customer_id, user_id) VALUES ($1, $2, 7)", b.tenant, b.customer["B"])
		return err
	})
	sue, anna := &Scope{Owners: []string{"sue"}, Users: []int64{9}}, &Scope{All: true, Owners: []string{"anna"}, Users: []int64{7}}
	for _, c := range []struct {
		w                              Within
		customers, calls, items, found int
	}{
		{Within{}, 15, 1, 16, 2}, {Within{Scope: anna}, 15, 1, 16, 2}, {Within{Scope: anna, Mine: true}, 1, 0, 1, 0},
		{Within{Scope: sue}, 2, 1, 3, 1}, {Within{Scope: sue, Mine: true}, 2, 1, 3, 1}, {Within{Scope: &Scope{}}, 0, 0, 0, 0},
	} {
		list, err := b.ListCustomers(b.ctx, CustomerFilter{Within: c.w}, "", "", 0)
		if err != nil || list.Total != c.customers {
			t.Errorf("%+v: %d customers, %v", c.w, list.Total, err)
		}
		calls, err := b.CallsWithin(b.ctx, c.w, "", "", 0)
		if err != nil || calls.Total != c.calls {
			t.Errorf("%+v: %d calls, %v", c.w, calls.Total, err)
		}
		items, err := b.ListItems(b.ctx, ItemFilter{Within: c.w}, "", "", 0)
		if err != nil || len(items.Items) != c.items {
			t.Errorf("%+v: %d items, %v", c.w, len(items.Items), err)
		}
		hits, err := b.SearchWithin(b.ctx, c.w, "p", 0)
		if err != nil {
			t.Error(err)
		}
		p1, err := b.SearchWithin(b.ctx, c.w, "P1", 0)
		if n := len(hits.Hits) + len(p1.Hits); err != nil || c.found == 0 && n > 0 || c.w.Scope == sue && n != 2 {
			t.Errorf("%+v: found %+v %+v, %v", c.w, hits.Hits, p1.Hits, err)
		}
	}
}

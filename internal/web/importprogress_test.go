package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
)

// TestHowFar: while a file is read its rows are counted for the one who gave it, and for
// nobody else; before and after that there is nothing to tell.
func TestHowFar(t *testing.T) {
	s := newSite(t)
	s.user(access.Owner)
	s.user(access.Controller)
	ask := func(login string) answer { return s.ask("/import/progress", nil, s.session(login)) }
	if a := ask("owner"); a.code != http.StatusNoContent {
		t.Errorf("before: %v", a)
	}
	var list strings.Builder
	list.WriteString("customer_number,customer_name,number,due_date,currency,amount\n")
	for i := range 5000 {
		list.WriteString("C-1,Northgate Ltd,INV-" + strings.Repeat("I", i%7) + string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676)) + ",2026-02-04,GBP,10.00\n")
	}
	id := s.draft("list.csv", list.String())
	var told []int
	var wrote bool
	ctx := app.WithImportProgress(t.Context(), func(rows int, writing bool) { told, wrote = append(told, rows), writing })
	if _, err := s.app.PreviewDraft(ctx, id); err != nil {
		t.Fatal(err)
	}
	if len(told) < 5 || told[0] != 0 || told[1] != 1024 || !wrote {
		t.Errorf("told %v, at the end %v", told, wrote)
	}
	u, err := s.app.User(t.Context(), "owner")
	if err != nil {
		t.Fatal(err)
	}
	s.web.imports.Store(u.ID, "1,024 rows read")
	if a := ask("owner"); a.code != http.StatusOK || a.body != "1,024 rows read" {
		t.Errorf("while it is read: %v", a)
	}
	if a := ask("controller"); a.code != http.StatusNoContent {
		t.Errorf("somebody else: %v", a)
	}
	s.web.imports.Clear()
	if a := s.ask(draftPath(id), nil, s.session("owner")); a.code != http.StatusOK || !strings.Contains(a.body, `data-rows="5000"`) {
		t.Errorf("the page: %v", a)
	}
	if a := ask("owner"); a.code != http.StatusNoContent {
		t.Errorf("afterwards: %v", a)
	}
}

package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/hostile"
	"github.com/recoup-project/recoup/internal/pgtest"
	"github.com/recoup-project/recoup/internal/portal"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// TestHostileValues gives values that would show in a statement of the database to every
// parameter that a page reads and to every part of its address, on both engines: each is an
// answer, never a fault, and none tells of the engine. With RECOUP_DEEP every pair of a page
// and a parameter meets every value; else every parameter meets a quarter of them.
func TestHostileValues(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { hostileValues(t, filepath.Join(t.TempDir(), "book.db")) })
	t.Run("postgres", func(t *testing.T) { hostileValues(t, pgtest.Database(t)) })
}

// engineWords are what errors of the engines say.
var engineWords = []string{"syntax error", "SQLSTATE", "SQLITE", "sqlite", "pq:", "pgx", "unterminated", "no such column", "malformed MATCH", "fts5", "invalid input syntax"}

func hostileValues(t *testing.T, address string) {
	a, _, err := app.CreateBook(t.Context(), address, "test", system, app.BookRequest{Name: "Harbour Foods Ltd", Country: "GB", Currency: "GBP",
		ClockDay: cal.MustParse(testDay), ClockHour: 10})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	s := &site{app: a, t: t}
	if err := a.SetSetting(t.Context(), system, "", app.SettingPortalURL, "https://pay.example"); err != nil {
		t.Fatal(err)
	}
	s.ledger(smallLedger)
	s.user(access.Owner)
	s.run()
	s.draft("list.csv", waitingList)
	link, err := a.PortalLink(t.Context(), system, 1)
	if err != nil {
		t.Fatal(err)
	}
	cookie := s.session("owner")
	handler := New(Options{App: a, Build: "test", Portal: portal.New(a, nil)}).Handler()
	asked, shown := 0, 0
	ask := func(path string) {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.AddCookie(cookie)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if asked++; w.Code == http.StatusOK {
			shown++
		}
		page := w.Body.String()
		told := slices.ContainsFunc(engineWords, func(word string) bool {
			return strings.Contains(page, word) && !strings.Contains(path, url.QueryEscape(word))
		})
		if w.Code >= 500 || told {
			t.Errorf("GET %s: %d %v", path, w.Code, answer{code: w.Code, body: page})
		}
	}
	values, read := hostile.Values(), parametersRead(t)
	next := map[string]int{} // of each parameter: the value that it meets next
	some := func(name string) []string {
		if os.Getenv("RECOUP_DEEP") != "" {
			return values
		}
		const each = 32
		from := next[name]
		next[name] = (from + each) % (len(values) - each)
		return values[from : from+each]
	}
	for _, rt := range routes {
		if rt.method != http.MethodGet {
			continue
		}
		for _, name := range read(rt.answer) {
			for _, v := range some(name) {
				ask(parts.Replace(rt.pattern) + "?" + url.Values{name: {v}}.Encode())
			}
		}
		for _, part := range strings.Split(strings.Replace(rt.pattern, "{$}", "", 1), "/") {
			if strings.HasPrefix(part, "{") {
				for _, v := range some(part) {
					ask(parts.Replace(strings.Replace(rt.pattern, part, strings.ReplaceAll(url.PathEscape(v), ".", "%2e"), 1)))
				}
			}
		}
	}
	for _, v := range some("portal") {
		ask(link.Path + "?" + url.Values{"lang": {v}, "item": {v}}.Encode())
		ask("/p/" + url.PathEscape(v))
	}
	if shown < asked/4 {
		t.Errorf("of %d requests only %d were answered with a page, so that little was tried", asked, shown)
	}
	t.Logf("%d requests, %d answered with a page", asked, shown)
}

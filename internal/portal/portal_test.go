package portal

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/document/locale"
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/open"
)

var update = flag.Bool("update", false, "write the golden files anew")

// payload stands in every text that comes from outside.
const payload = `"><script>alert(1)</script><img src=x onerror=alert(2)>`

// portalWorld is a book with a German creditor, two customers, and the pages over it.
type portalWorld struct {
	*app.App
	t     testing.TB
	ctx   context.Context
	http  http.Handler
	ids   map[string]int64  // of customers
	links map[string]string // their tokens
}

var tester = app.Request{Actor: "test"}

func newWorld(t testing.TB) *portalWorld {
	t.Helper()
	ctx := context.Background()
	db, err := open.Open(ctx, filepath.Join(t.TempDir(), "book.db"), store.Options{Create: true,
		SimulatedFrom: cal.MustParse("2026-03-02").Time().Add(9 * time.Hour)})
	must(t, err)
	t.Cleanup(func() { db.Close() })
	tenant, err := db.CreateTenant(ctx, "Test", "DE")
	must(t, err)
	a, err := app.New(db, tenant, "test")
	must(t, err)
	w := &portalWorld{App: a, t: t, ctx: ctx, ids: map[string]int64{}, links: map[string]string{}}
	_, err = a.AddCreditor(ctx, tester, app.NewCreditor{Code: "main", Name: "Bauteile & Söhne GmbH", Country: "DE", Currency: "EUR"})
	must(t, err)
	for name, value := range map[string]string{app.SettingPortalURL: "https://pay.example", "sender.person": "Jule Petersen",
		"sender.address": "Lagerstraße 4\n10115 Berlin",
		"sender.phone":   "+49 30 23125 014", "sender.reply_to": "jule@bauteile.example", "sender.register_no": "HRB 4711",
		"bank.holder": "Bauteile & Söhne GmbH", "bank.iban": "DE89370400440532013000", "bank.unchanged_since": "2020-01-01"} {
		must(t, a.SetSetting(ctx, tester, "", name, value))
	}
	file := "customer_number,customer_name,number,po,invoice_date,due_date,currency,amount,open_amount\n" +
		"C1,Kunde GmbH,R-1,88-1204,2026-01-05,2026-02-04,EUR,100.00,100.00\n" +
		"C1,Kunde GmbH,R-2,,2026-01-06,2026-02-03,EUR,1080.00,1000.50\n" +
		"C1,Kunde GmbH,R-3,,2026-02-07,2026-03-30,EUR,30.00,30.00\n" +
		"C2," + quoted(payload) + "," + quoted("X"+payload) + "," + quoted(payload) + ",2026-01-05,2026-02-04,EUR,70.00,70.00\n"
	w.imports(file)
	list, err := a.Customers(ctx, "")
	must(t, err)
	for _, c := range list {
		w.ids[c.Number] = c.ID
		english := "en-GB"
		_, err := a.SetCustomer(ctx, tester, c.ID, app.CustomerChange{Language: &english})
		must(t, err)
		l, err := a.PortalLink(ctx, tester, c.ID)
		must(t, err)
		w.links[c.Number] = strings.TrimPrefix(l.Path, "/p/")
	}
	w.http = New(a, nil)
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func (w *portalWorld) imports(text string) {
	w.t.Helper()
	_, err := w.Import(w.ctx, tester, app.ImportRequest{Kind: app.ImportOpenItems, File: "open.csv", Source: strings.NewReader(text)})
	must(w.t, err)
}

// get asks for a page below a link.
func (w *portalWorld) get(path string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	w.http.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
	return rec
}

func (w *portalWorld) page(status int, path string) string {
	w.t.Helper()
	rec := w.get(path)
	if rec.Code != status {
		w.t.Fatalf("%s: %d, expected %d\n%s", path, rec.Code, status, words(rec.Body.String()))
	}
	return rec.Body.String()
}

// post sends a form, with a file if one is named, as a browser without JavaScript does.
func (w *portalWorld) post(path string, form url.Values, files ...string) *httptest.ResponseRecorder {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k, vs := range form {
		for _, v := range vs {
			_ = m.WriteField(k, v)
		}
	}
	for i, f := range files {
		part, _ := m.CreateFormFile("file", fmt.Sprint("proof", i, ".pdf"))
		_, _ = io.WriteString(part, f)
	}
	m.Close()
	r := httptest.NewRequest(http.MethodPost, path, &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	rec := httptest.NewRecorder()
	w.http.ServeHTTP(rec, r)
	return rec
}

// items are the ids of a customer's items, as the page has them.
func (w *portalWorld) items(customer string) map[string]string {
	p, err := w.Portal(w.ctx, w.links[customer])
	must(w.t, err)
	ids := map[string]string{}
	for _, i := range p.Items {
		ids[i.Number] = strconv.FormatInt(i.ID, 10)
	}
	return ids
}

var (
	tags   = regexp.MustCompile(`<[^>]*>`)
	blanks = regexp.MustCompile(`\s+`)
	formID = regexp.MustCompile(`name="form" value="([0-9a-f]{32})"`)
)

// words are what a page says.
func words(page string) string {
	return strings.TrimSpace(blanks.ReplaceAllString(html.UnescapeString(tags.ReplaceAllString(page, " ")), " "))
}

func (w *portalWorld) has(page string, want ...string) {
	w.t.Helper()
	said := strings.ReplaceAll(words(page), "\u00a0", " ")
	for _, s := range want {
		if !strings.Contains(said, s) {
			w.t.Errorf("the page does not say %q:\n%.1500s", s, said)
		}
	}
}

// commands counts what was ever recorded.
func (w *portalWorld) commands() int {
	entries, err := w.AuditLog(w.ctx, app.AuditFilter{})
	must(w.t, err)
	return len(entries)
}

// fill is a complete form of a kind.
func (w *portalWorld) fill(kind string) url.Values {
	form := formID.FindStringSubmatch(w.page(http.StatusOK, "/p/"+w.links["C1"]+"/"+kind))
	if form == nil {
		w.t.Fatalf("the form %s has no number", kind)
	}
	f := url.Values{"form": {form[1]}, "name": {"Kim " + payload}, "role": {"Buchhaltung"}, "authority": {"1"}, "contact": {"kim@kunde.example"},
		"text": {"Text " + payload}, "item": {w.items("C1")["R-2"]}}
	for field, value := range map[string]map[string]string{
		"day":       {"promise": "2026-03-06", "paid": "2026-03-01", "time": "2026-03-06", "plan": "2026-03-31"},
		"amount":    {"paid": "1.000,50", "plan": "200"},
		"cause":     {"dispute": "price", "copy": "po", "contact": "left", "terms": "terms"},
		"reference": {"copy": "88-1", "contact": payload}, "days": {"terms": "60"},
	} {
		if v := value[kind]; v != "" {
			f.Set(field, v)
		}
	}
	if f.Has("amount") {
		f.Set("currency", "EUR")
	}
	return f
}

func kinds() []string {
	var all []string
	for _, w := range ways {
		all = append(all, string(w.kind))
	}
	return all
}

// TestThePageSaysWhatADebtorNeeds: who, what, how much, how, and what else, in the language
// of the customer and in each other.
func TestThePageSaysWhatADebtorNeeds(t *testing.T) {
	w := newWorld(t)
	p := w.page(http.StatusOK, "/p/"+w.links["C1"]+"?lang=de")
	w.has(p, "3 Rechnungen sind offen", "Bauteile & Söhne GmbH", "HRB 4711", "Jule Petersen", "R-1", "88-1204", "04.02.2026", "1.000,50 €",
		"von 1.080,00 €", "DE89 3704 0044 0532 0130 00", "Zu zahlen 1.100,50 €", "seit dem 1. Januar 2020 dieselbe", "Etwas stimmt nicht",
		"funktioniert ohne Konto bis 31.05.2026")
	if strings.Count(p, " checked") != 2 {
		t.Errorf("%d invoices are chosen, expected the two overdue ones", strings.Count(p, " checked"))
	}
	w.has(w.page(http.StatusOK, "/p/"+w.links["C1"]+"?lang=en-US"), "3 invoices are open", "Feb 4, 2026", "1,100.50")
	one := w.page(http.StatusOK, "/p/"+w.links["C1"]+"?chosen=1&item="+w.items("C1")["R-1"])
	w.has(one, "100.00")
	if strings.Contains(words(one), "1,100.50") || !strings.Contains(one, `class="dark"`) {
		t.Error("the sum or the code does not follow what is chosen")
	}
	w.has(w.page(http.StatusOK, "/p/"+w.links["C1"]+"?chosen=1"), "No invoice is chosen")
}

// TestEveryFormIsHeard: each form, sent without JavaScript, ends on a confirmation with its
// number, and the customer's page at our side shows what was said.
func TestEveryFormIsHeard(t *testing.T) {
	for _, kind := range kinds() {
		t.Run(kind, func(t *testing.T) {
			w := newWorld(t)
			form := w.fill(kind)
			rec := w.post("/p/"+w.links["C1"]+"/"+kind, form, "%PDF-1.7")
			to := rec.Header().Get("Location")
			if rec.Code != http.StatusSeeOther || !strings.HasPrefix(to, "/p/"+w.links["C1"]+"/said/") {
				t.Fatalf("%d to %q\n%s", rec.Code, to, words(rec.Body.String()))
			}
			said := w.page(http.StatusOK, to)
			w.has(said, "Our number for it is "+filepath.Base(to), "What happens then", "Monday 2 March 2026")
			if again := w.post("/p/"+w.links["C1"]+"/"+kind, form, "%PDF-1.7"); again.Header().Get("Location") != to {
				t.Errorf("the same form again went to %q", again.Header().Get("Location"))
			}
			v, err := w.Customer(w.ctx, w.ids["C1"])
			must(t, err)
			if len(v.Written) != 1 || !strings.Contains(v.Written[0].Text, "Said by: Kim") {
				t.Errorf("our side reads %+v", v.Written)
			}
			if len(v.Holds) != 1 {
				t.Errorf("%d holds, expected one", len(v.Holds))
			}
			w.has(w.page(http.StatusOK, "/p/"+w.links["C1"]), "You said:", "Our number "+filepath.Base(to))
		})
	}
}

// TestAPromiseHoldsReminders is the newcomer's story: the promise is a hold of the customer.
func TestAPromiseHoldsReminders(t *testing.T) {
	w := newWorld(t)
	w.post("/p/"+w.links["C1"]+"/promise", w.fill("promise"))
	list, err := w.Holds(w.ctx, "", "customer:C1")
	must(t, err)
	if len(list) != 1 || list[0].Kind != "promise" || list[0].Item != "item:R-2" || list[0].Until.String() != "2026-03-06" || !list[0].Live {
		t.Errorf("holds: %+v", list)
	}
	w.has(w.page(http.StatusOK, "/p/"+w.links["C1"]), "promised for 6 Mar 2026", "I pay on a day")
}

// TestFormsThatDoNotFit: what is wrong is said, what was filled in stays, nothing is recorded.
func TestFormsThatDoNotFit(t *testing.T) {
	w := newWorld(t)
	before := w.commands()
	for _, c := range []struct {
		kind, field, value, said string
		files                    []string
	}{
		{"promise", "name", "", "Please give your name", nil},
		{"promise", "day", "soon", "choose a day", nil},
		{"promise", "day", "2026-02-01", "choose a day", nil},
		{"promise", "item", "", "choose at least one invoice", nil},
		{"promise", "item", "999999", "choose at least one invoice", nil},
		{"promise", "form", "x", "could not be recorded", nil},
		{"paid", "amount", "12x5", "write an amount", nil},
		{"paid", "amount", "much", "write an amount", nil},
		{"paid", "currency", "USD", "write an amount", nil},
		{"dispute", "cause", "because", "choose what it is about", nil},
		{"dispute", "text", strings.Repeat("x", 2001), "write what is wrong", nil},
		{"dispute", "text", "x", "Only PDF, JPG or PNG", []string{"<svg onload=alert(1)>"}},
		{"dispute", "text", "x", "Only PDF, JPG or PNG", []string{"%PDF-1", "%PDF-2", "%PDF-3", "%PDF-4"}},
		{"dispute", "text", "x", "Only PDF, JPG or PNG", []string{"%PDF-" + strings.Repeat("x", 10<<20)}},
		{"dispute", "text", "x", "Only PDF, JPG or PNG", []string{strings.Repeat("x", formBytes)}},
		{"plan", "authority", "", "Only somebody who may agree", nil},
		{"terms", "days", "1000", "from 1 to 365", nil},
	} {
		form := w.fill(c.kind)
		form.Set(c.field, c.value)
		rec := w.post("/p/"+w.links["C1"]+"/"+c.kind, form, c.files...)
		if rec.Code != http.StatusUnprocessableEntity && rec.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("%s, %s %.20q: %d", c.kind, c.field, c.value, rec.Code)
		}
		w.has(rec.Body.String(), c.said)
		if rec.Code == http.StatusUnprocessableEntity && c.field != "name" && !strings.Contains(rec.Body.String(), html.EscapeString("Kim "+payload)) {
			t.Errorf("%s: the name that was filled in is gone", c.kind)
		}
	}
	if n := w.commands(); n != before {
		t.Errorf("%d commands were recorded", n-before)
	}
}

// TestNothingFromOutsideIsMarkup: names, numbers and remarks are text on every page.
func TestNothingFromOutsideIsMarkup(t *testing.T) {
	w := newWorld(t)
	for _, kind := range kinds() {
		w.post("/p/"+w.links["C1"]+"/"+kind, w.fill(kind), "%PDF-1.7")
	}
	pages := []string{"/p/" + w.links["C2"], "/p/" + w.links["C2"] + "/forward", "/p/" + w.links["C1"]}
	for _, kind := range kinds() {
		pages = append(pages, "/p/"+w.links["C2"]+"/"+kind)
	}
	p, err := w.Portal(w.ctx, w.links["C1"])
	must(t, err)
	for _, e := range p.Said {
		if e.Ref != 0 {
			pages = append(pages, "/p/"+w.links["C1"]+"/said/"+strconv.FormatInt(e.Ref, 10))
		}
	}
	seen := 0
	for _, path := range pages {
		page := w.page(http.StatusOK, path)
		seen += strings.Count(page, "alert(1)")
		if strings.Contains(page, "<script>") || strings.Contains(page, "<img") || regexp.MustCompile(`(?i)<[a-z][^>]*\s(style|on[a-z]+)=`).MatchString(regexp.MustCompile(`="[^"]*"`).ReplaceAllString(page, `=""`)) {
			t.Errorf("%s has markup from outside, or what the policy forbids", path)
		}
	}
	if seen < 10 {
		t.Errorf("the payload was seen %d times: the test looks in the wrong place", seen)
	}
	csv := w.page(http.StatusOK, "/p/"+w.links["C2"]+"/statement.csv")
	if !strings.Contains(csv, `,70.00,open`) && !strings.Contains(csv, "70.00") {
		t.Errorf("the statement is\n%s", csv)
	}
}

// TestEveryOtherLinkIsTheSamePage: a guess, a link of another customer's page, a cut link and
// an address that no page has get one answer, of one shape; a link that was good says so.
func TestEveryOtherLinkIsTheSamePage(t *testing.T) {
	w := newWorld(t)
	c1, c2 := w.links["C1"], w.links["C2"]
	approve, err := w.Portal(w.ctx, c1)
	must(t, err)
	want := w.page(http.StatusNotFound, "/p/guess")
	other := []byte(c1)
	other[len(other)-1] = c1[0]
	for _, path := range []string{"/p/", "/p/" + c1[1:], "/p/" + c1 + "0", "/p/" + c2[:1] + c1[1:] + "7", "/p/" + c1 + "/nothing", "/p/" + c1 + "/said/1",
		"/p/" + c1 + "/said/x", "/p/" + c1 + "/papers/1", "/p/" + c1 + "/papers/x", "/p/" + c1 + "/said/1/more", "/p/" + approve.Approve + "/promise",
		"/p/" + approve.Approve + "/forward", "/p/%3Cscript%3E/promise"} {
		if got := w.page(http.StatusNotFound, path); got != want {
			t.Errorf("%s gets another page:\n%s", path, words(got))
		}
	}
	must(t, w.RevokePortalLinks(w.ctx, tester, w.ids["C1"]))
	w.has(w.page(http.StatusGone, "/p/"+c1), "no longer valid")
	w.has(w.page(http.StatusGone, "/p/"+approve.Approve), "no longer valid")
	w.page(http.StatusOK, "/p/"+c2)
}

// TestTheApproverSeesNoBankDetails (guardrail R16) and can answer nothing.
func TestTheApproverSeesNoBankDetails(t *testing.T) {
	w := newWorld(t)
	p := w.page(http.StatusOK, "/p/"+w.links["C1"]+"/forward")
	m := regexp.MustCompile(`value="(https://pay\.example(/p/[0-9a-z]+))"`).FindStringSubmatch(p)
	if m == nil {
		t.Fatalf("no link to forward:\n%s", p)
	}
	look := w.page(http.StatusOK, m[2])
	w.has(look, "R-1", "1,000.50", "Jule Petersen", "passed on to you")
	for _, secret := range []string{"DE89", "RF", `class="dark"`, "<form", "<button", w.links["C1"]} {
		if strings.Contains(look, secret) {
			t.Errorf("the page to forward has %s", secret)
		}
	}
	if rec := w.post(m[2]+"/promise", w.fill("promise")); rec.Code != http.StatusNotFound {
		t.Errorf("the link to forward can answer: %d", rec.Code)
	}
}

// TestChangedBankDetailsAreNotShown until they are confirmed (guardrail R15).
func TestChangedBankDetailsAreNotShown(t *testing.T) {
	w := newWorld(t)
	must(t, w.SetSetting(w.ctx, tester, "", "bank.iban", "DE02120300000000202051"))
	p := w.page(http.StatusOK, "/p/"+w.links["C1"])
	w.has(p, "Bank details are not shown here at the moment")
	for _, s := range []string{"DE02", "DE89", `class="dark"`} {
		if strings.Contains(p, s) {
			t.Errorf("the page shows %s", s)
		}
	}
}

// TestAScannerChangesNothing: every address of every page, opened as a mail scanner does,
// leaves the book as it was; other methods have no page (guardrail R11).
func TestAScannerChangesNothing(t *testing.T) {
	w := newWorld(t)
	before := w.commands()
	hrefs := regexp.MustCompile(`(?:href|action|formaction|src)="(/p/[^"]*)"`)
	queue, done := []string{"/p/" + w.links["C1"]}, map[string]bool{}
	for len(queue) > 0 && len(done) < 100 {
		path := queue[0]
		queue = queue[1:]
		if done[path] {
			continue
		}
		done[path] = true
		rec := w.get(path)
		if rec.Code != http.StatusOK {
			t.Errorf("%s: %d", path, rec.Code)
		}
		for _, m := range hrefs.FindAllStringSubmatch(rec.Body.String(), -1) {
			queue = append(queue, html.UnescapeString(m[1]))
		}
		h := rec.Header()
		if h.Get("Referrer-Policy") != "same-origin" || h.Get("Cache-Control") != "no-store" || !strings.Contains(h.Get("X-Robots-Tag"), "noindex") ||
			len(h.Values("Set-Cookie")) > 0 {
			t.Errorf("%s: headers %v", path, h)
		}
	}
	if len(done) < 30 {
		t.Errorf("only %d addresses were found", len(done))
	}
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodHead, http.MethodOptions} {
		rec := httptest.NewRecorder()
		w.http.ServeHTTP(rec, httptest.NewRequest(method, "/p/"+w.links["C1"]+"/promise", nil))
	}
	if n := w.commands(); n != before {
		t.Errorf("%d commands were recorded by looking", n-before)
	}
}

// TestWhoGuessesIsSlowed, and nobody else.
func TestWhoGuessesIsSlowed(t *testing.T) {
	w := newWorld(t)
	slow := 0
	for i := range 60 {
		if w.get("/p/"+fmt.Sprintf("%034d", i)).Code == http.StatusTooManyRequests {
			slow++
		}
	}
	if slow < 20 {
		t.Errorf("%d of 60 guesses were slowed", slow)
	}
	w.page(http.StatusOK, "/p/"+w.links["C1"])
	for range 200 {
		w.get("/p/" + w.links["C2"])
	}
	if code := w.get("/p/" + w.links["C2"]).Code; code != http.StatusTooManyRequests {
		t.Errorf("one link opened 200 times at once: %d", code)
	}
	w.page(http.StatusOK, "/p/"+w.links["C1"])
}

// TestTexts: each sentence is there in each language, with the same places, and is used.
func TestTexts(t *testing.T) {
	var used []string
	for _, pattern := range []string{"*.go", "*.templ"} {
		files, _ := filepath.Glob(pattern)
		for _, f := range files {
			raw, err := os.ReadFile(f)
			must(t, err)
			used = append(used, string(raw))
		}
	}
	source := strings.Join(used, "\n")
	places := regexp.MustCompile(`\{\d\}`)
	base := catalogue()[locale.EnglishGB]
	for _, l := range locale.Languages() {
		if len(catalogue()[l]) != len(base) {
			t.Errorf("%s has %d texts, expected %d", l, len(catalogue()[l]), len(base))
		}
		for key, text := range catalogue()[l] {
			a, b := places.FindAllString(text, -1), places.FindAllString(base[key], -1)
			slices.Sort(a)
			slices.Sort(b)
			if text == "" || !slices.Equal(a, b) {
				t.Errorf("%s of %s has the places %v, expected %v", key, l, a, b)
			}
			stem, _, composed := strings.Cut(key, "_")
			if !strings.Contains(source, `"`+key+`"`) && (!composed || !strings.Contains(source, `"`+stem+`_`) && !strings.Contains(source, `key("`+stem+`")`) &&
				!strings.Contains(source, `_title"`)) {
				t.Errorf("%s is used nowhere", key)
			}
		}
	}
}

// TestTextsOfThePages compares what each page says in each language with what was agreed.
func TestTextsOfThePages(t *testing.T) {
	w := newWorld(t)
	w.post("/p/"+w.links["C1"]+"/dispute", w.fill("dispute"))
	p, err := w.Portal(w.ctx, w.links["C1"])
	must(t, err)
	for _, l := range locale.Languages() {
		var b strings.Builder
		for _, part := range append([]string{"", "/forward", "/said/" + strconv.FormatInt(p.Said[0].Ref, 10)}, prefixed(kinds())...) {
			said := words(w.page(http.StatusOK, "/p/"+w.links["C1"]+part+"?lang="+string(l)))
			fmt.Fprintf(&b, "== %s\n%s\n\n", part, strings.ReplaceAll(said, ". ", ".\n"))
		}
		file := filepath.Join("testdata", string(l)+".txt")
		if *update {
			must(t, os.WriteFile(file, []byte(b.String()), 0o644))
		}
		want, err := os.ReadFile(file)
		must(t, err)
		if string(want) != b.String() {
			t.Errorf("the pages in %s say something else; look at the difference and run with -update", l)
		}
	}
}

func prefixed(all []string) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = "/" + s
	}
	return out
}

// TestRoutes: the addresses are those of a golden file, from which other tests know them.
func TestRoutes(t *testing.T) {
	var list []string
	for pattern := range pages {
		list = append(list, pattern)
	}
	slices.Sort(list)
	got := strings.Join(list, "\n") + "\n"
	if *update {
		must(t, os.WriteFile("testdata/routes.txt", []byte(got), 0o644))
	}
	want, err := os.ReadFile("testdata/routes.txt")
	must(t, err)
	if string(want) != got {
		t.Errorf("testdata/routes.txt differs (go test -update writes it anew):\n%s", got)
	}
}

// TestOneDateForOneAmount: the line of the total names the day that our message named; where
// the chosen invoices have several, each has its part and none stands for all.
func TestOneDateForOneAmount(t *testing.T) {
	today := cal.MustParse("2026-11-17")
	item := func(minor int64, due, by string) app.PortalItem {
		i := app.PortalItem{Open: money.Money{Minor: minor, Currency: "GBP"}, DueDate: cal.MustParse(due), PayBy: cal.None,
			StateUntil: cal.None}
		if i.Overdue = i.DueDate < today; by != "" {
			i.PayBy = cal.MustParse(by)
		}
		return i
	}
	promised := item(1_000, "2026-10-01", "2026-11-20")
	promised.State, promised.StateUntil = book.HoldPromise, cal.MustParse("2026-11-25")
	for _, c := range []struct {
		items []app.PortalItem
		want  string
	}{
		{[]app.PortalItem{item(1_000, "2026-10-30", "2026-11-20"), item(500, "2026-10-28", "2026-11-20")}, "To pay by 20 November 2026 £15.00"},
		{[]app.PortalItem{item(1_000, "2026-10-30", "2026-11-20"), item(2_000, "2026-11-01", ""), item(500, "2026-11-27", "")},
			"At once: the day to pay has passed £20.00 By 20 November 2026 £10.00 By 27 November 2026 £5.00 To pay in all £35.00"},
		{[]app.PortalItem{item(1_000, "2026-10-30", "")}, "To pay £10.00"},
		{[]app.PortalItem{item(1_000, "2026-12-01", "")}, "To pay by 1 December 2026 £10.00"},
		{[]app.PortalItem{promised}, "To pay by 25 November 2026 £10.00"},
	} {
		v := &visit{language: locale.EnglishGB, texts: catalogue()[locale.EnglishGB], chosen: map[int64]bool{}}
		v.Today, v.Items, v.BankHeld = today, c.items, true
		for i := range v.Items {
			v.Items[i].ID = int64(i + 1)
			v.chosen[int64(i+1)] = true
		}
		var b bytes.Buffer
		must(t, total(v).Render(t.Context(), &b))
		if got := strings.ReplaceAll(words(b.String()), "\u00a0", " "); !strings.HasPrefix(got, c.want) {
			t.Errorf("the total says %q, expected %q", got, c.want)
		}
	}
}

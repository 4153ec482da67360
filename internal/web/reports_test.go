package web

import (
	"bytes"
	"encoding/csv"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/plot"
)

// worked is a site with a ledger, a payment, a reason for late payment and a decided day.
func worked(t *testing.T) *site {
	s := newSite(t)
	s.ledger(smallLedger)
	ctx := t.Context()
	if _, err := s.app.Pay(ctx, system, app.PayRequest{Ref: "item:INV-1", Amount: money.Money{Minor: 240_00, Currency: "GBP"},
		On: cal.MustParse("2026-03-09"), Reference: "part"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.app.LateReason(ctx, system, "", "item:INV-4", "no_po", "They <b>need</b> a number"); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"sender.address": "1 Quay Road\nHull HU1 1AA", "sender.person": "Maya Okafor",
		"sender.phone": "+44 1482 000000", "sender.reply_to": "maya@harbour.example", "bank.holder": "Harbour Foods Ltd",
		"bank.iban": "GB33BUKB20201555555555", "bank.unchanged_since": "2020-01-01"} {
		if err := s.app.SetSetting(ctx, system, "harbour-foods-ltd", name, value); err != nil {
			t.Fatal(name, err)
		}
	}
	s.run()
	for _, role := range []access.Role{access.Owner, access.Sales, access.Auditor} {
		s.user(role)
	}
	return s
}

// reads asks for a page as the owner, who has just changed something, and fails unless it
// holds every text.
func (s *site) reads(path string, texts ...string) string {
	s.t.Helper()
	a := s.ask(path, nil, s.session("owner"), changedCookie)
	if a.code != http.StatusOK {
		s.t.Fatalf("%s: %v", path, a)
	}
	a.body = strings.ReplaceAll(a.body, "\u00a0", " ")
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			s.t.Errorf("%s does not hold %q:\n%v", path, text, a)
		}
	}
	return a.body
}

func TestReportsPage(t *testing.T) {
	s := worked(t)
	body := s.reads("/reports", "Open by age, GBP", "Open by age, EUR", "as of 10 Mar 2026 · n = 3 invoices", "control total",
		"Overdue and collected by week, GBP", "n = 1 receipt", "No order number", "n = 1 reason since",
		"/reports/aging?currency=GBP&amp;bucket=d1_30", "/reports/reasons?cause=no_po", "£240", "£3,410")
	if n := strings.Count(body, "<svg "); n != 10 { // five figures with something in them, for two widths
		t.Errorf("%d drawings", n)
	}
	if strings.Contains(body, "style=") || strings.Contains(body, "<b>need") {
		t.Error("something is written into the page that must not be")
	}
	s.reads("/reports?weeks=52", "Overdue and collected by week")
}

// TestFiguresBehindPlots: the table behind the aging adds up to what the book says is open.
func TestFiguresBehindPlots(t *testing.T) {
	s := worked(t)
	r, err := s.app.AgingToday(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Currencies {
		a := &r.Currencies[i]
		for k, series := range shares(&r, a) {
			if len(series.Values) != len(a.Buckets) {
				t.Fatalf("series %d has %d values", k, len(series.Values))
			}
		}
		for k := range a.Buckets {
			var sum int64
			for _, series := range shares(&r, a) {
				sum += series.Values[k]
			}
			if sum != a.Buckets[k].AmountMinor {
				t.Errorf("%s bucket %d: the plot has %d, the book %d", a.Currency, k, sum, a.Buckets[k].AmountMinor)
			}
		}
	}
}

// TestSharesOfMany: whoever is not among the largest counts as everybody else.
func TestSharesOfMany(t *testing.T) {
	r := app.AgingReport{Currencies: []app.AgingCurrency{{Currency: "GBP"}}}
	total := &r.Currencies[0]
	for n := range int64(12) {
		c := app.AgingCurrency{Currency: "GBP"}
		c.Buckets[n%3].Add(n + 1)
		total.Buckets[n%3].Add(n + 1)
		r.Customers = append(r.Customers, app.AgingCustomer{ID: n, Name: "C", Currencies: []app.AgingCurrency{c}})
	}
	all := shares(&r, total)
	sum := func(s plot.Series) (sum int64) {
		for _, v := range s.Values {
			sum += v
		}
		return sum
	}
	if len(all) != named+1 || sum(all[0]) != 78-12-11-10-9 || sum(all[1]) != 12 {
		t.Errorf("%+v", all)
	}
}

func TestAgingPage(t *testing.T) {
	s := worked(t)
	s.reads("/reports/aging", "control total £3,410.49", "Dana Wells", "£2,099.99", "/invoices?bucket=d1_30&amp;currency=GBP&amp;customer=")
	body := s.reads("/reports/aging?currency=GBP&bucket=not_due", "1 customer with invoices not due yet", "£310.50")
	if strings.Contains(body, "Dana Wells") {
		t.Error("a customer with nothing in the bucket is listed")
	}
	s.reads("/reports/aging?on=2026-03-08&currency=GBP", "£3,650.49") // before the payment
	if a := s.ask("/reports/aging", nil, s.session("sales")); a.code != http.StatusForbidden {
		t.Errorf("sales: %v", a)
	}
}

func TestReportLines(t *testing.T) {
	s := worked(t)
	s.reads("/reports/reasons?cause=no_po", "Dana Wells", "INV-4", "They &lt;b&gt;need&lt;/b&gt; a number")
	s.reads("/reports/reasons?cause=bank_error", "No reason was written down")
	s.reads("/reports/avoided", "No released message had to be stopped")
	s.reads("/reports/data", "Data to mend", "in the customers and open invoices of")
	s.reads("/brief", "Harbour Foods Ltd", "£240.00", "£3,099.99", "newly overdue")
}

func TestInvoicesPage(t *testing.T) {
	s := worked(t)
	s.reads("/invoices", "INV-1", "£1,000.00", "INV-2", "INV-3", "INV-4", "/customers/1?item=INV-1#item-INV-1")
	for query, want := range map[string]string{"number=inv-2": "INV-2", "bucket=not_due": "INV-2", "currency=EUR": "INV-3",
		"due_from=2026-02-20&due_to=2026-02-28": "INV-4", "disputed=1": "", "state=settled": ""} {
		body := s.reads("/invoices?" + query)
		got := regexp.MustCompile(`#item-(INV-\d)`).FindAllStringSubmatch(body, -1)
		if want == "" && len(got) > 0 || want != "" && (len(got) != 1 || got[0][1] != want) {
			t.Errorf("%s: %v, want %q", query, got, want)
		}
	}
	if a := s.ask("/invoices?sort=x", nil, s.session("owner")); a.code != http.StatusUnprocessableEntity {
		t.Errorf("an order that is none: %v", a)
	}
	if a := s.ask("/invoices", nil, s.session("sales")); a.code != http.StatusOK || strings.Contains(a.body, "INV-") {
		t.Errorf("sales see invoices of others: %v", a)
	}
	hold := url.Values{"kind": {"dispute"}, "item": {"INV-4"}, "reason": {"wrong"}}
	if a := s.ask("/customers/3/hold", hold, s.session("owner")); a.code != http.StatusSeeOther {
		t.Fatal(a)
	}
	if body := s.reads("/invoices?disputed=1", "INV-4", "dispute"); strings.Contains(body, "INV-1") {
		t.Error("what is not disputed is listed")
	}
}

// TestExports: every file opens again and has the figures of its page.
func TestExports(t *testing.T) {
	s := worked(t)
	get := func(path string) []byte {
		a := s.ask(path, nil, s.session("auditor"))
		if a.code != http.StatusOK || !strings.HasPrefix(a.head.Get("Content-Disposition"), "attachment; filename=") {
			t.Fatalf("%s: %v %v", path, a, a.head)
		}
		return []byte(a.body)
	}
	for what, want := range map[string][]string{"items": {"INV-1", "1000.00"}, "aging": {"C-1", "1310.50"}, "customers": {"C-3", "2099.99"},
		"weeks": {"GBP", "240.00"}, "reasons": {"C-3", "No order number"}} {
		rows, err := csv.NewReader(bytes.NewReader(get("/export/" + what + "/file?format=csv"))).ReadAll()
		if err != nil || !slices.ContainsFunc(rows, func(row []string) bool {
			return slices.Contains(row, want[0]) && slices.Contains(row, want[1])
		}) {
			t.Errorf("%s: %v %v", what, rows, err)
		}
		book, err := excelize.OpenReader(bytes.NewReader(get("/export/" + what + "/file?format=xlsx")))
		if err != nil {
			t.Fatal(what, err)
		}
		if lines, err := book.GetRows(book.GetSheetName(0)); err != nil || len(lines) != len(rows) {
			t.Errorf("%s: %d lines in the sheet, %d in the text, %v", what, len(lines), len(rows), err)
		}
		book.Close()
	}
	only := string(get("/export/items/file?format=csv&number=INV-3"))
	if !strings.Contains(only, "INV-3") || strings.Contains(only, "INV-1") {
		t.Errorf("the filter of the page is not that of the file:\n%s", only)
	}
	if a := s.ask("/export/timeline/file?customer=99", nil, s.session("owner")); a.code != http.StatusNotFound {
		t.Errorf("nobody's timeline: %v", a)
	}
}

func TestCalendarAndPostpone(t *testing.T) {
	s := worked(t)
	body := s.reads("/calendar", "Tue 10 Mar", "Mon 16 Mar", "Waits for you")
	if n := strings.Count(body, "<section"); n != 7 {
		t.Errorf("%d days", n)
	}
	owner := s.session("owner")
	a := s.ask("/calendar/postpone", url.Values{"customer": {"1", "1"}, "until": {"2026-03-20"}, "reason": {"asked to"}}, owner)
	if a.code != http.StatusSeeOther || a.to != "/calendar" {
		t.Fatal(a)
	}
	holds, err := s.app.Holds(t.Context(), "", "customer:C-1")
	if err != nil || len(holds) != 1 || holds[0].Kind != "pause" || holds[0].Until.String() != "2026-03-20" {
		t.Fatalf("%+v, %v", holds, err)
	}
	for _, form := range []url.Values{{"customer": {"1"}}, {"until": {"2026-03-20"}}, {"customer": {"x"}, "until": {"2026-03-20"}}} {
		if a := s.ask("/calendar/postpone", form, owner); a.code != http.StatusUnprocessableEntity {
			t.Errorf("%v: %v", form, a)
		}
	}
	if a := s.ask("/calendar/2026-04-30", nil, owner); a.code != http.StatusUnprocessableEntity {
		t.Errorf("a day far away: %v", a)
	}
}

func TestManyCustomersAndKeptLists(t *testing.T) {
	s := worked(t)
	owner := s.session("owner")
	a := s.ask("/customers/change", url.Values{"customer": {"1", "3"}, "do": {"strategy"}, "strategy": {"gentle"}}, owner)
	if a.code != http.StatusSeeOther {
		t.Fatal(a)
	}
	for id, want := range map[int64]string{1: "gentle", 2: "", 3: "gentle"} {
		if c, err := s.app.Customer(t.Context(), id); err != nil || c.Strategy != want {
			t.Errorf("customer %d: strategy %q, %v", id, c.Strategy, err)
		}
	}
	for range 2 { // a name is kept once
		if a := s.ask("/filters", url.Values{"page": {"invoices"}, "name": {"Old <euro>"}, "query": {"currency=EUR&state=overdue"}}, owner); a.code != http.StatusSeeOther {
			t.Fatal(a)
		}
	}
	body := s.reads("/invoices?state=overdue&currency=EUR", "Old &lt;euro&gt;", "/invoices?currency=EUR&amp;state=overdue")
	if strings.Count(body, "Forget the list") != 1 {
		t.Error("the list is not kept once")
	}
	if a := s.ask("/invoices", nil, s.session("auditor")); strings.Contains(a.body, "Old &lt;") {
		t.Error("somebody else's list is shown")
	}
	if a := s.ask("/filters/1/delete", url.Values{}, owner); a.code != http.StatusSeeOther {
		t.Fatal(a)
	}
	if strings.Contains(s.reads("/invoices"), "Old &lt;") {
		t.Error("a forgotten list is shown")
	}
}

// upload posts a form with a file.
func (s *site) upload(path string, fields map[string]string, name string, body []byte, c *http.Cookie) answer {
	s.t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for k, v := range fields {
		w.WriteField(k, v)
	}
	if name != "" {
		part, err := w.CreateFormFile("file", name)
		if err != nil {
			s.t.Fatal(err)
		}
		part.Write(body)
	}
	w.Close()
	r, err := http.NewRequest(http.MethodPost, s.URL+path, &form)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.AddCookie(c)
	return s.do(r)
}

var picture = append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 64)...)

func TestCustomerTellsAll(t *testing.T) {
	s := worked(t)
	owner := s.session("owner")
	s.reads("/customers/1", "Payment of £240.00 came in", "Invoice INV-1 over £1,240.00", "What may be claimed today", "INV-1",
		"the date to pay was agreed", "to be offered, not claimed yet", "Statement of account")
	for path, begins := range map[string]string{"/customers/1/statement/file?format=pdf": "%PDF-", "/customers/1/statement/file?format=csv": ""} {
		a := s.ask(path, nil, owner)
		if a.code != http.StatusOK || !strings.HasPrefix(a.body, begins) || begins == "" && !strings.Contains(a.body, "1000.00") {
			t.Errorf("%s: %v", path, a)
		}
	}
	if a := s.upload("/customers/1/papers", map[string]string{"kind": "delivery", "item": "INV-1"}, "../signed.png", picture, owner); a.code != http.StatusSeeOther {
		t.Fatal(a)
	}
	if a := s.upload("/customers/1/papers", map[string]string{"kind": "other"}, "x.exe", []byte("MZ"), owner); a.code != http.StatusUnprocessableEntity {
		t.Errorf("a program: %v", a)
	}
	if a := s.upload("/customers/1/note", map[string]string{"class": "privileged", "text": "what the lawyer said"}, "advice.png", append(picture, 1), owner); a.code != http.StatusSeeOther {
		t.Fatal(a)
	}
	s.reads("/customers/1", "signed.png", "proof of delivery", "advice.png", "what the lawyer said")
	if a := s.ask("/customers/1/papers/1/file", nil, owner); a.body != string(picture) || a.head.Get("Content-Type") != "image/png" {
		t.Errorf("the paper comes back as %q %v", a.body, a.head)
	}
	if a := s.ask("/customers/1/papers/1/remove", url.Values{}, owner); a.code != http.StatusSeeOther {
		t.Fatal(a)
	}
	if a := s.ask("/customers/1/papers/1/file", nil, owner); a.code != http.StatusNotFound {
		t.Errorf("a paper that was taken away: %v", a)
	}
}

// TestTimelineInPieces: the pieces of a timeline, one after another, are all of it once.
func TestTimelineInPieces(t *testing.T) {
	s := worked(t)
	for i := range 2*timelineLength + 3 {
		if _, err := s.app.Note(t.Context(), system, app.NoteRequest{Ref: "customer:C-2", Text: "note " + string(rune('A'+i))}); err != nil {
			t.Fatal(err)
		}
	}
	older := regexp.MustCompile(`hx-get="(/customers/2/timeline\?older=[^"]+)"`)
	body, seen := s.reads("/customers/2"), 0
	for {
		_, body, _ = strings.Cut(body, "note ")
		seen += strings.Count("note "+body, "<q>note ")
		next := older.FindStringSubmatch(body)
		if next == nil {
			break
		}
		plain := s.ask(next[1], nil, s.session("owner"))
		if plain.code != http.StatusSeeOther || !strings.HasPrefix(plain.to, "/customers/2?older=") {
			t.Fatalf("without script: %v", plain)
		}
		r := s.request(http.MethodGet, next[1], nil, s.session("owner"))
		r.Header.Set("HX-Request", "true")
		body = "<q>" + s.do(r).body
		if strings.Contains(body, "<html") {
			t.Fatal("a piece is a whole page")
		}
		body = strings.TrimPrefix(body, "<q>")
	}
	if seen < 2*timelineLength {
		t.Errorf("%d notes were told", seen)
	}
}

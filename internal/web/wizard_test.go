package web

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/browser"
	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/format/ledger/exports"
)

// newcomer walks the path of a newcomer with a file and counts what it takes.
type newcomer struct {
	*browser.Page
	t         testing.TB
	clicks    int
	questions []string
	began     time.Time
}

// click follows a link or button and counts it.
func (n *newcomer) click(words string) {
	n.t.Helper()
	n.clicks++
	n.Follow(words)
}

// arrive signs the owner of a new book in and drops a file on its page.
func arrive(t *testing.T, b *browser.Browser, s *site, file string, data []byte) *newcomer {
	t.Helper()
	n := &newcomer{Page: b.Page(t, s.URL), t: t, began: time.Now(), clicks: 1}
	n.Cookie(s.session("owner"))
	n.Open("/start").Reads("Begin with your own file")
	path := filepath.Join(t.TempDir(), file)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	n.Give("Files", path)
	return n
}

// answer goes through the questions with what is proposed; radios without a proposal take
// what prefer says.
func (n *newcomer) answer(prefer ...string) {
	n.t.Helper()
	for range 6 {
		q := browser.Eval[string](n.Page, `(document.querySelector("#question") || {textContent: ""}).textContent.trim()`)
		if q == "" {
			return
		}
		n.questions = append(n.questions, q)
		if browser.Eval[bool](n.Page, `document.querySelectorAll(".question input[type=radio]").length > 0 &&
			!document.querySelector(".question input[type=radio]:checked")`) {
			for _, words := range prefer {
				if browser.Eval[bool](n.Page, `Array.from(document.querySelectorAll(".question label")).some((l) =>
					l.innerText.trim().startsWith("`+words+`"))`) {
					n.clicks++
					n.Tick(words)
				}
			}
		}
		n.click("Continue")
	}
	n.t.Fatal("the questions do not end")
}

// draft brings the file in and opens the first draft.
func (n *newcomer) draft(shot string) {
	n.t.Helper()
	if browser.Eval[bool](n.Page, `document.querySelector("[name=extent]:checked") !== null`) {
		n.t.Error("completeness is chosen before anybody has said so")
	}
	n.clicks++
	n.Tick("everything that was open on that day")
	n.Until("it is taken over", `document.querySelector("[name=extent]:checked") && !document.querySelector(".htmx-request")`)
	n.clicks++
	n.Tick("Yes, the total agrees")
	n.Shot(shot + "-check")
	n.click("Bring it in")
	n.Reads("About you", "by itself next week: nothing").Shot(shot + "-start")
	n.click("See the first draft")
	if strings.HasPrefix(n.Location(), "/start/draft/") { // the file has no address: the draft is there with a gap
		n.Reads("[address]", "this draft cannot be sent", "Copy the text").Shot(shot + "-sketch")
		if text := browser.Eval[string](n.Page, `document.querySelector("#message-text").value`); len(text) < 100 {
			n.t.Errorf("the draft says %q", text)
		}
		n.Fill("Email of", "ap@customer.example")
		n.click("Add it")
	}
	if at := n.Location(); !strings.HasPrefix(at, "/messages/") {
		n.t.Fatalf("the first draft is not on screen but %s\n%.800s", at, n.Text())
	}
	n.Reads("Before it can leave", "[", "Copy the text").Shot(shot + "-draft")
	n.t.Logf("first draft after %d clicks and %.1f s, %d questions %q", n.clicks, time.Since(n.began).Seconds(), len(n.questions), n.questions)
}

// exported is a ledger as some program writes it.
func exported(t *testing.T, layout, form string, from exports.Ledger) []byte {
	t.Helper()
	for _, l := range exports.Layouts() {
		if strings.HasPrefix(l.Name, layout) {
			var b bytes.Buffer
			if err := l.Render(&b, form, from); err != nil {
				t.Fatal(err)
			}
			return b.Bytes()
		}
	}
	t.Fatalf("no layout %s", layout)
	return nil
}

// shared is a real file from the collection beside the repository, if it is there.
func shared(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", "ar", name))
	if err != nil {
		t.Skipf("the collection of real files is not beside the repository: %v", err)
	}
	return data
}

// asKnown is a file of histories as it was exported on a day: invoices and payments of later
// days are not in it.
func asKnown(t *testing.T, history []byte, day cal.Date) []byte {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(history)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, h := range rows[0] {
		at[h] = i
	}
	on := func(text string) cal.Date {
		d, err := time.Parse("1/2/2006", text)
		if err != nil {
			t.Fatal(err)
		}
		return cal.Of(d.Year(), int(d.Month()), d.Day())
	}
	kept := rows[:1]
	for _, r := range rows[1:] {
		if on(r[at["InvoiceDate"]]) > day {
			continue
		}
		if on(r[at["SettledDate"]]) > day {
			r[at["SettledDate"]], r[at["DaysToSettle"]], r[at["DaysLate"]] = "", "", ""
		}
		kept = append(kept, r)
	}
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(kept); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestOwnFile is the newcomer's path with files of many programs: from dropping the file to
// the first draft, in at most so many clicks, and nothing asks for a logo, a template, a
// strategy or a user in between.
func TestOwnFile(t *testing.T) {
	b := browser.Start(t)
	from := exports.Random(7, 160, cal.MustParse("2026-02-28"), "GBP")
	for _, c := range []struct {
		name, file, country, currency, day, asOf string
		data                                     func(t *testing.T) []byte
		prefer                                   []string
		clicks                                   int
		reads                                    []string
	}{
		{"quickbooks", "aging.xlsx", "GB", "GBP", testDay, "", func(t *testing.T) []byte { return exported(t, "QuickBooks A/R", "xlsx", from) },
			nil, 6, []string{"QuickBooks A/R Aging Detail"}},
		{"xero", "xero.csv", "GB", "GBP", testDay, "2026-02-28", func(t *testing.T) []byte { return exported(t, "Xero invoice export", "csv", from) },
			nil, 7, []string{"Xero invoice export"}},
		{"business-central", "bc.xlsx", "GB", "GBP", testDay, "2026-02-28", func(t *testing.T) []byte { return exported(t, "Business Central", "xlsx", from) },
			nil, 7, []string{"Business Central"}},
		{"ambiguous", "list.csv", "GB", "GBP", testDay, "2026-02-28", func(*testing.T) []byte { return []byte(ambiguous) },
			[]string{"Day first"}, 9, []string{"3 rows"}},
		{"ibm", "ibm.csv", "US-NY", "USD", "2013-07-01", "2013-06-30", func(t *testing.T) []byte {
			return asKnown(t, shared(t, "ibm_late_payment_histories.csv"), cal.MustParse("2013-06-30"))
		}, nil, 7, []string{"100 customers", "USD, 84 documents", "5,119.85"}},
		{"highradius", "highradius.csv", "US-OH", "USD", "2020-06-01", "2020-05-31", func(t *testing.T) []byte {
			return shared(t, "highradius_open_items_9700.csv")
		}, nil, 7, []string{"9,700 rows", "275,113,716.83", "44,471,009.08"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := c.data(t)
			s := newSiteOf(t, app.BookRequest{Name: "Harbour Foods Ltd", Country: c.country, Currency: money.Currency(c.currency),
				ClockDay: cal.MustParse(c.day), ClockHour: 10})
			s.user(access.Owner)
			n := arrive(t, b, s, c.file, data)
			n.answer(c.prefer...)
			if c.asOf != "" {
				n.clicks++
				n.Fill("As of", c.asOf)
				n.Until("the day is taken over", `document.querySelector("#as_of").value === "`+c.asOf+`" && !document.querySelector(".htmx-request")`)
			}
			n.Reads(c.reads...)
			n.draft("own-" + c.name)
			if n.clicks > c.clicks {
				t.Errorf("the first draft takes %d clicks, expected at most %d", n.clicks, c.clicks)
			}
		})
	}
}

const ambiguous = "Customer no,Customer,Invoice no,Invoice date,Due date,Currency,Amount\n" +
	"C1,Pike Ltd,R1,05/01/2026,04/02/2026,GBP,100.00\nC1,Pike Ltd,R2,06/01/2026,05/02/2026,GBP,250.50\n" +
	"C2,Wells Ltd,R3,07/01/2026,06/02/2026,GBP,90.00\n"

// TestRepairOnScreen: rows that cannot be read are corrected in the browser, the wrong
// cells and nothing else; what was corrected stays, and the columns can be told anew.
func TestRepairOnScreen(t *testing.T) {
	s := newSite(t)
	s.user(access.Owner)
	n := arrive(t, browser.Start(t), s, "list.csv", []byte("Customer no,Customer,Invoice no,Invoice date,Due date,Currency,Amount,Our ref\n"+
		"C1,Pike Ltd,R1,2026-01-05,2026-02-31,GBP,100.00,PO 7\nC1,Pike Ltd,R2,2026-01-06,2026-02-05,GBP,2S0.50,PO 8\n"+
		"C2,Wells Ltd,R3,2026-01-07,2026-02-06,GBP,90.00,PO 9\n"))
	n.Reads("Correct these rows here", "expected", "90.00").Shot("repair")
	n.Fill("Due date", "2026-02-28")
	n.click("Try again")
	n.Reads("1 row cannot be read", "190.00")
	n.Fill("Amount", "250.50")
	n.click("Try again")
	if strings.Contains(n.Text(), "Correct these rows here") {
		t.Fatalf("rows are still rejected: %.1500s", n.Text())
	}
	n.Reads("440.50")
	n.Press("What each column is")
	n.Fill("Column 8 Our ref is", "po")
	n.Until("the column is read at once", `document.querySelector("#rows").closest("section").innerText.includes("PO 9") && document.querySelector("#col-7").value === "po"`)
	n.draft("repaired")
	n.Reads("R1")
	if drafts, err := s.app.Drafts(t.Context(), ""); err != nil || len(drafts) != 0 {
		t.Error(drafts, err)
	}
}

// TestFirstRun: without a book there is one page; who has the address that the program
// printed makes the book there, and the next page takes the file.
func TestFirstRun(t *testing.T) {
	made := 0
	first := &FirstRun{Token: "right", Log: slog.New(slog.DiscardHandler), Make: func(ctx context.Context, b FirstBook) (*Server, app.User, error) {
		made++
		if made == 1 {
			return nil, app.User{}, &app.Error{Kind: app.Invalid, Code: "password_weak", Message: "the password is one of the first that are tried"}
		}
		a, _, err := app.CreateBook(ctx, filepath.Join(t.TempDir(), "mine.db"), "test", system, app.BookRequest{Name: b.Company, Country: b.Country,
			Currency: app.HomeCurrency(b.Country), ClockDay: cal.None})
		if err != nil {
			return nil, app.User{}, err
		}
		t.Cleanup(func() { a.Close() })
		owner, err := a.AddUser(ctx, system, app.NewUser{Login: LoginOf(b.Name), Name: b.Name, Email: b.Email, Role: access.Owner, Password: b.Password})
		return New(Options{App: a, Build: "test"}), owner, err
	}}
	server := httptest.NewServer(first)
	defer server.Close()
	p := browser.Start(t).Page(t, strings.Replace(server.URL, "127.0.0.1", "localhost", 1))
	fill := func() {
		p.Fill("Your company", "Møller & Søn ApS").Fill("Country", "DK").Fill("Your name", "Åse Møller").Fill("Replies go to", "aase@moller.example")
		p.Fill("Password", password).Follow("Next: your file")
	}
	p.Open("/?token=wrong")
	fill()
	p.Reads("not the one that the program printed")
	p.Troubles() // 403 is an error to the browser
	p.Open("/start?token=right").Reads("Your own book").Shot("first-run")
	fill()
	p.Reads("one of the first that are tried")
	p.Troubles()
	p.Fill("Password", password).Follow("Next: your file").Reads("Begin with your own file", "Møller & Søn ApS")
	p.Open("/today").Reads("Set-up", "0 of 5 done", "by itself next week: nothing")
	if made != 2 {
		t.Errorf("made %d times", made)
	}
}

func TestLoginOf(t *testing.T) {
	for name, want := range map[string]string{"Ann Pike": "ann", "Åse Møller": "se", "Jean-Luc P.": "jeanluc", "李 Wei": "wei", "": "owner", "—": "owner"} {
		if got := LoginOf(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// TestNoDraft: where nothing can be written today, the page says why and until when.
func TestNoDraft(t *testing.T) {
	s := newSiteOf(t, app.BookRequest{Name: "Harbour Foods Ltd", Country: "GB", Currency: "GBP", ClockDay: cal.MustParse("2026-03-15"), ClockHour: 10})
	s.user(access.Owner)
	follow := func() string {
		t.Helper()
		a := s.ask("/start/draft", url.Values{}, s.session("owner"))
		for _, c := range (&http.Response{Header: a.head}).Cookies() {
			if c.Name == cookieFlash {
				return a.to + " " + s.ask(a.to, nil, s.session("owner"), c).body
			}
		}
		return a.to
	}
	if got := follow(); !strings.HasPrefix(got, "/today ") || !strings.Contains(got, "nobody is overdue") {
		t.Errorf("an empty book: %.300s", got)
	}
	s.ledger(smallLedger[:strings.Index(smallLedger, "C-2")]) // on a Sunday
	if got := follow(); !strings.HasPrefix(got, "/start/draft/1") {
		t.Errorf("on a Sunday: %.300s", got)
	}
	if got := s.ask("/start/draft/1", nil, s.session("owner")).body; !strings.Contains(got, "It would go out Mon 16 Mar, 10:00") || !strings.Contains(got, "Northgate") {
		t.Errorf("on a Sunday: %.3000s", got)
	}
}

// TestListsInAnArchive: an archive with one list in it is that list; of several each waits to
// be looked at, and papers beside them go their way; one without lists holds papers.
func TestListsInAnArchive(t *testing.T) {
	s := newSite(t)
	s.ledger(smallLedger)
	s.user(access.Owner)
	owner := s.session("owner")
	packed := func(files map[string]string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, name := range slices.Sorted(maps.Keys(files)) {
			w, err := z.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(w, files[name])
		}
		z.Close()
		return b.Bytes()
	}
	const list = "customer_number,customer_name,number,due_date,currency,amount\nC-9,Pike Ltd,B-1,2026-02-04,GBP,10.00\n"
	if a := s.give("/import", owner, nil, "files", packed(map[string]string{"export/open items.csv": list, "export/.DS_Store": "x"})); a.code != http.StatusSeeOther || !strings.HasPrefix(a.to, "/import/") {
		t.Errorf("one list: %v", a)
	}
	drafts, err := s.app.Drafts(t.Context(), "harbour-foods-ltd")
	if err != nil || len(drafts) != 1 || drafts[0].Name != "open items.csv" {
		t.Fatalf("%+v %v", drafts, err)
	}
	a := s.give("/import", owner, nil, "files", packed(map[string]string{"a.csv": list, "b.csv": list, "INV-1.png": string(picture)}))
	if f := flashOf(t, a); a.to != "/import" || !strings.Contains(f.Text, "2 lists wait below") || !strings.Contains(f.Text, "1 of 1 papers matched") {
		t.Errorf("several: %v %+v", a, f)
	}
	if a := s.give("/import", owner, nil, "files", packed(map[string]string{"INV-2.png": string(picture) + "2"})); a.to != "/papers" {
		t.Errorf("papers alone: %v", a)
	}
	if a := s.give("/import", owner, nil, "files", packed(map[string]string{"a.csv": list, "in.zip": string(packed(map[string]string{"b.csv": list}))})); a.to != "/papers" {
		t.Errorf("an archive within: %v", a)
	}
}

// TestFormsComeBack: a form that cannot be done is shown again with what is wrong and what was
// written, also to a browser that does not say on which page it was.
func TestFormsComeBack(t *testing.T) {
	s := newSite(t)
	s.ledger(smallLedger)
	s.user(access.Owner)
	owner := s.session("owner")
	draft := s.give("/import", owner, nil, "files", []byte(ambiguous)).to
	for _, c := range []struct {
		name, path string
		form       url.Values
		reads      []string
	}{
		{"no address", "/start/addresses", url.Values{"do": {"apply"}, "text": {""}}, []string{"write or paste at least one address", `name="text"`}},
		{"no address, on the way to the draft", "/start/addresses", url.Values{"do": {"apply"}, "draft": {"1"}}, []string{"Add and see the draft"}},
		{"an answer that cannot be", draft, url.Values{"do": {"look"}, "as_of": {"soon"}}, []string{"expected a day like 2026-03-31", `id="reading"`}},
		{"a column twice", draft, url.Values{"col-0": {"number"}, "col-1": {"number"}, "col-2": {""}, "col-3": {""}, "col-4": {""}, "col-5": {""}, "col-6": {""}},
			[]string{"two columns cannot both be the number", `id="reading"`}},
		{"no file", "/import", url.Values{"x": {"1"}}, []string{"Drop your files here"}},
		{"a contact without address", "/customers/1/contact", url.Values{"email": {"nowhere"}}, []string{"Northgate", "nowhere"}},
		{"a setting", "/settings", url.Values{"sender.reply_to": {"nowhere"}}, []string{"nowhere"}},
	} {
		a := s.ask(c.path, c.form, owner)
		if a.code != http.StatusUnprocessableEntity || strings.Contains(a.body, "with your browser") {
			t.Errorf("%s: %v", c.name, a)
		}
		for _, text := range c.reads {
			if !strings.Contains(a.body, text) {
				t.Errorf("%s: lacks %q: %v", c.name, text, a)
			}
		}
	}
}

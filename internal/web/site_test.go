package web

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/cal"
)

// site is a server over a small book of its own.
type site struct {
	*httptest.Server
	app *app.App
	web *Server
	t   testing.TB
}

const (
	testDay  = "2026-03-10" // a Tuesday
	password = "seven green bicycles"
)

var system = app.Request{Actor: "system"}

// newSite makes a book with a simulated clock and serves it.
func newSite(t testing.TB) *site {
	t.Helper()
	return newSiteOf(t, app.BookRequest{Name: "Harbour Foods Ltd", Country: "GB", Currency: "GBP", ClockDay: cal.MustParse(testDay),
		ClockHour: 10})
}

// newSiteOf makes the book that is asked for and serves it.
func newSiteOf(t testing.TB, book app.BookRequest) *site {
	t.Helper()
	a, _, err := app.CreateBook(context.Background(), filepath.Join(t.TempDir(), "book.db"), "test", system, book)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	s := &site{app: a, t: t, web: New(Options{App: a, Build: "test"})}
	s.Server = httptest.NewServer(s.web.Handler())
	t.Cleanup(s.Close)
	s.URL = strings.Replace(s.URL, "127.0.0.1", "localhost", 1)
	return s
}

// ledger fills the book with a small ledger of one creditor.
func (s *site) ledger(rows string) {
	s.t.Helper()
	s.ledgerOf("", rows)
}

// ledgerOf does so for one of several creditors.
func (s *site) ledgerOf(creditor, rows string) {
	s.t.Helper()
	const header = "customer_number,customer_name,kind,country,language,email,role,document_kind,number,instalment,invoice_date," +
		"due_date,date_agreed,currency,amount,open_amount\n"
	_, err := s.app.Import(context.Background(), system, app.ImportRequest{Creditor: creditor, Kind: app.ImportOpenItems, File: "ledger.csv",
		Source: strings.NewReader(header + rows), Complete: true, AsOf: cal.MustParse(testDay)})
	if err != nil {
		s.t.Fatal(err)
	}
}

// draft keeps a list to be imported step by step.
func (s *site) draft(name, text string) int64 {
	s.t.Helper()
	id, err := s.app.CreateDraft(context.Background(), app.NewDraft{Name: name, Bytes: []byte(text)})
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

const waitingList = "Customer,Invoice no,Due date,Currency,Amount\nPike,R1,2026-02-31,GBP,10.00\nPike,R2,2026-02-28,GBP,20.00\n"

const smallLedger = `C-1,Northgate Interiors Ltd,company,GB,en-GB,ap@northgate.example,accounts_payable,invoice,INV-1,1,2026-01-10,2026-02-09,yes,GBP,1240.00,1240.00
C-1,Northgate Interiors Ltd,company,GB,en-GB,ap@northgate.example,accounts_payable,invoice,INV-2,1,2026-02-20,2026-03-22,yes,GBP,310.50,310.50
C-2,Möbelwerk Lindner GmbH,company,DE,de,buchhaltung@lindner.example,accounts_payable,invoice,INV-3,1,2026-01-05,2026-02-04,no,EUR,88.00,88.00
C-3,Dana Wells,individual,GB,en-GB,,accounts_payable,invoice,INV-4,1,2026-01-25,2026-02-24,yes,GBP,2099.99,2099.99
`

// user makes a user of a role, who can sign in.
func (s *site) user(role access.Role) string {
	s.t.Helper()
	login := strings.ReplaceAll(string(role), "_", ".")
	if _, err := s.app.AddUser(context.Background(), system, app.NewUser{Login: login, Name: "The " + login, Role: role,
		Password: password}); err != nil {
		s.t.Fatal(err)
	}
	return login
}

// session signs a user in and returns the cookie of it.
func (s *site) session(login string) *http.Cookie {
	s.t.Helper()
	u, err := s.app.User(context.Background(), login)
	if err != nil {
		s.t.Fatal(err)
	}
	token, _, err := s.app.BeginSession(context.Background(), app.SessionStart{User: u.ID})
	if err != nil {
		s.t.Fatal(err)
	}
	return &http.Cookie{Name: cookieSession, Value: token, Path: "/"}
}

// answer is what the server said.
type answer struct {
	code int
	to   string // where it sends the browser
	body string
	head http.Header
}

// request is a request as a page of this site makes it; form nil has none.
func (s *site) request(method, path string, form url.Values, cookies ...*http.Cookie) *http.Request {
	s.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequest(method, s.URL+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for _, c := range cookies {
		r.AddCookie(c)
	}
	return r
}

// do sends a request without following where it leads.
func (s *site) do(r *http.Request) answer {
	s.t.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header.Get("Location"), string(raw), res.Header}
}

// ask sends one request; form nil is a GET.
func (s *site) ask(path string, form url.Values, cookies ...*http.Cookie) answer {
	s.t.Helper()
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	return s.do(s.request(method, path, form, cookies...))
}

// run decides the day.
func (s *site) run() {
	s.t.Helper()
	if _, err := s.app.Run(context.Background(), system, app.RunRequest{AsOf: cal.None, Approve: app.ApproveNone}); err != nil {
		s.t.Fatal(err)
	}
}

// String is the page's own words, for the message of a failure.
func (a answer) String() string {
	_, body, ok := strings.Cut(a.body, "<main")
	if !ok {
		body = a.body
	}
	return fmt.Sprintf("%d %s\n%.1500s", a.code, a.to, body)
}

package web

import (
	"context"
	"crypto/subtle"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/web/look"
)

// FirstBook is what a newcomer says of the own company, on one page.
type FirstBook struct {
	Company, Country      string // the country as a code of app.HomeCountries
	Name, Email, Password string // of the owner, whom customers answer to
}

// FirstRun asks for what a new book needs while there is none, and is the server of the book
// from then on. Only who has the token can make it.
type FirstRun struct {
	Token string
	Log   *slog.Logger
	// Make makes the book and its owner, and returns its server. After an error it is asked
	// again.
	Make func(context.Context, FirstBook) (*Server, app.User, error)

	one     sync.Mutex
	server  atomic.Pointer[Server]
	guarded http.Handler
	once    sync.Once
}

// ServeHTTP implements http.Handler.
func (f *FirstRun) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s := f.server.Load(); s != nil {
		s.handler.ServeHTTP(w, r)
		return
	}
	f.once.Do(func() {
		mux := http.NewServeMux()
		mux.Handle("GET /assets/", look.Handler())
		mux.HandleFunc("GET /", f.ask)
		mux.HandleFunc("POST /start", f.make)
		f.guarded = secured(http.NewCrossOriginProtection().Handler(mux))
	})
	f.guarded.ServeHTTP(w, r)
}

// ask shows the one page there is.
func (f *FirstRun) ask(w http.ResponseWriter, r *http.Request) {
	f.show(w, r, http.StatusOK, FirstBook{Country: "GB"}, nil)
}

func (f *FirstRun) show(w http.ResponseWriter, r *http.Request, code int, b FirstBook, e *app.Error) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	if err := lonePage("Your own book", "", firstRunForm(r.FormValue("token"), b, e)).Render(r.Context(), w); err != nil {
		f.Log.Warn("page", "path", r.URL.Path, "error", err)
	}
}

// make makes the book, signs its owner in and leads to the first file.
func (f *FirstRun) make(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	field := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	b := FirstBook{Company: field("company"), Country: field("country"), Name: field("name"), Email: field("email"),
		Password: r.PostFormValue("password")}
	if subtle.ConstantTimeCompare([]byte(field("token")), []byte(f.Token)) != 1 {
		f.show(w, r, http.StatusForbidden, b, &app.Error{Kind: app.Refused, Code: "token_invalid",
			Message: "the address is not the one that the program printed: open that one"})
		return
	}
	f.one.Lock()
	defer f.one.Unlock()
	if f.server.Load() != nil {
		http.Redirect(w, r, "/start", http.StatusSeeOther)
		return
	}
	s, owner, err := f.Make(context.WithoutCancel(r.Context()), b)
	if err != nil {
		e := app.AsError(err)
		if e.Kind == app.Internal {
			f.Log.Error("first run", "code", e.Code, "error", err)
		}
		f.show(w, r, status(e.Kind), b, e)
		return
	}
	f.server.Store(s)
	if _, err := s.signedIn(w, r, owner.ID); err != nil {
		f.Log.Error("first run", "error", err)
	}
	http.Redirect(w, r, "/start", http.StatusSeeOther)
}

// LoginOf makes a short name of a person's name: the first word in small letters.
func LoginOf(name string) string {
	var b strings.Builder
	for _, word := range strings.Fields(strings.ToLower(name)) {
		for _, r := range word {
			if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
				b.WriteRune(r)
			}
		}
		if b.Len() > 0 {
			return b.String()
		}
	}
	return "owner"
}

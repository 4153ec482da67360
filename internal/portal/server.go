package portal

import (
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/document/locale"
	"github.com/recoup-project/recoup/internal/throttle"
)

// server answers the requests of debtors below /p/.
type server struct {
	app     *app.App
	log     *slog.Logger
	mux     *http.ServeMux
	guesses *throttle.Limiter // by address: links that open nothing
	visits  *throttle.Limiter // by link
	answers *throttle.Limiter // by link: forms that were sent
	uploads chan struct{}     // a place for each form that is being read: files are held in memory
	now     func() time.Time
}

// The bounds of what comes in. Who has no link cannot slow down who has one.
const (
	remembered  = 10_000
	uploadsMost = 4
	formBytes   = 31 << 20
	readMost    = 2 * time.Minute
)

// pages is every address below a link, and who answers there.
var pages = map[string]func(*visit) error{
	"GET /p/{token}":               account,
	"GET /p/{token}/forward":       forward,
	"GET /p/{token}/said/{ref}":    said,
	"GET /p/{token}/statement.csv": statement,
	"GET /p/{token}/statement.pdf": statement,
	"GET /p/{token}/papers/{id}":   paper,
	"GET /p/{token}/{exit}":        exit,
	"POST /p/{token}/{exit}":       answer,
}

// New returns the pages of debtors, to be served below /p/. It is safe for concurrent use.
func New(a *app.App, log *slog.Logger) http.Handler {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	s := &server{app: a, log: log, mux: http.NewServeMux(), now: time.Now, uploads: make(chan struct{}, uploadsMost),
		guesses: throttle.New(throttle.Options{Every: 2 * time.Second, Burst: 30, Keys: remembered}),
		visits:  throttle.New(throttle.Options{Every: 500 * time.Millisecond, Burst: 120, Keys: remembered}),
		answers: throttle.New(throttle.Options{Every: 5 * time.Second, Burst: 20, Keys: remembered})}
	for pattern, page := range pages {
		s.mux.Handle(pattern, s.page(page))
	}
	s.mux.HandleFunc("/p/", s.elsewhere)
	return s
}

// ServeHTTP sets what holds for every page: nothing is kept, indexed or told to others.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	// A browser that tells no referrer sends "Origin: null" with a form, and those that have no
	// Sec-Fetch-Site could then not answer. To other sites this tells as little.
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
	s.mux.ServeHTTP(w, r)
}

// page wraps a handler: whose page it is, and what it looks like where there is none.
func (s *server) page(answer func(*visit) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{server: s, w: w, r: r, language: preferred(r)}
		v.texts = catalogue()[v.language]
		err := v.begin()
		if err == nil {
			err = answer(v)
		}
		if err != nil {
			s.fail(v, err)
		}
	})
}

// elsewhere answers addresses that no page has, in the same words as a link that is none.
func (s *server) elsewhere(w http.ResponseWriter, r *http.Request) {
	s.page(func(*visit) error { return nil }).ServeHTTP(w, r)
}

// fail shows what went wrong, and nothing of why.
func (s *server) fail(v *visit, err error) {
	e := app.AsError(err)
	status, name := http.StatusInternalServerError, "broken"
	switch {
	case e.Code == "slow":
		status, name = http.StatusTooManyRequests, "slow"
		v.w.Header().Set("Retry-After", "60")
	case e.Code == "link_expired":
		status, name = http.StatusGone, "gone"
	case e.Kind == app.NotFound:
		status, name = http.StatusNotFound, "unknown"
	case e.Kind == app.Unavailable:
		status = http.StatusServiceUnavailable
	}
	if name == "broken" && v.r.Context().Err() == nil {
		s.log.Error("debtor's page", "page", v.r.Pattern, "code", e.Code, "detail", e.Detail, "error", err)
	}
	v.Portal, v.language = app.Portal{}, preferred(v.r) // nothing of what may be behind the link
	v.texts = catalogue()[v.language]
	v.write(status, lone(v, v.say(name+"_title"), v.say(name+"_text")))
}

// write sends a page.
func (v *visit) write(status int, c templ.Component) error {
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(status)
	if err := c.Render(v.r.Context(), v.w); err != nil {
		v.log.Warn("debtor's page", "page", v.r.Pattern, "error", err)
	}
	return nil
}

// preferred is the language of a reader of whom nothing is known yet.
func preferred(r *http.Request) locale.Language {
	for _, tag := range strings.Split(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ = strings.Cut(strings.TrimSpace(tag), ";")
		if l, ok := locale.Parse(tag); ok {
			return l
		}
	}
	return locale.EnglishGB
}

package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/web/look"
)

// open is a page that needs no session: its handler sees no visit, only the request.
type open struct {
	method, pattern string
	answer          func(*Server, http.ResponseWriter, *http.Request) error
}

// doors are the pages before the sign-in.
var doors []open

func init() {
	doors = []open{
		{"GET", "/signin", signInPage},
		{"POST", "/signin", signIn},
		{"POST", "/signout", signOut},
		{"GET", "/setup", setUpPage},
		{"POST", "/setup", setUp},
	}
}

// door wraps a page that needs no session.
func (s *Server) door(o open) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		if err := o.answer(s, w, r); err != nil {
			e := app.AsError(err)
			if e.Kind == app.Internal {
				s.Log.Error("page", "path", r.URL.Path, "code", e.Code, "error", err, "detail", e.Detail)
			}
			s.lone(w, r, status(e.Kind), "Not possible", problem(e))
		}
	})
}

// toSignIn sends who is signed out to the sign-in, and afterwards back to the page.
func (s *Server) toSignIn(w http.ResponseWriter, r *http.Request) {
	back := ""
	if r.Method == http.MethodGet {
		back = "?back=" + urlQuery(r.URL.RequestURI())
	}
	users, err := s.App.Users(r.Context())
	if err == nil && len(users) == 0 {
		http.Redirect(w, r, "/setup", http.StatusSeeOther)
		return
	}
	http.Redirect(w, r, "/signin"+back, http.StatusSeeOther)
}

func signInPage(s *Server, w http.ResponseWriter, r *http.Request) error {
	s.lone(w, r, http.StatusOK, "Sign in", signInForm(r.FormValue("back"), "", nil))
	return nil
}

// signIn lets a person in who gives the right password.
func signIn(s *Server, w http.ResponseWriter, r *http.Request) error {
	login := strings.TrimSpace(r.PostFormValue("login"))
	if wait, ok := s.tries.Allow(login, peer(r), time.Now()); !ok {
		s.lone(w, r, http.StatusTooManyRequests, "Sign in", signInForm(r.FormValue("back"), login, tooOften(wait)))
		return nil
	}
	user, err := s.App.Authenticate(r.Context(), login, r.PostFormValue("password"))
	if err != nil {
		if e := app.AsError(err); e.Kind == app.Refused {
			s.lone(w, r, http.StatusUnprocessableEntity, "Sign in", signInForm(r.FormValue("back"), login, e))
			return nil
		}
		return err
	}
	s.tries.Succeeded(login, peer(r))
	if _, err := s.signedIn(w, r, user.ID); err != nil {
		return err
	}
	to := local(r.FormValue("back"))
	if to == "" {
		to = "/"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// signOut ends the session of this browser.
func signOut(s *Server, w http.ResponseWriter, r *http.Request) error {
	if token := cookie(r, cookieSession); token != "" {
		if err := s.App.EndSession(r.Context(), token); err != nil && app.AsError(err).Kind != app.NotFound {
			return err
		}
	}
	http.SetCookie(w, s.sessionCookie(r, "", time.Time{}))
	http.Redirect(w, r, "/signin", http.StatusSeeOther)
	return nil
}

func setUpPage(s *Server, w http.ResponseWriter, r *http.Request) error {
	users, err := s.App.Users(r.Context())
	if err != nil {
		return err
	}
	if len(users) > 0 {
		http.Redirect(w, r, "/signin", http.StatusSeeOther)
		return nil
	}
	s.lone(w, r, http.StatusOK, "Set up", setUpForm(r.FormValue("token"), app.NewUser{}, nil))
	return nil
}

// setUp makes the first owner, for who has the token that the program printed.
func setUp(s *Server, w http.ResponseWriter, r *http.Request) error {
	n := app.NewUser{Login: strings.TrimSpace(r.PostFormValue("login")), Name: strings.TrimSpace(r.PostFormValue("name")),
		Email: strings.TrimSpace(r.PostFormValue("email")), Role: access.Owner, Password: r.PostFormValue("password")}
	token := strings.TrimSpace(r.PostFormValue("token"))
	if wait, ok := s.tries.Allow("", peer(r), time.Now()); !ok {
		s.lone(w, r, http.StatusTooManyRequests, "Set up", setUpForm(token, n, tooOften(wait)))
		return nil
	}
	user, err := s.App.SetUp(r.Context(), token, n)
	if err != nil {
		if e := app.AsError(err); e.Kind == app.Refused || e.Kind == app.Invalid {
			s.lone(w, r, http.StatusUnprocessableEntity, "Set up", setUpForm(token, n, e))
			return nil
		}
		return err
	}
	if _, err := s.signedIn(w, r, user.ID); err != nil {
		return err
	}
	http.Redirect(w, r, "/today", http.StatusSeeOther)
	return nil
}

// lone writes a page without navigation.
func (s *Server) lone(w http.ResponseWriter, r *http.Request, code int, title string, body templ.Component) {
	theme := cookie(r, cookieTheme)
	if theme != "light" && theme != "dark" {
		theme = ""
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	if err := lonePage(title, theme, body).Render(r.Context(), w); err != nil {
		s.Log.Warn("page", "path", r.URL.Path, "error", err)
	}
}

// tooOften is the answer to who tries passwords too often.
func tooOften(wait time.Duration) *app.Error {
	return &app.Error{Kind: app.Refused, Code: "too_many_tries",
		Message: "too many tries: wait " + look.Count(int64(wait/time.Second)+1, "second", "seconds") + " and try again"}
}

// confirm takes the password again and goes back to the page that asked for it.
func confirm(v *visit) error {
	if err := v.giveAgain(v.r.PostFormValue("password")); err != nil {
		return err
	}
	return v.done(v.r.FormValue(fieldBack), "Confirmed for five minutes. Now do the change once more.")
}

// giveAgain takes the password of who is signed in again, as seldom as at the sign-in: a
// browser that was left open is no place to guess it.
func (v *visit) giveAgain(password string) error {
	login := v.user.User.Login
	if wait, ok := v.tries.Allow(login, peer(v.r), time.Now()); !ok {
		return tooOften(wait)
	}
	session, err := v.App.ConfirmSession(v.r.Context(), v.user.token, password)
	if err != nil {
		return err
	}
	v.tries.Succeeded(login, peer(v.r))
	v.user.Session = session
	return nil
}

func urlQuery(s string) string { return url.QueryEscape(s) }

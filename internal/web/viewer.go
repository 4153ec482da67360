package web

import (
	"net"
	"net/http"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
)

// viewer is the signed-in person who asks.
type viewer struct {
	app.Session
	token string
}

func (u *viewer) may(p access.Permission) bool { return u.User.May(p) }

// cookieSession holds the token of the session: the one secret in a browser.
const cookieSession = "recoup_session"

// viewerOf tells who asks. On the demo whoever sits at this machine is signed in by
// itself, and nobody else ever is.
func (s *Server) viewerOf(w http.ResponseWriter, r *http.Request) (viewer, error) {
	if token := cookie(r, cookieSession); token != "" {
		session, err := s.App.Session(r.Context(), token)
		if err == nil {
			return viewer{session, token}, nil
		}
		if app.AsError(err).Kind != app.NotFound {
			return viewer{}, err
		}
	}
	if s.Demo == nil || !loopback(r.RemoteAddr) || !loopback(r.Host) || forwarded(r) {
		return viewer{}, errSignedOut
	}
	users, err := s.App.Users(r.Context())
	if err != nil {
		return viewer{}, err
	}
	for i := range users {
		if users[i].Role == access.Owner && users[i].Active {
			return s.signedIn(w, r, users[i].ID)
		}
	}
	return viewer{}, errSignedOut
}

var errSignedOut = &app.Error{Kind: app.Refused, Code: "signed_out", Message: "you are signed out: sign in again"}

// signedIn begins a session of a user in this browser, under a new token.
func (s *Server) signedIn(w http.ResponseWriter, r *http.Request, user int64) (viewer, error) {
	token, session, err := s.App.BeginSession(r.Context(), app.SessionStart{User: user,
		Origin: r.UserAgent() + ", " + peer(r), Replaces: cookie(r, cookieSession)})
	if err != nil {
		return viewer{}, err
	}
	http.SetCookie(w, s.sessionCookie(r, token, session.EndsAt))
	return viewer{session, token}, nil
}

// sessionCookie carries a token; without one it takes the cookie away.
func (s *Server) sessionCookie(r *http.Request, token string, until time.Time) *http.Cookie {
	c := &http.Cookie{Name: cookieSession, Value: token, Path: "/", Expires: until, HttpOnly: true,
		Secure: encrypted(r), SameSite: http.SameSiteLaxMode}
	if token == "" {
		c.MaxAge = -1
	}
	return c
}

// peer is the address of who asks, without its port.
func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

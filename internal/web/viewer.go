package web

import (
	"net/http"
)

// permission is a thing that a role may or may not do on a page.
type permission string

// Permissions of routes.
const (
	view      permission = "view"      // look at everything that is not someone else's
	comment   permission = "comment"   // write notes
	work      permission = "work"      // record facts and release messages
	configure permission = "configure" // change settings, strategies, texts
	people    permission = "people"    // add and change users
	audits    permission = "audit"     // read the audit log
)

// viewer is the person who asks.
type viewer struct {
	ID    int64
	Login string
	Name  string
	Role  string
}

// roles says what each role may do on pages.
var roles = map[string][]permission{
	"owner":          {view, comment, work, configure, people, audits},
	"credit_manager": {view, comment, work, configure, audits},
	"controller":     {view, comment, work},
	"sales":          {view, comment},
	"legal":          {view, comment, work},
	"auditor":        {view, audits},
}

func (u viewer) may(p permission) bool {
	for _, q := range roles[u.Role] {
		if p == q {
			return true
		}
	}
	return false
}

// signing is how people are recognised.
type signing struct{}

// viewerOf tells who asks.
func (s *Server) viewerOf(w http.ResponseWriter, r *http.Request) (viewer, bool) {
	if s.Demo != nil && loopback(r.RemoteAddr) && loopback(r.Host) {
		return viewer{ID: 1, Login: "demo", Name: "Demo owner", Role: "owner"}, true
	}
	return viewer{}, false
}

func (s *Server) signIn(w http.ResponseWriter, r *http.Request) {
	http.Error(w, "sign in first", http.StatusUnauthorized)
}

// Demo is the simulated world behind a demo book.
type Demo interface {
}

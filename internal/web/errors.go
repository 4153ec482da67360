package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
)

// status is the one mapping of kinds of errors to answers of HTTP.
func status(kind app.Kind) int {
	switch kind {
	case app.Invalid:
		return http.StatusUnprocessableEntity
	case app.NotFound:
		return http.StatusNotFound
	case app.Conflict:
		return http.StatusConflict
	case app.Refused:
		return http.StatusForbidden
	case app.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// forbidden is the answer to who may not see or do something.
func forbidden(rt *route) error {
	return &app.Error{Kind: app.Refused, Code: "not_permitted",
		Message: "your role does not allow this (" + string(rt.may) + "); an owner can change roles in Settings, Users"}
}

// fail answers with what went wrong: a form goes back to its page with everything that
// was filled in; a page says what happened, what is safe, and what to do.
func (s *Server) fail(v *visit, err error) {
	e := app.AsError(err)
	if v.r.Context().Err() != nil { // the reader went away in the middle of it
		return
	}
	if e.Kind == app.Internal {
		s.Log.Error("page", "path", v.r.URL.Path, "code", e.Code, "error", err, "detail", e.Detail)
	}
	if e.Code == "password_needed" {
		s.lone(v.w, v.r, http.StatusForbidden, "Your password", againPage(v, &failure{err: err}))
		return
	}
	if e.Code == "other_creditor" { // its page would show the other one now
		if werr := v.write(status(e.Kind), frame(v, "Another creditor", otherCreditorPage(v, e, v.r.PostForm.Get(fieldCreditor)))); werr != nil {
			s.Log.Warn("page", "path", v.r.URL.Path, "error", werr)
		}
		return
	}
	if v.r.Method == http.MethodPost && v.failed == nil && status(e.Kind) != http.StatusNotFound {
		f := &failure{err: err, action: v.r.URL.Path, form: v.r.Form, status: status(e.Kind)}
		back := v.back()
		if back == "" || !s.isPage(back) {
			back = v.above()
		}
		if back != "" && s.again(v, back, f) {
			return
		}
	}
	var already *http.MaxBytesError
	if errors.As(err, &already) {
		e = &app.Error{Kind: app.Invalid, Code: "file_too_large", Message: "the file is larger than what this page takes"}
	}
	v.w.Header().Del("Content-Disposition")
	if len(v.creditors) == 0 {
		http.Error(v.w, e.Message, status(e.Kind))
		return
	}
	if werr := v.write(status(e.Kind), frame(v, "Not possible", errorPage(v, e))); werr != nil {
		s.Log.Warn("page", "path", v.r.URL.Path, "error", werr)
	}
}

// isPage reports whether an address of this server is answered when a browser asks for it.
func (s *Server) isPage(to string) bool {
	u, err := url.Parse(to)
	if err != nil {
		return false
	}
	_, pattern := s.pages.Handler(&http.Request{Method: http.MethodGet, URL: u})
	return strings.HasPrefix(pattern, http.MethodGet+" ")
}

// above is the page that the address of a form stands on, where the form does not say: the
// same address, else the nearest above it; "" if there is none.
func (v *visit) above() string {
	if v.route == nil {
		return ""
	}
	path, pattern := strings.Split(v.r.URL.Path, "/"), strings.Split(v.route.pattern, "/")
	for n := min(len(path), len(pattern)); n > 1; n-- {
		page := strings.Join(pattern[:n], "/")
		if slices.ContainsFunc(routes, func(rt route) bool { return rt.method == http.MethodGet && !rt.file && rt.pattern == page }) {
			return strings.Join(path[:n], "/")
		}
	}
	return ""
}

// notFound answers every address that no route has.
func (s *Server) notFound(w http.ResponseWriter, r *http.Request) {
	rt := route{method: r.Method, pattern: r.URL.Path, may: access.View,
		answer: func(*visit) error {
			return &app.Error{Kind: app.NotFound, Code: "page_not_found", Message: "there is no such page"}
		}}
	s.page(rt).ServeHTTP(w, r)
}

package web

import (
	"context"
	"net/http"
)

// route is one address of the server: who may ask for it, and who answers.
type route struct {
	method  string
	pattern string
	may     permission
	answer  func(*visit) error
}

// routes is every page and form. A new one is one line here; its permission is part of it.
var routes []route

// The table is filled when the program starts, as pages name each other through it.
func init() {
	routes = []route{
		{"GET", "/{$}", view, home},
		{"GET", "/today", view, today},
		{"GET", "/customers", view, customers},
		{"GET", "/customers/{id}", view, customer},
		{"POST", "/customers/{id}/hold", work, addHold},
		{"POST", "/customers/{id}/note", comment, addNote},
		{"POST", "/customers/{id}/payment", work, addPayment},
		{"POST", "/customers/{id}/reason", work, addReason},
		{"POST", "/customers/{id}/contact", work, addContact},
		{"POST", "/customers/{id}/contact/{contact}/remove", work, removeContact},
		{"POST", "/customers/{id}/set", work, setCustomer},
		{"POST", "/customers/{id}/apply", work, applyCredit},
		{"POST", "/holds/{id}/end", work, endHold},
		{"POST", "/payments/{id}/{entry}/reverse", work, reversePayment},
		{"POST", "/tasks/{id}/done", work, taskDone},
		{"GET", "/messages", view, messages},
		{"GET", "/messages/{id}", view, message},
		{"GET", "/messages/{id}/body", view, messageBody},
		{"POST", "/messages/{id}/edit", work, editMessage},
		{"POST", "/messages/change", work, changeMessages},
		{"POST", "/messages/{id}/resolve", work, resolveMessage},
		{"POST", "/messages/{id}/void", work, voidMessage},
		{"POST", "/run", work, runToday},
		{"GET", "/strategies", view, strategies},
		{"GET", "/strategies/{key}", view, strategyPage},
		{"GET", "/texts", view, texts},
		{"GET", "/texts/{language}/{step}", view, textPage},
		{"GET", "/settings", view, settings},
		{"POST", "/settings", configure, setSettings},
		{"POST", "/settings/mail-test", configure, mailTest},
		{"POST", "/settings/confirm-total", configure, confirmTotal},
		{"POST", "/cash-known", work, cashKnown},
		{"GET", "/audit", audits, auditLog},
		{"POST", "/audit/verify", audits, verifyAudit},
		{"GET", "/reports/aging", view, agingReport},
		{"POST", "/creditor", view, chooseCreditor},
		{"POST", "/theme", view, chooseTheme},
	}
}

// page wraps the handler of a route: who asks, whether they may, and what an error looks like.
func (s *Server) page(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, ok := s.viewerOf(w, r)
		if !ok {
			s.signIn(w, r)
			return
		}
		v, err := s.begin(w, r, &rt, user)
		if err == nil && !user.may(rt.may) {
			err = forbidden(&rt)
		}
		if err == nil {
			if again, ok := r.Context().Value(resent{}).(*failure); ok {
				v.failed = again
			}
			err = rt.answer(v)
		}
		if err != nil {
			s.fail(v, err)
		}
	})
}

// resent is the key under which a form that failed is handed to the page it was on.
type resent struct{}

// failure is a form that could not be done: what was wrong, and what was filled in.
type failure struct {
	err    error
	action string
	form   map[string][]string
}

// again shows the page that a form was on, with what was filled in and why it failed.
func (s *Server) again(v *visit, back string, f *failure) bool {
	ctx := context.WithValue(v.r.Context(), resent{}, f)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, back, nil)
	if err != nil {
		return false
	}
	r.Header = v.r.Header.Clone()
	r.Header.Del("Content-Type")
	r.Host, r.RemoteAddr, r.RequestURI, r.TLS = v.r.Host, v.r.RemoteAddr, back, v.r.TLS
	s.handler.ServeHTTP(v.w, r)
	return true
}

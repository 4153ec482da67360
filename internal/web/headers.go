package web

import "net/http"

// policy lets a page load nothing but what this server gives it, and run no script but
// the two files of the look. A message is shown in a frame of its own (see messageFrame).
const policy = "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; " +
	"font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; " +
	"frame-src 'self'; frame-ancestors 'none'"

// messagePolicy is that of a message shown as the debtor sees it: its own styles, and
// nothing that runs or is fetched.
const messagePolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; " +
	"frame-ancestors 'self'"

// caughtPolicy is that of a caught mail of the demo, whose links a visitor may follow.
const caughtPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; " +
	"sandbox allow-top-navigation-by-user-activation; frame-ancestors 'self'"

// secured sets the headers that hold for every answer.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["Content-Security-Policy"] = header.policy
		h["X-Content-Type-Options"] = header.nosniff
		h["Referrer-Policy"] = header.referrer
		h["Cross-Origin-Opener-Policy"] = header.sameOrigin
		h["Cross-Origin-Resource-Policy"] = header.sameOrigin
		h["Permissions-Policy"] = header.permissions
		next.ServeHTTP(w, r)
	})
}

// header holds the values as net/http wants them, so that no request makes them anew.
var header = struct{ policy, nosniff, referrer, sameOrigin, permissions, html, noStore []string }{
	policy: []string{policy}, nosniff: []string{"nosniff"}, referrer: []string{"same-origin"},
	sameOrigin: []string{"same-origin"}, html: []string{"text/html; charset=utf-8"}, noStore: []string{"no-store"},
	permissions: []string{"camera=(), microphone=(), geolocation=(), payment=()"},
}

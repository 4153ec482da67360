package web

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// overTLS is the key under which a request says that it came encrypted to the proxy before us.
type overTLS struct{}

// behind takes from a proxy that is trusted who asks, and whether encrypted. What anybody else
// says of that counts for nothing.
func (s *Server) behind(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.trusts(peer(r)) {
			next.ServeHTTP(w, r)
			return
		}
		ctx := r.Context()
		if r.Header.Get("X-Forwarded-Proto") == "https" {
			ctx = context.WithValue(ctx, overTLS{}, true)
		}
		client := s.client(r)
		r = r.WithContext(ctx)
		r.RemoteAddr = net.JoinHostPort(client, "0")
		next.ServeHTTP(w, r)
	})
}

// client is who asked the proxies: the last address of X-Forwarded-For that is none of theirs.
// Those before it were sent by the client itself.
func (s *Server) client(r *http.Request) string {
	client := peer(r)
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		a, err := address(hop)
		if err != nil {
			break
		}
		if client = a.String(); !s.trusts(client) {
			break
		}
	}
	return client
}

// address reads an address with or without a port.
func address(text string) (netip.Addr, error) {
	text = strings.TrimSpace(text)
	if ap, err := netip.ParseAddrPort(text); err == nil {
		return ap.Addr().Unmap(), nil
	}
	a, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return a.Unmap(), err
}

func (s *Server) trusts(peer string) bool {
	if len(s.Proxies) == 0 {
		return false
	}
	a, err := address(peer)
	return err == nil && slices.ContainsFunc(s.Proxies, func(p netip.Prefix) bool { return p.Contains(a) })
}

// encrypted reports whether the browser sent a request encrypted.
func encrypted(r *http.Request) bool { return r.TLS != nil || r.Context().Value(overTLS{}) != nil }

// forwarded reports whether a request came through a proxy, or says so.
func forwarded(r *http.Request) bool {
	for name := range r.Header {
		if name == "Forwarded" || name == "Via" || strings.HasPrefix(name, "X-Forwarded-") {
			return true
		}
	}
	return false
}

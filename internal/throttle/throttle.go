package throttle

import (
	"container/list"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Options of a Limiter.
type Options struct {
	Every time.Duration // one try comes back after so long
	Burst int           // tries at once
	Keys  int           // how many are remembered; the one that tried longest ago is forgotten
}

// Limiter counts tries by key. It is safe for concurrent use.
type Limiter struct {
	o Options

	mu    sync.Mutex
	byKey map[string]*list.Element
	order list.List // of *entry, the one that tried last in front
}

type entry struct {
	key string
	*rate.Limiter
}

// New makes a limiter.
func New(o Options) *Limiter { return &Limiter{o: o, byKey: map[string]*list.Element{}} }

// Allow takes one try of a key. If there is none left it says how long until there is one.
func (l *Limiter) Allow(key string, now time.Time) (wait time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := l.byKey[key]
	if at == nil {
		if l.order.Len() >= l.o.Keys {
			oldest := l.order.Back()
			delete(l.byKey, oldest.Value.(*entry).key)
			l.order.Remove(oldest)
		}
		at = l.order.PushFront(&entry{key, rate.NewLimiter(rate.Every(l.o.Every), l.o.Burst)})
		l.byKey[key] = at
	}
	l.order.MoveToFront(at)
	limiter := at.Value.(*entry)
	if limiter.AllowN(now, 1) {
		return 0, true
	}
	missing := 1 - limiter.TokensAt(now)
	return time.Duration(missing * float64(l.o.Every)), false
}

// Forget gives a key all its tries back.
func (l *Limiter) Forget(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if at := l.byKey[key]; at != nil {
		delete(l.byKey, key)
		l.order.Remove(at)
	}
}

// remembered is how many of each kind are kept: some 4 MB at most.
const remembered = 10_000

// SignIn limits how often passwords are tried: for a login from one address, for a login
// from everywhere, and from one address for all logins. A stranger who tries a login does
// not lock its user out elsewhere: only from everywhere together, and at a rate that no
// guessing lives on.
type SignIn struct{ pair, login, address *Limiter }

// NewSignIn makes the limits: five tries at once and then one a minute for a login from an
// address; a hundred and then ten a minute for a login; thirty and then six a minute for an
// address.
func NewSignIn() *SignIn {
	return &SignIn{
		pair:    New(Options{Every: time.Minute, Burst: 5, Keys: remembered}),
		login:   New(Options{Every: 6 * time.Second, Burst: 100, Keys: remembered}),
		address: New(Options{Every: 10 * time.Second, Burst: 30, Keys: remembered}),
	}
}

// Allow takes a try before the password is looked at. address is that of the other end,
// with or without a port. If one of the limits is reached it says how long to wait.
func (s *SignIn) Allow(login, address string, now time.Time) (wait time.Duration, ok bool) {
	login, address = folded(login), Network(address)
	if wait, ok = s.address.Allow(address, now); !ok {
		return wait, false
	}
	if wait, ok = s.pair.Allow(login+" "+address, now); !ok {
		return wait, false
	}
	return s.login.Allow(login, now)
}

// Succeeded gives a login from an address its tries back.
func (s *SignIn) Succeeded(login, address string) {
	s.pair.Forget(folded(login) + " " + Network(address))
}

// keyMost bounds what one key takes: it comes from outside.
const keyMost = 100

func folded(login string) string {
	if len(login) > keyMost {
		login = login[:keyMost]
	}
	return strings.ToLower(strings.TrimSpace(login))
}

// Network is an address without its port, and of IPv6 the part that one customer of a
// provider has: of its own /64 anybody has as many addresses as they want.
func Network(address string) string {
	if ap, err := netip.ParseAddrPort(address); err == nil {
		address = ap.Addr().String()
	}
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return folded(address)
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is6() {
		p, _ := ip.Prefix(64)
		return p.String()
	}
	return ip.String()
}

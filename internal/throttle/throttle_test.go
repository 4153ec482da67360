package throttle

import (
	"fmt"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 17, 12, 0, 0, 0, time.UTC)

func TestLimiter(t *testing.T) {
	l := New(Options{Every: time.Minute, Burst: 2, Keys: 3})
	for i := range 2 {
		if _, ok := l.Allow("a", noon); !ok {
			t.Errorf("try %d is refused", i)
		}
	}
	if wait, ok := l.Allow("a", noon); ok || wait.Round(time.Second) != time.Minute {
		t.Errorf("the third try: %v %v", wait, ok)
	}
	if wait, ok := l.Allow("a", noon.Add(30*time.Second)); ok || wait.Round(time.Second) != 30*time.Second {
		t.Errorf("half a minute later: %v %v", wait, ok)
	}
	if _, ok := l.Allow("a", noon.Add(time.Minute)); !ok {
		t.Error("a minute later it is still refused")
	}
	if _, ok := l.Allow("b", noon); !ok {
		t.Error("another key is refused")
	}
	l.Forget("a")
	l.Forget("nobody")
	if _, ok := l.Allow("a", noon); !ok {
		t.Error("a forgotten key is refused")
	}
}

// TestBounded: those who try longest ago make room.
func TestBounded(t *testing.T) {
	l := New(Options{Every: time.Minute, Burst: 1, Keys: 100})
	for i := range 10_000 {
		l.Allow(fmt.Sprint(i), noon)
	}
	if len(l.byKey) != 100 || l.order.Len() != 100 {
		t.Errorf("%d keys in %d places", len(l.byKey), l.order.Len())
	}
	if _, ok := l.Allow("9999", noon); ok {
		t.Error("the last key was forgotten")
	}
	if _, ok := l.Allow("0", noon); !ok {
		t.Error("the first key is remembered")
	}
}

func TestSignIn(t *testing.T) {
	s := NewSignIn()
	const here, there = "192.0.2.1:50123", "198.51.100.7:443"
	tries := func(login, address string) (n int) {
		for n < 1000 {
			if _, ok := s.Allow(login, address, noon); !ok {
				return n
			}
			n++
		}
		return n
	}
	if n := tries("anna", here); n != 5 {
		t.Errorf("%d tries for a login from an address", n)
	}
	if n := tries(" Anna", "192.0.2.1:999"); n != 0 {
		t.Errorf("another port, and the login otherwise written: %d more tries", n)
	}
	if n := tries("anna", there); n != 5 {
		t.Errorf("a stranger locked the login out: %d tries elsewhere", n)
	}
	s.Succeeded("anna", there)
	if n := tries("anna", there); n != 5 {
		t.Errorf("%d tries after one that succeeded", n)
	}
	n := 0
	for i := range 100 {
		n += tries(fmt.Sprint("user", i), "203.0.113.5:1")
	}
	if n != 25 { // of thirty, one each was refused for its login
		t.Errorf("%d tries from one address", n)
	}
	for i := range 1000 {
		n = tries("bob", fmt.Sprintf("203.0.%d.%d:1", i/250, i%250))
	}
	if n != 0 {
		t.Error("a login is tried without end from many addresses")
	}
	s.Allow("carol", "[2001:db8::1]:50000", noon)
	if n := tries("carol", "[2001:db8::ffff:2]:50000"); n != 4 {
		t.Errorf("%d tries from another address of the same network", n)
	}
	s.Allow(string(make([]byte, 1<<20)), "not an address", noon)
}

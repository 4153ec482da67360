package channel

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

// ErrNotLoopback is returned when a book that may only send to this machine would
// dial another one.
var ErrNotLoopback = errors.New("this book sends only to a mail server on this machine (127.0.0.0/8 or ::1)")

// LoopbackOnly is a dial hook: it sees the address after the name was resolved, so
// a name that points elsewhere, or changes between two look-ups, does not pass.
func LoopbackOnly(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return ErrNotLoopback
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || !ip.Unmap().IsLoopback() {
		return fmt.Errorf("%w: %s", ErrNotLoopback, host)
	}
	return nil
}

// IsLocalName reports whether a host is this machine by its very name.
func IsLocalName(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// Secret is a password that never appears in a log or an error.
type Secret string

// String hides the value.
func (Secret) String() string { return "***" }

// GoString hides the value.
func (Secret) GoString() string { return "***" }

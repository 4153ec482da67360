package web

import (
	"errors"
	"net"
	"strconv"
	"syscall"
)

func portText(n int) string { return strconv.Itoa(n) }

// taken reports whether another program listens there.
func taken(err error) bool { return errors.Is(err, syscall.EADDRINUSE) }

// loopback reports whether a peer, or a host as a browser names it, is this machine.
func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

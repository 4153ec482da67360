package email

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrAddress is returned for text that is not one plain mail address.
var ErrAddress = errors.New("not a mail address")

// ErrHeader is returned for a header field that holds a control character or is
// not valid text.
var ErrHeader = errors.New("not allowed in a mail header")

// plainAddress reports local@domain of RFC 5321 without quotes, routes and literals.
func plainAddress(addr string) bool {
	local, domain, _ := strings.Cut(addr, "@")
	if len(addr) > 254 || len(local) > 64 || len(domain) > 253 {
		return false
	}
	for part := range strings.SplitSeq(local, ".") {
		if part == "" || !onlyOf(part, "!#$%&'*+/=?^_{|}~`-") {
			return false
		}
	}
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || !onlyOf(label, "-") || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
	}
	return true
}

// onlyOf reports text of ASCII letters, digits and further marks.
func onlyOf(s, further string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') && strings.IndexByte(further, c) < 0 {
			return false
		}
	}
	return true
}

// Address is one parsed mail address with the name shown beside it. Only
// [ParseAddress] and [NewAddress] make one, so an Address is always safe in a
// header and in an envelope.
type Address struct{ name, addr string }

// NewAddress checks a bare address ("jane@example.com") and a name. International
// domains must be in their xn-- form. It refuses anything else with [ErrAddress]
// and a name with control characters with [ErrHeader].
func NewAddress(name, addr string) (Address, error) {
	if !plainAddress(addr) {
		return Address{}, fmt.Errorf("%w: %q (expected name@domain in plain characters)", ErrAddress, addr)
	}
	if err := checkHeader("name", name); err != nil {
		return Address{}, err
	}
	return Address{name: name, addr: addr}, nil
}

// ParseAddress reads "jane@example.com" or "Jane <jane@example.com>", exactly one.
func ParseAddress(s string) (Address, error) {
	if err := checkHeader("address", s); err != nil {
		return Address{}, err
	}
	a, err := mail.ParseAddress(s)
	if err != nil {
		return Address{}, fmt.Errorf("%w: %q", ErrAddress, s)
	}
	return NewAddress(a.Name, a.Address)
}

// Domain is what stands behind the @.
func (a Address) Domain() string { return a.addr[strings.LastIndexByte(a.addr, '@')+1:] }

// shown is the name as headers show it. A backslash in a name beyond ASCII is shown as a
// slash: the encoding of such names leaves it bare, where it is not allowed.
func (a Address) shown() string {
	if strings.ContainsFunc(a.name, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return strings.ReplaceAll(a.name, `\`, "/")
	}
	return a.name
}

// checkHeader refuses text that could end a header field or hide in it.
func checkHeader(field, s string) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("%w: %s is not valid UTF-8", ErrHeader, field)
	}
	for _, r := range s {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return fmt.Errorf("%w: %s holds the control character %U", ErrHeader, field, r)
		}
	}
	return nil
}

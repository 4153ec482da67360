package email

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/recoup-project/recoup/internal/core/book"
)

// ErrAddress is returned for text that is not one plain mail address.
var ErrAddress = errors.New("not a mail address")

// ErrHeader is returned for a header field that holds a control character or is
// not valid text.
var ErrHeader = errors.New("not allowed in a mail header")

// Address is one parsed mail address with the name shown beside it. Only
// [ParseAddress] and [NewAddress] make one, so an Address is always safe in a
// header and in an envelope.
type Address struct{ name, addr string }

// NewAddress checks a bare address ("jane@example.com") and a name. International
// domains must be in their xn-- form. It refuses anything else with [ErrAddress]
// and a name with control characters with [ErrHeader].
func NewAddress(name, addr string) (Address, error) {
	if !book.IsAddress(addr) {
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

package document

import (
	"errors"
	"fmt"
	"strings"
)

// ErrReference is returned for text that cannot be a payment reference.
var ErrReference = errors.New("not a payment reference (expected 1 to 21 letters A-Z and digits)")

// ErrBankDetails is returned for bank details that fail their own check digits.
var ErrBankDetails = errors.New("bank details are wrong")

// RFReference makes a creditor reference after ISO 11649 from a customer or
// invoice number: "RF", two check digits, the number. Spaces, points, hyphens,
// slashes and underscores are dropped and letters are raised; anything else, no
// text at all and more than 21 characters are refused.
func RFReference(number string) (string, error) {
	var b strings.Builder
	for _, r := range strings.ToUpper(number) {
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z':
			b.WriteRune(r)
		case strings.ContainsRune(" .-/_", r):
		default:
			return "", fmt.Errorf("%w: %q", ErrReference, number)
		}
	}
	if b.Len() == 0 || b.Len() > 21 {
		return "", fmt.Errorf("%w: %q", ErrReference, number)
	}
	check := 98 - mod97(b.String()+"RF00")
	return fmt.Sprintf("RF%02d%s", check, b.String()), nil
}

// ValidRFReference reports whether s is a creditor reference after ISO 11649 with
// correct check digits; spaces are allowed anywhere.
func ValidRFReference(s string) bool {
	s = strings.ToUpper(strings.ReplaceAll(s, " ", ""))
	return len(s) >= 5 && len(s) <= 25 && strings.HasPrefix(s, "RF") && checked97(s)
}

// CheckIBAN tests the form and the check digits of an IBAN; spaces are allowed.
func CheckIBAN(s string) error {
	s = strings.ToUpper(strings.ReplaceAll(s, " ", ""))
	if len(s) < 15 || len(s) > 34 || s[0] < 'A' || s[0] > 'Z' || s[1] < 'A' || s[1] > 'Z' || !checked97(s) {
		return fmt.Errorf("%w: the IBAN fails its check digits", ErrBankDetails)
	}
	return nil
}

// checkRouting tests the nine digits of an American routing number.
func checkRouting(s string) error {
	sum, weights := 0, [...]int{3, 7, 1}
	for i, r := range s {
		if r < '0' || r > '9' {
			sum = -1
			break
		}
		sum += int(r-'0') * weights[i%3]
	}
	if len(s) != 9 || sum <= 0 || sum%10 != 0 {
		return fmt.Errorf("%w: the routing number fails its check digit", ErrBankDetails)
	}
	return nil
}

// checked97 tests the two check digits at positions 3 and 4.
func checked97(s string) bool {
	if s[2] < '0' || s[2] > '9' || s[3] < '0' || s[3] > '9' {
		return false
	}
	return mod97(s[4:]+s[:4]) == 1
}

// mod97 is the remainder after ISO 7064 with letters as 10 to 35; -1 if s holds
// anything but digits and capital letters.
func mod97(s string) int {
	remainder := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			remainder = (remainder*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			remainder = (remainder*100 + int(c-'A') + 10) % 97
		default:
			return -1
		}
	}
	return remainder
}

// accountText is the IBAN as it is printed; in a sketch it may be a gap, which stays as it is.
func accountText(m *Message) string {
	if m.Sketch && CheckIBAN(m.Creditor.Bank.IBAN) != nil {
		return m.Creditor.Bank.IBAN
	}
	return Grouped(m.Creditor.Bank.IBAN)
}

// Grouped sets a reference or an IBAN in blocks of four, unbroken.
func Grouped(s string) string {
	s = strings.ReplaceAll(s, " ", "")
	var b strings.Builder
	for i := range len(s) {
		if i > 0 && i%4 == 0 {
			b.WriteString("\u00a0")
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// sortCode sets the six digits of a British sort code in pairs, as banks print it;
// whatever else stands between them goes.
func sortCode(s string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
	if len(digits) != 6 {
		return s
	}
	return digits[:2] + "-" + digits[2:4] + "-" + digits[4:]
}

// ReferenceText is how a message writes a payment reference: one after ISO 11649 in groups
// of four, every other as it is.
func ReferenceText(s string) string { return writer{}.reference(s) }

package app

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/recoup-project/recoup/internal/document"
)

// Words of a person never tell a debtor where to pay: the account stands in the message from
// the settings, whose change is guarded (guardrail R15).

var (
	bankWord = regexp.MustCompile(`(?i)(\b(iban|bic|swift|sort ?code|accounts?|acct|a/c|routing|bank|banks|blz)\b|konto|bankverbindung|bankleitzahl)`)
	// dayInWords is a day as people write it, which is no part of an account number.
	dayInWords = regexp.MustCompile(`\b(\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}-\d{2}-\d{2})\b`)
	// figureInWords is a number as people write accounts, with spaces and hyphens between its digits.
	figureInWords = regexp.MustCompile(`\d(?:[ \x{a0}-]?\d){5,}`)
)

// foreignAccount finds what looks like an account to pay into that is none of ours: an IBAN
// anywhere, or beside a word of banking any other number of six digits or more. ours are the
// numbers that may stand there. "" if there is none.
func foreignAccount(text string, ours []string) string {
	known := map[string]bool{}
	for _, o := range ours {
		known[alnum(o)] = true
	}
	for _, line := range strings.Split(text, "\n") {
		if iban := ibanIn(alnum(line), known); iban != "" {
			return iban
		}
		if !bankWord.MatchString(line) {
			continue
		}
		for _, n := range figureInWords.FindAllString(dayInWords.ReplaceAllString(plainDigits(line), " "), -1) {
			if !known[alnum(n)] {
				return n
			}
		}
	}
	return ""
}

// ibanIn finds an IBAN with its check digits among letters and digits that stand without
// anything between them.
func ibanIn(s string, known map[string]bool) string {
	for i := 0; i+15 <= len(s); i++ {
		if !isCapital(s[i]) || !isCapital(s[i+1]) || isCapital(s[i+2]) || isCapital(s[i+3]) || digitsIn(s[i:i+15]) < 8 {
			continue
		}
		for n := 15; n <= 34 && i+n <= len(s); n++ {
			if digitsIn(s[i:i+n]) >= 10 && document.CheckIBAN(s[i:i+n]) == nil && !known[s[i:i+n]] && !ownIBAN(s[i:], known) {
				return s[i : i+n]
			}
		}
	}
	return ""
}

// ownIBAN reports whether text begins with a number that may stand there.
func ownIBAN(s string, known map[string]bool) bool {
	for k := range known {
		if len(k) >= 15 && strings.HasPrefix(s, k) {
			return true
		}
	}
	return false
}

func isCapital(c byte) bool { return c >= 'A' && c <= 'Z' }

func digitsIn(s string) (n int) {
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}

// plainDigits writes the digits of all scripts, and those of full width, as 0 to 9.
func plainDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII && unicode.IsDigit(r) {
			zero := r // digits of a script stand in a row from a zero on
			for zero > r-9 && unicode.IsDigit(zero-1) {
				zero--
			}
			return '0' + (r - zero)
		}
		if r >= 'Ａ' && r <= 'Ｚ' {
			return 'A' + (r - 'Ａ')
		}
		return r
	}, s)
}

// alnum are the letters and digits of a text, in capitals and with nothing between them.
func alnum(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, plainDigits(s))
}

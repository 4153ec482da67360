package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/recoup-project/recoup/internal/core/money"
)

// rawAmount is an amount cell without its sign and its currency.
type rawAmount struct {
	core     []byte // digits with the marks of the file
	negative bool
	currency money.Currency // stated in the cell, or ""
}

// symbols are the currency signs that may stand in an amount cell. Signs shared
// by several currencies decide nothing.
var symbols = []struct {
	sign     string
	currency money.Currency
}{
	{"€", "EUR"}, {"£", "GBP"}, {"₹", "INR"}, {"₺", "TRY"}, {"zł", "PLN"}, {"Kč", "CZK"}, {"₴",
		"UAH"},
	{"US$", "USD"}, {"A$", "AUD"}, {"C$", "CAD"}, {"NZ$", "NZD"}, {"R$", "BRL"}, {"$", ""}, {"¥", ""},
	{"kr.", ""}, {"kr", ""}, {"Fr.", "CHF"}, {"SFr.", "CHF"}, {"Rs.", ""},
}

// stripAmount takes sign and currency off a trimmed cell: a minus before or
// behind, parentheses, DR/CR, S/H (Soll/Haben), a currency code or sign on either
// side. ok is false if what is left is not digits and marks.
func stripAmount(b []byte) (a rawAmount, ok bool) {
	signs := 0
	for range 4 { // sign, currency and parentheses in any order
		if b = withoutCents(trimCell(b)); len(b) == 0 {
			return a, false
		}
		n, negative := signOf(&b)
		signs += n
		a.negative = a.negative || negative
		if b = trimCell(b); len(b) == 0 {
			return a, false
		}
		if currency, found := currencyOf(&b); found {
			if currency != "" && a.currency != "" && currency != a.currency {
				return a, false
			}
			if currency != "" {
				a.currency = currency
			}
			continue
		}
		if n == 0 {
			break
		}
	}
	if signs > 1 || len(b) == 0 {
		return a, false
	}
	for i := 0; i < len(b); {
		n := markSize(b[i:])
		if n == 0 {
			return a, false
		}
		i += n
	}
	first, last := b[0], b[len(b)-1]
	a.core = b
	return a, (isDigit(first) || first == '.' || first == ',') && (isDigit(last) || last == '.' || last == ',')
}

// withoutCents takes off the dash for no cents: 100,- and 12'000.-- and 5.– are whole.
func withoutCents(b []byte) []byte {
	for _, dash := range []string{"--", "-", "–", "—"} {
		rest, found := bytes.CutSuffix(b, []byte(dash))
		if n := len(rest); found && n > 1 && (rest[n-1] == '.' || rest[n-1] == ',') {
			return rest
		}
	}
	return b
}

// markSize is the length of the digit or mark at the start of b, 0 for others.
func markSize(b []byte) int {
	switch c := b[0]; {
	case isDigit(c), c == '.', c == ',', c == ' ', c == '\'':
		return 1
	case c >= utf8.RuneSelf:
		if r, n := utf8.DecodeRune(b); isBlankMark(r) || r == '’' {
			return n
		}
	}
	return 0
}

func isBlankMark(r rune) bool { return r == ' ' || r == '\u00a0' || r == '\u202f' || r == '\u2009' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// signOf takes one sign off b; n is 1 if there was one.
func signOf(b *[]byte) (n int, negative bool) {
	s := *b
	last := len(s) - 1
	switch {
	case s[0] == '(' && s[last] == ')' && last > 0:
		*b = s[1:last]
		return 1, true
	case s[0] == '-' || s[0] == '+':
		*b = s[1:]
		return 1, s[0] == '-'
	case s[last] == '-' || s[last] == '+':
		*b = s[:last]
		return 1, s[last] == '-'
	case bytes.HasPrefix(s, []byte("−")):
		*b = s[len("−"):]
		return 1, true
	case bytes.HasSuffix(s, []byte("−")):
		*b = s[:len(s)-len("−")]
		return 1, true
	}
	for _, m := range signWords {
		if rest, found := cutWord(s, m.word); found {
			*b = rest
			return 1, m.negative
		}
	}
	return 0, false
}

// signWords may follow an amount. A debit raises what the customer owes.
var signWords = []struct {
	word     string
	negative bool
}{
	{"DR", false}, {"DR.", false}, {"CR", true}, {"CR.", true}, {"D", false}, {"C", true},
	{"S", false}, {"H", true}, {"SOLL", false}, {"HABEN", true},
}

// cutWord takes a trailing word off an amount: it must follow a digit or blank.
func cutWord(s []byte, word string) (rest []byte, found bool) {
	n := len(s) - len(word)
	if n <= 0 || !strings.EqualFold(string(s[n:]), word) {
		return nil, false
	}
	if before := s[n-1]; !isDigit(before) && before != ' ' && before != '.' && before < utf8.RuneSelf {
		return nil, false
	}
	return s[:n], true
}

// currencyOf takes a currency code or sign off either end of b. The code must be
// one of ISO 4217 and stand beside a digit, blank or sign.
func currencyOf(b *[]byte) (c money.Currency, found bool) {
	s := *b
	if len(s) > 3 {
		if code := money.Currency(s[:3]); code.Known() && !isUpper(s[3]) {
			*b = s[3:]
			return code, true
		}
		if code := money.Currency(s[len(s)-3:]); code.Known() && !isUpper(s[len(s)-4]) {
			*b = s[:len(s)-3]
			return code, true
		}
	}
	if isDigit(s[0]) && isDigit(s[len(s)-1]) {
		return "", false
	}
	for _, m := range symbols {
		if bytes.HasPrefix(s, []byte(m.sign)) {
			*b = s[len(m.sign):]
			return m.currency, true
		}
		if bytes.HasSuffix(s, []byte(m.sign)) {
			*b = s[:len(s)-len(m.sign)]
			return m.currency, true
		}
	}
	return "", false
}

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }

// marks is what the digits of an amount say about its marks.
type marks uint8

const (
	marksNone      marks = iota // 1234
	marksPoint                  // the decimal mark is a point: 1,234.56
	marksComma                  // it is a comma: 1.234,56
	marksAmbiguous              // 1.234 or 1,234: decimals or thousands
	marksBad
)

// evidence reads what one core says about the decimal mark of the file.
func evidence(core []byte) marks {
	points, commas := bytes.Count(core, []byte{'.'}), bytes.Count(core, []byte{','})
	point, comma := bytes.LastIndexByte(core, '.'), bytes.LastIndexByte(core, ',')
	switch {
	case points == 0 && commas == 0:
		return marksNone
	case points > 1 && commas > 1:
		return marksBad
	case points > 0 && commas > 0 && point > comma, commas > 1:
		if points > 1 {
			return marksBad
		}
		return marksPoint
	case points > 0 && commas > 0, points > 1:
		if commas > 1 {
			return marksBad
		}
		return marksComma
	}
	at, is := point, marksPoint
	if commas == 1 {
		at, is = comma, marksComma
	}
	after := len(core) - at - 1
	if after != 3 || at == 0 || at > 3 || core[0] == '0' {
		return is
	}
	return marksAmbiguous
}

// errGrouping marks digits and marks that are not an amount of the layout.
var errGrouping = errors.New("marks in the wrong places")

// plainNumber rewrites a core with the decimal mark and the grouping marks of a
// layout as a plain decimal ("1234.56") in dst. Groups must be of three digits
// (the ones further left may have two, as in 12,34,567).
func plainNumber(dst, core []byte, decimal byte, grouping string) ([]byte, error) {
	dst = dst[:0]
	group, groups, inFraction, mark := 0, 0, false, rune(0)
	for i := 0; i < len(core); {
		c := core[i]
		if isDigit(c) {
			dst = append(dst, c)
			group++
			i++
			continue
		}
		r, n := utf8.DecodeRune(core[i:])
		i += n
		switch {
		case inFraction:
			return dst, errGrouping
		case c == decimal:
			if groups > 0 && group != 3 {
				return dst, errGrouping
			}
			dst = append(dst, '.')
			inFraction = true
		case isGrouping(r, grouping):
			if group == 0 || group > 3 || groups > 0 && group < 2 || mark != 0 && mark != r {
				return dst, errGrouping
			}
			mark = r
			groups++
			group = 0
		default:
			return dst, errGrouping
		}
	}
	if groups > 0 && !inFraction && group != 3 {
		return dst, errGrouping
	}
	return dst, nil
}

func isGrouping(r rune, grouping string) bool {
	switch {
	case isBlankMark(r):
		r = ' '
	case r == '’':
		r = '\''
	}
	return strings.ContainsRune(grouping, r)
}

// toMinor turns a plain decimal without sign into minor units. With noise, digits
// left by binary floating point are rounded away: at least 8 decimals of which
// the six behind the minor unit are all 0 or all 9, so that the value is within
// 10^-6 of a minor unit.
func toMinor(plain []byte, exponent int, noise bool) (int64, error) {
	point := bytes.IndexByte(plain, '.')
	decimals := len(plain) - point - 1
	if !noise || point < 0 || decimals < 8 || decimals < exponent+6 {
		return money.ParseMinor(string(plain), exponent)
	}
	kept := point + 1 + exponent
	rest := string(plain[kept : kept+6])
	minor, err := money.ParseMinor(string(plain[:kept]), exponent)
	switch {
	case err != nil:
		return 0, err
	case rest == "999999":
		return minor + 1, nil
	case rest != "000000":
		return 0, money.ErrTooPrecise
	}
	return minor, nil
}

// isNoise reports whether a core looks like an amount spoilt by floating point.
func isNoise(core []byte) bool {
	point := bytes.LastIndexAny(core, ".,")
	return point >= 0 && len(core)-point-1 >= 8
}

// expectedAmount says what an amount of the layout looks like.
func expectedAmount(err error, l *Layout, c money.Currency) string {
	switch {
	case errors.Is(err, money.ErrTooPrecise):
		return fmt.Sprintf("at most %d decimals for %s", c.Exponent(), c)
	case errors.Is(err, money.ErrOverflow):
		return "an amount within " + money.FormatMinor(money.MaxMinor, c.Exponent())
	case l.Decimal == ",":
		return "an amount with a decimal comma, like 1234,56 or -12,00"
	}
	return "an amount with a decimal point, like 1234.56 or -12.00"
}

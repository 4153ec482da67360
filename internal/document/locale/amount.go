package locale

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/recoup-project/recoup/internal/core/money"
)

// ErrAmbiguous is an amount that can be read in two ways.
var ErrAmbiguous = errors.New("it can be read in two ways")

// ReadAmount reads an amount as people type it: 1234.50, 1,234.50, 1.234,50, 1 234, £12. A
// mark that can only be that of another language is taken as such: three digits behind a mark
// are thousands where the currency has no three places. Where it has, only the decimal mark of
// the language is one. Errors: ErrAmbiguous; those of money.Parse, also for thousands that are
// not groups of three.
func (l Language) ReadAmount(text string, c money.Currency) (money.Money, error) {
	wrong := fmt.Errorf("amount %q: %w", text, money.ErrSyntax)
	digits := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Sc, r) || r == '\'' || r == '’' {
			return -1
		}
		return r
	}, strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(text), string(c)), string(c)))
	last := strings.LastIndexAny(digits, ".,")
	if last < 0 {
		return money.Parse(digits, c)
	}
	mark, other := digits[last:last+1], ","
	if mark == "," {
		other = "."
	}
	whole, places := digits[:last], digits[last+1:]
	switch {
	case strings.Contains(whole, mark) && strings.Contains(whole, other):
		return money.Money{Currency: c}, wrong
	case strings.Contains(whole, mark): // several of one kind part thousands
		whole, places = digits, ""
	case len(places) == 3 && !strings.Contains(whole, other):
		switch {
		case c.Exponent() != 3:
			whole, places = digits, ""
		case (mark == ",") != (l == German):
			return money.Money{Currency: c}, fmt.Errorf("amount %q in %s: %w", text, c, ErrAmbiguous)
		}
	}
	groups := strings.FieldsFunc(whole, func(r rune) bool { return r == '.' || r == ',' })
	if marks := strings.Count(whole, ".") + strings.Count(whole, ","); marks > 0 {
		if len(groups) != marks+1 || len(strings.TrimLeft(groups[0], "+-")) > 3 || strings.TrimLeft(groups[0], "+-0") == "" {
			return money.Money{Currency: c}, wrong
		}
		for _, g := range groups[1:] {
			if len(g) != 3 {
				return money.Money{Currency: c}, wrong
			}
		}
	}
	return money.Parse(strings.Join(groups, "")+"."+places, c)
}

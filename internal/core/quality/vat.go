package quality

import "strings"

// Verdict is what can be said of a VAT identification number without asking its office.
type Verdict int

// Verdicts. A number of a country whose rules are not known here is Unchecked.
const (
	Unchecked Verdict = iota
	Fits
	WrongForm  // it does not look like a number of its country
	WrongCheck // it does, and its check digits do not fit: a digit is wrong or two are exchanged
)

// vatRule is the form of a country's numbers behind the prefix, in words, and the test of
// one without marks. The tests are the published ones of the tax offices.
type vatRule struct {
	form string
	test func(string) Verdict
}

var vatRules = map[string]vatRule{
	"AT": {"U and 8 digits", austrian},
	"BE": {"10 digits, the first 0 or 1", belgian},
	"DE": {"9 digits", german},
	"ES": {"9 characters, the first or last a letter", spanish},
	"FR": {"2 characters and 9 digits", french},
	"GB": {"9 or 12 digits", british},
	"IE": {"7 digits and 1 or 2 letters", irish},
	"IT": {"11 digits", italian},
	"NL": {"9 digits, B and 2 digits", dutch},
	"PL": {"10 digits", polish},
}

// CheckVAT tests a number as people write it, with or without marks and the prefix of its
// country. country is the customer's, ISO 3166; a prefix of another country that is known
// counts instead, since companies register abroad. The form is what was expected, in words.
func CheckVAT(number, country string) (v Verdict, form string) {
	plain := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r == ' ' || r == '.' || r == '-' || r == '/' || r == '\u00a0':
			return -1
		}
		return r
	}, number)
	if plain == "" {
		return Unchecked, ""
	}
	if rest, prefixed := strings.CutPrefix(plain, country); prefixed {
		plain = rest
	} else if len(plain) > 2 && plain[0] != 'U' { // ATU…: its U belongs to the number
		if _, known := vatRules[plain[:2]]; known && country != "FR" && country != "ES" {
			country, plain = plain[:2], plain[2:]
		}
	}
	rule, known := vatRules[country]
	if !known {
		return Unchecked, ""
	}
	return rule.test(plain), rule.form
}

// digits reads a text of n digits.
func digits(s string, n int) ([]int, bool) {
	if len(s) != n {
		return nil, false
	}
	d := make([]int, n)
	for i := range n {
		if s[i] < '0' || s[i] > '9' {
			return nil, false
		}
		d[i] = int(s[i] - '0')
	}
	return d, true
}

// weighted is the sum of digits, each times its weight.
func weighted(d []int, weights ...int) int {
	sum := 0
	for i, w := range weights {
		sum += d[i] * w
	}
	return sum
}

// value is the number that digits make.
func value(d []int) int {
	n := 0
	for _, x := range d {
		n = n*10 + x
	}
	return n
}

func verdict(fits bool) Verdict {
	if fits {
		return Fits
	}
	return WrongCheck
}

// british: the weighted sum of all is 0 modulo 97, or with 55 added. Twelve digits name a
// branch in the last three; GD and HA are departments and health authorities.
func british(s string) Verdict {
	if len(s) == 5 && (s[:2] == "GD" || s[:2] == "HA") {
		d, ok := digits(s[2:], 3)
		switch {
		case !ok:
			return WrongForm
		case s[:2] == "GD":
			return verdict(value(d) < 500)
		}
		return verdict(value(d) >= 500)
	}
	if len(s) == 12 {
		if _, ok := digits(s, 12); !ok {
			return WrongForm
		}
		s = s[:9]
	}
	d, ok := digits(s, 9)
	if !ok {
		return WrongForm
	}
	sum := weighted(d, 8, 7, 6, 5, 4, 3, 2) + value(d[7:])
	return verdict(value(d) > 0 && (sum%97 == 0 || (sum+55)%97 == 0))
}

// german: ISO 7064, MOD 11,10.
func german(s string) Verdict {
	d, ok := digits(s, 9)
	if !ok || d[0] == 0 {
		return WrongForm
	}
	product := 10
	for _, x := range d[:8] {
		sum := (x + product) % 10
		if sum == 0 {
			sum = 10
		}
		product = 2 * sum % 11
	}
	return verdict((11-product)%10 == d[8])
}

// french: nine digits of the company with a Luhn digit, before them their key. Keys with
// letters are given too; their computation is not public.
func french(s string) Verdict {
	if len(s) != 11 {
		return WrongForm
	}
	siren, ok := digits(s[2:], 9)
	if !ok {
		return WrongForm
	}
	for _, c := range s[:2] {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z' || c == 'I' || c == 'O') {
			return WrongForm
		}
	}
	monaco := value(siren[:3]) == 0
	if !monaco && !luhn(siren) {
		return WrongCheck
	}
	if key, numeric := digits(s[:2], 2); numeric {
		return verdict(value(key) == (12+3*(value(siren)%97))%97)
	}
	return Fits
}

// luhn doubles every second digit from the right.
func luhn(d []int) bool {
	sum := 0
	for i, x := range d {
		if (len(d)-i)%2 == 0 {
			x *= 2
		}
		sum += x/10 + x%10
	}
	return sum%10 == 0
}

func italian(s string) Verdict {
	d, ok := digits(s, 11)
	if !ok {
		return WrongForm
	}
	return verdict(value(d) > 0 && luhn(d))
}

// dutch: the eleven test of the legal person, or for people in business, since 2020, all
// of it modulo 97.
func dutch(s string) Verdict {
	if len(s) != 12 || s[9] != 'B' {
		return WrongForm
	}
	d, ok := digits(s[:9], 9)
	branch, okToo := digits(s[10:], 2)
	if !ok || !okToo || value(branch) == 0 {
		return WrongForm
	}
	if weighted(d, 9, 8, 7, 6, 5, 4, 3, 2)%11 == d[8] {
		return Fits
	}
	rest := 0
	for _, c := range "NL" + s { // letters count as two digits, A = 10
		switch {
		case c >= 'A':
			rest = (rest*100 + int(c-'A') + 10) % 97
		default:
			rest = (rest*10 + int(c-'0')) % 97
		}
	}
	return verdict(rest == 1)
}

// belgian: the last two are 97 less the rest of the others. Nine digits are the form
// before 2005, without its zero.
func belgian(s string) Verdict {
	if len(s) == 9 {
		s = "0" + s
	}
	d, ok := digits(s, 10)
	if !ok || d[0] > 1 {
		return WrongForm
	}
	return verdict(97-value(d[:8])%97 == value(d[8:]))
}

func austrian(s string) Verdict {
	s, ok := strings.CutPrefix(s, "U")
	d, okToo := digits(s, 8)
	if !ok || !okToo {
		return WrongForm
	}
	sum := 4
	for i, x := range d[:7] {
		if i%2 == 1 {
			x *= 2
		}
		sum += x/10 + x%10
	}
	return verdict((10-sum%10)%10 == d[7])
}

func polish(s string) Verdict {
	d, ok := digits(s, 10)
	if !ok {
		return WrongForm
	}
	return verdict(weighted(d, 6, 5, 7, 2, 3, 4, 5, 6, 7)%11 == d[9])
}

// irish: the eighth character is the sum modulo 23, W for zero; a ninth, since 2013, counts
// nine times. Old numbers have a letter or a mark second, and their first digit last.
func irish(s string) Verdict {
	const letters = "WABCDEFGHIJKLMNOPQRSTUV"
	if len(s) == 8 && (s[1] < '0' || s[1] > '9') {
		if !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZ+*", rune(s[1])) {
			return WrongForm
		}
		s = "0" + s[2:7] + s[:1] + s[7:]
	}
	if len(s) != 8 && len(s) != 9 {
		return WrongForm
	}
	d, ok := digits(s[:7], 7)
	if !ok || s[7] < 'A' || s[7] > 'W' {
		return WrongForm
	}
	sum := weighted(d, 8, 7, 6, 5, 4, 3, 2)
	if len(s) == 9 {
		second := strings.IndexByte(letters, s[8])
		if second < 0 || second > 9 {
			return WrongForm
		}
		sum += 9 * second
	}
	return verdict(letters[sum%23] == s[7])
}

// spanish: people end with a letter, foreigners begin with X, Y or Z, and legal persons
// with the letter of their form and end with a digit or a letter.
func spanish(s string) Verdict {
	const people = "TRWAGMYFPDXBNJZSQVHLCKE"
	if len(s) != 9 {
		return WrongForm
	}
	first, last := s[0], s[8]
	if at := strings.IndexByte("XYZ", first); at >= 0 {
		s = string(rune('0'+at)) + s[1:]
		first = s[0]
	}
	if first >= '0' && first <= '9' {
		d, ok := digits(s[:8], 8)
		if !ok || last < 'A' || last > 'Z' {
			return WrongForm
		}
		return verdict(people[value(d)%23] == last)
	}
	d, ok := digits(s[1:8], 7)
	if !ok || !strings.ContainsRune("ABCDEFGHJKLMNPQRSUVW", rune(first)) {
		return WrongForm
	}
	if strings.ContainsRune("KLM", rune(first)) { // people without a number of their own
		return verdict(people[value(d)%23] == last)
	}
	sum := 0
	for i, x := range d {
		if i%2 == 0 {
			x *= 2
		}
		sum += x/10 + x%10
	}
	control := (10 - sum%10) % 10
	return verdict(last == byte('0'+control) || last == "JABCDEFGHI"[control])
}

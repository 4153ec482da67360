package quality

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// Customer is what tells whether two customers are one.
type Customer struct {
	ID      int64
	Name    string
	VAT     string
	Domains []string // of its e-mail addresses
}

// Why says what customers have in common.
type Why string

// What two customers can have in common, the strongest first.
const (
	SameVAT    Why = "same_vat_id"
	SameName   Why = "same_name"
	SameDomain Why = "same_domain" // and the first word of the name
)

// Twins are customers that may be one, by id in ascending order.
type Twins struct {
	Why       Why
	Customers []int64
}

// Duplicates finds customers of one creditor that may be one and the same. Customers who
// were found by one sign are not named again by a weaker one. The answer is in the order of
// the signs and of the first customer.
func Duplicates(all []Customer) []Twins {
	var found []Twins
	known := map[[2]int64]bool{}
	for _, sign := range []struct {
		why  Why
		keys func(*Customer) []string
	}{
		{SameVAT, func(c *Customer) []string { return []string{compact(c.VAT)} }},
		{SameName, func(c *Customer) []string { return []string{NameKey(c.Name)} }},
		{SameDomain, domainKeys},
	} {
		groups := map[string][]int64{}
		for i := range all {
			for _, key := range sign.keys(&all[i]) {
				if key != "" && !slices.Contains(groups[key], all[i].ID) {
					groups[key] = append(groups[key], all[i].ID)
				}
			}
		}
		var twins []Twins
		for _, key := range slices.Sorted(maps.Keys(groups)) {
			if ids := groups[key]; len(ids) > 1 && len(ids) <= mostTwins {
				slices.Sort(ids)
				if news := unknown(known, ids); news {
					twins = append(twins, Twins{sign.why, ids})
				}
			}
		}
		slices.SortFunc(twins, func(a, b Twins) int { return cmp.Compare(a.Customers[0], b.Customers[0]) })
		found = append(found, twins...)
	}
	return found
}

// mostTwins bounds a group: what a hundred customers share tells nothing about them.
const mostTwins = 20

// unknown notes the pairs of a group and reports whether one of them is new.
func unknown(known map[[2]int64]bool, ids []int64) (news bool) {
	for i, a := range ids {
		for _, b := range ids[i+1:] {
			news = news || !known[[2]int64{a, b}]
			known[[2]int64{a, b}] = true
		}
	}
	return news
}

// domainKeys are the domains of a customer, each with the first word of its name: two who
// only share a house or a provider of mail are not one.
func domainKeys(c *Customer) []string {
	first, _, _ := strings.Cut(NameKey(c.Name), " ")
	if len(first) < 3 {
		return nil
	}
	var keys []string
	for _, d := range c.Domains {
		if d = strings.ToLower(d); d != "" && !freeMail[d] {
			keys = append(keys, d+" "+first)
		}
	}
	return keys
}

// freeMail are domains under which anybody gets a mailbox.
var freeMail = wordSet(`gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk live.com yahoo.com yahoo.co.uk
	icloud.com me.com aol.com gmx.de gmx.net gmx.at web.de t-online.de freenet.de posteo.de mail.com proton.me
	protonmail.com btinternet.com sky.com virginmedia.com orange.fr wanadoo.fr free.fr laposte.net libero.it
	telefonica.net ziggo.nl kpnmail.nl telenet.be skynet.be wp.pl onet.pl o2.pl comcast.net verizon.net att.net`)

// forms are words that say how a company is organised, or nothing.
var forms = wordSet(`ltd limited plc llp lp llc inc incorporated corp corporation co company gmbh mbh ag kg kgaa ohg ug
	ek eg se gbr sarl sas sa sasu eurl snc sl slu srl spa sprl bvba bv nv vof cv sp spzoo zoo oo as oy ab aps
	the and und et y e`)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

// folded are letters as people without them on the keyboard write them.
var folded = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "é", "e", "è", "e", "ê", "e", "ë", "e",
	"á", "a", "à", "a", "â", "a", "å", "a", "ã", "a", "í", "i", "ì", "i", "î", "i", "ï", "i", "ó", "o", "ò", "o",
	"ô", "o", "õ", "o", "ø", "oe", "ú", "u", "ù", "u", "û", "u", "ç", "c", "ñ", "n", "ý", "y", "ł", "l", "ń", "n",
	"ś", "s", "ź", "z", "ż", "z", "ą", "a", "ę", "e", "ć", "c", "š", "s", "č", "c", "ž", "z", "æ", "ae", "œ", "oe")

// NameKey is a name by which two spellings of one company are the same: lower case, without
// accents, marks and the words of its legal form. "" if nothing else is left.
func NameKey(name string) string {
	plain := strings.Map(func(r rune) rune {
		switch {
		case r == '.' || r == '\'' || r == '’': // S.A. is SA
			return -1
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r >= 0x80 && r != '\u00a0':
			return r
		}
		return ' '
	}, folded.Replace(strings.ToLower(name)))
	var words []string
	for w := range strings.FieldsSeq(plain) {
		if !forms[w] {
			words = append(words, w)
		}
	}
	return strings.Join(words, " ")
}

// compact is a number without marks.
func compact(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, strings.ToUpper(s))
}

// Invoice is an open invoice of a customer.
type Invoice struct {
	Customer, ID int64
	Number       string // in the form in which numbers are compared
	Currency     money.Currency
	Minor        int64 // as it was issued
	Date         cal.Date
}

// repeatDays is how far apart two invoices about the same thing are at most: what is
// delivered every week or month is billed at longer distances.
const repeatDays = 5

// Repeated finds pairs of open invoices of one customer over the same amount, dated at most
// five days apart, under different numbers: one may be the other again. The later one
// stands second. Instalments of one document have one number and are no pair.
func Repeated(all []Invoice) [][2]Invoice {
	sorted := slices.SortedFunc(slices.Values(all), func(a, b Invoice) int {
		return cmp.Or(cmp.Compare(a.Customer, b.Customer), cmp.Compare(a.Currency, b.Currency),
			cmp.Compare(a.Minor, b.Minor), cmp.Compare(a.Date, b.Date), cmp.Compare(a.ID, b.ID))
	})
	var pairs [][2]Invoice
	for i := 1; i < len(sorted); i++ {
		a, b := &sorted[i-1], &sorted[i]
		if a.Customer == b.Customer && a.Currency == b.Currency && a.Minor == b.Minor && a.Number != b.Number &&
			a.Date != cal.None && b.Date.DaysSince(a.Date) <= repeatDays {
			pairs = append(pairs, [2]Invoice{*a, *b})
		}
	}
	return pairs
}

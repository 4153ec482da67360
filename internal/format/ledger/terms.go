package ledger

import (
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/recoup-project/recoup/internal/core/cal"
)

// terms are payment terms that a file states: so many days after the day of the invoice.
type terms struct {
	days  int
	month bool // to the end of a month
	after bool // the days are counted from the end of the month of the invoice
}

// maxTermDays bounds the days of terms; more is no term of payment.
const maxTermDays = 365

const (
	dayWords   = `(?:days?|d|tagen?|jours?|j|dagen|dag|d[ií]as?|giorni|gg|dagar|dage)\.?`
	monthWords = `(?:e\.?o\.?m\.?|end of(?: the)? month|month ?end|fin de mois|f\.?d\.?m\.?|(?:zum )?monatsende|ende des monats|einde (?:van de )?maand|fin de mes|fine mese|f\.?m\.?)`
)

// termForms are the forms of terms. They are compiled when the first file needs them.
var termForms = sync.OnceValue(func() *struct{ atOnce, days, month, monthPlus, discount, net *regexp.Regexp } {
	return &struct{ atOnce, days, month, monthPlus, discount, net *regexp.Regexp }{
		atOnce: regexp.MustCompile(`^(?:(?:due |payable )?(?:up)?on receipt|due immediately|immediate(?:ly)?|(?:zahlbar )?sofort(?: zahlbar| fällig)?(?: (?:rein )?netto)?|` +
			`(?:zahlbar )?(?:bei|nach) erhalt|(?:paiement )?(?:à|a) r[ée]ception(?: de facture)?|(?:paiement )?comptant|per direct|direct|contant|(?:al )?contado|a vista)$`),
		days: regexp.MustCompile(`^(?:(?:zahlbar |payable |betaling )?(?:innerhalb(?: von)?|within|binnen|sous|à) )?(?:net[t]?o? ?)?(\d{1,3})(?: ?` + dayWords +
			`)?(?: (?:(?:rein )?net|rein netto|netto|nets?))?(?: (?:(?:from|after) (?:the )?(?:date of )?invoice(?: date)?|ab rechnungsdatum|date de facture|date facture|na factuurdatum))?$`),
		month:     regexp.MustCompile(`^(?:net[t]?o? ?)?(?:(\d{1,3})(?: ?` + dayWords + `)?(?: net| netto| nets)? ?)?((?:(?:from|after|following|ab|nach|na|après|from the|after the) )?)` + monthWords + `$`),
		monthPlus: regexp.MustCompile(`^` + monthWords + ` ?\+? ?(\d{1,3})(?: ?` + dayWords + `)?$`),
		discount:  regexp.MustCompile(`^(?:\d{1,3} ?` + dayWords + ` )?\d{1,2}(?:[.,]\d+)? ?(?:%|/)[^,;]*?(?:[,;] ?| (net|n) ?/?)(.+)$`),
		net:       regexp.MustCompile(`^n ?/ ?(\d{1,3})$`),
	}
})

// parseTerms reads terms of payment as bookkeeping programs write them, in English, German,
// French, Dutch and some more. ok is false for all it does not know: terms are never guessed.
// Of terms with a discount it is the day without one.
func parseTerms(text string) (t terms, ok bool) {
	forms := termForms()
	text = strings.Trim(strings.ToLower(strings.Join(strings.Fields(text), " ")), ". ")
	if m := forms.net.FindStringSubmatch(text); m != nil {
		text = m[1]
	}
	if strings.ContainsAny(text, "%/") {
		m := forms.discount.FindStringSubmatch(text)
		if m == nil {
			return t, false
		}
		rest := strings.TrimSpace(m[2])
		if m[1] == "" && !strings.Contains(rest, "net") && !strings.HasPrefix(rest, "n") {
			return t, false
		}
		rest = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(rest, "n/"), "n "))
		return parseTerms(rest)
	}
	if forms.atOnce.MatchString(text) {
		return t, true
	}
	if m := forms.days.FindStringSubmatch(text); m != nil {
		t.days, _ = strconv.Atoi(m[1])
		return t, t.days <= maxTermDays
	}
	if m := forms.monthPlus.FindStringSubmatch(text); m != nil {
		t.days, _ = strconv.Atoi(m[1])
		return terms{days: t.days, month: true, after: true}, t.days <= maxTermDays
	}
	if m := forms.month.FindStringSubmatch(text); m != nil {
		t.days, _ = strconv.Atoi(m[1])
		return terms{days: t.days, month: true, after: m[2] != ""}, t.days <= maxTermDays
	}
	return t, false
}

// termsRead are the terms that were read before, by their text: a file has few.
type termsRead map[string]struct {
	terms
	ok bool
}

// of reads a cell of terms.
func (m *termsRead) of(cell []byte) (terms, bool) {
	const most = 1000
	t, seen := (*m)[string(cell)]
	if !seen {
		if t.terms, t.ok = parseTerms(string(cell)); *m == nil || len(*m) >= most {
			*m = termsRead{}
		}
		(*m)[string(cell)] = t
	}
	return t.terms, t.ok
}

// due is the day by which an invoice of a day is to be paid. "30 days end of month" is read
// in two ways: the end of the month in which the days end, or the days after the end of the
// month of the invoice. The later day counts, so that nobody is asked too early.
func (t terms) due(issued cal.Date) cal.Date {
	if !t.month {
		return issued.AddDays(t.days)
	}
	after := endOfMonth(issued).AddDays(t.days)
	if t.after {
		return after
	}
	return max(after, endOfMonth(issued.AddDays(t.days)))
}

func endOfMonth(d cal.Date) cal.Date {
	y, m, _ := d.YMD()
	if m == 12 {
		return cal.Of(y, 12, 31)
	}
	return cal.Of(y, m+1, 1).AddDays(-1)
}

// deriveDue gives an invoice without a due date the one that follows from its day and its
// terms, or from the days that a person gave for all.
func (r *reader) deriveDue(row *Row) {
	if row.DueDate != cal.None || row.InvoiceDate == cal.None || row.AmountMinor < 0 {
		return
	}
	if cell := r.cell(Terms); !isPlaceholder(cell) {
		if t, ok := r.terms.of(cell); ok {
			row.DueDate, row.DueDerived = t.due(row.InvoiceDate), true
			return
		}
	}
	if r.layout.DueDays > 0 {
		row.DueDate, row.DueDerived = row.InvoiceDate.AddDays(r.layout.DueDays), true
	}
}

// noteTerms says what becomes of a column of terms: nothing of it is dropped in silence.
func (g *guesser) noteTerms() {
	for i, c := range g.layout.Columns {
		p := &g.profiles[i]
		if c.Field != Terms || p.filled == 0 {
			continue
		}
		if p.fit > 0 {
			g.note("Where a row has no due date, it is derived from its date and column %q.", c.Header)
		}
		if p.unknownTerms.row > 0 {
			g.note("Column %q: %q (row %d) is not understood as terms of payment, cells like it: %d. No due date follows from them.",
				c.Header, p.unknownTerms.value, p.unknownTerms.row, p.filled-p.fit)
		}
	}
}

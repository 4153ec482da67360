package ledger

import (
	"fmt"
	"slices"

	"github.com/recoup-project/recoup/internal/core/money"
)

// outweighs reports whether evidence for one reading is nine times that against it.
func outweighs(for_, against int) bool { return for_ > 0 && for_ >= 9*against }

// settleColumns resolves columns headed just "customer", drops guessed columns
// whose cells are something else than their header promises, and notices numbers
// that a data tool turned into floats.
func (g *guesser) settleColumns() {
	var kept []Column
	var profiles []profile
	for i, c := range g.layout.Columns {
		p := g.profiles[i]
		switch c.Field {
		case Customer:
			c.Field = g.customerField(p)
		case OpenAmount, PaidAmount:
			if !g.fixed && p.yesNo > 0 && p.yesNo == p.filled {
				c.Field = map[Field]Field{OpenAmount: OpenFlag, PaidAmount: PaidFlag}[c.Field]
			}
		}
		if c.Field == Currency && p.filled == 0 && g.hasRows() { // a column that states none is none
			c.Field = NoField
		}
		if _, told := g.hints.Columns[CustomerNumber]; c.Field == CustomerNumber && !told && !g.fixed && g.isLedgerAccount(c) {
			c.Field = NoField
		}
		misread := !g.fixed && c.Field.isWord() && p.fit*2 < p.words
		if _, told := g.hints.Columns[c.Field]; misread && !told || c.Field == NoField {
			g.layout.Unused = append(g.layout.Unused, c.Header)
			continue
		}
		if c.Field == Number || c.Field == CustomerNumber {
			c.FloatID = !g.plain && p.filled > 0 && p.floats == p.filled
		}
		kept, profiles = append(kept, c), append(profiles, p)
	}
	g.layout.Columns, g.profiles = kept, profiles
}

// ledgerAccounts are headers of a customer's account or of any other.
var ledgerAccounts = []string{"Konto", "Kontonummer", "Konto-Nr."}

// isLedgerAccount reports whether a column could hold accounts of the ledger: headed just
// "Konto", with no name of a customer beside it.
func (g *guesser) isLedgerAccount(c Column) bool {
	return !g.layout.has(CustomerName) && !g.layout.has(Customer) &&
		slices.ContainsFunc(ledgerAccounts, func(h string) bool { return foldWord(h) == foldWord(c.Header) })
}

// customerField decides whether a column headed "customer" holds numbers or names.
func (g *guesser) customerField(p profile) Field {
	number, name := g.layout.has(CustomerNumber), g.layout.has(CustomerName)
	switch {
	case number && name:
		return NoField
	case name:
		return CustomerNumber
	case number:
		return CustomerName
	case p.filled > 0 && p.idLike*10 >= p.filled*8:
		return CustomerNumber
	}
	return CustomerName
}

// settleDates decides the form of every date column.
func (g *guesser) settleDates() {
	pool, anyColumn := profile{}, ISO
	for i, c := range g.layout.Columns {
		if c.Field.isDate() {
			pool.dmy += g.profiles[i].dmy
			pool.mdy += g.profiles[i].mdy
		}
	}
	asked := false
	for i := range g.layout.Columns {
		c, p := &g.layout.Columns[i], &g.profiles[i]
		if !c.Field.isDate() || p.fit == 0 {
			continue
		}
		c.Dates = g.dateOrder(*c, p, &pool)
		g.noteExchanged(c, p)
		if c.Dates == Serial {
			g.note("Column %q has days as a spreadsheet counts them: %s is %s.", c.Header, p.firstSerial.value, serialDay([]byte(p.firstSerial.value)))
		}
		if c.Dates == "" && !asked {
			asked = true
			g.askDateOrder(*c, p)
		}
		anyColumn = c.Dates
	}
	for i := range g.layout.Columns { // columns without a date: as their neighbours
		if c, p := &g.layout.Columns[i], &g.profiles[i]; c.Field.isDate() && p.fit == 0 {
			c.Dates = anyColumn
			if anyColumn == "" {
				c.Dates = ISO
			}
		}
	}
}

// noteExchanged warns of a column that a spreadsheet has spoilt: of days written 31/03/2026
// it took those for dates that it could read month first, and left the others as text.
func (g *guesser) noteExchanged(c *Column, p *profile) {
	const enough = 5
	dates, texts := p.shapes[shapeISO], p.shapes[shapeNumeric]
	if g.src.book == nil || dates < enough || texts == 0 || p.isoLate > 0 || p.dmy < texts && p.mdy < texts {
		return
	}
	g.note("column %q has %d dates, none after the twelfth of a month, "+
		"and %d days as text: day and month of the dates were probably exchanged when the workbook was made; "+
		"export it again as CSV", c.Header, dates, texts)
}

// note adds a sentence to what a file of this layout cannot tell.
func (g *guesser) note(format string, args ...any) {
	g.layout.Notes = append(slices.Clone(g.layout.Notes), fmt.Sprintf(format, args...))
}

func (g *guesser) dateOrder(c Column, p, pool *profile) DateOrder {
	top := shapeISO
	for shape := shapeYMD; shape <= shapeName; shape++ {
		if p.shapes[shape] > p.shapes[top] {
			top = shape
		}
	}
	if p.shapes[shapeSerial] == p.fit && outweighs(p.fit, p.shapes[shapeNone]) { // the whole column, or none of it
		return Serial
	}
	if g.plain && p.shapes[shapeISO] > 0 {
		top = shapeISO // the plain layout promises ISO days: anything else is an error of its row
	}
	switch top {
	case shapeISO:
		return ISO
	case shapeYMD:
		return YMD
	case shapeName:
		return MonthName
	case shapeCompact, shapeFloat:
		if p.shapes[shapeFloat] > 0 {
			return FloatYMD
		}
		return YMDCompact
	}
	return g.numericOrder(c, p, pool)
}

// numericOrder decides between day first and month first: by the user, by the
// column, by the other columns of the file, by the dots of 3.4.2026 (no locale
// writes dots month first), by the saved layout; "" is a question.
func (g *guesser) numericOrder(c Column, p, pool *profile) DateOrder {
	if h := g.hints.DateOrder; h == DMY || h == MDY {
		return h
	}
	for _, evidence := range []*profile{p, pool} {
		switch {
		case outweighs(evidence.dmy, evidence.mdy):
			return DMY
		case outweighs(evidence.mdy, evidence.dmy):
			return MDY
		case evidence.dmy > 0:
			return ""
		}
	}
	if p.open == 0 || p.dotted == p.shapes[shapeNumeric] {
		return DMY
	}
	if saved := g.hints.Saved; saved != nil && saved.Fingerprint == g.layout.Fingerprint {
		if before, ok := saved.Column(c.Field); ok && (before.Dates == DMY || before.Dates == MDY) {
			return before.Dates
		}
	}
	return ""
}

func (g *guesser) askDateOrder(c Column, p *profile) {
	q := Question{Code: AskDateOrder, Field: c.Field, Column: c.Header, Choices: []string{string(DMY),
		string(MDY)}}
	if p.dmy > 0 {
		q.Row, q.Value = p.firstMDY.row, p.firstMDY.value
		q.Text = fmt.Sprintf("Column %q has the day first in row %d (%s) and the month first in row %d (%s). "+
			"Which order is right?", c.Header, p.firstDMY.row, p.firstDMY.value, p.firstMDY.row, p.firstMDY.value)
	} else {
		q.Row, q.Value = p.firstOpenOrder.row, p.firstOpenOrder.value
		q.Text = fmt.Sprintf("Is %s in column %q (row %d) written day first or month first? "+
			"No row of the file tells.", q.Value, c.Header, q.Row)
	}
	g.questions = append(g.questions, q)
}

// settleAmounts decides the decimal mark of the file and whether amounts are
// spoilt by floating point.
func (g *guesser) settleAmounts() {
	pool, at := profile{}, Column{}
	for i, c := range g.layout.Columns {
		if !c.Field.isAmount() {
			continue
		}
		p := &g.profiles[i]
		if pool.unclear == 0 && p.unclear > 0 || pool.filled == 0 {
			at = c
		}
		pool.addAmounts(p)
	}
	g.layout.FloatNoise = pool.noise > 0 && !g.plain
	g.layout.CurrencyInAmounts = pool.currencies > 0 && outweighs(pool.currencies, pool.filled-pool.currencies)
	g.layout.Decimal = g.decimalMark(&pool)
	switch {
	case g.layout.Decimal == "":
		g.askDecimal(at, &pool)
	case g.layout.Decimal == ",":
		g.layout.Grouping = ". '"
	case !g.plain:
		g.layout.Grouping = ", '"
	}
}

func (p *profile) addAmounts(o *profile) {
	p.filled += o.filled
	p.point += o.point
	p.comma += o.comma
	p.unclear += o.unclear
	p.noise += o.noise
	p.currencies += o.currencies
	for _, e := range []struct{ to, from *example }{
		{&p.firstPoint, &o.firstPoint}, {&p.firstComma, &o.firstComma}, {&p.firstUnclear, &o.firstUnclear},
	} {
		if e.to.row == 0 {
			*e.to = *e.from
		}
	}
}

// decimalMark is "." or ",", or "" for a question.
func (g *guesser) decimalMark(p *profile) string {
	switch {
	case g.hints.Decimal == "." || g.hints.Decimal == ",":
		return g.hints.Decimal
	case g.plain && (p.point > 0 || p.comma == 0): // the plain layout promises a point
		return "."
	case outweighs(p.point, p.comma):
		return "."
	case outweighs(p.comma, p.point):
		return ","
	case p.point > 0:
		return ""
	case p.unclear == 0:
		return "."
	}
	if saved := g.hints.Saved; saved != nil && saved.Fingerprint == g.layout.Fingerprint {
		return saved.Decimal
	}
	return ""
}

func (g *guesser) askDecimal(c Column, p *profile) {
	q := Question{Code: AskDecimal, Field: c.Field, Column: c.Header, Choices: []string{".", ","}}
	if p.point > 0 {
		q.Row, q.Value = p.firstComma.row, p.firstComma.value
		q.Text = fmt.Sprintf("The file has a decimal point in row %d (%s) and a decimal comma in row %d (%s). "+
			"Which is right?", p.firstPoint.row, p.firstPoint.value, p.firstComma.row, p.firstComma.value)
	} else {
		q.Row, q.Value = p.firstUnclear.row, p.firstUnclear.value
		q.Text = fmt.Sprintf("Does %s in column %q (row %d) have decimals or thousands? No row of the file tells. "+
			"Which is the decimal mark?", q.Value, c.Header, q.Row)
	}
	g.questions = append(g.questions, q)
}

// hasRows reports whether the file has anything below its header.
func (g *guesser) hasRows() bool {
	return slices.ContainsFunc(g.profiles, func(p profile) bool { return p.filled > 0 })
}

// settleCurrency takes the currency for rows that state none: the user's, the
// header's ("Amount (EUR)"), the saved one; else it asks, unless every row has one.
func (g *guesser) settleCurrency() {
	l := &g.layout
	switch {
	case g.hints.DefaultCurrency != "":
		l.DefaultCurrency = g.hints.DefaultCurrency
	case l.DefaultCurrency != "" || l.has(Currency):
	case g.headerCurrency.Known():
		l.DefaultCurrency = g.headerCurrency
	case !l.CurrencyInAmounts:
		g.questions = append(g.questions, Question{Code: AskCurrency, Field: Currency,
			Text: "The file has no column for the currency. In which currency are its amounts?"})
	}
	if !l.DefaultCurrency.Known() {
		l.DefaultCurrency = money.Currency("")
	}
}

// askForColumns asks for each required field that no column was found for.
func (g *guesser) askForColumns() {
	for _, f := range g.about.missing(&g.layout) {
		g.questions = append(g.questions, Question{Code: AskColumn, Field: f, Choices: g.layout.Unused,
			Text: fmt.Sprintf("Which column is the %s?", f.label())})
	}
}

func (about subject) missing(l *Layout) []Field {
	if !about.contacts {
		return l.missing()
	}
	var out []Field
	if !l.has(CustomerNumber) && !l.has(CustomerName) {
		out = append(out, CustomerNumber)
	}
	if !about.customers && !l.has(Email) && !l.has(Phone) {
		out = append(out, Email)
	}
	return out
}

// label names a required field in a question.
func (f Field) label() string {
	switch f {
	case Number:
		return "invoice number"
	case CustomerNumber:
		return "customer number (or name)"
	case Amount:
		return "amount"
	case Email:
		return "e-mail address (or phone)"
	}
	return f.String()
}

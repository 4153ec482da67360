package ledger

import "bytes"

// example is a cell that shows something, for questions.
type example struct {
	row   int
	value string
}

func (e *example) keep(line int, cell []byte) {
	if e.row == 0 {
		*e = example{row: line, value: shorten(cell)}
	}
}

// profile gathers what the cells of one column say.
type profile struct {
	filled int // cells that are not empty
	fit    int // cells the field could hold
	words  int // cells of a word column that were looked at
	yesNo  int // cells that say yes or no
	idLike int // digits and no inner blank
	floats int // 1930571429.0

	terms        termsRead
	unknownTerms example

	lastWord string
	lastFits bool

	shapes         [shapeSerial + 1]int
	firstSerial    example
	dmy, mdy       int // cells only one order can read
	isoLate        int // ISO days after the twelfth of a month
	open           int // cells both orders can read, as different days
	dotted         int
	firstDMY       example
	firstMDY       example
	firstOpenOrder example

	point, comma, noise, currencies, unclear int
	plain                                    int // 1234.56
	firstPoint, firstComma, firstUnclear     example
}

// look adds one trimmed, not empty cell of a column to its profile.
func (p *profile) look(f Field, line int, cell []byte) {
	p.filled++
	switch {
	case f.isDate():
		p.lookDate(line, cell)
	case f.isAmount():
		p.lookAmount(line, cell)
	case f == CustomerNumber || f == Number || f == Customer:
		p.lookID(f, cell)
	case f == Terms:
		if _, ok := p.terms.of(cell); ok {
			p.fit++
		} else {
			p.unknownTerms.keep(line, cell)
		}
	case p.filled > profileSample:
	case f.isWord():
		p.words++
		if p.wordFits(f, cell) {
			p.fit++
		}
	}
}

// profileSample is how many cells of a word column are looked at, and rows of a plain
// file: the question is only whether the header keeps its promise.
const profileSample = 10_000

func (p *profile) lookID(f Field, cell []byte) {
	if f == Customer && bytes.ContainsAny(cell, "0123456789") && bytes.IndexByte(cell, ' ') < 0 {
		p.idLike++
	}
	if p.floats+1 < p.filled {
		return // another cell was no float: the column is none
	}
	if n := len(cell); n > 2 && cell[n-2] == '.' && cell[n-1] == '0' && allDigits(cell[:n-2]) {
		p.floats++
	}
}

func (p *profile) lookDate(line int, cell []byte) {
	parts := dateShapeOf(cell)
	p.shapes[parts.shape]++
	if parts.shape == shapeNone {
		return
	}
	p.fit++
	if parts.shape == shapeSerial {
		p.firstSerial.keep(line, cell)
	}
	if parts.shape == shapeISO && parts.c > 12 {
		p.isoLate++
	}
	if parts.shape != shapeNumeric {
		return
	}
	if parts.dotted {
		p.dotted++
	}
	switch dayFirst, monthFirst := parts.a > 12, parts.b > 12; {
	case dayFirst && monthFirst:
	case dayFirst:
		p.dmy++
		p.firstDMY.keep(line, cell)
	case monthFirst:
		p.mdy++
		p.firstMDY.keep(line, cell)
	case parts.a != parts.b:
		p.open++
		p.firstOpenOrder.keep(line, cell)
	}
}

func (p *profile) lookAmount(line int, cell []byte) {
	if isPlainDecimal(cell) { // the usual case, without taking the cell apart
		p.fit++
		p.point++
		p.plain++
		p.firstPoint.keep(line, cell)
		return
	}
	if _, ok := parseYesNo(cell); ok {
		p.yesNo++
	}
	raw, ok := stripAmount(cell)
	if !ok {
		return
	}
	p.fit++
	if raw.currency != "" {
		p.currencies++
	}
	if isNoise(raw.core) {
		p.noise++
	}
	switch evidence(raw.core) {
	case marksPoint:
		p.point++
		p.firstPoint.keep(line, cell)
	case marksComma:
		p.comma++
		p.firstComma.keep(line, cell)
	case marksAmbiguous:
		p.unclear++
		p.firstUnclear.keep(line, cell)
	}
}

// isPlainDecimal recognises 1234.56.
func isPlainDecimal(b []byte) bool {
	n := len(b)
	return n >= 4 && n < 18 && b[n-3] == '.' && allDigits(b[:n-3]) && allDigits(b[n-2:])
}

// wordFits is the function below, asked once for runs of equal cells.
func (p *profile) wordFits(f Field, cell []byte) bool {
	if p.lastWord != string(cell) {
		p.lastWord, p.lastFits = string(cell), wordFits(f, cell)
	}
	return p.lastFits
}

// wordFits reports whether a cell is one of the values of a word field.
func wordFits(f Field, cell []byte) bool {
	ok := false
	switch f {
	case Kind:
		_, ok = kindWords[foldWord(string(cell))]
	case Country:
		_, ok = parseCountry(cell)
	case Language:
		_, ok = parseLanguage(cell)
	case Role:
		_, ok = roleWords[foldWord(string(cell))]
	case DocumentKind:
		_, ok = documentWords[foldWord(string(cell))]
	case DateAgreed, Disputed:
		_, ok = parseYesNo(cell)
	case Currency:
		_, ok = parseCurrency(cell)
	case SignMark:
		_, ok = parseSignMark(cell)
	case Instalment, LastReminderLevel:
		ok = allDigits(cell) && len(cell) <= 3
	case Email:
		_, ok = parseEmail(plainText(cell))
	}
	return ok
}

package ledger

import (
	"bytes"

	"github.com/recoup-project/recoup/internal/core/cal"
)

// dateShape is what one cell looks like, before anyone decides how to read it.
type dateShape uint8

const (
	shapeNone    dateShape = iota // no date
	shapeISO                      // 2026-03-31
	shapeYMD                      // 2026/03/31
	shapeNumeric                  // 03/04/2026: day and month in an order to be decided
	shapeCompact                  // 20260331
	shapeFloat                    // 20260331.0
	shapeName                     // 31-Mar-26
	shapeSerial                   // 46112
)

// dateParts are the numbers of a date in the order they stand in the cell; for
// all shapes but shapeNumeric that order is year, month, day.
type dateParts struct {
	shape   dateShape
	a, b, c int
	dotted  bool // 31.03.2026
}

// firstYear and lastYear bound what is taken for a date of a receivable.
const (
	firstYear = 1900
	lastYear  = 2199
)

// parseDate reads a trimmed cell as a date of the given form. ok is false for
// anything else. An empty cell, a null date and words for "none" are (None, true).
func parseDate(b []byte, order DateOrder) (d cal.Date, ok bool) {
	if d = cal.ParseBytes(b); d == cal.None {
		if isPlaceholder(b) || isNullDate(b) {
			return cal.None, true
		}
		p := dateShapeOf(b)
		if !p.fits(order) {
			return cal.None, false
		}
		year, month, day := p.ymd(order)
		d = cal.Of(year, month, day)
	} else if isNullDate(b) {
		return cal.None, true
	}
	return d, d >= earliest && d <= latest
}

var (
	earliest = cal.Of(firstYear, 1, 1)
	latest   = cal.Of(lastYear, 12, 31)
)

// fits reports whether a column of the given form may hold a cell of this shape.
func (p dateParts) fits(order DateOrder) bool {
	switch p.shape {
	case shapeISO:
		return true
	case shapeYMD:
		return order == YMD
	case shapeNumeric:
		return order == DMY || order == MDY
	case shapeCompact:
		return order == YMDCompact || order == FloatYMD
	case shapeFloat:
		return order == FloatYMD
	case shapeName:
		return order == MonthName
	case shapeSerial:
		return order == Serial
	}
	return false
}

func (p dateParts) ymd(order DateOrder) (year, month, day int) {
	if p.shape != shapeNumeric {
		return p.a, p.b, p.c
	}
	if order == MDY {
		return p.c, p.a, p.b
	}
	return p.c, p.b, p.a
}

// dateShapeOf looks at a trimmed cell. Years of two digits are completed here.
func dateShapeOf(b []byte) dateParts {
	b = withoutTime(b)
	if d := cal.ParseBytes(b); d != cal.None {
		y, m, day := d.YMD()
		return dateParts{shape: shapeISO, a: y, b: m, c: day}
	}
	if d := serialDay(b); d != cal.None {
		y, m, day := d.YMD()
		return dateParts{shape: shapeSerial, a: y, b: m, c: day}
	}
	switch n := len(b); {
	case n == 8 && allDigits(b):
		return compactParts(b, shapeCompact)
	case n == 10 && b[8] == '.' && b[9] == '0' && allDigits(b[:8]):
		return compactParts(b[:8], shapeFloat)
	case n < 6 || n > 40:
		return dateParts{}
	}
	var nums [3]int
	var lens [3]int
	at, sep := 0, byte(0)
	for i, ch := range b {
		switch {
		case ch >= '0' && ch <= '9':
			if lens[at]++; lens[at] > 4 {
				return dateParts{}
			}
			nums[at] = nums[at]*10 + int(ch-'0')
		case (ch == '/' || ch == '.' || ch == '-') && lens[at] > 0 && at < 2 && (sep == 0 || sep == ch):
			sep = ch
			at++
		default:
			if i > 0 && lens[at] == 0 && at == 0 {
				return dateParts{}
			}
			return namedParts(b)
		}
	}
	if at != 2 || lens[1] > 2 || lens[1] == 0 {
		return dateParts{}
	}
	switch {
	case lens[0] == 4 && lens[2] <= 2 && lens[2] > 0:
		return dateParts{shape: shapeYMD, a: nums[0], b: nums[1], c: nums[2]}
	case lens[0] <= 2 && (lens[2] == 2 || lens[2] == 4):
		return dateParts{shape: shapeNumeric, a: nums[0], b: nums[1], c: fullYear(nums[2], lens[2]),
			dotted: sep == '.'}
	}
	return dateParts{}
}

// Days as spreadsheets count them, from 1900 on: those of 1990 to 2099.
const (
	firstSerial = 32874
	lastSerial  = 73050
)

// serialDay reads 46112 and 46112.0; None for all else.
func serialDay(b []byte) cal.Date {
	b = bytes.TrimSuffix(b, []byte(".0"))
	if len(b) != 5 || !allDigits(b) {
		return cal.None
	}
	n := number(b)
	if n < firstSerial || n > lastSerial {
		return cal.None
	}
	return cal.Of(1899, 12, 30).AddDays(n)
}

func compactParts(b []byte, shape dateShape) dateParts {
	y, m, d := number(b[:4]), number(b[4:6]), number(b[6:])
	if cal.Of(y, m, d) == cal.None {
		return dateParts{}
	}
	return dateParts{shape: shape, a: y, b: m, c: d}
}

// fullYear completes a year of two digits: 00-69 are 2000-2069, 70-99 1970-1999.
func fullYear(year, digits int) int {
	switch {
	case digits != 2:
		return year
	case year < 70:
		return 2000 + year
	}
	return 1900 + year
}

// withoutTime drops a time of day: what follows the last blank or T before the
// first colon.
func withoutTime(b []byte) []byte {
	colon := bytes.IndexByte(b, ':')
	if colon < 0 {
		return b
	}
	cut := bytes.LastIndexAny(b[:colon], " T")
	if cut <= 0 || cut+3 < colon || !allDigits(b[cut+1:colon]) {
		return b
	}
	return bytes.TrimRight(b[:cut], " ,")
}

// namedParts reads dates with the month as a word: "31-Mar-26", "Mar 31, 2026",
// "31. März 2026", "2026-Mar-31".
func namedParts(b []byte) dateParts {
	var tokens [3][]byte
	n := 0
	for len(b) > 0 {
		size := 0
		for size < len(b) && !isDateSeparator(b[size]) {
			size++
		}
		if size > 0 {
			if n == 3 {
				return dateParts{}
			}
			tokens[n] = b[:size]
			n++
		}
		b = b[min(size+1, len(b)):]
	}
	if n != 3 {
		return dateParts{}
	}
	first, second, third := tokens[0], tokens[1], tokens[2]
	if m := monthOf(first); m > 0 { // Mar 31, 2026
		first, second = second, first
	}
	month := monthOf(second)
	if month == 0 || !allDigits(first) || !allDigits(third) {
		return dateParts{}
	}
	day, year := first, third
	if len(first) == 4 {
		day, year = third, first
	}
	if len(day) > 2 || (len(year) != 2 && len(year) != 4) {
		return dateParts{}
	}
	return dateParts{shape: shapeName, a: fullYear(number(year), len(year)), b: month, c: number(day)}
}

func isDateSeparator(c byte) bool { return c == ' ' || c == '-' || c == '/' || c == '.' || c == ',' }

// monthOf reads the name of a month, whole or shortened, in the languages of the
// synonyms; 0 if it is none.
func monthOf(word []byte) int {
	if len(word) < 3 || len(word) > 12 || word[0] >= '0' && word[0] <= '9' {
		return 0
	}
	var low [12]byte
	for i, c := range word {
		if c >= 0x80 {
			return months[foldWord(string(word))]
		}
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		low[i] = c
	}
	return months[string(low[:len(word)])]
}

var months = buildMonths(
	`jan january januar janvier janv januari enero ene gennaio gen janeiro januar jänner`,
	`feb february februar fevrier fevr fev februari febrero febbraio fevereiro`,
	`mar march marz mrz mars maart mrt marzo marco maerz mär`,
	`apr april avril avr abril abr aprile`,
	`may mai mei mayo maggio mag maio maj`,
	`jun june juni juin junio giugno giu junho`,
	`jul july juli juillet juil julio luglio lug julho`,
	`aug august aout aou augustus agosto ago augusti`,
	`sep sept september septembre septiembre settembre set setembro`,
	`oct october oktober okt octobre octubre ottobre ott outubro out`,
	`nov november novembre noviembre novembro`,
	`dec december dezember dez decembre diciembre dic dicembre dezembro des desember`,
)

func buildMonths(lists ...string) map[string]int {
	m := make(map[string]int, 128)
	for i, list := range lists {
		for _, word := range bytes.Fields([]byte(list)) {
			m[foldWord(string(word))] = i + 1
			m[string(word)] = i + 1
		}
	}
	return m
}

// isNullDate recognises how programs write "no date".
func isNullDate(b []byte) bool {
	switch string(withoutTime(b)) {
	case "00000000", "00000000.0", "0000-00-00", "00.00.0000", "00/00/0000", "0",
		"0001-01-01", "01/01/0001", "01.01.0001", "1753-01-01", "01/01/1753", "01.01.1753", "1/1/1753":
		return true
	}
	return false
}

// isPlaceholder recognises how programs write "nothing" in a cell that is not
// free text. The empty cell is one.
func isPlaceholder(b []byte) bool {
	switch len(b) {
	case 0:
		return true
	case 1:
		return b[0] == '-'
	case 2:
		return string(b) == "--"
	case 3:
		return string(b) == "n/a" || string(b) == "N/A" || string(b) == "NaN" || string(b) == "nan" ||
			string(b) == "NaT"
	case 4:
		return string(b) == "null" || string(b) == "NULL" || string(b) == "None" || string(b) == "#N/A"
	}
	return string(b) == "–" || string(b) == "—"
}

func allDigits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) > 0
}

// number reads digits that are known to be few.
func number(b []byte) int {
	n := 0
	for _, c := range b {
		n = n*10 + int(c-'0')
	}
	return n
}

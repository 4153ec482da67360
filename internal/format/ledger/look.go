package ledger

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/cal"
)

// Look is what a file shows a person before it is read: how it will be understood, and why.
type Look struct {
	Layout    Layout
	Questions []Question
	Evidence  []Evidence
	Columns   []LookColumn
	Titles    []string // the texts above the header
	AsOf      cal.Date // a day that the titles name, or None
	Empty     bool     // there is nothing below the header
}

// Evidence is one thing that was found out about a file, and what shows it.
type Evidence struct {
	What  string `json:"what"` // encoding, delimiter, sheet, date_order, decimal
	Value string `json:"value"`
	Why   string `json:"why"` // a sentence, "" if it speaks for itself
}

// LookColumn is one column of the header.
type LookColumn struct {
	Header  string
	Field   Field     // NoField: not read
	Dates   DateOrder // of a column of days
	Samples []string  // the first values that are there
}

// LookAs says what a file is looked at for.
type LookAs uint8

// What a file may be about.
const (
	LookReceivables LookAs = iota
	LookContacts
	LookCustomers
)

const (
	sampleRows   = 50
	samplesShown = 3
)

// LookAt is [Guess] with everything that a person wants to see of the file. Errors as of
// Guess.
func LookAt(src *File, hints Hints, as LookAs) (*Look, error) {
	g := guesser{src: src, hints: hints, about: []subject{receivables, contactList, customerList}[as]}
	if err := g.run(); err != nil {
		return nil, err
	}
	look := &Look{Layout: g.layout, Questions: g.questions, AsOf: cal.None, Evidence: g.evidence()}
	for i, header := range g.header {
		c := LookColumn{Header: header}
		for _, known := range g.layout.Columns {
			if known.Index == i {
				c.Field, c.Dates = known.Field, known.Dates
			}
		}
		look.Columns = append(look.Columns, c)
	}
	return look, look.sample(src)
}

// sample takes the titles and the first values of each column.
func (l *Look) sample(src *File) error {
	rows, err := openRecords(src, &l.Layout)
	if err != nil {
		return err
	}
	rec := record{}
	l.Empty = true
	for seen := 0; seen < sampleRows; {
		switch err := rows.next(&rec); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case rec.line == l.Layout.HeaderRow:
			continue
		case rec.line < l.Layout.HeaderRow:
			l.title(&rec)
			continue
		}
		l.Empty = l.Empty && rec.bad+rec.why == "" && isBlank(rec.cells)
		if rec.bad+rec.why != "" {
			continue
		}
		seen++
		for i := range min(len(rec.cells), len(l.Columns)) {
			c := &l.Columns[i]
			text := shorten(trimCell(rec.cells[i]))
			if len(c.Samples) < samplesShown && text != "" && !slices.Contains(c.Samples, text) {
				c.Samples = append(c.Samples, text)
			}
		}
	}
	return nil
}

func isBlank(cells [][]byte) bool {
	return !slices.ContainsFunc(cells, func(c []byte) bool { return len(trimCell(c)) > 0 })
}

// title keeps the texts of a row above the header and looks for a day in them: "As of
// March 31, 2026". Days that could be read in two ways are none.
func (l *Look) title(rec *record) {
	var texts []string
	for _, c := range rec.cells {
		if text := shorten(trimCell(c)); text != "" {
			texts = append(texts, text)
		}
	}
	if len(texts) == 0 {
		return
	}
	line := strings.Join(texts, " ")
	l.Titles = append(l.Titles, line)
	words := bytes.Fields([]byte(line))
	for from := range words {
		for n := 1; n <= 3 && from+n <= len(words); n++ {
			if day := dayIn(bytes.Join(words[from:from+n], []byte(" "))); day != cal.None {
				l.AsOf = day
			}
		}
	}
}

func dayIn(text []byte) cal.Date {
	parts := dateShapeOf(bytes.Trim(text, ",.()"))
	order := MonthName
	switch parts.shape {
	case shapeISO:
		order = ISO
	case shapeYMD:
		order = YMD
	case shapeNumeric:
		switch {
		case parts.a > 12 || parts.dotted:
			order = DMY
		case parts.b > 12:
			order = MDY
		default:
			return cal.None
		}
	case shapeName:
	default:
		return cal.None
	}
	day, ok := parseDate(bytes.Trim(text, ",.()"), order)
	if !ok {
		return cal.None
	}
	return day
}

// evidence says what was found out about the form of the file.
func (g *guesser) evidence() []Evidence {
	var out []Evidence
	if g.layout.Sheet != "" {
		out = append(out, Evidence{"sheet", g.layout.Sheet, ""})
	} else {
		out = append(out, Evidence{"encoding", string(g.layout.Encoding), ""},
			Evidence{"delimiter", g.layout.Delimiter, ""})
	}
	pool := profile{}
	for i, c := range g.layout.Columns {
		p := &g.profiles[i]
		if c.Field.isAmount() {
			pool.addAmounts(p)
		}
		if c.Field.isDate() && p.fit > 0 && c.Dates != "" {
			out = append(out, Evidence{"date_order", string(c.Dates), whyDates(c, p)})
		}
	}
	if g.about.contacts || g.layout.Decimal == "" || pool.fit+pool.filled == 0 {
		return out
	}
	shown, sign := pool.firstPoint, "point"
	if g.layout.Decimal == "," {
		shown, sign = pool.firstComma, "comma"
	}
	why := ""
	if shown.row > 0 {
		why = fmt.Sprintf("row %d has %s, with a decimal %s", shown.row, shown.value, sign)
	}
	return append(out, Evidence{"decimal", g.layout.Decimal, why})
}

func whyDates(c Column, p *profile) string {
	switch {
	case c.Dates == DMY && p.firstDMY.row > 0:
		return fmt.Sprintf("%s: %s in row %d has the day first", c.Header, p.firstDMY.value, p.firstDMY.row)
	case c.Dates == MDY && p.firstMDY.row > 0:
		return fmt.Sprintf("%s: %s in row %d has the month first", c.Header, p.firstMDY.value, p.firstMDY.row)
	}
	return c.Header
}

// Cells returns the cells of some rows as they stand in the file, by physical row, with the
// repairs: what a person corrects.
func Cells(src *File, layout Layout, rows map[int]bool) (map[int][]string, error) {
	r, err := src.rawRecords(&layout)
	if err != nil {
		return nil, err
	}
	out, rec := make(map[int][]string, len(rows)), record{}
	for len(out) < len(rows) {
		switch err := r.next(&rec); {
		case err == io.EOF:
			return out, nil
		case err != nil:
			return out, err
		case rows[rec.line]:
			out[rec.line] = cellTexts(rec.cells)
		}
	}
	return out, nil
}

package ledger

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/core/money"
)

// headBytes is how much decoded text is looked at to find delimiter and header.
const headBytes = 256 << 10

// subject is what a file is about: receivables, contacts, or customers with their
// contacts.
type subject struct {
	words     map[string]meaning
	contacts  bool
	customers bool // contacts too, but a row needs no address to write to
	plain     []Field
}

var (
	receivables  = subject{words: headerWords, plain: plainFields}
	contactList  = subject{words: contactWords, contacts: true, plain: contactFields}
	customerList = subject{words: contactWords, contacts: true, customers: true, plain: customerFields}
)

// Guess reads the file, of a plain one its first rows, and returns the layout it finds,
// with a question for everything that neither file nor hints decide. A layout with open questions
// does not pass [Layout.Validate]; answer them in the hints and guess again.
// Where a column's cells contradict each other (31/01 here, 01/31 there), nine of
// ten decide and the others will be rejected row by row; otherwise it asks.
//
// Errors are those of the file as a whole: [ErrEmpty], [ErrNoHeader],
// [ErrUnsupported], [ErrEncoding], [ErrLimit], [ErrBroken], or of src itself.
func Guess(src io.ReadSeeker, hints Hints) (Layout, []Question, error) {
	return guess(src, hints, receivables)
}

func guess(src io.ReadSeeker, hints Hints, about subject) (Layout, []Question, error) {
	file, err := Open(src)
	if err != nil {
		return Layout{}, nil, err
	}
	g := guesser{src: file, hints: hints, about: about}
	if err := g.run(); err != nil {
		return Layout{}, nil, err
	}
	return g.layout, g.questions, nil
}

// run guesses the layout and gathers what is to be asked.
func (g *guesser) run() error {
	if err := g.findHeader(); err != nil {
		return err
	}
	if err := g.chooseColumns(); err != nil {
		return err
	}
	if err := g.profileFile(); err != nil {
		return err
	}
	g.settleColumns()
	g.settleDates()
	if !g.about.contacts {
		g.settleAmounts()
		g.settleCurrency()
		g.noteTerms()
		if g.hints.DueDays > 0 {
			g.layout.DueDays = g.hints.DueDays
		}
	}
	g.askForColumns()
	return nil
}

type guesser struct {
	src    *File
	hints  Hints
	about  subject
	layout Layout
	header []string
	fixed  bool // the columns are known, not guessed: they are not dropped
	plain  bool

	headerCurrency money.Currency
	profiles       []profile // one for each column of the layout
	questions      []Question
}

// text rewinds the file and decodes it.
func (g *guesser) text() (io.Reader, bool, error) {
	if _, err := g.src.Seek(0, io.SeekStart); err != nil {
		return nil, false, err
	}
	return decode(g.src, g.layout.Encoding, g.layout.LoneCR)
}

// findHeader settles encoding and delimiter, or the sheet, and the header row.
func (g *guesser) findHeader() error {
	if g.src.book != nil {
		return g.findSheet()
	}
	enc, loneCR, err := detectEncoding(g.src)
	if err != nil {
		return err
	}
	if g.hints.Encoding != "" {
		enc = g.hints.Encoding
	}
	g.layout.Encoding, g.layout.LoneCR = enc, loneCR
	text, decoded, err := g.text()
	if err != nil {
		return err
	}
	head, err := io.ReadAll(io.LimitReader(text, headBytes))
	if err != nil {
		return err
	}
	if len(bytes.TrimSpace(head)) == 0 {
		return ErrEmpty
	}
	best := candidate{}
	for i := range len(delimiters) {
		s := splitText(bytes.Clone(head), delimiters[i], decoded)
		if c := g.headerIn(g.src.repaired(s)); c.score > best.score {
			best = c
			best.delimiter = delimiters[i : i+1]
		}
	}
	if best.score == 0 {
		best = g.headless(head, decoded)
	}
	if best.score == 0 {
		return g.noHeader(head)
	}
	g.takeHeader(&best)
	return nil
}

func (g *guesser) takeHeader(c *candidate) {
	g.layout.Delimiter, g.layout.Sheet = c.delimiter, c.sheet
	g.header = trimHeader(c.header)
	g.layout.HeaderRow, g.layout.Width = c.line, len(g.header)
	if c.rows > 1 {
		g.layout.HeaderRows = c.rows
	}
	g.layout.Fingerprint = Fingerprint(g.header)
}

// findSheet takes the sheet that has a header: the only one, the one of a known layout, or
// the one that the user names. Hidden sheets are looked at where no other has one.
func (g *guesser) findSheet() error {
	var found []candidate
	first := ""
	for _, hidden := range []bool{false, true} {
		for _, sh := range g.src.book.Sheets {
			if sh.Hidden != hidden || g.hints.Sheet != "" && sh.Name != g.hints.Sheet {
				continue
			}
			rows, err := g.src.rawRecords(&Layout{Sheet: sh.Name})
			if err != nil {
				return err
			}
			c := g.headerIn(rows)
			if first == "" {
				first = c.seen
			}
			if c.sheet = sh.Name; c.score > 0 {
				found = append(found, c)
			}
		}
		if len(found) > 0 {
			break
		}
	}
	switch {
	case len(found) == 0 && first == "":
		return ErrEmpty
	case len(found) == 0:
		return g.noHeader([]byte(first))
	}
	best := found[0]
	known := 0
	for _, c := range found {
		if c.score >= knownScore {
			best = c
			known++
		}
	}
	if len(found) > 1 && known != 1 {
		q := Question{Code: AskSheet, Text: "Several sheets of the workbook have a list. Which is to be read?"}
		for _, c := range found {
			q.Choices = append(q.Choices, c.sheet)
		}
		g.questions = append(g.questions, q)
	}
	g.takeHeader(&best)
	return nil
}

func (g *guesser) noHeader(head []byte) error {
	line, _, _ := bytes.Cut(bytes.TrimLeft(head, "\r\n"), newline)
	return fmt.Errorf("%w: expected a row of column names such as customer_number, number, due_date, currency, "+
		"amount within the first %d rows; the file begins with %q", ErrNoHeader, HeaderWithin, shorten(line))
}

// candidate is a row that could be the header.
type candidate struct {
	delimiter string
	sheet     string
	line      int // 0: the file has no header
	rows      int // 2: the header is this row and the one above it
	header    []string
	score     int
	seen      string // the first text of the file
}

// knownScore outweighs every guess.
const knownScore = 1000

// headerIn looks for the header among the first rows. The score counts the columns
// understood. A header may stand in two rows: "Pending" above "Amount".
func (g *guesser) headerIn(rows records) candidate {
	best, rec := candidate{}, record{}
	var above []string
	for range HeaderWithin {
		if rows.next(&rec) != nil {
			break
		}
		if rec.bad != "" {
			above = nil
			continue
		}
		texts := cellTexts(rec.cells)
		if best.seen == "" {
			best.seen = strings.TrimSpace(strings.Join(texts, " "))
		}
		if len(rec.cells) < 2 {
			above = nil
			continue
		}
		header := numbered(texts)
		alone := g.scoreHeader(header)
		if alone > best.score {
			best = candidate{line: rec.line, rows: 1, header: header, score: alone, seen: best.seen}
		}
		if above != nil && !strings.ContainsAny(strings.Join(texts, ""), "0123456789") {
			joined := numbered(joinHeaders(above, texts))
			if score := g.scoreHeader(joined); score > best.score && score > alone {
				best = candidate{line: rec.line, rows: 2, header: joined, score: score, seen: best.seen}
			}
		}
		above = texts
	}
	return best
}

// joinHeaders puts the texts of two rows together, column by column.
func joinHeaders(above, texts []string) []string {
	if above == nil {
		return texts
	}
	joined := make([]string, max(len(above), len(texts)))
	for i := range joined {
		if i < len(above) {
			joined[i] = above[i]
		}
		if i < len(texts) {
			joined[i] = strings.TrimSpace(joined[i] + " " + texts[i])
		}
	}
	return joined
}

func (g *guesser) scoreHeader(header []string) int {
	folded := foldAll(header)
	if recognise(folded) != nil {
		return knownScore + len(header)
	}
	fields := [numFields]bool{}
	score := 0
	for i, f := range folded {
		if m, ok := g.meaningOf(header[i], f); ok && !fields[m.field] {
			fields[m.field] = true
			score++
		}
	}
	for f, text := range g.hints.Columns {
		if !fields[f] && text != "" && slices.Contains(folded, foldWord(text)) {
			score++
		}
	}
	if score < 2 {
		return 0
	}
	return score
}

// cellTexts copies the cells of a row.
func cellTexts(cells [][]byte) []string {
	texts := make([]string, len(cells))
	for i, c := range cells {
		texts[i] = cleanText(string(c))
	}
	return texts
}

// numbered is a header in which one that is there twice gets ".1" on its second column, as
// data tools do it.
func numbered(texts []string) []string {
	header := make([]string, len(texts))
	seen := make(map[string]int, len(texts))
	for i, text := range texts {
		key := foldWord(text)
		if n := seen[key]; n > 0 && key != "" {
			text += "." + strconv.Itoa(n)
		}
		seen[key]++
		header[i] = text
	}
	return header
}

// trimHeader drops columns without a name at the end of a header, which
// spreadsheets leave behind; rows may have or lack them.
func trimHeader(header []string) []string {
	for len(header) > 1 && header[len(header)-1] == "" {
		header = header[:len(header)-1]
	}
	return header
}

func foldAll(header []string) []string {
	folded := make([]string, len(header))
	for i, h := range header {
		folded[i] = foldWord(h)
	}
	return folded
}

// currencySuffix is a currency code behind a header: "Amount (EUR)", "Betrag in EUR".
var currencySuffix = regexp.MustCompile(`(?i)^(.*?)(?:\s+in)?\s*[\s_(\[]([A-Za-z]{3})[\])]?$`)

// meaningOf looks a header up, also without a currency code at its end.
func (g *guesser) meaningOf(header, folded string) (meaning, bool) {
	if m, ok := g.about.words[folded]; ok {
		return m, true
	}
	base, _ := splitCurrency(header)
	if base == "" {
		return meaning{}, false
	}
	m, ok := g.about.words[foldWord(base)]
	return m, ok && m.field.isAmount()
}

func splitCurrency(header string) (base string, c money.Currency) {
	if len(header) > 100 {
		return "", ""
	}
	m := currencySuffix.FindStringSubmatch(header)
	if m == nil {
		return "", ""
	}
	c, err := money.ParseCurrency(m[2])
	if err != nil {
		return "", ""
	}
	return m[1], c
}

// chooseColumns maps headers to fields: from the hints, a saved layout, a known
// layout, or the synonyms.
func (g *guesser) chooseColumns() error {
	folded := foldAll(g.header)
	layout := recognise(folded)
	g.plain = layout == nil && g.about.isPlain(g.header)
	g.layout.Name = "guessed"
	if g.about.contacts && !namesPeople(folded) && (g.about.customers || !namesCustomers(folded)) {
		g.about.words = customerWords
	}
	words := g.about.words
	switch {
	case g.plain:
		g.layout.Name, g.fixed = PlainLayout, true
	case layout != nil && layout.refuse != "":
		return fmt.Errorf("%w: this is %s: %s", ErrUnsupported, layout.name, layout.refuse)
	case layout != nil && layout.contacts && !g.about.contacts:
		return fmt.Errorf("%w: this is %s, %w: import it as contacts", ErrUnsupported, layout.name, ErrIsContacts)
	case layout != nil && !layout.contacts && g.about.contacts:
		return fmt.Errorf("%w: this is %s, a list of receivables: import it as invoices", ErrUnsupported, layout.name)
	case layout != nil:
		g.layout.Name, g.fixed = layout.name, true
		g.layout.LineItems, g.layout.BySign, g.layout.Notes = layout.lineItems, layout.bySign, layout.notes
		g.shape(layout)
		folded, words = foldAll(g.header), layout.words()
	}
	if layout == nil && !g.plain && !g.about.contacts {
		switch yes, err := g.isLabelled(folded); {
		case err != nil:
			return err
		case yes:
			g.shape(&known{shape: shapeLabelled})
			folded, words = foldAll(g.header), labelledWords()
		}
	}
	if g.hints.Layout != "" {
		if err := g.checkLayoutName(); err != nil {
			return err
		}
	}
	if saved := g.hints.Saved; saved != nil && saved.Fingerprint == g.layout.Fingerprint {
		g.takeSaved(saved)
	} else {
		g.mapColumns(folded, words)
	}
	g.retell()
	g.profiles = make([]profile, len(g.layout.Columns))
	return nil
}

func (g *guesser) checkLayoutName() error {
	name, err := layoutNamed(g.hints.Layout)
	if err != nil {
		return err
	}
	if name != g.layout.Name {
		return fmt.Errorf("%w: the file does not have the columns of %s", ErrOtherFile, name)
	}
	return nil
}

func (g *guesser) takeSaved(saved *Layout) {
	g.layout.Name, g.fixed = saved.Name, true
	g.layout.LineItems, g.layout.BySign = saved.LineItems, saved.BySign
	g.layout.Shape, g.layout.RawWidth, g.layout.Width = saved.Shape, saved.RawWidth, saved.Width
	g.layout.DefaultCurrency = saved.DefaultCurrency
	g.layout.Unused = append([]string(nil), saved.Unused...)
	for _, c := range saved.Columns {
		g.layout.Columns = append(g.layout.Columns, Column{Index: c.Index, Header: c.Header, Field: c.Field})
	}
}

// mapColumns gives each field the best of the columns that mean it.
func (g *guesser) mapColumns(folded []string, words map[string]meaning) {
	type choice struct{ column, rank int }
	best := make(map[Field]choice)
	for i, f := range folded {
		m, ok := words[f]
		if !ok && !g.fixed {
			m, ok = g.meaningOf(g.header[i], f)
		}
		if !ok {
			continue
		}
		if had, taken := best[m.field]; !taken || m.rank < had.rank {
			best[m.field] = choice{i, m.rank}
		}
	}
	if _, number := best[CustomerNumber]; number {
		if _, name := best[CustomerName]; name {
			delete(best, Customer)
		}
	}
	used := make(map[int]Field, len(best))
	for f, c := range best {
		used[c.column] = f
	}
	for i, h := range g.header {
		f, ok := used[i]
		if !ok {
			g.layout.Unused = append(g.layout.Unused, h)
			continue
		}
		g.layout.Columns = append(g.layout.Columns, Column{Index: i, Header: h, Field: f})
		g.noteHeaderCurrency(h, f)
	}
}

// retell gives the columns the meaning that the user says they have: "" takes a field its
// column.
func (g *guesser) retell() {
	folded := foldAll(g.header)
	for f := NoField + 1; f < numFields; f++ {
		header, told := g.hints.Columns[f]
		at := slices.Index(folded, foldWord(header))
		if !told || header != "" && at < 0 {
			continue
		}
		g.layout.Columns = slices.DeleteFunc(g.layout.Columns, func(c Column) bool {
			return c.Field == f || header != "" && c.Index == at
		})
		if header != "" {
			g.layout.Columns = append(g.layout.Columns, Column{Index: at, Header: g.header[at], Field: f})
			g.noteHeaderCurrency(header, f)
		}
	}
	if len(g.hints.Columns) == 0 {
		return
	}
	slices.SortFunc(g.layout.Columns, func(a, b Column) int { return a.Index - b.Index })
	g.layout.Unused = nil
	for i, header := range g.header {
		if !slices.ContainsFunc(g.layout.Columns, func(c Column) bool { return c.Index == i }) {
			g.layout.Unused = append(g.layout.Unused, header)
		}
	}
}

// noteHeaderCurrency remembers the currency all amount headers agree on.
func (g *guesser) noteHeaderCurrency(header string, f Field) {
	if !f.isAmount() {
		return
	}
	_, c := splitCurrency(header)
	switch {
	case c == "" || c == g.headerCurrency:
	case g.headerCurrency == "":
		g.headerCurrency = c
	default:
		g.headerCurrency = "two"
	}
}

// profileFile reads every row once; of a plain file only the sample, if it keeps what
// the plain layout promises: a later cell that does not is an error of its row.
func (g *guesser) profileFile() error {
	s, err := openRecords(g.src, &g.layout)
	if err != nil {
		return err
	}
	rec, rows, least := record{}, 0, g.layout.least()
	for {
		switch err := s.next(&rec); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		if rec.line <= g.layout.HeaderRow || rec.bad+rec.why != "" || len(rec.cells) < least {
			continue
		}
		if rows++; rows > MaxRows {
			return tooManyRows()
		}
		for i := range g.layout.Columns {
			c := &g.layout.Columns[i]
			if c.Index >= len(rec.cells) {
				continue
			}
			if cell := trimCell(rec.cells[c.Index]); !isPlaceholder(cell) {
				g.profiles[i].look(c.Field, rec.line, cell)
			}
		}
		if rows == profileSample && g.plain && g.keepsPromises() {
			return nil
		}
	}
}

// keepsPromises reports whether so far every day is an ISO day and every amount has a
// decimal point and nothing else.
func (g *guesser) keepsPromises() bool {
	for i := range g.layout.Columns {
		p := &g.profiles[i]
		switch f := g.layout.Columns[i].Field; {
		case f.isDate() && p.shapes[shapeISO] < p.filled, f.isAmount() && p.plain < p.filled:
			return false
		}
	}
	return true
}

func tooManyRows() error {
	return fmt.Errorf("%w: more than %d rows; split the file", ErrLimit, MaxRows)
}

// isPlain reports whether the header is our own: it has the columns that every
// row needs under their own names, and at most half of the columns are others.
func (about subject) isPlain(header []string) bool {
	var own Layout
	for i, h := range header {
		if f, ok := ParseField(strings.ToLower(h)); ok && slices.Contains(about.plain, f) {
			own.Columns = append(own.Columns, Column{Index: i, Field: f})
		}
	}
	return len(about.missing(&own)) == 0 && 2*len(own.Columns) >= len(header)
}

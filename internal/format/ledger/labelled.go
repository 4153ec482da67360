package ledger

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
)

// Labels before the customer in a row of its own: "A/C: ABC001, Name: Pike Ltd". Those that
// could be before a number or a name are told apart by what follows.
var (
	numberLabels = wordSet("a/c|a/c no|a/c ref|a/c number|acc|acc no|acct|account no|account number|account ref|account reference|account code|" +
		"customer no|customer number|customer code|customer id|client no|client code|Konto|Kontonr|Konto-Nr|Kontonummer|Debitorennummer|" +
		"Debitoren-Nr|Kundennummer|Kunden-Nr|Kd-Nr|compte|n° compte|code client|numéro client|klantnummer|klantnr|debiteurnummer|debiteurnr|cuenta|conto|código cliente|codice cliente")
	nameLabels  = wordSet("name|customer name|client name|account name|company|company name|Kundenname|Firma|nom|nom client|raison sociale|naam|klantnaam|nombre|razón social|nome|ragione sociale")
	eitherLabel = wordSet("account|customer|client|debtor|Kunde|Debitor|klant|debiteur|cliente|tiers|contact")
)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.SplitSeq(words, "|") {
		set[foldWord(w)] = true
	}
	return set
}

// labelledRow reads a row that names the customer of the rows below by labels; ok is false
// for every other row. Its first text is such a label.
func labelledRow(cells [][]byte) (number, name []byte, ok bool) {
	first, open := true, ""
	for _, c := range cells {
		if c = trimCell(c); len(c) == 0 {
			continue
		}
		label, value, colon := bytes.Cut(c, []byte{':'})
		kind := ""
		if colon {
			kind = labelKind(label)
		}
		switch {
		case first && kind == "":
			return nil, nil, false
		case kind != "":
			open = kind
		case colon:
			open = "" // a label of something else: a phone, a limit
			continue
		default:
			value = c
		}
		first = false
		if value = trimCell(value); len(value) > 0 && open != "" {
			number, name = takeLabelled(open, value, number, name)
			open = ""
		}
	}
	return number, name, !first
}

func labelKind(label []byte) string {
	switch folded := foldWord(string(label)); {
	case numberLabels[folded]:
		return "number"
	case nameLabels[folded]:
		return "name"
	case eitherLabel[folded]:
		return "either"
	}
	return ""
}

// takeLabelled takes over a value: the first number and the first name count. Behind a label
// for either stands a number, a name, or one after the other: "10001 - Pike Ltd".
func takeLabelled(kind string, value, number, name []byte) (gotNumber, gotName []byte) {
	switch {
	case kind == "either" && isIDLike(value), kind == "number":
		if number == nil {
			number = value
		}
		return number, name
	case kind == "either":
		if id, rest, found := bytes.Cut(value, []byte{' '}); found && isIDLike(id) && number == nil {
			number, value = id, bytes.TrimLeft(rest, " -–—")
		}
	}
	if name == nil {
		name = value
	}
	return number, name
}

func isIDLike(b []byte) bool {
	return bytes.ContainsAny(b, "0123456789") && bytes.IndexByte(b, ' ') < 0
}

// labelled gives the rows of a list in blocks the columns of the customer that a labelled
// row above each block names. The header that each block repeats is no document.
type labelled struct {
	records
	layout *Layout
	header []string
	cells  [][]byte
	owned  [2][]byte
}

func (l *labelled) source() records { return l.records }

func (l *labelled) next(rec *record) error {
	if err := l.records.next(rec); err != nil {
		return err
	}
	rec.why, rec.field = "", ""
	if rec.bad != "" {
		return nil
	}
	if rec.line == l.layout.HeaderRow {
		l.header = trimHeader(numbered(cellTexts(rec.cells)))
		return nil
	}
	width := l.layout.RawWidth
	number, name, ok := labelledRow(rec.cells)
	if !ok {
		if l.header != nil && slices.Equal(trimHeader(numbered(cellTexts(rec.cells))), l.header) {
			rec.why = SkipHeader
		}
		if len(rec.cells) < width+2 {
			l.cells = append(l.cells[:0], rec.cells...)
			for len(l.cells) < width+2 {
				l.cells = append(l.cells, nil)
			}
			rec.cells = l.cells
			if over := rec.cells[width:]; !isBlank(over) { // more than the header has
				rec.cells = append(rec.cells, nil)
			}
		}
		return nil
	}
	l.owned[0], l.owned[1] = append(l.owned[0][:0], number...), append(l.owned[1][:0], name...)
	l.cells = l.cells[:0]
	for len(l.cells) < width {
		l.cells = append(l.cells, nil)
	}
	l.cells = append(l.cells, l.owned[0], l.owned[1])
	rec.cells, rec.why = l.cells, SkipParty
	return nil
}

// labelledWords are the words of a header with the columns that labelled adds.
func labelledWords() map[string]meaning {
	words := maps.Clone(headerWords)
	words[foldWord(labelledHeader[0])] = meaning{field: CustomerNumber}
	words[foldWord(labelledHeader[1])] = meaning{field: CustomerName}
	return words
}

// labelledWithin is how far down a labelled row is looked for.
const labelledWithin = 200

// isLabelled reports whether a list without a column for the customer names it in rows of
// its own.
func (g *guesser) isLabelled(folded []string) (bool, error) {
	for i, f := range folded {
		m, ok := g.meaningOf(g.header[i], f)
		if ok && (m.field == CustomerNumber || m.field == CustomerName || m.field == Customer) {
			return false, nil
		}
	}
	rows, err := openRecords(g.src, &g.layout)
	if err != nil {
		return false, err
	}
	rec := record{}
	for range labelledWithin {
		if err := rows.next(&rec); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return false, err
		}
		if _, _, ok := labelledRow(rec.cells); ok && rec.bad == "" {
			return true, nil
		}
	}
	return false, nil
}

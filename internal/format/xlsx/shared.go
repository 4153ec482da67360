package xlsx

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// sharedStrings are the texts that cells refer to by number, one after another.
type sharedStrings struct {
	text []byte
	ends []uint32
}

// at is one of the texts; ok is false if there is none with this number.
func (s *sharedStrings) at(i int) (text []byte, ok bool) {
	if i < 0 || i >= len(s.ends) {
		return nil, false
	}
	from := uint32(0)
	if i > 0 {
		from = s.ends[i-1]
	}
	return s.text[from:s.ends[i]], true
}

// readStrings reads the shared strings. What is spoken, not written (phonetic runs), is
// left out.
func (b *Book) readStrings(name string) error {
	r, err := b.open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	s := newScanner(r)
	inText, spoken := false, false
	for {
		token, err := s.next()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case token == words:
			if inText && !spoken {
				b.strings.text = append(b.strings.text, s.text...)
			}
			continue
		case s.name == "t":
			inText = token == opens && !s.empty
		case s.name == "rPh":
			spoken = token == opens && !s.empty
		case s.name == "si" && (token == closes || s.empty):
			b.strings.ends = append(b.strings.ends, uint32(len(b.strings.text)))
		}
		if len(b.strings.ends) > maxStrings || len(b.strings.text) > maxStringSize {
			return fmt.Errorf("%w: its texts are more than %d MiB; save it as CSV", ErrLimit, maxStringSize>>20)
		}
	}
}

// style is how the number of a cell is to be read.
type style struct {
	date bool
	pad  int // digits that it is padded to with zeros
}

// readStyles reads which cells show their number as a day.
func (b *Book) readStyles(name string) error {
	formats, inCells := map[string]string{}, false
	r, err := b.open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	s := newScanner(r)
	for {
		token, err := s.next()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case s.name == "cellXfs":
			inCells = token == opens && !s.empty
		case token != opens:
		case s.name == "numFmt":
			if len(formats) < maxStyles {
				formats[s.attr("numFmtId")] = s.attr("formatCode")
			}
		case s.name == "xf" && inCells && len(b.styles) < maxStyles:
			b.styles = append(b.styles, styleOf(s.attr("numFmtId"), formats))
		}
	}
}

func styleOf(id string, formats map[string]string) style {
	if code, ok := formats[id]; ok {
		return styleOfCode(code)
	}
	n, _ := strconv.Atoi(id)
	switch {
	case n >= 14 && n <= 17, n == 22, n >= 27 && n <= 36, n >= 50 && n <= 58:
		return style{date: true}
	}
	return style{}
}

// styleOfCode looks at a format that the workbook defines itself.
func styleOfCode(code string) style {
	code, _, _ = strings.Cut(code, ";")
	if n := len(code); n > 1 && n <= 20 && strings.Trim(code, "0") == "" {
		return style{pad: n}
	}
	var plain strings.Builder
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '"':
			if end := strings.IndexByte(code[i+1:], '"'); end >= 0 {
				i += end + 1
			}
		case '\\', '_', '*':
			i++
		case '[':
			if end := strings.IndexByte(code[i:], ']'); end >= 0 {
				i += end
			}
		default:
			plain.WriteByte(code[i])
		}
	}
	low := strings.ToLower(plain.String())
	hasMonth := strings.Contains(low, "m") && !strings.ContainsAny(low, "hs")
	isDate := strings.ContainsAny(low, "yd") || hasMonth
	return style{date: isDate && !strings.Contains(low, "general")}
}

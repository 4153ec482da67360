package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/rivo/uniseg"

	"github.com/recoup-project/recoup/internal/app"
)

// show answers: one JSON document that begins with its schema, or what people
// writes.
func (s *session) show(schema string, v any, people func(p *page)) error {
	if s.machine() {
		return s.print(schema, v)
	}
	p := &page{out: s.out, colour: terminal(s.out) && s.env.Getenv("NO_COLOR") == ""}
	people(p)
	if s.flags.DryRun {
		p.line("Dry run: nothing was recorded.")
	}
	return p.err
}

// showFailed answers as show does, of a command that did nothing of what was asked:
// the document also carries the error, whose kind gives the exit status.
func (s *session) showFailed(schema string, v any, e *app.Error, people func(p *page)) error {
	if !s.machine() {
		if err := s.show(schema, v, people); err != nil {
			return err
		}
		return told(exitOf(e.Kind))
	}
	raw, err := s.document(schema, v)
	if err != nil {
		return err
	}
	tail, err := encoded(documentOf(e))
	if err != nil {
		return err
	}
	if err := s.write(fmt.Appendf(raw[:len(raw)-1], `,"error":%s}`, tail)); err != nil {
		return err
	}
	return told(exitOf(e.Kind))
}

// showList answers with a list: --json as one document with the list under key,
// --jsonl as one document a line.
func showList[T any](s *session, schema, key string, list []T, people func(p *page)) error {
	if !s.flags.JSONL {
		if list == nil {
			list = []T{}
		}
		return s.show(schema, map[string]any{key: list}, people)
	}
	for i := range list {
		if err := s.print(schema, list[i]); err != nil {
			return err
		}
	}
	return nil
}

// print writes one JSON document whose first field is its schema.
func (s *session) print(schema string, v any) error {
	raw, err := s.document(schema, v)
	if err != nil {
		return err
	}
	return s.write(raw)
}

// write writes a document: indented, or in one line of several.
func (s *session) write(raw []byte) error {
	if !s.flags.JSONL {
		var b bytes.Buffer
		if err := json.Indent(&b, raw, "", "  "); err != nil {
			return err
		}
		raw = b.Bytes()
	}
	_, err := s.out.Write(append(raw, '\n'))
	return err
}

// encoded is v as JSON in one line.
func encoded(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

// document is v, which must be an object in JSON, with a schema in front; that of a
// dry run says so.
func (s *session) document(schema string, v any) ([]byte, error) {
	body, err := encoded(v)
	if err != nil {
		return nil, err
	}
	if len(body) < 2 || body[0] != '{' {
		return nil, fmt.Errorf("answer %s is no JSON object", schema)
	}
	head := fmt.Appendf(nil, `{"schema":%q`, schema)
	if s.flags.DryRun {
		head = append(head, `,"dry_run":true`...)
	}
	if len(body) > 2 {
		head = append(head, ',')
	}
	return append(head, body[1:]...), nil
}

// page is an answer for people. The first error of writing is kept.
type page struct {
	out    io.Writer
	colour bool
	err    error
}

// line writes one line.
func (p *page) line(format string, args ...any) {
	if _, err := fmt.Fprintf(p.out, format+"\n", args...); p.err == nil {
		p.err = err
	}
}

// Colours, as terminals know them.
const (
	bold   = "1"
	faint  = "2"
	yellow = "33"
)

func (p *page) coloured(colour, format string, args ...any) {
	s := fmt.Sprintf(format, args...)
	if p.colour {
		s = "\x1b[" + colour + "m" + s + "\x1b[0m"
	}
	p.line("%s", s)
}

// title writes a heading.
func (p *page) title(format string, args ...any) { p.coloured(bold, format, args...) }

// warn writes a line that must be seen.
func (p *page) warn(format string, args ...any) { p.coloured(yellow, format, args...) }

// table writes aligned columns. A heading that begins with ">" is of numbers and is
// aligned to the right.
func (p *page) table(headings []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	header := make([]string, len(headings))
	right := make([]bool, len(headings))
	widths := make([]int, len(headings))
	for i, h := range headings {
		header[i], right[i] = strings.CutPrefix(h, ">")
		widths[i] = uniseg.StringWidth(header[i])
	}
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], uniseg.StringWidth(cell))
		}
	}
	if strings.Join(header, "") != "" {
		p.coloured(faint, "%s", aligned(header, widths, right))
	}
	for _, row := range rows {
		p.line("%s", aligned(row, widths, right))
	}
}

// aligned pads the cells of one row.
func aligned(cells []string, widths []int, right []bool) string {
	var b strings.Builder
	for i, cell := range cells {
		gap := strings.Repeat(" ", widths[i]-uniseg.StringWidth(cell))
		if right[i] {
			b.WriteString(gap + cell)
		} else {
			b.WriteString(cell + gap)
		}
		b.WriteString("  ")
	}
	return strings.TrimRight(b.String(), " ")
}

// hint writes what to do about a code, if there is something.
func (p *page) hint(code string) {
	if h := hints[code]; h != "" {
		p.line("        %s", h)
	}
}

// plural is "1 message" or "3 messages".
func plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

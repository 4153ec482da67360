package ledger

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// split reads all records of a text; bad ones come as one cell "!expected".
func split(t testing.TB, src io.Reader, delim byte) (records [][]string, lines []int) {
	t.Helper()
	s, rec := newSplitter(src, delim, false), record{}
	for {
		err := s.next(&rec)
		if err == io.EOF {
			return records, lines
		}
		if err != nil {
			t.Fatal(err)
		}
		cells := []string{}
		if rec.bad != "" {
			cells = append(cells, "!"+rec.bad)
		} else {
			for _, c := range rec.cells {
				cells = append(cells, string(c))
			}
		}
		records, lines = append(records, cells), append(lines, rec.line)
	}
}

// For text that encoding/csv wrote, the splitter and encoding/csv must agree, on
// the cells and on the physical lines, however small the reads are.
func TestSplitLikeEncodingCSV(t *testing.T) {
	cell := rapid.StringOfN(rapid.SampledFrom([]rune("ab,;\"\n\r ü")), 0, 6, -1)
	rapid.Check(t, func(t *rapid.T) {
		delim := rapid.SampledFrom([]byte(delimiters)).Draw(t, "delimiter")
		crlf := rapid.Bool().Draw(t, "crlf")
		var text bytes.Buffer
		w := csv.NewWriter(&text)
		w.Comma, w.UseCRLF = rune(delim), crlf
		for range rapid.IntRange(1, 5).Draw(t, "records") {
			if err := w.Write(rapid.SliceOfN(cell, 2, 4).Draw(t, "cells")); err != nil {
				t.Fatal(err)
			}
		}
		w.Flush()
		var want [][]string
		var wantLines []int
		r := csv.NewReader(bytes.NewReader(text.Bytes()))
		r.Comma, r.FieldsPerRecord = rune(delim), -1
		for {
			record, err := r.Read()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			line, _ := r.FieldPos(0)
			want, wantLines = append(want, record), append(wantLines, line)
		}
		tb := &fataler{t}
		got, lines := splitRapid(tb, iotest.OneByteReader(bytes.NewReader(text.Bytes())), delim)
		for i := range got {
			for j := range got[i] { // encoding/csv makes LF of CR LF inside cells
				got[i][j] = strings.ReplaceAll(got[i][j], "\r\n", "\n")
			}
		}
		if fmt.Sprintf("%q %v", got, lines) != fmt.Sprintf("%q %v", want, wantLines) {
			t.Fatalf("%q:\n got %q %v\nwant %q %v", text.String(), got, lines, want, wantLines)
		}
	})
}

type fataler struct{ *rapid.T }

func splitRapid(t *fataler, src io.Reader, delim byte) (records [][]string, lines []int) {
	s, rec := newSplitter(src, delim, false), record{}
	for {
		switch err := s.next(&rec); {
		case err == io.EOF:
			return records, lines
		case err != nil:
			t.Fatal(err)
		case rec.bad != "":
			t.Fatalf("row %d: %s", rec.line, rec.bad)
		}
		cells := make([]string, len(rec.cells))
		for i, c := range rec.cells {
			cells[i] = string(c)
		}
		records, lines = append(records, cells), append(lines, rec.line)
	}
}

func TestSplitBrokenRows(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"literal quotes in a cell", "a,12\" pipe,c\n", `[["a" "12\" pipe" "c"]] [1]`},
		{"blank line", "a\n\nb\n", `[["a"] [""] ["b"]] [1 2 3]`},
		{"no line end", "a,b\nc,d", `[["a" "b"] ["c" "d"]] [1 2]`},
		{"CR LF", "a,b\r\n\"c\",d\r\n", `[["a" "b"] ["c" "d"]] [1 2]`},
		{"cut behind CR", "a,b\r\n\"c\",d\r", `[["a" "b"] ["c" "d"]] [1 2]`},
		{"quoted line break", "\"a\nb\",c\nd,e\n", `[["a\nb" "c"] ["d" "e"]] [1 3]`},
		{"stray quote costs its line", "\"a\"b,c\nd,e\n", `[["!` + strings.ReplaceAll(strayQuote, `"`, `\"`) +
			`"] ["d" "e"]] [1 2]`},
		{"quote open at the end costs its line", "\"a,b\nc,d\n", `[["!` + unclosedQuote + `"] ["c" "d"]] [1 2]`},
		{"NUL", "a,\x00\nb,c\n", `[["!text without NUL bytes"] ["b" "c"]] [1 2]`},
		{"invalid UTF-8", "a,\xff\nb,c\n",
			`[["!valid UTF-8 text; if the file has another encoding, name it"] ["b" "c"]] [1 2]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, src := range []io.Reader{strings.NewReader(c.text), iotest.OneByteReader(strings.NewReader(c.text)),
				iotest.DataErrReader(strings.NewReader(c.text))} {
				records, lines := split(t, src, ',')
				if got := fmt.Sprintf("%q %v", records, lines); got != c.want {
					t.Errorf("got  %s\nwant %s", got, c.want)
				}
			}
		})
	}
}

func TestSplitLimits(t *testing.T) {
	long := strings.Repeat("x", MaxCellBytes+10)
	for _, c := range []struct{ name, text, bad string }{
		{"cell", "a," + long + "\nb,c\n", "cells of at most 64 KiB"},
		{"quoted cell", "a,\"" + long + "\"\nb,c\n", unclosedQuote},
		{"columns", strings.Repeat(",", MaxColumns) + "\nb,c\n", "at most 512 columns"},
		{"quoted columns", strings.Repeat("\"a\",", MaxColumns) + "\nb,c\n", "at most 512 columns"},
		{"row", strings.Repeat(strings.Repeat("x", 60000)+",", 80) + "\nb,c\n", "a row of at most 4 MiB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			records, lines := split(t, strings.NewReader(c.text), ',')
			if len(records) != 2 || records[0][0] != "!"+c.bad || fmt.Sprint(records[1], lines) != "[b c] [1 2]" {
				t.Errorf("%d records, lines %v, first %.80q", len(records), lines, records[0])
			}
		})
	}
	exact := strings.Repeat("x", MaxCellBytes)
	records, _ := split(t, strings.NewReader(exact+",\""+exact+"\"\n"), ',')
	if len(records) != 1 || len(records[0]) != 2 || len(records[0][1]) != MaxCellBytes {
		t.Errorf("a cell of exactly the limit is refused: %.80q", records[0])
	}
}

func TestSplitGivesUpOnBrokenQuotes(t *testing.T) {
	s, rec := newSplitter(strings.NewReader(strings.Repeat("\"a\"b\n", maxBrokenQuotes+1)), ',', false), record{}
	n := 0
	for ; ; n++ {
		if err := s.next(&rec); err != nil {
			if !errors.Is(err, ErrBroken) || n != maxBrokenQuotes {
				t.Errorf("after %d rows: %v", n, err)
			}
			return
		}
	}
}

func TestSplitPassesReadErrorsOn(t *testing.T) {
	boom := errors.New("disk on fire")
	s, rec := newSplitter(io.MultiReader(strings.NewReader("a,b\nc"), iotest.ErrReader(boom)), ',', false),
		record{}
	var err error
	for err == nil {
		err = s.next(&rec)
	}
	if !errors.Is(err, boom) {
		t.Errorf("got %v", err)
	}
}

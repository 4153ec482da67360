package ledger

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// ParseEncoding reads the name of an encoding as users write it: "utf8",
// "latin1", "cp1252", "UTF-16LE" … The empty name is "" (detect). Latin-1 is
// read as Windows-1252, of which it is a part for all printable characters.
func ParseEncoding(name string) (Encoding, error) {
	switch strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(name)) {
	case "":
		return "", nil
	case "utf8", "utf8bom", "ascii", "usascii":
		return UTF8, nil
	case "utf16", "utf16le", "unicode":
		return UTF16LE, nil
	case "utf16be":
		return UTF16BE, nil
	case "windows1252", "cp1252", "ansi", "latin1", "iso88591":
		return Windows1252, nil
	case "iso885915", "latin9":
		return ISO8859_15, nil
	}
	return "", fmt.Errorf("%w: %q, expected utf-8, utf-16le, utf-16be, windows-1252 or iso-8859-15",
		ErrEncoding, name)
}

// notText are beginnings of files that are often handed over in place of a CSV.
var notText = []struct{ magic, what string }{
	{"PK\x03\x04", "a spreadsheet or ZIP file (save it as CSV)"},
	{"\xd0\xcf\x11\xe0", "an old Excel file (save it as CSV)"},
	{"%PDF", "a PDF (export the list as CSV)"},
	{"\x1f\x8b", "a compressed file (unpack it)"},
}

// detectEncoding reads the whole file: a single accented letter in the last row
// decides. It leaves src at its end.
func detectEncoding(src io.ReadSeeker) (enc Encoding, loneCR bool, err error) {
	if _, err = src.Seek(0, io.SeekStart); err != nil {
		return "", false, err
	}
	buf := make([]byte, readBytes)
	head, lines, returns, valid, carried := []byte(nil), 0, 0, true, 0
	for {
		n, readErr := io.ReadFull(src, buf[carried:])
		chunk := buf[:carried+n]
		if head == nil {
			head = bytes.Clone(chunk[:min(len(chunk), 4096)])
			if err := refuseBinary(head); err != nil {
				return "", false, err
			}
		}
		lines += bytes.Count(chunk[carried:], newline)
		returns += bytes.Count(chunk[carried:], []byte{'\r'})
		last := readErr == io.EOF || readErr == io.ErrUnexpectedEOF
		if readErr != nil && !last {
			return "", false, readErr
		}
		whole := len(chunk)
		if !last {
			whole -= incompleteTail(chunk)
		}
		valid = valid && utf8.Valid(chunk[:whole])
		carried = copy(buf, chunk[whole:])
		if last {
			break
		}
	}
	loneCR = lines == 0 && returns > 0
	if enc := wideEncoding(head); enc != "" {
		return enc, false, nil
	}
	if valid {
		return UTF8, loneCR, nil
	}
	enc, err = eightBit(src)
	return enc, loneCR, err
}

func refuseBinary(head []byte) error {
	if len(head) == 0 {
		return ErrEmpty
	}
	for _, n := range notText {
		if bytes.HasPrefix(head, []byte(n.magic)) {
			return fmt.Errorf("%w: the file is %s", ErrUnsupported, n.what)
		}
	}
	return nil
}

// incompleteTail is the length of a UTF-8 sequence cut off at the end of b.
func incompleteTail(b []byte) int {
	for i := 1; i <= min(3, len(b)); i++ {
		if c := b[len(b)-i]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(b[len(b)-i:]) {
				return i
			}
			return 0
		}
	}
	return 0
}

// wideEncoding recognises UTF-16 by its mark or by the zero bytes of Latin text.
func wideEncoding(head []byte) Encoding {
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return UTF16LE
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return UTF16BE
	}
	var zeros [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i&1]++
		}
	}
	half := len(head) / 2
	switch {
	case half < 2:
	case zeros[1]*10 > half*6 && zeros[0]*20 <= half:
		return UTF16LE
	case zeros[0]*10 > half*6 && zeros[1]*20 <= half:
		return UTF16BE
	}
	return ""
}

// eightBit chooses for a file that is not all valid UTF-8. Where at least as many
// sequences are valid as are not, it is UTF-8 with damaged rows, which are
// rejected one by one. Otherwise the bytes 80-9F, letters and quotes in
// Windows-1252 and unused in ISO-8859-15, decide; then the euro sign A4 or an œ
// beside a letter.
func eightBit(src io.ReadSeeker) (Encoding, error) {
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	var sequences, others, c1, latin9 int
	buf, carried, previous := make([]byte, readBytes), 0, byte(0)
	for {
		n, readErr := io.ReadFull(src, buf[carried:])
		last := readErr == io.EOF || readErr == io.ErrUnexpectedEOF
		if readErr != nil && !last {
			return "", readErr
		}
		chunk := buf[:carried+n]
		for len(chunk) > 0 && (last || utf8.FullRune(chunk)) {
			r, size := utf8.DecodeRune(chunk)
			switch c := chunk[0]; {
			case r == utf8.RuneError && size == 1:
				others++
				if c >= 0x80 && c <= 0x9f {
					c1++
				}
				if c == 0xa4 || (c == 0xbc || c == 0xbd || c == 0xa6 || c == 0xa8) && isLetter(previous) {
					latin9++
				}
			case size > 1:
				sequences++
			}
			previous = chunk[0]
			chunk = chunk[size:]
		}
		carried = copy(buf, chunk)
		if last {
			break
		}
	}
	switch {
	case sequences >= others:
		return UTF8, nil
	case c1 == 0 && latin9 > 0:
		return ISO8859_15, nil
	}
	return Windows1252, nil
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// decode turns the bytes of a file into UTF-8 without a byte order mark and with
// LF (or CR LF) line ends. UTF-8 is passed on as it is, also where it is damaged.
func decode(src io.Reader, enc Encoding, loneCR bool) (text io.Reader, decoded bool, err error) {
	var e encoding.Encoding
	switch enc {
	case UTF8:
	case UTF16LE:
		e = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case UTF16BE:
		e = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case Windows1252:
		e = charmap.Windows1252
	case ISO8859_15:
		e = charmap.ISO8859_15
	default:
		return nil, false, fmt.Errorf("%w: %q", ErrEncoding, enc)
	}
	text = src
	if e != nil {
		text = transform.NewReader(text, e.NewDecoder())
	}
	mark := make([]byte, 3)
	n, err := io.ReadFull(text, mark)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, false, err
	}
	if string(mark[:n]) != "\uFEFF" {
		text = io.MultiReader(bytes.NewReader(mark[:n]), text)
	}
	if loneCR {
		text = &crReader{text}
	}
	return text, e != nil, nil
}

// crReader turns CR into LF, for files whose rows end with CR alone.
type crReader struct{ src io.Reader }

func (r *crReader) Read(p []byte) (int, error) {
	n, err := r.src.Read(p)
	for i, c := range p[:n] {
		if c == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

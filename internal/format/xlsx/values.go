package xlsx

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/core/cal"
)

// cellType is how the value of a cell is stored.
type cellType uint8

const (
	kindNumber cellType = iota
	kindShared          // a number of a shared string
	kindInline
	kindText // result of a formula, an error, or an ISO day
	kindBool
)

func cellKind(t []byte) cellType {
	switch string(t) {
	case "s":
		return kindShared
	case "inlineStr":
		return kindInline
	case "str", "e", "d":
		return kindText
	case "b":
		return kindBool
	}
	return kindNumber
}

// smallNumber reads an index.
func smallNumber(b []byte) (n int, ok bool) {
	if b = bytes.TrimSpace(b); len(b) == 0 || len(b) > 8 {
		return 0, false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// keptDigits is how many digits of a number Excel keeps and shows; what stands behind them
// in the file is left by binary arithmetic.
const keptDigits = 15

// appendNumber writes a stored number as a day or a plain decimal. What is no number is
// written as it stands.
func appendNumber(dst []byte, raw string, st style, date1904 bool) []byte {
	raw = strings.TrimSpace(raw)
	d, ok := parseDecimal(raw)
	if !ok {
		return append(dst, raw...)
	}
	if st.date {
		if day, ok := d.day(date1904); ok {
			return day.Append(dst)
		}
	}
	if st.pad > 0 && !d.negative && d.point >= len(d.digits) {
		for range st.pad - max(d.point, 0) {
			dst = append(dst, '0')
		}
		if len(d.digits) == 0 {
			return dst
		}
	}
	return d.append(dst)
}

// decimal is 0.digits × 10^point, without zeros at either end.
type decimal struct {
	negative bool
	digits   string
	point    int
}

// maxScale bounds the zeros that a number may need when it is written out.
const maxScale = 40

// parseDecimal reads a number as XML writes it, rounded to the digits that count.
func parseDecimal(raw string) (d decimal, ok bool) {
	if raw, d.negative = strings.CutPrefix(raw, "-"); !d.negative {
		raw = strings.TrimPrefix(raw, "+")
	}
	mantissa, exponent, scaled := raw, 0, false
	if e := strings.IndexAny(raw, "eE"); e >= 0 {
		n, err := strconv.Atoi(raw[e+1:])
		if err != nil || n > 1000 || n < -1000 {
			return d, false
		}
		mantissa, exponent, scaled = raw[:e], n, true
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := whole + fraction
	if digits == "" || len(digits) > 400 || strings.Trim(digits, "0123456789") != "" || scaled && mantissa == "" {
		return d, false
	}
	d.point = len(whole) + exponent
	trimmed := strings.TrimLeft(digits, "0")
	d.point -= len(digits) - len(trimmed)
	d.digits = trimmed
	if len(trimmed) > keptDigits {
		d.round()
	}
	if d.digits = strings.TrimRight(d.digits, "0"); d.digits == "" {
		return decimal{point: 0}, true
	}
	return d, d.point <= maxScale && d.point >= -maxScale
}

// round keeps the digits that count, half up.
func (d *decimal) round() {
	up := d.digits[keptDigits] >= '5'
	kept := []byte(d.digits[:keptDigits])
	for i := len(kept) - 1; up && i >= 0; i-- {
		if kept[i]++; kept[i] <= '9' {
			up = false
			break
		}
		kept[i] = '0'
	}
	d.digits = string(kept)
	if up {
		d.digits = "1" + d.digits
		d.point++
	}
}

func (d *decimal) append(dst []byte) []byte {
	if len(d.digits) == 0 {
		return append(dst, '0')
	}
	if d.negative {
		dst = append(dst, '-')
	}
	switch n := len(d.digits); {
	case d.point <= 0:
		dst = append(dst, "0."...)
		for range -d.point {
			dst = append(dst, '0')
		}
		return append(dst, d.digits...)
	case d.point >= n:
		dst = append(dst, d.digits...)
		for range d.point - n {
			dst = append(dst, '0')
		}
		return dst
	}
	return append(append(append(dst, d.digits[:d.point]...), '.'), d.digits[d.point:]...)
}

// day is the day with this serial number; the time of day is dropped. Excel counts a 29
// February 1900 that never was.
func (d *decimal) day(date1904 bool) (cal.Date, bool) {
	if d.negative || d.point > 7 {
		return cal.None, false
	}
	serial := 0
	for i := range max(d.point, 0) {
		serial *= 10
		if i < len(d.digits) {
			serial += int(d.digits[i] - '0')
		}
	}
	var day cal.Date
	switch {
	case date1904:
		day = cal.Of(1904, 1, 1).AddDays(serial)
	case serial < 1 || serial == 60:
		return cal.None, false
	case serial < 60:
		day = cal.Of(1899, 12, 31).AddDays(serial)
	default:
		day = cal.Of(1899, 12, 30).AddDays(serial)
	}
	return day, day.Valid()
}

// decodeEscapes resolves _x000D_ and its like, with which Excel writes characters that XML
// cannot hold. The result may share the memory of b.
func decodeEscapes(b []byte) []byte {
	at := bytes.Index(b, []byte("_x"))
	if at < 0 {
		return b
	}
	out := append([]byte(nil), b[:at]...)
	for rest := b[at:]; len(rest) > 0; {
		if len(rest) >= 7 && rest[0] == '_' && rest[1] == 'x' && rest[6] == '_' {
			if n, err := strconv.ParseUint(string(rest[2:6]), 16, 16); err == nil {
				out, rest = append(out, string(rune(n))...), rest[7:]
				continue
			}
		}
		out, rest = append(out, rest[0]), rest[1:]
	}
	return out
}

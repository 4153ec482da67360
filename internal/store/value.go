package store

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/recoup-project/recoup/internal/core/cal"
)

// Kind is the type of a Value.
type Kind uint8

// Kinds of value. Days are stored as numbers, instants as text.
const (
	KindNull Kind = iota
	KindInt
	KindText
	KindBytes
	KindDay  // I is a cal.Date, valid or cal.Far
	KindTime // I is milliseconds since 1970 UTC
	KindIDs  // IDs is a list for ids($n)
)

// String names the kind in error texts.
func (k Kind) String() string {
	return [...]string{"NULL", "an integer", "text", "bytes", "a day", "an instant", "an id list"}[k]
}

// Value is one argument or column, without allocation.
type Value struct {
	Kind Kind
	I    int64
	S    string
	B    []byte
	IDs  []int64
}

// ValueOf turns an argument of Query or Exec into a Value. Errors: ErrInvalid for
// text that is not valid UTF-8 or holds a NUL, and for other Go types.
func ValueOf(arg any) (Value, error) {
	switch v := arg.(type) {
	case nil:
		return Value{}, nil
	case int64:
		return Value{Kind: KindInt, I: v}, nil
	case int:
		return Value{Kind: KindInt, I: int64(v)}, nil
	case string:
		return Value{Kind: KindText, S: v}, CheckText(v)
	case []byte:
		if v == nil {
			return Value{}, nil
		}
		return Value{Kind: KindBytes, B: v}, nil
	case bool:
		return Value{Kind: KindInt, I: boolInt(v)}, nil
	case cal.Date:
		return dayValue(v), nil
	case time.Time:
		return Value{Kind: KindTime, I: v.UnixMilli()}, nil
	case []int64:
		return Value{Kind: KindIDs, IDs: v}, nil
	}
	return Value{}, Invalid("argument of type %T: expected int, int64, string, []byte, bool, "+
		"cal.Date, time.Time, []int64 or nil", arg)
}

// AppendText appends the stored form of a KindText or KindTime value.
func (v Value) AppendText(dst []byte) []byte {
	switch v.Kind {
	case KindText:
		return append(dst, v.S...)
	case KindTime:
		return time.UnixMilli(v.I).UTC().AppendFormat(dst, InstantFormat)
	}
	return dst
}

// ParseDay checks a stored day: a day that can be written, or cal.Far.
func ParseDay(stored int64) (cal.Date, error) {
	d := cal.Date(stored)
	if int64(d) != stored || !d.Valid() && d != cal.Far {
		return cal.None, Invalid("stored day %d: expected the number of days since 1970-01-01", stored)
	}
	return d, nil
}

// ParseInstant reads a stored instant; the zero time for no text.
func ParseInstant(b []byte) (time.Time, error) {
	if len(b) == 0 {
		return time.Time{}, nil
	}
	t, err := time.Parse(InstantFormat, string(b))
	if err != nil {
		return t, Invalid("stored instant %q: expected %s", b, InstantFormat)
	}
	return t, nil
}

// CheckText reports ErrInvalid for text that cannot be stored alike on both engines.
func CheckText(s string) error {
	if strings.IndexByte(s, 0) >= 0 {
		return Invalid("text %.40q holds a NUL byte", s)
	}
	if !utf8.ValidString(s) {
		return Invalid("text %.40q is not valid UTF-8", s)
	}
	return nil
}

func dayValue(d cal.Date) Value {
	if d == cal.None {
		return Value{}
	}
	return Value{Kind: KindDay, I: int64(d)}
}

func boolInt(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

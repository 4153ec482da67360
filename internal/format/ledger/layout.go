package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/format/xlsx"
)

// Limits of a file. Beyond them reading stops with an error that says so.
const (
	MaxRows        = 5_000_000 // data rows of one file
	MaxColumns     = 512
	MaxCellBytes   = 64 << 10
	MaxRecordBytes = 4 << 20 // one row; bounds the memory of a reader
	HeaderWithin   = 20      // the header is one of the first rows
)

// Errors about a file as a whole; test with errors.Is. Their text is for the
// user and says what was found and what was expected.
var (
	ErrEmpty       = errors.New("the file is empty")
	ErrNoHeader    = errors.New("no header row found")
	ErrUnsupported = errors.New("layout not supported")
	ErrEncoding    = errors.New("encoding not supported")
	ErrLayout      = errors.New("layout not complete")
	ErrOtherFile   = errors.New("the header is not the one of the layout")
	ErrLimit       = errors.New("file too large")
	ErrBroken      = errors.New("too many rows with broken quotes")
	ErrDamaged     = xlsx.ErrBroken
	ErrIsContacts  = errors.New("a list of contacts") // also [ErrUnsupported]: it was read as one of receivables
)

// DateOrder is the form of the dates of one column.
type DateOrder string

// Forms of dates. Every form but ISO also accepts ISO dates, and every form
// allows a time of day after the date, which is dropped. Two-digit years 00-69
// are 2000-2069, 70-99 are 1970-1999.
const (
	ISO        DateOrder = "iso"         // 2026-03-31
	YMD        DateOrder = "ymd"         // 2026/03/31, 2026.3.31
	DMY        DateOrder = "dmy"         // 31/03/2026, 31.3.26
	MDY        DateOrder = "mdy"         // 03/31/2026
	YMDCompact DateOrder = "ymd-compact" // 20260331
	FloatYMD   DateOrder = "float-ymd"   // 20260331.0, left by a data tool
	MonthName  DateOrder = "mon-name"    // 31-Mar-26, Mar 31, 2026
	Serial     DateOrder = "serial"      // 46112, the days as a spreadsheet counts them
)

// Encoding names the character encoding of a file.
type Encoding string

// Encodings that are detected and read. A byte order mark is always dropped.
const (
	UTF8        Encoding = "utf-8"
	UTF16LE     Encoding = "utf-16le"
	UTF16BE     Encoding = "utf-16be"
	Windows1252 Encoding = "windows-1252"
	ISO8859_15  Encoding = "iso-8859-15"
)

// Layout says how a file is to be read. It holds no data of the file, can be
// saved as JSON and used again for files with the same header.
type Layout struct {
	Name        string   `json:"name"`        // of a known layout, else "guessed"
	Fingerprint string   `json:"fingerprint"` // of the header, see [Fingerprint]
	Encoding    Encoding `json:"encoding"`
	LoneCR      bool     `json:"lone_cr,omitempty"`     // rows end with CR alone
	Delimiter   string   `json:"delimiter"`             // one of , ; tab |
	Sheet       string   `json:"sheet,omitempty"`       // of a workbook, in place of encoding and delimiter
	HeaderRow   int      `json:"header_row"`            // physical line, from 1; 0: the file has none
	HeaderRows  int      `json:"header_rows,omitempty"` // 2: the header is this row and the one above it
	Width       int      `json:"width"`                 // columns of the header
	Columns     []Column `json:"columns"`               // in the order of the file
	Unused      []string `json:"unused,omitempty"`      // headers that are not read

	Decimal  string `json:"decimal"`            // "." or ","
	Grouping string `json:"grouping,omitempty"` // characters allowed between thousands

	DefaultCurrency money.Currency `json:"default_currency,omitempty"` // where a row states none

	// CurrencyInAmounts: every amount carries its currency, "EUR 12.00".
	CurrencyInAmounts bool `json:"currency_in_amounts,omitempty"`
	// BySign: document types are codes of the program; a negative amount is a credit.
	BySign bool `json:"by_sign,omitempty"`

	// Named leniencies.
	FloatNoise bool `json:"float_noise,omitempty"` // 8734.710000000001 is 8734.71
	LineItems  bool `json:"line_items,omitempty"`  // one row per line of an invoice: taken once

	// DueDays after its day an invoice is due of which the file does not tell; 0: never.
	DueDays int `json:"due_days,omitempty"`

	// Shape names how rows that are no documents are made into such, see shaped.
	Shape string `json:"shape,omitempty"`
	// RawWidth is the width of the header before the rows are shaped.
	RawWidth int `json:"raw_width,omitempty"`
	// Notes say what a file of this layout cannot tell.
	Notes []string `json:"notes,omitempty"`
}

// Column is one column that is read.
type Column struct {
	Index   int       `json:"index"` // from 0
	Header  string    `json:"header"`
	Field   Field     `json:"field"`
	Dates   DateOrder `json:"dates,omitempty"`    // of a date column; "" is undecided
	FloatID bool      `json:"float_id,omitempty"` // 1930571429.0 is the number 1930571429
}

// Column returns the column of a field.
func (l *Layout) Column(f Field) (Column, bool) {
	for _, c := range l.Columns {
		if c.Field == f {
			return c, true
		}
	}
	return Column{}, false
}

// HasCurrency reports whether the file itself states the currency of its amounts.
func (l *Layout) HasCurrency() bool { return l.has(Currency) || l.CurrencyInAmounts }

func (l *Layout) has(f Field) bool { _, ok := l.Column(f); return ok }

// Validate reports whether the layout can be read with: every question is
// answered and every required field has a column. The error wraps [ErrLayout].
func (l *Layout) Validate() error {
	seen := [numFields]bool{}
	for _, c := range l.Columns {
		switch {
		case c.Field == NoField || c.Field >= numFields || c.Field == Customer:
			return fmt.Errorf("%w: column %d has no field", ErrLayout, c.Index+1)
		case seen[c.Field]:
			return fmt.Errorf("%w: two columns for %s", ErrLayout, c.Field)
		case c.Index < 0 || c.Index >= l.Width:
			return fmt.Errorf("%w: %s is column %d of %d", ErrLayout, c.Field, c.Index+1, l.Width)
		case c.Field.isDate() && !c.Dates.known():
			return fmt.Errorf("%w: the order of day and month in column %q is not decided", ErrLayout, c.Header)
		}
		seen[c.Field] = true
	}
	if l.Decimal != "." && l.Decimal != "," {
		return fmt.Errorf("%w: the decimal mark is not decided", ErrLayout)
	}
	if strings.Contains(l.Grouping, l.Decimal) {
		return fmt.Errorf("%w: %q is decimal and grouping mark", ErrLayout, l.Decimal)
	}
	if _, err := l.delimiter(); err != nil {
		return err
	}
	if missing := l.missing(); len(missing) > 0 {
		return layoutMisses(missing[0])
	}
	if !l.has(Currency) && l.DefaultCurrency == "" && !l.CurrencyInAmounts {
		return fmt.Errorf("%w: no column for the currency and no default currency", ErrLayout)
	}
	return nil
}

func layoutMisses(f Field) error { return fmt.Errorf("%w: no column for the %s", ErrLayout, f.label()) }

// missing lists the required fields without a column.
func (l *Layout) missing() []Field {
	var out []Field
	if !l.has(Number) {
		out = append(out, Number)
	}
	if !l.has(CustomerNumber) && !l.has(CustomerName) {
		out = append(out, CustomerNumber)
	}
	if !l.has(Amount) && !l.has(OpenAmount) && !(l.has(Debit) && l.has(Credit)) {
		out = append(out, Amount)
	}
	return out
}

// rawWidth is how many columns the rows of the file have, before they are shaped.
func (l *Layout) rawWidth() int {
	if l.Shape != "" {
		return l.RawWidth
	}
	return l.Width
}

// least is how many cells a row has at least: up to its number and its amounts. What a row
// lacks behind them is empty, as programs leave it out.
func (l *Layout) least() int {
	least := 0
	for _, c := range l.Columns {
		switch c.Field {
		case Number, CustomerNumber, Customer, Amount, OpenAmount, Debit, Credit:
			least = max(least, c.Index+1)
		}
	}
	if least == 0 || !l.has(Number) || l.Name == PlainLayout {
		return l.Width
	}
	return least
}

func (l *Layout) delimiter() (byte, error) {
	if l.Sheet != "" {
		return 0, nil
	}
	if len(l.Delimiter) == 1 && strings.Contains(delimiters, l.Delimiter) {
		return l.Delimiter[0], nil
	}
	return 0, fmt.Errorf("%w: delimiter %q, expected a comma, semicolon, tab or |", ErrLayout, l.Delimiter)
}

func (o DateOrder) known() bool {
	switch o {
	case ISO, YMD, DMY, MDY, YMDCompact, FloatYMD, MonthName, Serial:
		return true
	}
	return false
}

// Fingerprint identifies a header however its names are cased, spaced or
// accented: 16 hexadecimal digits. A saved layout belongs to one fingerprint.
func Fingerprint(header []string) string {
	h := sha256.New()
	for _, cell := range header {
		h.Write([]byte(foldWord(cell)))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// Hints are what the user or a saved layout already says about a file. They
// answer questions; evidence in the file that contradicts them is not overruled
// but shows as rejected rows.
type Hints struct {
	Layout          string           // name of a known layout that must be taken
	Sheet           string           // of a workbook: answers sheet
	Saved           *Layout          // mapping to take if the header is the same
	Encoding        Encoding         // "" to detect
	DateOrder       DateOrder        // DMY or MDY: answers date_order
	Decimal         string           // "." or ",": answers decimal
	DefaultCurrency money.Currency   // answers currency
	Columns         map[Field]string // header to take for a field: answers column
	DueDays         int              // after its day an invoice without due date is due; 0: not said
}

// Question codes.
const (
	AskDateOrder = "date_order"
	AskDecimal   = "decimal"
	AskCurrency  = "currency"
	AskColumn    = "column"
	AskSheet     = "sheet"
)

// Question is something the file does not tell. The answer goes into [Hints].
type Question struct {
	Code    string   `json:"code"`
	Field   Field    `json:"field"`
	Column  string   `json:"column,omitempty"` // header
	Row     int      `json:"row,omitempty"`    // physical line of the example
	Value   string   `json:"value,omitempty"`  // the example
	Choices []string `json:"choices,omitempty"`
	Text    string   `json:"text"`
}

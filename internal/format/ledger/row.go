package ledger

import (
	"fmt"
	"unicode/utf8"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// Row is one document (or instalment) of a file. Absent texts are empty, absent
// dates [cal.None]. Amounts are in minor units of Currency and signed as the
// balance of the customer sees them: an invoice is positive, a credit note
// negative, whatever sign convention the file has.
type Row struct {
	Line int // physical line of the file where the row begins, from 1

	CustomerNumber string // as in the file, leading zeros kept
	CustomerName   string
	Kind           book.DebtorKind
	KindStated     bool
	Country        string // ISO 3166 alpha-2, with the state where the file has its code: US-OH
	Language       string // "en", "de-AT"
	Email          string // one or several, separated by "; "
	Role           string // role of the contact behind Email

	DocumentKind book.DocumentKind
	Number       string // as in the file
	Instalment   int    // 1 when not stated
	InvoiceDate  cal.Date
	DueDate      cal.Date // None: not stated
	DueDerived   bool     // it follows from the terms of the row, or from days given for all
	DateAgreed   book.Tri
	Currency     money.Currency
	AmountMinor  int64
	// OpenMinor is the open amount stated or, if none is, what follows from the
	// payment columns: the amount less what was paid.
	OpenMinor  int64
	OpenStated bool
	PaidOn     cal.Date
	// PaidMinor is the paid amount stated or, with a PaidOn and neither a paid nor
	// an open amount, the whole amount.
	PaidMinor  int64
	PaidStated bool
	PO         string

	LastReminderDate  cal.Date
	LastReminderLevel int // 0: none

	Disputed book.Tri // as the file says; history, not a hold
}

// RowError is one cell, or one row (Field ""), that could not be read.
type RowError struct {
	File     string `json:"file,omitempty"`
	Row      int    `json:"row"` // physical line of the file, from 1
	Field    string `json:"field"`
	Value    string `json:"value"`
	Expected string `json:"expected"`
}

// Error names file, row, field, value and what was expected.
func (e RowError) Error() string {
	where := fmt.Sprintf("row %d", e.Row)
	if e.File != "" {
		where = e.File + ", " + where
	}
	if e.Field != "" {
		where += ", " + e.Field
	}
	return fmt.Sprintf("%s: %q, expected %s", where, e.Value, e.Expected)
}

// SkippedRow is a row that is no document: a title, blank, heading or total row.
type SkippedRow struct {
	Row  int    `json:"row"`
	Why  string `json:"why"`
	Text string `json:"text,omitempty"` // its first cell
}

// Reasons of skipped rows.
const (
	SkipTitle    = "above the header"
	SkipBlank    = "blank"
	SkipHeading  = "heading"
	SkipTotal    = "total"
	SkipHeader   = "header again"
	SkipLineItem = "further line of the same document"
	SkipStatus   = "draft or void"
	SkipPayable  = "not a receivable"
	SkipPosting  = "further posting of the same document"
	SkipAccount  = "posting of another account"
	SkipNothing  = "nothing is open"
	SkipParty    = "customer of the rows below"
)

// maxListed is how many rejected cells and skipped rows a Report lists; beyond
// it they are only counted.
const maxListed = 10_000

// Sum adds up the rows of one currency.
type Sum struct {
	Count       int   `json:"count"`
	AmountMinor int64 `json:"amount_minor"` // signed: credits lower it
	OpenMinor   int64 `json:"open_minor"`
}

// Totals are the control totals of the rows handed over.
type Totals struct {
	Rows       int                    `json:"rows"`
	Credits    int                    `json:"credits"` // credit notes among them
	ByCurrency map[money.Currency]Sum `json:"by_currency"`
}

// Report says what became of every row of the file:
// Totals.Rows + RejectedRows + SkippedRows = rows of the file without the header.
type Report struct {
	Totals       Totals       `json:"totals"`
	RejectedRows int          `json:"rejected_rows"`
	SkippedRows  int          `json:"skipped_rows"`
	Rejected     []RowError   `json:"rejected"` // the first 10,000
	Skipped      []SkippedRow `json:"skipped"`  // the first 10,000
	// SkippedBy counts the skipped rows by their reason.
	SkippedBy map[string]int `json:"skipped_by"`
	// UnterminatedRow is the physical line of a last row without a line end, or 0.
	// The file may have been cut: the control totals decide.
	UnterminatedRow int `json:"unterminated_row,omitempty"`
	// HiddenRows counts rows of a workbook that a filter or a person hid; they are read.
	HiddenRows int `json:"hidden_rows,omitempty"`
	// Unread are the document numbers of rejected rows, the first 10,000: such a document
	// is in the file, whatever else is wrong with its row.
	Unread []string `json:"unread,omitempty"`
	// Lost counts the rejected rows that are not in Unread, since not even the number could
	// be read: any document may be in one of them. LostRow is the first.
	Lost    int `json:"lost,omitempty"`
	LostRow int `json:"lost_row,omitempty"`
}

func (r *Report) skip(line int, why string, text []byte) {
	r.SkippedRows++
	if r.SkippedBy == nil {
		r.SkippedBy = map[string]int{}
	}
	r.SkippedBy[why]++
	if len(r.Skipped) < maxListed {
		r.Skipped = append(r.Skipped, SkippedRow{Row: line, Why: why, Text: shorten(text)})
	}
}

// reject notes a row that is not handed over; number is its document number, or "" where
// that is not known.
func (r *Report) reject(number string, errs ...RowError) {
	r.RejectedRows++
	if number != "" && len(r.Unread) < maxListed {
		r.Unread = append(r.Unread, number)
	} else if r.Lost++; r.Lost == 1 {
		r.LostRow = errs[0].Row
	}
	if room := maxListed - len(r.Rejected); room < len(errs) {
		errs = errs[:max(room, 0)]
	}
	r.Rejected = append(r.Rejected, errs...)
}

// shorten makes a value fit for a message: valid UTF-8, at most 120 bytes.
func shorten(b []byte) string {
	const most = 120
	cut := len(b) > most
	if cut {
		b = b[:most]
		for len(b) > 0 && !utf8.RuneStart(b[len(b)-1]) {
			b = b[:len(b)-1]
		}
		if n := len(b); n > 0 && b[n-1] >= utf8.RuneSelf {
			b = b[:n-1]
		}
	}
	s := cleanText(string(b))
	if cut {
		s += "…"
	}
	return s
}

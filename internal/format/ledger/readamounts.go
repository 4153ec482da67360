package ledger

import (
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// cellAmount is one amount of the current row.
type cellAmount struct {
	minor  int64
	stated bool
}

// parseAmounts reads currency and amounts and works out kind and signs.
func (r *reader) parseAmounts(row *Row) {
	before := len(r.errs)
	row.Currency = r.rowCurrency()
	kind := r.documentKind()
	if row.Currency == "" && !r.layout.CurrencyInAmounts {
		return // reported; without a currency no amount has a meaning
	}
	r.counted = false
	amount, open, paid := r.rowAmount(row), r.amount(OpenAmount, row), r.amount(PaidAmount, row)
	if mark := r.cell(SignMark); len(mark) > 0 {
		negative, ok := parseSignMark(mark)
		if !ok {
			r.fail(SignMark, mark, "D or C, DR or CR, S or H")
		}
		if negative {
			amount.minor, open.minor = -money.Abs(amount.minor), -money.Abs(open.minor)
		}
	}
	if len(r.errs) > before {
		return
	}
	if !amount.stated {
		if !open.stated {
			r.fail(r.amountColumn(), nil, "an amount")
			return
		}
		amount = open
	}
	if !open.stated && r.openRequired && !paid.stated && row.PaidOn == cal.None {
		r.fail(OpenAmount, nil, "an amount, 0 if nothing is open")
		return
	}
	if row.Currency == "" {
		r.fail(Currency, nil, expectedCurrency)
		return
	}
	r.settleSigns(row, kind, amount, open, paid)
}

// settleSigns decides whether the row is a credit, gives all its amounts the same
// sign and derives what is open and paid. Amounts that contradict each other are
// errors.
func (r *reader) settleSigns(row *Row, kind book.DocumentKind, amount, open, paid cellAmount) {
	credit := kind == book.CreditNote || amount.minor < 0
	row.DocumentKind = book.Invoice
	sign := int64(1)
	if credit {
		row.DocumentKind, sign = book.CreditNote, -1
	}
	if kind != book.CreditNote && (amount.minor < 0) != (open.minor < 0) && amount.minor != 0 &&
		open.minor != 0 {
		r.fail(OpenAmount, r.cell(OpenAmount), "an amount with the sign of the whole amount")
		return
	}
	if !credit && paid.minor < 0 {
		r.fail(PaidAmount, r.cell(PaidAmount), "a paid amount that is not negative")
		return
	}
	whole, unpaid, settled := money.Abs(amount.minor), money.Abs(open.minor), money.Abs(paid.minor)
	switch {
	case unpaid > whole:
		r.fail(OpenAmount, r.cell(OpenAmount), "at most the amount, "+r.decimalOf(whole, row.Currency))
	case settled > whole:
		r.fail(PaidAmount, r.cell(PaidAmount), "at most the amount, "+r.decimalOf(whole, row.Currency))
	case open.stated && paid.stated && unpaid+settled > whole:
		r.fail(OpenAmount, r.cell(OpenAmount), "at most the amount less what was paid, "+
			r.decimalOf(whole-settled, row.Currency))
	}
	closed := r.isClosed()
	switch {
	case open.stated && !paid.stated && row.PaidOn != cal.None:
		settled = whole - unpaid
	case open.stated:
	case closed || row.PaidOn != cal.None && !paid.stated:
		unpaid, settled = 0, whole
	default:
		unpaid = whole - settled
	}
	row.AmountMinor, row.OpenMinor, row.PaidMinor = sign*whole, sign*unpaid, sign*settled
	row.OpenStated, row.PaidStated = open.stated || closed, paid.stated
}

func (r *reader) decimalOf(minor int64, c money.Currency) string {
	return money.FormatMinor(minor, c.Exponent())
}

// isClosed reads the columns that say open or paid by yes or no.
func (r *reader) isClosed() bool {
	open, paid := r.yesNo(OpenFlag), r.yesNo(PaidFlag)
	return open == book.No || paid == book.Yes
}

func (r *reader) amountColumn() Field {
	switch {
	case r.col[Amount] >= 0:
		return Amount
	case r.col[OpenAmount] >= 0:
		return OpenAmount
	}
	return Debit
}

// exponentOf is the number of decimals of a currency, remembered for the next row.
func (r *reader) exponentOf(c money.Currency) int {
	if c != r.exponent.currency || c == "" {
		r.exponent.currency, r.exponent.decimals = c, c.Exponent()
	}
	return r.exponent.decimals
}

// rowCurrency reads the currency column, or takes the default. It returns "" if
// there is none, which is an error of the row unless amounts carry their own.
func (r *reader) rowCurrency() money.Currency {
	cell := r.cell(Currency)
	if isPlaceholder(cell) {
		if r.layout.DefaultCurrency == "" && !r.layout.CurrencyInAmounts {
			r.fail(Currency, cell, expectedCurrency)
		}
		return r.layout.DefaultCurrency
	}
	if string(cell) == string(r.currency) {
		return r.currency
	}
	c, ok := parseCurrency(cell)
	if !ok {
		r.fail(Currency, cell, expectedCurrency)
	}
	return c
}

// documentKind is what the file says the row is, "" if it leaves it to the sign.
func (r *reader) documentKind() book.DocumentKind {
	if r.layout.BySign {
		return ""
	}
	cell := r.cell(DocumentKind)
	switch {
	case isPlaceholder(cell):
		return ""
	case string(cell) == string(book.Invoice):
		return book.Invoice
	case string(cell) == string(book.CreditNote):
		return book.CreditNote
	}
	switch documentWords[foldWord(string(cell))] {
	case string(book.Invoice):
		return book.Invoice
	case string(book.CreditNote):
		return book.CreditNote
	case bySign:
		return ""
	}
	r.fail(DocumentKind, cell, expectedDocument)
	return ""
}

// rowAmount is the amount of the document: its own column, or debit less credit.
func (r *reader) rowAmount(row *Row) cellAmount {
	if r.col[Amount] >= 0 || r.col[Debit] < 0 {
		return r.amount(Amount, row)
	}
	debit, credit := r.amount(Debit, row), r.amount(Credit, row)
	return cellAmount{minor: debit.minor - money.Abs(credit.minor), stated: debit.stated || credit.stated}
}

// amount reads one amount cell; without one it is not stated.
func (r *reader) amount(f Field, row *Row) cellAmount {
	cell := r.cell(f)
	if isPlaceholder(cell) {
		return cellAmount{stated: isDash(cell)}
	}
	if r.decimal == '.' && row.Currency != "" { // the usual case: 1234.56
		if minor, err := money.ParseMinor(string(cell), r.exponentOf(row.Currency)); err == nil {
			r.counted = true
			return cellAmount{minor, true}
		}
	}
	raw, ok := stripAmount(cell)
	if !ok {
		r.fail(f, cell, expectedAmount(nil, r.layout, row.Currency))
		return cellAmount{}
	}
	if !r.takeCurrency(f, cell, raw.currency, row) {
		return cellAmount{}
	}
	r.counted = true
	plain, err := plainNumber(r.scratch, raw.core, r.decimal, r.layout.Grouping)
	r.scratch = plain
	var minor int64
	if err == nil {
		minor, err = toMinor(plain, r.exponentOf(row.Currency), r.layout.FloatNoise)
	}
	if err != nil {
		r.fail(f, cell, expectedAmount(err, r.layout, row.Currency))
		return cellAmount{}
	}
	if raw.negative {
		minor = -minor
	}
	return cellAmount{minor, true}
}

// takeCurrency checks the currency written in an amount cell against that of the
// row. Where no column states one, the first amount that carries its currency
// makes it that of the row.
func (r *reader) takeCurrency(f Field, cell []byte, c money.Currency, row *Row) bool {
	switch {
	case c == row.Currency && c != "", c == "" && row.Currency != "":
		return true
	case c != "" && !r.counted && isPlaceholder(r.cell(Currency)):
		row.Currency = c
		return true
	}
	expected := "an amount with its currency, such as EUR 12.00"
	if row.Currency != "" {
		expected = "an amount in " + string(row.Currency) + ", the currency of the row"
	}
	r.fail(f, cell, expected)
	return false
}

// isDash reports whether a cell is the dash that bookkeepers write for zero.
func isDash(b []byte) bool {
	return string(b) == "-" || string(b) == "--" || string(b) == "–" || string(b) == "—"
}

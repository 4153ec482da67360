package ledger

import (
	"fmt"
	"slices"
)

// Field is what a column of a file means.
type Field uint8

// The fields of a receivables file. The names (see [Field.String]) are those of
// our plain layout where it has the field.
const (
	NoField Field = iota
	CustomerNumber
	CustomerName
	Kind
	Country
	Language
	Email
	Role
	DocumentKind
	Number
	Instalment
	InvoiceDate
	DueDate
	DateAgreed
	Currency
	Amount
	OpenAmount
	PaidOn
	PaidAmount
	PO
	LastReminderDate
	LastReminderLevel

	// Fields other programs have and the plain layout has not.
	Disputed    // yes or no: history of the document, never a hold
	SignMark    // a column that gives the sign: S/H, D/C, DR/CR
	Debit       // amount when it raises the debt; with Credit in place of Amount
	Credit      // amount when it lowers the debt
	Status      // draft and void documents are skipped
	Terms       // of payment: a due date follows from them and the day of the invoice
	Phone       // contacts only
	ContactName // contacts only; with FirstName, the last name
	FirstName   // contacts only

	// The postal address of a customer, in lists of customers and contacts.
	Street
	AddressExtra
	Postcode
	Town
	Region

	// A column headed "open" or "paid" that says yes or no instead of an amount.
	OpenFlag
	PaidFlag

	// Customer is a column headed just "customer": number or name, decided by
	// what stands in it. It never appears in a Layout.
	Customer

	numFields
)

var fieldNames = [numFields]string{
	"", "customer_number", "customer_name", "kind", "country", "language", "email", "role",
	"document_kind", "number", "instalment", "invoice_date", "due_date", "date_agreed", "currency",
	"amount", "open_amount", "paid_on", "paid_amount", "po", "last_reminder_date", "last_reminder_level",
	"disputed", "sign_mark", "debit", "credit", "status", "terms", "phone", "name", "first_name",
	"street", "address_extra", "postcode", "town", "region",
	"open_flag", "paid_flag", "customer",
}

// plainFields are the columns of the plain layout, in order.
var plainFields = []Field{
	CustomerNumber, CustomerName, Kind, Country, Language, Email, Role, DocumentKind, Number, Instalment,
	InvoiceDate, DueDate, DateAgreed, Currency, Amount, OpenAmount, PaidOn, PaidAmount, PO,
	LastReminderDate, LastReminderLevel,
}

// String is the name of the field in layouts, questions and row errors.
func (f Field) String() string {
	if f < numFields {
		return fieldNames[f]
	}
	return fmt.Sprintf("field(%d)", uint8(f))
}

// ParseField reads the name of a field.
func ParseField(s string) (Field, bool) {
	for i, n := range fieldNames {
		if n == s && Field(i) != NoField && Field(i) != Customer {
			return Field(i), true
		}
	}
	return NoField, false
}

// FieldNames lists the fields that a column may have.
func FieldNames() []string { return slices.Clone(fieldNames[1:Customer]) }

// MarshalText writes the name.
func (f Field) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads the name; unknown names are an error.
func (f *Field) UnmarshalText(b []byte) error {
	parsed, ok := ParseField(string(b))
	if !ok {
		return fmt.Errorf("unknown field %q in a saved layout", b)
	}
	*f = parsed
	return nil
}

func (f Field) isDate() bool {
	return f == InvoiceDate || f == DueDate || f == PaidOn || f == LastReminderDate
}

func (f Field) isAmount() bool {
	return f == Amount || f == OpenAmount || f == PaidAmount || f == Debit || f == Credit
}

// isWord reports whether the field takes one of a closed list of words, so that
// a guessed column whose values are something else is left alone.
func (f Field) isWord() bool {
	switch f {
	case Kind, Country, Language, Role, DocumentKind, DateAgreed, Currency, Disputed, SignMark, Instalment,
		LastReminderLevel, Email:
		return true
	}
	return false
}

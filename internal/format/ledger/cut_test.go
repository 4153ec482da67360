package ledger

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/unicode"
)

const plainSample = "customer_number,customer_name,kind,country,email,document_kind,number," +
	"invoice_date,due_date,currency,amount,open_amount,paid_on,po,last_reminder_level\n" +
	"00042,\"Krüger, \"\"Möbel\"\"\",company,DE,a@b.example,invoice,R-1," +
	"2026-01-05,2026-02-04,EUR,1190.00,1190.00,,PO 1,2\n" +
	"7,Weiß & Söhne,,AT,,invoice,R-2,2026-01-31,2026-03-02,EUR,90.50,,2026-02-20,,1\n" +
	"7,Weiß & Söhne,,AT,,credit_note,G-3,2026-02-01,,EUR,-9.50,,,,0\n" +
	"8,\"Two\nLines\",,JP,,invoice,R-4,2026-01-31,2026-03-02,JPY,12000,12000,,,3\n"

// A file cut at any byte gives rows of the whole file, in order, and nothing
// else; a last row that could be half a row is rejected or named.
func TestCutAnywhere(t *testing.T) {
	utf16 := func(text string) []byte {
		b, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	ibm := "countryCode,customerID,PaperlessDate,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount," +
		"Disputed,SettledDate,PaperlessBill,DaysToSettle,DaysLate\r\n" +
		strings.Repeat("391,0017-ABCDE,4/6/2013,0061136,1/20/2013,2/1/2013,55.94,No,1/15/2013,Paper,13,0\r\n", 3)
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"plain", []byte(plainSample)},
		{"plain with CR LF", []byte(strings.ReplaceAll(plainSample, "\n", "\r\n"))},
		{"plain in UTF-16", utf16(plainSample)},
		{"amount last", []byte(germanFile)},
		{"IBM", []byte(ibm)},
		{"date last", []byte("customer_number,number,currency,amount,due_date\n" +
			"1,1,EUR,10.00,2026-01-01\n1,2,EUR,10.00,2026-01-02\n")},
	} {
		t.Run(c.name, func(t *testing.T) {
			if len(c.data) > 4096 {
				t.Fatalf("a sample of %d bytes", len(c.data))
			}
			hints := Hints{DefaultCurrency: "USD"}
			_, whole, _ := readAll(t, c.data, hints)
			for cut := range c.data {
				checkCut(t, c.data[:cut], hints, whole)
			}
		})
	}
}

// checkCut reads a cut file and compares it with the rows of the whole one. Only
// the first data row has no earlier one to be compared with: it may differ, if it
// is named as unterminated.
func checkCut(t *testing.T, data []byte, hints Hints, whole []Row) {
	t.Helper()
	layout, questions, err := Guess(bytes.NewReader(data), hints)
	if err != nil || len(questions) > 0 {
		return // refused as a whole
	}
	var rows []Row
	report, err := Read("", bytes.NewReader(data), layout, func(r *Row) error {
		rows = append(rows, *r)
		return nil
	})
	if err != nil {
		return
	}
	if len(rows) > len(whole) {
		t.Fatalf("cut at %d: %d rows of %d", len(data), len(rows), len(whole))
	}
	for i := range rows {
		unsure := i == 0 && rows[i].Line == report.UnterminatedRow
		if diff := cmp.Diff(whole[i], rows[i]); diff != "" && !unsure {
			t.Errorf("cut at %d: row %d: %s", len(data), rows[i].Line, diff)
		}
	}
	text := bytes.TrimRight(data, "\x00")
	open := len(text) > 0 && text[len(text)-1] != '\n' && text[len(text)-1] != '\r'
	if open && report.UnterminatedRow == 0 && len(rows)+report.RejectedRows > 0 {
		t.Errorf("cut at %d: the open end is not named", len(data))
	}
}

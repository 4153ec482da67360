package ledger

import (
	"fmt"
	"strings"
	"testing"
)

// read guesses and reads a text: the rows as "number customer name open", and the skipped ones.
func readBlocks(t *testing.T, file string) (rows, skipped string, report *Report) {
	t.Helper()
	layout, questions, err := Guess(strings.NewReader(file), Hints{DefaultCurrency: "GBP"})
	if err != nil || len(questions) > 0 {
		t.Fatal(questions, err)
	}
	var list []string
	report, err = Read("f", strings.NewReader(file), layout, func(r *Row) error {
		list = append(list, fmt.Sprintf("%s %s/%s %d", r.Number, r.CustomerNumber, r.CustomerName, r.OpenMinor))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, s := range report.Skipped {
		left = append(left, fmt.Sprintf("%d %s", s.Row, s.Why))
	}
	return strings.Join(list, "; "), strings.Join(left, "; "), report
}

func TestLabelledBlocks(t *testing.T) {
	for name, c := range map[string]struct{ file, rows, skipped string }{
		"above the header": {"Aged debtors\n\nA/C: ABC001,\"Name: Pike Ltd\",,,Tel: 020 7946 0000\nNo,Type,Date,Ref,Amount,Balance\n1,SI,2026-01-05,R1,100.00,100.00\n2,SC,2026-01-06,R2,-10.00,-10.00\nTotals:,,,,,90.00\n\n" +
			"A/C:,DEF002,Name:,Wells & Sons\nNo,Type,Date,Ref,Amount,Balance\n3,SI,2026-01-07,R3,5.50,5.50\nTotals:,,,,,5.50\n",
			"R1 ABC001/Pike Ltd 10000; R2 ABC001/Pike Ltd -1000; R3 DEF002/Wells & Sons 550",
			"1 above the header; 2 blank; 3 above the header; 7 total; 8 blank; 9 customer of the rows below; 10 header again; 12 total"},
		"below the header": {"Beleg;Datum;Betrag\nKonto: 10001;Name: Müller & Söhne KG;\nR1;05.01.2026;100,00\nDebitor: 10002 Lindner GmbH;;\nR2;06.01.2026;50,00\nKunde: Nord AG;;\nR3;06.01.2026;7,00\n",
			"R1 10001/Müller & Söhne KG 10000; R2 10002/Lindner GmbH 5000; R3 /Nord AG 700",
			"2 customer of the rows below; 4 customer of the rows below; 6 customer of the rows below"},
	} {
		if rows, skipped, report := readBlocks(t, c.file); rows != c.rows || skipped != c.skipped || report.RejectedRows != 0 {
			t.Errorf("%s:\n%s\n%s\n%v", name, rows, skipped, report.Rejected)
		}
	}
	// Before a customer is named nobody owes: the row is rejected, not given to somebody.
	rows, _, report := readBlocks(t, "Ref,Date,Balance\nR0,2026-01-05,1.00\nCustomer: Pike Ltd,,\nR1,2026-01-05,2.00\nCustomer:,,\nR2,2026-01-05,3.00\n")
	if rows != "R1 /Pike Ltd 200" || report.RejectedRows != 2 {
		t.Errorf("%s, %v", rows, report.Rejected)
	}
}

// A row of only number and name is the customer of the rows below that name none; one with
// its own customer in between ends it.
func TestPartyRows(t *testing.T) {
	const head = "Konto;Name;Beleg;Datum;Fällig;Betrag\n"
	rows, skipped, report := readBlocks(t, head+"10001;Müller & Söhne KG;;;;\n;;R1;05.01.2026;04.02.2026;100,00\n10002;Nord AG;;;;\n10002;Nord AG;R2;05.01.2026;04.02.2026;50,00\n;;R3;05.01.2026;04.02.2026;1,00\n")
	if rows != "R1 10001/Müller & Söhne KG 10000; R2 10002/Nord AG 5000" || skipped != "2 customer of the rows below; 4 customer of the rows below" || report.RejectedRows != 1 {
		t.Errorf("%s\n%s\n%v", rows, skipped, report.Rejected)
	}
	// Without a name beside it an account could be one of the ledger: it is asked.
	_, questions, err := Guess(strings.NewReader("Konto;Beleg;Datum;Betrag;Währung\n1400;R1;05.01.2026;100,00;EUR\n"), Hints{})
	if err != nil || len(questions) != 1 || questions[0].Code != AskColumn || questions[0].Field != CustomerNumber {
		t.Errorf("%v %v", questions, err)
	}
}

func TestShortRows(t *testing.T) {
	rows, _, report := readBlocks(t, "Customer,Number,Due date,Amount,PO,Note\nPike Ltd,R1,2026-02-01,10.00,7,x\nPike Ltd,R2,2026-02-01,20.00\nPike Ltd,R3,2026-02-01\nPike Ltd,R4,2026-02-01,5.00,8\n")
	if rows != "R1 /Pike Ltd 1000; R2 /Pike Ltd 2000; R4 /Pike Ltd 500" || report.RejectedRows != 1 || report.Rejected[0].Row != 4 {
		t.Errorf("%s %v", rows, report.Rejected)
	}
	// Cut in its last cell, which the end of the file leaves without a line end.
	if rows, _, report = readBlocks(t, "Customer,Number,Due date,Amount,PO\nPike Ltd,R1,2026-02-01,10.00,7\nPike Ltd,R2,2026-02-01,20.0"); report.RejectedRows != 1 {
		t.Errorf("%s %v", rows, report.Rejected)
	}
}

func TestSwissAmounts(t *testing.T) {
	rows, _, report := readBlocks(t, "Kunde;Rechnung;Datum;Betrag\nPike AG;R1;05.01.2026;12'000.--\nPike AG;R2;05.01.2026;12’000.–\nPike AG;R3;05.01.2026;5.-\nPike AG;R4;05.01.2026;£7.—\nPike AG;R5;05.01.2026;-1'234.50\nPike AG;R6;05.01.2026;8.-- GBP\n")
	if rows != "R1 /Pike AG 1200000; R2 /Pike AG 1200000; R3 /Pike AG 500; R4 /Pike AG 700; R5 /Pike AG -123450; R6 /Pike AG 800" || report.RejectedRows != 0 {
		t.Errorf("%s %v", rows, report.Rejected)
	}
}

// Days as a spreadsheet counts them are read if the whole column has them, and told.
func TestSerialDates(t *testing.T) {
	const head = "Customer,Number,Date,Due date,Amount\n"
	layout, _, err := Guess(strings.NewReader(head+"Pike Ltd,R1,45992,46022.0,10.00\nPike Ltd,R2,45993,,20.00\n"), Hints{DefaultCurrency: "GBP"})
	if notes := strings.Join(layout.Notes, "; "); err != nil || !strings.Contains(notes, `Column "Date"`) || !strings.Contains(notes, "45992 is 2025-12-01") {
		t.Errorf("%v %s", err, notes)
	}
	var days []string
	report, err := Read("f", strings.NewReader(head+"Pike Ltd,R1,45992,46022.0,10.00\nPike Ltd,R2,45993,,20.00\nPike Ltd,R3,45993,99999,20.00\n"), layout, func(r *Row) error {
		days = append(days, fmt.Sprint(r.InvoiceDate, " ", r.DueDate))
		return nil
	})
	if err != nil || strings.Join(days, "; ") != "2025-12-01 2025-12-31; 2025-12-02 "+fmt.Sprint(Row{}.DueDate) && len(days) != 2 || report.RejectedRows != 1 {
		t.Errorf("%v %v %v", days, err, report.Rejected)
	}
	mixed, _, err := Guess(strings.NewReader(head+"Pike Ltd,R1,45992,2026-01-01,10.00\nPike Ltd,R2,2025-12-02,,20.00\n"), Hints{DefaultCurrency: "GBP"})
	if c, _ := mixed.Column(InvoiceDate); err != nil || c.Dates != ISO {
		t.Errorf("mixed: %v %s", err, c.Dates)
	}
}

package sheet

import (
	"encoding/xml"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/hostile"
)

// opened is a table as a spreadsheet program has it. A cell without a type is a formula.
type opened struct {
	Cells []struct {
		Row, Col int    `xml:",attr"`
		Type     string `xml:"ValueType,attr"`
		Text     string `xml:",chardata"`
	} `xml:"Sheets>Sheet>Cells>Cell"`
}

// open opens a table in Gnumeric. It skips the test, saying so, where there is none.
func open(t *testing.T, name string, table []byte) opened {
	t.Helper()
	program, err := exec.LookPath("ssconvert")
	if err != nil {
		t.Skip("gnumeric is not installed; make test installs it")
	}
	in := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(in, table, 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command(program, "-T", "Gnumeric_XmlIO:sax:0", in, in+".xml").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	raw, err := os.ReadFile(in + ".xml")
	if err != nil {
		t.Fatal(err)
	}
	var o opened
	if err := xml.Unmarshal(raw, &o); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *opened) formulas() (all []string) {
	for _, c := range o.Cells {
		if c.Type == "" {
			all = append(all, c.Text)
		}
	}
	return all
}

// TestInASpreadsheet opens a thousand hostile cells in a program: none is a formula, and the
// negative amounts beside them are numbers that add up to the cent.
func TestInASpreadsheet(t *testing.T) {
	if o := open(t, "raw.csv", []byte("a,b\n=1+1,-2\n")); len(o.formulas()) != 1 {
		t.Fatalf("a formula is not seen as one: %+v", o)
	}
	var rows [][]Cell
	want := int64(0)
	for i, s := range hostile.Cells() {
		minor := -int64(i)*7919 - 1
		want += minor
		rows = append(rows, []Cell{T(s), N(i), M(minor, "EUR"), D(cal.Of(2026, 1, 1).AddDays(i))})
	}
	for _, format := range Formats {
		o := open(t, "t."+format, write(t, format, rows...))
		if found := o.formulas(); len(found) > 0 {
			t.Errorf("%s: %d formulas, such as %q", format, len(found), found[0])
		}
		sum, amounts := int64(0), 0
		for _, c := range o.Cells {
			if c.Col == 2 && c.Type == "40" { // a number
				amount, ok := new(big.Rat).SetString(c.Text)
				if !ok {
					t.Fatalf("%s: %q is no number", format, c.Text)
				}
				minor, err := strconv.ParseInt(amount.Mul(amount, big.NewRat(100, 1)).FloatString(0), 10, 64)
				if err != nil {
					t.Fatal(err)
				}
				sum += minor
				amounts++
			}
		}
		if sum != want || amounts != len(rows) {
			t.Errorf("%s: %d amounts of %d are numbers and add up to %d, want %d", format, amounts, len(rows), sum, want)
		}
	}
}

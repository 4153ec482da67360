package ledger

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"testing"
)

// benchRows is small enough for one run in a second and large enough to leave
// every cache: ns/row × 10^6 is the CPU for a million invoices.
const benchRows = 200_000

// generatePlain writes n rows of the plain layout as a book of n/20 customers has them.
func generatePlain(n int) []byte {
	var b bytes.Buffer
	for i, f := range plainFields {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(f.String())
	}
	b.WriteByte('\n')
	for i := range n {
		c := i % (n/20 + 1)
		fmt.Fprintf(&b, "C-%06d,Customer %d GmbH & Co. KG,company,DE,de,ap%d@example.com,accounts_payable,invoice,"+
			"INV-%08d,1,2026-%02d-%02d,2026-%02d-%02d,yes,EUR,%d.%02d,%d.%02d,,,PO-%d,,\n",
			c, c, c, i, i%12+1, i%28+1, i%12+1, i%28+1, i%9000, i%100, i%9000, i%100, i)
	}
	return b.Bytes()
}

func perRow(b *testing.B, rows int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows), "ns/row")
}

func BenchmarkReadPlain(b *testing.B) {
	data := generatePlain(benchRows)
	layout, _, err := Guess(bytes.NewReader(data), Hints{})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		report, err := Read("", bytes.NewReader(data), layout, func(*Row) error { return nil })
		if err != nil || report.Totals.Rows != benchRows {
			b.Fatal(err, report.Rejected)
		}
	}
	perRow(b, benchRows)
}

func BenchmarkGuessPlain(b *testing.B) {
	data := generatePlain(benchRows)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, _, err := Guess(bytes.NewReader(data), Hints{}); err != nil {
			b.Fatal(err)
		}
	}
	perRow(b, benchRows)
}

// BenchmarkSplit and BenchmarkEncodingCSV measure what the splitter of this
// package costs beside the standard one.
func BenchmarkSplit(b *testing.B) {
	data := generatePlain(benchRows)
	b.SetBytes(int64(len(data)))
	rec := record{}
	for b.Loop() {
		s := newSplitter(bytes.NewReader(data), ',', false)
		for s.next(&rec) == nil {
		}
	}
	perRow(b, benchRows)
}

func BenchmarkEncodingCSV(b *testing.B) {
	data := generatePlain(benchRows)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		r := csv.NewReader(bytes.NewReader(data))
		r.ReuseRecord = true
		for {
			if _, err := r.Read(); err == io.EOF {
				break
			}
		}
	}
	perRow(b, benchRows)
}

package law

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// rateTable is a reference rate over time: contiguous rows, oldest first.
type rateTable struct {
	name string
	rows []rateRow
}

// rateRow is a reference rate in force from one day to another, both included.
type rateRow struct {
	from, until cal.Date
	rate        money.Rate
	source      Source
}

// on is the row in force on a day, or nil if the table does not know that day.
func (t *rateTable) on(day cal.Date) *rateRow {
	i, found := slices.BinarySearchFunc(t.rows, day, func(r rateRow, d cal.Date) int {
		return r.from.DaysSince(d)
	})
	if !found {
		i--
	}
	if i < 0 || day > t.rows[i].until {
		return nil
	}
	return &t.rows[i]
}

var rateColumns = []string{"from", "until", "rate_pct", "confidence", "checked_on", "source"}

// readRates reads a rate table: columns from, until, rate_pct, confidence,
// checked_on, source; oldest row first. An empty until means the day before the
// next row; the last row must state until when it is known, at most a year after it
// was checked. Days between two rows that neither covers are a problem.
func readRates(fsys fs.FS, file, name string, p *problems) *rateTable {
	data, err := fs.ReadFile(fsys, file)
	if err != nil {
		p.addf(file, "file", "%v", err)
		return nil
	}
	reader := csv.NewReader(bytes.NewReader(data))
	reader.FieldsPerRecord = len(rateColumns)
	header, err := reader.Read()
	if err != nil || !slices.Equal(header, rateColumns) {
		p.addf(file, "row 1", "expected the columns %s", strings.Join(rateColumns, ","))
		return nil
	}
	before := len(p.list)
	table := &rateTable{name: name}
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			p.addf(file, fmt.Sprintf("row %d", len(table.rows)+2), "%v", err)
			return nil
		}
		table.rows = append(table.rows, readRateRow(file, len(table.rows)+2, record, p))
	}
	joinRows(file, table, p)
	if len(p.list) > before {
		return nil
	}
	return table
}

func readRateRow(file string, number int, record []string, p *problems) rateRow {
	row := rateRow{until: cal.None}
	field := func(i int) string { return fmt.Sprintf("row %d, %s", number, rateColumns[i]) }
	var err error
	if row.from, err = cal.Parse(record[0]); err != nil {
		p.addf(file, field(0), "%v", err)
	}
	if record[1] != "" {
		if row.until, err = cal.Parse(record[1]); err != nil {
			p.addf(file, field(1), "%v", err)
		}
	}
	if row.rate, err = money.ParseRate(record[2]); err != nil {
		p.addf(file, field(2), "%v", err)
	}
	if err = row.source.Confidence.UnmarshalText([]byte(record[3])); err != nil {
		p.addf(file, field(3), "%v", err)
	}
	if row.source.CheckedOn, err = cal.Parse(record[4]); err != nil {
		p.addf(file, field(4), "%v", err)
	}
	if row.source.Text = record[5]; row.source.Text == "" {
		p.addf(file, field(5), "missing")
	}
	return row
}

// joinRows fills in the ends of the rows and finds wrong order, gaps and overlaps.
func joinRows(file string, table *rateTable, p *problems) {
	if len(table.rows) == 0 {
		p.addf(file, "row 2", "missing: the table has no rows")
	}
	for i := range table.rows {
		row, field := &table.rows[i], fmt.Sprintf("row %d", i+2)
		if i+1 == len(table.rows) {
			if row.until < row.from {
				p.addf(file, field+", until", "expected the last day until which the table is known, not before %s",
					row.from)
			}
			if newest := row.source.CheckedOn.AddYears(1); row.source.CheckedOn.Valid() && row.until > newest {
				p.addf(file, field+", until", "expected %s at the latest, a year after checked_on", newest)
			}
			return
		}
		ends := table.rows[i+1].from.AddDays(-1)
		switch {
		case ends < row.from:
			p.addf(file, fmt.Sprintf("row %d, from", i+3), "expected a day after %s (oldest row first)", row.from)
		case row.until == cal.None:
			row.until = ends
		case row.until != ends:
			p.addf(file, field+", until",
				"expected %s, the day before the next row, or nothing: no gap, no overlap", ends)
		}
	}
}

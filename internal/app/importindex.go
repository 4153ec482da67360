package app

import (
	"strings"

	"github.com/recoup-project/recoup/internal/store"
)

// bulkRows is from how many rows a first import builds the index of numbers at the
// end instead of row by row.
const bulkRows = 10_000

// numberIndex is the unique index of item numbers. Rows are written in the order of
// accounts, so that every number falls somewhere else in it: filling it row by row
// costs as much as all the rest of an import, sorting it at the end a tenth.
const numberIndex = "item_number"

// bulk writes the rows of a first import. Where the book is a file of one tenant
// that has no items yet, the index of numbers is dropped before and built again
// after, all in this transaction: no one else ever sees the table without it.
func (ap *importApply) bulk(rows int, write func() error) error {
	if rows < bulkRows || ap.held > 0 || !ap.alone || ap.app.db.Engine() != store.SQLite {
		return write()
	}
	create := ap.createNumberIndex()
	if create == "" {
		return write()
	}
	if _, err := ap.Exec("DROP INDEX " + numberIndex); err != nil {
		return err
	}
	if err := write(); err != nil {
		return err
	}
	_, err := ap.Exec(create)
	return err
}

// createNumberIndex is the statement that builds the index of numbers, as the
// schema has it; "" if the schema has none.
func (ap *importApply) createNumberIndex() string {
	table := ap.app.db.Schema().Table("item")
	for _, ix := range table.Indexes {
		if ix.Name != numberIndex || !ix.Unique {
			continue
		}
		columns := make([]string, len(ix.Columns))
		for i, c := range ix.Columns {
			columns[i] = table.Columns[c].Name
		}
		return "CREATE UNIQUE INDEX " + numberIndex + " ON item (" + strings.Join(columns, ", ") + ")"
	}
	return ""
}

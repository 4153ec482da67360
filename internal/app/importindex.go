package app

import (
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/schema"
)

// bulkRows is from how many rows a first import builds indexes at the end instead of
// row by row.
const bulkRows = 10_000

// bulk writes the rows of a first import. Where the book has one tenant and that has no
// items yet, indexes are dropped before and built again after, all in this transaction:
// no one else ever sees the table without them. On PostgreSQL who reads items meanwhile
// waits.
func (ap *importApply) bulk(rows int, write func() error) error {
	if rows < bulkRows || ap.held > 0 || !ap.alone {
		return write()
	}
	indexes := ap.bulkIndexes()
	for _, ix := range indexes {
		if _, err := ap.Exec("DROP INDEX " + ix.Name); err != nil {
			return err
		}
	}
	if err := write(); err != nil {
		return err
	}
	for _, ix := range indexes {
		if _, err := ap.Exec(ix.SQL); err != nil {
			return err
		}
	}
	return nil
}

// bulkIndexes are the indexes of items that cost less when they are built at the end.
// Rows are written in the order of accounts, so that every number falls somewhere else
// in the index of numbers: filling it row by row costs as much as all the rest of an
// import. The others fill in order, for which only PostgreSQL takes long.
func (ap *importApply) bulkIndexes() (bulk []schema.Index) {
	for _, ix := range ap.app.db.Schema().Table("item").Indexes {
		if ix.Unique || ap.app.db.Engine() == store.Postgres {
			bulk = append(bulk, ix)
		}
	}
	return bulk
}

package app

import (
	"strings"

	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/schema"
)

// bulkRows is from how many rows a first import builds indexes at the end instead of
// row by row.
const bulkRows = 10_000

// bulk writes the rows of a first import. Where the book has one tenant and that has no
// items yet, indexes are dropped before and built again after, all in this transaction:
// no one else ever sees the tables without them, and write reads none of them. On
// PostgreSQL who reads them meanwhile waits.
func (ap *importApply) bulk(rows int, write func() error) error {
	if rows < bulkRows || ap.held > 0 || !ap.alone {
		return write()
	}
	indexes := bulkIndexes(ap.app.db.Schema(), ap.app.db.Engine())
	for _, ix := range indexes {
		if _, err := ap.Exec(ix.drop); err != nil {
			return err
		}
	}
	if err := write(); err != nil {
		return err
	}
	for _, ix := range indexes {
		if _, err := ap.Exec(ix.build); err != nil {
			return err
		}
	}
	return nil
}

// builtLast are the statements that drop an index and build it again.
type builtLast struct{ drop, build string }

// bulkIndexes are the indexes that cost less when they are built at the end. Rows are
// written in the order of accounts, so that every number falls somewhere else in the index
// of numbers: filling it row by row costs as much as all the rest of an import. The others
// and the primary keys fill in order, for which only PostgreSQL takes long.
func bulkIndexes(s *schema.Schema, engine store.Engine) (bulk []builtLast) {
	for _, ix := range s.Table("item").Indexes {
		if ix.Unique || engine == store.Postgres {
			bulk = append(bulk, builtLast{"DROP INDEX " + ix.Name, ix.SQL})
		}
	}
	if engine != store.Postgres {
		return bulk
	}
	for _, name := range []string{"item", "entry", "allocation"} {
		var key []string
		for _, c := range s.Table(name).PrimaryKey {
			key = append(key, s.Table(name).Columns[c].Name)
		}
		bulk = append(bulk, builtLast{"ALTER TABLE " + name + " DROP CONSTRAINT " + name + "_pkey",
			"ALTER TABLE " + name + " ADD PRIMARY KEY (" + strings.Join(key, ", ") + ")"})
	}
	return bulk
}

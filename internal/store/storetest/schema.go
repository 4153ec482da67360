package storetest

import (
	"io/fs"
	"testing/fstest"

	"github.com/recoup-project/recoup/internal/store/schema"
)

// smallSchema is a book of a few tables that have all the kinds of column and key.
const smallSchema = `
CREATE TABLE entry ( -- fact
  tenant_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  entry_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  currency TEXT NOT NULL,
  effective_day DAY,
  amount_minor INTEGER NOT NULL CHECK (amount_minor <> 0),
  words_hash BLOB,
  state TEXT NOT NULL, -- unhashed
  PRIMARY KEY (tenant_id, customer_id, entry_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX entry_state ON entry (tenant_id, entry_id, state) WHERE state = 'only';

CREATE TABLE note ( -- fact
  tenant_id INTEGER NOT NULL,
  note_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, note_id)
) STRICT;

CREATE TABLE job ( -- state
  tenant_id INTEGER NOT NULL,
  job_id INTEGER NOT NULL,
  state TEXT NOT NULL,
  due_at TEXT,
  attempts SMALL NOT NULL DEFAULT 0,
  parent_id INTEGER,
  PRIMARY KEY (tenant_id, job_id),
  FOREIGN KEY (tenant_id, parent_id) REFERENCES job (tenant_id, job_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE standing ( -- cache
  tenant_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  version INTEGER NOT NULL, -- rises
  text TEXT NOT NULL,
  PRIMARY KEY (tenant_id, customer_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE lookup ( -- state
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (name)
) STRICT, WITHOUT ROWID;
`

// Schema is the schema text of the suite: the store's own tables and a few more.
func Schema() fs.FS {
	own, err := fs.ReadFile(schema.Files, "0000_store.sql")
	if err != nil {
		panic(err)
	}
	return fstest.MapFS{
		"0000_store.sql": {Data: own},
		"0001_small.sql": {Data: []byte(smallSchema)},
	}
}

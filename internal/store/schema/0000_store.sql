-- The store's own tables: the book, its tenants, the audit chain, ids and blobs.

CREATE TABLE book ( -- store
  one INTEGER NOT NULL CHECK (one = 1),
  uid TEXT NOT NULL,
  created_at TEXT NOT NULL,
  clock TEXT NOT NULL CHECK (clock IN ('system','simulated')),
  clock_now TEXT, -- of a simulated clock
  PRIMARY KEY (one)
) STRICT, WITHOUT ROWID;

CREATE TABLE tenant ( -- state, shared
  tenant_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  country TEXT NOT NULL,
  inputs_version INTEGER NOT NULL, -- raised by every change that is no fact of an account
  PRIMARY KEY (tenant_id)
) STRICT, WITHOUT ROWID;

-- The end of the audit chain; locked by every command that records facts.
CREATE TABLE tenant_head ( -- store
  tenant_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY (tenant_id)
) STRICT, WITHOUT ROWID;

-- One row a command: audit entry, order of knowledge and idempotency record.
CREATE TABLE txn ( -- store
  tenant_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  recorded_at TEXT NOT NULL,
  actor TEXT NOT NULL,
  command TEXT NOT NULL,
  command_id TEXT NOT NULL,
  input_hash BLOB NOT NULL,
  reason TEXT NOT NULL,
  row_count INTEGER NOT NULL, -- fact rows it recorded
  rows_digest BLOB NOT NULL,
  prev_hash BLOB NOT NULL,
  hash BLOB NOT NULL,
  result BLOB, -- answer to a repetition; not in the chain
  PRIMARY KEY (tenant_id, seq)
) STRICT;
CREATE UNIQUE INDEX txn_command ON txn (tenant_id, command_id);

CREATE TABLE id_block ( -- store
  tenant_id INTEGER NOT NULL,
  table_name TEXT NOT NULL,
  next_id INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, table_name)
) STRICT, WITHOUT ROWID;

-- Bytes by content on PostgreSQL; SQLite keeps them in a folder beside the book.
CREATE TABLE blob ( -- store
  tenant_id INTEGER NOT NULL,
  sha256 BLOB NOT NULL,
  body BLOB NOT NULL, -- packed: first byte: 0 as it is, 1 deflated
  PRIMARY KEY (tenant_id, sha256)
) STRICT;

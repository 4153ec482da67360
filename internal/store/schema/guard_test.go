package schema

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

const guardSchema = `
CREATE TABLE entry ( -- fact
  tenant_id INTEGER NOT NULL,
  entry_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  state TEXT NOT NULL, -- unhashed
  PRIMARY KEY (tenant_id, entry_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE job ( -- state
  tenant_id INTEGER NOT NULL,
  job_id INTEGER NOT NULL,
  entry TEXT NOT NULL,
  PRIMARY KEY (tenant_id, job_id)
) STRICT;
CREATE TABLE tenant ( -- state, shared
  tenant_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (tenant_id)
) STRICT;
CREATE TABLE txn ( -- store
  tenant_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, seq)
) STRICT;
CREATE TABLE plain ( -- state
  id INTEGER NOT NULL,
  PRIMARY KEY (id)
) STRICT;`

func TestInspect(t *testing.T) {
	s, _, err := Load(fstest.MapFS{"0001_a.sql": {Data: []byte(guardSchema)}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ sql, want string }{
		{"SELECT 1", "[] false"},
		{"SELECT id FROM plain WHERE id IS DISTINCT FROM $1", "[] false"},
		{"SELECT * FROM entry WHERE tenant_id = $2 AND entry_id IN ids($1)", "[2] false"},
		{"SELECT * FROM entry e WHERE $1 = e.tenant_id", "[1] false"},
		{"SELECT * FROM entry e JOIN job j ON j.tenant_id = e.tenant_id AND j.job_id = e.seq " +
			"WHERE e.tenant_id = $1",
			"[1] false"},
		{"SELECT * FROM entry JOIN job USING (tenant_id, entry_id) WHERE tenant_id = $1", "[1] false"},
		{"SELECT entry, job FROM job WHERE tenant_id = $1", "[1] false"},
		{"SELECT name FROM tenant", "[] false"},
		{"SELECT (SELECT count(*) FROM job WHERE tenant_id = $1), 2 FROM entry WHERE tenant_id = $1", "[1] false"},
		{"SELECT * FROM entry", "1 tables of tenants, but 0 conditions"},
		{"SELECT * FROM entry e, job j WHERE e.tenant_id = $1", "2 tables of tenants, but 1 conditions"},
		{"SELECT * FROM entry e, job j WHERE e.tenant_id = j.tenant_id", "2 tables of tenants, but 1 conditions"},
		{"SELECT * FROM entry WHERE tenant_id = 7", "but 0 conditions"},
		{"SELECT * FROM job WHERE tenant_id = $1 AND job_id IN (SELECT entry_id FROM entry)", "2 tables"},
		{"SELECT * FROM txn WHERE tenant_id = $1 FOR UPDATE", "[1] false"},
		{"UPDATE tenant SET name = $2 WHERE tenant_id = $1", "[1] true"},
		{"UPDATE tenant SET name = $2", "1 tables"},
		{"UPDATE entry SET state = coalesce($2, state) WHERE tenant_id = $1", "[1] true"},
		{"UPDATE entry SET state = $2, seq = 4 WHERE tenant_id = $1", "column seq never changes"},
		{"UPDATE entry SET (state, seq) = (1, 2) WHERE tenant_id = $1", "set one column at a time"},
		{"UPDATE job SET tenant_id = $2 WHERE tenant_id = $1", "column tenant_id never changes"},
		{"UPDATE job SET speed = $2 WHERE tenant_id = $1", `no column "speed"`},
		{"UPDATE txn SET seq = 1 WHERE tenant_id = $1", "store's own"},
		{"DELETE FROM job WHERE tenant_id = $1", "[1] true"},
		{"DELETE FROM entry WHERE tenant_id = $1", "never deleted"},
		{"DELETE FROM elsewhere", "not in the schema"},
		{"INSERT INTO entry (tenant_id, entry_id) VALUES ($1, $2)", "written with Insert"},
		{"INSERT INTO job (tenant_id, job_id, entry) VALUES ($1, $2, $3) " +
			"ON CONFLICT (tenant_id, job_id) DO UPDATE SET " +
			"entry = excluded.entry RETURNING job_id", "[1] true"},
		{"INSERT INTO job (tenant_id, job_id, entry) VALUES ($1, (2), 'a'), ($4, 3, 'b')", "[1 4] true"},
		{"INSERT INTO job (tenant_id, job_id, entry) VALUES ($1, 2, 'a'), (4, 3, 'b')",
			"must be the tenant's parameter"},
		{"INSERT INTO job (job_id, tenant_id) VALUES ($1, $2)", "tenant_id first"},
		{"INSERT INTO job VALUES ($1, $2, $3)", "name the columns"},
		{"INSERT INTO job (tenant_id, job_id, entry) SELECT $1, entry_id, state FROM entry WHERE tenant_id = $1",
			"[1] true"},
		{"INSERT INTO job (tenant_id, job_id, entry) SELECT e.tenant_id, entry_id, state FROM entry e " +
			"WHERE e.tenant_id = $1",
			"[1] true"},
		{"INSERT INTO job (tenant_id, job_id, entry) SELECT 5, entry_id, state FROM entry WHERE tenant_id = $1",
			"must be the tenant's parameter"},
		{"INSERT INTO plain VALUES (1)", "[] true"},
		{"INSERT INTO job (tenant_id", "does not end"},
	} {
		guard, err := s.Inspect(c.sql)
		got := fmt.Sprint(guard.TenantParams, guard.Writes)
		if err != nil {
			got = err.Error()
		}
		if got != c.want && (err == nil || !strings.Contains(got, c.want)) {
			t.Errorf("%s\ngot  %s\nwant %s", c.sql, got, c.want)
		}
	}
}

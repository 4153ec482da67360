package schema

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

func TestBookSchemaIsUnderstood(t *testing.T) {
	s, files, err := Load(Files)
	if err != nil {
		t.Fatal(err)
	}
	entry := s.Table("entry")
	if entry == nil || !entry.IsFact() || !entry.TenantFirst || entry.SeqColumn != 6 {
		t.Fatalf("entry: %+v", entry)
	}
	item := s.Table("item")
	for name, hashed := range map[string]bool{"number": true, "number_norm": false,
		"settled_day": false, "seq": true} {
		if c := item.Columns[item.Column(name)]; c.Hashed != hashed {
			t.Errorf("item.%s hashed: %v", name, c.Hashed)
		}
	}
	for _, f := range files {
		for _, st := range f.Statements {
			for _, pg := range st.Postgres {
				for _, word := range []string{"INTEGER", "BLOB", "STRICT", "ROWID", " TEXT "} {
					if strings.Contains(pg, word) {
						t.Errorf("%s:%d: PostgreSQL form holds %s:\n%s", f.Name, st.Line, word, pg)
					}
				}
			}
		}
	}
	message := s.Table("message")
	got := message.UniqueName([]string{"tenant_id", "customer_id", "currency", "day", "role",
		"channel", "key_step"})
	if got != "message_once" {
		t.Errorf("unique index: %q", got)
	}
}

func TestBadSchemaNamesFileLineAndCause(t *testing.T) {
	table := func(line string) string {
		return "-- head\nCREATE TABLE a ( -- fact\n  tenant_id INTEGER NOT NULL,\n  seq INTEGER NOT NULL,\n  " +
			line + "\n  PRIMARY KEY (tenant_id, seq)\n) STRICT;"
	}
	for _, c := range []struct{ text, want string }{
		{table("x REAL,"), `line 5: column a.x has type "REAL"`},
		{table("x TEXT UNIQUE,"), "UNIQUE is not allowed on a column"},
		{table("UNIQUE (seq),"), "write UNIQUE as CREATE UNIQUE INDEX"},
		{table("seq TEXT,"), "expected a new column name"},
		{table("x TEXT CHECK (x LIKE 'a'),"), "LIKE is not allowed"},
		{table("x TEXT CHECK (x = 'a'"), "statement ends inside"},
		{strings.Replace(table(""), "-- fact", "", 1), "needs a mark"},
		{strings.Replace(table(""), "fact", "facts", 1), `mark "facts"`},
		{strings.Replace(table(""), "fact", "fact, often", 1), `"often" after its mark: expected shared or rewritten`},
		{strings.Replace(table(""), "STRICT", "", 1), "table without STRICT"},
		{strings.Replace(table(""), "seq INTEGER NOT NULL,", "number INTEGER NOT NULL,", 1),
			"column that does not exist"},
		{strings.Replace(table(""), "(tenant_id, seq)", "(seq, tenant_id)", 1),
			"tenant_id INTEGER must be the first"},
		{table("") + "CREATE UNIQUE INDEX i ON a (seq);", "expected tenant_id among its columns"},
		{table("") + "CREATE INDEX i ON b (seq);", "table does not exist"},
		{table("") + "ALTER TABLE a DROP COLUMN seq;", "only ADD COLUMN"},
		{"CREATE VIEW v AS SELECT 1;", "CREATE is not understood"},
		{"CREATE TABLE 'a", "line 1: cannot read"},
	} {
		_, _, err := Load(fstest.MapFS{"0007_x.sql": {Data: []byte(c.text)}})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "0007_x.sql") {
			t.Errorf("want %q, got %v\n%s", c.want, err, c.text)
		}
	}
	if _, _, err := Load(fstest.MapFS{"7_x.sql": {Data: []byte("")}}); err == nil {
		t.Error("a file without a four-digit number was accepted")
	}
	if _, _, err := Load(fstest.MapFS{}); err == nil {
		t.Error("no files were accepted")
	}
}

func TestAddedColumnsAndPostgresForm(t *testing.T) {
	s, files, err := Load(fstest.MapFS{
		"0001_a.sql": {Data: []byte(`CREATE TABLE a ( -- state
  tenant_id INTEGER NOT NULL, text TEXT NOT NULL DEFAULT 'INTEGER', -- unhashed
  day DAY, code SMALL NOT NULL,
  parent INTEGER REFERENCES a (text) ON DELETE CASCADE,
  body BLOB, -- packed
  PRIMARY KEY (tenant_id)) STRICT, WITHOUT ROWID`)},
		"0002_b.sql": {Data: []byte("ALTER TABLE a ADD COLUMN b BLOB; -- later\nUPDATE a SET parent = 1;")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(s.Table("a").Columns, s.Version); got != "[{tenant_id INTEGER true false false false} "+
		"{text TEXT true false false false} {day DAY false false false false} {code SMALL true false false false} "+
		"{parent INTEGER false false false false} {body BLOB false false true false} "+
		"{b BLOB false false false false}] 2" {
		t.Error(got)
	}
	got := strings.Join(files[0].Statements[0].Postgres, ";\n") + ";\n" + files[1].Statements[0].Postgres[0]
	const tenant = "tenant_id = (SELECT nullif(current_setting('recoup.tenant', true), '')::bigint)"
	want := `CREATE TABLE a (
  tenant_id bigint NOT NULL,
  text text COLLATE "C" NOT NULL DEFAULT 'INTEGER',
  day integer,
  code smallint NOT NULL,
  parent bigint REFERENCES a ( text ) ON DELETE CASCADE DEFERRABLE,
  body bytea,
  PRIMARY KEY ( tenant_id )
);
ALTER TABLE a ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE a ENABLE ROW LEVEL SECURITY;
ALTER TABLE a FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON a USING (` + tenant + `) WITH CHECK (` + tenant + `);
ALTER TABLE a ADD COLUMN b bytea`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

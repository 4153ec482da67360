package schema

import (
	"fmt"
	"slices"
)

// Type is the type of a column. There are no others: no floats.
type Type uint8

// Column types.
const (
	Integer Type = iota
	Text
	Blob
	Day   // a civil day, kept as the number of days since 1970-01-01
	Small // a number below 32768: a code, a level, a count of few things
)

// String is the name in the schema text.
func (t Type) String() string { return [...]string{"INTEGER", "TEXT", "BLOB", "DAY", "SMALL"}[t] }

// Column is one column of a table.
type Column struct {
	Name    string
	Type    Type
	NotNull bool
	Hashed  bool // of a fact table: it enters the digest of its command
	Packed  bool // its values are compressed already
	Rises   bool // it never falls: a row that replaces another does not lower it
}

// Index is one index of a table besides its primary key.
type Index struct {
	Name    string
	Unique  bool
	Columns []int
	SQL     string // the statement that makes it, on both engines
}

// Mark says what a table is for: the first word after "CREATE TABLE name ( --". After it,
// "shared" and "rewritten" may stand.
type Mark string

// Marks of tables.
const (
	Fact  Mark = "fact"  // append-only; its rows enter the digest of their command
	State Mark = "state" // current values, jobs, sessions: may change
	Cache Mark = "cache" // rebuilt from facts
	Store Mark = "store" // the store's own; statements of the program cannot change it
)

// Table is one table of the book.
type Table struct {
	Name        string
	Columns     []Column
	PrimaryKey  []int // column numbers
	Indexes     []Index
	Mark        Mark
	TenantFirst bool // its first column is tenant_id: rows belong to a tenant
	Shared      bool // every tenant sees its rows, but changes only its own
	Rewritten   bool // its rows are updated again and again
	SeqColumn   int  // of a fact table: the column seq; else -1
}

// IsFact reports whether the table's rows are hashed.
func (t *Table) IsFact() bool { return t.Mark == Fact }

// Column finds a column by name; -1 if there is none.
func (t *Table) Column(name string) int {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return i
		}
	}
	return -1
}

// UniqueName names the unique index or primary key over these columns, as
// PostgreSQL does; "" if there is none.
func (t *Table) UniqueName(columns []string) string {
	var numbers []int
	for _, name := range columns {
		numbers = append(numbers, t.Column(name))
	}
	for _, ix := range t.Indexes {
		if ix.Unique && slices.Equal(ix.Columns, numbers) {
			return ix.Name
		}
	}
	if slices.Equal(t.PrimaryKey, numbers) {
		return t.Name + "_pkey"
	}
	return ""
}

// Schema is the registry of all tables, in the order in which they are created.
type Schema struct {
	Version int64 // of the newest file
	Tables  []*Table
	byName  map[string]*Table
}

// Table finds a table by name; nil if there is none.
func (s *Schema) Table(name string) *Table { return s.byName[name] }

func (s *Schema) dropIndex(name string) {
	for _, t := range s.Tables {
		t.Indexes = slices.DeleteFunc(t.Indexes, func(ix Index) bool { return ix.Name == name })
	}
}

func (t *Table) setMark(words []string) error {
	if len(words) == 0 {
		return fmt.Errorf("table %s: its first line needs a mark: -- fact, state, cache or store", t.Name)
	}
	t.Mark = Mark(words[0])
	for _, word := range words[1:] {
		switch word {
		case "shared":
			t.Shared = true
		case "rewritten":
			t.Rewritten = true
		default:
			return fmt.Errorf("table %s: %q after its mark: expected shared or rewritten", t.Name, word)
		}
	}
	switch t.Mark {
	case Fact, State, Cache, Store:
		return nil
	}
	return fmt.Errorf("table %s: mark %q: expected fact, state, cache or store", t.Name, words[0])
}

// finish checks a table that has been read in full.
func (t *Table) finish() error {
	if len(t.PrimaryKey) == 0 {
		return fmt.Errorf("table %s has no PRIMARY KEY line", t.Name)
	}
	for _, c := range t.PrimaryKey {
		if c < 0 {
			return fmt.Errorf("table %s: the primary key names a column that does not exist", t.Name)
		}
		if !t.Columns[c].NotNull {
			return fmt.Errorf("table %s: key column %s must be NOT NULL", t.Name, t.Columns[c].Name)
		}
	}
	at := t.Column("tenant_id")
	t.TenantFirst = at == 0
	switch {
	case at > 0, at == 0 && (t.PrimaryKey[0] != 0 || t.Columns[0].Type != Integer):
		return fmt.Errorf("table %s: tenant_id INTEGER must be the first column and lead the key", t.Name)
	case !t.IsFact():
		return nil
	case at < 0:
		return fmt.Errorf("fact table %s has no tenant_id", t.Name)
	}
	t.SeqColumn = t.Column("seq")
	if t.SeqColumn < 0 || !t.Columns[t.SeqColumn].NotNull || !t.Columns[t.SeqColumn].Hashed {
		return fmt.Errorf("fact table %s needs seq INTEGER NOT NULL, hashed", t.Name)
	}
	return nil
}

package schema

// Type is the type of a column. There are no others: no floats, no dates.
type Type uint8

// Column types.
const (
	Integer Type = iota
	Text
	Blob
)

// String is the name in the schema text.
func (t Type) String() string { return [...]string{"INTEGER", "TEXT", "BLOB"}[t] }

// Column is one column of a table.
type Column struct {
	Name    string
	Type    Type
	NotNull bool
	Hashed  bool // of a fact table: it enters the digest of its command
}

// Mark says what a table is for: the word after "CREATE TABLE name ( --".
type Mark string

// Marks of tables.
const (
	Fact  Mark = "fact"  // append-only; its rows enter the digest of their command
	State Mark = "state" // current values, jobs, sessions: may change
	Cache Mark = "cache" // rebuilt from facts
	Store Mark = "store" // the store's own
)

// Table is one table of the book.
type Table struct {
	Name        string
	Columns     []Column
	PrimaryKey  []int // column numbers
	Mark        Mark
	TenantFirst bool // its first column is tenant_id: rows belong to a tenant
	Shared      bool // its rows are visible to all tenants although tenant_id leads
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

// Schema is the registry of all tables, in the order in which they are created.
type Schema struct {
	Version int64 // of the newest file
	Tables  []*Table
	byName  map[string]*Table
}

// Table finds a table by name; nil if there is none.
func (s *Schema) Table(name string) *Table { return s.byName[name] }

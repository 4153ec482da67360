package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/store/sqltext"
)

// parser walks the tokens of one statement.
type parser struct {
	schema *Schema
	tokens []sqltext.Token
	at     int
}

// peek is the next token that is no space or comment.
func (p *parser) peek() sqltext.Token {
	for i := p.at; i < len(p.tokens); i++ {
		if k := p.tokens[i].Kind; k != sqltext.Space && k != sqltext.Comment {
			return p.tokens[i]
		}
	}
	return sqltext.Token{Line: p.tokens[len(p.tokens)-1].Line}
}

// pop takes the next token that is no space or comment.
func (p *parser) pop() sqltext.Token {
	for p.at < len(p.tokens) {
		t := p.tokens[p.at]
		p.at++
		if t.Kind != sqltext.Space && t.Kind != sqltext.Comment {
			return t
		}
	}
	return sqltext.Token{}
}

// take takes these keywords if all of them come next.
func (p *parser) take(words ...string) bool {
	start := p.at
	for _, w := range words {
		if !p.pop().Is(w) {
			p.at = start
			return false
		}
	}
	return true
}

func (p *parser) punct(text string) error {
	if t := p.pop(); !t.IsPunct(text) {
		return fmt.Errorf("expected %q, found %q", text, t.Text)
	}
	return nil
}

func (p *parser) name() string { return p.pop().Name() }

func (p *parser) line() int { return p.peek().Line }

// remark is the comment that follows on the line of the token before: its words,
// without punctuation. The comment is not taken.
func (p *parser) remark() []string {
	if p.at == 0 {
		return nil
	}
	line := p.tokens[p.at-1].Line
	for i := p.at; i < len(p.tokens) && p.tokens[i].Line == line; i++ {
		switch p.tokens[i].Kind {
		case sqltext.Space:
		case sqltext.Comment:
			return strings.FieldsFunc(strings.TrimPrefix(p.tokens[i].Text, "--"), func(r rune) bool {
				return r == ' ' || r == ',' || r == ';' || r == ':' || r == '.'
			})
		default:
			return nil
		}
	}
	return nil
}

// createTable reads the rest of CREATE TABLE, registers the table, and returns the
// PostgreSQL statements.
func (p *parser) createTable() ([]string, error) {
	t := &Table{Name: p.name(), SeqColumn: -1}
	if t.Name == "" || p.schema.byName[t.Name] != nil {
		return nil, fmt.Errorf("table %q: expected a new name", t.Name)
	}
	if err := p.punct("("); err != nil {
		return nil, err
	}
	if err := t.setMark(p.remark()); err != nil {
		return nil, err
	}
	var lines []string
	for {
		line, err := p.tableLine(t)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
		end := p.pop()
		p.columnMark(t, line)
		if end.IsPunct(")") {
			break
		}
		if !end.IsPunct(",") {
			return nil, fmt.Errorf("expected , or ), found %q", end.Text)
		}
	}
	if err := p.tableOptions(); err != nil {
		return nil, err
	}
	if err := t.finish(); err != nil {
		return nil, err
	}
	p.schema.Tables = append(p.schema.Tables, t)
	p.schema.byName[t.Name] = t
	create := "CREATE TABLE " + t.Name + " (\n  " + strings.Join(lines, ",\n  ") + "\n)"
	return slices.Concat([]string{create}, room(t), storage(t.Name, t.Columns), rowSecurity(t)), nil
}

// tableLine reads one column or table constraint and returns its PostgreSQL form.
func (p *parser) tableLine(t *Table) (string, error) {
	first := p.peek()
	switch {
	case first.Is("PRIMARY"):
		start := p.at
		p.take("PRIMARY", "KEY")
		names, err := p.nameList()
		if err != nil {
			return "", err
		}
		p.at = start
		for _, n := range names {
			t.PrimaryKey = append(t.PrimaryKey, t.Column(n))
		}
		return p.rest()
	case first.Is("UNIQUE"):
		return "", fmt.Errorf("table %s: write UNIQUE as CREATE UNIQUE INDEX, so that it has a name", t.Name)
	case first.Is("CHECK"), first.Is("FOREIGN"), first.Is("CONSTRAINT"):
		return p.rest()
	}
	return p.column(t)
}

// column reads one column and returns its PostgreSQL form.
func (p *parser) column(t *Table) (string, error) {
	col := Column{Name: p.name(), Hashed: t.IsFact()}
	if col.Name == "" || t.Column(col.Name) >= 0 {
		return "", fmt.Errorf("table %s: expected a new column name", t.Name)
	}
	typed := p.pop()
	switch {
	case typed.Is("INTEGER"):
		col.Type = Integer
	case typed.Is("TEXT"):
		col.Type = Text
	case typed.Is("BLOB"):
		col.Type = Blob
	case typed.Is("DAY"):
		col.Type = Day
		p.tokens[p.at-1].Text = "INTEGER" // as SQLite knows it
	case typed.Is("SMALL"):
		col.Type = Small
		p.tokens[p.at-1].Text = "INTEGER"
	default:
		return "", fmt.Errorf("column %s.%s has type %q: expected INTEGER, SMALL, TEXT, BLOB or DAY",
			t.Name, col.Name, typed.Text)
	}
	start := p.at
	rest, err := p.rest()
	if err != nil {
		return "", err
	}
	code := sqltext.Code(p.tokens[start:p.at])
	for i, c := range code {
		switch {
		case c.Is("PRIMARY"), c.Is("UNIQUE"), c.Is("AUTOINCREMENT"), c.Is("COLLATE"):
			return "", fmt.Errorf("column %s.%s: %s is not allowed on a column", t.Name, col.Name, c.Text)
		case c.Is("NULL") && i > 0 && code[i-1].Is("NOT"):
			col.NotNull = true
		}
	}
	t.Columns = append(t.Columns, col)
	return strings.TrimSpace(col.Name + " " + postgresTypes[col.Type] + " " + rest), nil
}

// rest reads up to the comma or parenthesis that ends a table line. References are
// made deferrable, so that a restore can load tables in any order.
func (p *parser) rest() (string, error) {
	var b strings.Builder
	depth := 0
	references := false
	for p.at < len(p.tokens) {
		t := p.peek()
		switch {
		case t.Kind == sqltext.Space || t.Text == "":
			return "", fmt.Errorf("statement ends inside its parentheses")
		case depth == 0 && (t.IsPunct(",") || t.IsPunct(")")):
			if references {
				b.WriteString(" DEFERRABLE")
			}
			return b.String(), nil
		case t.IsPunct("("):
			depth++
		case t.IsPunct(")"):
			depth--
		case t.Is("REFERENCES"):
			references = true
		case t.Is("DEFERRABLE"), t.Is("GLOB"), t.Is("LIKE"):
			return "", fmt.Errorf("%s is not allowed", t.Text)
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(p.pop().Text)
	}
	return "", fmt.Errorf("statement ends inside its parentheses")
}

// columnMark reads the mark of the column just read, which stands after its comma.
func (p *parser) columnMark(t *Table, line string) {
	words := p.remark()
	if len(words) == 0 || len(t.Columns) == 0 {
		return
	}
	last := &t.Columns[len(t.Columns)-1]
	if !strings.HasPrefix(line, last.Name+" ") {
		return
	}
	switch words[0] {
	case "unhashed":
		last.Hashed = false
	case "packed":
		last.Packed = true
	case "rises":
		last.Rises = true
	}
}

func (p *parser) nameList() ([]string, error) {
	if err := p.punct("("); err != nil {
		return nil, err
	}
	var names []string
	for {
		names = append(names, p.name())
		switch t := p.pop(); {
		case t.IsPunct(")"):
			return names, nil
		case !t.IsPunct(","):
			return nil, fmt.Errorf("expected , or ) in a list of columns, found %q", t.Text)
		}
	}
}

// tableOptions reads STRICT and WITHOUT ROWID; STRICT is required.
func (p *parser) tableOptions() error {
	strict := false
	for {
		t := p.pop()
		switch {
		case t.Text == "" && strict:
			return nil
		case t.Is("STRICT"):
			strict = true
		case t.Is("WITHOUT") && p.take("ROWID"), t.IsPunct(","):
		case t.Text == "":
			return fmt.Errorf("table without STRICT")
		default:
			return fmt.Errorf("table option %q is not understood", t.Text)
		}
	}
}

// createIndex registers an index; its text serves both engines.
func (p *parser) createIndex(unique bool) error {
	ix := Index{Name: p.name(), Unique: unique, SQL: join(p.tokens)}
	if !p.take("ON") {
		return fmt.Errorf("index %s: expected ON", ix.Name)
	}
	t := p.schema.byName[p.name()]
	if t == nil {
		return fmt.Errorf("index %s: its table does not exist", ix.Name)
	}
	names, err := p.nameList()
	if err != nil {
		return fmt.Errorf("index %s: %w", ix.Name, err)
	}
	for _, n := range names {
		at := t.Column(n)
		if at < 0 {
			return fmt.Errorf("index %s: table %s has no column %s", ix.Name, t.Name, n)
		}
		ix.Columns = append(ix.Columns, at)
	}
	if unique && t.TenantFirst && !slices.Contains(ix.Columns, 0) {
		return fmt.Errorf("index %s: what is unique is so in a tenant: expected tenant_id among its columns", ix.Name)
	}
	t.Indexes = append(t.Indexes, ix)
	return nil
}

// alterTable understands ADD COLUMN only: a released table is otherwise left alone.
func (p *parser) alterTable() ([]string, error) {
	t := p.schema.byName[p.name()]
	if t == nil {
		return nil, fmt.Errorf("ALTER TABLE: the table does not exist")
	}
	if !p.take("ADD", "COLUMN") {
		return nil, fmt.Errorf("ALTER TABLE %s: only ADD COLUMN is understood", t.Name)
	}
	p.tokens = append(p.tokens, sqltext.Token{Kind: sqltext.Punct, Text: ")", Line: p.line()})
	column, err := p.column(t)
	if err != nil {
		return nil, err
	}
	p.columnMark(t, column)
	if last := t.Columns[len(t.Columns)-1]; last.Hashed && last.NotNull {
		return nil, fmt.Errorf("column %s.%s: a hashed column added to a fact table must allow NULL, "+
			"else the hash of older rows changes", t.Name, last.Name)
	}
	return append([]string{"ALTER TABLE " + t.Name + " ADD COLUMN " + column},
		storage(t.Name, t.Columns[len(t.Columns)-1:])...), nil
}

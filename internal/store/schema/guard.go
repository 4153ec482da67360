package schema

import (
	"fmt"
	"slices"

	"github.com/recoup-project/recoup/internal/store/sqltext"
)

// Guard is what Inspect found out about a statement.
type Guard struct {
	// TenantParams are the numbers of the parameters that are compared with, or
	// inserted as, a tenant_id: at run time they must be the transaction's tenant.
	TenantParams []int
	// Writes reports an INSERT, UPDATE or DELETE.
	Writes bool
}

// Inspect refuses statements that would break a promise of the store:
//
//   - every table with tenant_id is bound to a tenant by tenant_id = $n, by
//     equality with another table's tenant_id, or by USING (tenant_id, …);
//   - an INSERT names its columns, tenant_id first, with a parameter as its value;
//   - rows of fact tables are not inserted or deleted, nor their hashed columns set;
//   - the store's own tables are not written at all.
//
// It is a guard against mistakes in our own statements, not against malice: on
// PostgreSQL row security stands behind it.
func (s *Schema) Inspect(sql string) (Guard, error) {
	tokens, err := sqltext.Lex(sql)
	if err != nil {
		return Guard{}, err
	}
	in := inspector{schema: s, code: sqltext.Code(tokens), from: map[int]bool{}}
	if err := in.walk(); err != nil {
		return Guard{}, err
	}
	if in.bound < in.tables || in.tables > 0 && len(in.guard.TenantParams) == 0 {
		return Guard{}, fmt.Errorf("%d tables of tenants, but %d conditions on tenant_id: "+
			"expected tenant_id = $n for each", in.tables, in.bound)
	}
	return in.guard, nil
}

type inspector struct {
	schema *Schema
	code   []sqltext.Token
	at     int
	depth  int
	from   map[int]bool // by depth: inside a FROM list
	tables int          // references to tables of tenants
	bound  int          // conditions on tenant_id
	guard  Guard
}

// endsFrom are the words after which a comma no longer separates tables.
var endsFrom = []string{"WHERE", "GROUP", "ORDER", "LIMIT", "SET", "SELECT", "VALUES", "RETURNING",
	"HAVING", "WINDOW", "UNION", "EXCEPT", "INTERSECT"}

func (in *inspector) walk() error {
	for in.at = 0; in.at < len(in.code); in.at++ {
		if err := in.step(in.code[in.at]); err != nil {
			return fmt.Errorf("line %d: %w", in.code[min(in.at, len(in.code)-1)].Line, err)
		}
	}
	return nil
}

func (in *inspector) step(t sqltext.Token) error {
	switch {
	case t.IsPunct("("):
		in.depth++
		in.from[in.depth] = false
	case t.IsPunct(")"):
		in.depth--
	case t.IsPunct(",") && in.from[in.depth]:
		in.reference(in.peek(1))
	case t.Is("FROM") && in.peek(-1).Is("DELETE"):
		return in.deletes()
	case t.Is("FROM") && !in.peek(-1).Is("DISTINCT"):
		in.from[in.depth] = true
		in.reference(in.peek(1))
	case t.Is("JOIN"):
		in.reference(in.peek(1))
	case t.Is("INTO"):
		return in.inserts()
	case t.Is("UPDATE") && !in.peek(-1).Is("FOR") && !in.peek(-1).Is("DO"):
		return in.updates()
	case t.Is("USING") && in.peek(1).IsPunct("(") && in.peek(2).Name() == "tenant_id":
		in.bound++
	case t.Name() == "tenant_id":
		in.condition()
	case slices.ContainsFunc(endsFrom, t.Is):
		in.from[in.depth] = false
	}
	return nil
}

func (in *inspector) peek(n int) sqltext.Token {
	if i := in.at + n; i >= 0 && i < len(in.code) {
		return in.code[i]
	}
	return sqltext.Token{}
}

// reference counts a table that is read.
func (in *inspector) reference(name sqltext.Token) {
	if t := in.schema.byName[name.Name()]; t != nil && t.TenantFirst && !t.Shared {
		in.tables++
	}
}

// condition counts tenant_id = $n, $n = tenant_id and a.tenant_id = b.tenant_id.
func (in *inspector) condition() {
	before := -1
	if in.peek(-1).IsPunct(".") {
		before = -3
	}
	switch {
	case in.peek(before).IsPunct("=") && in.peek(before-1).Kind == sqltext.Param:
		in.bind(in.peek(before - 1))
	case !in.peek(1).IsPunct("="):
	case in.peek(2).Kind == sqltext.Param:
		in.bind(in.peek(2))
	case in.peek(2).Name() == "tenant_id":
		in.bound++
		in.at += 2
	case in.peek(3).IsPunct(".") && in.peek(4).Name() == "tenant_id":
		in.bound++
		in.at += 4
	}
}

func (in *inspector) bind(param sqltext.Token) {
	in.bound++
	if n := param.ParamNumber(); !slices.Contains(in.guard.TenantParams, n) {
		in.guard.TenantParams = append(in.guard.TenantParams, n)
	}
}

// written finds the table a statement writes and refuses those of the store.
func (in *inspector) written(name sqltext.Token) (*Table, error) {
	in.guard.Writes = true
	t := in.schema.byName[name.Name()]
	if t == nil {
		return nil, fmt.Errorf("table %q is not in the schema", name.Text)
	}
	if t.Mark == Store {
		return nil, fmt.Errorf("table %s is the store's own and is not written by statements", t.Name)
	}
	if t.TenantFirst {
		in.tables++
	}
	return t, nil
}

func (in *inspector) deletes() error {
	t, err := in.written(in.peek(1))
	if err == nil && t.IsFact() {
		return fmt.Errorf("rows of fact table %s are never deleted", t.Name)
	}
	return err
}

func (in *inspector) inserts() error {
	t, err := in.written(in.peek(1))
	if err != nil {
		return err
	}
	if t.IsFact() {
		return fmt.Errorf("rows of fact table %s are written with Insert, so that they are hashed", t.Name)
	}
	if !t.TenantFirst {
		return nil
	}
	if !in.peek(2).IsPunct("(") || in.peek(3).Name() != "tenant_id" {
		return fmt.Errorf("insert into %s: name the columns, tenant_id first", t.Name)
	}
	for !in.code[in.at].IsPunct(")") {
		if in.at++; in.at >= len(in.code)-1 {
			return fmt.Errorf("insert into %s: the list of columns does not end", t.Name)
		}
	}
	switch {
	case in.peek(1).Is("VALUES"):
		return in.values(t)
	case in.peek(1).Is("SELECT") && in.peek(2).Kind == sqltext.Param:
		in.bind(in.peek(2))
		return nil
	case in.peek(1).Is("SELECT") && (in.peek(2).Name() == "tenant_id" || in.peek(4).Name() == "tenant_id"):
		in.bound++
		return nil
	}
	return fmt.Errorf("insert into %s: the first value must be the tenant's parameter", t.Name)
}

// values requires a parameter as the first value of every row.
func (in *inspector) values(t *Table) error {
	rows, depth := 0, 0
	for i := in.at + 2; i < len(in.code); i++ {
		switch c := in.code[i]; {
		case c.IsPunct("("):
			if depth == 0 {
				if i+1 >= len(in.code) || in.code[i+1].Kind != sqltext.Param {
					return fmt.Errorf("insert into %s: the first value must be the tenant's parameter", t.Name)
				}
				in.bind(in.code[i+1])
				rows++
			}
			depth++
		case c.IsPunct(")"):
			depth--
		case depth == 0 && !c.IsPunct(","):
			in.bound -= rows - 1
			in.at = i - 1
			return nil
		}
	}
	in.bound -= rows - 1
	in.at = len(in.code)
	return nil
}

// updates refuses to set tenant_id or a hashed column of a fact table.
func (in *inspector) updates() error {
	t, err := in.written(in.peek(1))
	if err != nil {
		return err
	}
	i, depth := in.at+2, 0
	for i < len(in.code) && !in.code[i].Is("SET") {
		i++
	}
	start := true
	for i++; i < len(in.code) && (depth > 0 || !in.code[i].Is("WHERE") && !in.code[i].Is("FROM")); i++ {
		switch c := in.code[i]; {
		case c.IsPunct("(") && start:
			return fmt.Errorf("update %s: set one column at a time", t.Name)
		case c.IsPunct("("):
			depth++
		case c.IsPunct(")"):
			depth--
		case depth > 0:
		case c.IsPunct(","):
			start = true
			continue
		case start:
			at := t.Column(c.Name())
			if at < 0 {
				return fmt.Errorf("update %s: there is no column %q", t.Name, c.Text)
			}
			if t.TenantFirst && at == 0 || t.IsFact() && t.Columns[at].Hashed {
				return fmt.Errorf("update %s: column %s never changes", t.Name, c.Text)
			}
		}
		start = false
	}
	return nil
}

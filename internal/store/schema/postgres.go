package schema

import "fmt"

var postgresTypes = [...]string{Integer: "bigint", Text: `text COLLATE "C"`, Blob: "bytea", Day: "integer", Small: "smallint"}

// CurrentTenant is the SQL expression for the tenant of a PostgreSQL transaction.
const CurrentTenant = "(SELECT nullif(current_setting('recoup.tenant', true), '')::bigint)"

// room leaves half of each page of a table free whose rows are rewritten: there the new
// version of a row needs no new entry in the index and takes the place of an older one.
func room(t *Table) []string {
	if !t.Rewritten {
		return nil
	}
	return []string{"ALTER TABLE " + t.Name + " SET (fillfactor = 45)"}
}

// storage keeps PostgreSQL from compressing what is compressed already.
func storage(table string, columns []Column) (statements []string) {
	for _, c := range columns {
		if c.Packed {
			statements = append(statements, fmt.Sprintf("ALTER TABLE %s ALTER COLUMN %s SET STORAGE EXTERNAL",
				table, c.Name))
		}
	}
	return statements
}

// rowSecurity makes PostgreSQL show and change only rows of the transaction's
// tenant, for the owner of the table too.
func rowSecurity(t *Table) []string {
	if !t.TenantFirst {
		return nil
	}
	own := "tenant_id = " + CurrentTenant
	statements := []string{
		fmt.Sprintf("ALTER TABLE %s ENABLE ROW LEVEL SECURITY", t.Name),
		fmt.Sprintf("ALTER TABLE %s FORCE ROW LEVEL SECURITY", t.Name),
		fmt.Sprintf("CREATE POLICY own_rows ON %s USING (%s) WITH CHECK (%s)", t.Name, own, own),
	}
	if t.Shared {
		statements = append(statements,
			fmt.Sprintf("CREATE POLICY all_see ON %s FOR SELECT USING (true)", t.Name))
	}
	return statements
}

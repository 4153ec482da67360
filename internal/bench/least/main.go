// Command least is the least server that any program could be with the same engine: it opens
// a book of the limits and answers with a page of fifty customers read from it. Its one job is
// to be timed from its start to its first page beside ours, each a program of its own; it must
// never be given anything else to do.
package main

import (
	"context"
	"html/template"
	"net/http"
	"os"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

var page = template.Must(template.New("").Parse("<!DOCTYPE html><html><table>{{range .}}<tr><td>{{.}}</td></tr>{{end}}</table></html>"))

func main() {
	book, address := os.Args[1], os.Args[2]
	pool, err := sqlitex.NewPool(book, sqlitex.PoolOptions{Flags: sqlite.OpenReadWrite | sqlite.OpenWAL})
	if err != nil {
		panic(err)
	}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		names, err := customers(r.Context(), pool)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		page.Execute(w, names)
	})
	panic(http.ListenAndServe(address, nil))
}

func customers(ctx context.Context, pool *sqlitex.Pool) (names []string, err error) {
	c, err := pool.Take(ctx)
	if err != nil {
		return nil, err
	}
	defer pool.Put(c)
	err = sqlitex.Execute(c, "SELECT name FROM customers ORDER BY number LIMIT 50", &sqlitex.ExecOptions{
		ResultFunc: func(s *sqlite.Stmt) error { names = append(names, s.ColumnText(0)); return nil }})
	return names, err
}

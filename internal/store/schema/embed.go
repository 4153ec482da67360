package schema

import "embed"

// Files is the schema text of the book, in numbered files.
//
//go:embed *.sql
var Files embed.FS

package schema

import (
	"embed"
	"sync"
)

// Files is the schema text of the book, in numbered files.
//
//go:embed *.sql
var Files embed.FS

// shipped is Files, read once: nobody changes what was read.
var shipped = sync.OnceValue(func() (l loaded) {
	l.schema, l.files, l.err = Load(Files)
	return l
})

type loaded struct {
	schema *Schema
	files  []File
	err    error
}

// Shipped is the schema of the book; callers must not change it. Errors: as Load.
func Shipped() (*Schema, []File, error) {
	l := shipped()
	return l.schema, l.files, l.err
}

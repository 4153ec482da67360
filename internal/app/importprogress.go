package app

import "context"

// ImportProgress is told how far an import is: how many rows of the file have been read, and
// whether they are being written into the book, which is one step: all or nothing.
type ImportProgress func(rows int, writing bool)

type importProgressKey struct{}

// progressEvery is after how many rows an import tells how far it is.
const progressEvery = 1 << 10

// WithImportProgress lets tell be told of the imports and previews under a context.
func WithImportProgress(ctx context.Context, tell ImportProgress) context.Context {
	return context.WithValue(ctx, importProgressKey{}, tell)
}

// importProgress is who is told under a context.
func importProgress(ctx context.Context) ImportProgress {
	if tell, ok := ctx.Value(importProgressKey{}).(ImportProgress); ok {
		return tell
	}
	return func(int, bool) {}
}

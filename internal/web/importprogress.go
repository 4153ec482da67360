package web

import (
	"context"
	"net/http"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/web/look"
)

// watched is the context of an import of the viewer, whose other requests can then ask how
// far it is until done is called. It goes on when the reader leaves the page.
func (v *visit) watched() (ctx context.Context, done func()) {
	user := v.user.User.ID
	ctx = app.WithImportProgress(context.WithoutCancel(v.r.Context()), func(rows int, writing bool) {
		text := look.Count(int64(rows), "row", "rows") + " read"
		if writing {
			text += ", now comparing them with the book"
		}
		v.imports.Store(user, text)
	})
	return ctx, func() { v.imports.Delete(user) }
}

// howFar says how far the import of the viewer is; nothing where none is at work.
func howFar(v *visit) error {
	v.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	v.w.Header().Set("Cache-Control", "no-store")
	text, ok := v.imports.Load(v.user.User.ID)
	if !ok {
		v.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	_, err := v.w.Write([]byte(text.(string)))
	return err
}

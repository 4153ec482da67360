package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	zsqlite "zombiezen.com/go/sqlite"

	"github.com/recoup-project/recoup/internal/store"
)

// Overwrite makes the file at to, page by page in one transaction, what the book at from
// is: the demo is kept this way and goes back to where it began. Whoever has the book at
// to open goes on and sees the other content from the next transaction on.
//
// Only a book with a simulated clock is taken, and only over nothing or over the same
// book: what happened in a real one is not undone. Errors: store.ErrInvalid,
// store.ErrUnavailable.
func Overwrite(ctx context.Context, to, from string) error {
	uid, err := simulatedBook(from)
	if err != nil {
		return err
	}
	empty, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	switch {
	case err == nil:
		err = empty.Close()
	case errors.Is(err, fs.ErrExist):
		var there string
		if there, err = simulatedBook(to); err == nil && there != uid {
			err = store.Invalid("%s is another book than %s", to, from)
		}
	}
	if err != nil {
		return err
	}
	src, err := zsqlite.OpenConn(from, zsqlite.OpenReadWrite)
	if err != nil {
		return translate("open "+from, err, nil)
	}
	defer src.Close()
	dst, err := zsqlite.OpenConn(to, zsqlite.OpenReadWrite)
	if err != nil {
		return translate("open "+to, err, nil)
	}
	defer dst.Close()
	dst.SetBusyTimeout(busyTimeout)
	return translate("overwrite "+to, allPages(ctx, dst, src), nil)
}

// allPages copies one database over another. While somebody writes in the other one it
// waits.
func allPages(ctx context.Context, dst, src *zsqlite.Conn) error {
	backup, err := zsqlite.NewBackup(dst, "main", src, "main")
	if err != nil {
		return err
	}
	more := true
	for more && (err == nil || zsqlite.ErrCode(err).ToPrimary() == zsqlite.ResultBusy) && ctx.Err() == nil {
		if more, err = backup.Step(-1); more && err != nil {
			time.Sleep(time.Millisecond)
		}
	}
	return errors.Join(err, ctx.Err(), backup.Close())
}

// simulatedBook is the uid of a book with a simulated clock.
func simulatedBook(path string) (uid string, err error) {
	c, err := zsqlite.OpenConn(path, zsqlite.OpenReadOnly)
	if err != nil {
		return "", translate("open "+path, err, nil)
	}
	defer c.Close()
	s, _, err := c.PrepareTransient("SELECT uid FROM book WHERE clock = 'simulated'")
	if err != nil {
		return "", translate("open "+path, err, nil)
	}
	defer s.Finalize()
	found, err := s.Step()
	if err == nil && !found {
		err = fmt.Errorf("%s: %w", path, store.Invalid("expected a book with a simulated clock"))
	}
	if err != nil {
		return "", err
	}
	return s.ColumnText(0), nil
}

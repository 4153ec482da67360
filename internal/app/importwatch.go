package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"time"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/format/ledger"
	"github.com/recoup-project/recoup/internal/store"
)

// WatchedFolder is a folder whose files are imported without anybody asking.
type WatchedFolder struct {
	Creditor string
	Path     string
}

// WatchedFolders lists the folders that are set.
func (a *App) WatchedFolders(ctx context.Context) (list []WatchedFolder, err error) {
	err = a.read(ctx, func(tx store.Tx) error {
		list = nil
		creditors, err := a.creditors(tx)
		if err != nil {
			return err
		}
		for i := range creditors {
			values, err := a.settings(tx, creditors[i].ID)
			if err != nil {
				return err
			}
			if path := values[SettingFolder]; path != "" {
				list = append(list, WatchedFolder{Creditor: creditors[i].Code, Path: path})
			}
		}
		return nil
	})
	return list, err
}

// WatchedFile is a file that was found in a watched folder.
type WatchedFile struct {
	Creditor string
	Name     string
	Source   io.ReadSeeker
	Modified time.Time
}

// ImportWatched imports a file that nobody looks at: only a layout that is known, or was
// imported for the same header before, and that leaves no question open. A complete list
// is true as of the day its titles name, else of the day before it was written, and is
// refused if it settles many items. The same bytes are never imported twice.
//
// Errors: invalid (layout_unknown, layout_ambiguous, those of Import), conflict
// (imported_before), refused (settles_many, unread_rows).
func (a *App) ImportWatched(ctx context.Context, req Request, f WatchedFile) (ImportReport, error) {
	src, err := ledger.Open(f.Source)
	if err != nil {
		return ImportReport{}, fileError(f.Name, err)
	}
	w := &draftWork{info: DraftInfo{Name: f.Name}, src: src}
	extent := ExtentAdditional
	err = a.read(ctx, func(tx store.Tx) error {
		if w.creditor, err = a.creditor(tx, f.Creditor); err != nil {
			return err
		}
		values, err := a.settings(tx, w.creditor.ID)
		if values[SettingExtent] != "" {
			extent = Extent(values[SettingExtent])
		}
		w.today = w.creditor.today(tx)
		return err
	})
	if err != nil {
		return ImportReport{}, err
	}
	if err := a.importedBefore(ctx, w.creditor.ID, src); err != nil {
		return ImportReport{}, err
	}
	w.im = (&DraftAnswers{Extent: extent}).request(f.Creditor, f.Name, w.today)
	if err := a.understandWatched(ctx, w); err != nil {
		return ImportReport{}, err
	}
	if w.im.Complete {
		w.im.AsOf = min(w.today, cal.DateIn(f.Modified, w.creditor.Zone).AddDays(-1))
		if w.look.AsOf.Valid() && w.look.AsOf <= w.today {
			w.im.AsOf = w.look.AsOf
		}
	}
	st, err := stageAs(ctx, &w.im, src, w.look.Layout)
	if err != nil {
		return ImportReport{}, fileError(f.Name, err)
	}
	return a.importStaged(ctx, req, w.im, st)
}

// understandWatched finds the layout of a file, and refuses one that is only guessed or
// leaves something to be asked.
func (a *App) understandWatched(ctx context.Context, w *draftWork) error {
	if err := a.lookAt(ctx, w); err != nil {
		return fileError(w.info.Name, err)
	}
	if w.im.contacts() {
		w.im.Complete = false
	}
	if len(w.look.Questions) > 0 {
		return ambiguous(w.info.Name, w.look.Questions)
	}
	saved, err := a.savedLayout(ctx, w.look.Layout.Fingerprint)
	if err != nil {
		return err
	}
	if saved == nil && !w.look.Layout.Known() {
		return &Error{Kind: Invalid, Code: "layout_unknown", Where: &Where{File: w.info.Name},
			Message: "nobody has imported a file with these headings yet: import it once by hand, then it is known"}
	}
	return nil
}

// importedBefore refuses bytes that were imported for the creditor.
func (a *App) importedBefore(ctx context.Context, creditor int64, src *ledger.File) error {
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return err
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, src.ReadSeeker); err != nil {
		return err
	}
	return a.read(ctx, func(tx store.Tx) error {
		day := cal.None
		err := store.One(tx, `SELECT as_of_day FROM import WHERE tenant_id = $1 AND creditor_id = $2 AND file_sha256 = $3
			ORDER BY import_id LIMIT 1`, []any{a.tenant, creditor, hex.EncodeToString(hash.Sum(nil))},
			func(r store.Rows) { day = r.Day(0) })
		switch {
		case errors.Is(err, store.ErrNotFound):
			return nil
		case err != nil:
			return err
		}
		return &Error{Kind: Conflict, Code: "imported_before", Message: sprintf("the same file was imported before, as of %s", day)}
	})
}

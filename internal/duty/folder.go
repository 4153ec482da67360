package duty

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/durable"
)

// How often watched folders are looked at, and how long a file must have been as it is:
// who writes into a folder is seldom done at once.
const (
	lookEvery = time.Minute
	lookAgain = 11 * time.Second
	settled   = 10 * time.Second
)

// Where files go that were dealt with, below the watched folder.
const (
	doneFolder    = "done"
	refusedFolder = "refused"
)

// folders watches the folders of all creditors.
type folders struct {
	app  *app.App
	next time.Duration // machine time of the next look
	seen map[string]sighting
}

// sighting is how a file was when it was first seen so.
type sighting struct {
	size     int64
	modified time.Time
	since    time.Duration // machine time
}

// outcome is what became of one file.
type outcome struct {
	file    string
	refused bool
	text    string
}

// look imports the files that have settled, if it is time, and says what became of them.
// A folder that is not there, or a file that could not be dealt with for a fault of ours,
// stops no other; what failed stays where it is, and the error tells of all of it.
func (f *folders) look(ctx context.Context) ([]outcome, error) {
	if running() < f.next {
		return nil, nil
	}
	f.next = running() + lookEvery
	watched, err := f.app.WatchedFolders(ctx)
	if err != nil {
		return nil, err
	}
	var done []outcome
	var failed []error
	still := map[string]sighting{}
	for _, w := range watched {
		entries, err := os.ReadDir(w.Path)
		if err != nil {
			failed = append(failed, fmt.Errorf("the watched folder cannot be read: %w", err))
			continue
		}
		for _, e := range entries {
			if ctx.Err() != nil {
				return done, ctx.Err()
			}
			if !watches(e) {
				continue
			}
			path := filepath.Join(w.Path, e.Name())
			if !f.isSettled(path, e, still) {
				f.next = min(f.next, running()+lookAgain)
				continue
			}
			out, err := f.take(ctx, w, e.Name())
			if err != nil {
				failed = append(failed, fmt.Errorf("%s: %w", e.Name(), err))
				continue
			}
			done = append(done, out)
		}
	}
	f.seen = still
	return done, errors.Join(failed...)
}

// watches reports whether an entry is a file to be imported: no folder, link or hidden
// file, and not what spreadsheets put beside a file that is open.
func watches(e fs.DirEntry) bool {
	name := e.Name()
	return e.Type().IsRegular() && !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "~$") &&
		!strings.HasSuffix(name, ".part") && !strings.HasSuffix(name, ".tmp") && !strings.HasSuffix(name, ".crdownload")
}

// isSettled reports whether a file is as it was some time ago.
func (f *folders) isSettled(path string, e fs.DirEntry, still map[string]sighting) bool {
	info, err := e.Info()
	if err != nil {
		return false // it has gone
	}
	now := sighting{info.Size(), info.ModTime(), running()}
	if before, known := f.seen[path]; known && before.size == now.size && before.modified.Equal(now.modified) {
		now.since = before.since
	}
	still[path] = now
	return running()-now.since >= settled
}

// take imports one file and moves it, with what there is to say beside it.
func (f *folders) take(ctx context.Context, w app.WatchedFolder, name string) (outcome, error) {
	path := filepath.Join(w.Path, name)
	text, err := f.importFile(ctx, w, path, name)
	out := outcome{file: name, text: text}
	if err != nil {
		e := app.AsError(err)
		switch {
		case e.Code == "imported_before":
			out.text = e.Message + "; nothing was done.\n"
		case e.Kind == app.Invalid || e.Kind == app.Refused || e.Kind == app.Conflict:
			out.refused = true
			out.text = text + "Nothing was imported: " + e.Error() + ".\n" + e.Detail + "\n"
		default:
			return out, err
		}
	}
	folder := doneFolder
	if out.refused {
		folder = refusedFolder
	}
	return out, move(filepath.Join(w.Path, folder), path, name, out.text)
}

// importFile imports a file by what it is: a PDF is a paper, all else a list.
func (f *folders) importFile(ctx context.Context, w app.WatchedFolder, path, name string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return "", err
	}
	if strings.EqualFold(filepath.Ext(name), ".pdf") {
		if info.Size() > app.MaxPaper {
			return "", &app.Error{Kind: app.Invalid, Code: "file_unreadable", Message: "expected " + app.ExpectedPaper}
		}
		return f.importPaper(ctx, w, path, name)
	}
	report, err := f.app.ImportWatched(ctx, actor, app.WatchedFile{Creditor: w.Creditor, Name: name, Source: file,
		Modified: info.ModTime()})
	return reportText(&report), err
}

func (f *folders) importPaper(ctx context.Context, w app.WatchedFolder, path, name string) (string, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	report, err := f.app.AddPapers(ctx, actor, app.PapersRequest{Creditor: w.Creditor, Files: []app.PaperFile{{Name: name, Bytes: raw}}})
	switch {
	case err != nil:
		return "", err
	case len(report.Rejected) > 0:
		return "", &app.Error{Kind: app.Invalid, Code: "file_unreadable", Message: "expected " + report.Rejected[0].Expected}
	case len(report.Papers) > 0:
		return "Kept with " + report.Papers[0].Item + ".\n", nil
	case report.Known > 0:
		return "It was there before.\n", nil
	}
	return "It waits: no number of a document was found in its name or text, or several were.\n", nil
}

// reportText is a report of an import for people.
func reportText(r *app.ImportReport) string {
	if r.Layout == "" {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Read as %s: %d rows; %d created, %d updated, %d unchanged, %d settled by list, %d rejected, %d left out.\n",
		r.Layout, r.Read, r.Created, r.Updated, r.Unchanged, r.SettledByList, r.RejectedRows, r.Skipped)
	for _, t := range r.Totals {
		fmt.Fprintf(&b, "%s %s in %d rows, %s open.\n", t.Amount, t.Currency, t.Count, t.Open)
	}
	for _, warning := range r.Warnings {
		fmt.Fprintf(&b, "%s.\n", warning)
	}
	for _, j := range r.Rejected {
		fmt.Fprintf(&b, "Row %d, %s: %q, expected %s.\n", j.Row, j.Field, j.Value, j.Expected)
	}
	return b.String()
}

// move puts a file into a folder with a text beside it. What is there already is not
// overwritten: the name gets a number.
func move(folder, path, name, text string) error {
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return err
	}
	ext := filepath.Ext(name)
	base := strings.TrimSuffix(name, ext)
	to := filepath.Join(folder, name)
	for n := 2; ; n++ {
		_, taken := os.Lstat(to)
		_, told := os.Lstat(to + ".txt")
		if errors.Is(taken, fs.ErrNotExist) && errors.Is(told, fs.ErrNotExist) {
			break
		}
		to = filepath.Join(folder, fmt.Sprintf("%s-%d%s", base, n, ext))
	}
	err := durable.File(to+".txt", func(w io.Writer) error {
		_, err := io.WriteString(w, strings.TrimSpace(text)+"\n")
		return err
	})
	if err != nil {
		return err
	}
	return os.Rename(path, to)
}

package web

import (
	"fmt"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/hostile"
)

// TestHostileNames gives files with names that lead elsewhere on every way that files come in:
// on the disk they go by what is in them, in the folder of the book only, and they come back
// with one name in one line.
func TestHostileNames(t *testing.T) {
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "in", "here"), 0o700); err != nil {
		t.Fatal(err)
	}
	a, _, err := app.CreateBook(t.Context(), filepath.Join(root, "in", "here", "book.db"), "test", system, app.BookRequest{Name: "Harbour Foods Ltd", Country: "GB",
		Currency: "GBP", ClockDay: cal.MustParse(testDay), ClockHour: 10})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	s := &site{app: a, t: t, Server: httptest.NewServer(New(Options{App: a, Build: "test"}).Handler())}
	t.Cleanup(s.Close)
	s.ledger(smallLedger)
	s.user(access.Owner)
	taken := 0
	for i, name := range hostile.Names() {
		body := append(picture[:len(picture):len(picture)], fmt.Sprint(i)...)
		_, err := a.AddPapers(t.Context(), system, app.PapersRequest{Files: []app.PaperFile{{Name: name, Bytes: append(body, 'a')}}})
		if err == nil {
			taken++
		}
		for _, give := range []func() error{
			func() error {
				return second(a.KeepPaper(t.Context(), system, "", "customer:C-1", app.PaperOther, app.PaperFile{Name: name, Bytes: append(body, 'b')}))
			},
			func() error {
				return second(a.Note(t.Context(), system, app.NoteRequest{Ref: "customer:C-2", Text: "x", File: &app.PaperFile{Name: name, Bytes: append(body, 'c')}}))
			},
			func() error {
				return second(a.CreateDraft(t.Context(), app.NewDraft{Name: name, Bytes: []byte("a,b\n1," + fmt.Sprint(i))}))
			},
		} {
			if err := give(); err != nil && app.AsError(err).Kind != app.Invalid && app.AsError(err).Kind != app.Conflict {
				t.Errorf("%q: %v", name, err)
			} else if err == nil {
				taken++
			}
		}
	}
	if taken < 600 {
		t.Errorf("only %d files were taken", taken)
	}
	known := regexp.MustCompile(`^in/here/book\.db(-wal|-shm|\.lock|\.[a-z]+)?$|^in/here/book\.db\.blobs/\d+/[0-9a-f]{2}/[0-9a-f]{64}$`)
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if rel, _ := filepath.Rel(root, path); err == nil && !d.IsDir() && !known.MatchString(filepath.ToSlash(rel)) {
			t.Errorf("there is a file %q", rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	cookie := s.session("owner")
	for _, customer := range []int64{1, 2} {
		papers, err := a.Papers(t.Context(), customer, 0)
		if err != nil || len(papers) < 100 {
			t.Fatalf("%d papers, %v", len(papers), err)
		}
		for _, p := range papers {
			answer := s.ask(fmt.Sprintf("/customers/%d/papers/%d/file", customer, p.ID), nil, cookie)
			how := answer.head["Content-Disposition"]
			if answer.code != 200 || len(how) != 1 || !strings.HasPrefix(how[0], "attachment") || strings.ContainsAny(p.Name, "/\\\x00\n\r\u202e") || answer.head.Get("Content-Type") != "image/png" {
				t.Errorf("%q: %d %v", p.Name, answer.code, answer.head)
			}
		}
	}
}

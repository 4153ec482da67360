package duty

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/app"
)

// drop puts a file into a watched folder.
func drop(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// settle lets the watcher believe that what it has seen has not changed for long.
func (f *folders) settle() {
	f.next = 0
	for path, s := range f.seen {
		s.since -= 2 * settled
		f.seen[path] = s
	}
}

func filesIn(t *testing.T, dir string) string {
	t.Helper()
	var names []string
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

const watchedList = "customer_number,customer_name,number,invoice_date,due_date,currency,amount\n" +
	"C1,Pike,R1,2026-01-01,2026-02-28,GBP,10.00\nC1,Pike,R2,2026-01-01,2026-02-28,GBP,20.00\n"

// A file is taken once it has settled; what is known goes in and is moved with a report;
// what is only guessed, or would settle much, is refused; nothing goes in twice.
func TestWatchedFolder(t *testing.T) {
	w := newFixture(t, filepath.Join(t.TempDir(), "book.db"), "smtp://127.0.0.1:2525")
	dir := t.TempDir()
	for name, value := range map[string]string{app.SettingFolder: dir, app.SettingExtent: "complete"} {
		if err := w.app.SetSetting(t.Context(), actor, "", name, value); err != nil {
			t.Fatal(err)
		}
	}
	f := &folders{app: w.app}
	look := func(want int) []outcome {
		t.Helper()
		f.settle()
		done, err := f.look(t.Context())
		if err != nil || len(done) != want {
			t.Fatalf("%+v, %v; want %d", done, err, want)
		}
		return done
	}
	drop(t, dir, "open.csv", watchedList)
	drop(t, dir, ".hidden", "x")
	drop(t, dir, "~$open.xlsx", "x")
	look(0) // just seen
	drop(t, dir, "open.csv", watchedList+"C2,Moor,R3,2026-01-01,2026-02-28,GBP,5.00\n")
	look(0) // still written to
	if done := look(1); done[0].refused || !strings.Contains(done[0].text, "3 created") {
		t.Fatalf("%+v", done)
	}
	if got := filesIn(t, filepath.Join(dir, doneFolder)); got != "open.csv open.csv.txt" {
		t.Error(got)
	}
	drop(t, dir, "open.csv", watchedList+"C2,Moor,R3,2026-01-01,2026-02-28,GBP,5.00\n")
	drop(t, dir, "half.csv", "customer_number,number,due_date,currency,amount\nC1,R1,2026-02-28,GBP,10.00\n")
	drop(t, dir, "guess.csv", "Kunde,Rechnung,Fällig,Betrag,Währung\nC1,R9,2026-02-28,10.00,GBP\n")
	drop(t, dir, "poem.txt", "The fog comes\n")
	look(0)
	var err error
	done := look(4)
	for i, want := range []string{"guess.csv true layout_unknown", "half.csv true settle or reduce", "open.csv false imported before",
		"poem.txt true header"} {
		file, rest, _ := strings.Cut(want, " ")
		refused, text, _ := strings.Cut(rest, " ")
		if text == "layout_unknown" {
			text = "import it once by hand"
		}
		if done[i].file != file || done[i].refused != (refused == "true") || !strings.Contains(done[i].text, text) {
			t.Errorf("%+v, want %s", done[i], want)
		}
	}
	if got := filesIn(t, filepath.Join(dir, doneFolder)); got != "open-2.csv open-2.csv.txt open.csv open.csv.txt" {
		t.Error(got)
	}
	if got := filesIn(t, filepath.Join(dir, refusedFolder)); got != "guess.csv guess.csv.txt half.csv half.csv.txt poem.txt poem.txt.txt" {
		t.Error(got)
	}
	if got := filesIn(t, dir); got != ".hidden done refused ~$open.xlsx" {
		t.Error(got)
	}
	gone := filepath.Join(dir, "gone")
	if _, err := w.app.AddCreditor(t.Context(), actor, app.NewCreditor{Code: "a", Name: "A", Country: "GB", Currency: "GBP"}); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(gone, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := w.app.SetSetting(t.Context(), actor, "a", app.SettingFolder, gone); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	drop(t, dir, "large.pdf", "%PDF-1.4\n")
	if err := os.Truncate(filepath.Join(dir, "large.pdf"), 64<<30); err != nil { // more than memory
		t.Fatal(err)
	}
	for range 2 {
		f.settle()
		done, err = f.look(t.Context())
		if err == nil || !strings.Contains(err.Error(), "gone") {
			t.Fatalf("a folder that is missing is not told: %v", err)
		}
	}
	if len(done) != 1 || !done[0].refused || !strings.Contains(done[0].text, "at most 20 MiB") {
		t.Errorf("beside a missing folder: %+v", done)
	}
	f.next = running() + time.Hour
	if done, err := f.look(t.Context()); done != nil || err != nil {
		t.Error("looks before its time")
	}
}

package web

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/browser"
	"github.com/recoup-project/recoup/internal/core/access"
)

// TestUploads: several files go each their way, one that is too large says so and nothing of
// it is there, and an empty one stops the others too.
func TestUploads(t *testing.T) {
	s := newSite(t)
	s.user(access.Owner)
	s.ledger(smallLedger)
	dir := t.TempDir()
	file := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	p := browser.Start(t).Page(t, s.URL)
	p.Cookie(s.session("owner"))
	p.Open("/import").Give("Files", file("INV-1.pdf", []byte("%PDF-1.4 one")), file("scan.pdf", []byte("%PDF-1.4 two")), file("list.csv", []byte(waitingList)))
	p.Reads("1 of 2 papers matched", "1 waits for you").Open("/papers").Reads("scan.pdf").Fill("Belongs to", "INV-2")
	p.Follow("Keep it there").Reads("Kept with INV-2", "No paper waits")
	p.Open("/import").Reads("list.csv").Follow("Go on").Reads("Looks like").Follow("Put away").Reads("Nothing of the file was taken in")
	p.Give("Files", file("empty.csv", nil), file("list2.csv", []byte(waitingList)))
	p.Reads("empty.csv is empty, so nothing was taken in")
	p.Troubles() // 422 is an error to the browser
	if drafts, err := s.app.Drafts(t.Context(), ""); err != nil || len(drafts) != 0 {
		t.Errorf("%d drafts, %v", len(drafts), err)
	}
	large := file("large.csv", bytes.Repeat([]byte("0123456789abcde\n"), 70<<16))
	p.Open("/import").Upload("Files", large).Until("the page says it", `!document.querySelector("[data-too-large]").hidden`)
	browser.Eval[bool](p, `document.querySelector("#files").removeAttribute("data-max"), true`)
	p.Give("Files", large)
	p.Reads("more than 64 MB together, so nothing was taken in")
	p.Troubles()
	if drafts, err := s.app.Drafts(t.Context(), ""); err != nil || len(drafts) != 0 {
		t.Errorf("%d drafts, %v", len(drafts), err)
	}
}

// TestContactsFile: a second file with addresses is joined, and the draft is there.
func TestContactsFile(t *testing.T) {
	s := newSite(t)
	s.user(access.Owner)
	s.ledger(smallLedger)
	dir := t.TempDir()
	path := filepath.Join(dir, "people.csv")
	if err := os.WriteFile(path, []byte("Customer number,Contact,Email\nC-3,Dana Wells,dana@wells.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := browser.Start(t).Page(t, s.URL)
	p.Cookie(s.session("owner"))
	p.Open("/start").Reads("1 of 2 customers who owe GBP have no email address", "Largest without: Dana Wells")
	p.Give("Files", path).Reads("1 row of people and addresses", "dana@wells.example").Follow("Bring it in").Reads("1 new contact", "can be written to")
	p.Open("/settings/mail?provider=fastmail").Reads("Make an app password").Fill("Sign in as", "ann@harbour.example").Fill("Password", "app pass/word")
	p.Fill("Mails come from", "ann@harbour.example").Follow("Keep").Reads("Kept. Look now")
	if strings.Contains(p.Text(), "pass/word") {
		t.Error("the page shows the password")
	}
}

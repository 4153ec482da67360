package cli

import (
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/duty"
	"github.com/recoup-project/recoup/internal/web"
)

// TestFirstBook: words that cannot be leave nothing behind, so that corrected ones count; a
// making that broke off is finished by the next try, with the same words.
func TestFirstBook(t *testing.T) {
	address := filepath.Join(t.TempDir(), "first.db")
	s := &session{ctx: t.Context(), errs: io.Discard, env: Env{Getenv: func(string) string { return "" }, User: "test", Build: "test"}}
	s.flags.DB = address
	f := &firstBook{session: s, address: address, log: slog.New(slog.DiscardHandler), ready: make(chan *duty.Service, 1)}
	t.Cleanup(s.close)
	try := func(b web.FirstBook, want string) app.User {
		t.Helper()
		_, owner, err := f.make(t.Context(), b)
		if code := app.AsError(err).Code; err == nil && want != "" || err != nil && code != want {
			t.Fatalf("%v (%s), want %q", err, code, want)
		}
		return owner
	}
	right := web.FirstBook{Company: "Moor GmbH", Country: "DE", Name: "Ann Pike", Email: "ann@moor.example", Password: "correct horse battery 7"}
	for want, change := range map[string]func(*web.FirstBook){
		"password_common":    func(b *web.FirstBook) { b.Password = "password1234" },
		"password_too_short": func(b *web.FirstBook) { b.Password = "short" },
		"invalid_address":    func(b *web.FirstBook) { b.Email = "ann" },
		"country_unknown":    func(b *web.FirstBook) { b.Country = "XX" },
		"user_invalid":       func(b *web.FirstBook) { b.Name = strings.Repeat("Ann ", 200) },
	} {
		wrong := right
		wrong.Country = "GB"
		change(&wrong)
		try(wrong, want)
		if _, err := os.Stat(address); err == nil {
			t.Fatalf("%s: a book was made", want)
		}
	}
	if err := os.MkdirAll(filepath.Join(address+".armed", "x"), 0o700); err != nil { // so that it cannot be armed
		t.Fatal(err)
	}
	try(right, "arm_file")
	other := right
	other.Country = "AT"
	try(other, "book_begun")
	if err := os.RemoveAll(address + ".armed"); err != nil {
		t.Fatal(err)
	}
	if owner := try(right, ""); owner.Login != "ann" || owner.Role != access.Owner {
		t.Errorf("%+v", owner)
	}
	if info, err := os.Stat(address + ".armed"); err != nil || info.Mode().Type() == fs.ModeDir {
		t.Error("the book is not armed", err)
	}
	creditors, err := f.app.Creditors(t.Context())
	if err != nil || len(creditors) != 1 || creditors[0].Country != "DE" || creditors[0].Currency != "EUR" {
		t.Errorf("%+v %v", creditors, err)
	}
	if v, err := f.app.Setting(t.Context(), "", "sender.reply_to"); v != "ann@moor.example" || err != nil {
		t.Error(v, err)
	}
}

package password

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
)

var ctx = context.Background()

func TestHash(t *testing.T) {
	h := NewHasher()
	kept, err := h.Make(ctx, "four quiet green kettles")
	if err != nil || !strings.HasPrefix(string(kept), "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatal(kept, err)
	}
	again, _ := h.Make(ctx, "four quiet green kettles")
	if again == kept {
		t.Error("two hashes have the same salt")
	}
	for _, c := range []struct {
		kept     Hash
		password string
		want     bool
	}{
		{kept, "four quiet green kettles", true},
		{kept, "four quiet green kettle", false},
		{kept, "", false},
		{"", "", false},
		{"", "four quiet green kettles", false},
		{"no hash", "no hash", false},
		{Hash(strings.Replace(string(kept), "argon2id", "argon2i", 1)), "four quiet green kettles", false},
		{Hash(strings.Replace(string(kept), "m=19456", "m=4194304", 1)), "four quiet green kettles", false},
		{Hash(strings.Replace(string(kept), "t=2", "t=1000", 1)), "four quiet green kettles", false},
	} {
		if got, err := h.Matches(ctx, c.kept, c.password); got != c.want || err != nil {
			t.Errorf("%s with %q: %v %v", c.kept, c.password, got, err)
		}
	}
}

// TestComposedLetters: the same letters typed on another system are the same password.
func TestComposedLetters(t *testing.T) {
	h := NewHasher()
	kept, _ := h.Make(ctx, "M\u00fcnchner Br\u00fccken")
	if ok, _ := h.Matches(ctx, kept, "Mu\u0308nchner Bru\u0308cken"); !ok {
		t.Error("decomposed letters are another password")
	}
}

// TestBounded: who waits for a turn can be sent away, and no more than two are at it.
func TestBounded(t *testing.T) {
	h := NewHasher()
	for range atOnce {
		h.slots <- struct{}{}
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := h.Make(ended, "four quiet green kettles"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := h.Matches(ended, "", "four quiet green kettles"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	for range atOnce {
		h.done()
	}
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			if _, err := h.Matches(ctx, "", "x"); err != nil || len(h.slots) > atOnce {
				t.Error(err, len(h.slots))
			}
		})
	}
	all.Wait()
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		password string
		want     Problem
	}{
		{"", TooShort},
		{"Tr0ub4dor&3", TooShort},
		{"Ää Öö Üü ßß", TooShort},
		{strings.Repeat("kettle boat ", 20), TooLong},
		{"four quiet green kettles", ""},
		{"xK9#mQ2$vL5p", ""},
		{"vier stille grüne Kessel", ""},
		{"password1234", Common},
		{"P4$$w0rd!!!!!", Common},
		{"!!welcome2026!!", Common},
		{"passwordpassword", Common},
		{"123456789012", Common},
		{"098765432109", Common},
		{"qwertyuiop12", Common},
		{"qwertzuiop!!", Common},
		{"1qaz2wsx3edc", Common},
		{"aaaaaaaaaaaa", Common},
		{"abababababab", Common},
		{"abcabcabcabc", Common},
		{"abcdefghijklm", Common},
		{"correct horse battery staple", Common},
		{"recoup-recoup-1", Common},
		{"anna.marsh123", Personal},
		{"northgate2026!", Personal},
		{"annamarsh likes four boats", ""},
	} {
		got := Check(c.password, "anna", "Anna Marsh", "anna@northgate.example", "Northgate Fixings")
		if got != c.want {
			t.Errorf("%q: %q, want %q", c.password, got, c.want)
		}
		if (got == "") != (got.Words() == "") {
			t.Errorf("%q: no words", got)
		}
	}
}

func BenchmarkMatches(b *testing.B) {
	h := NewHasher()
	for b.Loop() {
		h.Matches(ctx, "", "four quiet green kettles")
	}
}

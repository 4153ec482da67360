package engine

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"regexp"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/store"
)

func TestIDsAreUUIDsThatSortByTime(t *testing.T) {
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	at := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	last := ""
	for i := range 200 {
		id := NewID(at.Add(time.Duration(i) * time.Millisecond))
		if !form.MatchString(id) || id <= last {
			t.Fatalf("%q after %q", id, last)
		}
		last = id
	}
	if first, second := NewID(at), NewID(at); first == second {
		t.Error("two ids of one moment are equal")
	}
}

func TestPackedBlobs(t *testing.T) {
	noise := make([]byte, 5000)
	for i := range noise {
		h := sha256.Sum256([]byte{byte(i), byte(i >> 8)})
		noise[i] = h[0]
	}
	for _, data := range [][]byte{{}, {0}, bytes.Repeat([]byte("mail "), 9000), noise} {
		packed, err := PackBlob(data)
		if err != nil {
			t.Fatal(err)
		}
		again, _ := PackBlob(data)
		if !bytes.Equal(packed, again) || len(packed) > len(data)+1 {
			t.Errorf("%d bytes packed into %d, then %d", len(data), len(packed), len(again))
		}
		h := store.Hash(sha256.Sum256(data))
		got, err := UnpackBlob(h, packed)
		if err != nil || !bytes.Equal(got, data) {
			t.Errorf("%d bytes came back as %d: %v", len(data), len(got), err)
		}
		for cut := range min(len(packed), 40) {
			if _, err := UnpackBlob(h, packed[:cut]); err == nil || !errors.Is(err, store.ErrInvalid) {
				t.Errorf("cut at %d of %d: %v", cut, len(packed), err)
			}
		}
	}
	if _, err := UnpackBlob(store.Hash{}, []byte{9, 9}); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("unknown form: %v", err)
	}
}

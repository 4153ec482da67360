package app

import (
	"sync"
	"unsafe"

	"github.com/recoup-project/recoup/internal/core/money"
)

// interned keeps one copy of each short word that rows repeat (codes, currencies,
// countries, steps), so that loading a million rows does not allocate a million
// words. It is bounded: beyond internedMax words are not kept.
var interned = struct {
	sync.RWMutex
	words map[string]string
}{words: map[string]string{}}

const (
	internedMax    = 4096
	internedLength = 40
)

// intern returns b as a string, shared with earlier equal ones.
func intern(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	interned.RLock()
	s, ok := interned.words[string(b)]
	interned.RUnlock()
	if ok {
		return s
	}
	s = string(b)
	if len(b) <= internedLength {
		interned.Lock()
		if len(interned.words) < internedMax {
			interned.words[s] = s
		}
		interned.Unlock()
	}
	return s
}

// word is a column of short words that rows repeat one after another: only a word that
// differs from the one before is looked up.
type word struct{ last string }

func (w *word) of(b []byte) string {
	if string(b) != w.last {
		w.last = intern(b)
	}
	return w.last
}

// currency returns a stored currency code.
func currency(b []byte) money.Currency { return money.Currency(intern(b)) }

// textOf is b as a string that is valid as long as b does not change.
func textOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

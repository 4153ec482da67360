package faults

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/recoup-project/recoup/internal/store/storetest"
)

// TestDiskFullAtInit makes a book on a disk with more or less room left, until it fits:
// init is done, or refused with disk_full, and with room again the same words make the
// book, whatever the first try left behind.
func TestDiskFullAtInit(t *testing.T) {
	storetest.OnSmallDisk(t, func(dir string) { makeBooks(t, dir) })
}

func makeBooks(t *testing.T, dir string) {
	p := &program{t: t, binary: built(t)}
	words := []string{"init", "--name", "Full Ltd", "--country", "GB", "--currency", "GBP", "--json"}
	refused := 0
	for free := int64(0); ; free += 60 << 10 {
		p.address = filepath.Join(dir, fmt.Sprintf("book-%d.db", free))
		p.arm = p.address + ".armed"
		ballast := storetest.FillUp(t, dir, free)
		done := p.doneOrFull(words)
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		if !done {
			refused++
			p.must(words...)
		}
		p.must("doctor", "--deep")
		left, err := filepath.Glob(p.address + "*")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range left {
			if err := os.Remove(name); err != nil {
				t.Fatal(err)
			}
		}
		if done {
			break
		}
	}
	if refused < 5 {
		t.Errorf("the disk was full only %d times", refused)
	}
}

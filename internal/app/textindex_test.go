package app

import (
	"strconv"
	"testing"
)

// TestTextIndexGrows: everything is found after any number of growths, and nothing
// that was not put.
func TestTextIndexGrows(t *testing.T) {
	const things = 5000
	x := newTextIndex(0, func(at int32) string { return strconv.Itoa(int(at)) })
	for at := range int32(things) {
		if found, known := x.find(strconv.Itoa(int(at))); known {
			t.Fatalf("%d is found as %d before it is put", at, found)
		}
		x.put(strconv.Itoa(int(at)), at)
	}
	for at := range int32(things) {
		if found, known := x.find(strconv.Itoa(int(at))); !known || found != at {
			t.Fatalf("%d is found as %d, %t", at, found, known)
		}
	}
	if x.count != things || len(x.slots) > 2*things {
		t.Errorf("%d things in %d slots", x.count, len(x.slots))
	}
}

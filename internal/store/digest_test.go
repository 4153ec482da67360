package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"testing"
)

// TestSortHashes sorts hashes that differ in their first bytes, and such as differ only
// in their last, as plain sorting does.
func TestSortHashes(t *testing.T) {
	for _, at := range []int{1, 4, 6, sha256.Size - 4} {
		rows := make([][sha256.Size]byte, 1000)
		for i := range rows {
			binary.BigEndian.PutUint32(rows[i][at:], uint32(i)*2_654_435_761)
		}
		var got [][sha256.Size]byte
		for _, key := range sortHashes(nil, rows) {
			got = append(got, rows[key&^hashPrefix])
		}
		slices.SortFunc(rows, func(a, b [sha256.Size]byte) int { return bytes.Compare(a[:], b[:]) })
		if !slices.Equal(got, rows) {
			t.Errorf("hashes that differ from byte %d on are out of order", at)
		}
	}
}

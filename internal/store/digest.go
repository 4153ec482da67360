package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"github.com/recoup-project/recoup/internal/store/schema"
)

// Digest gathers the fact rows of one command into one hash that does not depend on
// the order in which they were written.
//
// A row's hash is SHA-256 over the table's name, a zero byte, and for each hashed
// column that is not NULL: four times its number in the table plus 0 for a number, 1
// for text or 2 for bytes; then the number, or the length and the bytes. All of these
// are varints of encoding/binary, which keeps most rows within one block of the hash.
// NULLs are left out, so a hashed column added to a table later does not change the
// hash of older rows. The digest is SHA-256 over the sorted row hashes.
type Digest struct {
	rows    [256][][sha256.Size]byte // by first byte: short lists sort faster and grow in small steps
	count   int
	scratch []byte
}

// Add hashes one row. Values are in column order, tenant_id included.
func (d *Digest) Add(t *schema.Table, row []Value) {
	h := d.RowHash(t, row)
	d.rows[h[0]] = append(d.rows[h[0]], h)
	d.count++
}

// RowHash is the hash of one row, which is not added.
func (d *Digest) RowHash(t *schema.Table, row []Value) [sha256.Size]byte {
	b := append(d.scratch[:0], t.Name...)
	b = append(b, 0)
	for i := range t.Columns {
		if !t.Columns[i].Hashed || row[i].Kind == KindNull {
			continue
		}
		b = appendCanonical(b, uint64(i)<<2, &row[i])
	}
	d.scratch = b
	return sha256.Sum256(b)
}

// Rows is the number of rows added.
func (d *Digest) Rows() int { return d.count }

// Sum is the digest of the rows added so far; of no rows it is the hash of nothing.
func (d *Digest) Sum() (sum [sha256.Size]byte) {
	all := sha256.New()
	for _, rows := range d.rows {
		slices.SortFunc(rows, func(a, b [sha256.Size]byte) int { return bytes.Compare(a[:], b[:]) })
		for i := range rows {
			all.Write(rows[i][:])
		}
	}
	all.Sum(sum[:0])
	return sum
}

// appendCanonical appends a value of a column, whose number is given four times.
func appendCanonical(b []byte, column uint64, v *Value) []byte {
	switch v.Kind {
	case KindInt, KindDay:
		return binary.AppendVarint(binary.AppendUvarint(b, column), v.I)
	case KindBytes:
		b = binary.AppendUvarint(binary.AppendUvarint(b, column|2), uint64(len(v.B)))
		return append(b, v.B...)
	}
	text := v.S
	if v.Kind == KindTime {
		text = string(v.AppendText(nil))
	}
	b = binary.AppendUvarint(binary.AppendUvarint(b, column|1), uint64(len(text)))
	return append(b, text...)
}

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
// column that is not NULL: its number in the table (two bytes), a type letter (i, t
// or b), and the value (eight bytes big-endian; or a length of four bytes and the
// bytes). NULLs are left out, so a hashed column added to a table later does not
// change the hash of older rows. The digest is SHA-256 over the sorted row hashes.
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
		b = binary.BigEndian.AppendUint16(b, uint16(i))
		b = appendCanonical(b, &row[i])
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

func appendCanonical(b []byte, v *Value) []byte {
	switch v.Kind {
	case KindInt, KindDay:
		return binary.BigEndian.AppendUint64(append(b, 'i'), uint64(v.I))
	case KindBytes:
		b = binary.BigEndian.AppendUint32(append(b, 'b'), uint32(len(v.B)))
		return append(b, v.B...)
	}
	b = append(b, 't', 0, 0, 0, 0)
	at := len(b)
	b = v.AppendText(b)
	binary.BigEndian.PutUint32(b[at-4:], uint32(len(b)-at))
	return b
}

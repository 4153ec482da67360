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
	var order []uint64
	for _, rows := range d.rows {
		order = sortHashes(order[:0], rows)
		for _, key := range order {
			all.Write(rows[key&^hashPrefix][:])
		}
	}
	all.Sum(sum[:0])
	return sum
}

// hashPrefix is the part of a sort key that is the beginning of a hash; the rest is
// the number of the row, of which a command has less than 2^32.
const hashPrefix uint64 = 1<<64 - 1<<24

// sortHashes appends the numbers of rows in the order of their hashes, in the low bits.
// Numbers are compared and moved faster than hashes.
func sortHashes(order []uint64, rows [][sha256.Size]byte) []uint64 {
	for i := range rows {
		// The first byte is the same in all of them.
		order = append(order, binary.BigEndian.Uint64(rows[i][1:])&hashPrefix|uint64(i))
	}
	slices.Sort(order)
	for i := 1; i < len(order); i++ {
		if order[i]&hashPrefix == order[i-1]&hashPrefix { // the rest of the hashes decides
			slices.SortFunc(order, func(a, b uint64) int {
				return bytes.Compare(rows[a&^hashPrefix][:], rows[b&^hashPrefix][:])
			})
			break
		}
	}
	return order
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

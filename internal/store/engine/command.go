package engine

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"time"

	"github.com/recoup-project/recoup/internal/store"
)

// Head is the end of a tenant's chain.
type Head struct {
	Seq  int64
	Hash [sha256.Size]byte
}

// Prior is a command found under the same id.
type Prior struct {
	Seq        int64
	RecordedAt time.Time
	InputHash  [sha256.Size]byte
	Hash       [sha256.Size]byte
	Result     []byte
}

// CheckCommand refuses an incomplete command and gives it an id if it has none.
func CheckCommand(tenant int64, c *store.Command, now time.Time) error {
	switch {
	case tenant <= 0:
		return store.Invalid("command %q: no tenant", c.Name)
	case c.Name == "" || c.Actor == "":
		return store.Invalid("command %q by %q: name and actor are required", c.Name, c.Actor)
	}
	for _, text := range []string{c.Name, c.Actor, c.ID, c.Reason} {
		if err := store.CheckText(text); err != nil {
			return err
		}
	}
	if c.ID == "" {
		c.ID = NewID(now)
	}
	return nil
}

// Replay answers a command that was recorded before. Errors: store.ErrConflict if
// it had another input.
func Replay(c *store.Command, p *Prior) (store.Outcome, error) {
	if p.InputHash != sha256.Sum256(c.Input) {
		return store.Outcome{}, &store.Error{Kind: store.ErrConflict, Constraint: "txn_command",
			Op: "command " + c.Name + " with id " + c.ID + " was recorded before with another input"}
	}
	return store.Outcome{Seq: p.Seq, RecordedAt: p.RecordedAt, Replayed: true, Result: p.Result, ID: c.ID}, nil
}

// BeginCommand tells the transaction which number its command will have.
func (tx *Tx) BeginCommand(head Head) { tx.seq = head.Seq + 1 }

// EndCommand builds the link of the command whose closure has run.
func (tx *Tx) EndCommand(c *store.Command, head Head) store.Link {
	return store.Link{
		Seq: tx.seq, RecordedAt: tx.now, Actor: c.Actor, Command: c.Name, CommandID: c.ID,
		InputHash: sha256.Sum256(c.Input), Reason: c.Reason,
		RowCount: int64(tx.digest.Rows()), RowsDigest: tx.digest.Sum(), PrevHash: head.Hash,
	}
}

// Outcome is what the caller of the command gets.
func (tx *Tx) Outcome(c *store.Command, recorded bool) store.Outcome {
	o := store.Outcome{RecordedAt: tx.now, Result: tx.result, ID: c.ID}
	if recorded {
		o.Seq = tx.seq
	}
	return o
}

// Statements with which both engines record a command.
const (
	InsertTxnSQL = `INSERT INTO txn (tenant_id, seq, recorded_at, actor, command, command_id, input_hash, reason,
row_count, rows_digest, prev_hash, hash, result)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`
	UpdateHeadSQL  = `UPDATE tenant_head SET seq = $2, hash = $3 WHERE tenant_id = $1`
	SelectHeadSQL  = `SELECT seq, hash FROM tenant_head WHERE tenant_id = $1 FOR UPDATE`
	SelectPriorSQL = `SELECT seq, recorded_at, input_hash, hash, result FROM txn
WHERE tenant_id = $1 AND command_id = $2`
	SelectClockSQL = `SELECT clock, clock_now FROM book`
)

// InsertTxnArgs are the arguments of InsertTxnSQL.
func (tx *Tx) InsertTxnArgs(l *store.Link, hash [sha256.Size]byte) []store.Value {
	result := store.Value{}
	if tx.result != nil {
		result = store.Value{Kind: store.KindBytes, B: tx.result}
	}
	return []store.Value{
		Int(tx.tenant), Int(l.Seq), Instant(l.RecordedAt), Text(l.Actor), Text(l.Command), Text(l.CommandID),
		Bytes(l.InputHash[:]), Text(l.Reason), Int(l.RowCount), Bytes(l.RowsDigest[:]), Bytes(l.PrevHash[:]),
		Bytes(hash[:]), result,
	}
}

// Int builds an integer value.
func Int(i int64) store.Value { return store.Value{Kind: store.KindInt, I: i} }

// Text builds a text value.
func Text(s string) store.Value { return store.Value{Kind: store.KindText, S: s} }

// Bytes builds a bytes value.
func Bytes(b []byte) store.Value { return store.Value{Kind: store.KindBytes, B: b} }

// Instant builds an instant value.
func Instant(t time.Time) store.Value { return store.Value{Kind: store.KindTime, I: t.UnixMilli()} }

// ReadHead reads a row of SelectHeadSQL.
func ReadHead(rows store.Rows) Head {
	h := Head{Seq: rows.Int64(0)}
	copy(h.Hash[:], rows.Bytes(1))
	return h
}

// ReadPrior reads a row of SelectPriorSQL.
func ReadPrior(rows store.Rows) *Prior {
	p := &Prior{Seq: rows.Int64(0), RecordedAt: rows.Time(1)}
	copy(p.InputHash[:], rows.Bytes(2))
	copy(p.Hash[:], rows.Bytes(3))
	if !rows.IsNull(4) {
		p.Result = append([]byte{}, rows.Bytes(4)...)
	}
	return p
}

// ReadClock reads a row of SelectClockSQL: the book's time.
func ReadClock(rows store.Rows, system func() time.Time) time.Time {
	if rows.Text(0) == "simulated" {
		return rows.Time(1)
	}
	return Millis(system())
}

// Millis is an instant in UTC, cut to whole milliseconds.
func Millis(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// NewID makes a random id that sorts by time (UUID version 7).
func NewID(now time.Time) string {
	var b [16]byte
	rand.Read(b[:])
	binary.BigEndian.PutUint64(b[:8], uint64(now.UnixMilli())<<16|uint64(b[6])<<8|uint64(b[7]))
	b[6] = 0x70 | b[6]&0x0f
	b[8] = 0x80 | b[8]&0x3f
	s := hex.EncodeToString(b[:])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

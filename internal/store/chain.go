package store

import (
	"crypto/sha256"
	"encoding/binary"
	"time"
)

// Link is one command in the audit chain: what is hashed of a row of txn.
type Link struct {
	Seq        int64
	RecordedAt time.Time
	Actor      string
	Command    string
	CommandID  string
	InputHash  [sha256.Size]byte
	Reason     string
	RowCount   int64 // fact rows it recorded
	RowsDigest [sha256.Size]byte
	PrevHash   [sha256.Size]byte // hash of the link before; zero for the first
}

// Hash chains the link to the one before it. It is SHA-256 over the previous hash
// and the other fields in the order of the struct: numbers as eight bytes
// big-endian, instants as their stored text, texts with their length in four bytes.
func (l *Link) Hash() [sha256.Size]byte {
	b := make([]byte, 0, 256)
	b = append(b, l.PrevHash[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(l.Seq))
	for _, text := range []string{l.RecordedAt.UTC().Format(InstantFormat), l.Actor, l.Command, l.CommandID} {
		b = appendText(b, text)
	}
	b = append(b, l.InputHash[:]...)
	b = appendText(b, l.Reason)
	b = binary.BigEndian.AppendUint64(b, uint64(l.RowCount))
	b = append(b, l.RowsDigest[:]...)
	return sha256.Sum256(b)
}

func appendText(b []byte, s string) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
	return append(b, s...)
}

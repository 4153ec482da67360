package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
)

// Hash is the SHA-256 of a blob's content: its name.
type Hash [sha256.Size]byte

// String is the hash in lower-case hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// ParseHash reads 64 hexadecimal digits. Errors: ErrInvalid.
func ParseHash(s string) (Hash, error) {
	var h Hash
	if len(s) != 2*len(h) {
		return h, Invalid("blob hash %q: expected %d hexadecimal digits", s, 2*len(h))
	}
	if _, err := hex.Decode(h[:], []byte(s)); err != nil {
		return h, Invalid("blob hash %q: %w", s, err)
	}
	return h, nil
}

// BlobStore keeps immutable bytes by their content. It belongs to no transaction:
// bytes are put before the row that names them is written, so a crash between the
// two leaves at most a blob nobody names.
type BlobStore interface {
	// Put stores data for a tenant and returns its name after it is durable.
	// Putting what is there already does nothing.
	Put(ctx context.Context, tenant int64, data []byte) (Hash, error)
	// Get returns the content, verified against its name. Errors: ErrNotFound;
	// ErrInvalid if what is stored no longer has that hash.
	Get(ctx context.Context, tenant int64, h Hash) ([]byte, error)
	// Has reports whether the blob is stored.
	Has(ctx context.Context, tenant int64, h Hash) (bool, error)
	// Each calls fn for every blob of a tenant in order of its name.
	Each(ctx context.Context, tenant int64, fn func(h Hash) error) error
	// Delete erases a blob. Deleting what is not there does nothing.
	Delete(ctx context.Context, tenant int64, h Hash) error
}

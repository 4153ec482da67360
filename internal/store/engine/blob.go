package engine

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"fmt"
	"io"

	"github.com/recoup-project/recoup/internal/store"
)

// How a blob is stored: one byte, then the content.
const (
	blobPlain    = 0
	blobDeflated = 1
)

// blobMax bounds what one blob may unpack to, against a damaged or hostile file.
const blobMax = 1 << 30

// PackBlob is the stored form of a blob: deflated if that is shorter. The same
// content always gives the same bytes.
func PackBlob(data []byte) ([]byte, error) {
	if len(data) > blobMax {
		return nil, store.Invalid("blob of %d bytes: expected at most %d", len(data), blobMax)
	}
	var b bytes.Buffer
	b.WriteByte(blobDeflated)
	w, err := flate.NewWriter(&b, flate.DefaultCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if b.Len() <= len(data) {
		return b.Bytes(), nil
	}
	return append([]byte{blobPlain}, data...), nil
}

// UnpackBlob is the content of a stored blob, verified against its name.
func UnpackBlob(h store.Hash, packed []byte) ([]byte, error) {
	var data []byte
	var err error
	switch {
	case len(packed) > 0 && packed[0] == blobPlain:
		data = packed[1:]
	case len(packed) > 0 && packed[0] == blobDeflated:
		data, err = io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed[1:])), blobMax+1))
	default:
		err = fmt.Errorf("unknown form")
	}
	if err == nil && store.Hash(sha256.Sum256(data)) != h {
		err = fmt.Errorf("content does not have this hash")
	}
	if err != nil {
		return nil, &store.Error{Kind: store.ErrInvalid, Op: "blob " + h.String(), Err: err}
	}
	return data, nil
}

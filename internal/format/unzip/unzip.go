package unzip

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// Limits of an archive.
const (
	MaxEntries  = 10_000
	MaxFile     = 20 << 20  // one file, unpacked
	MaxUnpacked = 200 << 20 // all files together
	MaxRatio    = 100       // unpacked to packed, after the first MiB
)

// Errors; test with errors.Is.
var (
	ErrBroken = errors.New("the archive is damaged")
	ErrLimit  = errors.New("the archive is too large")
)

// IsZip reports whether a file begins as a ZIP archive does.
func IsZip(head []byte) bool {
	return strings.HasPrefix(string(head[:min(len(head), 4)]), "PK\x03\x04")
}

// Zip calls fn for each regular file of an archive, with the last part of its name. Folders,
// links, hidden files and what is encrypted are left out. One file is in memory at a time.
// Errors: [ErrBroken], [ErrLimit], or what fn returned.
func Zip(src io.ReaderAt, size int64, fn func(name string, data []byte) error) error {
	archive, err := zip.NewReader(src, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return fmt.Errorf("%w: %v", ErrBroken, err)
	}
	if len(archive.File) > MaxEntries {
		return fmt.Errorf("%w: more than %d files", ErrLimit, MaxEntries)
	}
	total := int64(0)
	for _, f := range archive.File {
		name := path.Base(strings.ReplaceAll(f.Name, `\`, "/"))
		const encrypted = 1
		if !f.Mode().IsRegular() || f.Flags&encrypted != 0 || strings.HasPrefix(name, ".") || strings.HasSuffix(f.Name, "/") {
			continue
		}
		data, err := unpackFile(f)
		if err != nil {
			return err
		}
		if total += int64(len(data)); total > MaxUnpacked {
			return fmt.Errorf("%w: more than %d MiB unpacked", ErrLimit, MaxUnpacked>>20)
		}
		if err := fn(name, data); err != nil {
			return err
		}
	}
	return nil
}

func unpackFile(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrBroken, err)
	}
	defer r.Close()
	most := min(int64(MaxFile), max(1<<20, int64(min(f.CompressedSize64, MaxFile))*MaxRatio))
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %v", ErrBroken, err)
	case int64(len(data)) > most:
		return nil, fmt.Errorf("%w: a file in it unpacks to more than %d bytes", ErrLimit, most)
	}
	return data, nil
}

package unzip

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
)

func archive(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		h := &zip.FileHeader{Name: name, Method: zip.Deflate}
		if strings.HasSuffix(name, ".link") {
			h.SetMode(fs.ModeSymlink | 0o777)
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, text)
	}
	z.Close()
	return b.Bytes()
}

func unpacked(data []byte) (map[string]string, error) {
	got := map[string]string{}
	err := Zip(bytes.NewReader(data), int64(len(data)), func(name string, data []byte) error {
		got[name] = string(data)
		return nil
	})
	return got, err
}

// Names are the last part of a path whatever it says; folders, links and hidden files are
// left out.
func TestZip(t *testing.T) {
	got, err := unpacked(archive(t, map[string]string{"../../evil.pdf": "a", `C:\x\b.pdf`: "b", "dir/c.pdf": "c", "dir/": "",
		"l.link": "/etc/passwd", "__MACOSX/.x": "x"}))
	if err != nil || len(got) != 3 || got["evil.pdf"] != "a" || got["b.pdf"] != "b" || got["c.pdf"] != "c" {
		t.Error(got, err)
	}
}

func TestZipRefuses(t *testing.T) {
	bomb := archive(t, map[string]string{"b.pdf": strings.Repeat("0", 12<<20)})
	if _, err := unpacked(bomb); !errors.Is(err, ErrLimit) {
		t.Error(err)
	}
	whole := archive(t, map[string]string{"a.pdf": "some text"})
	for n := range whole {
		if _, err := unpacked(whole[:n]); err == nil {
			t.Fatalf("cut at %d", n)
		}
	}
	many := map[string]string{}
	for i := range MaxEntries + 1 {
		many[strings.Repeat("a", 1+i%50)+string(rune('a'+i%26))+strings.Repeat("b", i/50)] = ""
	}
	if len(many) > MaxEntries {
		if _, err := unpacked(archive(t, many)); !errors.Is(err, ErrLimit) {
			t.Error(err)
		}
	}
}

func FuzzZip(f *testing.F) {
	f.Add(archive(f, map[string]string{"a.pdf": "x"}))
	f.Fuzz(func(_ *testing.T, data []byte) {
		if len(data) < 1<<20 {
			unpacked(data)
		}
	})
}

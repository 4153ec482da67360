package law

import (
	"io/fs"
	"os"
	"testing"
	"testing/fstest"
)

func shippedSet(t testing.TB) *Set {
	t.Helper()
	set, err := Load()
	if err != nil {
		t.Fatalf("shipped tables:\n%v", err)
	}
	return set
}

func packOf(t testing.TB, code string) *Pack {
	t.Helper()
	pack, ok := shippedSet(t).Pack(code)
	if !ok {
		t.Fatalf("no pack %s", code)
	}
	return pack
}

// withFiles is the shipped tables as a plain map of files, with changes.
func withFiles(t testing.TB, changes map[string]string) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(shipped, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := shipped.ReadFile(path)
		files[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for path, text := range changes {
		files[path] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

// belgianSet is the shipped set with one more folder, that of Belgium, and no more
// Go: the proof that a jurisdiction is data.
func belgianSet(t testing.TB) *Set {
	t.Helper()
	changes := map[string]string{}
	for _, name := range []string{"pack.json", "rates_ecb_mro.csv"} {
		data, err := os.ReadFile("testdata/packs/BE/" + name)
		if err != nil {
			t.Fatal(err)
		}
		changes["packs/BE/"+name] = string(data)
	}
	set, err := LoadFS(withFiles(t, changes))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// Command generate writes the Go code of the page templates: for each x.templ the file
// x_templ.go beside it. With -check it writes nothing and fails where one is stale.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"go/format"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/a-h/templ/generator"
	"github.com/a-h/templ/parser/v2"
)

func main() {
	check := flag.Bool("check", false, "only look whether the generated files are current")
	root := flag.String("root", "internal", "where to look for templates")
	flag.Parse()
	stale, err := walk(*root, *check)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, name := range stale {
		fmt.Fprintf(os.Stderr, "%s is not what its template says: run make generate\n", name)
	}
	if len(stale) > 0 {
		os.Exit(1)
	}
}

// walk generates every template below root and returns, with check, the files that differ.
func walk(root string, check bool) (stale []string, err error) {
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".templ" {
			return err
		}
		code, err := generate(path)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		target := strings.TrimSuffix(path, ".templ") + "_templ.go"
		old, err := os.ReadFile(target)
		if err == nil && bytes.Equal(old, code) {
			return nil
		}
		if check {
			stale = append(stale, target)
			return nil
		}
		return os.WriteFile(target, code, 0o644)
	})
	return stale, err
}

// generate makes the Go code of one template.
func generate(path string) ([]byte, error) {
	file, err := parser.Parse(path)
	if err != nil {
		return nil, err
	}
	var code bytes.Buffer
	if _, err := generator.Generate(file, &code, generator.WithFileName(filepath.Base(path))); err != nil {
		return nil, err
	}
	return format.Source(code.Bytes())
}

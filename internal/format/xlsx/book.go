package xlsx

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// Limits of a workbook. Beyond them reading stops with [ErrLimit].
const (
	MaxUnpacked   = 200 << 20 // bytes of one part of the workbook, unpacked
	MaxRatio      = 100       // unpacked to packed, after the first MiB
	MaxEntries    = 10_000    // files in the archive
	MaxSheets     = 255
	MaxColumns    = 512
	MaxCellBytes  = 64 << 10
	maxStrings    = 4_000_000 // shared strings
	maxStringSize = 64 << 20  // bytes of them together
	maxStyles     = 65_536
	maxMerges     = 100_000
)

// Errors of a workbook as a whole; test with errors.Is.
var (
	ErrNotWorkbook = errors.New("not an Excel workbook")
	ErrBroken      = errors.New("the workbook is damaged")
	ErrLimit       = errors.New("the workbook is too large")
)

// Book is an open workbook. It is not safe for concurrent use.
type Book struct {
	Sheets []Sheet

	files     map[string]*zip.File
	strings   sharedStrings
	styles    []style
	date1904  bool
	loaded    bool
	workbooks string // path of the workbook part
}

// Sheet is one sheet of a workbook.
type Sheet struct {
	Name   string
	Hidden bool // not shown to who opens the workbook

	part   string // of the archive
	merges []merge
	looked bool // for merged cells
}

// Open reads the directory of a workbook; nothing of its sheets. Errors: [ErrNotWorkbook],
// [ErrBroken], [ErrLimit], or of src itself.
func Open(src io.ReaderAt, size int64) (*Book, error) {
	archive, err := zip.NewReader(src, size)
	switch {
	case errors.Is(err, zip.ErrInsecurePath): // names are looked up, never written to
	case err != nil:
		return nil, fmt.Errorf("%w: %v", ErrBroken, err)
	}
	if len(archive.File) > MaxEntries {
		return nil, fmt.Errorf("%w: more than %d files in it", ErrLimit, MaxEntries)
	}
	b := &Book{files: make(map[string]*zip.File, len(archive.File)), workbooks: "xl/workbook.xml"}
	for _, f := range archive.File {
		name := strings.ToLower(strings.TrimPrefix(f.Name, "/"))
		if _, twice := b.files[name]; twice {
			return nil, fmt.Errorf("%w: %q is in it twice", ErrBroken, f.Name)
		}
		b.files[name] = f
	}
	if err := b.findWorkbook(); err != nil {
		return nil, err
	}
	return b, b.readWorkbook()
}

// findWorkbook follows the relation of the package to its workbook.
func (b *Book) findWorkbook() error {
	err := b.scan("_rels/.rels", func(s *scanner) error {
		if s.name == "Relationship" && strings.HasSuffix(s.attr("Type"), "/officeDocument") {
			b.workbooks = resolve("", s.attr("Target"))
		}
		return nil
	})
	if err != nil && !errors.Is(err, errNoPart) {
		return err
	}
	if b.files[b.workbooks] != nil {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrNotWorkbook, b.kind())
}

// kind says what an archive is that holds no workbook of ours.
func (b *Book) kind() string {
	for name := range b.files {
		switch {
		case name == "xl/workbook.bin":
			return "it is a binary workbook (.xlsb); save it as .xlsx or CSV"
		case name == "content.xml":
			return "it is an OpenDocument file; save it as .xlsx or CSV"
		case strings.HasPrefix(name, "word/"):
			return "it is a Word document"
		case strings.HasPrefix(name, "index/") || strings.HasSuffix(name, ".iwa"):
			return "it is an Apple Numbers file; export it as Excel or CSV"
		}
	}
	return "it is an archive without a workbook in it; unpack it first"
}

// resolve is the path of a part that another names relative to itself.
func resolve(from, target string) string {
	if strings.HasPrefix(target, "/") {
		return strings.ToLower(strings.TrimPrefix(path.Clean(target), "/"))
	}
	return strings.ToLower(path.Join(path.Dir(from), target))
}

// readWorkbook lists the sheets.
func (b *Book) readWorkbook() error {
	targets := map[string]string{}
	dir, file := path.Split(b.workbooks)
	err := b.scan(dir+"_rels/"+file+".rels", func(s *scanner) error {
		if s.name == "Relationship" && strings.HasSuffix(s.attr("Type"), "/worksheet") {
			targets[s.attr("Id")] = resolve(b.workbooks, s.attr("Target"))
		}
		return nil
	})
	if err != nil && !errors.Is(err, errNoPart) {
		return err
	}
	err = b.scan(b.workbooks, func(s *scanner) error {
		switch s.name {
		case "workbookPr":
			b.date1904 = isTrue(s.attr("date1904"))
		case "sheet":
			part := targets[s.attr("id")]
			if b.files[part] == nil {
				return nil // a chart, or a sheet that is not there
			}
			if len(b.Sheets) == MaxSheets {
				return fmt.Errorf("%w: more than %d sheets", ErrLimit, MaxSheets)
			}
			state := s.attr("state")
			b.Sheets = append(b.Sheets, Sheet{Name: s.attr("name"), Hidden: state != "" && state != "visible",
				part: part})
		}
		return nil
	})
	if err == nil && len(b.Sheets) == 0 {
		err = fmt.Errorf("%w: it has no sheet", ErrBroken)
	}
	return err
}

func isTrue(s string) bool { return s == "1" || s == "true" }

// load reads what all sheets share, once.
func (b *Book) load() error {
	if b.loaded {
		return nil
	}
	dir := path.Dir(b.workbooks)
	if err := b.readStyles(path.Join(dir, "styles.xml")); err != nil && !errors.Is(err, errNoPart) {
		return err
	}
	err := b.readStrings(path.Join(dir, "sharedstrings.xml"))
	if err != nil && !errors.Is(err, errNoPart) {
		return err
	}
	b.loaded = true
	return nil
}

// errNoPart: the archive has no such file.
var errNoPart = errors.New("no such part")

// open unpacks one file of the archive, within the limits.
func (b *Book) open(name string) (io.ReadCloser, error) {
	f := b.files[name]
	if f == nil {
		return nil, errNoPart
	}
	if f.Mode().IsDir() || f.Flags&1 != 0 {
		return nil, fmt.Errorf("%w: %s cannot be unpacked", ErrBroken, name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %v", ErrBroken, name, err)
	}
	return &guarded{r, name, int64(f.CompressedSize64), 0}, nil
}

// guarded stops an archive that unpacks to more than it should.
type guarded struct {
	io.ReadCloser
	name   string
	packed int64
	read   int64
}

func (g *guarded) Read(p []byte) (int, error) {
	n, err := g.ReadCloser.Read(p)
	g.read += int64(n)
	switch {
	case g.read > MaxUnpacked:
		return 0, fmt.Errorf("%w: %s unpacks to more than %d MiB; save it as CSV", ErrLimit, g.name, MaxUnpacked>>20)
	case g.read > 1<<20 && g.read/MaxRatio > g.packed:
		return 0, fmt.Errorf("%w: %s unpacks to more than %d times its size", ErrLimit, g.name, MaxRatio)
	case err != nil && err != io.EOF:
		err = fmt.Errorf("%w: %s: %v", ErrBroken, g.name, err)
	}
	return n, err
}

// scan calls fn for every element that a part opens.
func (b *Book) scan(name string, fn func(*scanner) error) error {
	r, err := b.open(strings.ToLower(name))
	if err != nil {
		return err
	}
	defer r.Close()
	s := newScanner(r)
	for {
		token, err := s.next()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case token == opens:
			if err := fn(s); err != nil {
				return err
			}
		}
	}
}

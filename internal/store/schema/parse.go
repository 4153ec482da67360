package schema

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/store/sqltext"
)

// File is one file of schema text, split into statements.
type File struct {
	Name       string // NNNN_name.sql
	Version    int64  // NNNN
	Statements []Statement
	Digest     string // SHA-256, in hex, of the text of the files up to this one
}

// DigestOf is the digest of the text up to a version, "" if no file has it.
func DigestOf(files []File, version int64) string {
	for i := range files {
		if files[i].Version == version {
			return files[i].Digest
		}
	}
	return ""
}

// Statement is one statement of a file.
type Statement struct {
	Line   int
	SQLite string
	// Postgres is what the statement becomes there: itself and row security.
	Postgres []string
}

// Load reads all *.sql files of a file system, in order of their numbers, and
// builds the registry. Errors name file and line.
func Load(files fs.FS) (*Schema, []File, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return nil, nil, err
	}
	sort.Strings(names)
	s := &Schema{byName: map[string]*Table{}, Version: -1}
	var loaded []File
	whole := sha256.New()
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, nil, err
		}
		f, err := s.add(name, string(text))
		if err != nil {
			return nil, nil, fmt.Errorf("schema %s: %w", name, err)
		}
		whole.Write(text)
		f.Digest = hex.EncodeToString(whole.Sum(nil))
		loaded = append(loaded, f)
	}
	if len(loaded) == 0 {
		return nil, nil, fmt.Errorf("schema: no NNNN_name.sql files")
	}
	return s, loaded, nil
}

func (s *Schema) add(name, text string) (File, error) {
	number, _, ok := strings.Cut(path.Base(name), "_")
	version, err := strconv.ParseInt(number, 10, 32)
	if !ok || err != nil || len(number) != 4 {
		return File{}, fmt.Errorf("expected a name like 0001_book.sql")
	}
	if version <= s.Version {
		return File{}, fmt.Errorf("number %d is used twice", version)
	}
	s.Version = version
	f := File{Name: name, Version: version}
	tokens, err := sqltext.Lex(text)
	if err != nil {
		return f, err
	}
	for _, stmt := range split(tokens) {
		done, err := s.statement(stmt)
		if err != nil {
			return f, err
		}
		f.Statements = append(f.Statements, done)
	}
	return f, nil
}

// split cuts tokens into statements at semicolons; comments before a statement's
// first word are dropped.
func split(tokens []sqltext.Token) [][]sqltext.Token {
	var all [][]sqltext.Token
	var one []sqltext.Token
	for _, t := range tokens {
		if t.IsPunct(";") {
			if len(one) > 0 {
				all = append(all, one)
			}
			one = nil
			continue
		}
		if len(one) > 0 || t.Kind != sqltext.Space && t.Kind != sqltext.Comment {
			one = append(one, t)
		}
	}
	if len(one) > 0 {
		all = append(all, one)
	}
	return all
}

// statement enters one statement into the registry and derives its PostgreSQL form.
func (s *Schema) statement(tokens []sqltext.Token) (Statement, error) {
	st := Statement{Line: tokens[0].Line}
	p := &parser{schema: s, tokens: tokens}
	var err error
	switch {
	case p.take("CREATE", "TABLE"):
		st.Postgres, err = p.createTable()
	case p.take("CREATE", "UNIQUE", "INDEX"):
		err = p.createIndex(true)
	case p.take("CREATE", "INDEX"):
		err = p.createIndex(false)
	case p.take("DROP", "INDEX"):
		s.dropIndex(p.name())
	case p.take("ALTER", "TABLE"):
		st.Postgres, err = p.alterTable()
	case p.take("UPDATE"), p.take("INSERT"), p.take("DELETE"):
		// Data is carried over as it stands; both engines must accept it.
	default:
		err = fmt.Errorf("%s is not understood here", tokens[0].Text)
	}
	if err != nil {
		return st, fmt.Errorf("line %d: %w", p.line(), err)
	}
	st.SQLite = join(p.tokens[:len(tokens)]) // the parser has put in what SQLite calls a day
	if st.Postgres == nil {
		st.Postgres = []string{st.SQLite}
	}
	return st, nil
}

func join(tokens []sqltext.Token) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteString(t.Text)
	}
	return strings.TrimSpace(b.String())
}

package law

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
)

//go:embed packs rates world.json
var shipped embed.FS

// Set is all jurisdictions and the facts they share. It is immutable and safe
// for concurrent use.
type Set struct {
	packs   map[string]*Pack // by code, alias and region
	codes   []string
	world   world
	version string
}

// Load returns the set shipped with the program, read once. An error means that
// the program was built with wrong tables.
func Load() (*Set, error) { return loadShipped() }

var loadShipped = sync.OnceValues(func() (*Set, error) { return LoadFS(shipped) })

// LoadFS reads a set from a file system laid out like the shipped one:
//
//	packs/<CODE>/pack.json       the rules of one jurisdiction
//	packs/<CODE>/rates_<name>.csv  a reference rate only it uses
//	packs/<CODE>/examples.json   hand-computed cases, read by the tests only
//	rates/<name>.csv             a reference rate that several packs use
//	world.json                   facts that belong to no jurisdiction
//
// The reading is strict. The error joins every problem found, each naming its
// file and the field or row.
func LoadFS(fsys fs.FS) (*Set, error) {
	p := &problems{}
	set := &Set{packs: map[string]*Pack{}}
	set.readWorld(fsys, p)
	shared := readSharedRates(fsys, p)
	folders, err := fs.ReadDir(fsys, "packs")
	if err != nil {
		return nil, fmt.Errorf("packs: %w", err)
	}
	for _, folder := range folders {
		if pack := readPack(fsys, folder.Name(), shared, p); pack != nil {
			set.add(pack, p)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(shared)) {
		if !shared[name].used {
			p.addf("rates/"+name+".csv", "file", "no pack uses this table")
		}
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	if set.version, err = hashTables(fsys); err != nil {
		return nil, err
	}
	for _, pack := range set.packs {
		pack.version = set.version
	}
	return set, nil
}

// Pack returns the rules for a code: the exact code ("GB-SCT"), an alias of a
// pack ("GB" is GB-EW), or else the pack of the country ("DE-BY" is DE, since
// the states of Germany share one law of obligations). It reports false where no
// pack is shipped; then nothing may be claimed but the principal.
func (s *Set) Pack(code string) (*Pack, bool) {
	if p, ok := s.packs[code]; ok {
		return p, true
	}
	country, _, divided := strings.Cut(code, "-")
	if !divided {
		return nil, false
	}
	p, ok := s.packs[country]
	return p, ok
}

// Codes lists the packs in alphabetical order, without aliases and regions.
func (s *Set) Codes() []string { return slices.Clone(s.codes) }

// Version is a short hash over all tables. It is stored with each decision, so
// that a changed table makes the decision old.
func (s *Set) Version() string { return s.version }

func (s *Set) add(pack *Pack, p *problems) {
	s.codes = append(s.codes, pack.code)
	named := append([]*Pack{pack}, pack.forRegions()...)
	for _, one := range named {
		s.name(one.code, one, p)
	}
	for _, alias := range pack.aliases {
		s.name(alias, pack, p)
	}
}

func (s *Set) name(code string, pack *Pack, p *problems) {
	if other, taken := s.packs[code]; taken {
		p.addf(pack.file(), "code", "%q is taken by pack %s", code, other.code)
		return
	}
	s.packs[code] = pack
}

// sharedTable is a table of rates/ and whether a pack refers to it.
type sharedTable struct {
	table *rateTable
	used  bool
}

func readSharedRates(fsys fs.FS, p *problems) map[string]*sharedTable {
	shared := map[string]*sharedTable{}
	entries, err := fs.ReadDir(fsys, "rates")
	if err != nil {
		p.addf("rates", "folder", "%v", err)
	}
	for _, entry := range entries {
		name, isCSV := strings.CutSuffix(entry.Name(), ".csv")
		if !isCSV {
			p.addf("rates/"+entry.Name(), "file", "expected a file named <name>.csv")
			continue
		}
		shared[name] = &sharedTable{table: readRates(fsys, "rates/"+entry.Name(), name, p)}
	}
	return shared
}

// hashTables covers every file that can change an answer, with its name.
func hashTables(fsys fs.FS) (string, error) {
	hash := sha256.New()
	var err error
	for _, root := range []string{"packs", "rates", "world.json"} {
		err = errors.Join(err, fs.WalkDir(fsys, root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || entry.Name() == examplesFile {
				return err
			}
			data, err := fs.ReadFile(fsys, path)
			fmt.Fprintf(hash, "%s %d\n", path, len(data))
			hash.Write(data)
			return err
		}))
	}
	return hex.EncodeToString(hash.Sum(nil))[:12], err
}

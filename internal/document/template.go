package document

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/recoup-project/recoup/internal/document/locale"
)

//go:embed templates
var shippedFiles embed.FS

// blockNames are the parts that the texts of one language share. A text writes one
// with {{.block.pay}}; a block cannot use another block.
var blockNames = []string{"head", "items", "apart", "pay", "reply", "figures", "earlier", "attached",
	"sign"}

// Template is one checked text of a step in a language. It is immutable and safe
// for concurrent use.
type Template struct {
	Language locale.Language
	Step     Step
	Variant  Variant
	Tone     Tone
	Version  string // as its front matter says
	// ID names the exact text: language, step, version and the beginning of the
	// hash of the source with all its blocks.
	ID      string
	subject *program
	body    *program
	blocks  map[string]*program
}

// Parse reads a text: front matter between two lines of ---, with subject, tone and
// version, then Markdown with fields. The shared blocks are those that ship with
// the language. It refuses, with [ErrTemplate] and a place, anything a message
// cannot hold; it does not lint (see [Lint]).
func Parse(lang locale.Language, step Step, variant Variant, source string) (*Template, error) {
	shared, err := blocksOf(lang)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(Steps(), step) {
		return nil, fmt.Errorf("%w: there is no step %q with a text", ErrTemplate, step)
	}
	meta, body, err := frontMatter(source)
	if err != nil {
		return nil, fmt.Errorf("%w: %s of %s: %w", ErrTemplate, step, lang, err)
	}
	name := string(lang) + "/" + string(step)
	if variant != Standard {
		name += "." + string(variant)
	}
	t := &Template{Language: lang, Step: step, Variant: variant, Tone: Tone(meta["tone"]),
		Version: meta["version"], blocks: shared.programs}
	root := fields()
	if t.subject, err = compile(name+" subject", meta["subject"], true, root); err != nil {
		return nil, err
	}
	root["block"] = shared.parts
	if t.body, err = compile(name, body, false, root); err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(source + "\x00" + shared.source))
	t.ID = fmt.Sprintf("%s@%s+%s", name, t.Version, hex.EncodeToString(sum[:6]))
	return t, nil
}

// Shipped returns the text that ships for a step. A variant without a text of its
// own in that language falls back to the standard one.
func Shipped(lang locale.Language, step Step, variant Variant) (*Template, error) {
	source, found, err := ShippedSource(lang, step, variant)
	if err != nil {
		return nil, err
	}
	key := string(lang) + "/" + string(step) + "/" + string(found)
	if t, ok := parsedTemplates.Load(key); ok {
		return t.(*Template), nil
	}
	t, err := Parse(lang, step, found, source)
	if err != nil {
		return nil, err
	}
	kept, _ := parsedTemplates.LoadOrStore(key, t)
	return kept.(*Template), nil
}

var parsedTemplates sync.Map // string → *Template

// ShippedSource is the source of the text that ships for a step, with the variant
// it belongs to, for people who want to copy and edit it.
func ShippedSource(lang locale.Language, step Step, variant Variant) (string, Variant, error) {
	name := string(step)
	if variant != Standard {
		if b, err := shippedFiles.ReadFile(templatePath(lang, name+"."+string(variant))); err == nil {
			return string(b), variant, nil
		}
	}
	b, err := shippedFiles.ReadFile(templatePath(lang, name))
	if err != nil {
		return "", Standard, fmt.Errorf("%w: there is no text for %q in %q", fs.ErrNotExist, step, lang)
	}
	return string(b), Standard, nil
}

func templatePath(lang locale.Language, name string) string {
	return path.Join("templates", string(lang), name+".md")
}

// blockSet is the compiled blocks of one language.
type blockSet struct {
	programs map[string]*program
	parts    record // the same as a text names them
	source   string // all sources, for the hash
	err      error
}

var parsedBlocks sync.Map // locale.Language → *blockSet

func blocksOf(lang locale.Language) (*blockSet, error) {
	if b, ok := parsedBlocks.Load(lang); ok {
		return b.(*blockSet), b.(*blockSet).err
	}
	b := loadBlocks(lang)
	kept, _ := parsedBlocks.LoadOrStore(lang, b)
	return kept.(*blockSet), kept.(*blockSet).err
}

func loadBlocks(lang locale.Language) *blockSet {
	if !lang.Known() {
		return &blockSet{err: fmt.Errorf("%w: there is no language %q", ErrTemplate, lang)}
	}
	set := &blockSet{programs: make(map[string]*program, len(blockNames)), parts: record{}}
	root := fields()
	for _, name := range blockNames {
		b, err := shippedFiles.ReadFile(templatePath(lang, "blocks/"+name))
		if err != nil {
			set.err = err
			return set
		}
		set.source += name + "\x00" + string(b) + "\x00"
		p, err := compile(string(lang)+"/blocks/"+name, string(b), false, root)
		if err != nil {
			set.err = err
			return set
		}
		set.programs[name], set.parts[name] = p, &part{name: name, program: p}
	}
	return set
}

// frontMatter splits a source into its three settings and the Markdown after them.
func frontMatter(source string) (map[string]string, string, error) {
	source = strings.ReplaceAll(source, "\r\n", "\n")
	rest, ok := strings.CutPrefix(source, "---\n")
	head, body, closed := strings.Cut(rest, "\n---\n")
	if !ok || !closed {
		return nil, "", fmt.Errorf("the text must begin with --- and its settings, then --- again")
	}
	meta := map[string]string{}
	for _, line := range strings.Split(head, "\n") {
		key, value, hasColon := strings.Cut(line, ":")
		key = strings.TrimSpace(key)
		if !hasColon || !slices.Contains([]string{"subject", "tone", "version"}, key) {
			return nil, "", fmt.Errorf("line %q: expected subject, tone or version and a colon", line)
		}
		if _, twice := meta[key]; twice {
			return nil, "", fmt.Errorf("%s stands twice", key)
		}
		meta[key] = strings.TrimSpace(value)
	}
	for _, key := range []string{"subject", "tone", "version"} {
		if meta[key] == "" {
			return nil, "", fmt.Errorf("%s is missing", key)
		}
	}
	if !slices.Contains([]Tone{Warm, Neutral, Firm, Legal}, Tone(meta["tone"])) {
		return nil, "", fmt.Errorf("tone %q: expected warm, neutral, firm or legal", meta["tone"])
	}
	return meta, body, nil
}

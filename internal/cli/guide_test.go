package cli

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// TestGuide: every command line of the guide for users can be parsed, and every
// command that exists is in the guide.
func TestGuide(t *testing.T) {
	guide, lines := commandLines(t, "start.md")
	for _, line := range lines {
		if _, err := parserFor(t).Parse(shellWords(line)[1:]); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	if len(lines) < 30 {
		t.Errorf("only %d command lines were found in the guide", len(lines))
	}
	for _, command := range commands(parserFor(t).Model.Node, "") {
		if !strings.Contains(guide, "`recoup "+command) && !strings.Contains(guide, "`"+command) {
			t.Errorf("the guide does not name recoup %s", command)
		}
	}
}

// TestOperating: every command line of the guide for operators does what it says, one
// after the other, on a new book with a few invoices.
func TestOperating(t *testing.T) {
	_, lines := commandLines(t, "operate.md")
	t.Chdir(t.TempDir())
	b := at{t, "recoup.db"}
	b.done("init", "--name", "Brightwater", "--country", "GB", "--currency", "GBP")
	if err := os.WriteFile("open.csv", []byte(ledger), 0o600); err != nil {
		t.Fatal(err)
	}
	b.done("import", "invoices", "open.csv")
	if len(lines) < 12 {
		t.Errorf("only %d command lines were found in the guide", len(lines))
	}
	for _, line := range lines {
		args := shellWords(line)[1:]
		if args[0] == "--db" {
			b.book, args = args[1], args[2:]
		} else {
			b.book = "recoup.db"
		}
		b.done(args...)
	}
}

// commandLines are the text of a guide and the lines of its shell blocks.
func commandLines(t *testing.T, name string) (guide string, lines []string) {
	t.Helper()
	raw, err := os.ReadFile("../../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(raw), -1) {
		lines = append(lines, strings.Split(strings.TrimSpace(block[1]), "\n")...)
	}
	return string(raw), lines
}

func parserFor(t *testing.T) *kong.Kong {
	t.Helper()
	parser, err := kong.New(&grammar{}, vocabulary(), values, kong.NoDefaultHelp(), kong.ExplicitGroups(groups))
	if err != nil {
		t.Fatal(err)
	}
	return parser
}

// commands lists the commands that do something: "hold add".
func commands(n *kong.Node, path string) (all []string) {
	if len(n.Children) == 0 {
		return []string{strings.TrimSpace(path)}
	}
	for _, c := range n.Children {
		if c.Type == kong.CommandNode {
			all = append(all, commands(c, path+" "+c.Name)...)
		}
	}
	return all
}

var word = regexp.MustCompile(`"[^"]*"|\S+`)

// shellWords splits a line as a shell does, as far as the guide needs it.
func shellWords(line string) []string {
	words := word.FindAllString(line, -1)
	for i := range words {
		words[i] = strings.Trim(words[i], `"`)
	}
	return slices.DeleteFunc(words, func(w string) bool { return w == "" })
}

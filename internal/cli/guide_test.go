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
	raw, err := os.ReadFile("../../docs/start.md")
	if err != nil {
		t.Fatal(err)
	}
	guide := string(raw)
	lines := 0
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(guide, -1) {
		for _, line := range strings.Split(strings.TrimSpace(block[1]), "\n") {
			lines++
			if _, err := parserFor(t).Parse(shellWords(line)[1:]); err != nil {
				t.Errorf("%s: %v", line, err)
			}
		}
	}
	if lines < 30 {
		t.Errorf("only %d command lines were found in the guide", lines)
	}
	for _, command := range commands(parserFor(t).Model.Node, "") {
		if !strings.Contains(guide, "`recoup "+command) && !strings.Contains(guide, "`"+command) {
			t.Errorf("the guide does not name recoup %s", command)
		}
	}
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

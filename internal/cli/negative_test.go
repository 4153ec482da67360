package cli

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// TestNegativeValues: a negative number is a value wherever one may stand, and nothing else
// on the command line changes its place among its like.
func TestNegativeValues(t *testing.T) {
	var g grammar
	parser, err := kong.New(&g, kong.Name("recoup"), kong.Writers(io.Discard, io.Discard), kong.NoDefaultHelp(),
		kong.ExplicitGroups(groups), vocabulary(), values)
	if err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]string{
		"config set policy.tolerance 1":                      "",
		"config set policy.tolerance -1":                     "config set policy.tolerance -- -1",
		"config set policy.tolerance -1 --json --by anna":    "config set policy.tolerance --json --by anna -- -1",
		"config set -- policy.tolerance -1":                  "",
		"pay item:A --amount -.5 --json":                     "pay item:A --amount=-.5 --json",
		"--json -1 foo":                                      "--json -- -1 foo",
		"hold add item:A --reason -x":                        "",
		"config set smtp.url -":                              "",
		"config set policy.tolerance -1 extra -- --of=these": "config set policy.tolerance -- -1 extra --of=these",
	} {
		if want == "" {
			want = args
		}
		if got := withNegatives(parser, strings.Fields(args)); !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("%s: %q, expected %s", args, got, want)
		}
	}
}

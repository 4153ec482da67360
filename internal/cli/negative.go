package cli

import (
	"strings"

	"github.com/alecthomas/kong"
)

// withNegatives lets a value be a negative number, so that the command itself says what it
// expects. No flag begins with a digit, but the parser takes -1 for one: it is joined to the
// flag before it, or stands with all that are no flags behind a "--".
func withNegatives(parser *kong.Kong, args []string) []string {
	var valued map[string]bool
	var out, behind []string
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			behind = append(behind, args[i+1:]...)
			break
		}
		if isNegative(arg) && valued == nil {
			valued = valuedFlags(parser)
		}
		value := len(out) > 0 && valued[out[len(out)-1]]
		switch {
		case isNegative(arg) && value:
			out[len(out)-1] += "=" + arg
		case isNegative(arg) || (len(behind) > 0 && !value && !strings.HasPrefix(arg, "-")):
			behind = append(behind, arg)
		default:
			out = append(out, arg)
		}
	}
	if len(behind) > 0 {
		out = append(append(out, "--"), behind...)
	}
	return out
}

func isNegative(arg string) bool {
	return len(arg) > 1 && arg[0] == '-' && (arg[1] == '.' || (arg[1] >= '0' && arg[1] <= '9'))
}

// valuedFlags are the flags of all commands that take a value.
func valuedFlags(parser *kong.Kong) map[string]bool {
	flags := map[string]bool{}
	err := kong.Visit(parser.Model, func(node kong.Visitable, next kong.Next) error {
		if f, ok := node.(*kong.Flag); ok && !f.IsBool() {
			flags["--"+f.Name] = true
		}
		return next(nil)
	})
	if err != nil {
		panic("cli: " + err.Error()) // no visit fails
	}
	return flags
}

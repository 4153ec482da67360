package cli

import "strings"

// later lists the commands of capabilities that are not there yet. A line of two
// words is one command of a group whose other commands may exist.
var later = []string{
	"import bank", "bank parse", "match", "bench match",
	"report cash", "law check", "law status", "law list", "law show", "law import", "limitation", "compensation",
	"court-fee", "garnishment", "routes", "mail classify", "dispute", "promise", "defer", "plan", "settle",
	"acknowledge", "route", "place", "recall", "ack", "commission", "case", "measure", "deadlines", "bundle",
}

// takesValue are the flags that stand before a command and take a value: their
// values are no words of the command.
var takesValue = map[string]bool{"--db": true, "--creditor": true, "--by": true, "--as-of": true,
	"--known-at": true, "--command-id": true}

// notSupportedYet answers for commands that later versions add.
func notSupportedYet(args []string) error {
	words := split(args)
	for _, command := range later {
		if strings.HasPrefix(strings.Join(words, " ")+" ", command+" ") {
			return unsupported("recoup " + command)
		}
	}
	return nil
}

// split takes the words out of a command line and leaves its flags.
func split(args []string) (words []string) {
	for i := 0; i < len(args) && args[i] != "--"; i++ {
		if !strings.HasPrefix(args[i], "-") {
			words = append(words, args[i])
			continue
		}
		if name, _, joined := strings.Cut(args[i], "="); takesValue[name] && !joined {
			i++
		}
	}
	return words
}

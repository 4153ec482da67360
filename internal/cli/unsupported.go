package cli

import "strings"

// later lists the commands of capabilities that are not there yet. A line of two
// words is one command of a group whose other commands may exist.
var later = []string{
	"import documents", "import bank", "bank parse", "match", "bench match",
	"report cash", "law check", "law status", "law list", "law show", "law import", "limitation", "compensation",
	"court-fee", "garnishment", "routes", "mail classify", "dispute", "promise", "defer", "plan", "settle",
	"acknowledge", "route", "place", "recall", "ack", "commission", "case", "measure", "deadlines", "bundle",
}

// laterFlags lists flags of capabilities that are not there yet, by command.
var laterFlags = map[string]string{"doctor": "--demo"}

// takesValue are the flags that stand before a command and take a value: their
// values are no words of the command.
var takesValue = map[string]bool{"--db": true, "--creditor": true, "--by": true, "--as-of": true,
	"--known-at": true, "--command-id": true}

// notSupportedYet answers for commands and flags that later versions add.
func notSupportedYet(args []string) error {
	words, flags := split(args)
	for _, command := range later {
		if strings.HasPrefix(strings.Join(words, " ")+" ", command+" ") {
			return unsupported("recoup " + command)
		}
	}
	if len(words) == 0 {
		return nil
	}
	if flag := laterFlags[words[0]]; flag != "" && flags[flag] {
		return unsupported("recoup " + words[0] + " " + flag)
	}
	return nil
}

// split tells the words of a command line from its flags.
func split(args []string) (words []string, flags map[string]bool) {
	flags = map[string]bool{}
	for i := 0; i < len(args) && args[i] != "--"; i++ {
		if !strings.HasPrefix(args[i], "-") {
			words = append(words, args[i])
			continue
		}
		name, _, joined := strings.Cut(args[i], "=")
		flags[name] = true
		if takesValue[name] && !joined {
			i++
		}
	}
	return words, flags
}

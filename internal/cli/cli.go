package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
)

// Env is what the program knows of its surroundings beside its arguments.
type Env struct {
	Getenv func(string) string // for RECOUP_DB and the like
	User   string              // name of the operating system's user
	Build  string              // version of the program, stored with decisions
	Commit string              // of the source, if known
}

// Run runs one command line (without the program's name) and returns the exit
// status: 0 done, 1 failed and may work later, 2 wrong usage, 3 refused or invalid,
// 4 done in part. Answers go to stdout, everything else to stderr.
func Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, env Env) int {
	s := &session{ctx: ctx, in: stdin, out: stdout, errs: stderr, env: env}
	s.flags.JSON = asked(args, "--json")
	s.flags.JSONL = asked(args, "--jsonl")
	defer s.close()
	return s.finish(s.run(args))
}

// asked reports whether a switch stands on the command line: errors in the rest of
// it must already be told in the form that was asked for.
func asked(args []string, name string) bool {
	for _, a := range args {
		if a == "--" {
			return false
		}
		if a == name {
			return true
		}
	}
	return false
}

// run parses and executes.
func (s *session) run(args []string) error {
	if err := notSupportedYet(args); err != nil {
		return err
	}
	go app.ReadTables() // what most commands need next
	var g grammar
	helped := false
	var help bytes.Buffer
	parser, err := kong.New(&g, kong.Name("recoup"), kong.Description(description),
		kong.Writers(&help, io.Discard), kong.Exit(func(int) { helped = true }), kong.NoDefaultHelp(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true, NoExpandSubcommands: true}),
		kong.ExplicitGroups(groups), vocabulary(), values)
	if err != nil {
		return err
	}
	args, wantsHelp := withoutHelp(args)
	if wantsHelp {
		return s.help(parser, args, &help)
	}
	k, err := parser.Parse(withNegatives(parser, args))
	if err != nil || helped {
		return usageError(err)
	}
	s.flags = g.globals
	s.command = strings.Join(words(k), " ")
	if err := s.checkTimes(); err != nil {
		return err
	}
	return k.Run(s)
}

// withoutHelp takes --help and -h out of the arguments.
func withoutHelp(args []string) (rest []string, wanted bool) {
	end := len(args)
	if i := slices.Index(args, "--"); i >= 0 {
		end = i
	}
	for i, a := range args {
		if i < end && (a == "--help" || a == "-h") {
			wanted = true
			continue
		}
		rest = append(rest, a)
	}
	return rest, wanted || len(args) == 0
}

// help prints what the program, or the command that the arguments name, can do.
func (s *session) help(parser *kong.Kong, args []string, text *bytes.Buffer) error {
	k, err := kong.Trace(parser, args)
	if err != nil {
		return usageError(err)
	}
	hideTimes(parser, strings.Join(words(k), " "))
	if err := k.PrintUsage(false); err != nil {
		return err
	}
	_, err = s.out.Write(text.Bytes())
	return err
}

// hideTimes takes the flags for another time out of the help of a command that refuses
// them.
func hideTimes(parser *kong.Kong, command string) {
	for _, flag := range parser.Model.Flags {
		switch flag.Name {
		case "as-of":
			flag.Hidden = !taken(takesAsOf, command)
		case "known-at":
			flag.Hidden = !taken(takesKnownAt, command)
		}
	}
}

// taken reports whether a flag is taken by a command or by one of its group.
func taken(by map[string]bool, command string) bool {
	for name := range by {
		if strings.HasPrefix(name+" ", command+" ") || command == "" {
			return true
		}
	}
	return false
}

// vocabulary is the closed lists of words that the help names.
func vocabulary() kong.Vars {
	kinds := make([]string, len(book.HoldKinds))
	for i, k := range book.HoldKinds {
		kinds[i] = string(k)
	}
	return kong.Vars{
		"holds":    strings.Join(kinds, ", ") + ".",
		"outcomes": "What came of it, in a word or two: reached, no_answer, promised. " + app.TaskAnswers(),
		"causes":   strings.Join(app.LateReasons, ", ") + ".",
	}
}

// words are the names of the command that was given, without its arguments.
func words(k *kong.Context) []string {
	var names []string
	for _, p := range k.Path {
		if p.Command != nil {
			names = append(names, p.Command.Name)
		}
	}
	return names
}

// usageError gives a mistake on the command line its kind.
func usageError(err error) error {
	var parse *kong.ParseError
	if errors.As(err, &parse) {
		return usage("%s", parse.Error())
	}
	return err
}

const description = "Credit control and debt recovery for business invoices: " +
	"who is reminded of what, when, and why."

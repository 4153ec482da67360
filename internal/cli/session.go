package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/mattn/go-isatty"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/cal"
)

// globals are the flags that every command takes.
type globals struct {
	DB        string   `name:"db" placeholder:"BOOK" help:"The book: a file, or postgres://… . Default: RECOUP_DB, else ./recoup.db."`
	Creditor  string   `placeholder:"CODE" help:"Which creditor, where the book has more than one."`
	By        string   `placeholder:"USER" help:"Who acts. Default: cli: and the name of the computer's user."`
	DryRun    bool     `name:"dry-run" help:"Do it, show the outcome, and take it back."`
	AsOf      cal.Date `name:"as-of" placeholder:"DAY" default:"none" help:"What holds at the end of DAY (YYYY-MM-DD), as known now."`
	KnownAt   instant  `name:"known-at" placeholder:"TIME" help:"What was known at TIME (2026-11-17T09:00:00Z)."`
	CommandID string   `name:"command-id" placeholder:"ID" help:"Name of this command: repeated, it is done once and answers the same."`
	JSON      bool     `name:"json" help:"Answer with one JSON document."`
	JSONL     bool     `name:"jsonl" help:"Answer with one JSON document a line, for long lists."`
}

// session is one command under way.
type session struct {
	ctx     context.Context
	in      io.Reader
	out     io.Writer
	errs    io.Writer
	env     Env
	flags   globals
	command string   // its words: "report aging"
	app     *app.App // nil until the book is opened
}

// defaultBook is the book of the working directory.
const defaultBook = "recoup.db"

// address is where the book lies.
func (s *session) address() (string, error) {
	if s.flags.DB != "" {
		return s.flags.DB, nil
	}
	if a := s.env.Getenv("RECOUP_DB"); a != "" {
		return a, nil
	}
	if _, err := os.Stat(defaultBook); err == nil {
		return defaultBook, nil
	}
	return "", usage("which book? Give --db or set RECOUP_DB; there is no %s here", defaultBook)
}

// open opens the book and its use cases.
func (s *session) open() (*app.App, error) {
	if s.app != nil {
		return s.app, nil
	}
	address, err := s.address()
	if err != nil {
		return nil, err
	}
	if s.app, err = app.OpenBook(s.ctx, address, s.env.Build); err != nil {
		return nil, err
	}
	return s.app, s.checkCreditor()
}

// wholeBook names the commands that work on all creditors of a book at once.
var wholeBook = map[string]bool{"run": true, "send": true, "serve": true}

// checkCreditor refuses a creditor that is not there, and one that a command cannot be
// narrowed to: it must not do more than was asked.
func (s *session) checkCreditor() error {
	if s.flags.Creditor == "" {
		return nil
	}
	all, err := s.app.Creditors(s.ctx)
	switch {
	case err != nil:
		return err
	case !slices.ContainsFunc(all, func(c app.CreditorInfo) bool { return c.Code == s.flags.Creditor }):
		return &app.Error{Kind: app.NotFound, Code: "creditor_not_found",
			Message: fmt.Sprintf("there is no creditor %q", s.flags.Creditor)}
	case len(all) > 1 && wholeBook[s.command]:
		return &app.Error{Kind: app.Refused, Code: "not_supported_yet",
			Message: "recoup " + s.command + " works on all creditors of the book: leave out --creditor"}
	}
	return nil
}

func (s *session) close() {
	if s.app != nil {
		s.app.Close()
	}
}

// request is who asks, for commands that write.
func (s *session) request(why string) (app.Request, error) {
	r := app.Request{Actor: "cli:" + s.env.User, CommandID: s.flags.CommandID, Reason: why,
		DryRun: s.flags.DryRun}
	if by := s.flags.By; by != "" {
		if strings.ContainsAny(by, "@ \t\n") {
			return r, usage("--by %q: expected the short name of a user, without spaces and no address", by)
		}
		r.Actor = by
	}
	return r, nil
}

// opened is open and request in one, for the commands that write.
func (s *session) opened(why string) (*app.App, app.Request, error) {
	r, err := s.request(why)
	if err != nil {
		return nil, r, err
	}
	a, err := s.open()
	if err == nil && s.flags.By != "" {
		r, err = a.Actor(s.ctx, r, r.Actor)
	}
	return a, r, err
}

// openedFor is opened for a command about one message or task, by its number.
func (s *session) openedFor(kind, ref, why string) (*app.App, app.Request, int64, error) {
	ids, err := ids(kind, []string{ref})
	if err != nil {
		return nil, app.Request{}, 0, err
	}
	a, r, err := s.opened(why)
	return a, r, ids[0], err
}

// found is opened for a command about what a reference names.
func (s *session) found(ref, why string) (*app.App, app.Request, app.Subject, error) {
	a, r, err := s.opened(why)
	if err != nil {
		return nil, r, app.Subject{}, err
	}
	subject, err := a.Find(s.ctx, s.flags.Creditor, ref)
	return a, r, subject, err
}

// customer opens the book and shows the customer that a reference names or belongs to.
func (s *session) customer(ref string) (app.CustomerView, error) {
	a, _, subject, err := s.found(ref, "")
	if err != nil {
		return app.CustomerView{}, err
	}
	return a.Customer(s.ctx, subject.Customer)
}

// machine reports whether a program reads the answer.
func (s *session) machine() bool { return s.flags.JSON || s.flags.JSONL }

// terminal reports whether a stream of the program is a terminal.
func terminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && (isatty.IsTerminal(f.Fd()) || isatty.IsCygwinTerminal(f.Fd()))
}

// takesAsOf and takesKnownAt name the commands that can look at another day, or
// back in knowledge.
var (
	takesAsOf = map[string]bool{"report aging": true, "run": true, "import invoices": true,
		"import open-items": true, "import customers": true, "import contacts": true, "reconcile": true,
		"explain": true}
	takesKnownAt = map[string]bool{"report aging": true}
)

// checkTimes refuses a look at another time to commands that cannot give it: they
// must not answer for another time than was asked.
func (s *session) checkTimes() error {
	if s.flags.AsOf != cal.None && !takesAsOf[s.command] {
		return unsupported("--as-of for " + s.command)
	}
	if !s.flags.KnownAt.IsZero() && !takesKnownAt[s.command] {
		return unsupported("--known-at for " + s.command)
	}
	return nil
}

package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
)

// kindUsage is the one kind of error that only a command line has.
const kindUsage app.Kind = "usage"

// Exit statuses.
const (
	exitDone    = 0
	exitFailed  = 1 // trying again may help
	exitUsage   = 2
	exitRefused = 3 // trying again will not help
	exitPartly  = 4
)

// exitOf is the one mapping from kinds of errors to exit statuses.
func exitOf(kind app.Kind) int {
	switch kind {
	case app.Invalid, app.NotFound, app.Conflict, app.Refused:
		return exitRefused
	case kindUsage:
		return exitUsage
	}
	return exitFailed
}

// told is an exit status whose answer has been printed already.
type told int

func (t told) Error() string { return fmt.Sprintf("exit status %d", int(t)) }

// errPartly ends a command that was done in part and has said so.
const errPartly = told(exitPartly)

func usage(format string, args ...any) error {
	return &app.Error{Kind: kindUsage, Code: "usage", Message: fmt.Sprintf(format, args...)}
}

func invalid(code, format string, args ...any) error {
	return &app.Error{Kind: app.Invalid, Code: code, Message: fmt.Sprintf(format, args...)}
}

// unsupported is the answer for what a later version will do.
func unsupported(what string) error {
	return &app.Error{Kind: app.Refused, Code: "not_supported_yet",
		Message: what + " is not there yet in this version"}
}

// noDryRun refuses --dry-run where there is nothing to take back, or no way to.
func noDryRun(why string) error {
	return &app.Error{Kind: app.Refused, Code: "no_dry_run", Message: "this command has no dry run: " + why}
}

// errorDocument is an error for programs.
type errorDocument struct {
	Kind    app.Kind   `json:"kind"`
	Code    string     `json:"code"`
	Message string     `json:"message"`
	Detail  string     `json:"detail"`
	Where   *app.Where `json:"where,omitempty"`
}

func documentOf(e *app.Error) errorDocument {
	d := errorDocument{Kind: e.Kind, Code: e.Code, Message: e.Message, Detail: e.Detail, Where: e.Where}
	if d.Detail == "" && e.Err != nil {
		d.Detail = e.Err.Error()
	}
	return d
}

// finish tells an error, if there is one, and returns the exit status.
func (s *session) finish(err error) int {
	var t told
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &t):
		return int(t)
	case s.ctx.Err() != nil:
		err = &app.Error{Kind: app.Unavailable, Code: "interrupted",
			Message: "interrupted; what was recorded before stays", Err: err}
	}
	e := app.AsError(err)
	if s.machine() {
		s.print("recoup/error/1", struct {
			Error errorDocument `json:"error"`
		}{documentOf(e)})
		return exitOf(e.Kind)
	}
	s.tellError(e)
	return exitOf(e.Kind)
}

// tellError writes an error for people: one line, a hint, and the operator's detail
// only where the sentence does not say all that a person can act on.
func (s *session) tellError(e *app.Error) {
	line := e.Message
	if w := e.Where; w != nil && w.File != "" {
		line = w.File + ": " + line
		if w.Row > 0 {
			line += fmt.Sprintf(" (row %d, %s)", w.Row, w.Field)
		}
	}
	d := documentOf(e)
	if tellsDetail(e) && !strings.Contains(line, d.Detail) {
		line = strings.TrimSuffix(line, ".") + ": " + d.Detail
	}
	fmt.Fprintln(s.errs, "recoup: "+strings.ReplaceAll(strings.TrimSpace(line), "\n", "; "))
	if hint := hints[e.Code]; hint != "" {
		fmt.Fprintln(s.errs, "        "+hint)
	}
}

// tellsDetail: a sentence that stands for many causes needs its own; a full disk and wrong
// input are told whole, and the cause of a refusal is for programs.
func tellsDetail(e *app.Error) bool {
	switch {
	case slices.Contains([]string{"invalid", "not_found", "conflict"}, e.Code):
		return true
	case e.Code == "disk_full" || e.Kind == app.Invalid:
		return false
	}
	return e.Err == nil || exitOf(e.Kind) == exitFailed
}

// hints say what to do next, by the code of the error or reason.
var hints = map[string]string{
	"usage":                  "See: recoup --help, or recoup COMMAND --help",
	"book_not_found":         "A new book is made with: recoup init --db FILE --name NAME --country GB --currency GBP",
	"older_book":             "Bring it up to date, after a backup: recoup migrate",
	"creditor_needed":        "The codes are listed by: recoup creditor list",
	"duty_held":              "Another recoup serve, run or send is working; wait for it, or stop it.",
	"layout_ambiguous":       "The flags that answer are listed by: recoup import KIND --help",
	"settles_many":           "If the list is complete, say so: --confirm-settles",
	"unread_rows":            "Correct the rows, or import without --complete",
	"not_armed":              "A copied or restored book is armed by a person: recoup arm",
	"bank_changed":           "What is still missing: recoup doctor",
	"observe_mode":           "To let messages out: recoup config set mode ask_first",
	"customer_observed":      "To let its messages out: recoup customer set CUSTOMER --mode=",
	"no_test_message":        "Send one to yourself: recoup mail test ADDRESS",
	"total_unconfirmed":      "Confirm it: recoup confirm-total CURRENCY AMOUNT",
	"cash_stale":             "If you looked at the bank: recoup cash-known DAY",
	"sender_incomplete":      "What is missing: recoup doctor. Set it: recoup config set NAME VALUE",
	"text_expired":           "A letter posted on its day: recoup mark-sent MESSAGE --on DAY. Else the next run decides: recoup run",
	"total_differs":          "Find the difference: recoup reconcile FILE",
	"postpone_too_long":      "To give more time: recoup hold add --kind deferral --until DAY --beyond-policy",
	"deferral_too_long":      "To give it all the same: --beyond-policy",
	"reason_needed":          "Say it: --reason TEXT",
	"hold_covered":           "To end the one that is there: recoup hold end HOLD",
	"not_an_email":           "To write the letter: recoup outbox show MESSAGE --pdf FILE",
	"no_creditor":            "Add one: recoup creditor add",
	"setting_not_understood": "To remove it: recoup config set NAME ''",
	"brake":                  "Look at the messages, then: recoup run --release-brake --reason …",
}

// mends are the commands that mend what doctor finds, by its name.
var mends = map[string]string{
	"mode":         "recoup config set mode ask_first",
	"mail_server":  "recoup config set smtp.url smtp://USER:PASSWORD@HOST:PORT",
	"mail_test":    "recoup mail test ADDRESS",
	"sender":       "recoup config set NAME VALUE (none, where you have none)",
	"total":        "compare it, then recoup confirm-total CURRENCY AMOUNT",
	"bank_details": "recoup config set bank.unchanged_since DAY --by NAME, and recoup mail test ADDRESS",
	"sent_folder":  "recoup mail check",
}

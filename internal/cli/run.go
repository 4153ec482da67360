package cli

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/schollz/progressbar/v3"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/reason"
)

type runCmd struct {
	Approve      string `enum:"all,none" default:"none" help:"all: release what may be released in one go, in the name of --by."`
	ReleaseBrake bool   `help:"Let out more messages than the brake allows. Needs --reason."`
	Reason       string `placeholder:"T" help:"Why, for the audit log."`
}

func (c *runCmd) Run(s *session) error {
	a, req, err := s.opened(c.Reason)
	if err != nil {
		return err
	}
	progress, done := s.progress("deciding")
	report, err := a.Run(s.ctx, req, app.RunRequest{AsOf: s.flags.AsOf, Approve: app.ApproveMode(c.Approve),
		ReleaseBrake: c.ReleaseBrake, Progress: progress})
	done()
	if err != nil {
		return err
	}
	return s.show("recoup/run/1", report, func(p *page) {
		showRun(p, &report)
		s.nextStep(p, &report)
	})
}

// progress is a bar on the terminal, and nothing elsewhere.
func (s *session) progress(what string) (step func(done, all int), end func()) {
	if s.machine() || !terminal(s.errs) {
		return nil, func() {}
	}
	var bar *progressbar.ProgressBar
	step = func(done, all int) {
		if bar == nil {
			bar = progressbar.NewOptions(all, progressbar.OptionSetWriter(s.errs),
				progressbar.OptionSetDescription(what),
				progressbar.OptionShowCount(), progressbar.OptionClearOnFinish())
		}
		bar.Set(done)
	}
	return step, func() {
		if bar != nil {
			bar.Finish()
		}
	}
}

// progress64 is progress for what counts beyond an int.
func (s *session) progress64(what string) (step func(done, all int64), end func()) {
	bar, end := s.progress(what)
	if bar == nil {
		return nil, end
	}
	return func(done, all int64) { bar(int(done), int(all)) }, end
}

func showRun(p *page, r *app.RunReport) {
	p.title("Run of %s", dayName(r.Day))
	p.line("%s looked at, %d unchanged; %d carried over to a later day.",
		plural(r.LookedAt, "customer", "customers"), r.Unchanged, r.CarriedOver)
	if r.Expired > 0 {
		p.line("%s of earlier days expired.", plural(r.Expired, "message", "messages"))
	}
	if len(r.DecisionsByAction) > 0 {
		p.line("")
	}
	p.table([]string{"Action", ">Customers"}, counted(r.DecisionsByAction))
	rows := counted(r.DecisionsByReason)
	for i := range rows {
		rows[i] = append(rows[i], sentence(reason.Code(rows[i][0])))
	}
	if len(rows) > 0 {
		p.line("")
	}
	p.table([]string{"Reason", ">Times", ""}, rows)
	p.line("")
	p.line("Released: %s. Waiting for a person: %s. Raised: %s.",
		plural(r.MessagesQueued, "message", "messages"), plural(r.AwaitingPerson, "message", "messages"),
		plural(r.TasksRaised, "task", "tasks"))
	if r.Brake.Tripped {
		p.warn("The brake stopped them: %d messages, more than %d. "+
			"Look at them, then: recoup run --release-brake --reason …", r.Brake.WouldSend, r.Brake.Limit)
	}
}

// nextStep says what to do after a run.
func (s *session) nextStep(p *page, r *app.RunReport) {
	switch {
	case s.flags.DryRun:
		p.line("Next: recoup run")
	case r.Brake.Tripped: // its line says it
	case r.AwaitingPerson > 0:
		p.line("Next: recoup outbox list, then recoup approve MESSAGE…")
	case r.MessagesQueued > 0:
		p.line("Next: recoup send")
	case r.TasksRaised > 0:
		p.line("Next: recoup task list")
	}
}

// counted is a table of counts, the largest first.
func counted(by map[string]int64) [][]string {
	names := slices.SortedFunc(maps.Keys(by), func(a, b string) int {
		return cmp.Or(cmp.Compare(by[b], by[a]), cmp.Compare(a, b))
	})
	var rows [][]string
	for _, n := range names {
		if by[n] != 0 {
			rows = append(rows, []string{n, strconv.FormatInt(by[n], 10)})
		}
	}
	return rows
}

var field = regexp.MustCompile(`\{[^}]*\}`)

// sentence is the sentence of a reason about many customers: what differs between
// them is left out, and so is a second half that would say nothing without it.
func sentence(code reason.Code) string {
	info, ok := reason.Lookup(code)
	if !ok {
		return ""
	}
	text := info.Text
	if head, tail, found := strings.Cut(text, ";"); found && field.MatchString(tail) {
		text = head + "."
	}
	return strings.ReplaceAll(field.ReplaceAllString(text, "…"), "….", "…")
}

// count writes a number for a table.
func count(n int64) string { return fmt.Sprint(n) }

package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/strategy"
)

type strategyCmd struct {
	List     strategyListCmd     `cmd:"" help:"The strategies in force."`
	Show     strategyShowCmd     `cmd:"" help:"One strategy with its steps."`
	Diff     strategyDiffCmd     `cmd:"" help:"What a new version would change."`
	Activate strategyActivateCmd `cmd:"" help:"Put a new version in force."`
	Calendar strategyCalendarCmd `cmd:"" help:"On which days the steps of an unpaid invoice fall."`
}

// strategies are those in force for the creditor; without a book, the shipped ones.
func (s *session) strategies() (*strategy.Set, error) {
	if _, err := s.address(); err != nil {
		return strategy.Shipped()
	}
	a, err := s.open()
	if err != nil {
		return nil, err
	}
	return a.Strategies(s.ctx, s.flags.Creditor)
}

type strategyListCmd struct{}

type listedStrategy struct {
	Strategy string   `json:"strategy"`
	Version  int      `json:"version"`
	Name     string   `json:"name"`
	Steps    []string `json:"steps"`
}

func (c *strategyListCmd) Run(s *session) error {
	set, err := s.strategies()
	if err != nil {
		return err
	}
	var list []listedStrategy
	var rows [][]string
	for _, key := range strategy.Keys {
		st := set.Strategies[key]
		l := listedStrategy{key, st.Version, st.Name, stepKeys(st)}
		list = append(list, l)
		rows = append(rows, []string{key, strconv.Itoa(st.Version), st.Name, strings.Join(l.Steps, " → ")})
	}
	return showList(s, "recoup/strategy-list/1", "strategies", list, func(p *page) {
		p.table([]string{"Strategy", ">Version", "Name", "Steps"}, rows)
	})
}

func stepKeys(st *strategy.Strategy) []string {
	keys := make([]string, len(st.Steps))
	for i := range st.Steps {
		keys[i] = st.Steps[i].Key
	}
	return keys
}

type strategyShowCmd struct {
	Strategy string `arg:"" help:"standard, gentle, firm, key_account or small_balance."`
}

func (c *strategyShowCmd) Run(s *session) error {
	set, err := s.strategies()
	if err != nil {
		return err
	}
	st := set.Strategies[c.Strategy]
	if st == nil {
		return invalid("strategy_unknown", "there is no strategy %q; there are %s", c.Strategy,
			strings.Join(strategy.Keys, ", "))
	}
	return s.show("recoup/strategy/1", st, func(p *page) {
		p.title("%s, version %d: %s", st.Key, st.Version, st.Name)
		var rows [][]string
		for i := range st.Steps {
			rows = append(rows, stepRow(&st.Steps[i]))
		}
		p.table([]string{"Step", "From", "By", "To", ">Deadline", "Level", "Released by"}, rows)
	})
}

func stepRow(st *strategy.Step) []string {
	from, deadline := "after the step before", ""
	if st.FromDueDays != nil {
		from = fmt.Sprintf("due %+d days", *st.FromDueDays)
	} else if st.MonthlyBusinessDay > 0 {
		from = fmt.Sprintf("business day %d", st.MonthlyBusinessDay)
	}
	if st.DeadlineDays > 0 {
		deadline = strconv.Itoa(st.DeadlineDays) + " days"
	} else if st.DeadlineDue {
		deadline = "due date"
	}
	by := string(st.Kind)
	if len(st.Channels) > 0 {
		by = join(st.Channels)
	}
	who := map[strategy.Approval]string{strategy.AutoOK: "preview, or by itself", strategy.Ask: "preview",
		strategy.Person: "one by one"}[st.Approval]
	return []string{st.Key, from, by, join(st.To), deadline, st.Level, who}
}

func join[T ~string](words []T) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = string(w)
	}
	return strings.Join(out, ", ")
}

// readFile reads a file that the user named; - is standard input.
func (s *session) readFile(name string) ([]byte, error) {
	const most = 1 << 20
	var r io.Reader = s.in
	if name != "-" {
		f, err := openFile(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		r = f
	}
	raw, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, unreadable(name, err)
	}
	if len(raw) > most {
		return nil, invalid("file_too_large", "%s: larger than 1 MiB", name)
	}
	return raw, nil
}

func unreadable(name string, err error) error {
	why := err
	var path *fs.PathError
	if errors.As(err, &path) {
		why = path.Err
	}
	return &app.Error{Kind: app.Invalid, Code: "file_unreadable", Err: err,
		Message: fmt.Sprintf("the file cannot be read: %v", why), Where: &app.Where{File: name}}
}

// inFile names the file that is wrong.
func inFile(name string, err error) error {
	var e *app.Error
	if errors.As(err, &e) && e.Kind == app.Invalid && e.Where == nil {
		if name == "-" {
			name = "standard input"
		}
		in := *e
		in.Where = &app.Where{File: name}
		return &in
	}
	return err
}

// openFile opens a file of the user.
func openFile(name string) (*os.File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, unreadable(name, err)
	}
	if info, err := f.Stat(); err != nil || info.IsDir() {
		f.Close()
		return nil, unreadable(name, cmp.Or(err, error(syscall.EISDIR)))
	}
	return f, nil
}

type strategyDiffCmd struct {
	File string `arg:"" help:"The new version as JSON, as recoup strategy show --json gives it; - is standard input."`
}

func (c *strategyDiffCmd) Run(s *session) error {
	raw, err := s.readFile(c.File)
	if err != nil {
		return err
	}
	next, err := app.ParseStrategy(raw)
	if err != nil {
		return inFile(c.File, err)
	}
	set, err := s.strategies()
	if err != nil {
		return err
	}
	d, err := app.DiffStrategy(set.Strategies[next.Key], next)
	if err != nil {
		return err
	}
	return s.show("recoup/strategy-diff/1", d, func(p *page) {
		p.title("%s: version %d to %d", d.Strategy, d.From, d.To)
		var rows [][]string
		for _, ch := range d.Changes {
			rows = append(rows, []string{cmp.Or(ch.Step, "(all)"), ch.Field, cmp.Or(ch.Before, "—"),
				cmp.Or(ch.After, "—")})
		}
		if len(rows) == 0 {
			p.line("Nothing differs.")
		}
		p.table([]string{"Step", "Field", "In force", "New"}, rows)
	})
}

type strategyActivateCmd struct {
	File   string `arg:"" help:"The new version as JSON; - is standard input."`
	Reason string `required:"" placeholder:"T" help:"Why, for the audit log."`
}

func (c *strategyActivateCmd) Run(s *session) error {
	raw, err := s.readFile(c.File)
	if err != nil {
		return err
	}
	a, req, err := s.opened(c.Reason)
	if err != nil {
		return err
	}
	if raw, err = app.StrategyBody(raw); err != nil {
		return inFile(c.File, err)
	}
	st, err := a.ActivateStrategy(s.ctx, req, raw)
	if err != nil {
		return inFile(c.File, err)
	}
	answer := listedStrategy{st.Key, st.Version, st.Name, stepKeys(st)}
	return s.show("recoup/strategy-activate/1", answer, func(p *page) {
		p.line("Strategy %s version %d is in force from the next step on.", st.Key, st.Version)
	})
}

type strategyCalendarCmd struct {
	Strategy string     `arg:"" help:"Its key."`
	Due      cal.Date   `required:"" placeholder:"DAY" help:"Due date of the invoice."`
	Country  string     `placeholder:"C" help:"Country of the debtor. Default: the creditor's."`
	Debtor   debtorKind `default:"company" placeholder:"KIND" help:"Kind of debtor."`
}

func (c *strategyCalendarCmd) Run(s *session) error {
	req := app.CalendarRequest{Creditor: s.flags.Creditor, Strategy: c.Strategy, Due: c.Due,
		Country: c.Country, Kind: book.DebtorKind(c.Debtor.kind)}
	steps, err := s.calendar(req)
	if err != nil {
		return err
	}
	if steps == nil {
		steps = []decide.CalendarStep{}
	}
	answer := struct {
		Strategy string                `json:"strategy"`
		Due      cal.Date              `json:"due"`
		Steps    []decide.CalendarStep `json:"steps"`
	}{c.Strategy, c.Due, steps}
	return s.show("recoup/strategy-calendar/1", answer, func(p *page) {
		var rows [][]string
		for _, st := range steps {
			payBy := ""
			if st.PayBy != cal.None {
				payBy = st.PayBy.String()
			}
			rows = append(rows, []string{st.Step, dayName(st.Day), payBy})
		}
		p.table([]string{"Step", "Day", "Pay by"}, rows)
	})
}

// calendar asks the book, or the shipped strategies where there is none.
func (s *session) calendar(req app.CalendarRequest) ([]decide.CalendarStep, error) {
	if _, err := s.address(); err != nil && req.Country != "" {
		return app.ShippedCalendar(req)
	}
	a, err := s.open()
	if err != nil {
		return nil, err
	}
	return a.StrategyCalendar(s.ctx, req)
}

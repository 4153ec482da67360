package cli

import (
	"cmp"
	"strings"
)

type taskCmd struct {
	List taskListCmd `cmd:"" help:"Open tasks and notes to look at again, by day."`
	Done taskDoneCmd `cmd:"" help:"Say that a task was done, and what came of it."`
}

type taskListCmd struct {
	All bool `help:"Also those that are done."`
}

func (c *taskListCmd) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	list, err := a.Tasks(s.ctx, s.flags.Creditor, c.All)
	if err != nil {
		return err
	}
	return showList(s, "recoup/task-list/1", "tasks", list, func(p *page) {
		var rows [][]string
		for i := range list {
			t := &list[i]
			number, what := count(t.ID), cmp.Or(t.Outcome, t.Reason)
			if t.Note != 0 {
				number = "note " + count(t.Note)
			}
			if t.Not != nil {
				what = "not now: " + t.Not.Text
			}
			amount, cur := t.Amount, string(t.Currency)
			if strings.Trim(amount, "0.") == "" { // a question, not a sum to collect
				amount, cur = "", ""
			}
			rows = append(rows, []string{number, t.DueDay.String(), t.Customer, t.Name,
				strings.ReplaceAll(cmp.Or(t.Step, t.Kind), "_", " "),
				amount, cur, t.Role, what})
		}
		if len(rows) == 0 {
			p.line("Nothing to do.")
		}
		p.table([]string{">Task", "Day", "Customer", "Name", "What", ">Amount", "", "For", ""}, rows)
	})
}

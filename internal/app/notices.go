package app

import (
	"cmp"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/store"
)

// writeNotices records which items are told which step: of released messages and
// of tasks of the ladder. Proposed messages tell nothing yet. Rows are written in
// order of the key, so that the tree only grows at its end: planned and raised are in
// order of account, so only the rows of one account have to be sorted.
func (p *planWriter) writeNotices(accounts []book.Account) error {
	ins := p.w.Insert("notice")
	planned, raised := p.planned, p.raised
	var rows []book.Notice
	var err error
	for i := range accounts {
		a := &accounts[i]
		rows = rows[:0]
		for ; len(planned) > 0 && planned[0].a == a; planned = planned[1:] {
			if m := &planned[0]; m.by != "" && err == nil {
				rows, err = appendNotices(rows, a, m.act.Lines, m.act.Channel, m.id, 0)
			}
		}
		for ; len(raised) > 0 && raised[0].a == a; raised = raised[1:] {
			if t := &raised[0]; t.act.Step != "" && err == nil {
				rows, err = appendNotices(rows, a, t.act.Lines, t.act.Channel, 0, t.id)
			}
		}
		if err == nil {
			err = putNotices(ins, a.Customer.ID, p.w.Seq(), rows)
		}
		if err != nil {
			return err
		}
	}
	return ins.Close()
}

// appendNotices adds one notice per line that has a step. Lines and items are both
// in order of item.
func appendNotices(all []book.Notice, a *book.Account, lines []decide.Line, channel book.Channel,
	message, task int64) ([]book.Notice, error) {
	k := 0
	for i := range lines {
		l := &lines[i]
		if l.Step == "" {
			continue
		}
		for k < len(a.Items) && a.Items[k].ID < l.Item {
			k++
		}
		if k == len(a.Items) || a.Items[k].ID != l.Item {
			return nil, &Error{Kind: Internal, Code: "notice_without_item",
				Message: "a step names an item that is not open"}
		}
		all = append(all, book.Notice{Item: l.Item, Cycle: a.Items[k].Cycle, Step: l.Step, Channel: channel,
			Message: message, Task: task})
	}
	return all, nil
}

// insertNotices records the notices of one account.
func (w *recorder) insertNotices(customer int64, rows []book.Notice) error {
	ins := w.Insert("notice")
	if err := putNotices(ins, customer, w.Seq(), rows); err != nil {
		return err
	}
	return ins.Close()
}

// putNotices writes the notices of one account in order of their key.
func putNotices(ins *store.Inserter, customer, seq int64, rows []book.Notice) error {
	slices.SortFunc(rows, func(x, y book.Notice) int {
		return cmp.Or(cmp.Compare(x.Item, y.Item), cmp.Compare(x.Cycle, y.Cycle), cmp.Compare(x.Step, y.Step),
			cmp.Compare(x.Channel, y.Channel))
	})
	for i := range rows {
		n := &rows[i]
		ins.Int(customer).Int(n.Item).Int(int64(n.Cycle)).Text(n.Step).Text(string(n.Channel)).Int(seq).Int(n.Message).
			Int(n.Task)
		if err := ins.End(); err != nil {
			return err
		}
	}
	return nil
}

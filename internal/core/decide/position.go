package decide

import (
	"cmp"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/strategy"
)

// position is how far an item has got, read over all cycles and strategies with
// voided notices left out. Money never moves it.
type position struct {
	notices []book.Notice // of the item
	stage   strategy.Stage
	message *book.Message // the last message of a stage that demands, by its governing channel
	since   cal.Date      // deadline of a reminder sent before the book was kept; None if none
	note    *book.Message // the last note that asks for payment; the ladder waits for its date
}

// positionOf is the position of one item by itself.
func (d *Decider) positionOf(a *book.Account, it *book.Item, day cal.Date) position {
	first, _ := slices.BinarySearchFunc(a.Notices, it.ID,
		func(n book.Notice, id int64) int { return cmp.Compare(n.Item, id) })
	return d.position(a, it, a.Notices[first:], day)
}

// position reads the item's notices. rest starts at or after the item's notices.
func (d *Decider) position(a *book.Account, it *book.Item, rest []book.Notice, day cal.Date) position {
	p := position{stage: strategy.NoStage, since: cal.None}
	n := 0
	for n < len(rest) && rest[n].Item == it.ID {
		n++
	}
	p.notices = rest[:n]
	if it.Reminded(day) {
		p.stage = min(strategy.Stage(it.ReportedLevel), strategy.StageSecond)
		p.since = it.ReportedDay.AddDays(d.w.Set.Policy.ReportedDeadlineDays)
	}
	for i := range p.notices {
		nt := &p.notices[i]
		if nt.Voided {
			continue
		}
		if strategy.IsNote(nt.Step) {
			if m := a.Message(nt.Message); m != nil && m.Live() && m.Demand && (p.note == nil || m.Day > p.note.Day) {
				p.note = m
			}
			continue
		}
		stage, _ := strategy.StageOf(nt.Step)
		p.stage = max(p.stage, stage)
		if stage < strategy.StageFirst || nt.Message == 0 {
			continue
		}
		m := a.Message(nt.Message)
		if m != nil && m.Live() && d.governs(m, p.message, nt.Step) {
			p.message = m
		}
	}
	return p
}

// governs reports whether message m, rather than the one found before, starts the
// deadline of the item's last step: the later day, and on one day the channel the
// step counts from. A letter that was posted beside a mail of an earlier day names the
// same day to pay by, and the ladder does not wait for it once the mail was served.
func (d *Decider) governs(m, before *book.Message, step string) bool {
	switch {
	case before != nil && besides(m, before):
		return false
	case before != nil && besides(before, m):
		return true
	case before == nil || m.Day > before.Day:
		return true
	case m.Day < before.Day:
		return false
	}
	if step == "final_demand" {
		return m.Channel == book.Letter
	}
	return m.Channel == book.Email
}

// besides reports whether a letter is the other half of the step that a mail was served by.
func besides(letter, mail *book.Message) bool {
	return letter.Channel == book.Letter && mail.Channel == book.Email && letter.Step == mail.Step &&
		mail.ServedDay != cal.None && letter.Day > mail.Day && letter.PayBy == mail.PayBy
}

// told reports whether the item was told the step by its own key, in any cycle.
// A step that counts from the letter is told only by the letter.
func (p *position) told(s *strategy.Step) bool {
	for i := range p.notices {
		n := &p.notices[i]
		if n.Voided || n.Step != s.Key {
			continue
		}
		if s.CountFrom == book.Letter && n.Channel != book.Letter {
			continue
		}
		return true
	}
	return false
}

// toldBy reports whether the item was told the step by one channel.
func (p *position) toldBy(step string, c book.Channel) bool {
	for i := range p.notices {
		if n := &p.notices[i]; !n.Voided && n.Step == step && n.Channel == c {
			return true
		}
	}
	return false
}

// passed reports whether a step of the ladder lies behind the item: told by its
// key; or, unless it is required, by a step of equal or higher stage; a call or
// question also when a later step lies behind.
func (p *position) passed(st *strategy.Strategy, i int) bool {
	s := &st.Steps[i]
	if p.told(s) {
		return true
	}
	if stage := s.Stage(); stage != strategy.NoStage {
		return !s.Required && stage <= p.stage
	}
	for k := i + 1; k < len(st.Steps); k++ {
		if later := &st.Steps[k]; p.told(later) || (later.Stage() != strategy.NoStage && p.passed(st, k)) {
			return true
		}
	}
	return false
}

// next is the index of the first step that does not lie behind the item,
// len(st.Steps) at the end. Steps for items not yet due, and monthly ones, are
// not part of the ladder of an overdue item.
func (p *position) next(st *strategy.Strategy) int {
	for i := range st.Steps {
		s := &st.Steps[i]
		if s.BeforeDue() || s.MonthlyBusinessDay > 0 || p.passed(st, i) {
			continue
		}
		return i
	}
	return len(st.Steps)
}

// task is the last task that told the item a step, nil if none.
func (p *position) task(a *book.Account, step string) *book.WorkItem {
	var last *book.WorkItem
	for i := range p.notices {
		n := &p.notices[i]
		if !n.Voided && n.Step == step && n.Task != 0 && (last == nil || n.Task > last.ID) {
			last = a.Task(n.Task)
		}
	}
	return last
}

// asked reports whether a person is asked now what comes after the ladder.
func (p *position) asked(a *book.Account) bool {
	t := p.task(a, strategy.Decide)
	return t != nil && t.State == book.TaskOpen
}

package strategy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
)

func (s *Strategy) validate() error {
	if s.Key == "" || s.Version < 1 || len(s.Steps) == 0 {
		return fmt.Errorf("strategy: key, version (from 1) and steps are needed")
	}
	s.index = make(map[string]int, len(s.Steps))
	last := NoStage
	for i := range s.Steps {
		st := &s.Steps[i]
		if err := st.validate(); err != nil {
			return fmt.Errorf("strategy %s, step %d (%s): %w", s.Key, i+1, st.Key, err)
		}
		if _, twice := s.index[st.Key]; twice {
			return fmt.Errorf("strategy %s, step %d: key %s stands twice", s.Key, i+1, st.Key)
		}
		s.index[st.Key] = i
		if stage := st.Stage(); stage != NoStage {
			if stage < last {
				return fmt.Errorf("strategy %s, step %s: stage %d after stage %d; steps get harder, never softer", s.Key,
					st.Key, stage, last)
			}
			last = stage
		}
	}
	return nil
}

// Bounds of the days of a step, counted from the due date or from the step before.
const (
	mostDaysBefore = 365
	mostDaysAfter  = 3650
	mostDays       = 365 // of all other periods
)

// spoken is what the text of a message step can say: how it speaks and what it claims. A
// strategy that wished for more would plan messages that cannot be written.
type spoken struct {
	tones  []Tone
	levels []book.Level
}

var (
	nothing   = []book.Level{book.NoClaim}
	principal = []book.Level{book.PrincipalOnly}
	allLevels = []book.Level{book.PrincipalOnly, book.Announce, book.Offer, book.ClaimAll}
)

// texts are the steps of a ladder that have a text.
var texts = map[string]spoken{
	"courtesy":     {[]Tone{Warm, Neutral}, nothing},
	"confirm":      {[]Tone{Warm}, nothing},
	Statement:      {[]Tone{Neutral, Warm}, nothing},
	"friendly":     {[]Tone{Warm}, principal},
	"reminder":     {[]Tone{Neutral, Warm}, principal},
	"second":       {[]Tone{Neutral, Warm}, principal},
	"formal":       {[]Tone{Firm}, allLevels},
	"last_note":    {[]Tone{Firm}, principal},
	"final_demand": {[]Tone{Legal}, allLevels},
}

func (s *Step) validate() error {
	stage, known := StageOf(s.Key)
	if !known {
		return fmt.Errorf("key: unknown step")
	}
	switch s.Approval {
	case AutoOK, Ask, Person:
	default:
		return fmt.Errorf("approval: %q, expected auto_ok, ask or person", s.Approval)
	}
	if stage >= StageFinal && s.Approval != Person {
		return fmt.Errorf("approval: a final demand or decision always needs a person")
	}
	if err := s.validateDays(); err != nil {
		return err
	}
	text, written := texts[s.Key]
	switch {
	case s.Kind == KindMessage && written:
		return s.validateMessage(stage, &text)
	case s.Kind == KindMessage:
		return fmt.Errorf("kind: %s has no text, so it cannot be a message", s.Key)
	case written:
		return fmt.Errorf("kind: %s is a message", s.Key)
	case s.Kind == KindCall || s.Kind == KindTask:
		return s.validateTask()
	}
	return fmt.Errorf("kind: %q, expected message, call or task", s.Kind)
}

func (s *Step) validateDays() error {
	if d := s.FromDueDays; d != nil && (*d < -mostDaysBefore || *d > mostDaysAfter) {
		return fmt.Errorf("from_due_days: %d, expected %d to %d", *d, -mostDaysBefore, mostDaysAfter)
	}
	for _, f := range []struct {
		name       string
		have, most int
	}{
		{"wait_days", s.WaitDays, 30}, {"deadline_days", s.DeadlineDays, 60}, {"apart_days", s.Apart, mostDays},
		{"not_within_days", s.NotWithin, mostDays}, {"monthly_business_day", s.MonthlyBusinessDay, 20},
		{"min_percent", s.MinPercent, 100}, {"skip_on_time", s.SkipOnTime, book.MaxSettled},
	} {
		if f.have < 0 || f.have > f.most {
			return fmt.Errorf("%s: %d, expected 0 to %d", f.name, f.have, f.most)
		}
	}
	return nil
}

// noEffect refuses a field that is stated where nothing reads it.
func noEffect(stated bool, field string, kind Kind) error {
	if stated {
		return fmt.Errorf("%s: has no effect on a step of kind %s; leave it out", field, kind)
	}
	return nil
}

func (s *Step) validateTask() error {
	for _, f := range []struct {
		stated bool
		field  string
	}{
		{len(s.Channels) > 0, "channels"}, {s.Tone != "", "tone"}, {s.Level != "" || s.FirstLevel != "", "level"},
		{s.DeadlineDays > 0 || s.DeadlineDue, "deadline"}, {s.PostFrom > 0, "post_from"},
		{s.NoEmail != "", "no_email"},
		{s.CountFrom != "", "count_from"}, {s.Reply, "reply"}, {len(s.Copy) > 0, "copy"},
	} {
		if err := noEffect(f.stated, f.field, s.Kind); err != nil {
			return err
		}
	}
	return nil
}

func (s *Step) validateMessage(stage Stage, text *spoken) error {
	if err := noEffect(s.WaitDays > 0, "wait_days", s.Kind); err != nil {
		return err
	}
	if err := s.validateWays(); err != nil {
		return err
	}
	if !slices.Contains(text.tones, s.Tone) {
		return fmt.Errorf("tone: %q, expected %s: so the text of %s speaks", s.Tone, listed(text.tones), s.Key)
	}
	for _, name := range []string{s.Level, cmp.Or(s.FirstLevel, s.Level)} {
		if level, ok := book.ParseLevel(name); !ok || !slices.Contains(text.levels, level) {
			return fmt.Errorf("level: %q, expected %s: the text of %s claims no other", name, listed(text.levels),
				s.Key)
		}
	}
	demand := stage >= StageFirst
	if demand && s.DeadlineDays < 7 {
		return fmt.Errorf("deadline_days: %d, expected 7 to 60 for a message that demands payment", s.DeadlineDays)
	}
	if demand && s.DeadlineDue {
		return fmt.Errorf("deadline_due: a message that demands payment names a day to come")
	}
	if demand && s.FromDueDays != nil && *s.FromDueDays < 1 {
		return fmt.Errorf("from_due_days: %d, a demand goes out after the due date", *s.FromDueDays)
	}
	if s.MonthlyBusinessDay > 0 && s.Key != Statement {
		return fmt.Errorf("monthly_business_day: only a statement comes every month")
	}
	return nil
}

// validateWays checks how a message reaches the customer.
func (s *Step) validateWays() error {
	if len(s.Channels) == 0 || len(s.To) == 0 {
		return fmt.Errorf("channels and to: a message needs both")
	}
	for i, c := range s.Channels {
		if c != book.Email && c != book.Letter || slices.Contains(s.Channels[:i], c) {
			return fmt.Errorf("channels: %q, expected email or letter, each once", c)
		}
	}
	if s.NoEmail != "" && s.NoEmail != book.Letter {
		return fmt.Errorf("no_email: %q, expected letter", s.NoEmail)
	}
	if s.CountFrom != "" && !slices.Contains(s.Channels, s.CountFrom) {
		return fmt.Errorf("count_from: %q, expected one of the channels", s.CountFrom)
	}
	if s.Key == "final_demand" && s.CountFrom != book.Letter {
		return fmt.Errorf("channels and count_from: a final demand goes by letter, and counts from it")
	}
	return nil
}

// listed writes the values that are possible.
func listed[T Tone | book.Level](values []T) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = fmt.Sprint(v)
	}
	return strings.Join(words, " or ")
}

package cal

// SendDays are the days on which a message may leave: business days at the
// debtor's place and at ours that are no closing days of the creditor. It is
// immutable, safe for concurrent use, and answers without allocating.
type SendDays struct {
	debtor, ours *Calendar
	closed       ClosingDays
}

// NewSendDays joins two calendars, which may be the same, with closing days.
func NewSendDays(debtor, ours *Calendar, closed ClosingDays) *SendDays {
	return &SendDays{debtor: debtor, ours: ours, closed: closed}
}

// IsSendDay reports whether a message may leave on d.
func (s *SendDays) IsSendDay(d Date) bool {
	return s.debtor.IsBusinessDay(d) && (s.ours == s.debtor || s.ours.IsBusinessDay(d)) &&
		!s.closed.Contains(d)
}

// Known reports whether the holidays of d are known at both places.
func (s *SendDays) Known(d Date) bool { return s.debtor.Known(d) && s.ours.Known(d) }

// RollForward is d itself or the next send day: the direction of every step but
// those before the due date. None and Far stay as they are.
func (s *SendDays) RollForward(d Date) Date {
	if !d.Valid() {
		return d
	}
	for !s.IsSendDay(d) {
		d++
	}
	if d > lastDay {
		return Far
	}
	return d
}

// RollBack is d itself or the previous send day: the direction of a step before
// the due date. None and Far stay as they are.
func (s *SendDays) RollBack(d Date) Date {
	if !d.Valid() {
		return d
	}
	for !s.IsSendDay(d) {
		d--
	}
	if d < firstDay {
		return None
	}
	return d
}

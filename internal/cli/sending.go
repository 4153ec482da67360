package cli

import (
	"cmp"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/duty"
)

// armNew arms a book that was made a moment ago.
func (s *session) armNew(address string) error {
	l, err := duty.NewLicence(s.ctx, s.app, address)
	if err != nil {
		return err
	}
	return duty.ArmNew(s.ctx, s.app, l)
}

// licence is the right of the open book to send.
func (s *session) licence(a *app.App) (*duty.Licence, error) {
	address, err := s.address()
	if err != nil {
		return nil, err
	}
	return duty.NewLicence(s.ctx, a, address)
}

type armCmd struct {
	Reason string `placeholder:"T" help:"Why, for the audit log."`
}

func (c *armCmd) Run(s *session) error {
	a, req, err := s.opened(c.Reason)
	if err != nil {
		return err
	}
	l, err := s.licence(a)
	if err != nil {
		return err
	}
	r, err := duty.Arm(s.ctx, a, l, req)
	if err != nil {
		return err
	}
	if r.MayHaveGone == nil {
		r.MayHaveGone = []app.OutboxMessage{}
	}
	return s.show("recoup/arm/1", r, func(p *page) { showArm(p, &r) })
}

func showArm(p *page, r *duty.ArmReport) {
	if r.WasArmed {
		p.line("This copy is armed already.")
		return
	}
	p.line("It was not armed: %s.", r.Why)
	if r.BeyondBook > 0 {
		p.warn("Up to %d messages that this book does not know may have left.", r.BeyondBook)
	}
	if len(r.MayHaveGone) > 0 {
		p.warn("Another copy may have sent these already; reject or resolve what did go:")
		var rows [][]string
		for i := range r.MayHaveGone {
			m := &r.MayHaveGone[i]
			rows = append(rows, []string{count(m.ID), m.Customer, m.Step, m.Day.String(), string(m.State),
				m.Amount, string(m.Currency)})
		}
		p.table([]string{">Message", "Customer", "Step", "Day", "State", ">Amount", ""}, rows)
	}
	if r.Armed {
		p.line("This copy is armed and may send. No other copy of this book should.")
	}
}

type sendCmd struct{}

func (c *sendCmd) Run(s *session) error {
	a, req, err := s.opened("")
	if err != nil {
		return err
	}
	l, err := s.licence(a)
	if err != nil {
		return err
	}
	var r app.SendReport
	if req.DryRun {
		r, err = a.TrySend(s.ctx, l)
	} else {
		r, err = duty.SendOnce(s.ctx, a, l, req)
	}
	if err != nil {
		return err
	}
	if r.Stopped == nil {
		r.Stopped = []app.ReasonCount{}
	}
	if r.Waiting == nil {
		r.Waiting = []app.ReasonCount{}
	}
	people := func(p *page) {
		showOutlook(p, r.Messages)
		showSend(p, &r)
	}
	if err := s.show("recoup/send/1", r, people); err != nil {
		return err
	}
	if r.Failed > 0 || r.Unknown > 0 || len(r.Stopped) > 0 || r.Paused != "" {
		return errPartly
	}
	return nil
}

// showOutlook lists what a trial found about each message.
func showOutlook(p *page, list []app.SendOutlook) {
	var rows [][]string
	for i := range list {
		m := &list[i]
		rows = append(rows, []string{count(m.Message), m.Customer, m.Step, string(m.Channel),
			strings.ReplaceAll(m.Outcome, "_", " "),
			cmp.Or(m.Text, sentence(reason.Code(m.Reason)))})
	}
	p.table([]string{">Message", "Customer", "Step", "By", "Would be", "Why"}, rows)
}

func showSend(p *page, r *app.SendReport) {
	p.line("%s sent.", plural(r.Sent, "message", "messages"))
	for _, list := range []struct {
		word   string
		counts []app.ReasonCount
	}{{"stopped", r.Stopped}, {"waiting", r.Waiting}} {
		for _, c := range list.counts {
			p.line("%d %s: %s [%s]", c.Count, list.word, sentence(reason.Code(c.Reason)), c.Reason)
			p.hint(c.Reason)
		}
	}
	if r.Retry > 0 {
		p.line("%d not taken now; tried again later.", r.Retry)
	}
	if r.Failed > 0 {
		p.warn("%d failed for good; see: recoup task list", r.Failed)
	}
	if r.Unknown > 0 {
		p.warn("%d with unknown outcome; find out, then: recoup outbox resolve MESSAGE sent|not-sent", r.Unknown)
	}
	if r.ToPost > 0 {
		p.line("%d letters to post today; then: recoup mark-sent MESSAGE", r.ToPost)
	}
	if r.Paused != "" {
		p.warn("Sending paused: too many failures in a row. Look at the mail server, then send again.")
	}
}

type mailCmd struct {
	Test      mailTestCmd      `cmd:"" help:"Send a test message to a mailbox of your own."`
	Check     mailCheckCmd     `cmd:"" help:"Look at the mail server and the sender's domain. Sends nothing."`
	Providers mailProvidersCmd `cmd:"" help:"Servers of common mail providers, and what to do there. Needs no book."`
}

type mailTestCmd struct {
	Address string `arg:"" help:"An address of yours."`
}

func (c *mailTestCmd) Run(s *session) error {
	a, req, err := s.opened("")
	if err != nil {
		return err
	}
	r, err := a.MailTest(s.ctx, req, s.flags.Creditor, c.Address, duty.OpenMailer)
	if err != nil {
		return err
	}
	return s.show("recoup/mail-test/1", r, func(p *page) {
		if s.flags.DryRun {
			p.line("A test message to %s can be written. It was not sent.", r.To)
			return
		}
		p.line("The server took a test message to %s. Compare its details with one of your invoices.", r.To)
	})
}

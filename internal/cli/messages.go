package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
)

// messageRefs are the messages a command is about.
type messageRefs struct {
	Messages []string `arg:"" name:"message" help:"Messages, as recoup outbox list shows them: 12 or message:12."`
}

// messageChange is a use case that changes messages.
type messageChange func(*app.App, context.Context, app.Request, []int64) (app.ChangeReport, error)

// change runs a change of messages and tells which changed and which a rule kept.
func (s *session) change(why, schema string, refs []string, do messageChange) error {
	ids, err := ids("message", refs)
	if err != nil {
		return err
	}
	a, req, err := s.opened(why)
	if err != nil {
		return err
	}
	report, err := do(a, s.ctx, req, ids)
	if err != nil {
		return err
	}
	return s.showChange(schema, report)
}

func (s *session) showChange(schema string, report app.ChangeReport) error {
	if report.Changed == nil {
		report.Changed = []app.StateChange{}
	}
	if report.Refused == nil {
		report.Refused = []app.Refusal{}
	}
	people := func(p *page) { showChanges(p, &report) }
	if len(report.Changed) == 0 && len(report.Refused) > 0 {
		first := report.Refused[0]
		return s.showFailed(schema, report, &app.Error{Kind: app.Refused, Code: first.Code,
			Message: first.Text}, people)
	}
	if err := s.show(schema, report, people); err != nil {
		return err
	}
	if len(report.Refused) > 0 {
		return errPartly
	}
	return nil
}

func showChanges(p *page, report *app.ChangeReport) {
	corrects := false
	for _, c := range report.Changed {
		if c.PostponedTo != "" {
			p.line("message:%d  %s, put off: it is decided anew for %s", c.Message, c.From, c.PostponedTo)
			continue
		}
		if c.From == c.To {
			p.line("message:%d  changed, still %s", c.Message, c.To)
			continue
		}
		if c.Anew != 0 {
			p.line("message:%d  changed; it waits for its release again as message:%d", c.Message, c.Anew)
			continue
		}
		p.line("message:%d  %s → %s", c.Message, c.From, c.To)
		corrects = corrects || c.To == book.Voided && (c.From == book.Sent || c.From == book.Unknown)
	}
	if corrects {
		p.line("What reached the customer is corrected by a message that waits for your release: " +
			"recoup outbox list --state proposed")
	}
	for _, r := range report.Refused {
		p.warn("message:%d  stays as it is: %s [%s]", r.Message, r.Text, r.Code)
		p.hint(r.Code)
	}
}

type approveCmd struct {
	messageRefs
	Reason string `placeholder:"T" help:"Why, for the audit log."`
}

func (c *approveCmd) Run(s *session) error {
	return s.change(c.Reason, "recoup/approve/1", c.Messages, (*app.App).Approve)
}

type rejectCmd struct {
	messageRefs
	Reason string `placeholder:"T" help:"Why, for the audit log."`
}

func (c *rejectCmd) Run(s *session) error {
	return s.change(c.Reason, "recoup/reject/1", c.Messages, (*app.App).Reject)
}

type postponeCmd struct {
	messageRefs
	To     cal.Date `required:"" placeholder:"DAY" help:"First day on which it is decided again."`
	Reason string   `placeholder:"T" help:"Why, for the audit log."`
}

func (c *postponeCmd) Run(s *session) error {
	return s.change(c.Reason, "recoup/postpone/1", c.Messages, func(
		a *app.App, ctx context.Context, r app.Request, ids []int64,
	) (app.ChangeReport, error) {
		return a.Postpone(ctx, r, ids, c.To)
	})
}

type editCmd struct {
	messageRefs
	Line string `required:"" placeholder:"T" help:"One line of your own; empty removes it."`
}

func (c *editCmd) Run(s *session) error {
	return s.change("", "recoup/edit/1", c.Messages, func(
		a *app.App, ctx context.Context, r app.Request, ids []int64,
	) (app.ChangeReport, error) {
		return a.Edit(ctx, r, ids, c.Line)
	})
}

type voidCmd struct {
	Refs   []string `arg:"" name:"ref" placeholder:"RUN|MESSAGE" help:"run:ID, message:ID, or a bare number if only one of the two has it."`
	Reason string   `placeholder:"T" help:"Why, for the audit log."`
}

func (c *voidCmd) Run(s *session) error {
	a, req, err := s.opened(c.Reason)
	if err != nil {
		return err
	}
	var runs, messages []int64
	for _, ref := range c.Refs {
		run, message, err := a.RunOrMessage(s.ctx, ref)
		if err != nil {
			return err
		}
		if run != 0 {
			runs = append(runs, run)
		} else {
			messages = append(messages, message)
		}
	}
	if len(runs) > 1 || len(runs) == 1 && len(messages) > 0 {
		return usage("void one run at a time, without messages beside it")
	}
	var report app.ChangeReport
	if len(runs) == 1 {
		report, err = a.VoidRun(s.ctx, req, runs[0])
	} else {
		report, err = a.Void(s.ctx, req, messages)
	}
	if err != nil {
		return err
	}
	return s.showChange("recoup/void/1", report)
}

type markSentCmd struct {
	Message  string   `arg:"" optional:"" help:"The message."`
	Batch    int64    `placeholder:"N" help:"Every letter of a print batch instead."`
	On       cal.Date `placeholder:"DAY" default:"none" help:"The day it left. Default: today."`
	Tracking string   `placeholder:"T" help:"What proves the posting, such as its number."`
	Enclosed bool     `help:"The enclosures that the letter lists were in the envelope."`
}

func (c *markSentCmd) Run(s *session) error {
	if (c.Message == "") == (c.Batch == 0) {
		return usage("expected a message, or --batch N")
	}
	if c.Batch != 0 {
		a, req, err := s.opened("")
		if err != nil {
			return err
		}
		report, err := a.MarkBatchSent(s.ctx, req, c.Batch, app.SentByHand{Day: c.On, Tracking: c.Tracking})
		if err != nil {
			return err
		}
		return s.showChange("recoup/mark-sent-batch/1", report)
	}
	a, req, id, err := s.openedFor("message", c.Message, "")
	if err != nil {
		return err
	}
	m, err := a.MarkSent(s.ctx, req, app.SentByHand{Message: id, Day: c.On, Tracking: c.Tracking,
		Enclosed: c.Enclosed})
	if err != nil {
		return err
	}
	return s.show("recoup/mark-sent/1", m, func(p *page) {
		p.line("message:%d  %s on %s", m.ID, m.State, m.SentAt.Format(time.DateOnly))
	})
}

type outboxCmd struct {
	List    outboxListCmd    `cmd:"" help:"List messages that are not ended, and today's."`
	Show    outboxShowCmd    `cmd:"" help:"Show one message as the customer reads it."`
	Resolve outboxResolveCmd `cmd:"" help:"Say what became of a message whose outcome is unknown."`
	Print   outboxPrintCmd   `cmd:"" help:"Put released letters into one PDF file to print and post."`
	Eml     outboxEmlCmd     `cmd:"" help:"Write a mail as a file for your own mail program."`
	Proof   outboxProofCmd   `cmd:"" help:"Keep a proof of a posted letter, or say that it came back."`
}

type outboxListCmd struct {
	State   string `placeholder:"S" help:"Only this state: proposed, approved, sent, unknown and so on."`
	Channel string `enum:"email,letter," default:"" placeholder:"email|letter" help:"Only this channel."`
}

func (c *outboxListCmd) Run(s *session) error {
	if state := book.MessageState(c.State); state != "" && !slices.Contains(book.MessageStates, state) {
		return usage("--state %s: expected one of %v", c.State, book.MessageStates)
	}
	a, err := s.open()
	if err != nil {
		return err
	}
	list, err := a.Outbox(s.ctx, app.OutboxFilter{Creditor: s.flags.Creditor,
		State: book.MessageState(c.State), Channel: book.Channel(c.Channel)})
	if err != nil {
		return err
	}
	return showList(s, "recoup/outbox/1", "messages", list, func(p *page) {
		var rows [][]string
		for i := range list {
			m := &list[i]
			rows = append(rows, []string{count(m.ID), m.Customer, m.Step, m.Day.String(), string(m.Channel),
				strings.ReplaceAll(string(m.State), "_", " "), m.Amount, m.Claimed.Total, string(m.Currency),
				several(m.Items), m.Reason})
		}
		if len(rows) == 0 {
			p.line("The outbox is empty.")
		}
		p.table([]string{">Message", "Customer", "Step", "Day", "By", "State", ">Principal", ">Claimed", "",
			"Invoices", "Reason"}, rows)
	})
}

type outboxShowCmd struct {
	Message string `arg:"" help:"The message."`
	Raw     string `placeholder:"FILE" help:"Write the exact bytes that were handed over to a file; - is standard output."`
	PDF     string `name:"pdf" placeholder:"FILE" help:"Write it as a letter: as it was posted, or as it would be now."`
}

// shownMessage is a message with its text.
type shownMessage struct {
	app.OutboxMessage
	Preview  *app.Preview  `json:"preview,omitempty"`
	Evidence *app.Evidence `json:"evidence,omitempty"`
	// Sent is what was handed over, in words; then there is no preview, which would be
	// written from today's facts.
	Sent *app.SentText `json:"sent,omitempty"`
	// Proofs are what is known of a posted letter.
	Proofs []app.KnownProof `json:"proofs,omitempty"`
	// Missing says why there is no preview.
	Missing *errorDocument `json:"missing,omitempty"`
}

func (c *outboxShowCmd) Run(s *session) error {
	a, _, id, err := s.openedFor("message", c.Message, "")
	if err != nil {
		return err
	}
	if c.Raw != "" {
		return s.writeEvidence(a, id, c.Raw)
	}
	if c.PDF != "" {
		return s.writeLetter(a, id, c.PDF)
	}
	m, err := s.shownMessage(a, id)
	if err != nil {
		return err
	}
	return s.show("recoup/outbox-message/1", m, func(p *page) { showMessage(p, &m) })
}

// shownMessage gathers what there is to see of a message. That it cannot be written
// yet, or was never handed over, is part of the answer.
func (s *session) shownMessage(a *app.App, id int64) (m shownMessage, err error) {
	if m.OutboxMessage, err = a.OutboxMessage(s.ctx, id); err != nil {
		return m, err
	}
	if m.Proofs, err = a.Proofs(s.ctx, id); err != nil {
		return m, err
	}
	evidence, err := a.Evidence(s.ctx, id)
	if err == nil {
		m.Evidence = &evidence
		if m.State != book.Approved { // a mail that the server did not take is written again
			sent := evidence.Readable()
			m.Sent = &sent
			return m, nil
		}
	} else if app.AsError(err).Kind != app.NotFound {
		return m, err
	}
	preview, err := a.Preview(s.ctx, id)
	if err == nil {
		m.Preview = &preview
	} else if e := app.AsError(err); e.Kind == app.Refused || e.Kind == app.NotFound {
		d := documentOf(e)
		m.Missing = &d
	} else {
		return m, err
	}
	return m, nil
}

func showMessage(p *page, m *shownMessage) {
	p.title("message:%d to customer %s: %s of %s, %s", m.ID, m.Customer, m.Step, m.Day,
		strings.ReplaceAll(string(m.State), "_", " "))
	p.line("%s %s for %s", claimed(&m.Claimed), m.Currency, several(m.Items))
	if m.Reason != "" {
		p.line("Reason: %s", m.Reason)
	}
	if m.Posted != "" {
		p.line("Sent by hand: %s", m.Posted)
	}
	if e := m.Evidence; e != nil {
		p.line("Handed over %s to %s (SHA-256 %s)", e.HandedOverAt.UTC().Format("2006-01-02T15:04:05Z"),
			e.Recipient, e.SHA256)
	}
	for _, k := range m.Proofs {
		p.line("Proof: %s on %s  %s", k.Level, k.Day, k.Text)
	}
	if v := m.Sent; v != nil {
		p.line("")
		if v.Subject != "" {
			p.line("Subject: %s", v.Subject)
			p.line("")
		}
		p.line("%s", strings.TrimRight(v.Text, "\n"))
	}
	if m.Missing != nil {
		p.warn("It cannot be written: %s", m.Missing.Message)
	}
	if v := m.Preview; v != nil {
		p.line("")
		showPreview(p, v)
		for _, f := range v.Attachments {
			p.line("[attached: %s]", f)
		}
	}
}

// showPreview is a message as the customer will read it, with the papers that are to
// be printed and posted with it.
func showPreview(p *page, v *app.Preview) {
	if len(v.Missing) > 0 {
		p.warn("It cannot leave before these are set (recoup config set NAME VALUE): %s", strings.Join(v.Missing, ", "))
	}
	p.line("To: %s", strings.ReplaceAll(v.To, "\n", ", "))
	p.line("Subject: %s", v.Subject)
	p.line("")
	p.line("%s", strings.TrimRight(v.Text, "\n"))
	for _, paper := range v.Enclosures {
		p.line("")
		p.line("[enclosure: %s]", paper.Name)
		p.line("")
		p.line("%s", strings.TrimRight(paper.Text, "\n"))
	}
	if len(v.Checklist) > 0 {
		p.line("")
		p.title("Before you release it")
	}
	for _, check := range v.Checklist {
		p.line("- %s", check)
	}
}

func (s *session) writeEvidence(a *app.App, id int64, file string) error {
	e, err := a.Evidence(s.ctx, id)
	if err != nil {
		return err
	}
	if toStdout, err := s.writeFile(file, e.Bytes); err != nil || toStdout {
		return err
	}
	return s.show("recoup/evidence/1", e,
		func(p *page) { p.line("Wrote %s (%d bytes, SHA-256 %s)", file, len(e.Bytes), e.SHA256) })
}

type outboxResolveCmd struct {
	Message string `arg:"" help:"The message."`
	Outcome string `arg:"" enum:"sent,not-sent" help:"sent or not-sent."`
	Reason  string `placeholder:"T" help:"How you found out, for the audit log."`
}

func (c *outboxResolveCmd) Run(s *session) error {
	a, req, id, err := s.openedFor("message", c.Message, c.Reason)
	if err != nil {
		return err
	}
	m, err := a.ResolveOutbox(s.ctx, req, id, c.Outcome == "sent")
	if err != nil {
		return err
	}
	return s.show("recoup/outbox-resolve/1", m, func(p *page) {
		p.line("message:%d  %s on %s", m.ID, m.State, m.SentAt.Format(time.DateOnly))
	})
}

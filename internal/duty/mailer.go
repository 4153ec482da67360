package duty

import (
	"context"
	"fmt"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/channel"
	"github.com/recoup-project/recoup/internal/channel/email"
)

// mailer is the email channel as the outbox wants it.
type mailer struct {
	sender *email.Sender
	book   string
}

// OpenMailer connects the outbox to a mail server. Nothing is dialled before the
// first message. A simulated book's mailer refuses every server that is not on this
// machine. Errors: an address that is not one of a mail server.
func OpenMailer(s app.MailServer) (app.Mailer, error) {
	cfg, err := email.ParseURL(s.URL)
	if err != nil {
		return nil, &app.Error{Kind: app.Invalid, Code: "mail_server_invalid", Message: err.Error()}
	}
	cfg.LoopbackOnly = s.LoopbackOnly
	return &mailer{sender: email.NewSender(cfg), book: s.BookUID}, nil
}

// Build implements app.Mailer.
func (m *mailer) Build(in app.Mail) (app.Parcel, error) {
	from, err := email.NewAddress(in.FromName, in.From)
	if err != nil {
		return app.Parcel{}, fmt.Errorf("sender: %w", err)
	}
	to, err := email.ParseAddress(in.To)
	if err != nil {
		return app.Parcel{}, fmt.Errorf("%w: %w", app.ErrRecipient, err)
	}
	mail := email.Mail{Message: in.Message, Book: m.book, From: from, To: []email.Address{to},
		Subject: in.Subject,
		Date:    in.Date, Text: in.Text, HTML: in.HTML, Automatic: in.Automatic,
		InReplyTo: in.InReplyTo, References: in.References}
	var leftOut []string
	for _, address := range in.Cc {
		cc, err := email.ParseAddress(address)
		if err == nil && len(mail.Cc)+2 > email.MaxRecipients {
			err = fmt.Errorf("more than %d recipients", email.MaxRecipients)
		}
		if err != nil { // a copy never keeps the mail back
			leftOut = append(leftOut, fmt.Sprintf("no copy to %q: %v", address, err))
			continue
		}
		mail.Cc = append(mail.Cc, cc)
	}
	if in.ReplyTo != "" {
		if mail.ReplyTo, err = email.ParseAddress(in.ReplyTo); err != nil {
			return app.Parcel{}, fmt.Errorf("reply address: %w", err)
		}
	}
	for _, f := range in.Attachments {
		mail.Attachments = append(mail.Attachments, email.File{Name: f.Name, MediaType: f.MediaType,
			Bytes: f.Bytes})
	}
	built, err := email.Build(mail)
	if err != nil {
		return app.Parcel{}, err
	}
	return app.Parcel{From: built.Envelope.From, To: built.Envelope.To, Cc: built.Envelope.Copies,
		Bytes: built.Bytes, LeftOut: leftOut}, nil
}

// Deliver implements app.Mailer.
func (m *mailer) Deliver(ctx context.Context, p app.Parcel,
	handingOver func(context.Context) error) app.Handover {
	answer, err := m.sender.Deliver(ctx, channel.Envelope{From: p.From, To: p.To, Copies: p.Cc}, p.Bytes,
		handingOver)
	h := app.Handover{Answer: answer.Text, Err: err}
	if answer.Code != 0 {
		h.Answer = fmt.Sprintf("%d %s", answer.Code, answer.Text)
	}
	if h.Answer == "" && err != nil {
		h.Answer = err.Error()
	}
	switch answer.Outcome {
	case channel.Sent:
		h.Outcome = app.Delivered
	case channel.TemporaryFailure:
		h.Outcome = app.Later
	case channel.PermanentFailure:
		h.Outcome, h.RecipientRefused = refusal(answer)
	case channel.Unknown:
		h.Outcome = app.NoAnswer
	}
	return h
}

// refusal tells a message that is refused from a sender that is: what the server
// says before it knows the recipient is about us (not signed in, sender unknown),
// and no message is lost for it.
func refusal(a channel.Answer) (app.Outcome, bool) {
	if a.Stage == "mail" || a.Stage == "connect" || a.Code == 530 || a.Code == 535 {
		return app.Later, false
	}
	return app.Rejection, a.Stage == "rcpt"
}

// AtOnce implements app.Mailer.
func (m *mailer) AtOnce() int { return m.sender.AtOnce() }

// Close implements app.Mailer.
func (m *mailer) Close() error { return m.sender.Close() }

// BuildMail makes the bytes of a mail of a book, without any server.
func BuildMail(book string) func(app.Mail) (app.Parcel, error) {
	m := &mailer{book: book}
	return m.Build
}

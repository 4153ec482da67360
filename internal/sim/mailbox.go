package sim

import (
	"context"
	"errors"
	"io/fs"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/channel/sink"
)

// MailLine is one caught mail in a list.
type MailLine struct {
	Number  int       `json:"number"`  // from 1, in the order in which they came
	Message int64     `json:"message"` // of the outbox; 0 for a test message, or a mail to our own people
	From    string    `json:"from"`
	To      []string  `json:"to"` // everybody who got it, copies included
	Subject string    `json:"subject"`
	Date    time.Time `json:"date"` // by the book's clock; zero if the mail has none
}

// MailFilter narrows the demo mailbox; zero fields do not.
type MailFilter struct {
	To     string // a whole address: the mailbox of one debtor
	Search string // in subject, sender or recipient; any case
	Before int    // only mails with a lower number: the next page
	Limit  int    // at most so many; 0 is 50
}

// Mail is one caught mail with everything in it.
type Mail struct {
	MailLine
	Text  string      `json:"text"`
	HTML  string      `json:"html"` // as the debtor's program would show it
	Files []sink.File `json:"-"`
	Raw   []byte      `json:"-"`
}

// Mails lists what the mail server caught, the newest first, and how many there are that
// the filter lets through.
func (w *World) Mails(_ context.Context, f MailFilter) (lines []MailLine, all int) {
	if f.Limit <= 0 {
		f.Limit = 50
	}
	search := strings.ToLower(f.Search)
	lines = []MailLine{}
	for _, m := range slices.Backward(w.Sink.Mails()) {
		if f.To != "" && !slices.ContainsFunc(m.To, func(to string) bool { return strings.EqualFold(to, f.To) }) {
			continue
		}
		if search != "" && !strings.Contains(strings.ToLower(m.Subject+"\n"+m.Sender+"\n"+strings.Join(m.To, "\n")),
			search) {
			continue
		}
		all++
		if len(lines) < f.Limit && (f.Before == 0 || m.Number < f.Before) {
			lines = append(lines, lineOf(&m))
		}
	}
	return lines, all
}

// Mail opens a caught mail. Errors: not found.
func (w *World) Mail(number int) (Mail, error) {
	raw, err := w.Sink.Raw(number)
	all := w.Sink.Mails()
	if errors.Is(err, fs.ErrNotExist) || err == nil && number > len(all) {
		return Mail{}, &app.Error{Kind: app.NotFound, Code: "mail_not_found", Err: err,
			Message: "there is no mail " + strconv.Itoa(number) + " in the demo mailbox"}
	}
	if err != nil {
		return Mail{}, err
	}
	c := sink.Read(raw)
	return Mail{MailLine: lineOf(&all[number-1]), Text: c.Text, HTML: c.HTML, Files: c.Files, Raw: raw}, nil
}

func lineOf(m *sink.Mail) MailLine {
	l := MailLine{Number: m.Number, Message: messageOf(m.MessageID), From: m.Sender, To: m.To, Subject: m.Subject}
	l.Date, _ = mail.ParseDate(m.Date)
	return l
}

// messageOf reads the message's id out of a Message-ID: "m1-123.book@host" is message 123
// of tenant 1.
func messageOf(id string) int64 {
	name, _, _ := strings.Cut(strings.TrimPrefix(id, "m"), ".")
	tenant, number, _ := strings.Cut(name, "-")
	if _, err := strconv.ParseInt(tenant, 10, 64); err != nil {
		return 0
	}
	n, _ := strconv.ParseInt(number, 10, 64)
	return n
}

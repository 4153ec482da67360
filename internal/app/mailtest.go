package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/store"
)

// TestSubject is the subject of a test message.
const TestSubject = "Test message from Recoup"

// MailTested is the outcome of a test message.
type MailTested struct {
	To       string    `json:"to"`
	Answer   string    `json:"answer"`
	TestedAt time.Time `json:"tested_at"`
}

// MailTest sends a test message to one of the user's own mailboxes, past the
// outbox, with the details that every message carries, to be compared with an
// invoice; a dry run only writes it. Once the server took it, messages to debtors may leave (guardrail R26).
//
// Errors: refused with sender_incomplete naming what is missing; invalid (the
// address); unavailable with mail_failed and the server's words; conflict (the details
// were changed while it was under way).
func (a *App) MailTest(ctx context.Context, req Request, creditorCode, to string,
	open func(MailServer) (Mailer, error)) (MailTested, error) {
	if !book.IsAddress(to) {
		return MailTested{}, invalid("invalid_address", "%q is not an email address", to)
	}
	var server MailServer
	var m Mail
	err := a.read(ctx, func(tx store.Tx) error {
		d, err := a.deskOf(tx, creditorCode)
		if err != nil {
			return err
		}
		if missing := d.missing(); len(missing) > 0 {
			return refused(reason.SenderIncomplete, strings.Join(missing, ", "))
		}
		if server, err = a.mailServer(tx); err != nil {
			return err
		}
		m = d.testMail(to, tx.Now().In(d.creditor.Zone).Truncate(time.Second))
		return nil
	})
	if err != nil {
		return MailTested{}, err
	}
	said := ""
	if !req.DryRun {
		if said, err = deliverTest(ctx, server, m, open); err != nil {
			return MailTested{}, err
		}
	}
	out, err := a.write(ctx, req, "mail_test", to, func(r *recorder) error {
		if err := a.putSetting(r, 0, SettingMailTested, r.Now().UTC().Format(time.RFC3339), false); err != nil {
			return err
		}
		if err := a.testedBank(r, creditorCode, &m); err != nil {
			return err
		}
		return r.result(MailTested{To: to, Answer: said, TestedAt: r.Now()})
	})
	tested, _, err := answer[MailTested](out, err)
	return tested, err
}

// testedBank records that the test message showed the account as it now is.
func (a *App) testedBank(r *recorder, creditorCode string, shown *Mail) error {
	d, err := a.deskOf(r, creditorCode)
	if err != nil {
		return err
	}
	if d.testMail(shown.To, shown.Date).Text != shown.Text {
		return &Error{Kind: Conflict, Code: "details_changed",
			Message: "the details were changed while the test message was under way; send another one"}
	}
	if d.values[settingBankChangedAt] == "" || d.values[settingBankTested] != "" {
		return nil
	}
	return a.putSetting(r, d.creditor.ID, settingBankTested, r.Now().UTC().Format(time.RFC3339), false)
}

// deskOf is the desk of the creditor with a code; "" is the only one there is.
func (a *App) deskOf(tx store.Tx, code string) (*desk, error) {
	c, err := a.creditor(tx, code)
	if err != nil {
		return nil, err
	}
	return a.desk(tx, &c)
}

func deliverTest(ctx context.Context, server MailServer, m Mail,
	open func(MailServer) (Mailer, error)) (string, error) {
	mailer, err := open(server)
	if err != nil {
		return "", err
	}
	defer mailer.Close()
	parcel, err := mailer.Build(m)
	if err != nil {
		return "", &Error{Kind: Invalid, Code: "mail_invalid", Message: "the test message cannot be built",
			Err: err}
	}
	h := mailer.Deliver(ctx, parcel, func(context.Context) error { return nil })
	if h.Outcome != Delivered {
		return "", &Error{Kind: Unavailable, Code: "mail_failed",
			Message: "the mail server did not take the test message: " + clip(h.Answer),
			Err:     errors.Join(h.Err)}
	}
	return clip(h.Answer), nil
}

// testMail shows the details for a person to compare with one of the invoices.
func (d *desk) testMail(to string, at time.Time) Mail {
	v := d.values
	lines := []string{
		"This is a test message. It went to you only; nothing was sent to a customer.",
		"",
		"Please compare these details with one of your invoices. Every message to a customer carries them:",
		"",
		"Sender: " + orElse(v["sender.name"], d.party.name),
		"Address: " + strings.Join(addressLines(orElse(v["sender.address"], d.party.address)), ", "),
		"Answers: " + v["sender.person"] + ", " + v["sender.phone"] + ", " + v["sender.reply_to"],
		"Account holder: " + v["bank.holder"],
	}
	for _, row := range [][2]string{{"IBAN", "bank.iban"}, {"BIC", "bank.bic"},
		{"Sort code or routing number", "bank.routing"},
		{"Account number", "bank.account"}, {"Unchanged since", "bank.unchanged_since"}} {
		if v[row[1]] != "" {
			lines = append(lines, row[0]+": "+v[row[1]])
		}
	}
	text := strings.Join(lines, "\n") + "\n"
	return Mail{
		Message: fmt.Sprintf("test-%d", at.UnixNano()), FromName: orElse(v["sender.name"],
			d.party.name), From: v[SettingMailFrom],
		ReplyTo: v["sender.reply_to"], To: to, Subject: TestSubject, Text: text,
		HTML: plainHTML(text),
		Date: at,
	}
}

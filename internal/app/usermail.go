package app

import (
	"context"
	"fmt"
	"html"
	"slices"
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/store"
)

// userMail is a mail to one of our own people: at least once, and no evidence.
type userMail struct {
	id, user            int64
	attempts            int64
	subject, text, html string
	to                  string
	active              bool
}

// mailOwners writes to every active owner with an address, once for a kind and what it is
// about. It leaves with the next pass of the sender, also while the book only observes.
func (a *App) mailOwners(r *recorder, kind, about, subject, text string) error {
	all, err := a.users(r)
	if err != nil {
		return err
	}
	for _, u := range all {
		if !isOwner(u) || u.Email == "" {
			continue
		}
		if _, err := a.putUserMail(r, u.ID, kind, about, UserMail{Subject: subject, Text: text}); err != nil {
			return err
		}
	}
	return nil
}

// UserMail is a mail to a user before it has an address. Without HTML the text is shown as
// it is.
type UserMail struct {
	Subject, Text, HTML string
}

// putUserMail puts a mail to a user into the queue, unless there was one of the kind about
// the same. It reports whether it did.
func (a *App) putUserMail(tx store.MarkTx, user int64, kind, about string, m UserMail) (bool, error) {
	there := false
	if err := store.Each(tx, "SELECT 1 FROM user_mail WHERE tenant_id = $1 AND user_id = $2 AND kind = $3 AND about = $4",
		[]any{a.tenant, user, kind, about}, func(store.Rows) error { there = true; return nil }); err != nil || there {
		return false, err
	}
	if m.HTML == "" {
		m.HTML = plainHTML(m.Text)
	}
	id, err := tx.NextIDs("user_mail", 1)
	if err != nil {
		return false, err
	}
	_, err = tx.Exec(`INSERT INTO user_mail (tenant_id, user_mail_id, user_id, kind, about, subject, text, html, state,
		attempts, not_before, answer) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', 0, $9, '')`, a.tenant, id, user,
		kind, about, m.Subject, m.Text, m.HTML, a.wall().UTC())
	return err == nil, err
}

// plainHTML is a text as a web page, as it stands.
func plainHTML(text string) string {
	return "<!DOCTYPE html><html lang=\"en\"><body><p>" + strings.ReplaceAll(html.EscapeString(text), "\n", "<br>\n") +
		"</p></body></html>"
}

// UserMailReport is the outcome of one pass over the mails to users.
type UserMailReport struct {
	Sent   int64 `json:"sent"`
	Retry  int64 `json:"retry"`
	Failed int64 `json:"failed"`
}

const (
	userMailPass  = 50 // mails at most in one pass
	userMailTries = 20 // attempts before a mail counts as failed
)

// SendUserMail makes one pass over the mails to our own people: whoever sends holds the
// book's duty. They go out at least once, past the outbox and whatever the mode, and never
// to a debtor: only users of the book have such mails. Without a mail server they wait.
// Errors: refused (not_armed), unavailable, or what Open returned.
func (a *App) SendUserMail(ctx context.Context, ask SendRequest) (UserMailReport, error) {
	var report UserMailReport
	var server MailServer
	var from desk
	var list []userMail
	var now time.Time // of the book: a simulated one writes its own day on its mails
	if err := a.read(ctx, func(tx store.Tx) (err error) {
		now = tx.Now()
		if list, err = a.waitingUserMail(tx); err != nil || len(list) == 0 {
			return err
		}
		if from, err = a.userMailDesk(tx); err != nil {
			return err
		}
		server, err = a.mailServer(tx)
		return err
	}); err != nil || len(list) == 0 {
		if err != nil && AsError(err).Code == "sender_incomplete" {
			return report, nil
		}
		return report, err
	}
	if err := ask.Licence.Check(ctx, a); err != nil {
		return report, err
	}
	mailer, err := ask.Open(server)
	if err != nil {
		return report, err
	}
	defer mailer.Close()
	for i := range list {
		if err := a.sendUserMail(ctx, mailer, &from, &list[i], now, &report); err != nil {
			return report, err
		}
	}
	return report, nil
}

func (a *App) waitingUserMail(tx store.Tx) ([]userMail, error) {
	var list []userMail
	err := store.Each(tx, `SELECT m.user_mail_id, m.user_id, m.attempts, m.subject, m.text, m.html, u.email, u.active
		FROM user_mail m JOIN app_user u ON u.tenant_id = m.tenant_id AND u.user_id = m.user_id
		WHERE m.tenant_id = $1 AND m.state = 'waiting' AND m.not_before <= $2 ORDER BY m.user_mail_id LIMIT $3`,
		[]any{a.tenant, a.wall().UTC(), userMailPass}, func(r store.Rows) error {
			list = append(list, userMail{r.Int64(0), r.Int64(1), r.Int64(2), r.Text(3), r.Text(4), r.Text(5), r.Text(6),
				r.Bool(7)})
			return nil
		})
	return list, err
}

// userMailDesk is the desk of the first creditor that mails come from.
func (a *App) userMailDesk(tx store.Tx) (desk, error) {
	all, err := a.creditors(tx)
	if err != nil {
		return desk{}, err
	}
	k := slices.IndexFunc(all, func(c CreditorInfo) bool {
		from, _ := a.setting(tx, c.ID, SettingMailFrom)
		return from != ""
	})
	if k < 0 {
		return desk{}, refusedText("sender_incomplete", "there is no address that mails come from: set "+SettingMailFrom)
	}
	d, err := a.desk(tx, &all[k])
	if err != nil {
		return desk{}, err
	}
	return *d, nil
}

// sendUserMail hands one mail over and writes down what became of it. A crash in between
// sends it again, under the same Message-ID.
func (a *App) sendUserMail(ctx context.Context, mailer Mailer, from *desk, m *userMail, now time.Time,
	report *UserMailReport) error {
	h := Handover{Outcome: Rejection, Answer: "the user is not active or has no address"}
	if m.active && m.to != "" {
		parcel, err := mailer.Build(Mail{Message: fmt.Sprintf("user-%d", m.id), From: from.values[SettingMailFrom],
			FromName: orElse(from.values["sender.name"], from.party.name), To: m.to, Subject: m.subject, Text: m.text,
			HTML: m.html, Date: now.Truncate(time.Second), Automatic: true})
		if err != nil {
			h.Answer = err.Error()
		} else {
			h = mailer.Deliver(ctx, parcel, func(context.Context) error { return nil })
		}
	}
	if ctx.Err() != nil && h.Outcome != Delivered {
		return ctx.Err()
	}
	state := "waiting"
	switch {
	case h.Outcome == Delivered:
		state, report.Sent = "sent", report.Sent+1
	case h.Outcome == Rejection, m.attempts+1 >= userMailTries:
		state, report.Failed = "failed", report.Failed+1
	default:
		report.Retry++
	}
	said := h.Answer
	if said == "" && h.Err != nil {
		said = h.Err.Error()
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closingTime)
	defer cancel()
	return a.again(ctx, func(tx store.MarkTx) error {
		_, err := tx.Exec(`UPDATE user_mail SET state = $3, attempts = $4, not_before = $5, answer = $6
			WHERE tenant_id = $1 AND user_mail_id = $2`, a.tenant, m.id, state, m.attempts+1,
			a.wall().UTC().Add(backoff(m.attempts+1)), clip(said))
		return err
	})
}

// UserMails lists the newest mails to users, for people to see what was sent and what waits.
func (a *App) UserMails(ctx context.Context, limit int) ([]UserMailLine, error) {
	list := []UserMailLine{}
	err := a.read(ctx, func(tx store.Tx) error {
		list = list[:0]
		return store.Each(tx, `SELECT m.user_mail_id, u.login, m.kind, m.subject, m.state, m.answer FROM user_mail m
			JOIN app_user u ON u.tenant_id = m.tenant_id AND u.user_id = m.user_id
			WHERE m.tenant_id = $1 ORDER BY m.user_mail_id DESC LIMIT $2`, []any{a.tenant, limit},
			func(r store.Rows) error {
				list = append(list, UserMailLine{r.Int64(0), r.Text(1), r.Text(2), r.Text(3), r.Text(4), r.Text(5)})
				return nil
			})
	})
	return list, err
}

// UserMailLine is one mail to a user.
type UserMailLine struct {
	ID      int64  `json:"id"`
	User    string `json:"user"` // login
	Kind    string `json:"kind"` // bank_changed, weekly_brief
	Subject string `json:"subject"`
	State   string `json:"state"` // waiting, sent, failed
	Answer  string `json:"answer"`
}

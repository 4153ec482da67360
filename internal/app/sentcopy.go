package app

import (
	"bytes"
	"context"
	"net/mail"
	"net/url"
	"time"

	"github.com/recoup-project/recoup/internal/store"
)

// Settings of the mailbox in which people see what was sent, for the whole book.
const (
	SettingIMAP       = "imap.url" // imaps://user:password@host:port
	settingSentFolder = "imap.sent_folder"
)

// MailboxServer says which mailbox copies of sent mails go to.
type MailboxServer struct {
	URL          string // imaps://user:password@host:port; "" = none
	SentFolder   string // "" = the one that the mailbox marks
	LoopbackOnly bool   // of a simulated book
}

// Mailbox is a mailbox of our own.
type Mailbox interface {
	// Keep puts a mail into the Sent folder unless one with its Message-ID is there, and
	// reports whether it did.
	Keep(ctx context.Context, messageID string, mail []byte, at time.Time) (bool, error)
	Close() error
}

// SentCopyRequest asks for one pass over the copies that are owed to the Sent folder.
type SentCopyRequest struct {
	Open    func(context.Context, MailboxServer) (Mailbox, error)
	Licence Licence
}

// SentCopyReport is the outcome of one pass.
type SentCopyReport struct {
	Kept  int64 `json:"kept"`  // put there
	There int64 `json:"there"` // were there already: the provider had done it
	Retry int64 `json:"retry"` // tried again later
}

const (
	copyPass  = 50  // copies at most in one pass
	copyTries = 100 // attempts, in about four days, before doctor asks a person
	// copyAfter gives a provider that keeps sent mails itself the time to do so.
	copyAfter = time.Minute
)

func isIMAP(v string) bool {
	u, err := url.Parse(v)
	return err == nil && (u.Scheme == "imap" || u.Scheme == "imaps") && u.Hostname() != "" && u.User != nil
}

// Mailbox reads which mailbox copies go to; its URL is "" where none is set.
func (a *App) Mailbox(ctx context.Context) (MailboxServer, error) {
	var s MailboxServer
	err := a.read(ctx, func(tx store.Tx) (err error) {
		s, err = a.mailbox(tx)
		return err
	})
	return s, err
}

func (a *App) mailbox(tx store.Tx) (s MailboxServer, err error) {
	if s.URL, err = a.setting(tx, 0, SettingIMAP); err != nil || s.URL == "" {
		return s, err
	}
	if s.SentFolder, err = a.setting(tx, 0, settingSentFolder); err != nil {
		return s, err
	}
	err = store.One(tx, "SELECT clock FROM book", nil, func(r store.Rows) { s.LoopbackOnly = r.Text(0) == "simulated" })
	return s, err
}

// oweCopies notes that copies of sent mails are owed to the Sent folder.
func (a *App) oweCopies(tx store.MarkTx, messages []int64) error {
	if len(messages) == 0 {
		return nil
	}
	after := a.wall().UTC().Add(copyAfter).Format(store.InstantFormat)
	ins := tx.Replace("sent_copy")
	for _, id := range messages {
		ins.Int(id).Int(0).Text(after).Text("")
		if err := ins.End(); err != nil {
			return err
		}
	}
	return ins.Close()
}

// oweCopy is oweCopies of a message that turned out to have been sent, where a mailbox is set.
func (a *App) oweCopy(r *recorder, message int64) error {
	if s, err := a.mailbox(r); err != nil || s.URL == "" {
		return err
	}
	return a.oweCopies(r, []int64{message})
}

// owedCopy is one copy that is due.
type owedCopy struct{ message, attempts int64 }

// CopySent makes one pass over the copies that are owed. It takes no part in sending: what
// fails here is tried again, and shown by doctor. Errors: refused (not_armed), unavailable
// (mailbox_failed; the database).
func (a *App) CopySent(ctx context.Context, ask SentCopyRequest) (SentCopyReport, error) {
	var report SentCopyReport
	var due []owedCopy
	var server MailboxServer
	if err := a.read(ctx, func(tx store.Tx) (err error) {
		due = due[:0]
		if server, err = a.mailbox(tx); err != nil || server.URL == "" {
			return err
		}
		return store.Each(tx, `SELECT message_id, attempts FROM sent_copy WHERE tenant_id = $1 AND not_before <= $2
			AND attempts < $3 ORDER BY message_id LIMIT $4`, []any{a.tenant, a.wall().UTC(), copyTries, copyPass},
			func(r store.Rows) error { due = append(due, owedCopy{r.Int64(0), r.Int64(1)}); return nil })
	}); err != nil || len(due) == 0 {
		return report, err
	}
	if err := ask.Licence.Check(ctx, a); err != nil {
		return report, err
	}
	box, err := ask.Open(ctx, server)
	if err != nil {
		report.Retry = int64(len(due))
		return report, a.copiesFailed(ctx, due, err)
	}
	defer box.Close()
	for i := range due {
		kept, err := a.copyOne(ctx, box, due[i].message)
		if err != nil { // the connection may be gone: the others wait as well
			report.Retry = int64(len(due) - i)
			return report, a.copiesFailed(ctx, due[i:], err)
		}
		if kept {
			report.Kept++
		} else {
			report.There++
		}
	}
	return report, nil
}

// copyOne puts one copy into the folder and forgets that it is owed. A crash in between does
// not double it: what is there is found by its Message-ID.
func (a *App) copyOne(ctx context.Context, box Mailbox, message int64) (bool, error) {
	e, err := a.Evidence(ctx, message)
	if err != nil {
		return false, err
	}
	m, err := mail.ReadMessage(bytes.NewReader(e.Bytes))
	if err != nil {
		return false, err
	}
	kept, err := box.Keep(ctx, m.Header.Get("Message-ID"), e.Bytes, e.HandedOverAt)
	if err != nil {
		return false, err
	}
	return kept, a.again(ctx, func(tx store.MarkTx) error {
		_, err := tx.Exec("DELETE FROM sent_copy WHERE tenant_id = $1 AND message_id = $2", a.tenant, message)
		return err
	})
}

// copiesFailed puts copies off. The first one bears the fault; the others only wait.
func (a *App) copiesFailed(ctx context.Context, due []owedCopy, cause error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	said := clip(cause.Error())
	if err := a.again(ctx, func(tx store.MarkTx) error {
		for i, c := range due {
			attempts := c.attempts
			if i == 0 {
				attempts++
			}
			if _, err := tx.Exec(`UPDATE sent_copy SET attempts = $3, not_before = $4, answer = $5
				WHERE tenant_id = $1 AND message_id = $2`, a.tenant, c.message, attempts,
				a.wall().UTC().Add(backoff(attempts)), said); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	return &Error{Kind: Unavailable, Code: "mailbox_failed", Err: cause,
		Message: "copies could not be put into the Sent folder"}
}

// copyFinding says how many copies could not be put into the Sent folder yet, and why.
func (a *App) copyFinding(tx store.Tx) (f Finding, bad bool, err error) {
	err = store.Each(tx, `SELECT COUNT(*), MAX(answer) FROM sent_copy WHERE tenant_id = $1 AND answer <> ''`,
		[]any{a.tenant}, func(r store.Rows) error {
			if n := r.Int64(0); n > 0 {
				bad = true
				f = Finding{Name: "sent_folder", Warning: true, Text: sprintf("%d copies of sent mails are not in the Sent "+
					"folder yet: %s", n, r.Text(1))}
			}
			return nil
		})
	return f, bad, err
}

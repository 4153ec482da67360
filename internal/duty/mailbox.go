package duty

import (
	"context"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/channel/mailbox"
)

// OpenMailbox connects to the mailbox that copies of sent mails go to. A simulated book's
// opens only one on this machine. Errors: an address that is not one of a mailbox; that it
// does not answer.
func OpenMailbox(ctx context.Context, s app.MailboxServer) (app.Mailbox, error) {
	return openBox(ctx, s)
}

func openBox(ctx context.Context, s app.MailboxServer) (*mailbox.Box, error) {
	cfg, err := mailbox.ParseURL(s.URL)
	if err != nil {
		return nil, &app.Error{Kind: app.Invalid, Code: "mailbox_invalid", Message: err.Error()}
	}
	cfg.LoopbackOnly, cfg.SentFolder = s.LoopbackOnly, s.SentFolder
	return mailbox.Open(ctx, cfg)
}

// copyEvery is the time between two looks at the copies that are owed: they wait a minute
// anyway.
const copyEvery = 15 * time.Second

// copies puts copies of sent mails into the Sent folder, beside the rounds: a mailbox that
// does not answer keeps nothing from leaving.
func (s *Service) copies(ctx context.Context) {
	told := ""
	for ctx.Err() == nil {
		report, err := s.o.App.CopySent(ctx, app.SentCopyRequest{Open: OpenMailbox, Licence: s.o.Licence})
		if report.Kept+report.There > 0 {
			s.o.Log.Info("copied to the Sent folder", "kept", report.Kept, "there", report.There)
		}
		said := ""
		if err != nil && ctx.Err() == nil {
			said = app.AsError(err).Code
			if said != told {
				s.o.Log.Warn("Sent folder", "code", said, "error", err)
			}
		}
		told = said
		sleep(ctx, copyEvery)
	}
}

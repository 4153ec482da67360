package cli

import (
	"os"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/duty"
)

// writeFile writes bytes to a new file; - is standard output, and then nothing else is
// written there.
func (s *session) writeFile(file string, data []byte) (toStdout bool, err error) {
	if file == "-" {
		_, err = s.out.Write(data)
		return true, err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return false, unreadable(file, err)
	}
	_, err = f.Write(data)
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return false, unreadable(file, err)
	}
	return false, nil
}

// maxFileBytes bounds a file that is kept.
const maxFileBytes = 20 << 20

func fileBytes(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, unreadable(file, err)
	}
	if info.Size() > maxFileBytes {
		return nil, invalid("file_too_large", "%s has %d bytes: expected at most %d", file, info.Size(), maxFileBytes)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, unreadable(file, err)
	}
	return data, nil
}

func (s *session) writeLetter(a *app.App, id int64, file string) error {
	l, err := a.Letter(s.ctx, id)
	if err != nil {
		return err
	}
	if toStdout, err := s.writeFile(file, l.Bytes); err != nil || toStdout {
		return err
	}
	return s.show("recoup/letter/1", l, func(p *page) {
		what := "as it would be now"
		if l.Sent {
			what = "as it was posted"
		}
		p.line("Wrote %s, %s (%d bytes, SHA-256 %s)", file, what, len(l.Bytes), l.SHA256)
		warnMissing(p, l.Missing)
	})
}

func warnMissing(p *page, missing string) {
	if missing != "" {
		p.warn("No letters for %q in the typeface: a replacement stands for each. Write the name in Latin letters.", missing)
	}
}

type outboxPrintCmd struct {
	Messages []string `arg:"" optional:"" name:"message" help:"Letters, as recoup outbox list shows them."`
	All      bool     `help:"Every released letter of today that was not printed yet."`
	Out      string   `required:"" placeholder:"FILE.pdf" help:"The file to write; - is standard output."`
	Duplex   bool     `help:"For printing on both sides: each letter begins on a sheet of its own."`
}

func (c *outboxPrintCmd) Run(s *session) error {
	if c.All == (len(c.Messages) > 0) {
		return usage("expected messages, or --all")
	}
	var list []int64
	if !c.All {
		var err error
		if list, err = ids("message", c.Messages); err != nil {
			return err
		}
	}
	if _, err := os.Stat(c.Out); err == nil { // found out before anything counts as printed
		return unreadable(c.Out, os.ErrExist)
	}
	a, req, err := s.opened("")
	if err != nil {
		return err
	}
	b, err := a.PrintLetters(s.ctx, req, app.PrintOrder{Creditor: s.flags.Creditor, Messages: list, Duplex: c.Duplex})
	if err != nil {
		return err
	}
	if !req.DryRun {
		if toStdout, err := s.writeFile(c.Out, b.Bytes); err != nil || toStdout {
			return err
		}
	}
	if err := s.show("recoup/print/1", b, func(p *page) { showPrint(p, &b, c.Out, req.DryRun) }); err != nil {
		return err
	}
	if len(b.Refused) > 0 {
		return errPartly
	}
	return nil
}

func showPrint(p *page, b *app.PrintBatch, file string, dry bool) {
	p.line("%s dated %s, %s.", plural(int64(len(b.Letters)), "letter", "letters"), b.Day,
		plural(int64(b.Pages), "page", "pages"))
	for _, r := range b.Refused {
		p.warn("message:%d  not printed: %s [%s]", r.Message, r.Text, r.Code)
	}
	warnMissing(p, b.Missing)
	if dry {
		return
	}
	p.line("Wrote %s. Print it, post the letters on %s, then: recoup mark-sent --batch %d", file, dayName(b.Day), b.ID)
}

type outboxEmlCmd struct {
	Message string `arg:"" help:"The message."`
	Out     string `required:"" placeholder:"FILE.eml" help:"The file to write; - is standard output."`
}

func (c *outboxEmlCmd) Run(s *session) error {
	a, _, id, err := s.openedFor("message", c.Message, "")
	if err != nil {
		return err
	}
	data, err := a.EML(s.ctx, id, duty.BuildMail)
	if err != nil {
		return err
	}
	if toStdout, err := s.writeFile(c.Out, data); err != nil || toStdout {
		return err
	}
	written := struct {
		Message int64  `json:"message"`
		File    string `json:"file"`
		Bytes   int    `json:"bytes"`
	}{id, c.Out, len(data)}
	return s.show("recoup/eml/1", written, func(p *page) {
		p.line("Wrote %s. Send it with your own program, then: recoup mark-sent %d", c.Out, id)
	})
}

type outboxProofCmd struct {
	Message string   `arg:"" help:"The letter."`
	Level   string   `arg:"" enum:"posted,tracked,slip,returned" help:"posted, tracked, slip or returned."`
	On      cal.Date `placeholder:"DAY" default:"none" help:"Its day. Default: today."`
	File    string   `placeholder:"FILE" help:"A scan to keep."`
	Text    string   `placeholder:"T" help:"Tracking number, who signed, why it came back."`
}

func (c *outboxProofCmd) Run(s *session) error {
	a, req, id, err := s.openedFor("message", c.Message, "")
	if err != nil {
		return err
	}
	p := app.Proof{Message: id, Level: app.Level(c.Level), Day: c.On, Text: c.Text}
	if c.File != "" {
		if p.File, err = fileBytes(c.File); err != nil {
			return err
		}
	}
	list, err := a.Prove(s.ctx, req, p)
	if err != nil {
		return err
	}
	return s.show("recoup/proof/1", struct {
		Message int64            `json:"message"`
		Proofs  []app.KnownProof `json:"proofs"`
	}{id, list}, func(p *page) {
		for _, k := range list {
			p.line("message:%d  %s on %s  %s", id, k.Level, k.Day, strings.TrimSpace(k.Text))
		}
		if c.Level == string(app.LevelReturned) {
			p.line("It does not count as served. Find another address: recoup task list")
		}
	})
}

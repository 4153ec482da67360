package app

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// sentBox is a Sent folder inside the process.
type sentBox struct {
	ids    []string
	fault  error
	opened int
}

func (s *sentBox) open(context.Context, MailboxServer) (Mailbox, error) {
	s.opened++
	return s, nil
}
func (s *sentBox) Close() error { return nil }
func (s *sentBox) Keep(_ context.Context, id string, mail []byte, _ time.Time) (bool, error) {
	if s.fault != nil {
		return false, s.fault
	}
	s.ids = append(s.ids, id+" "+strings.SplitN(string(mail), "\r\n", 2)[0])
	return len(s.ids) == 1, nil
}

// lettered is an outTray whose mails have a Message-ID.
type lettered struct{ *outTray }

func (l lettered) Build(m Mail) (Parcel, error) {
	p, err := l.outTray.Build(m)
	p.Bytes = []byte("Message-ID: <m" + m.Message + "@northgate.example>\r\n\r\n" + m.Text)
	return p, err
}

// TestCopySent: of each mail that was sent one copy goes to the Sent folder, after a while,
// however often it takes; a mailbox that does not answer keeps nothing from leaving.
func TestCopySent(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		forward := b.wallClock()
		b.sets("anna", SettingIMAP, "imaps://anna:secret@imap.northgate.example")
		if v, err := b.Setting(b.ctx, "", SettingIMAP); strings.Contains(v, "secret") || err != nil {
			t.Error(v, err)
		}
		b.run(ApproveAll)
		o := outTray{outcome: Delivered}
		report, err := b.Send(b.ctx, tester, SendRequest{Licence: anyLicence{},
			Open: func(MailServer) (Mailer, error) { return lettered{&o}, nil }})
		if err != nil || report.Sent != 1 {
			t.Fatalf("%+v %v", report, err)
		}
		box := sentBox{}
		pass := func(want SentCopyReport, code string) {
			t.Helper()
			got, err := b.CopySent(b.ctx, SentCopyRequest{Open: box.open, Licence: anyLicence{}})
			if diff := cmp.Diff(want, got); diff != "" || (err != nil) != (code != "") || err != nil && AsError(err).Code != code {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		}
		pass(SentCopyReport{}, "") // the provider may do it itself
		forward(copyAfter)
		box.fault = errors.New("no such folder")
		pass(SentCopyReport{Retry: 1}, "mailbox_failed")
		pass(SentCopyReport{}, "") // not at once again
		if all, err := b.readiness(b.ctx); err != nil || !strings.Contains(findingText(all, "sent_folder"), "no such folder") {
			t.Errorf("%+v %v", all, err)
		}
		forward(time.Minute)
		box.fault = nil
		pass(SentCopyReport{Kept: 1}, "")
		forward(time.Hour)
		pass(SentCopyReport{}, "")
		if len(box.ids) != 1 || !strings.Contains(box.ids[0], "@northgate.example> Message-ID: <m") {
			t.Error(box.ids)
		}
		if all, err := b.readiness(b.ctx); err != nil || findingText(all, "sent_folder") != "" {
			t.Errorf("%+v %v", all, err)
		}
		b.asRecorded()
	})
}

func findingText(all []Finding, name string) string {
	for _, f := range all {
		if f.Name == name {
			return f.Text
		}
	}
	return ""
}

// TestNoCopyWithoutMailbox: without a mailbox nothing is owed and nothing is opened.
func TestNoCopyWithoutMailbox(t *testing.T) {
	b := friendlyBook(t, t.TempDir()+"/book.db")
	forward := b.wallClock()
	b.run(ApproveAll)
	o := outTray{outcome: Delivered}
	if r := b.sendWith(&o); r.Sent != 1 {
		t.Fatal(r)
	}
	b.sets("anna", SettingIMAP, "imaps://anna:secret@imap.northgate.example")
	forward(time.Hour)
	box := sentBox{}
	if got, err := b.CopySent(b.ctx, SentCopyRequest{Open: box.open, Licence: anyLicence{}}); err != nil || box.opened != 0 || got != (SentCopyReport{}) {
		t.Errorf("%+v %v", got, err)
	}
}

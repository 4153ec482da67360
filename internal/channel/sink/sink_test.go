package sink

import (
	"errors"
	"io/fs"
	"net"
	"net/smtp"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const sampleMail = "From: Helen <ar@creditor.example>\r\nTo: ap@debtor.example\r\n" +
	"Subject: =?utf-8?q?Zahlungserinnerung_=E2=82=AC?=\r\nDate: Thu, 19 Mar 2026 09:30:00 +0100\r\n" +
	"Message-ID: <m1.b@creditor.example>\r\nMIME-Version: 1.0\r\n" +
	"Content-Type: multipart/mixed; boundary=o\r\n\r\n" +
	"--o\r\nContent-Type: multipart/alternative; boundary=i\r\n\r\n" +
	"--i\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
	"1.234,50 =E2=82=AC\r\n--i\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
	"PHA+aGk8L3A+\r\n--i--\r\n--o\r\nContent-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\n" +
	"not the text\r\n--o--\r\n"

func start(t *testing.T, o Options) *Sink {
	t.Helper()
	s, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func send(s *Sink, body string) error {
	return smtp.SendMail(s.Addr(), nil, "ar@creditor.example", []string{"ap@debtor.example",
		"b@debtor.example"}, []byte(body))
}

func TestKeepsEveryMailForPeople(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mails")
	s := start(t, Options{Dir: dir})
	if err := send(s, sampleMail); err != nil {
		t.Fatal(err)
	}
	if err := send(s, strings.ReplaceAll(sampleMail, "m1.b", "m2.b")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"000001.txt":  "1.234,50 €",
		"000001.html": "<p>hi</p>",
		"000001.eml":  strings.ReplaceAll(sampleMail, "\r\n", "\n"),
		"index.txt": "000001\tThu, 19 Mar 2026 09:30:00 +0100\t" +
			"ap@debtor.example b@debtor.example\tZahlungserinnerung €\t" +
			"m1.b@creditor.example\tHelen <ar@creditor.example>\n000002\tThu, 19 Mar 2026 09:30:00 +0100\t" +
			"ap@debtor.example b@debtor.example\t" +
			"Zahlungserinnerung €\tm2.b@creditor.example\tHelen <ar@creditor.example>\n",
	} {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || strings.ReplaceAll(string(got), "\r\n", "\n") != want {
			t.Errorf("%s: %q (%v), want %q", name, got, err, want)
		}
	}
	m := s.Mails()[0]
	if m.From != "ar@creditor.example" || m.Number != 1 || string(m.Bytes) != sampleMail {
		t.Errorf("kept %+v", m)
	}
}

func TestGoesOnCountingAfterARestart(t *testing.T) {
	dir := t.TempDir()
	s := start(t, Options{Dir: dir})
	_ = send(s, sampleMail)
	_ = s.Close()
	// A crash in the middle of a line: that mail was never accepted.
	index := filepath.Join(dir, indexName)
	b, _ := os.ReadFile(index)
	if err := os.WriteFile(index, append(b, "000002\thalf a li"...), 0o600); err != nil {
		t.Fatal(err)
	}
	again := start(t, Options{Dir: dir})
	if again.Count() != 1 || again.Mails()[0].MessageID != "m1.b@creditor.example" {
		t.Fatalf("after a restart: %+v", again.Mails())
	}
	if err := send(again, sampleMail); err != nil {
		t.Fatal(err)
	}
	if got := again.Doubles(); len(got) != 1 || got[0] != "m1.b@creditor.example" {
		t.Errorf("doubles %v, want the one Message-ID sent twice", got)
	}
	if b, _ := os.ReadFile(index); strings.Count(string(b), "\n") != 2 || strings.Contains(string(b),
		"half") {
		t.Errorf("index %q", b)
	}
}

func TestListensOnThisMachineOnly(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", ":2525", "192.0.2.1:25", "[::]:0", "localhost:25",
		"nonsense"} {
		s, err := Start(Options{Addr: addr})
		if err == nil {
			_ = s.Close()
		}
		if !errors.Is(err, ErrNotLoopback) {
			t.Errorf("%q: %v, want a refusal", addr, err)
		}
	}
	s := start(t, Options{Addr: "127.0.0.1:0"})
	if host, _, _ := net.SplitHostPort(s.Addr()); host != "127.0.0.1" {
		t.Errorf("listens on %s", s.Addr())
	}
}

func TestFaultsComeEveryNth(t *testing.T) {
	s := start(t, Options{Faults: []Fault{
		{Stage: AtRcpt, Action: Refuse, Every: 3}, {Stage: BeforeAnswer, Action: Reject, Every: 4},
		{Stage: AfterStored, Action: Drop, Every: 5},
	}})
	outcomes := ""
	for range 12 {
		err := send(s, sampleMail)
		switch {
		case err == nil:
			outcomes += "."
		case strings.Contains(err.Error(), "451"):
			outcomes += "4"
		case strings.Contains(err.Error(), "550"):
			outcomes += "5"
		default:
			outcomes += "?"
		}
	}
	if want := "..45?4.54?.4"; outcomes != want {
		t.Errorf("outcomes %s, want %s", outcomes, want)
	}
	// Stored: the five that went well and the two that were dropped after storing.
	if got := s.Count(); got != strings.Count(outcomes, ".")+strings.Count(outcomes, "?") ||
		s.Attempts() != 12 {
		t.Errorf("%d stored of %d begun", got, s.Attempts())
	}
}

func TestUnreadableMailsAreKept(t *testing.T) {
	s := start(t, Options{Dir: t.TempDir()})
	for _, body := range []string{"no header at all\r\n", "Content-Type: multipart/x\r\n\r\n--\r\n",
		"Subject: =?bad?q?x\r\n\r\n"} {
		if err := send(s, body); err != nil {
			t.Errorf("%q: %v", body, err)
		}
	}
	if s.Count() != 3 {
		t.Errorf("%d kept, want 3", s.Count())
	}
}

// TestForgetsWhatCameLater: back to the first mail, on the disk too, and counting on from there.
func TestForgetsWhatCameLater(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mails")
	s := start(t, Options{Dir: dir})
	for _, id := range []string{"m1.b", "m2.b", "m3.b"} {
		if err := send(s, strings.ReplaceAll(sampleMail, "m1.b", id)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Keep(1); err != nil {
		t.Fatal(err)
	}
	if err := send(s, strings.ReplaceAll(sampleMail, "m1.b", "m4.b")); err != nil {
		t.Fatal(err)
	}
	check := func(s *Sink) {
		t.Helper()
		all := s.Mails()
		if len(all) != 2 || all[1].MessageID != "m4.b@creditor.example" || all[1].Number != 2 ||
			all[1].Sender != "Helen <ar@creditor.example>" {
			t.Errorf("after going back the mails are %+v", all)
		}
		if raw, err := s.Raw(2); err != nil || !strings.Contains(string(raw), "m4.b") {
			t.Errorf("mail 2: %q, %v", raw, err)
		}
		if _, err := s.Raw(3); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("mail 3 should not exist: %v", err)
		}
	}
	check(s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	check(start(t, Options{Dir: dir}))
	if _, err := os.Stat(filepath.Join(dir, "000003.eml")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file of a forgotten mail is still there: %v", err)
	}
}

func TestUnknownMailbox(t *testing.T) {
	s := start(t, Options{})
	s.SetUnknown("AP@debtor.example")
	if err := send(s, sampleMail); err == nil || !strings.HasPrefix(err.Error(), "550") {
		t.Errorf("a mail to an unknown mailbox: %v, expected 550", err)
	}
	s.SetUnknown()
	if err := send(s, sampleMail); err != nil || s.Count() != 1 {
		t.Errorf("%d mails, %v", s.Count(), err)
	}
}

func TestReadTakesFilesApart(t *testing.T) {
	c := Read([]byte("From: a@b.example\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n" +
		"Content-Type: text/plain\r\n\r\nhello\r\n--o\r\n" +
		"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n" +
		"Content-Disposition: attachment; filename=\"../x/INV-1.pdf\"\r\n\r\nJVBERg==\r\n--o--\r\n"))
	if c.Text != "hello" || len(c.Files) != 1 || c.Files[0].Name != "INV-1.pdf" ||
		string(c.Files[0].Bytes) != "%PDF" || c.Files[0].MediaType != "application/pdf" {
		t.Errorf("read %+v", c)
	}
}

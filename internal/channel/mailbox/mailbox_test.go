package mailbox

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"github.com/recoup-project/recoup/internal/channel"
)

var ctx = context.Background()

// folder is a folder of the mailbox of a test.
type folder struct {
	name string
	use  imap.MailboxAttr
}

// marking is a session in which the folders are marked with their use.
type marking struct {
	imapserver.SessionIMAP4rev2
	folders []folder
}

func (m *marking) List(w *imapserver.ListWriter, _ string, _ []string, options *imap.ListOptions) error {
	for _, f := range m.folders {
		data := &imap.ListData{Mailbox: f.name, Delim: '/'}
		if f.use != "" && options.ReturnSpecialUse {
			data.Attrs = []imap.MailboxAttr{f.use}
		}
		if err := w.WriteList(data); err != nil {
			return err
		}
	}
	return nil
}

// mailServer serves a mailbox of anna and returns its user and address.
func mailServer(t *testing.T, folders ...folder) (*imapmemserver.User, Config) {
	t.Helper()
	user := imapmemserver.NewUser("anna@northgate.example", "s€cret")
	for _, f := range append(folders, folder{name: "INBOX"}) {
		if err := user.Create(f.name, &imap.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	memory := imapmemserver.New()
	memory.AddUser(user)
	server := imapserver.New(&imapserver.Options{InsecureAuth: true, Logger: log.New(io.Discard, "", 0),
		Caps: imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapSpecialUse: {}, imap.CapIMAP4rev2: {}},
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return &marking{memory.NewSession().(imapserver.SessionIMAP4rev2), folders}, nil, nil
		}})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	cfg, err := ParseURL("imap://anna%40northgate.example:s%E2%82%ACcret@" + l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return user, cfg
}

func count(t *testing.T, u *imapmemserver.User, folder string) uint32 {
	t.Helper()
	s, err := u.Status(folder, &imap.StatusOptions{NumMessages: true})
	if err != nil {
		t.Fatal(err)
	}
	return *s.NumMessages
}

func mail(id, subject string) []byte {
	return []byte("Message-ID: <" + id + ">\r\nFrom: a@northgate.example\r\nSubject: " + subject + "\r\n\r\nHello.\r\n")
}

// TestKeep: a copy is put where sent mails are, once.
func TestKeep(t *testing.T) {
	user, cfg := mailServer(t, folder{name: "Archive"}, folder{"Post/Raus", imap.MailboxAttrSent}, folder{name: "Sent"})
	b, err := Open(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 17, 9, 0, 0, 0, time.UTC)
	for i, c := range []struct {
		id   string
		want bool
	}{{"m1.book@d.example", true}, {"m1.book@d.example", false}, {"m11.book@d.example", true}} {
		if kept, err := b.Keep(ctx, "<"+c.id+">", mail(c.id, "Reminder"), at); kept != c.want || err != nil {
			t.Errorf("%d: %v %v", i, kept, err)
		}
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if n := count(t, user, "Post/Raus"); n != 2 {
		t.Errorf("%d copies", n)
	}
	cfg.SentFolder = "Archive"
	b, err = Open(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if kept, err := b.Keep(ctx, "<m1.book@d.example>", mail("m1.book@d.example", "x"), at); !kept || err != nil ||
		count(t, user, "Archive") != 1 {
		t.Error(kept, err)
	}
	b.cfg.SentFolder = "Nowhere"
	if _, err := b.Keep(ctx, "<m1>", mail("m1", "x"), at); err == nil || !strings.Contains(err.Error(), "Nowhere") {
		t.Error(err)
	}
	b.Close()
}

func TestSentFolder(t *testing.T) {
	for name, c := range map[string]struct {
		folders []folder
		want    string
	}{
		"marked":  {[]folder{{name: "Sent"}, {"Outgoing", imap.MailboxAttrSent}}, "Outgoing"},
		"named":   {[]folder{{name: "Drafts"}, {name: "Post/gesendet"}}, "Post/gesendet"},
		"nothing": {[]folder{{name: "Drafts"}}, ""},
	} {
		_, cfg := mailServer(t, c.folders...)
		b, err := Open(ctx, cfg)
		if err != nil {
			t.Fatal(err)
		}
		got, err := b.SentFolder(ctx)
		if got != c.want || errors.Is(err, ErrNoSentFolder) != (c.want == "") {
			t.Errorf("%s: %q %v", name, got, err)
		}
		b.Close()
	}
}

func TestNewest(t *testing.T) {
	_, cfg := mailServer(t)
	cfg.SentFolder = "INBOX"
	b, err := Open(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if got, err := b.Newest(ctx, "Test message"); got != nil || err != nil {
		t.Errorf("%q %v", got, err)
	}
	for i, subject := range []string{"Test message from Recoup", "Re: Test message from Recoup", "Other"} {
		id := "<" + string(rune('a'+i)) + "@d>"
		if _, err := b.Keep(ctx, id, mail(strings.Trim(id, "<>"), subject), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := b.Newest(ctx, "Test message"); err != nil || string(got) != string(mail("b@d", "Re: Test message from Recoup")) {
		t.Errorf("%q %v", got, err)
	}
}

func TestOpen(t *testing.T) {
	_, cfg := mailServer(t)
	wrong := cfg
	wrong.Password = "another"
	if _, err := Open(ctx, wrong); err == nil || !strings.Contains(err.Error(), "signing in") ||
		strings.Contains(err.Error(), "another") {
		t.Error(err)
	}
	far := cfg
	far.Host, far.LoopbackOnly = "192.0.2.1", true
	if _, err := Open(ctx, far); !errors.Is(err, channel.ErrNotLoopback) {
		t.Error(err)
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	mute, _ := ParseURL("imap://a:b@" + silent.Addr().String())
	mute.Timeout = 50 * time.Millisecond
	if _, err := Open(ctx, mute); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	for _, bad := range []string{"", "imap://host", "smtp://a:b@host", "imaps://a:b@", "imaps://a:b@host:0", "imaps://a:b@host/x",
		"imaps://a:secret@host:port"} {
		if _, err := ParseURL(bad); !errors.Is(err, ErrConfig) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if c, err := ParseURL("imaps://a:b@imap.example.com"); err != nil || c.Port != 993 || !c.Encrypted ||
		c.String() != "imap.example.com:993" {
		t.Error(c, err)
	}
}

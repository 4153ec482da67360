package app

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
)

// threadTray writes mails with the headers of a thread.
type threadTray struct{ outTray }

func (o *threadTray) open(MailServer) (Mailer, error) { return o, nil }

func (o *threadTray) Build(m Mail) (Parcel, error) {
	p, err := o.outTray.Build(m)
	p.Bytes = fmt.Appendf(nil, "Message-ID: <m%s@northgate.example>\r\nReferences: %s\r\n\r\ntext\r\n", m.Message,
		strings.Join(m.References, " "))
	return p, err
}

// TestAReplyStaysInItsThread: the second reminder of the gentle strategy answers the
// first one about the same item; the first answers nothing, nor does a step that is no
// reply.
func TestAReplyStaysInItsThread(t *testing.T) {
	for strategy, replies := range map[string]bool{"gentle": true, "small_balance": false} {
		t.Run(strategy, func(t *testing.T) {
			onBothEngines(t, func(t *testing.T, address string) {
				b := newTestBook(t, address, "GB", "2026-02-01")
				b.readyToSend()
				b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
				b.addItems(newItem{"C1", "INV-1", "2026-03-02", 9_000, book.Yes})
				b.do("test_strategy", func(w *recorder) error {
					_, err := w.Exec("UPDATE customer SET strategy = $2 WHERE tenant_id = $1", b.tenant, strategy)
					return err
				})
				var o threadTray
				o.outcome = Delivered
				for _, day := range []string{"2026-03-12", "2026-04-01"} {
					b.at(day, 11)
					b.knowCash(day)
					b.run(ApproveAll)
					if _, err := b.Send(b.ctx, tester, SendRequest{Open: o.open, Licence: anyLicence{}}); err != nil {
						t.Fatal(err)
					}
				}
				if len(o.mails) != 2 || o.mails[0].InReplyTo != "" || o.mails[0].References != nil {
					t.Fatalf("mails %+v", o.mails)
				}
				first := "m" + o.mails[0].Message + "@northgate.example"
				second := o.mails[1]
				if replies != (second.InReplyTo == first) || replies != slices.Equal(second.References, []string{first}) {
					t.Errorf("the second answers %q of %q", second.InReplyTo, second.References)
				}
			})
		})
	}
}

func TestThreadOf(t *testing.T) {
	long := "<a@x>"
	for i := range 20 {
		long += fmt.Sprintf("\r\n <b%d@x>", i)
	}
	for raw, want := range map[string]string{
		"Message-ID: <a@x>\r\n\r\n":                                "a@x [a@x]",
		"Message-Id: <c@x>\r\nReferences: <a@x>\r\n <b@x>\r\n\r\n": "c@x [a@x b@x c@x]",
		"Subject: no mail of ours\r\n\r\n":                         " []",
		"a letter\n\nwith text":                                    " []",
		"Message-ID: <c@x>\r\nReferences: " + long + "\r\n\r\n":    "c@x [a@x b12@x b13@x b14@x b15@x b16@x b17@x b18@x b19@x c@x]",
	} {
		if id, references := threadOf([]byte(raw)); fmt.Sprint(id, " ", references) != want {
			t.Errorf("%.60q: %q %q, want %s", raw, id, references, want)
		}
	}
}

// TestDamagedEvidenceKeepsNothingBack: a reply to a mail whose bytes are damaged leaves
// as a mail of its own.
func TestDamagedEvidenceKeepsNothingBack(t *testing.T) {
	b := newTestBook(t, t.TempDir()+"/book.db", "GB", "2026-02-01")
	b.readyToSend()
	b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
	b.addItems(newItem{"C1", "INV-1", "2026-03-02", 9_000, book.Yes})
	b.do("test_strategy", func(w *recorder) error {
		_, err := w.Exec("UPDATE customer SET strategy = 'gentle' WHERE tenant_id = $1", b.tenant)
		return err
	})
	var o threadTray
	o.outcome = Delivered
	for _, day := range []string{"2026-03-12", "2026-04-01"} {
		b.at(day, 11)
		b.knowCash(day)
		b.run(ApproveAll)
		if _, err := b.Send(b.ctx, tester, SendRequest{Open: o.open, Licence: anyLicence{}}); err != nil {
			t.Fatal(err)
		}
		b.do("test_damage", func(w *recorder) error {
			_, err := w.Exec("UPDATE evidence SET body = $2 WHERE tenant_id = $1", b.tenant, []byte("\x20damaged"))
			return err
		})
	}
	if len(o.mails) != 2 || o.mails[1].InReplyTo != "" || o.mails[1].References != nil {
		t.Errorf("mails %+v", o.mails)
	}
}

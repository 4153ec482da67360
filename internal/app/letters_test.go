package app

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

// pdfText is the text of a PDF file as it stands on its pages.
func pdfText(t testing.TB, data []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", file, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext: %v\n%s", err, out)
	}
	return string(out)
}

// letterOf is the letter among messages.
func letterOf(t testing.TB, list []OutboxMessage) OutboxMessage {
	t.Helper()
	i := slices.IndexFunc(list, func(m OutboxMessage) bool { return m.Channel == book.Letter })
	if i < 0 {
		t.Fatalf("no letter among %+v", list)
	}
	return list[i]
}

// demandReady is a final demand released on its day, with cash known.
func demandReady(t *testing.T, address string) (*testBook, OutboxMessage, OutboxMessage) {
	b, list := finalDemand(t, address, "")
	b.at("2026-04-02", 10)
	b.knowCash("2026-04-01")
	letter := letterOf(t, list)
	mail := list[1-slices.IndexFunc(list, func(m OutboxMessage) bool { return m.ID == letter.ID })]
	return b, letter, mail
}

// TestLettersArePrintedAndPosted: the batch holds the letter with its enclosures and date,
// nothing counts as posted until somebody says so, and what was printed is the evidence,
// whatever has changed since.
func TestLettersArePrintedAndPosted(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b, m, _ := demandReady(t, address)
		try, err := b.PrintLetters(b.ctx, Request{Actor: "test", DryRun: true}, PrintOrder{})
		if err != nil || try.ID != 0 || try.Pages == 0 {
			t.Fatalf("%+v, %v", try, err)
		}
		batch, err := b.PrintLetters(b.ctx, tester, PrintOrder{Duplex: true})
		if err != nil || !slices.Equal(batch.Letters, []int64{m.ID}) || batch.Pages%2 != 0 || !batch.Enclosed || batch.Missing != "" {
			t.Fatalf("%+v, %v", batch, err)
		}
		text := pdfText(t, batch.Bytes)
		holds(t, text, []string{"C1 Ltd", "1 High Street", "2 April 2026", "Reply Form", "Information Sheet", "Statement of account",
			"Page 1 of"})
		if _, err := b.PrintLetters(b.ctx, tester, PrintOrder{}); err == nil || AsError(err).Code != "nothing_to_print" {
			t.Errorf("printed twice: %v", err)
		}
		if list, _ := b.Outbox(b.ctx, OutboxFilter{State: book.Approved, Channel: book.Letter}); len(list) != 1 {
			t.Errorf("printing changed the state: %+v", list)
		}
		before, err := b.Letter(b.ctx, m.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.SetSetting(b.ctx, tester, "", "sender.person", "Somebody Else"); err != nil {
			t.Fatal(err)
		}
		report, err := b.MarkBatchSent(b.ctx, tester, batch.ID, SentByHand{Day: cal.MustParse("2026-04-02"), Tracking: "certificate 7"})
		if err != nil || len(report.Changed) != 1 || report.Changed[0].To != book.Sent {
			t.Fatalf("%+v, %v", report, err)
		}
		sent, err := b.Letter(b.ctx, m.ID)
		if err != nil || !sent.Sent || !bytes.Equal(sent.Bytes, before.Bytes) {
			t.Errorf("the evidence is not what was printed: %+v, %v", sent, err)
		}
		e, err := b.Evidence(b.ctx, m.ID)
		if err != nil || !strings.Contains(e.Recipient, "1 High Street, York") {
			t.Errorf("%+v, %v", e, err)
		}
		read := e.Readable()
		holds(t, read.Text, []string{"Helen Marsh", "Reply Form"}, "Somebody Else")
		if read.Subject == "" {
			t.Error("the evidence has no subject")
		}
		if again, err := b.MarkBatchSent(b.ctx, tester, batch.ID, SentByHand{Day: cal.None}); err != nil || len(again.Changed) != 0 {
			t.Errorf("posted twice: %+v, %v", again, err)
		}
		if _, err := b.MarkBatchSent(b.ctx, tester, 99, SentByHand{}); err == nil || AsError(err).Kind != NotFound {
			t.Errorf("no batch: %v", err)
		}
	})
}

// TestALetterBearsItsPostingDate: it is not printed on another day.
func TestALetterBearsItsPostingDate(t *testing.T) {
	b, m, mail := demandReady(t, t.TempDir()+"/book.db")
	if r, err := b.PrintLetters(b.ctx, tester, PrintOrder{Messages: []int64{mail.ID}}); err == nil || len(r.Refused) != 1 || r.Refused[0].Code != "not_a_letter" {
		t.Errorf("a mail was printed: %+v, %v", r, err)
	}
	b.goTo(cal.MustParse("2026-04-07"))
	r, err := b.PrintLetters(b.ctx, tester, PrintOrder{Messages: []int64{m.ID}})
	if err == nil || len(r.Refused) != 1 || r.Refused[0].Code != "text_expired" {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestNoLetterIsPrintedThatIsNoLongerTrue: one whose customer has paid is stopped.
func TestNoLetterIsPrintedThatIsNoLongerTrue(t *testing.T) {
	b, m, _ := demandReady(t, t.TempDir()+"/book.db")
	if _, err := b.Pay(b.ctx, tester, PayRequest{Ref: "item:INV-1", Amount: amountOf(t, "6000.00 GBP"), On: cal.MustParse("2026-04-01")}); err != nil {
		t.Fatal(err)
	}
	if r, err := b.PrintLetters(b.ctx, tester, PrintOrder{Messages: []int64{m.ID}}); err == nil || len(r.Letters) != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	if list, _ := b.Outbox(b.ctx, OutboxFilter{Message: m.ID}); list[0].State != book.Stopped {
		t.Errorf("the letter is %s", list[0].State)
	}
}

// TestProofsOfALetter: each level is kept; one that came back does not count as served and
// asks for another address; in Germany the slip is asked for while the post keeps it.
func TestProofsOfALetter(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b, m, _ := demandReady(t, address)
		if _, err := b.Prove(b.ctx, tester, Proof{Message: m.ID, Level: LevelTracked, Day: cal.None}); err == nil || AsError(err).Code != "not_posted" {
			t.Errorf("a letter that nobody posted has a proof: %v", err)
		}
		if _, err := b.MarkSent(b.ctx, tester, SentByHand{Message: m.ID, Day: cal.MustParse("2026-04-02"), Enclosed: true}); err != nil {
			t.Fatal(err)
		}
		b.do("test_country", func(w *recorder) error {
			_, err := w.Exec("UPDATE customer SET country = 'DE' WHERE tenant_id = $1", b.tenant)
			return err
		})
		tasks := func(kind string) int64 {
			return b.number("SELECT count(*) FROM task WHERE tenant_id = $1 AND state = 'open' AND kind = '" + kind + "'")
		}
		list, err := b.Prove(b.ctx, tester, Proof{Message: m.ID, Level: LevelTracked, Day: cal.None, Text: "RN 12", File: []byte("scan")})
		if err != nil || len(list) != 1 || list[0].Text != "RN 12" || list[0].SHA256 == "" || tasks(TaskFetchSlip) != 1 {
			t.Fatalf("%+v, %v, %d tasks", list, err, tasks(TaskFetchSlip))
		}
		if due := b.number("SELECT due_day FROM task WHERE tenant_id = $1 AND kind = '" + TaskFetchSlip + "'"); cal.Date(due) != cal.MustParse("2026-05-02") {
			t.Errorf("the slip is asked for on %s", cal.Date(due))
		}
		b.goTo(cal.MustParse("2026-04-10"))
		if _, err := b.Prove(b.ctx, tester, Proof{Message: m.ID, Level: LevelSlip, Day: cal.None}); err != nil || tasks(TaskFetchSlip) != 0 {
			t.Errorf("%v, %d tasks", err, tasks(TaskFetchSlip))
		}
		list, err = b.Prove(b.ctx, tester, Proof{Message: m.ID, Level: LevelReturned, Day: cal.None, Text: "unknown at address"})
		if err != nil || len(list) != 3 || tasks(TaskAddressFailed) != 1 {
			t.Fatalf("%+v, %v, %d tasks", list, err, tasks(TaskAddressFailed))
		}
		if found, _ := b.Outbox(b.ctx, OutboxFilter{Message: m.ID}); found[0].State != book.Failed {
			t.Errorf("the letter is %s", found[0].State)
		}
		if live := b.number(sprintf("SELECT count(*) FROM message WHERE tenant_id = $1 AND live = 1 AND message_id = %d", m.ID)); live != 0 {
			t.Error("the letter still counts")
		}
		if n := b.number("SELECT count(*) FROM party WHERE tenant_id = $1 AND address LIKE '%High Street%'"); n != 0 {
			t.Error("the address is still written to")
		}
	})
}

// TestAFormalMailCarriesItsLetter and the copies of its invoices, as far as they fit, and
// lists them by name.
func TestAFormalMailCarriesItsLetter(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := formalBook(t, address)
		b.addPaper("INV-1", "Invoice 1.pdf", []byte("%PDF-1.4 invoice"), 0)
		b.addPaper("INV-1", "a/b.pdf", []byte("%PDF-1.4 newer"), 0)
		p, err := b.Preview(b.ctx, b.onlyMessage())
		if err != nil || !slices.Equal(p.Attachments, []string{"Formal reminder.pdf", "a-b.pdf"}) {
			t.Fatalf("attachments %v, %v", p.Attachments, err)
		}
		holds(t, p.Text, []string{"Attached: Formal reminder.pdf, a-b.pdf"})
		var o outTray
		o.outcome = Delivered
		if report := b.sendWith(&o); report.Sent != 1 {
			t.Fatalf("%+v", report)
		}
		files := o.mails[0].Attachments
		if len(files) != 2 || string(files[1].Bytes) != "%PDF-1.4 newer" {
			t.Fatalf("%d files", len(files))
		}
		text := pdfText(t, files[0].Bytes)
		holds(t, text, []string{"Formal reminder", "INV-1", "Attached: a-b.pdf"}, "Attached: Formal")
	})
}

// addPaper gives an item a copy of its invoice; size 0 is that of its bytes.
func (b *testBook) addPaper(item, name string, data []byte, size int64) {
	b.t.Helper()
	h, err := b.DB().Blobs().Put(b.ctx, b.tenant, data)
	if err != nil {
		b.t.Fatal(err)
	}
	if size == 0 {
		size = int64(len(data))
	}
	b.do("test_paper", func(w *recorder) error {
		words, hash, err := w.words(name)
		if err != nil {
			return err
		}
		id, err := w.NextIDs("paper", 1)
		if err != nil {
			return err
		}
		customer := int64(0)
		if err := store.One(w, "SELECT customer_id FROM item WHERE tenant_id = $1 AND item_id = $2", []any{b.tenant, b.item[item]},
			func(r store.Rows) { customer = r.Int64(0) }); err != nil {
			return err
		}
		ins := w.Insert("paper")
		ins.Int(customer).Int(id).Int(w.Seq()).Int(b.item[item]).Int(0).Text("invoice").Text("application/pdf").Text(h.String()).
			Int(size).Int(words).Bytes(hash)
		return ins.One()
	})
}

// TestCopiesThatDoNotFitAreNotListed.
func TestCopiesThatDoNotFitAreNotListed(t *testing.T) {
	b := formalBook(t, t.TempDir()+"/book.db")
	b.addPaper("INV-1", "huge.pdf", []byte("x"), maxCopiesBytes+1)
	p, err := b.Preview(b.ctx, b.onlyMessage())
	if err != nil || !slices.Equal(p.Attachments, []string{"Formal reminder.pdf"}) {
		t.Errorf("attachments %v, %v", p.Attachments, err)
	}
}

// TestAMailToSendOneself: the bytes that would be sent, also without an address to send from.
func TestAMailToSendOneself(t *testing.T) {
	b := formalBook(t, t.TempDir()+"/book.db")
	id := b.onlyMessage()
	var got Mail
	build := func(string) func(Mail) (Parcel, error) {
		return func(m Mail) (Parcel, error) { got = m; return Parcel{Bytes: []byte(m.Subject)}, nil }
	}
	if _, err := b.EML(b.ctx, id, build); err != nil || len(got.Attachments) != 1 || got.To != "ap@c1.example" {
		t.Fatalf("%+v, %v", got, err)
	}
	if err := b.SetSetting(b.ctx, tester, "", SettingMailFrom, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := b.EML(b.ctx, id, build); err != nil || got.From != "accounts@northgate.example" {
		t.Errorf("from %q, %v", got.From, err)
	}
	if sent, err := b.MarkSent(b.ctx, tester, SentByHand{Message: id, Day: cal.MustParse("2026-03-19")}); err != nil || sent.State != book.Sent {
		t.Errorf("%+v, %v", sent, err)
	}
	if _, err := b.EML(b.ctx, id, build); err == nil {
		t.Error("a mail that was sent can be sent again")
	}
}

// TestTheLogoIsChecked, kept and shown.
func TestTheLogoIsChecked(t *testing.T) {
	b := formalBook(t, t.TempDir()+"/book.db")
	plainLetter, err := b.Letter(b.ctx, b.onlyMessage())
	if err != nil {
		t.Fatal(err)
	}
	if err := b.SetLogo(b.ctx, tester, "", []byte("<svg/>")); err == nil || AsError(err).Code != "logo_invalid" {
		t.Errorf("%v", err)
	}
	var logo bytes.Buffer
	if err := png.Encode(&logo, image.NewGray(image.Rect(0, 0, 40, 10))); err != nil {
		t.Fatal(err)
	}
	if err := b.SetLogo(b.ctx, tester, "", logo.Bytes()); err != nil {
		t.Fatal(err)
	}
	shown, err := b.Letter(b.ctx, b.onlyMessage())
	if err != nil || bytes.Contains(plainLetter.Bytes, []byte("/Subtype/Image")) || !bytes.Contains(shown.Bytes, []byte("/Subtype/Image")) {
		t.Errorf("the logo is not shown: %v", err)
	}
}

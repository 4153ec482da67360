package duty

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/channel/sink"
)

func startSink(t testing.TB, faults ...sink.Fault) *sink.Sink {
	t.Helper()
	s, err := sink.Start(sink.Options{Faults: faults})
	must(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

// TestSendHandsOver: what is released arrives once, is proved by the exact bytes,
// and a second pass does nothing.
func TestSendHandsOver(t *testing.T) {
	onBothEngines(t, func(t *testing.T, place string) {
		s := startSink(t)
		f := newFixture(t, place, s.URL())
		f.release(25)
		report := f.send()
		if report.Sent != 25 || s.Count() != 25 {
			t.Fatalf("sent %+v, the server has %d", report, s.Count())
		}
		if again := f.send(); again.Sent != 0 || s.Count() != 25 {
			t.Errorf("a second pass sent %+v", again)
		}
		byID := map[string][]byte{}
		for _, m := range s.Mails() {
			byID[m.MessageID] = m.Bytes
		}
		if len(byID) != 25 {
			t.Errorf("%d different Message-IDs, expected 25", len(byID))
		}
		e, err := f.app.Evidence(f.ctx, f.ids[3])
		must(t, err)
		found := false
		for _, raw := range byID {
			found = found || bytes.Equal(raw, e.Bytes)
		}
		if !found || e.Recipient != address(f.customer[f.ids[3]]) || e.Answer == "" {
			t.Errorf("the evidence is not what the server got: %+v\n%s", e, e.Bytes)
		}
		m, err := f.app.OutboxMessage(f.ctx, f.ids[3])
		must(t, err)
		if m.State != "sent" || m.SentAt.IsZero() || m.Attempts != 1 || m.OutboxNo == 0 {
			t.Errorf("outbox: %+v", m)
		}
	})
}

// TestACopyThatNoMailSystemTakes is left out of the mail, and said to be.
func TestACopyThatNoMailSystemTakes(t *testing.T) {
	m := mailer{book: "book"}
	in := app.Mail{Message: "1-1", FromName: "Northgate", From: "a@x.example", To: "b@y.example", Subject: "s",
		Text: "t", HTML: "<p>t", Date: time.Unix(1e9, 0), Cc: []string{"nobody", "c@y.example"}}
	for i := range 30 {
		in.Cc = append(in.Cc, address(int64(i)))
	}
	p, err := m.Build(in)
	must(t, err)
	if len(p.To) != 1 || len(p.Cc) != 19 || p.Cc[0] != "c@y.example" || len(p.LeftOut) != 13 ||
		!strings.Contains(p.LeftOut[0], `"nobody"`) {
		t.Errorf("to %v, copies %v, left out %v", p.To, p.Cc, p.LeftOut)
	}
}

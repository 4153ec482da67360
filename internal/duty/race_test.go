package duty

import (
	"context"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/store"
)

// fakeMailer hands over inside the process, with hooks at the moments that matter.
type fakeMailer struct {
	beforeDot func(id int64) // after the body, before the mark
	mu        sync.Mutex
	delivered map[int64]int
}

func (m *fakeMailer) Build(in app.Mail) (app.Parcel, error) {
	return app.Parcel{From: in.From, To: []string{in.To}, Bytes: []byte(in.Message)}, nil
}

func messageOf(key string) int64 {
	_, id, _ := strings.Cut(key, "-")
	n, _ := strconv.ParseInt(id, 10, 64)
	return n
}

func (m *fakeMailer) Deliver(ctx context.Context, p app.Parcel,
	handingOver func(context.Context) error) app.Handover {
	id := messageOf(string(p.Bytes))
	if m.beforeDot != nil {
		m.beforeDot(id)
	}
	if err := handingOver(ctx); err != nil {
		return app.Handover{Outcome: app.NotSent, Err: err}
	}
	m.mu.Lock()
	m.delivered[id]++
	m.mu.Unlock()
	return app.Handover{Outcome: app.Delivered, Answer: "250 OK"}
}

func (m *fakeMailer) AtOnce() int  { return 10 }
func (m *fakeMailer) Close() error { return nil }

func (m *fakeMailer) open(app.MailServer) (app.Mailer, error) { return m, nil }

// pay settles an item as an import of a payment does, and reports whether it was
// committed before its message was handed over: whether the message was not yet
// marked when the account's version was raised.
func (f *fixture) pay(id int64) (first bool, err error) {
	customer := f.customer[id]
	_, err = f.db.Write(f.ctx, f.app.Tenant(), store.Command{Name: "test_pay", Actor: "test"},
		func(tx store.WriteTx) error {
			if _, err := tx.Exec(`UPDATE account SET version = version + 1 WHERE tenant_id = $1 AND customer_id = $2`,
				f.app.Tenant(), customer); err != nil {
				return err
			}
			if _, err := tx.Exec(`UPDATE item SET open_minor = 0, settled_day = $3 WHERE tenant_id = $1
			AND customer_id = $2`,
				f.app.Tenant(), customer, theDay); err != nil {
				return err
			}
			return store.One(tx, `SELECT state FROM message WHERE tenant_id = $1 AND message_id = $2`,
				[]any{f.app.Tenant(), id},
				func(r store.Rows) { first = r.Text(0) == "approved" || r.Text(0) == "claimed" })
		})
	return first, err
}

// TestPaymentAgainstHandOver lets a payment race every single hand-over: 10,000 on
// SQLite, 2,000 on PostgreSQL. A payment committed before the mark stops the
// message always; one committed after it does not undo it.
func TestPaymentAgainstHandOver(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		f := newFixture(t, address, "smtp://127.0.0.1:1")
		n := 10_000
		if f.db.Engine() == store.Postgres {
			n = 2_000
		}
		if testing.Short() {
			n /= 10
		}
		f.release(n)
		var paying sync.WaitGroup
		var before sync.Map // message id → whether its payment came first
		m := &fakeMailer{delivered: map[int64]int{}}
		m.beforeDot = func(id int64) {
			if _, again := before.LoadOrStore(id, false); again {
				return
			}
			delay := time.Duration(rand.IntN(1500)) * time.Microsecond
			paying.Go(func() {
				time.Sleep(delay)
				first, err := f.pay(id)
				if err != nil {
					t.Error(err)
				}
				before.Store(id, first)
			})
			time.Sleep(time.Duration(rand.IntN(1500)) * time.Microsecond)
		}
		report, err := f.app.Send(f.ctx, tester, app.SendRequest{Open: m.open, Licence: f.licence})
		must(t, err)
		paying.Wait()
		first, wrong := 0, 0
		states := f.stateOf()
		for _, id := range f.ids {
			paidFirst, _ := before.Load(id)
			went := m.delivered[id] > 0
			if paidFirst == true {
				first++
			}
			if went == (paidFirst == true) || went != (states[id] == "sent") || m.delivered[id] > 1 {
				wrong++
			}
		}
		t.Logf("%d races, %d payments came first; %+v", n, first, report)
		if wrong > 0 || first == 0 || first == n || report.Sent+report.Stopped[0].Count != int64(n) {
			t.Errorf("%d of %d races ended wrong (%d payments first)", wrong, n, first)
		}
	})
}

// TestTwoSenders lets two senders work on one book without the duty lock, as if it
// had been lost unnoticed, with pauses at every moment: each message leaves once.
func TestTwoSenders(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		f := newFixture(t, address, "smtp://127.0.0.1:1")
		f.release(400)
		m := &fakeMailer{delivered: map[int64]int{}}
		m.beforeDot = func(int64) {
			if rand.IntN(10) == 0 {
				time.Sleep(20 * time.Millisecond)
			}
		}
		var senders sync.WaitGroup
		var sent atomic.Int64
		for range 2 {
			senders.Go(func() {
				for range 3 {
					report, err := f.app.Send(f.ctx, tester, app.SendRequest{Open: m.open, Licence: f.licence})
					if err != nil {
						t.Error(err)
					}
					sent.Add(report.Sent)
				}
			})
		}
		senders.Wait()
		for _, id := range f.ids {
			if m.delivered[id] != 1 {
				t.Errorf("message %d left %d times", id, m.delivered[id])
			}
		}
		if sent.Load() != 400 || f.states()["sent"] != 400 {
			t.Errorf("%d reported, states %v", sent.Load(), f.states())
		}
	})
}

// TestPausedSenderComesBack: a sender sleeps after it has written a message and
// before the mark; meanwhile another one takes over, puts the outbox in order and
// sends. When the first wakes, its mark fails and it sends nothing.
func TestPausedSenderComesBack(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		f := newFixture(t, address, "smtp://127.0.0.1:1")
		f.release(1)
		asleep, wake := make(chan bool), make(chan bool)
		first := &fakeMailer{delivered: map[int64]int{}, beforeDot: func(int64) { asleep <- true; <-wake }}
		second := &fakeMailer{delivered: map[int64]int{}}
		var sleeper sync.WaitGroup
		sleeper.Go(func() {
			report, err := f.app.Send(f.ctx, tester, app.SendRequest{Open: first.open, Licence: f.licence})
			if err != nil || report.Sent != 0 {
				t.Errorf("the sender that slept: %+v %v", report, err)
			}
		})
		<-asleep
		_, err := f.app.RecoverOutbox(f.ctx, tester)
		must(t, err)
		report, err := f.app.Send(f.ctx, tester, app.SendRequest{Open: second.open, Licence: f.licence})
		must(t, err)
		wake <- true
		sleeper.Wait()
		if report.Sent != 1 || len(first.delivered) != 0 || len(second.delivered) != 1 {
			t.Errorf("%+v; first delivered %v, second %v", report, first.delivered, second.delivered)
		}
	})
}

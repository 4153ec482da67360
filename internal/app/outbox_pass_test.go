package app

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/store"
)

// lateTray does something when a mail is written and not yet handed over.
type lateTray struct {
	outTray
	late  func(context.Context)
	after func() // the hand-over; may be nil
}

func (o *lateTray) open(MailServer) (Mailer, error) { return o, nil }

func (o *lateTray) Deliver(ctx context.Context, p Parcel, handingOver func(context.Context) error) Handover {
	o.late(ctx)
	if o.after != nil {
		defer o.after()
	}
	return o.outTray.Deliver(ctx, p, handingOver)
}

// TestObserveStopsAPassUnderWay: who switches the book to observe while a pass is
// under way stops every message that is not handed over yet.
func TestObserveStopsAPassUnderWay(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		o := lateTray{outTray: outTray{outcome: Delivered}, late: func(ctx context.Context) {
			if err := b.SetSetting(ctx, tester, "", SettingMode, "observe"); err != nil {
				t.Error(err)
			}
		}}
		report, err := b.Send(b.ctx, tester, SendRequest{Open: o.open, Licence: anyLicence{}})
		if diff := cmp.Diff(counts("observe_mode", 1), report.Waiting); err != nil || diff != "" || report.Sent != 0 {
			t.Errorf("%+v %v, waiting (-want +got):\n%s", report, err, diff)
		}
	})
}

// TestLateAnswer: an answer that comes when its message has become unknown says that it was
// sent, and ends the question to a person.
func TestLateAnswer(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		o := lateTray{outTray: outTray{outcome: Delivered}, late: func(context.Context) {}}
		o.after = func() {
			if found, err := b.RecoverOutbox(b.ctx, tester); err != nil || found.Unknown != 1 {
				t.Errorf("%+v %v", found, err)
			}
			if tasks := b.openTasks(); !slices.Equal(tasks, []string{TaskMessageUnknown}) {
				t.Errorf("tasks before the answer: %v", tasks)
			}
		}
		if _, err := b.Send(b.ctx, tester, SendRequest{Open: o.open, Licence: anyLicence{}}); err != nil {
			t.Fatal(err)
		}
		list, err := b.Outbox(b.ctx, OutboxFilter{})
		if err != nil || len(list) != 1 || list[0].State != book.Sent || list[0].Answer != "the server's words" {
			t.Errorf("%+v %v", list, err)
		}
		if tasks := b.openTasks(); len(tasks) != 0 {
			t.Errorf("tasks after it: %v", tasks)
		}
	})
}

// TestHoursAtTheHandOver: a mail that is looked at within the sending hours and written
// when they have ended does not leave.
func TestHoursAtTheHandOver(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		o := lateTray{outTray: outTray{outcome: Delivered}, late: func(context.Context) { b.at("2026-03-05", 16) }}
		report, err := b.Send(b.ctx, tester, SendRequest{Open: o.open, Licence: anyLicence{}})
		if diff := cmp.Diff(counts("quiet_hours", 1), report.Waiting); err != nil || diff != "" || report.Sent != 0 {
			t.Errorf("%+v %v, waiting (-want +got):\n%s", report, err, diff)
		}
	})
}

// TestEvidenceOfAMailSentByHand: who sends a message with a program of their own after
// the mail server did not take it has evidence of that, not of the attempt before.
func TestEvidenceOfAMailSentByHand(t *testing.T) {
	for name, before := range map[string]func(b *testBook){
		"not taken": func(b *testBook) {
			if report := b.sendWith(&outTray{outcome: Later}); report.Retry != 1 {
				b.t.Fatalf("%+v", report)
			}
		},
		"recorded and not made": func(b *testBook) {
			ctx, cancel := context.WithCancel(b.ctx)
			o := breakingTray{cancel: cancel}
			_, _ = b.Send(ctx, tester, SendRequest{Open: o.open, Licence: anyLicence{}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := friendlyBook(t, t.TempDir()+"/book.db")
			before(b)
			list, err := b.Outbox(b.ctx, OutboxFilter{State: book.Approved})
			if err != nil || len(list) != 1 {
				t.Fatalf("%+v %v", list, err)
			}
			if _, err := b.MarkSent(b.ctx, tester, SentByHand{Message: list[0].ID, Day: list[0].Day}); err != nil {
				t.Fatal(err)
			}
			e, err := b.Evidence(b.ctx, list[0].ID)
			if err != nil || e.Answer != "" || string(e.Bytes) == breakingBytes {
				t.Errorf("answer %q, %d bytes %.20q, %v", e.Answer, len(e.Bytes), e.Bytes, err)
			}
		})
	}
}

// TestNoEvidenceOfWhatWasNotMade: a hand-over that was recorded and then not made leaves
// no evidence.
func TestNoEvidenceOfWhatWasNotMade(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		ctx, cancel := context.WithCancel(b.ctx)
		o := breakingTray{cancel: cancel}
		_, _ = b.Send(ctx, tester, SendRequest{Open: o.open, Licence: anyLicence{}})
		list, err := b.Outbox(b.ctx, OutboxFilter{State: book.Approved})
		if err != nil || len(list) != 1 || list[0].Attempts != 0 {
			t.Fatalf("%+v %v", list, err)
		}
		if e, err := b.Evidence(b.ctx, list[0].ID); AsError(err).Kind != NotFound {
			t.Errorf("evidence of attempt %d: %.20q, %v", e.Attempt, e.Bytes, err)
		}
	})
}

// TestNoEvidenceOfWhatWasNotOffered: the server went away between the mark and the last
// dot. The message is tried again later, and only that attempt leaves evidence.
func TestNoEvidenceOfWhatWasNotOffered(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		if report := b.sendWith(&outTray{outcome: NotSent}); report.Retry != 1 {
			t.Fatalf("%+v", report)
		}
		list, err := b.Outbox(b.ctx, OutboxFilter{State: book.Approved})
		if err != nil || len(list) != 1 {
			t.Fatalf("%+v %v", list, err)
		}
		if e, err := b.Evidence(b.ctx, list[0].ID); AsError(err).Kind != NotFound {
			t.Errorf("evidence of attempt %d: %.20q, %v", e.Attempt, e.Bytes, err)
		}
		now, err := b.DB().Book(b.ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.MoveClock(b.ctx, tester, now.Now.Add(2*time.Minute)); err != nil {
			t.Fatal(err)
		}
		if report := b.sendWith(&outTray{outcome: Delivered}); report.Sent != 1 {
			t.Errorf("%+v", report)
		}
		if e, err := b.Evidence(b.ctx, list[0].ID); err != nil || e.Attempt != 2 {
			t.Errorf("evidence of attempt %d, %v", e.Attempt, err)
		}
	})
}

// breakingTray ends the pass between the mark and the hand-over.
type breakingTray struct {
	outTray
	cancel func()
}

const breakingBytes = "never handed over"

func (o *breakingTray) open(MailServer) (Mailer, error) { return o, nil }

func (o *breakingTray) Build(m Mail) (Parcel, error) {
	p, err := o.outTray.Build(m)
	p.Bytes = []byte(breakingBytes)
	return p, err
}

func (o *breakingTray) Deliver(ctx context.Context, p Parcel, handingOver func(context.Context) error) Handover {
	err := handingOver(ctx)
	o.cancel()
	return Handover{Outcome: NotSent, Err: err}
}

// TestLastMarksWait: the marks that end what was begun have no limit of time while the
// pass goes on, and a short one once it is stopped.
func TestLastMarksWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancelCause(t.Context())
		s := &sending{ctx: ctx, stop: stop}
		marks, done := s.closing()
		defer done()
		time.Sleep(time.Hour)
		if marks.Err() != nil {
			t.Error("the marks were given up while the pass went on")
		}
		stop(errPaused)
		time.Sleep(closingTime - time.Second)
		if marks.Err() != nil {
			t.Error("no time was left for the marks of a pass that is being stopped")
		}
		time.Sleep(2 * time.Second)
		if marks.Err() == nil {
			t.Error("a pass that is being stopped waits for ever")
		}
	})
}

// brokenMarks is a book that can lose its database for marks.
type brokenMarks struct {
	store.DB
	broken atomic.Bool
}

var errNoDatabase = errors.New("no database")

func (db *brokenMarks) Mark(ctx context.Context, tenant int64, fn func(store.MarkTx) error) error {
	if db.broken.Load() {
		return errNoDatabase
	}
	return db.DB.Mark(ctx, tenant, fn)
}

// TestAPauseHidesNoError: a pass that pauses because the server fails, and cannot write
// how it ended, says both: else its messages would stay in no one's hands.
func TestAPauseHidesNoError(t *testing.T) {
	b := friendlyBook(t, t.TempDir()+"/book.db")
	db := &brokenMarks{DB: b.db}
	b.db = db
	o := lateTray{outTray: outTray{outcome: Later}}
	o.late = func(context.Context) {}
	o.after = func() { db.broken.Store(true) }
	report, err := b.Send(b.ctx, tester, SendRequest{Open: o.open, Licence: anyLicence{}, Probe: true})
	if !errors.Is(err, errNoDatabase) || report.Paused != PausedErrors {
		t.Errorf("%+v, %v", report, err)
	}
}

// TestAFaultOfOneMessage: a message that cannot be written for a fault of ours waits, and
// the others leave. It is tried again later, and leaves when the fault is mended.
func TestAFaultOfOneMessage(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		b.addCustomers(newCustomer{number: "C2", kind: "company", country: "GB", email: "ap@c2.example"},
			newCustomer{number: "C3", kind: "company", country: "GB", email: "ap@c3.example"})
		b.addItems(newItem{"C2", "INV-3", "2026-03-02", 60_000, book.Yes}, newItem{"C3", "INV-4", "2026-03-02", 60_000, book.Yes})
		if report := b.run(ApproveAll); report.MessagesQueued != 2 {
			t.Fatalf("run: %+v", report)
		}
		const faulty = 2
		words := func(id int) {
			b.do("test_words", func(w *recorder) error {
				_, err := w.Exec("UPDATE message SET words_id = $2 WHERE tenant_id = $1 AND message_id = $3", b.tenant, id, faulty)
				return err
			})
		}
		words(99) // there are none of this number
		tray := &outTray{outcome: Delivered}
		report, err := b.Send(b.ctx, tester, SendRequest{Open: tray.open, Licence: anyLicence{}})
		if diff := cmp.Diff(counts("faulty", 1), report.Waiting); diff != "" || report.Sent != 2 {
			t.Errorf("%+v, waiting (-want +got):\n%s", report, diff)
		}
		if !errors.Is(err, store.ErrNotFound) || !strings.Contains(err.Error(), "message 2") {
			t.Errorf("told %v", err)
		}
		list, err := b.Outbox(b.ctx, OutboxFilter{Message: faulty})
		if err != nil || list[0].State != book.Approved || list[0].Reason != "faulty" || list[0].NotBefore.IsZero() {
			t.Errorf("%+v %v", list, err)
		}
		words(0)
		if report := b.sendWith(tray); report.Sent != 0 {
			t.Errorf("tried again at once: %+v", report)
		}
		b.at("2026-03-05", 11)
		if report := b.sendWith(tray); report.Sent != 1 {
			t.Errorf("mended: %+v", report)
		}
	})
}

// readOnly is a book that records no command.
type readOnly struct{ store.DB }

func (readOnly) Write(context.Context, int64, store.Command, func(store.WriteTx) error) (store.Outcome, error) {
	return store.Outcome{}, errNoDatabase
}

// TestAPassWithoutWorkRecordsNothing: letters that are still true cost a pass no command,
// which would wait for the import or the run that is recording.
func TestAPassWithoutWorkRecordsNothing(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-02-01")
		b.readyToSend()
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", address: "1 High Street\nYork"})
		b.addItems(newItem{"C1", "INV-1", "2026-03-02", 60_000, book.Yes})
		b.at("2026-03-05", 10)
		b.knowCash("2026-03-04")
		b.run(ApproveAll)
		b.db = readOnly{b.db}
		if report := b.sendWith(&outTray{outcome: Delivered}); report.ToPost != 1 {
			t.Errorf("%+v", report)
		}
	})
}

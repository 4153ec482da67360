package duty

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/store"
)

// Options of a Service. The zero value of each but App and Licence is a good one.
type Options struct {
	App     *app.App
	Licence *Licence
	Log     *slog.Logger
	Every   time.Duration // between two looks at the outbox; 3 s
	Pause   time.Duration // after an error burst; 30 s
	RunHour int           // of the daily run, at the creditor's place: 0 (midnight) to 23
	// Brief writes the weekly brief of a user; nil: none is written.
	Brief app.Briefing
	// Open connects to a mail server; OpenMailer if nil.
	Open func(app.MailServer) (app.Mailer, error)
}

// Service runs once a day and sends what is released, until it is told to stop.
type Service struct {
	o Options

	mu     sync.Mutex
	status Status
	duty   store.Duty      // while it is held, else nil
	onDuty context.Context // ends when the duty is lost

	turn sync.Mutex // held by a round, or by a run that a person asked for
}

// Status is what a service is doing, for pages and probes.
type Status struct {
	OnDuty   bool           `json:"on_duty"`
	Paused   string         `json:"paused,omitempty"` // error_burst or clock_jump
	LastRun  time.Time      `json:"last_run,omitzero"`
	LastPass app.SendReport `json:"last_pass"`
	Error    string         `json:"error,omitempty"` // of the last run or pass
}

// actor is who acts when nobody asked.
var actor = app.Request{Actor: "system"}

// New returns a service; Serve starts it.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Every <= 0 {
		o.Every = 3 * time.Second
	}
	if o.Pause <= 0 {
		o.Pause = 30 * time.Second
	}
	if o.Open == nil {
		o.Open = OpenMailer
	}
	return &Service{o: o}
}

// Status is what the service is doing now.
func (s *Service) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status
}

func (s *Service) set(fn func(*Status)) {
	s.mu.Lock()
	fn(&s.status)
	s.mu.Unlock()
}

// turnTime is how long a person who wants a run waits for a round that is under way.
const turnTime = 20 * time.Second

// Run makes the run that a person asks for, between two rounds, with the duty that the
// service holds; a service that is not on duty tries to take it. Errors: those of App.Run,
// and unavailable (sending_now).
func (s *Service) Run(ctx context.Context, req app.Request, asked app.RunRequest) (app.RunReport, error) {
	for end := time.Now().Add(turnTime); !s.turn.TryLock(); sleep(ctx, 20*time.Millisecond) {
		if ctx.Err() != nil || time.Now().After(end) {
			return app.RunReport{}, &app.Error{Kind: app.Unavailable, Code: "sending_now", Err: ctx.Err(),
				Message: "messages are being sent at this moment; try again when they are out"}
		}
	}
	defer s.turn.Unlock()
	s.mu.Lock()
	duty, on := s.duty, s.onDuty
	s.mu.Unlock()
	if duty != nil {
		asked.Duty = duty
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(on, cancel)()
	}
	return s.o.App.Run(ctx, req, asked)
}

// Serve takes the book's duty, puts the outbox in order, and works until ctx ends.
// If another process holds the duty it returns that error at once; if the duty is
// lost later, work stops and Serve tries to get it back.
func (s *Service) Serve(ctx context.Context) error {
	for first := true; ctx.Err() == nil; first = false {
		err := s.hold(ctx)
		if first && app.AsError(err).Code == "duty_held" {
			return err
		}
		if ctx.Err() != nil {
			break
		}
		s.o.Log.Warn("not on duty, trying again", "error", err)
		sleep(ctx, 5*time.Second)
	}
	return nil
}

// errLost ends the work of a holder that lost the lock.
var errLost = errors.New("the duty of this book was lost")

func (s *Service) hold(ctx context.Context) error {
	duty, ctx, err := take(ctx, s.o.App)
	if err != nil {
		return err
	}
	defer duty.Release()
	s.set(func(st *Status) { st.OnDuty, s.duty, s.onDuty = true, duty.Duty, ctx })
	defer s.set(func(st *Status) { st.OnDuty, s.duty, s.onDuty = false, nil, nil })
	var beside sync.WaitGroup
	beside.Go(func() { s.copies(ctx) })
	defer beside.Wait()
	w := work{Service: s, complains: map[string]string{}, unfinished: true, folders: folders{app: s.o.App}}
	for ctx.Err() == nil {
		s.turn.Lock()
		wait := w.round(ctx, app.RunRequest{Approve: app.ApproveNone, Duty: duty.Duty})
		s.turn.Unlock()
		sleep(ctx, wait)
	}
	return context.Cause(ctx)
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// work is what one holder of the duty remembers between rounds.
type work struct {
	*Service
	book       time.Time     // the book's clock at the last round
	machine    time.Duration // the machine's running time then
	retryBrief time.Duration // machine time before which a failed brief is not tried again
	retryRun   time.Duration // machine time before which a failed run is not tried again
	probing    bool          // the last pass ended in an error burst
	unfinished bool          // the outbox must be put in order before the next pass
	folders    folders
	complains  map[string]string // the errors logged last, so that each is logged once
}

// round does what is to be done now, and says how long to wait before the next one.
// Run and pass follow each other and never overlap.
func (w *work) round(ctx context.Context, run app.RunRequest) time.Duration {
	if !w.clockIsSane(ctx) {
		return w.o.Every
	}
	if !w.inOrder(ctx) {
		return w.o.Every
	}
	w.watch(ctx)
	if running() >= w.retryRun {
		w.daily(ctx, run)
	}
	if ctx.Err() != nil {
		return 0
	}
	ask := app.SendRequest{Open: w.o.Open, Licence: w.o.Licence, Probe: w.probing}
	report, err := w.o.App.Send(ctx, actor, ask)
	w.set(func(st *Status) { st.LastPass = report })
	w.tell("sending", err)
	w.unfinished = err != nil
	w.probing = report.Paused == app.PausedErrors || w.probing && report.Sent == 0
	if report.Paused != "" {
		w.set(func(st *Status) { st.Paused = report.Paused })
		w.o.Log.Error("sending pauses: too many failures in a row", "failed", report.Failed, "retry", report.Retry,
			"unknown", report.Unknown)
		return w.o.Pause
	}
	w.set(func(st *Status) { st.Paused = "" })
	w.toUsers(ctx, ask)
	if report.Sent+report.Failed+report.Unknown > 0 {
		w.o.Log.Info("sent", "sent", report.Sent, "failed", report.Failed, "unknown", report.Unknown)
	}
	return w.o.Every
}

// toUsers writes the brief of the week, when it is due, and sends the mails to our own
// people that wait.
func (w *work) toUsers(ctx context.Context, ask app.SendRequest) {
	if w.o.Brief != nil && running() >= w.retryBrief {
		_, err := w.o.App.QueueBriefs(ctx, w.o.Brief)
		if err != nil && ctx.Err() == nil {
			w.retryBrief = running() + 5*time.Minute
		}
		w.tell("weekly brief", err)
	}
	report, err := w.o.App.SendUserMail(ctx, ask)
	w.tell("mail to users", err)
	if report.Sent+report.Failed > 0 {
		w.o.Log.Info("mail to users", "sent", report.Sent, "failed", report.Failed)
	}
}

// inOrder puts the outbox in order after a sender that could not finish: one that
// ended before, or a pass of our own that the database left alone.
func (w *work) inOrder(ctx context.Context) bool {
	if !w.unfinished {
		return true
	}
	found, err := w.o.App.RecoverOutbox(ctx, actor)
	w.tell("sending", err)
	if found.Released+found.Unknown > 0 {
		w.o.Log.Warn("a sender ended without finishing", "released", found.Released, "unknown", found.Unknown)
	}
	w.unfinished = err != nil
	return err == nil
}

// watch imports what was put into the watched folders.
func (w *work) watch(ctx context.Context) {
	done, err := w.folders.look(ctx)
	for _, out := range done {
		if out.refused {
			w.o.Log.Warn("a file in the watched folder was refused", "file", out.file, "report", out.text)
		} else {
			w.o.Log.Info("imported from the watched folder", "file", out.file, "report", out.text)
		}
	}
	w.tell("watched folder", err)
}

// daily makes today's run if it is due. After days without one, one run is made.
func (w *work) daily(ctx context.Context, run app.RunRequest) {
	due, err := w.o.App.RunDue(ctx, w.o.RunHour)
	if err == nil && due {
		run.AsOf = today
		var report app.RunReport
		if report, err = w.o.App.Run(ctx, actor, run); err == nil {
			w.set(func(st *Status) { st.LastRun = time.Now() })
			w.o.Log.Info("daily run", "day", report.Day.String(), "looked_at", report.LookedAt,
				"queued", report.MessagesQueued, "awaiting_person", report.AwaitingPerson)
		}
	}
	if err != nil && ctx.Err() == nil {
		w.retryRun = running() + 5*time.Minute
	}
	w.tell("daily run", err)
}

// tell logs an error when it is new, and shows it until what failed works again.
func (w *work) tell(what string, err error) {
	text := ""
	if err != nil && !errors.Is(err, context.Canceled) {
		e := app.AsError(err)
		text = what + ": " + e.Code
		if w.complains[what] != text {
			w.o.Log.Error(what, "code", e.Code, "error", err, "detail", e.Detail)
		}
	}
	w.complains[what] = text
	shown := cmp.Or(w.complains["daily run"], w.complains["sending"], w.complains["watched folder"])
	w.set(func(st *Status) { st.Error = shown })
}

// clockJump is by how much the book's clock may differ from the machine's running
// time between two rounds.
const clockJump = time.Hour

// clockIsSane pauses everything when the system's clock jumped: what is due would
// be decided for a wrong day. It stays so until a person has looked at the clock and
// starts the service anew, which takes the clock as it finds it. A simulated clock
// jumps by command.
func (w *work) clockIsSane(ctx context.Context) bool {
	if w.Status().Paused == app.PausedClock {
		return false
	}
	info, err := w.o.App.DB().Book(ctx)
	if err != nil || info.Simulated {
		return err == nil
	}
	machine := running()
	jump := info.Now.Sub(w.book) - (machine - w.machine)
	known := !w.book.IsZero()
	w.book, w.machine = info.Now, machine
	if !known || jump.Abs() <= clockJump {
		return true
	}
	w.o.Log.Error("the clock jumped: run and sending pause until you set the clock right and start recoup "+
		"serve anew",
		"by", jump.String(), "now", info.Now)
	w.set(func(st *Status) { st.Paused = app.PausedClock })
	return false
}

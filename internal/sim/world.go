package sim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/channel/sink"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/durable"
	"github.com/recoup-project/recoup/internal/duty"
	"github.com/recoup-project/recoup/internal/format/ledger"
	"github.com/recoup-project/recoup/internal/store/sqlite"
)

// Options of a world.
type Options struct {
	Dir   string   // where the book and the mails are kept
	Seed  uint64   // everything follows from it; of a new world
	Today cal.Date // the day at which a new world stands; None or the zero value: DemoDay of the machine's day
	Days  int      // how many days the program has kept the book before; 0 is 75
	Build string
	// Pages is the address of the pages, as the links in the mails of a new world have it;
	// "" is that of a demo on this machine.
	Pages string
	// Progress is told how many days of a preparation are lived and how many there are; may be nil.
	Progress func(done, all int)
	Log      *slog.Logger // of the sender; may be nil
	// Still leaves the sender stopped: mails leave only when the clock moves.
	Still bool

	every int // for tests: a company of only every so many customers
}

// World is an invented company with its book, its mail server and its clock. It is safe for
// concurrent use: one command at a time moves it, and everybody reads beside.
type World struct {
	App     *app.App // the same one for as long as the world is open, also over a reset
	Company *Company
	Sink    *sink.Sink
	Book    string // the book's file
	Folder  string // of everything that was sent, as files

	opts    Options
	zone    *time.Location // of the clock
	licence *duty.Licence

	mu      sync.Mutex // one command at a time
	s       *state
	report  *reporter
	prepare bool                // the past is being made
	ids     map[string]int64    // of customers, by number, as far as they were asked for
	printed map[string]cal.Date // by creditor: up to which day the past in the making has its invoices printed
	skipped int                 // events that a rule or a changed book made void

	// For tests: watch is asked after each pass of the sender, lived is what happened.
	watch func(context.Context) error
	lived []string

	stop   func() // ends the sender; nil while it does not work
	sender atomic.Pointer[duty.Service]
}

// What a world keeps in its folder: the book, with files beside it that begin with its
// name, and the folder of its mails.
const (
	BookFile   = "demo.db"
	worldFile  = BookFile + ".world"
	keptFile   = BookFile + ".kept" // the book as it was prepared; beside it .kept.world
	mailFolder = "mail"
)

// keeperDays is how long the demo's book has been kept, if not said otherwise: long enough
// for every step of every ladder.
const keeperDays = 75

// sendEvery is how soon what a visitor releases leaves.
const sendEvery = 300 * time.Millisecond

// DemoDay is the day a demo stands at: the last Tuesday up to today that was no
// holiday, since at weekends nothing may be sent and every list would be empty.
func DemoDay(today cal.Date) (cal.Date, error) {
	holidays, err := cal.LoadHolidays()
	if err != nil {
		return cal.None, err
	}
	day := today
	for {
		open := day.Weekday() == time.Tuesday
		for _, c := range []string{"GB", "DE", "US"} {
			open = open && holidays.CalendarFor(c, "").IsBusinessDay(day) &&
				holidays.CalendarFor(c, "").IsBusinessDay(day-1)
		}
		if open {
			return day, nil
		}
		day--
	}
}

// Prepared reports whether a finished world of this program is in a folder: then Open is
// quick.
func Prepared(dir string) bool {
	_, err := readState(filepath.Join(dir, worldFile))
	return err == nil
}

// Open opens the world in a folder, or makes a new one where there is none, or one whose
// preparation broke off, or one of another version of the program. Its mail server runs,
// and what is released leaves within a second, until Close.
func Open(ctx context.Context, o Options) (*World, error) {
	w, err := reopen(ctx, o)
	var e *app.Error
	older := errors.As(err, &e) && (e.Code == "older_book" || e.Code == "newer_book" || e.Code == "book_unfinished")
	if errors.Is(err, fs.ErrNotExist) || older {
		if err := Remove(o.Dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		w, err = Make(ctx, o)
	}
	if err != nil {
		return nil, err
	}
	if err := w.startSender(); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

func newWorld(o Options) *World {
	return &World{opts: o, ids: map[string]int64{}, printed: map[string]cal.Date{}, Book: filepath.Join(o.Dir, BookFile), Folder: filepath.Join(o.Dir, mailFolder)}
}

// reopen opens a finished world, its sender not yet working. Errors: fs.ErrNotExist.
func reopen(ctx context.Context, o Options) (*World, error) {
	w := newWorld(o)
	var err error
	if w.s, err = readState(w.file(worldFile)); err != nil {
		return nil, err
	}
	if w.App, err = app.OpenBook(ctx, w.Book, o.Build); err != nil {
		if app.AsError(err).Kind == app.NotFound {
			err = errors.Join(err, fs.ErrNotExist)
		}
		return nil, err
	}
	w.Company = newCompany(w.s.Seed, w.s.Until, w.s.Kept, max(1, o.every))
	w.report = newReporter(w.s.Day)
	if err := w.startMail(ctx); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

func (w *World) file(name string) string { return filepath.Join(w.opts.Dir, name) }

// Remove deletes the book and the mails of a world, and nothing else of its folder.
func Remove(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if name := e.Name(); name == mailFolder || strings.HasPrefix(name, BookFile) {
			if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Make makes a new world in a folder that has none: it invents the company, imports its
// history, keeps the book day by day up to the demo day, and keeps a copy to go back to.
// Its sender does not work yet.
func Make(ctx context.Context, o Options) (*World, error) {
	if o.Days == 0 {
		o.Days = keeperDays
	}
	var err error
	if o.Today == 0 || o.Today == cal.None {
		if o.Today, err = DemoDay(cal.DateIn(time.Now(), time.UTC)); err != nil {
			return nil, err
		}
	}
	w := newWorld(o)
	w.Company, w.prepare = newCompany(o.Seed, o.Today, o.Days, max(1, o.every)), true
	w.s = &state{Version: stateVersion, Seed: o.Seed, Until: o.Today, Kept: o.Days, Day: w.Company.Lines,
		Seen: o.Today.AddDays(-o.Days - 1), Quiet: map[string]cal.Date{}}
	if w.zone, err = cal.ZoneFor("GB", "EW"); err != nil {
		return nil, err
	}
	w.report = newReporter(w.s.Day)
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return nil, err
	}
	first := plans[0]
	a, _, err := app.CreateBook(ctx, w.Book, o.Build, as("recoup"), app.BookRequest{Name: first.name, Code: first.code,
		Country: first.country, Currency: first.currency, ClockDay: w.s.Day, ClockHour: 6, Unsynced: true})
	if err != nil {
		return nil, err
	}
	w.App = a
	if err := errors.Join(w.live(ctx), w.Close()); err != nil {
		return nil, err
	}
	if err := w.keepCopy(ctx); err != nil {
		return nil, err
	}
	return reopen(ctx, o)
}

// live makes the past of a new world.
func (w *World) live(ctx context.Context) error {
	if err := w.furnish(ctx); err != nil {
		return err
	}
	w.script()
	for done := range w.s.Kept {
		if err := w.wholeDay(ctx); err != nil {
			return fmt.Errorf("%s: %w", w.s.Day, err)
		}
		if w.opts.Progress != nil {
			w.opts.Progress(done+1, w.s.Kept)
		}
	}
	if err := w.morning(ctx, true); err != nil {
		return fmt.Errorf("%s: %w", w.s.Day, err)
	}
	if err := w.lastTouches(ctx); err != nil {
		return err
	}
	w.prepare, w.s.Ready, w.s.Mails = false, true, w.Sink.Count()
	return nil
}

// keepCopy keeps a copy of a new world that is closed, and makes all of it durable. Only
// then it is written down that the world is ready: one that the machine stopped in the
// making is made anew.
func (w *World) keepCopy(ctx context.Context) error {
	if err := sqlite.Overwrite(ctx, w.file(keptFile), w.Book); err != nil {
		return err
	}
	if err := durable.Tree(w.opts.Dir); err != nil {
		return err
	}
	if err := w.s.write(w.file(keptFile + ".world")); err != nil {
		return err
	}
	return w.s.write(w.file(worldFile))
}

// Close stops the sender and the mail server, and closes the book.
func (w *World) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopSender()
	var err error
	if w.Sink != nil {
		err = w.Sink.Close()
	}
	return errors.Join(err, w.App.Close())
}

// save writes what the world knows besides the book.
func (w *World) save() error {
	w.s.Mails = w.Sink.Count()
	return w.s.write(w.file(worldFile))
}

// startMail starts the mail server, where it was before if that place is free, and tells
// the book where it is.
func (w *World) startMail(ctx context.Context) error {
	before, err := w.App.Setting(ctx, "", app.SettingSMTP)
	if err != nil {
		return err
	}
	if u, err := url.Parse(before); err == nil && u.Host != "" {
		w.Sink, _ = sink.Start(sink.Options{Dir: w.Folder, Addr: u.Host, Unsynced: w.prepare}) // taken: another one
	}
	if w.Sink == nil {
		if w.Sink, err = sink.Start(sink.Options{Dir: w.Folder, Unsynced: w.prepare}); err != nil {
			return err
		}
	}
	w.Sink.SetUnknown(w.s.Dead...)
	if w.licence, err = duty.NewLicence(ctx, w.App, w.Book); err != nil {
		return err
	}
	if w.zone, err = cal.ZoneFor("GB", "EW"); err != nil {
		return err
	}
	return w.pointAtSink(ctx, before)
}

func (w *World) pointAtSink(ctx context.Context, before string) error {
	if before == w.Sink.URL() {
		return nil
	}
	return w.App.SetSetting(ctx, as("recoup"), "", app.SettingSMTP, w.Sink.URL())
}

// startSender lets what is released leave as it is released.
func (w *World) startSender() error {
	if w.opts.Still || w.stop != nil {
		return nil
	}
	service := duty.New(duty.Options{App: w.App, Licence: w.licence, Log: w.opts.Log, Every: sendEvery})
	w.sender.Store(service)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- service.Serve(ctx) }()
	w.stop = func() {
		cancel()
		<-ended
	}
	return nil
}

// Status is what the sender is doing now.
func (w *World) Status() duty.Status {
	if service := w.sender.Load(); service != nil {
		return service.Status()
	}
	return duty.Status{}
}

// Licence is the right of the world's book to send: to its own mail server.
func (w *World) Licence() *duty.Licence { return w.licence }

func (w *World) stopSender() {
	if w.stop != nil {
		w.stop()
		w.stop = nil
	}
}

// Alone runs fn while the sender does not work and the clock stands: for what needs the
// book's duty, such as a run that a visitor starts.
func (w *World) Alone(fn func() error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.alone(fn)
}

func (w *World) alone(fn func() error) error {
	w.stopSender()
	err := fn()
	return errors.Join(err, w.startSender())
}

// as says who acts: one of the people with the rights of their role, or, as the owner does,
// somebody who holds the book itself.
func as(actor string) app.Request {
	r := app.Request{Actor: actor}
	if i := slices.IndexFunc(People, func(p Person) bool { return p.Login == actor }); i > 0 {
		r.Role = People[i].Role
	}
	return r
}

// importDays imports what the bookkeeping of a creditor exports after since up to the end
// of day, and keeps the invoices that it printed.
func (w *World) importDays(ctx context.Context, p *creditorPlan, since, day cal.Date) error {
	var file bytes.Buffer
	rows := 0
	counted := func(yield func(*ledger.Row) bool) {
		for r := range w.Company.export(p.code, since, day) {
			rows++
			if !yield(r) {
				return
			}
		}
	}
	if err := ledger.WritePlain(&file, counted); err != nil {
		return err
	}
	if rows == 0 {
		return w.keepPapers(ctx, p, since, day)
	}
	report, err := w.App.Import(ctx, as("bookkeeping"), app.ImportRequest{Creditor: p.code,
		Kind: app.ImportInvoices, File: p.code + "-" + day.String() + ".csv",
		Source: bytes.NewReader(file.Bytes()), AsOf: day, AllOrNothing: true})
	if err == nil && report.RejectedRows > 0 {
		err = fmt.Errorf("the bookkeeping's own export was not taken: %+v", report.Rejected[0])
	}
	w.report.add(NewInvoices, report.Created)
	if err != nil {
		return err
	}
	return w.keepPapers(ctx, p, since, day)
}

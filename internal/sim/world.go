package sim

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/channel/sink"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/duty"
	"github.com/recoup-project/recoup/internal/format/ledger"
)

// Options of a world.
type Options struct {
	Dir   string   // where the book and the mails are kept
	Seed  uint64   // everything follows from it
	Today cal.Date // the day at which the demo stands
	Days  int      // how many days the program has kept the book; 0 is 75
	Build string
	// Progress is told how many days are lived and how many there are; may be nil.
	Progress func(done, all int)
}

// World is an invented company with its book, its mail server and its clock.
type World struct {
	App     *app.App
	Company *Company
	Sink    *sink.Sink
	Book    string // the book's file
	Mails   string // the folder of everything that was sent

	opts    Options
	licence *duty.Licence
	day     cal.Date // lived up to the morning of this day
}

// What a world keeps in its folder: the book, with files beside it that begin with its
// name, and the folder of its mails.
const (
	BookFile   = "demo.db"
	mailFolder = "mail"
)

// keeperDays is how long the demo's book has been kept, if not said otherwise:
// long enough for every step of every ladder.
const keeperDays = 75

var robot = app.Request{Actor: "demo"}

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

// Open opens a world made before, with its mail sink running again.
func Open(ctx context.Context, o Options) (*World, error) {
	w := &World{opts: o, Book: filepath.Join(o.Dir, BookFile), Mails: filepath.Join(o.Dir, mailFolder)}
	a, err := app.OpenBook(ctx, w.Book, o.Build)
	if err != nil {
		return nil, err
	}
	w.App = a
	return w, w.startMail(ctx)
}

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

// Make makes a new world in an empty folder: it invents the company, imports its
// history, and keeps the book day by day up to the morning of today.
func Make(ctx context.Context, o Options) (*World, error) {
	if o.Days == 0 {
		o.Days = keeperDays
	}
	w := &World{opts: o, Book: filepath.Join(o.Dir, BookFile), Mails: filepath.Join(o.Dir, mailFolder),
		Company: NewCompany(o.Seed, o.Today),
		day:     o.Today.AddDays(-o.Days)}
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return nil, err
	}
	first := plans[0]
	a, _, err := app.CreateBook(ctx, w.Book, o.Build, robot,
		app.BookRequest{Name: first.name, Code: first.code, Country: first.country,
			Currency: first.currency, ClockDay: w.day, ClockHour: 6})
	if err != nil {
		return nil, err
	}
	w.App = a
	if err := w.furnish(ctx); err != nil {
		return nil, err
	}
	for done := range o.Days {
		if err := w.liveDay(ctx); err != nil {
			return nil, fmt.Errorf("%s: %w", w.day, err)
		}
		w.day++
		if o.Progress != nil {
			o.Progress(done+1, o.Days)
		}
	}
	return w, w.morning(ctx)
}

// Close stops the mail sink and closes the book.
func (w *World) Close() error {
	if w.Sink != nil {
		if err := w.Sink.Close(); err != nil {
			return err
		}
	}
	return w.App.Close()
}

// furnish makes the creditors, their settings and the history of their ledgers.
func (w *World) furnish(ctx context.Context) error {
	for i, p := range plans {
		if i > 0 {
			country, region := app.SplitRegion(p.country)
			if _, err := w.App.AddCreditor(ctx, robot,
				app.NewCreditor{Code: p.code, Name: p.name, Country: country, Subdivision: region,
					Currency: p.currency}); err != nil {
				return err
			}
		}
		for _, name := range slices.Sorted(maps.Keys(p.settings)) { // the account, then since when it is unchanged
			if err := w.App.SetSetting(ctx, robot, p.code, name, strings.ReplaceAll(p.settings[name], "\n", `\n`)); err != nil {
				return err
			}
		}
		if err := w.importDays(ctx, p.code, w.Company.From-1, w.day); err != nil {
			return err
		}
	}
	if err := w.people(ctx); err != nil {
		return err
	}
	return w.startMail(ctx)
}

func (w *World) startMail(ctx context.Context) error {
	s, err := sink.Start(sink.Options{Dir: w.Mails})
	if err != nil {
		return err
	}
	w.Sink = s
	if w.licence, err = duty.NewLicence(ctx, w.App, w.Book); err != nil {
		return err
	}
	if w.Company != nil {
		if err := duty.ArmNew(ctx, w.App, w.licence); err != nil {
			return err
		}
	}
	return w.App.SetSetting(ctx, robot, "", app.SettingSMTP, s.URL())
}

// importDays imports what the bookkeeping of a creditor exports after since up to
// the end of day.
func (w *World) importDays(ctx context.Context, creditor string, since, day cal.Date) error {
	var file bytes.Buffer
	rows := 0
	counted := func(yield func(*ledger.Row) bool) {
		for r := range w.Company.export(creditor, since, day) {
			rows++
			if !yield(r) {
				return
			}
		}
	}
	if err := ledger.WritePlain(&file, counted); err != nil || rows == 0 {
		return err
	}
	report, err := w.App.Import(ctx, robot, app.ImportRequest{Creditor: creditor, Kind: app.ImportInvoices,
		File:   creditor + "-" + day.String() + ".csv",
		Source: bytes.NewReader(file.Bytes()), AsOf: day, AllOrNothing: true})
	if err == nil && report.RejectedRows > 0 {
		err = fmt.Errorf("the bookkeeping's own export was not taken: %+v", report.Rejected[0])
	}
	return err
}

// people gives customers what no file says: addresses, strategies, terms.
func (w *World) people(ctx context.Context) error {
	for _, d := range w.Company.Debtors {
		s, err := w.App.Find(ctx, d.Creditor, "customer:"+d.Number)
		if err != nil {
			continue // a debtor whose first invoice is still to come
		}
		change := app.CustomerChange{}
		if d.Address != "" {
			change.Address = &d.Address
		}
		if d.Country == "US" { // the hours of one state, not those that suit all of them
			place := "US-OH"
			change.Country = &place
		}
		goods, no := "no", "no"
		change.Goods = &goods
		switch d.Strategy {
		case "key_account":
			flags, owner := "key_account", "jo.sales"
			change.Flags, change.AccountOwner = &flags, &owner
		case "gentle":
			flags := "gentle"
			change.Flags = &flags
		}
		if d.Agreed == book.No {
			change.DateAgreed = &no
		}
		kind := d.Kind.String()
		change.Kind = &kind
		if d.Name == "Cedar Falls Tooling LLC" {
			rate := "12"
			change.ContractRate = &rate
		}
		if _, err := w.App.SetCustomer(ctx, robot, s.Customer, change); err != nil {
			return fmt.Errorf("%s: %w", d.Name, err)
		}
	}
	return nil
}

// morning brings a day's files in: yesterday's documents and payments, and the
// word that somebody has looked at the bank.
func (w *World) morning(ctx context.Context) error {
	if err := w.setClock(ctx, 8, 30); err != nil {
		return err
	}
	for _, p := range plans {
		if err := w.importDays(ctx, p.code, w.day-2, w.day-1); err != nil {
			return err
		}
		if _, err := w.App.CashKnown(ctx, robot, p.code, w.day-1); err != nil {
			return err
		}
	}
	return nil
}

// liveDay keeps the book for one day: files in, the run, a person who releases
// what needs one, letters posted, and two rounds of sending for the two sides of
// the ocean.
func (w *World) liveDay(ctx context.Context) error {
	if err := w.morning(ctx); err != nil {
		return err
	}
	if wd := w.day.Weekday(); wd == time.Saturday || wd == time.Sunday {
		return nil
	}
	if _, err := w.App.Run(ctx, robot, app.RunRequest{AsOf: cal.None, Approve: app.ApproveAll}); err != nil {
		return err
	}
	if err := w.release(ctx); err != nil {
		return err
	}
	for _, hour := range []int{10, 15} {
		if err := w.setClock(ctx, hour, 30); err != nil {
			return err
		}
		if _, err := duty.SendOnce(ctx, w.App, w.licence, robot); err != nil {
			return err
		}
	}
	return w.post(ctx)
}

// release lets out what waits for a person, as the owner of the demo would.
func (w *World) release(ctx context.Context) error {
	waiting, err := w.App.Outbox(ctx, app.OutboxFilter{State: book.Proposed})
	if err != nil {
		return err
	}
	var ids []int64
	for i := range waiting {
		ids = append(ids, waiting[i].ID)
	}
	if len(ids) == 0 {
		return nil
	}
	_, err = w.App.Approve(ctx, robot, ids)
	return err
}

// post takes the day's letters to the post office.
func (w *World) post(ctx context.Context) error {
	letters, err := w.App.Outbox(ctx, app.OutboxFilter{State: book.Approved, Channel: book.Letter})
	if err != nil {
		return err
	}
	for i := range letters {
		if _, err := w.App.MarkSent(ctx, robot,
			app.SentByHand{Message: letters[i].ID, Day: cal.None, Enclosed: true}); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) setClock(ctx context.Context, hour, minute int) error {
	london, err := cal.ZoneFor("GB", "EW")
	if err != nil {
		return err
	}
	return w.App.MoveClock(ctx, robot, cal.Instant(w.day, hour, minute, london))
}

// Today is what happened on the demo's day.
type Today struct {
	Run  app.RunReport
	Sent app.SendReport
}

// Today runs the day on which the clock stands, releases what may go in one go, and
// sends it to the sink. What needs a person stays for the visitor. Done again it
// does nothing twice.
func (w *World) Today(ctx context.Context) (Today, error) {
	var t Today
	var err error
	if t.Run, err = w.App.Run(ctx, robot, app.RunRequest{AsOf: cal.None, Approve: app.ApproveAll}); err != nil {
		return t, err
	}
	w.day = t.Run.Day
	clock, zone, err := w.App.Clock(ctx, plans[0].code)
	if err != nil {
		return t, err
	}
	if local := clock.Now.In(zone); local.Hour() < 10 || (local.Hour() == 10 && local.Minute() < 30) {
		if err := w.setClock(ctx, 10, 30); err != nil {
			return t, err
		}
	}
	t.Sent, err = duty.SendOnce(ctx, w.App, w.licence, robot)
	return t, err
}

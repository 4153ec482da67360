package cli

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"path/filepath"
	"runtime/debug"
	"slices"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/duty"
	"github.com/recoup-project/recoup/internal/portal"
	"github.com/recoup-project/recoup/internal/sim"
	"github.com/recoup-project/recoup/internal/web"
)

type demoCmd struct {
	Dir    string   `default:"demo" placeholder:"DIR" help:"Folder of the demo's book and mails."`
	Seed   uint64   `default:"2026" help:"Everything in the invented company follows from it."`
	Today  cal.Date `default:"none" placeholder:"DAY" help:"The day the demo stands at. Default: the last Tuesday that was no holiday."`
	Days   int      `default:"75" help:"How many days the book has been kept."`
	Reset  bool     `help:"Make the company anew."`
	Serve  bool     `help:"Open the demo's pages until Ctrl-C: the clock moves by buttons, and what is released leaves at once, to the demo's own mailbox."`
	Listen string   `placeholder:"A" help:"Address of the pages. Default: 127.0.0.1:8080, or the next free port; none: no pages."`
}

// demoDay is what the demo prints.
type demoDay struct {
	Day     cal.Date          `json:"day"`
	Book    string            `json:"book"`
	Mails   string            `json:"mails"`
	InSink  int               `json:"mails_caught"`
	Screens []sim.Screen      `json:"screens"`
	Aging   []demoAging       `json:"aging"`
	Planned []demoMessage     `json:"planned"`
	Why     []app.Explanation `json:"why"`
}

type demoAging struct {
	Creditor string          `json:"creditor"`
	Aging    app.AgingReport `json:"aging"`
}

type demoMessage struct {
	Step     string `json:"step"`
	Count    int    `json:"count"`
	Waiting  int    `json:"waiting_for_a_person"`
	Example  int64  `json:"example"`
	Customer string `json:"customer"`
}

// guided are the customers that a visitor is shown, by creditor.
var guided = []struct{ creditor, number string }{
	{"brightwater-gb", "G10001"}, {"brightwater-de", "D10001"}, {"brightwater-us", "U10001"},
}

func (c *demoCmd) Run(s *session) error {
	if s.flags.DryRun {
		return noDryRun("the demo lives in a folder of its own and can be deleted")
	}
	var at net.Listener
	if c.Serve {
		var err error
		if at, err = listen(c.Listen); err != nil {
			return err
		}
	}
	if at != nil {
		defer at.Close()
	}
	w, err := c.world(s, pagesURL(at))
	if err != nil {
		return err
	}
	defer w.Close()
	day := demoDay{Book: w.Book, Mails: w.Folder, InSink: w.Sink.Count()}
	if day.Day, _, err = w.Now(s.ctx); err != nil {
		return err
	}
	if day.Screens, err = sim.Screens(s.ctx, w.App); err != nil {
		return err
	}
	if err := day.look(s.ctx, w.App); err != nil {
		return err
	}
	if c.Serve && !s.machine() {
		return c.serve(s, w, at)
	}
	if err := s.show("recoup/demo/1", day, func(p *page) { showDemo(p, &day) }); err != nil || !c.Serve {
		return err
	}
	return c.serve(s, w, at)
}

// serve opens the pages of the demo until the command is ended.
func (c *demoCmd) serve(s *session, w *sim.World, at net.Listener) error {
	p := &page{out: s.errs}
	if at == nil {
		p.line("The demo runs until you press Ctrl-C; use another terminal for commands.")
		<-s.ctx.Done()
		return nil
	}
	if err := w.App.SetSetting(s.ctx, app.Request{Actor: "system"}, "", app.SettingPortalURL, pagesURL(at)); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(s.errs, &slog.HandlerOptions{Level: slog.LevelWarn}))
	pages := web.New(web.Options{App: w.App, Log: log, Build: s.env.Build, Address: w.Book, Status: w.Status,
		Open: duty.OpenMailer, Licence: w.Licence(), Demo: w, Portal: portal.New(w.App, log)})
	p.line("open %s — nothing leaves this machine (Ctrl-C ends it)", pagesURL(at))
	return pages.Serve(s.ctx, at)
}

// world opens the demo that is there, or makes one whose mails lead to the pages.
func (c *demoCmd) world(s *session, pages string) (*sim.World, error) {
	if c.Reset {
		if err := sim.Remove(c.Dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	o := sim.Options{Dir: c.Dir, Seed: c.Seed, Today: c.Today, Days: c.Days, Build: s.env.Build, Pages: pages}
	if sim.Prepared(c.Dir) {
		return sim.Open(s.ctx, o)
	}
	if !s.machine() {
		p := &page{out: s.errs}
		p.line("creating demo… %d days of invoices, runs, letters and mails (some seconds)", o.Days)
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // memory for speed, until the demo is made
	progress, done := s.progress("days")
	defer done()
	o.Progress = progress
	return sim.Open(s.ctx, o)
}

// look gathers what there is to see.
func (d *demoDay) look(ctx context.Context, a *app.App) error {
	creditors, err := a.Creditors(ctx)
	if err != nil {
		return err
	}
	for i := range creditors {
		aging, err := a.Aging(ctx, app.AgingRequest{Creditor: creditors[i].Code, AsOf: d.Day})
		if err != nil {
			return err
		}
		d.Aging = append(d.Aging, demoAging{creditors[i].Name, aging})
	}
	if err := d.messages(ctx, a); err != nil {
		return err
	}
	for _, g := range guided {
		subject, err := a.Find(ctx, g.creditor, "customer:"+g.number)
		if err != nil {
			return err
		}
		why, err := a.Explain(ctx, app.ExplainRequest{Customer: subject.Customer, Ref: subject.Ref, On: d.Day})
		if err != nil {
			return err
		}
		d.Why = append(d.Why, why)
	}
	return nil
}

// messages counts today's messages by step, with one example of each.
func (d *demoDay) messages(ctx context.Context, a *app.App) error {
	all, err := a.Outbox(ctx, app.OutboxFilter{})
	if err != nil {
		return err
	}
	for i := range all {
		m := &all[i]
		if m.Day != d.Day {
			continue
		}
		k := slices.IndexFunc(d.Planned, func(x demoMessage) bool { return x.Step == m.Step })
		if k < 0 {
			k = len(d.Planned)
			d.Planned = append(d.Planned, demoMessage{Step: m.Step, Example: m.ID, Customer: m.Customer})
		}
		d.Planned[k].Count++
		if m.State == book.Proposed {
			d.Planned[k].Waiting++
			d.Planned[k].Example, d.Planned[k].Customer = m.ID, m.Customer
		}
	}
	return nil
}

func showDemo(p *page, d *demoDay) {
	p.title("Demo · %s · nothing leaves this machine", dayName(d.Day))
	p.line("Brightwater sells from three countries: three creditors in one book, invented names, mail to " +
		".example only.\n")
	for i := range d.Aging {
		p.title("%s", d.Aging[i].Creditor)
		showAging(p, &d.Aging[i].Aging)
		p.line("")
	}
	p.title("What there is to see")
	rows := [][]string{}
	for _, screen := range d.Screens {
		rows = append(rows, []string{screen.Row, screen.Name, count(int64(screen.Count))})
	}
	p.table([]string{"Screen", "What", ">Count"}, rows)
	p.line("")
	p.title("Today's messages")
	rows = nil
	for _, m := range d.Planned {
		rows = append(rows, []string{m.Step, count(int64(m.Count)), count(int64(m.Waiting)), count(m.Example),
			m.Customer})
	}
	p.table([]string{"Step", ">Messages", ">Waiting for a person", ">Example", "Customer"}, rows)
	p.line("")
	p.title("Why, for three of the customers")
	for i := range d.Why {
		showExplanation(p, &d.Why[i])
		p.line("")
	}
	p.title("The mailbox")
	p.line("%d mails caught so far. Nothing of it went anywhere.", d.InSink)
	p.line("Read them as web page or text in %s; the list is %s.", d.Mails, filepath.Join(d.Mails, "index.txt"))
	p.line("")
	p.title("Try this")
	for _, words := range tryThis(d) {
		p.line("  recoup --db %s %s", d.Book, words)
	}
}

// tryThis are the commands a visitor can go on with.
func tryThis(d *demoDay) []string {
	message := "1"
	for _, m := range d.Planned {
		if m.Waiting > 0 {
			message = count(m.Example)
		}
	}
	return []string{
		"outbox list --state proposed",
		"outbox show " + message,
		"approve " + message,
		"explain customer:G10001",
		"--creditor brightwater-gb hold add customer:G10001 --kind pause --until " + d.Day.AddDays(14).String() +
			" --reason \"on holiday\"",
		"--creditor brightwater-gb report aging --by customer",
		"strategy calendar standard --due " + d.Day.AddDays(-2).String() + " --creditor brightwater-gb",
		"clock advance 1d",
		"run --approve all",
		"audit verify",
	}
}

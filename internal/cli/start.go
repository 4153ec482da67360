package cli

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/duty"
	"github.com/recoup-project/recoup/internal/web"
)

// startCmd is a newcomer's one command: it asks for the company on a page, makes the book
// and serves it. Where the book is there already it is serve.
type startCmd struct {
	Listen string `placeholder:"A" help:"Address of the pages. Default: 127.0.0.1:8080, or the next free port."`
}

func (c *startCmd) Run(s *session) error {
	if s.flags.DryRun {
		return noDryRun("it asks before it makes anything")
	}
	address := cmp.Or(s.flags.DB, s.env.Getenv("RECOUP_DB"), defaultBook)
	s.flags.DB = address
	a, err := app.OpenBook(s.ctx, address, s.env.Build)
	if err == nil {
		s.app = a
		return (&serveCmd{Listen: c.Listen, RunHour: defaultRunHour}).Run(s)
	}
	if app.AsError(err).Kind != app.NotFound {
		return err
	}
	at, err := listen(c.Listen)
	if err != nil {
		return err
	}
	if at == nil {
		return usage("--listen none: the book is made on a page; recoup init makes one without")
	}
	log := slog.New(slog.NewJSONHandler(s.errs, nil))
	first := &firstBook{session: s, address: address, log: log, ready: make(chan *duty.Service, 1)}
	pages := &web.FirstRun{Token: rand.Text(), Log: log, Make: first.make}
	open := pagesURL(at) + "/start?token=" + pages.Token
	log.Info("there is no book yet: open this page to make it", "open", open)
	if terminal(s.errs) {
		fmt.Fprintln(s.errs, "open "+open)
	}
	err = both(s.ctx, first.serve, func(ctx context.Context) error { return web.Serve(ctx, at, pages, log) })
	log.Info("stopped")
	return err
}

// defaultRunHour is that of serve.
const defaultRunHour = 6

// firstBook makes a book from what a newcomer said.
type firstBook struct {
	*session
	address string
	log     *slog.Logger
	ready   chan *duty.Service
}

// make makes book and owner. What was made before an error stays, and is gone on with.
func (f *firstBook) make(ctx context.Context, b web.FirstBook) (*web.Server, app.User, error) {
	req := app.Request{Actor: "cli:" + f.env.User}
	if !book.IsAddress(b.Email) {
		return nil, app.User{}, invalid("invalid_address", "%q is not an email address", b.Email)
	}
	if f.app == nil {
		currency := app.HomeCurrency(b.Country)
		if currency == "" {
			return nil, app.User{}, invalid("country_unknown", "choose your country from the list; for another one, use recoup init")
		}
		a, _, err := app.CreateBook(ctx, f.address, f.env.Build, req, app.BookRequest{Name: b.Company, Country: b.Country,
			Currency: currency, ClockDay: cal.None})
		if err != nil {
			return nil, app.User{}, err
		}
		f.app = a
		if err := f.armNew(f.address); err != nil {
			return nil, app.User{}, err
		}
	}
	l, err := f.licence(f.app)
	if err != nil {
		return nil, app.User{}, err
	}
	owner, err := f.app.AddUser(ctx, req, app.NewUser{Login: web.LoginOf(b.Name), Name: b.Name, Email: b.Email, Role: access.Owner,
		Password: b.Password})
	if err != nil {
		return nil, app.User{}, err
	}
	for _, set := range [][2]string{{"sender.name", b.Company}, {"sender.person", b.Name}, {"sender.reply_to", b.Email}} {
		if err := f.app.SetSetting(ctx, app.Request{Actor: owner.Login}, "", set[0], set[1]); err != nil {
			return nil, app.User{}, err
		}
	}
	service := duty.New(duty.Options{App: f.app, Licence: l, Log: f.log, RunHour: defaultRunHour})
	f.ready <- service
	return f.pages(f.app, f.address, f.log, service, l), owner, nil
}

// serve runs and sends for the book once it is there.
func (f *firstBook) serve(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case service := <-f.ready:
		return service.Serve(ctx)
	}
}

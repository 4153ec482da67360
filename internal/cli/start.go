package cli

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

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
	if e := app.AsError(err); e.Kind != app.NotFound && e.Code != "book_unfinished" {
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

// firstBook makes a book from what a newcomer said. It keeps what is done, so that after an
// error the rest is done by another try.
type firstBook struct {
	*session
	address string
	log     *slog.Logger
	ready   chan *duty.Service

	said  web.FirstBook // of which the book, and then the owner, is made
	armed bool
	owner app.User
}

// make makes book and owner. Everything is tried first with a book that is thrown away, so
// that what cannot be leaves nothing behind.
func (f *firstBook) make(ctx context.Context, b web.FirstBook) (*web.Server, app.User, error) {
	if err := f.steps(ctx, b); err != nil {
		return nil, app.User{}, err
	}
	l, err := f.licence(f.app)
	if err != nil {
		return nil, app.User{}, err
	}
	service := f.service(f.app, l, f.log, defaultRunHour)
	f.ready <- service
	return f.pages(f.app, f.address, f.log, service, l), f.owner, nil
}

// steps does what is not done yet.
func (f *firstBook) steps(ctx context.Context, b web.FirstBook) (err error) {
	if err := f.same(&b); err != nil {
		return err
	}
	if f.app == nil {
		if err := f.rehearse(ctx, b); err != nil {
			return err
		}
		if f.app, err = f.create(ctx, f.address, b); err != nil {
			return err
		}
		f.said = b
	}
	if !f.armed {
		if err := f.armNew(f.address); err != nil {
			return err
		}
		f.armed = true
	}
	if f.owner.ID == 0 {
		if f.owner, err = f.addOwner(ctx, f.app, b); err != nil {
			return err
		}
		f.said = b
	}
	return sayWho(ctx, f.app, f.owner, b)
}

// same refuses other words for what is made already, since they would change nothing.
func (f *firstBook) same(b *web.FirstBook) error {
	begun := func(what string) error {
		return &app.Error{Kind: app.Conflict, Code: "book_begun", Message: what + ": go on with the same words, and change them later"}
	}
	switch {
	case f.app != nil && (b.Company != f.said.Company || b.Country != f.said.Country):
		return begun("the book of " + f.said.Company + " in " + f.said.Country + " is made already")
	case f.owner.ID != 0 && *b != f.said:
		return begun("its owner " + f.said.Name + ", " + f.said.Email + ", is made already with a password")
	}
	return nil
}

// rehearse tries the words with a book that is thrown away.
func (f *firstBook) rehearse(ctx context.Context, b web.FirstBook) error {
	dir, err := os.MkdirTemp("", "recoup-first-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	a, err := f.create(ctx, filepath.Join(dir, "book.db"), b)
	if err != nil {
		return err
	}
	owner, err := f.addOwner(ctx, a, b)
	if err == nil {
		err = sayWho(ctx, a, owner, b)
	}
	return errors.Join(err, a.Close())
}

func (f *firstBook) request() app.Request { return app.Request{Actor: "cli:" + f.env.User} }

func (f *firstBook) create(ctx context.Context, address string, b web.FirstBook) (*app.App, error) {
	currency := app.HomeCurrency(b.Country)
	if currency == "" {
		return nil, invalid("country_unknown", "choose your country from the list; for another one, use recoup init")
	}
	a, _, err := app.CreateBook(ctx, address, f.env.Build, f.request(), app.BookRequest{Name: b.Company, Country: b.Country,
		Currency: currency, ClockDay: cal.None})
	return a, err
}

func (f *firstBook) addOwner(ctx context.Context, a *app.App, b web.FirstBook) (app.User, error) {
	if !book.IsAddress(b.Email) {
		return app.User{}, invalid("invalid_address", "%q is not an email address", b.Email)
	}
	return a.AddUser(ctx, f.request(), app.NewUser{Login: web.LoginOf(b.Name), Name: b.Name, Email: b.Email, Role: access.Owner,
		Password: b.Password})
}

// sayWho sets who the messages are from.
func sayWho(ctx context.Context, a *app.App, owner app.User, b web.FirstBook) error {
	for _, set := range [][2]string{{"sender.name", b.Company}, {"sender.person", b.Name}, {"sender.reply_to", b.Email}} {
		if err := a.SetSetting(ctx, app.Request{Actor: owner.Login}, "", set[0], set[1]); err != nil {
			return err
		}
	}
	return nil
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

package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/duty"
	"github.com/recoup-project/recoup/internal/portal"
	"github.com/recoup-project/recoup/internal/web"
)

// defaultListen is where the pages are if nobody says otherwise: this machine only. While
// the port is taken, one of the next is.
const (
	defaultListen = "127.0.0.1:8080"
	nextPorts     = 50
)

// settleAfter is when a program that serves has done what it does at its start.
const settleAfter = 5 * time.Second

type serveCmd struct {
	Listen  string   `placeholder:"A" help:"Address of the pages. Default: 127.0.0.1:8080, or the next free port; none: no pages, only scheduler and sender."`
	Proxies []string `name:"trusted-proxy" placeholder:"A" help:"Address or network of a proxy before the pages, such as 127.0.0.1 or 10.0.0.0/8: who asks and whether over https is believed from it alone. May be given several times."`
	RunHour int      `default:"6" placeholder:"H" help:"Hour of the daily run, at the creditor's place."`
}

func (c *serveCmd) Run(s *session) error {
	if s.flags.DryRun {
		return noDryRun("what it would do is told by recoup run --dry-run and recoup send --dry-run")
	}
	if c.RunHour < 0 || c.RunHour > 23 {
		return invalid("run_hour_invalid", "--run-hour %d: expected an hour from 0 to 23", c.RunHour)
	}
	proxies, err := c.proxies()
	if err != nil {
		return err
	}
	a, err := s.open()
	if err != nil {
		return err
	}
	l, err := s.licence(a)
	if err != nil {
		return err
	}
	address, err := s.address()
	if err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(s.errs, nil))
	service := s.service(a, l, log, c.RunHour)
	at, err := listen(c.Listen)
	if err != nil {
		return err
	}
	pages := s.pages(a, address, log, service, l)
	pages.Proxies = proxies
	if err := demoPortal(s.ctx, a, at); err != nil {
		return err
	}
	log.Info("serving", "version", s.env.Build, "pages", pagesURL(at))
	if at != nil {
		if err := s.invite(a, log, pagesURL(at)); err != nil {
			return err
		}
	}
	// What starting up left behind goes back to the computer at once, not over minutes.
	defer time.AfterFunc(settleAfter, debug.FreeOSMemory).Stop()
	err = both(s.ctx, service.Serve, func(ctx context.Context) error {
		if at == nil {
			<-ctx.Done()
			return nil
		}
		return pages.Serve(ctx, at)
	})
	log.Info("stopped")
	return err
}

// service runs and sends for a book.
func (*session) service(a *app.App, l *duty.Licence, log *slog.Logger, hour int) *duty.Service {
	return duty.New(duty.Options{App: a, Licence: l, Log: log, RunHour: hour, Brief: a.BriefFor("")})
}

// proxies are the networks whose word on who asks is believed.
func (c *serveCmd) proxies() ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range c.Proxies {
		p, err := netip.ParsePrefix(text)
		if a, aerr := netip.ParseAddr(text); aerr == nil {
			p, err = a.Prefix(a.BitLen())
		}
		if err != nil {
			return nil, invalid("proxy_invalid", "--trusted-proxy %q: expected an address or a network, such as 10.0.0.0/8", text)
		}
		all = append(all, p.Masked())
	}
	return all, nil
}

// pages are those of a book.
func (s *session) pages(a *app.App, address string, log *slog.Logger, service *duty.Service, l *duty.Licence) *web.Server {
	return web.New(web.Options{App: a, Log: log, Build: s.env.Build, Address: app.ShownAddress(address),
		Status: service.Status, Run: service.Run, Licence: l, Portal: portal.New(a, log)})
}

// invite says what to open. Of a book without users it is the page that makes the first
// owner, with the token for it, which is told here and nowhere else.
func (s *session) invite(a *app.App, log *slog.Logger, at string) error {
	token, err := a.SetupToken(s.ctx)
	if err != nil {
		return err
	}
	if token != "" {
		at += "/setup?token=" + token
		log.Info("there is no user yet: open this page within 24 hours to make the owner", "open", at)
	}
	if terminal(s.errs) {
		fmt.Fprintln(s.errs, "open "+at)
	}
	return nil
}

// demoPortal lets the messages of a simulated book lead to the pages that are served here:
// whoever tries it has no public address, and nothing leaves the machine.
func demoPortal(ctx context.Context, a *app.App, at net.Listener) error {
	info, err := a.DB().Book(ctx)
	if err != nil || !info.Simulated || at == nil {
		return err
	}
	now, err := a.Setting(ctx, "", app.SettingPortalURL)
	if here := pagesURL(at); err == nil && now != here && !strings.HasPrefix(now, "https://") && loopback(at) {
		err = a.SetSetting(ctx, app.Request{Actor: "system"}, "", app.SettingPortalURL, here)
	}
	return err
}

// loopback reports whether only this machine reaches a listener.
func loopback(l net.Listener) bool {
	host, _, _ := net.SplitHostPort(l.Addr().String())
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// listen opens the address of the pages; nil with "none".
func listen(address string) (net.Listener, error) {
	next := 0
	switch address {
	case "none":
		return nil, nil
	case "":
		address, next = defaultListen, nextPorts
	}
	l, err := web.Listen(address, next)
	if err != nil {
		return nil, &app.Error{Kind: app.Invalid, Code: "listen_failed", Err: err,
			Message: "cannot listen at " + address + ": " + err.Error()}
	}
	return l, nil
}

// pagesURL is what to open in a browser.
func pagesURL(l net.Listener) string {
	if l == nil {
		return ""
	}
	host, port, _ := net.SplitHostPort(l.Addr().String())
	if ip := net.ParseIP(host); ip != nil && (ip.IsLoopback() || ip.IsUnspecified()) {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// both runs two services; where one ends, the other is told to.
func both(ctx context.Context, one, two func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 2)
	for _, serve := range []func(context.Context) error{one, two} {
		go func() { err := serve(ctx); cancel(); ended <- err }()
	}
	return errors.Join(<-ended, <-ended)
}

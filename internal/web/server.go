package web

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/duty"
	"github.com/recoup-project/recoup/internal/sim"
	"github.com/recoup-project/recoup/internal/throttle"
	"github.com/recoup-project/recoup/internal/web/look"
)

// Options of a Server.
type Options struct {
	App     *app.App
	Log     *slog.Logger
	Build   string
	Address string                                   // of the book, without a password, for the foot of the page
	Status  func() duty.Status                       // of the sender beside it; nil: there is none
	Open    func(app.MailServer) (app.Mailer, error) // connects to a mail server
	// Run makes a run with the duty of the sender beside it; nil: App.Run, which takes the duty.
	Run     func(context.Context, app.Request, app.RunRequest) (app.RunReport, error)
	Licence *duty.Licence // the right of this copy to send
	Demo    *sim.World    // the simulated world; nil in a real book
	Portal  http.Handler  // the debtors' pages below /p/; nil: there are none
	// Proxies before the server, whose X-Forwarded-For and X-Forwarded-Proto are believed.
	Proxies []netip.Prefix
}

// Server answers the requests of browsers.
type Server struct {
	Options
	handler http.Handler
	pages   *http.ServeMux // behind the handler
	tries   *throttle.SignIn
	kept    keeper
	imports sync.Map                 // how far the import of a user is, see watched
	news    atomic.Pointer[sim.News] // what happened when the demo's clock moved last
}

// New returns a server; Handler answers, Listen serves.
func New(o Options) *Server {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Run == nil {
		o.Run = o.App.Run
	}
	s := &Server{Options: o, tries: throttle.NewSignIn()}
	mux := http.NewServeMux()
	mux.Handle("GET /assets/", look.Handler())
	mux.HandleFunc("GET /healthz", s.health)
	if o.Portal != nil {
		mux.Handle("/p/", o.Portal)
	}
	for _, rt := range routes {
		mux.Handle(rt.method+" "+rt.pattern, s.page(rt))
	}
	if s.Demo != nil {
		for _, rt := range demoRoutes() {
			rt.may = access.View
			mux.Handle(rt.method+" "+rt.pattern, s.page(rt))
		}
	}
	for _, o := range doors {
		mux.Handle(o.method+" "+o.pattern, s.door(o))
	}
	mux.HandleFunc("/", s.notFound)
	crossOrigin := http.NewCrossOriginProtection()
	s.pages, s.handler = mux, s.behind(secured(crossOrigin.Handler(mux)))
	return s
}

// Handler answers every request.
func (s *Server) Handler() http.Handler { return s.handler }

// health answers probes: the process is up and the book can be read.
func (s *Server) health(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if _, err := s.App.DB().Book(r.Context()); err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		w.Write([]byte("the book cannot be read\n"))
		return
	}
	w.Write([]byte("ok\n"))
}

// Listen opens the address, or with next the following ports while one is taken.
func Listen(address string, next int) (net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	first, err := net.LookupPort("tcp", port)
	if err != nil {
		return nil, err
	}
	for n := first; ; n++ {
		l, err := net.Listen("tcp", net.JoinHostPort(host, portText(n)))
		if err == nil || n-first >= next || !taken(err) {
			return l, err
		}
	}
}

// Serve answers on a listener until ctx ends; requests under way are finished.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	return Serve(ctx, l, s.handler, s.Log)
}

// Serve answers on a listener until ctx ends; requests under way are finished.
func Serve(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute,
		WriteTimeout: 5 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := server.Shutdown(end)
	if served := <-done; !errors.Is(served, http.ErrServerClosed) {
		return served
	}
	return err
}

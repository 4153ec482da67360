package web

import (
	"cmp"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/document/locale"
	"github.com/recoup-project/recoup/internal/web/look"
)

// visit is one request with all that its page needs to know: who asks, for which creditor,
// and how days and amounts are written there.
type visit struct {
	*Server
	w         http.ResponseWriter
	r         *http.Request
	user      viewer
	creditors []app.CreditorInfo
	creditor  app.CreditorInfo
	f         look.Format
	simulated bool
	theme     string
	flash     *flash
	route     *route
	rest      io.Reader          // of the body, past what the page takes
	keptAs    string             // the key under which the page is kept; "": it is not
	standing  *app.TodayCreditor // of the creditor; nil on a page of an error, and for who sees only a part
	waiting   int64              // messages that wait for a person
	failed    *failure           // the form that brought the reader back here, if it failed
}

// Names of cookies. They hold no secret but the session's.
const (
	cookieCreditor = "recoup_creditor"
	cookieTheme    = "recoup_theme"
	cookieFlash    = "recoup_flash"
)

// begin reads what every page needs.
func (s *Server) begin(w http.ResponseWriter, r *http.Request, rt *route, user viewer) (*visit, error) {
	v := &visit{Server: s, w: w, r: r, user: user, route: rt}
	var err error
	if v.creditors, err = s.App.Creditors(r.Context()); err != nil {
		return v, err
	}
	if len(v.creditors) == 0 {
		return v, &app.Error{Kind: app.Conflict, Code: "no_creditor",
			Message: "the book has no creditor yet: add one with recoup creditor add, then load the page again"}
	}
	v.creditor = v.creditors[0]
	wanted := cookie(r, cookieCreditor)
	for i := range v.creditors {
		if v.creditors[i].Code == wanted {
			v.creditor = v.creditors[i]
		}
	}
	info, err := s.App.DB().Book(r.Context())
	if err != nil {
		return v, err
	}
	v.simulated = info.Simulated
	language, ok := locale.OfCountry(v.creditor.Country)
	if !ok || language == locale.German { // the pages are written in English
		language = locale.EnglishGB
	}
	v.f = look.Format{Language: language, Zone: v.creditor.Zone, Today: cal.DateIn(info.Now, v.creditor.Zone)}
	if t := cookie(r, cookieTheme); t == "light" || t == "dark" {
		v.theme = t
	}
	return v, nil
}

func cookie(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// request is who asks, for the use case that the form of a page does.
func (v *visit) request(why string) app.Request { return v.requestFor("", why) }

// requestFor is request for one part of a form that does several.
func (v *visit) requestFor(part, why string) app.Request {
	req := v.user.Request()
	req.Reason, req.CommandID = why, v.commandID(part)
	return req
}

// number is a part of the path that must be a positive number.
func (v *visit) number(name string) (int64, error) {
	n, err := strconv.ParseInt(v.r.PathValue(name), 10, 64)
	if err != nil || n <= 0 {
		return 0, &app.Error{Kind: app.NotFound, Code: "page_not_found", Message: "there is no such page"}
	}
	return n, nil
}

// day is a field of a form that is a day; None if it is empty.
func (v *visit) day(field string) (cal.Date, error) {
	text := v.r.FormValue(field)
	if text == "" {
		return cal.None, nil
	}
	d, err := cal.Parse(text)
	if err != nil {
		return d, &app.Error{Kind: app.Invalid, Code: "day_invalid",
			Message: look.Words(field) + " \"" + text + "\": expected a day, YYYY-MM-DD", Where: &app.Where{Field: field}}
	}
	return d, nil
}

// page writes a page of the application within its frame.
func (v *visit) page(title string, body templ.Component) error {
	v.flash = takeFlash(v.w, v.r)
	if err := v.stand(); err != nil {
		return err
	}
	code := http.StatusOK
	if v.failed != nil {
		code = v.failed.status
	}
	return v.write(code, frame(v, title, body))
}

// stand reads what the frame tells on every page: how well the bank is known, and how much
// waits. It may be of some moments ago.
func (v *visit) stand() error {
	if !v.user.may(access.ViewAll) {
		return nil
	}
	ctx := app.MayBeOlder(v.r.Context())
	report, err := v.App.Today(ctx, v.creditor.Code)
	if err != nil {
		return err
	}
	lane, err := v.App.Machine(ctx, v.creditor.Code)
	if err != nil {
		return err
	}
	v.standing, v.waiting = &report.Creditors[0], int64(waiting(&lane))
	return nil
}

// partial writes a piece that takes its place within a page.
func (v *visit) partial(body templ.Component) error { return v.write(http.StatusOK, body) }

// done tells in a sentence what a form did and goes back to a page.
func (v *visit) done(to, text string) error { return v.say(to, flash{Tone: "good", Text: text}) }

// undoable is done with a way to take it back: a form posted to undo.
func (v *visit) undoable(to, text, undo string) error {
	return v.say(to, flash{Tone: "good", Text: text, Undo: undo})
}

func (v *visit) say(to string, f flash) error {
	putFlash(v.w, f)
	return v.seeOther(to)
}

// seeOther sends the browser to a page of this server.
func (v *visit) seeOther(to string) error {
	http.Redirect(v.w, v.r, cmp.Or(local(to), "/"), http.StatusSeeOther)
	return nil
}

// back is the page that a form was on: what it names, else where the browser was.
func (v *visit) back() string {
	if to := local(v.r.FormValue(fieldBack)); to != "" {
		return to
	}
	u, err := url.Parse(v.r.Referer())
	if err != nil || u.Host != v.r.Host {
		return ""
	}
	return local(u.RequestURI())
}

// local is an address of this server, or "". Browsers read a backslash as a slash, so that
// a path with one may lead to another server once its dots are worked out.
func local(to string) string {
	u, err := url.Parse(to)
	path, _, _ := strings.Cut(to, "?")
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") ||
		strings.Contains(path, `\`) {
		return ""
	}
	return to
}

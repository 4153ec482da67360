package web

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/sim"
	"github.com/recoup-project/recoup/internal/web/look"
)

// demoRoutes are the pages that only a demo has. On a real book they are not there.
func demoRoutes() []route {
	return []route{
		{method: "GET", pattern: "/demo", answer: demoPage},
		{method: "POST", pattern: "/demo/clock", answer: moveClock},
		{method: "POST", pattern: "/demo/reset", answer: resetDemo},
		{method: "POST", pattern: "/demo/role", answer: changeRole},
		{method: "GET", pattern: "/demo/mail", answer: demoMails},
		{method: "GET", pattern: "/demo/mail/{id}", answer: demoMail},
		{method: "GET", pattern: "/demo/mail/{id}/body", answer: demoMailBody},
		{method: "GET", pattern: "/demo/mail/{id}/file/{file}", answer: demoMailFile},
	}
}

// demoPage tells what happened when the clock moved last, and what a visitor can try.
func demoPage(v *visit) error { return v.page("Demo", demoOverview(v, v.news.Load())) }

// moveClock lives through some days, or to the next day on which something happens.
func moveClock(v *visit) error {
	var news sim.News
	var err error
	switch v.r.FormValue("by") {
	case "1", "7":
		days, _ := strconv.Atoi(v.r.FormValue("by"))
		news, err = v.Demo.Advance(v.r.Context(), days, nil)
	case "event":
		news, err = v.Demo.NextEvent(v.r.Context())
	default:
		return &app.Error{Kind: app.Invalid, Code: "nothing_chosen", Message: "expected 1, 7 or event"}
	}
	if err != nil {
		return err
	}
	v.news.Store(&news)
	return v.done(cmp.Or(v.back(), "/"), v.told(&news))
}

// told says in one line what happened on the days that passed.
func (v *visit) told(n *sim.News) string {
	var parts []string
	for _, l := range n.Lines {
		parts = append(parts, l.Text)
	}
	text := "It is " + v.f.LongDay(n.To) + ". "
	if len(parts) == 0 {
		return text + "Nothing happened."
	}
	return text + strings.Join(parts, "; ") + "."
}

// resetDemo takes the demo back to where it began.
func resetDemo(v *visit) error {
	news, err := v.Demo.Reset(v.r.Context())
	if err != nil {
		return err
	}
	v.news.Store(&news)
	// The session went with the rest: whoever looked as one of the company's people goes on so.
	u, err := v.App.User(v.r.Context(), v.user.User.Login)
	if err != nil {
		return v.seeOther("/today") // somebody whom the visitor had added
	}
	if _, err := v.signedIn(v.w, v.r, u.ID); err != nil {
		return err
	}
	return v.done("/today", "The demo is as it was in the beginning.")
}

// changeRole shows the book as another of the company's people sees it, or the page of a
// debtor as the debtor does.
func changeRole(v *visit) error {
	login := v.r.FormValue("as")
	if login == "debtor" {
		return v.asDebtor()
	}
	u, err := v.App.User(v.r.Context(), login)
	if err != nil {
		return err
	}
	if _, err := v.signedIn(v.w, v.r, u.ID); err != nil {
		return err
	}
	return v.done("/", "You are "+u.Name+" now: "+strings.ToLower(v.roleName(u.Role))+".")
}

// asDebtor opens the page of the customer that the visitor looks at, or of the first one on
// the list of those who owe most.
func (v *visit) asDebtor() error {
	id := int64(0)
	if rest, ok := strings.CutPrefix(v.back(), "/customers/"); ok {
		rest, _, _ = strings.Cut(rest, "?")
		id, _ = strconv.ParseInt(rest, 10, 64)
	}
	if id == 0 {
		list, err := v.App.ListCustomers(v.r.Context(), app.CustomerFilter{Creditor: v.creditor.Code, Overdue: true}, "overdue", "", 1)
		if err != nil {
			return err
		}
		if len(list.Customers) == 0 {
			return &app.Error{Kind: app.Conflict, Code: "nothing_open", Message: "nobody owes anything: move the clock back with Reset"}
		}
		id = list.Customers[0].ID
	}
	link, err := v.App.PortalLink(v.r.Context(), app.Request{Actor: "demo"}, id)
	if err != nil {
		return err
	}
	return v.seeOther(link.Path)
}

// mailbox is what the demo's mail server caught.
type mailbox struct {
	List []sim.MailLine
	All  int
	Next int
}

// demoMails is the demo mailbox: everything that was sent, to whomever.
func demoMails(v *visit) error {
	before, _ := strconv.Atoi(v.r.FormValue("after"))
	m := mailbox{}
	m.List, m.All = v.Demo.Mails(v.r.Context(), sim.MailFilter{Search: v.r.FormValue("q"), To: v.r.FormValue("to"), Before: before, Limit: pageLength})
	if len(m.List) == pageLength {
		m.Next = m.List[len(m.List)-1].Number
	}
	return v.page("Demo mailbox", mailboxPage(v, &m))
}

func (v *visit) caught() (sim.Mail, error) {
	n, err := v.number("id")
	if err != nil {
		return sim.Mail{}, err
	}
	return v.Demo.Mail(int(n))
}

// demoMail is one caught mail as its reader sees it.
func demoMail(v *visit) error {
	m, err := v.caught()
	if err != nil {
		return err
	}
	return v.page(m.Subject, caughtPage(v, &m))
}

// demoMailBody is the mail itself, for a frame.
func demoMailBody(v *visit) error {
	m, err := v.caught()
	if err != nil {
		return err
	}
	// What the visitor follows in the mail opens in the whole window, as from a mail program.
	v.w.Header().Set("Content-Security-Policy", caughtPolicy)
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err = v.w.Write([]byte(strings.Replace(m.HTML, "<head>", `<head><base target="_top">`, 1)))
	return err
}

// demoMailFile is a file that came with a caught mail.
func demoMailFile(v *visit) error {
	m, err := v.caught()
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(v.r.PathValue("file"))
	if err != nil || n < 0 || n >= len(m.Files) {
		return &app.Error{Kind: app.NotFound, Code: "page_not_found", Message: "there is no such file"}
	}
	return v.file(m.Files[n].Name, m.Files[n].MediaType, m.Files[n].Bytes)
}

// customerByNumber leads from a creditor's code and a customer's number to its page.
func customerByNumber(v *visit) error {
	s, err := v.App.Find(v.r.Context(), v.r.PathValue("creditor"), "customer:"+v.r.PathValue("number"))
	if err == nil {
		err = v.sees(s.Customer)
	}
	if e := app.AsError(err); err != nil && e.Kind == app.NotFound { // the same for one that is not the viewer's
		return &app.Error{Kind: app.NotFound, Code: "customer_not_found", Message: "there is no customer " + v.r.PathValue("number")}
	}
	if err != nil {
		return err
	}
	v.keep(cookieCreditor, v.r.PathValue("creditor"))
	return v.seeOther(customerPath(s.Customer))
}

// writeMessage writes a message for a frame of its own: its styles, and nothing that runs.
func (v *visit) writeMessage(html string) error {
	h := v.w.Header()
	h.Set("Content-Security-Policy", messagePolicy)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	_, err := v.w.Write([]byte(html))
	return err
}

// file sends a file to be kept, never to be shown by the browser as a page of ours.
func (v *visit) file(name, mediaType string, body []byte) error {
	h := v.w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Disposition", look.Disposition(name))
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	v.w.WriteHeader(http.StatusOK)
	_, err := v.w.Write(body)
	return err
}

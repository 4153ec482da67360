package web

import (
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
)

// link is a line of the navigation; one without a path is a rule between groups.
type link struct {
	Path, Name string
	Count      int64
	may        access.Permission
}

// navigation is what the viewer can go to.
func (v *visit) navigation() []link {
	all := []link{
		{Path: "/today", Name: "Today", may: access.ViewAll},
		{Path: "/customers", Name: "Customers", may: access.View},
		{Path: "/invoices", Name: "Invoices", may: access.View},
		{Path: "/messages", Name: "Messages", may: access.ViewAll},
		{Path: "/letters", Name: "Letters", may: access.ViewAll},
		{Path: "/calendar", Name: "Calendar", may: access.ViewAll},
		{Path: "/import", Name: "Import", may: access.Import},
		{},
		{Path: "/reports", Name: "Reports", may: access.ViewAll},
		{Path: "/strategies", Name: "Strategies", may: access.View},
		{Path: "/texts", Name: "Texts", may: access.View},
		{},
		{Path: "/settings", Name: "Settings", may: access.View},
		{Path: "/audit", Name: "Audit log", may: access.Audit},
	}
	if v.standing != nil {
		all[0].Count, all[3].Count = int64(v.standing.MustDo), v.waiting
	}
	var mine []link
	for _, l := range all {
		if l.Path == "" || v.user.may(l.may) {
			mine = append(mine, l)
		}
	}
	return mine
}

// current marks the line of the navigation that the page belongs to.
func (l link) current(v *visit) templ.Attributes {
	top := "/" + strings.SplitN(strings.TrimPrefix(v.r.URL.Path, "/"), "/", 2)[0]
	if own := "/" + strings.SplitN(strings.TrimPrefix(l.Path, "/"), "/", 2)[0]; own == top {
		return templ.Attributes{"aria-current": "page"}
	}
	return nil
}

// initials are the first letters of a name, for a small sign.
func initials(name string) string {
	var b strings.Builder
	for i, word := range strings.Fields(name) {
		if i < 2 {
			r, _ := utf8.DecodeRuneInString(word)
			b.WriteString(strings.ToUpper(string(r)))
		}
	}
	return b.String()
}

var themes = []struct{ value, name string }{
	{"", "As the system"}, {"light", "Light"}, {"dark", "Dark"},
}

var keyList = [][2]string{
	{"/", "search"}, {"j", "next line"}, {"k", "line before"}, {"Enter", "open"},
	{"c", "call"}, {"w", "write an email"}, {"n", "note"}, {"a", "agree: promise, more time"}, {"d", "dispute"}, {"p", "payment"},
	{"m", "look through the messages"}, {"?", "these keys"},
}

func errorTitle(e *app.Error) string {
	switch e.Kind {
	case app.NotFound:
		return "Nothing here"
	case app.Refused:
		return "Not allowed"
	case app.Unavailable:
		return "Not possible right now"
	case app.Internal:
		return "Something went wrong here"
	}
	return "That does not fit"
}

// whatIsSafe says after an error what has not happened, and what to do.
func whatIsSafe(e *app.Error) string {
	switch e.Kind {
	case app.NotFound:
		return "It may have been moved or never existed. Search for it with the box above."
	case app.Unavailable:
		return "Nothing was changed and nothing was sent. It may work in a moment: go back and try again."
	case app.Internal:
		return "Nothing was changed. The log of the server has the details; the book itself is safe."
	}
	return "Nothing was changed. Go back with your browser: what you filled in is still there."
}

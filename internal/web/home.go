package web

import (
	"cmp"
	"net/http"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
)

// home leads to the page that the viewer's day begins with.
func home(v *visit) error {
	if v.user.may(access.ViewAll) {
		return v.seeOther("/today")
	}
	return v.seeOther("/customers")
}

// chooseCreditor shows another creditor of the book from now on, at the page that the form
// names or the page of the day.
func chooseCreditor(v *visit) error {
	wanted := v.r.FormValue("creditor")
	for i := range v.creditors {
		if v.creditors[i].Code == wanted {
			v.keep(cookieCreditor, wanted)
			return v.seeOther(cmp.Or(local(v.r.FormValue("to")), "/today"))
		}
	}
	return &app.Error{Kind: app.NotFound, Code: "creditor_not_found", Message: "there is no such creditor"}
}

// chooseTheme fixes light or dark, or leaves it to the reader's system.
func chooseTheme(v *visit) error {
	v.keep(cookieTheme, v.r.FormValue("theme"))
	return v.seeOther(v.back())
}

// keep remembers a choice of the reader in this browser for a year.
func (v *visit) keep(name, value string) {
	c := &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: 365 * 86400, HttpOnly: true,
		SameSite: http.SameSiteLaxMode}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(v.w, c)
}

package web

import (
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
)

// users lists who may sign in, and as what.
func users(v *visit) error {
	all, err := v.App.Users(v.r.Context())
	if err != nil {
		return err
	}
	return v.page("Users", usersPage(v, all))
}

// addUser makes a user.
func addUser(v *visit) error {
	n := app.NewUser{Login: strings.TrimSpace(v.r.PostFormValue("login")), Name: strings.TrimSpace(v.r.PostFormValue("name")),
		Email: strings.TrimSpace(v.r.PostFormValue("email")), Role: access.Role(v.r.PostFormValue("role")),
		Password: v.r.PostFormValue("password")}
	u, err := v.App.AddUser(v.r.Context(), v.request(""), n)
	if err != nil {
		return err
	}
	return v.done("/users", u.Name+" can sign in as "+u.Login+".")
}

// setUser changes a user.
func setUser(v *visit) error {
	login := v.r.PathValue("login")
	role, active := access.Role(v.r.PostFormValue("role")), v.r.PostFormValue("active") == "yes"
	name, email := strings.TrimSpace(v.r.PostFormValue("name")), strings.TrimSpace(v.r.PostFormValue("email"))
	now, err := v.App.User(v.r.Context(), login)
	if err != nil {
		return err
	}
	var c app.UserChange
	e := edits{v: v}
	if e.change("role", string(role), string(now.Role)) {
		c.Role = &role
	}
	if e.change("active", yesNo(active), yesNo(now.Active)) {
		c.Active = &active
	}
	if e.change("name", name, now.Name) {
		c.Name = &name
	}
	if e.change("email", email, now.Email) {
		c.Email = &email
	}
	if err := e.err(); err != nil {
		return err
	}
	if c != (app.UserChange{}) {
		if _, err := v.App.SetUser(v.r.Context(), v.request(""), login, c); err != nil {
			return err
		}
	}
	if secret := v.r.PostFormValue("password"); secret != "" {
		if err := v.App.SetPassword(v.r.Context(), v.requestFor("password", ""), login, secret); err != nil {
			return err
		}
	}
	return v.done("/users", "Kept.")
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// me is the own account of who asks: password, cover, where they are signed in.
func me(v *visit) error {
	sessions, err := v.App.Sessions(v.r.Context(), v.user.User.ID)
	if err != nil {
		return err
	}
	all, err := v.App.Users(v.r.Context())
	if err != nil {
		return err
	}
	return v.page("Your account", mePage(v, sessions, all))
}

// setMe changes the own password or cover, or ends the other sessions.
func setMe(v *visit) error {
	login := v.user.User.Login
	switch v.r.PostFormValue("do") {
	case "password":
		if err := v.giveAgain(v.r.PostFormValue("old")); err != nil {
			return err
		}
		if err := v.App.SetPassword(v.r.Context(), v.request(""), login, v.r.PostFormValue("new")); err != nil {
			return err
		}
		if _, err := v.signedIn(v.w, v.r, v.user.User.ID); err != nil {
			return err
		}
		return v.done("/me", "Your password is changed, and you are signed out everywhere else.")
	case "cover":
		until, err := v.day("until")
		if err != nil {
			return err
		}
		if _, err := v.App.SetCover(v.r.Context(), v.request(""), login, v.r.PostFormValue("cover"), until); err != nil {
			return err
		}
		return v.done("/me", "Kept.")
	case "session":
		if err := v.App.EndSessionOf(v.r.Context(), v.user.User.ID, v.r.PostFormValue("session")); err != nil {
			return err
		}
		return v.done("/me", "That browser is signed out.")
	}
	return &app.Error{Kind: app.Invalid, Code: "nothing_chosen", Message: "nothing was chosen"}
}

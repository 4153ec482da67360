package cli

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/cal"
)

type userCmd struct {
	Add    userAddCmd    `cmd:"" help:"Add somebody who works with the book. The first one is an owner."`
	List   userListCmd   `cmd:"" help:"List the users."`
	Set    userSetCmd    `cmd:"" help:"Change a user, or let nobody sign in as the user any more."`
	Passwd userPasswdCmd `cmd:"" help:"Give a user another password. All sessions of the user end."`
	Cover  userCoverCmd  `cmd:"" help:"Say who stands in for a user, and until when."`
}

type userAddCmd struct {
	Login    string `arg:"" help:"Short name: a to z, 0 to 9, dot, hyphen, underscore."`
	Name     string `required:"" placeholder:"N" help:"Name of the person."`
	Role     string `required:"" placeholder:"R" help:"owner, credit_manager, controller, legal, sales or auditor."`
	Email    string `placeholder:"A" help:"Email address: mails to users go there, and it serves to sign in."`
	Password string `placeholder:"-" help:"- reads the password from standard input. Without it nobody can sign in as the user yet."`
	Reason   string `placeholder:"T" help:"Why, for the audit log."`
}

func (c *userAddCmd) Run(s *session) error {
	a, req, err := s.opened(c.Reason)
	if err != nil {
		return err
	}
	n := app.NewUser{Login: c.Login, Name: c.Name, Email: c.Email, Role: access.Role(c.Role)}
	switch c.Password {
	case "":
	case "-":
		if n.Password, err = s.line(); err != nil {
			return err
		}
	default:
		return usage("--password takes only -, and reads the password from standard input: on the command line others " +
			"could read it")
	}
	u, err := a.AddUser(s.ctx, req, n)
	if err != nil {
		return err
	}
	return s.showUser(&u)
}

func (s *session) showUser(u *app.User) error {
	return s.show("recoup/user/1", userLineOf(u), func(p *page) { showUsers(p, []app.User{*u}) })
}

// userLine is a user as the command line answers: days that are none are left empty.
type userLine struct {
	app.User
	CoverUntil string `json:"cover_until"`
}

func userLineOf(u *app.User) userLine { return userLine{*u, dayOrNothing(u.CoverUntil)} }

func dayOrNothing(d cal.Date) string {
	if d == cal.None {
		return ""
	}
	return d.String()
}

func showUsers(p *page, all []app.User) {
	var rows [][]string
	for i := range all {
		u := &all[i]
		state := "signs in"
		switch {
		case !u.Active:
			state = "not active"
		case !u.Password:
			state = "no password yet"
		}
		cover := "—"
		if u.Cover != "" {
			cover = u.Cover + " until " + u.CoverUntil.String()
		}
		rows = append(rows, []string{u.Login, u.Name, strings.ReplaceAll(string(u.Role), "_", " "), cmp.Or(u.Email, "—"),
			state, cover})
	}
	p.table([]string{"User", "Name", "Role", "Email", "State", "Covered by"}, rows)
}

type userListCmd struct{}

func (c *userListCmd) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	all, err := a.Users(s.ctx)
	if err != nil {
		return err
	}
	lines := make([]userLine, len(all))
	for i := range all {
		lines[i] = userLineOf(&all[i])
	}
	return showList(s, "recoup/user-list/1", "users", lines, func(p *page) {
		if len(all) == 0 {
			p.line("There are no users; commands act as owner. The first one: " +
				"recoup user add LOGIN --name NAME --role owner")
		}
		showUsers(p, all)
	})
}

type userSetCmd struct {
	Login  string  `arg:"" help:"The user."`
	Name   *string `placeholder:"N" help:"Name of the person."`
	Email  *string `placeholder:"A" help:"Email address; empty: none."`
	Role   *string `placeholder:"R" help:"owner, credit_manager, controller, legal, sales or auditor."`
	Active *string `placeholder:"yes|no" help:"Whether the user works with the book. no ends all sessions."`
	Reason string  `placeholder:"T" help:"Why, for the audit log."`
}

func (c *userSetCmd) Run(s *session) error {
	a, req, err := s.opened(c.Reason)
	if err != nil {
		return err
	}
	change := app.UserChange{Name: c.Name, Email: c.Email}
	if c.Role != nil {
		role := access.Role(*c.Role)
		change.Role = &role
	}
	if c.Active != nil {
		if *c.Active != "yes" && *c.Active != "no" {
			return invalid("user_invalid", "--active %q: expected yes or no", *c.Active)
		}
		active := *c.Active == "yes"
		change.Active = &active
	}
	u, err := a.SetUser(s.ctx, req, c.Login, change)
	if err != nil {
		return err
	}
	return s.showUser(&u)
}

type userPasswdCmd struct {
	Login string `arg:"" help:"The user."`
}

func (c *userPasswdCmd) Run(s *session) error {
	a, req, err := s.opened("")
	if err != nil {
		return err
	}
	u, err := a.User(s.ctx, c.Login)
	if err != nil {
		return err
	}
	secret, err := s.newPassword(u.Login)
	if err != nil {
		return err
	}
	if err := a.SetPassword(s.ctx, req, u.Login, secret); err != nil {
		return err
	}
	return s.show("recoup/user-passwd/1", map[string]string{"login": u.Login},
		func(p *page) { p.line("%s has another password. All sessions of %s have ended.", u.Login, u.Login) })
}

// newPassword asks for a password twice on a terminal, and reads a line elsewhere.
func (s *session) newPassword(login string) (string, error) {
	f, ok := s.in.(*os.File)
	if !ok || s.machine() || !terminal(s.in) {
		return s.line()
	}
	ask := func(prompt string) (string, error) {
		fmt.Fprint(s.errs, prompt)
		raw, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(s.errs)
		return string(raw), err
	}
	first, err := ask("New password for " + login + ": ")
	if err != nil {
		return "", err
	}
	again, err := ask("Once more: ")
	if err == nil && again != first {
		err = invalid("password_differs", "the two are not the same; nothing was changed")
	}
	return first, err
}

// line reads one line of standard input.
func (s *session) line() (string, error) {
	line, err := bufio.NewReader(s.in).ReadString('\n')
	if err != nil && err != io.EOF {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}

type userCoverCmd struct {
	Login string   `arg:"" help:"Who is away."`
	With  string   `placeholder:"USER" help:"Who stands in."`
	Until cal.Date `placeholder:"DAY" default:"none" help:"The last day of it."`
	End   bool     `help:"Nobody stands in any more."`
}

func (c *userCoverCmd) Run(s *session) error {
	a, req, err := s.opened("")
	if err != nil {
		return err
	}
	if c.End != (c.With == "") || c.End != (c.Until == cal.None) {
		return usage("expected --with USER --until DAY, or --end")
	}
	u, err := a.SetCover(s.ctx, req, c.Login, c.With, c.Until)
	if err != nil {
		return err
	}
	return s.showUser(&u)
}

type customerAssignCmd struct {
	Refs   []string `arg:"" placeholder:"REF" help:"The customers."`
	To     string   `placeholder:"USER" help:"Who looks after them from now on."`
	Nobody bool     `help:"Nobody in particular."`
	Reason string   `placeholder:"T" help:"Why, for the audit log."`
}

func (c *customerAssignCmd) Run(s *session) error {
	a, req, err := s.opened(c.Reason)
	if err != nil {
		return err
	}
	if c.Nobody != (c.To == "") {
		return usage("expected --to USER, or --nobody")
	}
	var customers []int64
	for _, ref := range c.Refs {
		subject, err := a.Find(s.ctx, s.flags.Creditor, ref)
		if err != nil {
			return err
		}
		customers = append(customers, subject.Customer)
	}
	n, err := a.SetCollector(s.ctx, req, customers, c.To)
	if err != nil {
		return err
	}
	answer := struct {
		Collector string `json:"collector"`
		Changed   int    `json:"changed"`
	}{c.To, n}
	return s.show("recoup/customer-assign/1", answer, func(p *page) {
		p.line("%s looks after %s more.", cmp.Or(c.To, "Nobody"), plural(int64(n), "customer", "customers"))
	})
}

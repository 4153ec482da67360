package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/password"
	"github.com/recoup-project/recoup/internal/store"
)

// User is somebody who works with the book.
type User struct {
	ID         int64       `json:"id"`
	Login      string      `json:"login"` // short name, as the audit log shows it
	Name       string      `json:"name"`
	Email      string      `json:"email"`
	Role       access.Role `json:"role"`
	Active     bool        `json:"active"`
	Password   bool        `json:"password"` // has one, and so can sign in
	Cover      string      `json:"cover"`    // login of the user who stands in; "" = nobody
	CoverUntil cal.Date    `json:"cover_until"`
}

// May reports whether the user's role has a permission.
func (u *User) May(p access.Permission) bool { return u.Active && access.May(u.Role, p) }

// NewUser is a user to be added. Without a password nobody can sign in as the user yet.
type NewUser struct {
	Login    string      `json:"login"` // a to z, 0 to 9, dot, hyphen, underscore
	Name     string      `json:"name"`
	Email    string      `json:"email"` // "" = none; mails to users go there
	Role     access.Role `json:"role"`
	Password string      `json:"-"`
}

// UserChange is what is changed of a user; nil fields stay.
type UserChange struct {
	Name   *string      `json:"name,omitempty"`
	Email  *string      `json:"email,omitempty"`
	Role   *access.Role `json:"role,omitempty"`
	Active *bool        `json:"active,omitempty"`
}

// signing computes password hashes; its first use prepares it.
type signing struct {
	once   sync.Once
	hasher *password.Hasher
}

func (s *signing) get() *password.Hasher {
	s.once.Do(func() { s.hasher = password.NewHasher() })
	return s.hasher
}

var loginForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9._-]{0,38}[a-z0-9])?$`)

// reservedLogins act in the audit log without being users.
var reservedLogins = []string{"system", "cli", "recoup"}

func userInvalid(field, value, expected string) error {
	return &Error{Kind: Invalid, Code: "user_invalid", Message: sprintf("%s %q: expected %s", field, value,
		expected), Where: &Where{Field: field}}
}

func (n *NewUser) check() error {
	n.Login, n.Name, n.Email = strings.ToLower(strings.TrimSpace(n.Login)), strings.TrimSpace(n.Name),
		strings.TrimSpace(n.Email)
	switch {
	case !loginForm.MatchString(n.Login) || slices.Contains(reservedLogins, n.Login):
		return userInvalid("login", n.Login, "a short name of a to z, 0 to 9, dot, hyphen and underscore")
	case n.Name == "" || len(n.Name) > maxUserText:
		return userInvalid("name", n.Name, "a name of at most 200 characters")
	case n.Email != "" && !book.IsAddress(n.Email):
		return userInvalid("email", n.Email, "an email address, or nothing")
	case !access.Valid(n.Role):
		return userInvalid("role", string(n.Role), roleWords())
	}
	return nil
}

const maxUserText = 200

func roleWords() string {
	words := make([]string, len(access.Roles))
	for i, r := range access.Roles {
		words[i] = string(r)
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// hashed checks a password that somebody chose and hashes it; "" stays "".
func (a *App) hashed(ctx context.Context, secret string, about ...string) (password.Hash, error) {
	if secret == "" {
		return "", nil
	}
	if p := password.Check(secret, about...); p != "" {
		return "", &Error{Kind: Invalid, Code: "password_" + string(p), Message: p.Words(),
			Where: &Where{Field: "password"}}
	}
	return a.signing.get().Make(ctx, secret)
}

// AddUser adds a user and returns it. The first one must be an owner. Errors: invalid
// (user_invalid naming the field, password_too_short, password_common and the like),
// conflict (login_taken), refused (owner_needed, not_permitted, password_needed).
func (a *App) AddUser(ctx context.Context, req Request, n NewUser) (User, error) {
	if err := n.check(); err != nil {
		return User{}, err
	}
	hash, err := a.hashed(ctx, n.Password, n.Login, n.Name, n.Email)
	if err != nil {
		return User{}, err
	}
	out, err := a.write(ctx, req, "add_user", n, func(r *recorder) error {
		all, err := a.users(r)
		if err != nil {
			return err
		}
		return a.addUser(r, all, &n, hash)
	})
	u, _, err := answer[User](out, err)
	return u, err
}

func (a *App) addUser(r *recorder, all []userRow, n *NewUser, hash password.Hash) error {
	switch {
	case slices.ContainsFunc(all, func(u userRow) bool { return u.Login == n.Login }):
		return &Error{Kind: Conflict, Code: "login_taken", Message: sprintf("there is a user %q already", n.Login)}
	case n.Role != access.Owner && !slices.ContainsFunc(all, isOwner):
		return refusedText("owner_needed", "the first user must be an owner")
	}
	id, err := r.NextIDs("app_user", 1)
	if err != nil {
		return err
	}
	if _, err := r.Exec(`INSERT INTO app_user (tenant_id, user_id, login, name, email, role, password, active,
		cover_id, cover_until, sessions_from) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, 0, NULL, $8)`, a.tenant, id,
		n.Login, n.Name, n.Email, string(n.Role), string(hash), time.Time{}); err != nil {
		return err
	}
	for _, f := range [][2]string{{"login", n.Login}, {"name", n.Name}, {"email", n.Email},
		{"role", string(n.Role)}, {"active", "yes"}, {"password", digestOf(hash)}} {
		if err := r.changed("user", id, f[0], f[1]); err != nil {
			return err
		}
	}
	return r.result(User{ID: id, Login: n.Login, Name: n.Name, Email: n.Email, Role: n.Role, Active: true,
		Password: hash != "", CoverUntil: cal.None})
}

// digestOf is what is recorded of a password's hash: enough to see that it is another one,
// and nothing to guess from.
func digestOf(h password.Hash) string {
	if h == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(h))
	return hex.EncodeToString(sum[:])
}

// userRow is a user as stored.
type userRow struct {
	User
	hash         password.Hash
	coverID      int64
	sessionsFrom time.Time
}

func isOwner(u userRow) bool { return u.Active && u.Role == access.Owner }

// users reads all users by login. A book has few.
func (a *App) users(tx store.Tx) ([]userRow, error) {
	var all []userRow
	err := store.Each(tx, `SELECT user_id, login, name, email, role, password, active, cover_id, cover_until,
		sessions_from FROM app_user WHERE tenant_id = $1 ORDER BY login`, []any{a.tenant}, func(r store.Rows) error {
		u := userRow{User: User{ID: r.Int64(0), Login: r.Text(1), Name: r.Text(2), Email: r.Text(3),
			Role: access.Role(r.Text(4)), Active: r.Bool(6), CoverUntil: r.Day(8)},
			hash: password.Hash(r.Text(5)), coverID: r.Int64(7), sessionsFrom: r.Time(9)}
		u.Password = u.hash != ""
		all = append(all, u)
		return nil
	})
	for i := range all {
		if k := slices.IndexFunc(all, func(u userRow) bool { return u.ID == all[i].coverID }); k >= 0 {
			all[i].Cover = all[k].Login
		}
	}
	return all, err
}

// user finds one user by login. Errors: not found.
func (a *App) user(tx store.Tx, login string) (userRow, error) {
	all, err := a.users(tx)
	if err != nil {
		return userRow{}, err
	}
	return findUser(all, login)
}

func findUser(all []userRow, login string) (userRow, error) {
	login = strings.ToLower(strings.TrimSpace(login))
	for _, u := range all {
		if u.Login == login {
			return u, nil
		}
	}
	return userRow{}, notFound("user_not_found", "there is no user %q", login)
}

// Users lists the users by login, also those who are not active any more.
func (a *App) Users(ctx context.Context) ([]User, error) {
	list := []User{}
	err := a.read(ctx, func(tx store.Tx) error {
		all, err := a.users(tx)
		list = list[:0]
		for i := range all {
			list = append(list, all[i].User)
		}
		return err
	})
	return list, err
}

// User finds a user by login. Errors: not found (user_not_found).
func (a *App) User(ctx context.Context, login string) (User, error) {
	var u userRow
	err := a.read(ctx, func(tx store.Tx) (err error) {
		u, err = a.user(tx, login)
		return err
	})
	return u.User, err
}

// SetUser changes a user and returns it. Who is not active any more, or has another role,
// is so at once: sessions of a user who is not active end. Errors: not found, invalid
// (user_invalid, nothing_to_change), refused (last_owner: somebody must be left who may do
// everything; not_permitted, password_needed).
func (a *App) SetUser(ctx context.Context, req Request, login string, c UserChange) (User, error) {
	var fields [][2]string
	if c.Name != nil {
		fields = append(fields, [2]string{"name", strings.TrimSpace(*c.Name)})
	}
	if c.Email != nil {
		fields = append(fields, [2]string{"email", strings.TrimSpace(*c.Email)})
	}
	if c.Role != nil {
		fields = append(fields, [2]string{"role", string(*c.Role)})
	}
	if c.Active != nil {
		fields = append(fields, [2]string{"active", map[bool]string{true: "yes", false: "no"}[*c.Active]})
	}
	if len(fields) == 0 {
		return User{}, invalid("nothing_to_change", "nothing to change was given")
	}
	now := a.wall()
	u, err := answering(ctx, a, req, "set_user", []any{login, c}, func(r *recorder) error {
		all, err := a.users(r)
		if err != nil {
			return err
		}
		u, err := findUser(all, login)
		if err != nil {
			return err
		}
		n := NewUser{Login: u.Login, Name: orKept(c.Name, u.Name), Email: orKept(c.Email, u.Email),
			Role: orKept(c.Role, u.Role)}
		if err := n.check(); err != nil {
			return err
		}
		staysOwner := n.Role == access.Owner && orKept(c.Active, u.Active)
		others := slices.ContainsFunc(all, func(o userRow) bool { return o.ID != u.ID && isOwner(o) })
		if isOwner(u) && !staysOwner && !others {
			return refusedText("last_owner", sprintf("%s is the only owner: make another user an owner first", u.Login))
		}
		for _, f := range fields {
			if err := r.setUserField(u.ID, f[0], f[1]); err != nil {
				return err
			}
		}
		if !orKept(c.Active, true) {
			return r.endSessions(u.ID, now)
		}
		return nil
	}, a.seeUser(login))
	a.sessions.clear()
	return u, err
}

func orKept[T any](given *T, kept T) T {
	if given != nil {
		return *given
	}
	return kept
}

func (a *App) seeUser(login string) func(store.Tx) (User, error) {
	return func(tx store.Tx) (User, error) {
		u, err := a.user(tx, login)
		return u.User, err
	}
}

// setUserField writes one field of a user and records it. Its name comes from a closed
// list.
func (r *recorder) setUserField(id int64, field, value string) error {
	var stored any = value
	if field == "active" {
		stored = value == "yes"
	}
	if _, err := r.Exec("UPDATE app_user SET "+field+" = $3 WHERE tenant_id = $1 AND user_id = $2", r.tenant, id,
		stored); err != nil {
		return err
	}
	return r.changed("user", id, field, value)
}

// SetPassword gives a user another password and ends the user's sessions; begin a new one
// for who changed the own password. Errors: not found, invalid (password_too_short and the
// like), refused (not_permitted for the password of somebody else, password_needed).
func (a *App) SetPassword(ctx context.Context, req Request, login, secret string) error {
	u, err := a.User(ctx, login)
	if err != nil {
		return err
	}
	if req.Actor != u.Login {
		if err := req.may(access.Users); err != nil {
			return err
		}
	}
	if err := a.permit(req, "set_password"); err != nil { // before the work of hashing
		return err
	}
	if secret == "" {
		return userInvalid("password", "", "at least 12 characters")
	}
	hash, err := a.hashed(ctx, secret, u.Login, u.Name, u.Email)
	if err != nil {
		return err
	}
	now := a.wall()
	_, err = a.write(ctx, req, "set_password", u.Login, func(r *recorder) error {
		if _, err := r.Exec("UPDATE app_user SET password = $3 WHERE tenant_id = $1 AND user_id = $2", a.tenant, u.ID,
			string(hash)); err != nil {
			return err
		}
		if err := r.changed("user", u.ID, "password", digestOf(hash)); err != nil {
			return err
		}
		return r.endSessions(u.ID, now)
	})
	a.sessions.clear()
	return err
}

// SetCover says who stands in for a user up to and including a day; "" ends it. The
// customers of the user are then also those of who stands in. Users set their own cover,
// those who may manage customers anybody's. Errors: not found, invalid (cover_invalid).
func (a *App) SetCover(ctx context.Context, req Request, login, cover string, until cal.Date) (User, error) {
	if req.Actor != login {
		if err := req.may(access.Customers); err != nil {
			return User{}, err
		}
	}
	return answering(ctx, a, req, "set_cover", []any{login, cover, until}, func(r *recorder) error {
		all, err := a.users(r)
		if err != nil {
			return err
		}
		u, err := findUser(all, login)
		if err != nil {
			return err
		}
		var by userRow
		if cover == "" {
			until = cal.None
		} else if by, err = a.standIn(r, all, &u, cover, until); err != nil {
			return err
		}
		if _, err := r.Exec("UPDATE app_user SET cover_id = $3, cover_until = $4 WHERE tenant_id = $1 AND user_id = $2",
			a.tenant, u.ID, by.ID, until); err != nil {
			return err
		}
		return r.changed("user", u.ID, "cover", coverText(by.ID, until))
	}, a.seeUser(login))
}

func (a *App) standIn(tx store.Tx, all []userRow, u *userRow, cover string, until cal.Date) (userRow, error) {
	by, err := findUser(all, cover)
	if err != nil {
		return by, err
	}
	today, err := a.bookToday(tx)
	switch {
	case err != nil:
		return by, err
	case by.ID == u.ID || !by.Active:
		return by, invalid("cover_invalid", "%s cannot stand in for %s: expected another active user", by.Login,
			u.Login)
	case until == cal.None || until < today:
		return by, invalid("cover_invalid", "until %s: expected the last day, from today (%s) on", until, today)
	}
	return by, nil
}

// coverText is a cover as it is recorded.
func coverText(by int64, until cal.Date) string {
	if by == 0 {
		return ""
	}
	return sprintf("user %d until %s", by, until)
}

// bookToday is the day at the first creditor's place, or by UTC while there is none.
func (a *App) bookToday(tx store.Tx) (cal.Date, error) {
	all, err := a.creditors(tx)
	if err != nil || len(all) == 0 {
		return cal.DateIn(tx.Now(), time.UTC), err
	}
	return all[0].today(tx), nil
}

// Authenticate says who a login and a password belong to; instead of the login the mail
// address will do, where one active user has it. It takes as long for a login that does
// not exist. Whoever calls it limits how often. Errors: refused with sign_in_refused, which
// never says what was wrong.
func (a *App) Authenticate(ctx context.Context, login, secret string) (User, error) {
	var all []userRow
	if err := a.read(ctx, func(tx store.Tx) (err error) {
		all, err = a.users(tx)
		return err
	}); err != nil {
		return User{}, err
	}
	login = strings.ToLower(strings.TrimSpace(login))
	var named []userRow
	for _, u := range all {
		if u.Active && login != "" && (u.Login == login || strings.ToLower(u.Email) == login) {
			named = append(named, u)
		}
	}
	u := userRow{}
	if len(named) == 1 {
		u = named[0]
	}
	same, err := a.signing.get().Matches(ctx, u.hash, secret[:min(len(secret), 4*password.Most+1)])
	if err != nil {
		return User{}, &Error{Kind: Unavailable, Code: "busy", Message: "too many people sign in at once", Err: err}
	}
	if !same {
		return User{}, refusedText("sign_in_refused", "login or password is wrong")
	}
	return u.User, nil
}

// Actor gives the request of a person at the computer who says to act as a user: that
// user's role. While the book has no users any short name will do, and acts as owner.
// Errors: refused (user_not_active), not found (user_not_found).
func (a *App) Actor(ctx context.Context, req Request, login string) (Request, error) {
	all, err := a.Users(ctx)
	req.Actor = login
	if err != nil || len(all) == 0 {
		return req, err
	}
	k := slices.IndexFunc(all, func(u User) bool { return u.Login == login })
	switch {
	case k < 0:
		return req, notFound("user_not_found", "there is no user %q; there are %s", login, logins(all))
	case !all[k].Active:
		return req, refusedText("user_not_active", login+" is not active any more")
	}
	// Whoever works at the computer has the book in hand, and needs no password to it.
	req.Role, req.Confirmed = all[k].Role, a.wall()
	return req, nil
}

func logins(all []User) string {
	var names []string
	for _, u := range all {
		if u.Active {
			names = append(names, u.Login)
		}
	}
	return cmp.Or(strings.Join(names, ", "), "none")
}

package app

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/store"
)

// Settings of sessions, for the whole book.
const (
	settingSessionHours = "session.hours"        // a session ends after so long, however much it is used; 12
	settingSessionIdle  = "session.idle_minutes" // and after so long without use; 60
)

const (
	sessionHours = 12
	sessionIdle  = 60

	// sessionMark is how often at most the use of a session is written down.
	sessionMark = time.Minute
	// sessionFresh is for how long a session is believed without asking the database: what
	// another process changes of a user counts that much later.
	sessionFresh = 5 * time.Second
	// sessionsKept bounds the sessions in memory.
	sessionsKept = 4096

	originMax   = 200
	setUpFor    = 24 // hours that the token for the first owner is good for
	tokenBytes  = 32
	setUpUserID = 0
)

// Session is a signed-in browser. Its times are those of the world, not of the book.
type Session struct {
	ID        string    `json:"id"` // names it in lists; nobody can sign in with it
	User      User      `json:"user"`
	BeganAt   time.Time `json:"began_at"`
	SeenAt    time.Time `json:"seen_at"`
	EndsAt    time.Time `json:"ends_at"`
	Confirmed time.Time `json:"confirmed_at"` // when the password was last given
	Origin    string    `json:"origin"`
}

// Request is what the user of the session asks for, to be given to a use case.
func (s *Session) Request() Request {
	return Request{Actor: s.User.Login, Role: s.User.Role, Confirmed: s.Confirmed}
}

// May reports whether the user of the session has a permission.
func (s *Session) May(p access.Permission) bool { return s.User.May(p) }

// Fresh reports whether the password was given a moment ago, as the change of bank details
// and users asks (see ConfirmSession).
func (a *App) Fresh(s *Session) bool { return a.wall().Sub(s.Confirmed) < ConfirmedFor }

// SessionStart says for whom a session begins.
type SessionStart struct {
	User     int64
	Origin   string // browser and address, for the user to know it by; cut to 200 characters
	Replaces string // token of the session that ends with it; "" = none
}

// newToken is 256 random bits and what is kept of them.
func newToken() (token, hash string) {
	raw := make([]byte, tokenBytes)
	rand.Read(raw)
	token = base64.RawURLEncoding.EncodeToString(raw)
	return token, hashOf(token)
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// BeginSession begins a session of a user who has just given the password, always under a
// new token, which is known to nobody else. Errors: not found (no active user).
func (a *App) BeginSession(ctx context.Context, start SessionStart) (token string, s Session, err error) {
	token, hash := newToken()
	now := a.wall().UTC().Truncate(time.Millisecond)
	err = a.again(ctx, func(tx store.MarkTx) error {
		all, err := a.users(tx)
		if err != nil {
			return err
		}
		k := slices.IndexFunc(all, func(u userRow) bool { return u.ID == start.User && u.Active })
		if k < 0 {
			return notFound("user_not_found", "there is no active user %d", start.User)
		}
		hours, err := a.number(tx, settingSessionHours, sessionHours)
		if err != nil {
			return err
		}
		s = Session{ID: hash, User: all[k].User, BeganAt: now, SeenAt: now, Confirmed: now,
			EndsAt: now.Add(time.Duration(hours) * time.Hour), Origin: clipTo(start.Origin, originMax)}
		if _, err := tx.Exec(`DELETE FROM session WHERE tenant_id = $1 AND (token_hash = $2 OR token_hash = $3
			OR ends_at < $4)`, a.tenant, hash, hashOf(start.Replaces), now); err != nil {
			return err
		}
		return a.putSession(tx, &s)
	})
	if start.Replaces != "" {
		a.sessions.clear()
	}
	return token, s, err
}

func (a *App) putSession(tx store.MarkTx, s *Session) error {
	_, err := tx.Exec(`INSERT INTO session (tenant_id, token_hash, user_id, began_at, seen_at, confirmed_at, ends_at,
		origin) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, a.tenant, s.ID, s.User.ID, s.BeganAt, s.SeenAt, s.Confirmed,
		s.EndsAt, s.Origin)
	return err
}

// number reads a setting of the book that is a number.
func (a *App) number(tx store.Tx, name string, fallback int64) (int64, error) {
	value, err := a.setting(tx, 0, name)
	if err != nil || value == "" {
		return fallback, err
	}
	return strconv.ParseInt(value, 10, 64)
}

// errSessionEnded is the answer to a token of no session.
func errSessionEnded() error { return notFound("session_ended", "you are signed out: sign in again") }

// Session is the session of a token, with its user as they are now. It is asked at every
// request: mostly it is answered from memory, and its use is written down once a minute at
// most. What this process changes of a user counts at once, what another one changes after
// some seconds. Errors: not found (session_ended).
func (a *App) Session(ctx context.Context, token string) (Session, error) {
	key, now := sha256.Sum256([]byte(token)), a.wall()
	if s, known := a.sessions.get(key, now, a.mark); known {
		return s, nil
	}
	generation := a.sessions.generation()
	var kept keptSession
	if err := a.read(ctx, func(tx store.Tx) (err error) {
		kept, err = a.readSession(tx, hex.EncodeToString(key[:]), now)
		return err
	}); err != nil {
		return Session{}, err
	}
	kept.read = now
	a.sessions.put(key, kept, generation)
	if s, known := a.sessions.get(key, now, a.mark); known {
		return s, nil
	}
	return kept.Session, nil
}

func (a *App) readSession(tx store.Tx, hash string, now time.Time) (k keptSession, err error) {
	user := int64(0)
	err = store.One(tx, `SELECT user_id, began_at, seen_at, confirmed_at, ends_at, origin FROM session
		WHERE tenant_id = $1 AND token_hash = $2`, []any{a.tenant, hash}, func(r store.Rows) {
		user = r.Int64(0)
		k.Session = Session{ID: hash, BeganAt: r.Time(1), SeenAt: r.Time(2), Confirmed: r.Time(3), EndsAt: r.Time(4),
			Origin: r.Text(5)}
	})
	if isNotFound(err) || err == nil && user == setUpUserID {
		return k, errSessionEnded()
	}
	if err != nil {
		return k, err
	}
	all, err := a.users(tx)
	if err != nil {
		return k, err
	}
	at := slices.IndexFunc(all, func(u userRow) bool { return u.ID == user && u.Active })
	if at < 0 || k.BeganAt.Before(all[at].sessionsFrom) {
		return k, errSessionEnded()
	}
	k.User = all[at].User
	idle, err := a.number(tx, settingSessionIdle, sessionIdle)
	k.idle, k.marked = time.Duration(idle)*time.Minute, k.SeenAt
	if err == nil && k.over(now) {
		err = errSessionEnded()
	}
	return k, err
}

// mark writes down that a session is in use, behind the answer to the request.
func (a *App) mark(hash string, seen time.Time) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	// A mark that is lost shortens the session by a minute of use, no more.
	_ = a.db.Mark(ctx, a.tenant, func(tx store.MarkTx) error {
		_, err := tx.Exec("UPDATE session SET seen_at = $3 WHERE tenant_id = $1 AND token_hash = $2", a.tenant, hash,
			seen)
		return err
	})
}

// ConfirmSession takes the password again, as changing bank details or users asks
// (guardrail R15). Whoever calls it limits how often. Errors: not found (session_ended),
// refused (sign_in_refused).
func (a *App) ConfirmSession(ctx context.Context, token, secret string) (Session, error) {
	s, err := a.Session(ctx, token)
	if err != nil {
		return s, err
	}
	if _, err := a.Authenticate(ctx, s.User.Login, secret); err != nil {
		return s, err
	}
	s.Confirmed = a.wall().UTC().Truncate(time.Millisecond)
	err = a.again(ctx, func(tx store.MarkTx) error {
		_, err := tx.Exec("UPDATE session SET confirmed_at = $3 WHERE tenant_id = $1 AND token_hash = $2", a.tenant, s.ID,
			s.Confirmed)
		return err
	})
	a.sessions.clear()
	return s, err
}

// EndSession ends the session of a token; one that has ended stays so.
func (a *App) EndSession(ctx context.Context, token string) error {
	return a.endSession(ctx, hashOf(token), -1)
}

// EndSessionOf ends one session of a user by its ID, as Sessions lists it.
func (a *App) EndSessionOf(ctx context.Context, user int64, id string) error {
	return a.endSession(ctx, id, user)
}

func (a *App) endSession(ctx context.Context, hash string, user int64) error {
	err := a.again(ctx, func(tx store.MarkTx) error {
		_, err := tx.Exec(`DELETE FROM session WHERE tenant_id = $1 AND token_hash = $2 AND (user_id = $3 OR $3 = -1)`,
			a.tenant, hash, user)
		return err
	})
	a.sessions.clear()
	return err
}

// Sessions lists the sessions of a user that have not ended, the newest first.
func (a *App) Sessions(ctx context.Context, user int64) ([]Session, error) {
	list, now := []Session{}, a.wall()
	err := a.read(ctx, func(tx store.Tx) error {
		list = list[:0]
		var hashes []string
		if err := store.Each(tx, `SELECT token_hash FROM session WHERE tenant_id = $1 AND user_id = $2
			ORDER BY began_at DESC, token_hash`, []any{a.tenant, user}, func(r store.Rows) error {
			hashes = append(hashes, r.Text(0))
			return nil
		}); err != nil {
			return err
		}
		for _, hash := range hashes {
			k, err := a.readSession(tx, hash, now)
			switch {
			case err == nil:
				list = append(list, k.Session)
			case AsError(err).Code != "session_ended":
				return err
			}
		}
		return nil
	})
	return list, err
}

// EndSessions ends all sessions of a user, and records it. Users end their own, those who
// manage users anybody's. Errors: not found, refused.
func (a *App) EndSessions(ctx context.Context, req Request, login string) error {
	if req.Actor != login {
		if err := req.may(access.Users); err != nil {
			return err
		}
	}
	now := a.wall()
	_, err := a.write(ctx, req, "end_sessions", login, func(r *recorder) error {
		u, err := a.user(r, login)
		if err != nil {
			return err
		}
		return r.endSessions(u.ID, now)
	})
	a.sessions.clear()
	return err
}

// endSessions ends all sessions of a user that began up to now.
func (r *recorder) endSessions(user int64, now time.Time) error {
	if _, err := r.Exec("DELETE FROM session WHERE tenant_id = $1 AND user_id = $2", r.tenant, user); err != nil {
		return err
	}
	if _, err := r.Exec("UPDATE app_user SET sessions_from = $3 WHERE tenant_id = $1 AND user_id = $2", r.tenant, user,
		now.UTC()); err != nil {
		return err
	}
	return r.changed("user", user, "sessions", "ended")
}

// SetupToken makes the one token with which the first owner can be made, and forgets any
// earlier one; "" if the book has users. It is good for 24 hours and once. It is shown to
// whoever started the program, and to nobody else.
func (a *App) SetupToken(ctx context.Context) (string, error) {
	token, hash := newToken()
	now := a.wall().UTC()
	err := a.again(ctx, func(tx store.MarkTx) error {
		all, err := a.users(tx)
		if err != nil {
			return err
		}
		if _, err := tx.Exec("DELETE FROM session WHERE tenant_id = $1 AND user_id = $2", a.tenant,
			setUpUserID); err != nil {
			return err
		}
		if len(all) > 0 {
			token = ""
			return nil
		}
		return a.putSession(tx, &Session{ID: hash, BeganAt: now, SeenAt: now, Confirmed: now,
			EndsAt: now.Add(setUpFor * time.Hour), Origin: "set-up"})
	})
	return token, err
}

// SetUp makes the first user, an owner with a password, for who has the token that
// SetupToken gave. Errors: refused (setup_refused: no such token, used, too old, or there
// are users), and those of AddUser.
func (a *App) SetUp(ctx context.Context, token string, n NewUser) (User, error) {
	n.Role = access.Owner
	if err := n.check(); err != nil {
		return User{}, err
	}
	refusal := refusedText("setup_refused", "this link is not good any more: start the program anew and it prints "+
		"another one")
	hash, now := hashOf(token), a.wall()
	if n.Password == "" {
		return User{}, userInvalid("password", "", "at least 12 characters")
	}
	secret, err := a.hashed(ctx, n.Password, n.Login, n.Name, n.Email)
	if err != nil {
		return User{}, err
	}
	out, err := a.write(ctx, Request{Actor: n.Login}, "set_up", n, func(r *recorder) error {
		good := false
		if err := store.Each(r, "SELECT ends_at FROM session WHERE tenant_id = $1 AND token_hash = $2 AND user_id = $3",
			[]any{a.tenant, hash, setUpUserID}, func(row store.Rows) error {
				good = now.Before(row.Time(0))
				return nil
			}); err != nil {
			return err
		}
		all, err := a.users(r)
		if err != nil {
			return err
		}
		if !good || len(all) > 0 {
			return refusal
		}
		if _, err := r.Exec("DELETE FROM session WHERE tenant_id = $1 AND user_id = $2", a.tenant,
			setUpUserID); err != nil {
			return err
		}
		return a.addUser(r, nil, &n, secret)
	})
	u, _, err := answer[User](out, err)
	return u, err
}

// keptSession is a session in memory.
type keptSession struct {
	Session
	idle   time.Duration
	read   time.Time // when it was read from the database
	marked time.Time // use up to then is written down
}

// over reports whether a session has ended by time.
func (k *keptSession) over(now time.Time) bool {
	return !now.Before(k.EndsAt) || now.Sub(k.SeenAt) >= k.idle
}

// sessionCache keeps the sessions in use. Its zero value is ready.
type sessionCache struct {
	mu      sync.Mutex
	kept    map[[sha256.Size]byte]*keptSession
	changes int64 // how often it was cleared
	closed  bool
	marking sync.WaitGroup
}

// get is a session that may be believed. Where its use is to be written down, mark is
// called behind the answer.
func (c *sessionCache) get(key [sha256.Size]byte, now time.Time, mark func(string, time.Time)) (Session, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := c.kept[key]
	if k == nil || now.Sub(k.read) >= sessionFresh || k.over(now) {
		delete(c.kept, key)
		return Session{}, false
	}
	if k.SeenAt = now; now.Sub(k.marked) >= sessionMark && !c.closed {
		k.marked = now
		hash := k.ID
		c.marking.Go(func() { mark(hash, now.UTC()) })
	}
	return k.Session, true
}

// put keeps a session that was read at a generation; what was changed since counts more.
func (c *sessionCache) put(key [sha256.Size]byte, k keptSession, generation int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if generation != c.changes {
		return
	}
	if c.kept == nil || len(c.kept) >= sessionsKept {
		c.kept = map[[sha256.Size]byte]*keptSession{}
	}
	c.kept[key] = &k
}

func (c *sessionCache) generation() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.changes
}

// clear forgets all sessions: the next request of each asks the database.
func (c *sessionCache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes++
	clear(c.kept)
}

// close waits for the marks that are being written; there are no more after it.
func (c *sessionCache) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.marking.Wait()
}

package app

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

const kettles = "four quiet green kettles"

// wallClock sets the time of the world for a test and returns a way to move it.
func (b *testBook) wallClock() (forward func(time.Duration)) {
	now := time.Date(2026, 2, 1, 9, 0, 0, 0, time.UTC)
	b.wall = func() time.Time { return now }
	return func(d time.Duration) { now = now.Add(d) }
}

// hire adds a user.
func (b *testBook) hire(login string, role access.Role, password string) User {
	b.t.Helper()
	u, err := b.AddUser(b.ctx, tester, NewUser{Login: login, Name: strings.ToUpper(login[:1]) + login[1:] + " Test",
		Email: login + "@northgate.example", Role: role, Password: password})
	if err != nil {
		b.t.Fatal(err)
	}
	return u
}

// as is a request of a user who has just given the password.
func (b *testBook) as(login string) Request {
	b.t.Helper()
	u, err := b.User(b.ctx, login)
	if err != nil {
		b.t.Fatal(err)
	}
	return Request{Actor: login, Role: u.Role, Confirmed: b.wall()}
}

// asRecorded fails the test where the book is not as it was recorded.
func (b *testBook) asRecorded() {
	b.t.Helper()
	found, err := b.Recorded(b.ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, f := range found {
		if !f.OK {
			b.t.Errorf("%s: %s", f.Name, f.Text)
		}
	}
}

func TestUsers(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-02-01")
		_, err := b.AddUser(b.ctx, tester, NewUser{Login: "sam", Name: "Sam", Role: access.Sales})
		wantCode(t, err, "owner_needed")
		anna := b.hire("anna", access.Owner, kettles)
		want := User{ID: anna.ID, Login: "anna", Name: "Anna Test", Email: "anna@northgate.example", Role: access.Owner,
			Active: true, Password: true, CoverUntil: cal.None}
		if diff := cmp.Diff(want, anna); diff != "" {
			t.Error(diff)
		}
		_, err = b.AddUser(b.ctx, tester, NewUser{Login: "Anna ", Name: "Another", Role: access.Sales})
		wantCode(t, err, "login_taken")
		b.hire("ben", access.Controller, "")
		for _, n := range []NewUser{{Login: "a b", Name: "N", Role: access.Sales},
			{Login: "system", Name: "N", Role: access.Sales}, {Login: "x", Role: access.Sales},
			{Login: "x", Name: "N", Role: "boss"}, {Login: "x", Name: "N", Role: access.Sales, Email: "nowhere"}} {
			_, err := b.AddUser(b.ctx, tester, n)
			wantCode(t, err, "user_invalid")
		}
		_, err = b.AddUser(b.ctx, tester, NewUser{Login: "x", Name: "N", Role: access.Sales, Password: "short"})
		wantCode(t, err, "password_too_short")
		_, err = b.AddUser(b.ctx, tester, NewUser{Login: "xavier", Name: "N", Role: access.Sales, Password: "xavier123456!"})
		wantCode(t, err, "password_personal")

		off, sales := false, access.Sales
		_, err = b.SetUser(b.ctx, tester, "anna", UserChange{Active: &off})
		wantCode(t, err, "last_owner")
		_, err = b.SetUser(b.ctx, tester, "anna", UserChange{Role: &sales})
		wantCode(t, err, "last_owner")
		owner := access.Owner
		if ben, err := b.SetUser(b.ctx, tester, "ben", UserChange{Role: &owner}); err != nil || ben.Role != owner {
			t.Error(ben, err)
		}
		if a, err := b.SetUser(b.ctx, tester, "anna", UserChange{Active: &off}); err != nil || a.Active {
			t.Error(a, err)
		}
		_, err = b.SetUser(b.ctx, tester, "ben", UserChange{Active: &off})
		wantCode(t, err, "last_owner")
		_, err = b.SetUser(b.ctx, tester, "ben", UserChange{})
		wantCode(t, err, "nothing_to_change")
		b.asRecorded()
		b.tamper("UPDATE app_user SET role = 'owner', active = 1 WHERE tenant_id = $1 AND login = 'anna'")
		if found, _ := b.Recorded(b.ctx); !slices.ContainsFunc(found, func(f store.Finding) bool {
			return f.Name == "users" && !f.OK && strings.Contains(f.Text, "anna")
		}) {
			t.Errorf("%+v", found)
		}
	})
}

// tamper changes a row that is no fact past the book.
func (b *testBook) tamper(sql string) {
	b.t.Helper()
	if err := b.db.Mark(b.ctx, b.tenant, func(tx store.MarkTx) error {
		_, err := tx.Exec(sql, b.tenant)
		return err
	}); err != nil {
		b.t.Fatal(err)
	}
}

// TestPasswordsAreNotRecorded: neither a password nor its hash stands in what is recorded.
func TestPasswordsAreNotRecorded(t *testing.T) {
	b := newTestBook(t, t.TempDir()+"/book.db", "GB", "2026-02-01")
	b.hire("anna", access.Owner, kettles)
	if err := b.SetPassword(b.ctx, tester, "anna", kettles+"!"); err != nil {
		t.Fatal(err)
	}
	if err := b.read(b.ctx, func(tx store.Tx) error {
		return store.Each(tx, `SELECT w.body FROM words w WHERE w.tenant_id = $1`, []any{b.tenant}, func(r store.Rows) error {
			if text := r.Text(0); strings.Contains(text, "kettles") || strings.Contains(text, "argon") {
				t.Error(text)
			}
			return nil
		})
	}); err != nil {
		t.Fatal(err)
	}
	b.asRecorded()
	b.tamper("UPDATE app_user SET password = 'another' WHERE tenant_id = $1")
	if found, _ := b.Recorded(b.ctx); !slices.ContainsFunc(found, func(f store.Finding) bool {
		return f.Name == "users" && !f.OK && strings.Contains(f.Text, "password")
	}) {
		t.Errorf("%+v", found)
	}
}

func TestAuthenticate(t *testing.T) {
	b := newTestBook(t, t.TempDir()+"/book.db", "GB", "2026-02-01")
	b.hire("anna", access.Owner, kettles)
	b.hire("ben", access.Sales, kettles)
	b.hire("cleo", access.Sales, "")
	off := false
	if _, err := b.SetUser(b.ctx, tester, "ben", UserChange{Active: &off}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		login, password string
		ok              bool
	}{
		{"anna", kettles, true}, {" Anna", kettles, true}, {"anna@northgate.example", kettles, true},
		{"anna", kettles + " ", false}, {"anna", "", false}, {"", kettles, false}, {"nobody", kettles, false},
		{"ben", kettles, false}, {"cleo", "", false}, {"cleo", kettles, false},
		{"anna", strings.Repeat("x", 1<<20), false},
	} {
		u, err := b.Authenticate(b.ctx, c.login, c.password)
		if c.ok && (err != nil || u.Login != "anna") {
			t.Errorf("%q: %+v %v", c.login, u, err)
		}
		if !c.ok && (AsError(err).Code != "sign_in_refused" || u != User{}) {
			t.Errorf("%q with %.30q: %+v %v", c.login, c.password, u, err)
		}
	}
}

func TestSessions(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-02-01")
		forward := b.wallClock()
		anna := b.hire("anna", access.Owner, kettles)
		begin := func(replaces string) string {
			t.Helper()
			token, s, err := b.BeginSession(b.ctx, SessionStart{User: anna.ID, Origin: "Firefox, 192.0.2.1", Replaces: replaces})
			if err != nil || s.User.Login != "anna" || len(token) < 43 || strings.Contains(token, s.ID) {
				t.Fatal(token, s, err)
			}
			return token
		}
		good := func(token string) bool {
			t.Helper()
			s, err := b.Session(b.ctx, token)
			b.sessions.marking.Wait()
			if err != nil && AsError(err).Code != "session_ended" {
				t.Fatal(err)
			}
			return err == nil && s.User.Login == "anna"
		}
		first := begin("")
		if !good(first) || good("") || good(first+"x") {
			t.Error("a token is taken for another one")
		}
		second := begin(first)
		if good(first) || !good(second) {
			t.Error("signing in again did not change the token")
		}
		forward(59 * time.Minute)
		if !good(second) {
			t.Error("ended before the hour was over")
		}
		forward(59 * time.Minute)
		if !good(second) {
			t.Error("ended in spite of use")
		}
		forward(61 * time.Minute)
		if good(second) {
			t.Error("goes on without use")
		}
		third := begin("")
		for range 23 {
			forward(30 * time.Minute)
			if !good(third) {
				t.Fatal("ended in spite of use")
			}
		}
		forward(30 * time.Minute)
		if good(third) {
			t.Error("goes on for more than twelve hours")
		}

		one, two := begin(""), begin("")
		forward(time.Second)
		list, err := b.Sessions(b.ctx, anna.ID)
		if err != nil || len(list) != 2 || list[0].Origin != "Firefox, 192.0.2.1" {
			t.Fatalf("%+v %v", list, err)
		}
		if err := b.EndSessionOf(b.ctx, anna.ID+1, hashOf(one)); err != nil || !good(one) {
			t.Error("a session was ended by another user", err)
		}
		if err := b.EndSessionOf(b.ctx, anna.ID, hashOf(one)); err != nil || good(one) || !good(two) {
			t.Error("not the one session was ended", err)
		}
		if err := b.EndSession(b.ctx, two); err != nil || good(two) {
			t.Error("signed out and still in", err)
		}
		one, two = begin(""), begin("")
		forward(time.Second)
		if err := b.SetPassword(b.ctx, b.as("anna"), "anna", kettles+" more"); err != nil || good(one) || good(two) {
			t.Error("another password, and the old sessions go on", err)
		}
		if !good(begin("")) {
			t.Error("no new session after another password")
		}
		one = begin("")
		forward(time.Second)
		if err := b.EndSessions(b.ctx, b.as("anna"), "anna"); err != nil || good(one) {
			t.Error("all sessions were ended, and one goes on", err)
		}
		_, _, err = b.BeginSession(b.ctx, SessionStart{User: 99})
		wantCode(t, err, "user_not_found")
		b.asRecorded()
	})
}

// TestSessionOfWhoLeft: who is no user any more is out at once, and another role counts at
// the next request; what another process changed counts after some seconds.
func TestSessionOfWhoLeft(t *testing.T) {
	b := newTestBook(t, t.TempDir()+"/book.db", "GB", "2026-02-01")
	forward := b.wallClock()
	b.hire("anna", access.Owner, kettles)
	ben := b.hire("ben", access.Controller, kettles)
	token, _, err := b.BeginSession(b.ctx, SessionStart{User: ben.ID})
	if err != nil {
		t.Fatal(err)
	}
	role := func() access.Role {
		s, _ := b.Session(b.ctx, token)
		return s.User.Role
	}
	if role() != access.Controller {
		t.Error(role())
	}
	sales, off := access.Sales, false
	if _, err := b.SetUser(b.ctx, tester, "ben", UserChange{Role: &sales}); err != nil || role() != access.Sales {
		t.Error(role(), err)
	}
	b.tamper("UPDATE app_user SET role = 'legal' WHERE tenant_id = $1 AND login = 'ben'")
	forward(sessionFresh)
	if role() != access.Legal {
		t.Error(role())
	}
	if _, err := b.SetUser(b.ctx, tester, "ben", UserChange{Active: &off}); err != nil || role() != "" {
		t.Error(role(), err)
	}
}

// TestSessionIsMarkedOnceAMinute: use is written down, and not at every request.
func TestSessionIsMarkedOnceAMinute(t *testing.T) {
	b := newTestBook(t, t.TempDir()+"/book.db", "GB", "2026-02-01")
	forward := b.wallClock()
	anna := b.hire("anna", access.Owner, kettles)
	token, s, err := b.BeginSession(b.ctx, SessionStart{User: anna.ID})
	if err != nil {
		t.Fatal(err)
	}
	began := s.SeenAt
	for _, c := range []struct{ step, seen time.Duration }{{time.Second, 0}, {58 * time.Second, 0},
		{time.Second, time.Minute}, {30 * time.Second, time.Minute}, {30 * time.Second, 2 * time.Minute}} {
		forward(c.step)
		if _, err := b.Session(b.ctx, token); err != nil {
			t.Fatal(err)
		}
		b.sessions.marking.Wait()
		if err := b.read(b.ctx, func(tx store.Tx) error {
			k, err := b.readSession(tx, s.ID, b.wall())
			if got := k.SeenAt.Sub(began); got != c.seen {
				t.Errorf("seen after %v, want %v", got, c.seen)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestConfirmSession(t *testing.T) {
	b := newTestBook(t, t.TempDir()+"/book.db", "GB", "2026-02-01")
	forward := b.wallClock()
	anna := b.hire("anna", access.Owner, kettles)
	token, s, err := b.BeginSession(b.ctx, SessionStart{User: anna.ID})
	if err != nil || !b.Fresh(&s) {
		t.Fatal(err)
	}
	forward(ConfirmedFor)
	if s, _ = b.Session(b.ctx, token); b.Fresh(&s) {
		t.Error("a password counts for longer than five minutes")
	}
	_, err = b.AddUser(b.ctx, s.Request(), NewUser{Login: "ben", Name: "Ben", Role: access.Sales})
	wantCode(t, err, "password_needed")
	_, err = b.ConfirmSession(b.ctx, token, "wrong")
	wantCode(t, err, "sign_in_refused")
	if s, err = b.ConfirmSession(b.ctx, token, kettles); err != nil {
		t.Fatal(err)
	}
	if s, _ = b.Session(b.ctx, token); !b.Fresh(&s) {
		t.Error("the password was given in vain")
	}
	if _, err = b.AddUser(b.ctx, s.Request(), NewUser{Login: "ben", Name: "Ben", Role: access.Sales}); err != nil {
		t.Error(err)
	}
	_, err = b.ConfirmSession(b.ctx, "another", kettles)
	wantCode(t, err, "session_ended")
}

func TestSetUp(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-02-01")
		forward := b.wallClock()
		n := NewUser{Login: "anna", Name: "Anna", Password: kettles}
		_, err := b.SetUp(b.ctx, "", n)
		wantCode(t, err, "setup_refused")
		old, err := b.SetupToken(b.ctx)
		if err != nil || len(old) < 43 {
			t.Fatal(old, err)
		}
		token, _ := b.SetupToken(b.ctx)
		_, err = b.SetUp(b.ctx, old, n)
		wantCode(t, err, "setup_refused")
		_, err = b.Session(b.ctx, token)
		wantCode(t, err, "session_ended")
		_, err = b.SetUp(b.ctx, token, NewUser{Login: "anna", Name: "Anna"})
		wantCode(t, err, "user_invalid")
		forward(setUpFor * time.Hour)
		_, err = b.SetUp(b.ctx, token, n)
		wantCode(t, err, "setup_refused")
		token, _ = b.SetupToken(b.ctx)
		if u, err := b.SetUp(b.ctx, token, n); err != nil || u.Role != access.Owner {
			t.Fatal(u, err)
		}
		_, err = b.SetUp(b.ctx, token, NewUser{Login: "eve", Name: "Eve", Password: kettles})
		wantCode(t, err, "setup_refused")
		if token, err = b.SetupToken(b.ctx); token != "" || err != nil {
			t.Error(token, err)
		}
		b.asRecorded()
	})
}

func TestCollectors(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-02-01")
		b.hire("anna", access.Owner, "")
		b.hire("ben", access.Controller, "")
		b.hire("sam", access.Sales, "")
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB"}, newCustomer{number: "C2", kind: "company", country: "GB"}, newCustomer{number: "C3", kind: "company", country: "GB"})
		all := []int64{b.customer["C1"], b.customer["C2"], b.customer["C3"], b.customer["C1"]}
		if n, err := b.SetCollector(b.ctx, b.as("ben"), all, "ben"); err != nil || n != 3 {
			t.Fatal(n, err)
		}
		if n, err := b.SetCollector(b.ctx, tester, all[:2], "anna"); err != nil || n != 2 {
			t.Fatal(n, err)
		}
		if n, err := b.SetCollector(b.ctx, tester, all[:1], ""); err != nil || n != 1 {
			t.Fatal(n, err)
		}
		if n, err := b.SetCollector(b.ctx, tester, all[:1], ""); err != nil || n != 0 {
			t.Fatal(n, err)
		}
		by, err := b.Collectors(b.ctx, all)
		if diff := cmp.Diff(map[int64]string{all[1]: "anna", all[2]: "ben"}, by); diff != "" || err != nil {
			t.Error(diff, err)
		}
		_, err = b.SetCollector(b.ctx, tester, []int64{999}, "ben")
		wantCode(t, err, "customer_not_found")
		_, err = b.SetCollector(b.ctx, tester, all, "sam")
		wantCode(t, err, "collector_invalid")
		_, err = b.SetCollector(b.ctx, tester, all, "eve")
		wantCode(t, err, "user_not_found")
		_, err = b.SetCollector(b.ctx, b.as("sam"), all, "ben")
		wantCode(t, err, "not_permitted")
		b.asRecorded()
	})
}

// TestScope: sales sees its own customers, those it stands in for, and no others, whether
// it reads or writes.
func TestScope(t *testing.T) {
	b := newTestBook(t, t.TempDir()+"/book.db", "GB", "2026-02-01")
	b.hire("anna", access.Owner, "")
	b.hire("sam", access.Sales, "")
	b.hire("tess", access.Sales, "")
	b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB"}, newCustomer{number: "C2", kind: "company", country: "GB"}, newCustomer{number: "C3", kind: "company", country: "GB"})
	for number, owner := range map[string]string{"C1": "sam", "C2": "Tess Test"} {
		if _, err := b.SetCustomer(b.ctx, tester, b.customer[number], CustomerChange{AccountOwner: &owner}); err != nil {
			t.Fatal(err)
		}
	}
	sees := func(login string) (numbers []string) {
		s, err := b.ScopeOf(b.ctx, login)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []string{"C1", "C2", "C3"} {
			_, noted := b.Note(b.ctx, b.as(login), NoteRequest{Ref: "customer:" + n, Text: "Asked for a copy."})
			err := b.InScope(b.ctx, s, b.customer[n])
			if (err == nil) != (noted == nil) {
				t.Errorf("%s, %s: reads %v, writes %v", login, n, err, noted)
			}
			if err == nil {
				numbers = append(numbers, n)
			}
		}
		return numbers
	}
	want := func(login string, numbers ...string) {
		t.Helper()
		if diff := cmp.Diff(numbers, sees(login)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", login, diff)
		}
	}
	want("sam", "C1")
	want("tess", "C2")
	want("anna", "C1", "C2", "C3")
	if _, err := b.SetCover(b.ctx, b.as("tess"), "tess", "sam", cal.MustParse("2026-02-02")); err != nil {
		t.Fatal(err)
	}
	want("sam", "C1", "C2")
	b.goTo(cal.MustParse("2026-02-02"))
	want("sam", "C1", "C2")
	b.goTo(cal.MustParse("2026-02-03"))
	want("sam", "C1")
	b.asRecorded()

	_, err := b.SetCover(b.ctx, b.as("sam"), "tess", "sam", cal.MustParse("2026-02-09"))
	wantCode(t, err, "not_permitted")
	_, err = b.SetCover(b.ctx, tester, "tess", "tess", cal.MustParse("2026-02-09"))
	wantCode(t, err, "cover_invalid")
	_, err = b.SetCover(b.ctx, tester, "tess", "sam", cal.MustParse("2026-02-02"))
	wantCode(t, err, "cover_invalid")
	if u, err := b.SetCover(b.ctx, tester, "tess", "", cal.None); err != nil || u.Cover != "" || u.CoverUntil != cal.None {
		t.Error(u, err)
	}
	_, err = b.Note(b.ctx, b.as("sam"), NoteRequest{Ref: "customer:C1", Class: "privileged", Text: "x"})
	wantCode(t, err, "not_permitted")
	written := []Written{{Class: "fact"}, {Class: "privileged"}, {Kind: "payment"}}
	if got := VisibleTo(access.Sales, written); len(got) != 2 || len(VisibleTo(access.Legal, written)) != 3 ||
		written[1].Class != "privileged" {
		t.Errorf("%+v", got)
	}
}

// BenchmarkSession is what every page asks first.
func BenchmarkSession(bench *testing.B) {
	b := newTestBook(bench, bench.TempDir()+"/book.db", "GB", "2026-02-01")
	anna := b.hire("anna", access.Owner, "")
	token, _, err := b.BeginSession(b.ctx, SessionStart{User: anna.ID})
	if err != nil {
		bench.Fatal(err)
	}
	for bench.Loop() {
		if _, err := b.Session(b.ctx, token); err != nil {
			bench.Fatal(err)
		}
	}
}

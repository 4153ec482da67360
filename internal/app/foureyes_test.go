package app

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/cal"
)

var newAccount = BankDetails{Holder: "Northgate Fixings Ltd", Routing: "12-34-56", Account: "87654321"}

func (b *testBook) waiting(o *outTray) []ReasonCount {
	b.t.Helper()
	b.run(ApproveAll)
	return b.sendWith(o).Waiting
}

// TestBankBySecondPerson: a change of the account asks for the password, is told to every
// owner, and is confirmed by another person only.
func TestBankBySecondPerson(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		b.hire("anna", access.Owner, "")
		b.hire("olga", access.Owner, "")
		b.hire("ben", access.Controller, "")
		o := outTray{outcome: Delivered}
		stale := b.as("anna")
		stale.Confirmed = stale.Confirmed.Add(-ConfirmedFor)
		wantCode(t, b.SetBank(b.ctx, stale, "", newAccount), "password_needed")
		wantCode(t, b.SetSetting(b.ctx, stale, "", "bank.iban", "GB29NWBK60161331926819"), "password_needed")
		wantCode(t, b.SetBank(b.ctx, b.as("ben"), "", newAccount), "not_permitted")
		wantCode(t, b.SetBank(b.ctx, b.as("anna"), "", BankDetails{Holder: "N"}), "bank_incomplete")
		wantCode(t, b.SetBank(b.ctx, b.as("anna"), "", BankDetails{Holder: "N", IBAN: "GB00"}), "invalid_setting")
		_, err := b.ConfirmBank(b.ctx, b.as("ben"), BankConfirmation{})
		wantCode(t, err, "bank_not_changed")
		if err := b.SetBank(b.ctx, b.as("anna"), "", newAccount); err != nil {
			t.Fatal(err)
		}
		report, err := b.SendUserMail(b.ctx, SendRequest{Open: o.open, Licence: anyLicence{}})
		if err != nil || report.Sent != 2 || len(o.mails) != 2 {
			t.Fatalf("%+v %v", report, err)
		}
		for i, to := range []string{"anna@northgate.example", "olga@northgate.example"} {
			if m := o.mails[i]; m.To != to || !strings.Contains(m.Text, "87654321") || !strings.Contains(m.Text, "anna changed") {
				t.Errorf("%+v", m)
			}
		}
		_, err = b.ConfirmBank(b.ctx, b.as("anna"), BankConfirmation{Retyped: "87654321", Source: "statement"})
		wantCode(t, err, "second_person_needed")
		got, err := b.ConfirmBank(b.ctx, b.as("ben"), BankConfirmation{})
		if diff := cmp.Diff(BankConfirmed{"ben", "another person", cal.MustParse("2026-03-05")}, got); diff != "" || err != nil {
			t.Error(diff, err)
		}
		if got := b.waiting(&o); !slices.Equal(got, counts("bank_changed", 1)) {
			t.Errorf("without a test message: %+v", got)
		}
		b.mailTest(&o)
		if report := b.sendWith(&o); report.Sent != 1 {
			t.Errorf("%+v", report)
		}
		if err := b.SetBank(b.ctx, b.as("anna"), "", newAccount); err != nil || len(b.bankFindings()) != 0 {
			t.Error("the same account again is a change", err)
		}
		b.asRecorded()
	})
}

// TestBankByOnesOwnHand: a user whom the one who changed the account has made, or whose
// password or role others gave since, is no second pair of eyes.
func TestBankByOnesOwnHand(t *testing.T) {
	const secret = "correct horse battery 7"
	for name, c := range map[string]struct {
		before, after func(*testBook)
		who, want     string
	}{
		"made since": {after: func(b *testBook) { b.hireBy("anna", "ghost") }, who: "ghost", want: "second_person_needed"},
		"made before, by who changes": {before: func(b *testBook) { b.hireBy("anna", "ghost") }, who: "ghost",
			want: "second_person_needed"},
		"another password": {after: func(b *testBook) { b.setPassword("anna", "ben", secret) }, who: "ben",
			want: "second_person_needed"},
		"another role": {after: func(b *testBook) {
			role := access.Controller
			if _, err := b.SetUser(b.ctx, b.as("anna"), "sam", UserChange{Role: &role}); err != nil {
				b.t.Fatal(err)
			}
		}, who: "sam", want: "second_person_needed"},
		"the own password": {after: func(b *testBook) { b.setPassword("ben", "ben", secret) }, who: "ben"},
		"made between two changes": {after: func(b *testBook) {
			b.hireBy("anna", "ghost")
			if err := b.SetBank(b.ctx, b.as("anna"), "", BankDetails{Holder: "Ghost", Routing: "12-34-56", Account: "87654321"}); err != nil {
				b.t.Fatal(err)
			}
		}, who: "ghost", want: "second_person_needed"},
	} {
		t.Run(name, func(t *testing.T) {
			onBothEngines(t, func(t *testing.T, address string) {
				b := friendlyBook(t, address)
				b.hire("anna", access.Owner, "")
				b.hire("ben", access.Controller, "")
				b.hire("olga", access.Owner, "")
				b.hire("sam", access.Sales, "")
				if c.before != nil {
					c.before(b)
				}
				if err := b.SetBank(b.ctx, b.as("anna"), "", newAccount); err != nil {
					t.Fatal(err)
				}
				if c.after != nil {
					c.after(b)
				}
				since := Request{Actor: c.who, Role: access.Owner, Confirmed: b.wall()}
				if err := b.SetSetting(b.ctx, since, "", "bank.unchanged_since", "2026-03-05"); err != nil && c.want == "" {
					t.Error(err)
				}
				_, err := b.ConfirmBank(b.ctx, b.as(c.who), BankConfirmation{})
				if c.want == "" {
					wantCode(t, err, "bank_not_changed") // the setting has confirmed it
					return
				}
				wantCode(t, err, c.want)
				if strings.Contains(err.Error(), "ghost") {
					t.Errorf("%v sends to the own hand", err)
				}
				if _, err := b.ConfirmBank(b.ctx, b.as("olga"), BankConfirmation{}); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func (b *testBook) hireBy(actor, login string) {
	b.t.Helper()
	if _, err := b.AddUser(b.ctx, b.as(actor), NewUser{Login: login, Name: login, Role: access.Controller}); err != nil {
		b.t.Fatal(err)
	}
}

func (b *testBook) setPassword(actor, login, secret string) {
	b.t.Helper()
	if err := b.SetPassword(b.ctx, b.as(actor), login, secret); err != nil {
		b.t.Fatal(err)
	}
}

// TestBankByOnePerson: who is alone confirms a day later, or after typing the number again
// from its source, and the audit log says so (guardrail R29).
func TestBankByOnePerson(t *testing.T) {
	alone := func(t *testing.T) *testBook {
		b := friendlyBook(t, t.TempDir()+"/book.db")
		b.hire("anna", access.Owner, "")
		b.hire("sam", access.Sales, "") // who may not confirm it
		if err := b.SetBank(b.ctx, b.as("anna"), "", newAccount); err != nil {
			t.Fatal(err)
		}
		return b
	}
	confirm := func(b *testBook, c BankConfirmation) (BankConfirmed, error) {
		return b.ConfirmBank(b.ctx, b.as("anna"), c)
	}
	said := func(b *testBook) string {
		log, err := b.AuditLog(b.ctx, AuditFilter{Command: "confirm_bank"})
		if err != nil || len(log) != 1 {
			b.t.Fatal(log, err)
		}
		return log[0].Reason
	}
	t.Run("typed again", func(t *testing.T) {
		b := alone(t)
		_, err := confirm(b, BankConfirmation{})
		wantCode(t, err, "one_person_waits")
		_, err = confirm(b, BankConfirmation{Retyped: "87654321"})
		wantCode(t, err, "source_needed")
		_, err = confirm(b, BankConfirmation{Retyped: "87654312", Source: "statement of 1 March"})
		wantCode(t, err, "retyped_differs")
		_, err = confirm(b, BankConfirmation{Retyped: "87654321", Source: "statement", Since: cal.MustParse("2026-03-04")})
		wantCode(t, err, "bank_changed")
		got, err := confirm(b, BankConfirmation{Retyped: "8765 4321", Source: "statement of 1 March"})
		if err != nil || got.Eyes != "one person, typed again" || said(b) != "one person, typed again from its source" {
			t.Error(got, err, said(b))
		}
		if v, _ := b.Setting(b.ctx, "", "bank.unchanged_since"); v != "2026-03-05" {
			t.Error(v)
		}
	})
	t.Run("a day later", func(t *testing.T) {
		b := alone(t)
		b.at("2026-03-06", 9)
		got, err := confirm(b, BankConfirmation{})
		if err != nil || said(b) != "one person, a day later" || got.Since != cal.MustParse("2026-03-05") {
			t.Error(got, err)
		}
	})
	t.Run("without users", func(t *testing.T) { // nobody knows how many people there are
		b := friendlyBook(t, t.TempDir()+"/book.db")
		b.sets("anna", "bank.account", "87654321")
		_, err := b.ConfirmBank(b.ctx, Request{Actor: "cli:anna"}, BankConfirmation{Retyped: "87654321", Source: "x"})
		wantCode(t, err, "second_person_needed")
	})
}

// TestUserMailComesBack: a mail to a user is tried again until it is there, also while the
// book only observes, and never to who left.
func TestUserMailComesBack(t *testing.T) {
	b := friendlyBook(t, t.TempDir()+"/book.db")
	forward := b.wallClock()
	b.hire("anna", access.Owner, "")
	b.hire("olga", access.Owner, "")
	b.sets("anna", SettingMode, "observe")
	b.sets("anna", "bank.account", "87654321")
	off := false
	if _, err := b.SetUser(b.ctx, tester, "olga", UserChange{Active: &off}); err != nil {
		t.Fatal(err)
	}
	o := outTray{outcome: Later}
	pass := func() UserMailReport {
		t.Helper()
		r, err := b.SendUserMail(b.ctx, SendRequest{Open: o.open, Licence: anyLicence{}})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if diff := cmp.Diff(UserMailReport{Retry: 1, Failed: 1}, pass()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(UserMailReport{}, pass()); diff != "" {
		t.Error("tried again at once:", diff)
	}
	forward(time.Minute)
	o.outcome = Delivered
	if diff := cmp.Diff(UserMailReport{Sent: 1}, pass()); diff != "" {
		t.Error(diff)
	}
	forward(time.Hour)
	if diff := cmp.Diff(UserMailReport{}, pass()); diff != "" {
		t.Error("sent twice:", diff)
	}
	list, err := b.UserMails(b.ctx, 10)
	if err != nil || len(list) != 2 || list[0].State != "failed" || list[1].State != "sent" || list[1].User != "anna" {
		t.Errorf("%+v %v", list, err)
	}
	b.sets("anna", "bank.account", "11223344")
	refused := errors.New("not armed")
	if _, err := b.SendUserMail(b.ctx, SendRequest{Open: o.open, Licence: refusing{refused}}); !errors.Is(err, refused) {
		t.Error("a copy that is not armed writes mails:", err)
	}
	b.sets("anna", SettingMailFrom, "")
	if diff := cmp.Diff(UserMailReport{}, pass()); diff != "" {
		t.Error(diff)
	}
}

// refusing is a licence that a copy does not have.
type refusing struct{ err error }

func (r refusing) Check(context.Context, *App) error { return r.err }
func (refusing) Raise(int64, int64, int64) error     { return nil }

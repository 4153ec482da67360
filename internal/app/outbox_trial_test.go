package app

import (
	"context"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
)

// noLicence lets no copy send.
type noLicence struct{ anyLicence }

func (noLicence) Check(context.Context, *App) error { return refused(reason.NotArmed) }

// TestTrialNamesEachMessage: a trial of sending says of a message what would become of
// it, also of one that a pass leaves alone without a word.
func TestTrialNamesEachMessage(t *testing.T) {
	for _, c := range []struct {
		name, sql       string
		outcome, reason string
	}{
		{"may leave", "", "sent", ""},
		{"claimed", "UPDATE message SET state = 'claimed' WHERE tenant_id = $1", "in_hand", ""},
		{"handing over", "UPDATE message SET state = 'handing_over' WHERE tenant_id = $1", "in_hand", ""},
		{"braked", "UPDATE run SET state = 'braked' WHERE tenant_id = $1", "waiting", "brake"},
		{"tried", "UPDATE message SET not_before = '2026-03-05T11:00:00.000Z' WHERE tenant_id = $1", "waiting",
			"refused_by_server"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := friendlyBook(t, t.TempDir()+"/book.db")
			if c.sql != "" {
				b.do("test_state", func(w *recorder) error {
					_, err := w.Exec(c.sql, b.tenant)
					return err
				})
			}
			r, err := b.TrySend(b.ctx, anyLicence{})
			if err != nil || len(r.Messages) != 1 {
				t.Fatalf("%+v, %v", r, err)
			}
			m := r.Messages[0]
			if m.Outcome != c.outcome || m.Reason != c.reason || m.Customer != "C1" || m.Step != "friendly" {
				t.Errorf("%+v", m)
			}
		})
	}
	b := friendlyBook(t, t.TempDir()+"/book.db")
	_, err := b.TrySend(b.ctx, noLicence{})
	wantCode(t, err, "not_armed")
}

// TestTrialOfLetters: a released letter is to be posted, until its invoice is paid.
func TestTrialOfLetters(t *testing.T) {
	b := newTestBook(t, t.TempDir()+"/book.db", "GB", "2026-02-01")
	b.readyToSend()
	b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", address: "1 High Street\nYork"})
	b.addItems(newItem{"C1", "INV-1", "2026-03-02", 60_000, book.Yes})
	b.at("2026-03-05", 10)
	b.run(ApproveAll)
	r, err := b.TrySend(b.ctx, anyLicence{})
	if err != nil || r.ToPost != 0 || r.Messages[0].Reason != "cash_stale" {
		t.Fatalf("without cash: %+v, %v", r, err)
	}
	b.knowCash("2026-03-04")
	r, err = b.TrySend(b.ctx, anyLicence{})
	if err != nil || r.ToPost != 1 || r.Messages[0].Outcome != "to_post" {
		t.Fatalf("%+v, %v", r, err)
	}
	if _, err := b.Pay(b.ctx, tester, PayRequest{Creditor: "main", Ref: "INV-1",
		Amount: money.Money{Minor: 60_000, Currency: "GBP"}}); err != nil {
		t.Fatal(err)
	}
	r, err = b.TrySend(b.ctx, anyLicence{})
	if err != nil || r.ToPost != 0 || r.Messages[0].Outcome != "stopped" {
		t.Fatalf("%+v, %v", r, err)
	}
	if real := b.sendWith(&outTray{outcome: Delivered}); len(real.Stopped) != 1 {
		t.Errorf("the pass: %+v", real)
	}
}

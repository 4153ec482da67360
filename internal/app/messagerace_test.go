package app

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/pgtest"
	"github.com/recoup-project/recoup/internal/store"
)

// TestDeliveryIsFasterThanAPerson: on a server whose transactions run beside each other,
// a message that is marked sent while a person's command about it is under way stays
// sent, and the command sees it.
func TestDeliveryIsFasterThanAPerson(t *testing.T) {
	tests := map[string]struct {
		unknown bool // the message, before it is marked
		about   func(b *testBook) (any, error)
		then    string
	}{
		"reject": {false, func(b *testBook) (any, error) { return b.Reject(b.ctx, tester, []int64{1}) }, "sent"},
		"postpone": {false, func(b *testBook) (any, error) {
			return b.Postpone(b.ctx, tester, []int64{1}, cal.MustParse("2026-03-14"))
		}, "sent"},
		"mark sent": {false, func(b *testBook) (any, error) {
			return b.MarkSent(b.ctx, tester, SentByHand{Message: 1, Day: cal.MustParse("2026-03-05")})
		}, "sent"},
		"not sent": {true, func(b *testBook) (any, error) { return b.ResolveOutbox(b.ctx, tester, 1, false) }, "sent"},
		"void":     {false, func(b *testBook) (any, error) { return b.Void(b.ctx, tester, []int64{1}) }, "voided"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			address := pgtest.Database(t)
			b := friendlyBook(t, address)
			if test.unknown {
				b.mark("UPDATE message SET state = 'unknown' WHERE tenant_id = $1")
			}
			done := make(chan error, 1)
			err := b.DB().Mark(b.ctx, b.tenant, func(tx store.MarkTx) error {
				if _, err := tx.Exec(`UPDATE message SET state = 'sent', sent_at = $2, served_day = day, answer = 'taken'
					WHERE tenant_id = $1`, b.tenant, tx.Now()); err != nil {
					return err
				}
				go func() {
					_, err := test.about(b)
					done <- err
				}()
				waitsForALock(t, address)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("the person is told: %v", <-done)
			m, err := b.OutboxMessage(b.ctx, 1)
			if err != nil || string(m.State) != test.then || m.Answer != "taken" {
				t.Errorf("state %s, answer %q, %v", m.State, m.Answer, err)
			}
			if n := len(b.proposed()); test.then == "voided" && n != 1 {
				t.Errorf("%d corrections of a message that was sent", n)
			}
		})
	}
}

// mark runs one statement outside the audit chain.
func (b *testBook) mark(sql string) {
	b.t.Helper()
	if err := b.DB().Mark(b.ctx, b.tenant, func(tx store.MarkTx) error {
		_, err := tx.Exec(sql, b.tenant)
		return err
	}); err != nil {
		b.t.Fatal(err)
	}
}

// waitsForALock returns when a transaction of the database waits for another one.
func waitsForALock(t *testing.T, address string) {
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.Close(t.Context())
	for give := time.Now().Add(20 * time.Second); time.Now().Before(give); time.Sleep(5 * time.Millisecond) {
		waiting := 0
		if err := conn.QueryRow(t.Context(), `SELECT COUNT(*) FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting); err != nil {
			t.Error(err)
			return
		}
		if waiting > 0 {
			return
		}
	}
	t.Error("nobody waited")
}

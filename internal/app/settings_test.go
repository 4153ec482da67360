package app

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/store"
)

// TestPolicySettings: every value of the policy can be set for one creditor, within its
// bounds; then that creditor's strategies or policy differ, and no other's.
func TestPolicySettings(t *testing.T) {
	b := newTestBook(t, t.TempDir()+"/book.db", "DE", "2026-03-02")
	if _, err := b.AddCreditor(b.ctx, tester, NewCreditor{Code: "other", Name: "Other", Country: "GB",
		Currency: "GBP"}); err != nil {
		t.Fatal(err)
	}
	before := b.strategies()
	for field, f := range policyFields {
		name := SettingPolicy + field
		for value, valid := range map[int64]bool{f.lo - 1: false, f.hi + 1: false, f.lo: true, f.hi: true} {
			err := b.SetSetting(b.ctx, tester, "main", name, strconv.FormatInt(value, 10))
			if (err == nil) != valid {
				t.Errorf("%s = %d: %v", name, value, err)
			}
		}
		differs := false
		for _, value := range []int64{f.lo, f.hi} {
			if err := b.SetSetting(b.ctx, tester, "main", name, strconv.FormatInt(value, 10)); err != nil {
				t.Fatal(err)
			}
			after := b.strategies()
			differs = differs || !cmp.Equal(before["main"], after["main"], unexported)
			if diff := cmp.Diff(before["other"], after["other"], unexported); diff != "" {
				t.Errorf("%s of one creditor changed another:\n%s", name, diff)
			}
		}
		if !differs {
			t.Errorf("%s changes nothing", name)
		}
		if err := b.SetSetting(b.ctx, tester, "main", name, ""); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before["main"], b.strategies()["main"], unexported); diff != "" {
			t.Errorf("%s, removed, leaves something behind:\n%s", name, diff)
		}
	}
}

var unexported = cmpopts.IgnoreUnexported(strategy.Strategy{})

// strategies are the strategies and policies in force, by creditor.
func (b *testBook) strategies() map[string]*strategy.Set {
	b.t.Helper()
	all := map[string]*strategy.Set{}
	if err := b.read(b.ctx, func(tx store.Tx) error {
		creditors, err := b.App.creditors(tx)
		for i := range creditors {
			if err != nil {
				break
			}
			var by *rules
			if by, err = b.rulesOf(tx, creditors[i].ID); err == nil {
				all[creditors[i].Code] = by.set
			}
		}
		return err
	}); err != nil {
		b.t.Fatal(err)
	}
	return all
}

// TestSettingOfAnotherVersion: a policy value that this version does not know refuses a
// run, which would be made by another rule than was set, until a person removes it.
func TestSettingOfAnotherVersion(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-03-02")
		b.do("test_setting", func(w *recorder) error {
			return b.putSetting(w, b.creditor, SettingPolicy+"of_tomorrow", "3", true)
		})
		_, err := b.Run(b.ctx, tester, RunRequest{AsOf: cal.None, Approve: ApproveNone})
		wantCode(t, err, "setting_not_understood")
		if err := b.SetSetting(b.ctx, tester, "main", SettingPolicy+"of_tomorrow", ""); err != nil {
			t.Fatal(err)
		}
		b.run(ApproveNone)
	})
}

// TestAddressThatCannotBeSentTo: what no mail can be sent to or from is refused where it
// is entered.
func TestAddressThatCannotBeSentTo(t *testing.T) {
	b := peopleBook(t, t.TempDir()+"/book.db")
	for _, address := range []string{"Jane <jane@harrow.example>", "bücher@harrow.example", "a..b@harrow.example"} {
		_, err := b.AddContact(b.ctx, tester, b.customer["1001"], NewContact{Role: book.General, Email: address})
		wantCode(t, err, "contact_invalid")
		for _, name := range []string{SettingMailFrom, "sender.reply_to"} {
			wantCode(t, b.SetSetting(b.ctx, tester, "main", name, address), "invalid_setting")
		}
	}
	wantCode(t, b.SetSetting(b.ctx, tester, "main", "bank.iban", "1282 WEST 1234 5698 7654 32"), "invalid_setting")
}

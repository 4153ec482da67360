package app

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/cal"
)

// TestBriefs: each user gets one brief a week, from the chosen day and hour on.
func TestBriefs(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-03-01") // a Sunday
		b.hire("anna", access.Owner, "")
		b.hire("ben", access.Controller, "")
		none := ""
		if _, err := b.SetUser(b.ctx, tester, "ben", UserChange{Email: &none}); err != nil {
			t.Fatal(err)
		}
		b.sets("anna", SettingBriefDay, "tuesday")
		var wrote []string
		var fault error
		at := func(day string, hour, want int) {
			t.Helper()
			b.at(day, hour)
			n, err := b.QueueBriefs(b.ctx, func(_ context.Context, u User, day cal.Date) (UserMail, error) {
				wrote = append(wrote, u.Login+" "+day.String())
				return UserMail{Subject: "This week", Text: "Nothing to do."}, fault
			})
			if n != want || !errors.Is(err, fault) {
				t.Errorf("%s, %d: %d written, want %d; %v", day, hour, n, want, err)
			}
		}
		at("2026-03-02", 9, 0)
		at("2026-03-03", 6, 0)
		fault = errors.New("later")
		at("2026-03-03", 7, 0)
		fault = nil
		at("2026-03-03", 7, 1)
		at("2026-03-03", 8, 0)
		at("2026-03-08", 8, 0)
		at("2026-03-09", 8, 0)
		at("2026-03-12", 3, 1) // nobody was there on Tuesday
		b.sets("anna", SettingBriefDay, "never")
		at("2026-03-18", 9, 0)
		want := []string{"anna 2026-03-03", "anna 2026-03-03", "anna 2026-03-12"}
		if diff := cmp.Diff(want, wrote); diff != "" {
			t.Error(diff)
		}
	})
}

package app

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

// Settings of the weekly brief, for the whole book.
const (
	SettingBriefDay  = "brief.day"  // monday to sunday, or never; monday
	settingBriefHour = "brief.hour" // at the creditor's place; 7
)

const (
	briefDay  = "monday"
	briefHour = 7
	briefKind = "weekly_brief"
)

var weekdays = []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}

// Briefing writes the weekly brief of a user as of a day.
type Briefing func(ctx context.Context, u User, day cal.Date) (UserMail, error)

// QueueBriefs puts the brief of the week into the queue of mails to users: from the chosen
// day and hour on, once a week for each active user with an address. A week in which nobody
// was on duty on that day gets it on a later one; a week that is over gets none. It returns
// how many were written. Errors: of brief; what was written before them stays.
func (a *App) QueueBriefs(ctx context.Context, brief Briefing) (int, error) {
	var due []User
	var today cal.Date
	week := ""
	if err := a.read(ctx, func(tx store.Tx) (err error) {
		due = nil
		if today, week, err = a.briefWeek(tx); err != nil || week == "" {
			return err
		}
		due, err = a.withoutBrief(tx, week)
		return err
	}); err != nil {
		return 0, err
	}
	written := 0
	for _, u := range due {
		m, err := brief(ctx, u, today)
		if err != nil {
			return written, err
		}
		put := false
		if err := a.again(ctx, func(tx store.MarkTx) (err error) {
			put, err = a.putUserMail(tx, u.ID, briefKind, week, m)
			return err
		}); err != nil {
			return written, err
		}
		if put {
			written++
		}
	}
	return written, nil
}

// briefWeek is the book's day and the week whose brief is due, as its Monday; "" if none is.
func (a *App) briefWeek(tx store.Tx) (today cal.Date, week string, err error) {
	settings, err := a.settings(tx, 0)
	if err != nil {
		return today, "", err
	}
	creditors, err := a.creditors(tx)
	if err != nil || len(creditors) == 0 {
		return today, "", err
	}
	day, hour := slices.Index(weekdays, orElse(settings[SettingBriefDay], briefDay)), int64(briefHour)
	if v := settings[settingBriefHour]; v != "" {
		if hour, err = strconv.ParseInt(v, 10, 64); err != nil {
			return today, "", err
		}
	}
	today = creditors[0].today(tx)
	since := (int(today.Weekday()) + 6) % 7 // days since Monday
	clock := int64(tx.Now().In(creditors[0].Zone).Hour())
	if day < 0 || since < day || since == day && clock < hour {
		return today, "", nil
	}
	return today, today.AddDays(-since).String(), nil
}

// withoutBrief lists the users whose brief of a week is not written.
func (a *App) withoutBrief(tx store.Tx, week string) ([]User, error) {
	has := map[int64]bool{}
	if err := store.Each(tx, `SELECT user_id FROM user_mail WHERE tenant_id = $1 AND kind = $2 AND about = $3`,
		[]any{a.tenant, briefKind, week}, func(r store.Rows) error { has[r.Int64(0)] = true; return nil }); err != nil {
		return nil, err
	}
	all, err := a.users(tx)
	var due []User
	for i := range all {
		if u := &all[i].User; u.Email != "" && u.May(access.View) && !has[u.ID] {
			due = append(due, *u)
		}
	}
	return due, err
}

func isBriefDay(v string) bool {
	return v == "never" || slices.Contains(weekdays, v)
}

// briefDays is what brief.day may be.
func briefDays() string { return strings.Join(weekdays, ", ") + " or never" }

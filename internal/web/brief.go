package web

import "github.com/recoup-project/recoup/internal/app"

// weeklyBrief is the page of the week: what happened, what goes out, what waits. The same is
// sent by mail to every user who has an address.
func weeklyBrief(v *visit) error {
	within, err := v.within()
	if err != nil {
		return err
	}
	d, err := v.App.WeekBrief(v.r.Context(), within, "")
	if err != nil {
		return err
	}
	settings := ""
	if v.user.User.Email == "" {
		settings = "Add your address under Your account to get it by mail too."
	} else if day, err := v.App.Setting(v.r.Context(), "", app.SettingBriefDay); err != nil {
		return err
	} else if day != "never" {
		settings = "The same comes by mail to " + v.user.User.Email + " once a week."
	}
	return v.page("Weekly brief", briefPage(v, &d, settings))
}

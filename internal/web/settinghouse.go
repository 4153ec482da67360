package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// closingDays are the entries of a setting, or those that ship.
func closingDays(setting string) []string {
	if setting == "" {
		return cal.DefaultClosingDays().Entries()
	}
	var all []string
	for _, e := range strings.Split(setting, ",") {
		if e = strings.TrimSpace(e); e != "" {
			all = append(all, e)
		}
	}
	return all
}

// closingWords say an entry of closing days.
func (v *visit) closingWords(entry string) string {
	from, until, span := strings.Cut(entry, "..")
	say := func(s string) string {
		if d, err := cal.Parse(s); err == nil {
			return v.f.Date(d)
		}
		if d, err := cal.Parse("2024-" + s); err == nil { // a leap year
			return strings.TrimRight(v.f.Date(d), " \u00a0,2024")
		}
		return s
	}
	text := say(from)
	if span {
		text += " to " + say(until)
	}
	if _, err := cal.Parse(from); err != nil {
		text += ", every year"
	}
	return text
}

// setClosing adds or removes closing days.
func setClosing(v *visit) error {
	now, err := v.App.Setting(v.r.Context(), v.settingOf(app.SettingClosing), app.SettingClosing)
	if err != nil {
		return err
	}
	list := closingDays(now)
	if gone := v.r.PostFormValue("remove"); gone != "" {
		list = slices.DeleteFunc(list, func(e string) bool { return e == gone })
	} else {
		entry, err := v.closingEntry()
		if err != nil {
			return err
		}
		list = append(list, entry)
	}
	if err := v.App.SetSettings(v.r.Context(), v.request(""), []app.SettingChange{{Creditor: v.settingOf(app.SettingClosing),
		Name: app.SettingClosing, Value: strings.Join(list, ", "), Was: &now}}); err != nil {
		return err
	}
	if len(list) == 0 {
		return v.done("/settings#closing", "None of your own: 24 December to 1 January is closed, as shipped.")
	}
	return v.done("/settings#closing", "Kept.")
}

// closingEntry is the span of a form as the setting writes it.
func (v *visit) closingEntry() (string, error) {
	from, err := v.day("from")
	if err != nil {
		return "", err
	}
	until, err := v.day("until")
	if err != nil {
		return "", err
	}
	if from == cal.None || until != cal.None && until < from {
		return "", &app.Error{Kind: app.Invalid, Code: "day_invalid", Message: "closing days: expected a first day, and a last day that is not before it"}
	}
	text := func(d cal.Date) string {
		if v.r.PostFormValue("yearly") != "" {
			return d.String()[len("2006-"):]
		}
		return d.String()
	}
	if until == cal.None || until == from {
		return text(from), nil
	}
	return text(from) + ".." + text(until), nil
}

// setLogo keeps the picture at the head of letters, or takes it away, and their colour.
func setLogo(v *visit) error {
	files, err := v.given("logo")
	if err != nil && app.AsError(err).Code != "file_missing" {
		return err
	}
	ctx, creditor := v.r.Context(), v.settingOf("letter.logo")
	var head app.Letterhead
	switch {
	case len(files) > 0:
		head.Logo = &files[0].Bytes
	case v.r.FormValue("remove") != "":
		head.Logo = new([]byte)
	}
	now, err := v.App.Setting(ctx, creditor, "letter.colour")
	if err != nil {
		return err
	}
	if colour := strings.TrimSpace(v.r.FormValue("colour")); colour != now {
		head.Colour = &colour
	}
	if head == (app.Letterhead{}) {
		return v.done("/settings#letterhead", "Nothing was different.")
	}
	if err := v.App.SetLetterhead(ctx, v.request(""), creditor, head); err != nil {
		return err
	}
	return v.done("/settings#letterhead", "Kept. The next letter shows it.")
}

// logo is the picture at the head of letters.
func logo(v *visit) error {
	data, err := v.App.Logo(v.r.Context(), v.settingOf("letter.logo"))
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", http.DetectContentType(data))
	h.Set("Cache-Control", "no-store")
	_, err = v.w.Write(data)
	return err
}

// addCreditor adds a legal person to whom debts are owed.
func addCreditor(v *visit) error {
	field := func(name string) string { return strings.TrimSpace(v.r.PostFormValue(name)) }
	country, region := app.SplitRegion(field("country"))
	cur, err := money.ParseCurrency(strings.ToUpper(field("currency")))
	if err != nil {
		return &app.Error{Kind: app.Invalid, Code: "currency_unknown", Message: "currency \"" + field("currency") + "\": expected a code such as EUR"}
	}
	n := app.NewCreditor{Name: field("name"), Code: field("code"), Country: country, Subdivision: region, Currency: cur}
	if n.Code == "" {
		n.Code = app.CodeOf(n.Name)
	}
	if _, err := v.App.AddCreditor(v.r.Context(), v.request(""), n); err != nil {
		return err
	}
	return v.done("/settings#creditors", n.Name+" is there. Choose it at the top, and fill in its company and bank details.")
}

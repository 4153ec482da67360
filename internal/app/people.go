package app

import (
	"context"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/store"
)

// SettingValue is a setting that has a value.
type SettingValue struct {
	Name, Value string
}

// Settings lists what is set for a creditor and for the whole book, by name; the
// password in the mail address is hidden. creditor "" is the only one there is; with
// several it lists what holds for all.
func (a *App) Settings(ctx context.Context, code string) ([]SettingValue, error) {
	var all []SettingValue
	err := a.read(ctx, func(tx store.Tx) error {
		all = nil
		var creditor int64
		c, err := a.creditor(tx, code)
		if err == nil {
			creditor = c.ID
		} else if code != "" {
			return err
		}
		values, err := a.settings(tx, creditor)
		for name, value := range values {
			if name == SettingSMTP {
				value = redactURL(value)
			}
			all = append(all, SettingValue{name, value})
		}
		return err
	})
	slices.SortFunc(all, func(x, y SettingValue) int { return strings.Compare(x.Name, y.Name) })
	return all, err
}

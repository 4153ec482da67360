package app

import (
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/store"
)

// rules are what one creditor's decisions are made by, beside the law: the shipped
// strategies with the tenant's own versions and the creditor's policy values, its closing
// days, and all its settings.
type rules struct {
	set     *strategy.Set
	closing cal.ClosingDays
	values  map[string]string
}

// rulesOf reads the rules of a creditor. Errors: refused (setting_not_understood).
func (a *App) rulesOf(tx store.Tx, creditor int64) (*rules, error) {
	values, err := a.settings(tx, creditor)
	if err != nil {
		return nil, err
	}
	policy := a.set.Policy
	if err := setPolicy(&policy, values); err != nil {
		return nil, err
	}
	r := &rules{closing: cal.DefaultClosingDays(), values: values}
	if v := values[SettingClosing]; v != "" {
		if r.closing, err = cal.ParseClosingDays(splitList(v)); err != nil {
			return nil, err
		}
	}
	own, err := a.ownStrategies(tx)
	if err != nil {
		return nil, err
	}
	r.set = a.set.With(&policy, own...)
	return r, nil
}

// setPolicy brings the settings of a creditor into the policy.
func setPolicy(policy *strategy.Policy, values map[string]string) error {
	for name, value := range values {
		if field, ok := strings.CutPrefix(name, SettingPolicy); ok {
			known, ok := policyFields[field]
			v, err := strconv.ParseInt(value, 10, 64)
			if !ok || err != nil { // of another version of the program: no rule of its creditor is left out
				return refusedText("setting_not_understood", "the book has a setting "+name+" = "+value+
					", which this version does not understand; an owner removes it")
			}
			known.set(policy, v)
		}
	}
	if v, err := strconv.Atoi(values["freshness.formal_days"]); err == nil {
		policy.FreshFormalDays = v
	}
	if v, err := strconv.Atoi(values["freshness.friendly_days"]); err == nil {
		policy.FreshFriendlyDays = v
	}
	if v := values[SettingConsequence]; v != "" {
		policy.Consequences = splitList(v)
	}
	return nil
}

// decides returns what decides for a creditor by its rules.
func (a *App) decides(c *book.Creditor, by *rules) *decide.Decider {
	return decide.New(&decide.World{Creditor: c, Set: by.set, Law: a.law, Holidays: a.holidays,
		Closing: by.closing})
}

// decider returns the Decider of a creditor.
func (a *App) decider(tx store.Tx, c *CreditorInfo) (*decide.Decider, error) {
	by, err := a.rulesOf(tx, c.ID)
	if err != nil {
		return nil, err
	}
	return a.decides(&c.Creditor, by), nil
}

// observes reports whether the book only observes: the mode that a book on the
// system's clock starts in.
func (a *App) observes(tx store.Tx) (bool, error) {
	mode, err := a.setting(tx, 0, SettingMode)
	if err != nil || mode != "" {
		return mode == "observe", err
	}
	simulated := false
	err = store.One(tx, "SELECT clock FROM book", nil,
		func(r store.Rows) { simulated = r.Text(0) == "simulated" })
	return !simulated, err
}

package app

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/store"
)

// The account that customers pay into is where a thief would begin (guardrail R15). Once
// its details are complete, a change of any of them takes back the word that they are
// unchanged, stops what was released, and holds every message of the creditor until a
// test message shows the new details and either another person than who changed them
// says since when they are unchanged, or three days have passed.
const (
	settingUnchanged     = "bank.unchanged_since"
	settingBankChangedAt = "bank.changed_at"   // instant of the last change
	settingBankChangedBy = "bank.changed_by"   // who took part since it was last confirmed, a name a line
	settingBankConfirmed = "bank.confirmed_by" // the second person
	settingBankTested    = "bank.tested_at"    // instant of the first test message since
)

// bankWait is how long a change is held that no second person confirms: three days.
const bankWait = 72 * time.Hour

// bankComplete reports whether the details say where to pay, and since when that is so.
func bankComplete(values map[string]string) bool {
	return values["bank.holder"] != "" && bankAccount(values) && values[settingUnchanged] != ""
}

func bankAccount(values map[string]string) bool {
	return values["bank.iban"] != "" || (values["bank.routing"] != "" && values["bank.account"] != "")
}

// bankHeld reports whether the account that customers pay into was changed and nothing
// may leave for it at an instant.
func bankHeld(values map[string]string, now time.Time) bool {
	if values[settingBankChangedAt] == "" {
		return false
	}
	return values[settingBankTested] == "" || bankUnconfirmed(values, now)
}

// bankUnconfirmed reports whether a change is young and no second person confirmed it.
func bankUnconfirmed(values map[string]string, now time.Time) bool {
	return values[settingBankConfirmed] == "" && now.Before(bankChangedAt(values).Add(bankWait))
}

// bankChangedAt is when the details were changed last.
func bankChangedAt(values map[string]string) time.Time {
	at, err := time.Parse(time.RFC3339, values[settingBankChangedAt])
	if err != nil {
		return time.Unix(1<<40, 0) // only the book writes it; what it cannot read holds for ever
	}
	return at
}

// bankSetting does what else a new value of a setting of the bank details needs.
// Errors: invalid (a day of no change that lies ahead, or before the last change).
func (a *App) bankSetting(r *recorder, c *CreditorInfo, name, value, by string) error {
	values, err := a.settings(r, c.ID)
	if err != nil {
		return err
	}
	if name == settingUnchanged && value != "" {
		return a.unchangedSince(r, c, values, cal.MustParse(value), by)
	}
	if firstBank(values) || unspaced(values[name]) == unspaced(value) {
		return nil
	}
	if err := a.bankChanged(r, c, values, by); err != nil {
		return err
	}
	shown := maps.Clone(values)
	shown[name] = value
	return a.tellBankChanged(r, c, shown, by)
}

// firstBank reports whether the details have never been complete: nobody has been told an
// account yet, so none is changed.
func firstBank(values map[string]string) bool {
	return !bankComplete(values) && values[settingBankChangedAt] == ""
}

// bankChanged holds the creditor's messages for a change by a person.
func (a *App) bankChanged(r *recorder, c *CreditorInfo, values map[string]string, by string) error {
	var changers []string
	if bankHeld(values, r.Now()) {
		changers = strings.Split(values[settingBankChangedBy], "\n")
	}
	if !slices.Contains(changers, person(by)) {
		changers = append(changers, person(by))
	}
	for _, s := range [][2]string{{settingBankChangedAt, r.Now().UTC().Format(time.RFC3339)},
		{settingBankChangedBy, strings.Join(changers, "\n")}, {settingBankConfirmed, ""},
		{settingBankTested, ""}, {settingUnchanged, ""}} {
		if values[s[0]] == s[1] {
			continue
		}
		if err := a.putSetting(r, c.ID, s[0], s[1], false); err != nil {
			return err
		}
	}
	return a.stopReleased(r, c, reason.BankChanged)
}

// person is an actor by the short name, however they came in.
func person(actor string) string { return strings.ToLower(strings.TrimPrefix(actor, "cli:")) }

// unspaced is a detail without the spaces in which account numbers are written.
func unspaced(v string) string { return strings.ToUpper(strings.ReplaceAll(v, " ", "")) }

// unchangedSince takes the word of a person that the details are unchanged since a day:
// that of another person than who changed them confirms a change.
func (a *App) unchangedSince(r *recorder, c *CreditorInfo, values map[string]string, day cal.Date,
	by string) error {
	if today := c.today(r); day > today {
		return invalid("day_in_future", "%s is after today, %s", day, today)
	}
	if values[settingBankChangedAt] == "" {
		return nil
	}
	if changed := cal.DateIn(bankChangedAt(values), c.Zone); day < changed {
		return invalid(string(reason.BankChanged),
			"the bank details were changed on %s: they cannot be unchanged since %s", changed, day)
	}
	changers := strings.Split(values[settingBankChangedBy], "\n")
	all, err := a.users(r)
	if err != nil {
		return err
	}
	hands, err := a.otherHands(r, all, c.ID, changers, bankChangedAt(values))
	if err != nil {
		return err
	}
	if slices.Contains(slices.Concat(changers, hands), person(by)) || values[settingBankConfirmed] != "" {
		return nil
	}
	return a.putSetting(r, c.ID, settingBankConfirmed, by, false)
}

// bankFields are the settings that say where customers pay.
var bankFields = []string{"bank.holder", "bank.iban", "bank.bic", "bank.account", "bank.routing"}

// BankDetails is the account that customers pay into. A field that is "" is none.
type BankDetails struct {
	Holder  string `json:"holder"`
	IBAN    string `json:"iban"`
	BIC     string `json:"bic"`
	Account string `json:"account"`
	Routing string `json:"routing"` // sort code or routing number
	// Since is the first day on which it was so, as far as a person knows; of details that
	// change now it is asked of who confirms them, and left out here.
	Since cal.Date `json:"since"`
}

func (d *BankDetails) fields() []string {
	return []string{d.Holder, d.IBAN, d.BIC, d.Account, d.Routing}
}

// SetBank changes the account that customers pay into, as a whole. Once it was complete, a
// change holds all messages of the creditor until ConfirmBank and a test message, stops what
// was released, and is told to every owner by mail (guardrail R15). Errors: invalid
// (invalid_setting naming the field; bank_incomplete: neither IBAN nor account and sort
// code, or no holder), refused (not_permitted, password_needed).
func (a *App) SetBank(ctx context.Context, req Request, code string, d BankDetails) error {
	given := map[string]string{}
	for i, value := range d.fields() {
		name := bankFields[i]
		given[name] = strings.TrimSpace(value)
		if rule, _ := ruleFor(name); given[name] != "" && !rule.valid(given[name]) {
			return &Error{Kind: Invalid, Code: "invalid_setting", Message: "setting " + name + ": expected " +
				rule.expected, Where: &Where{Field: name}}
		}
	}
	if given["bank.holder"] == "" || !bankAccount(given) {
		return invalid("bank_incomplete",
			"expected the holder and an IBAN, or the holder, a sort code or routing number and an account number")
	}
	if err := a.permitSetting(req, "bank.iban"); err != nil {
		return err
	}
	_, err := a.write(ctx, req, "set_bank", []any{code, d}, func(r *recorder) error {
		c, err := a.creditor(r, code)
		if err != nil {
			return err
		}
		values, err := a.settings(r, c.ID)
		if err != nil {
			return err
		}
		changed := false
		for _, name := range bankFields {
			if unspaced(values[name]) == unspaced(given[name]) {
				continue
			}
			changed = true
			if err := a.putSetting(r, c.ID, name, given[name], true); err != nil {
				return err
			}
		}
		if !changed || firstBank(values) {
			return a.bankSince(r, &c, values, d.Since, changed, req.Actor)
		}
		if err := a.bankChanged(r, &c, values, req.Actor); err != nil {
			return err
		}
		return a.tellBankChanged(r, &c, given, req.Actor)
	})
	return err
}

// bankSince keeps the word that the details have been the same since a day.
func (a *App) bankSince(r *recorder, c *CreditorInfo, values map[string]string, since cal.Date, changed bool, by string) error {
	if !stated(since) || values[settingUnchanged] == since.String() {
		if changed {
			return nil
		}
		return store.ErrNothing
	}
	if err := a.unchangedSince(r, c, values, since, by); err != nil {
		return err
	}
	return a.putSetting(r, c.ID, settingUnchanged, since.String(), true)
}

// tellBankChanged writes to every owner that the account was changed, also to the one who
// did it: who took over that person's browser cannot keep it quiet.
func (a *App) tellBankChanged(r *recorder, c *CreditorInfo, now map[string]string, by string) error {
	lines := []string{
		by + " changed the account that customers of " + c.Name + " pay into. It is now:", "",
		"Account holder: " + now["bank.holder"],
	}
	for _, row := range [][2]string{{"IBAN", "bank.iban"}, {"BIC", "bank.bic"},
		{"Sort code or routing number", "bank.routing"}, {"Account number", "bank.account"}} {
		if now[row[1]] != "" {
			lines = append(lines, row[0]+": "+now[row[1]])
		}
	}
	lines = append(lines, "", "No message leaves until a second person confirms it, or three days have passed, and "+
		"until a test message has shown it.", "",
		"If nobody agreed this with you, it may be theft: end that user's sessions, set the old account again, and ask "+
			"who was at the computer. Do not answer this mail.")
	return a.mailOwners(r, "bank_changed", sprintf("%s %d", c.Code, r.Seq()),
		"The account that customers of "+c.Name+" pay into was changed", strings.Join(lines, "\n")+"\n")
}

// stopReleased ends the released messages of a creditor that are not being handed over:
// they are decided, and released, anew. A correction waits for its release again.
func (a *App) stopReleased(r *recorder, c *CreditorInfo, why reason.Code) error {
	var ids []int64
	if err := store.Each(r, `SELECT message_id FROM message WHERE tenant_id = $1 AND creditor_id = $2
		AND state IN ('approved','claimed') ORDER BY message_id`, []any{a.tenant, c.ID},
		func(row store.Rows) error { ids = append(ids, row.Int64(0)); return nil }); err != nil {
		return err
	}
	return r.voidMessages(ids, book.Stopped, string(why), c.today(r))
}

// bankFinding says of a creditor whose account was changed what its messages wait for.
func bankFinding(c *CreditorInfo, values map[string]string, now time.Time) (Finding, bool) {
	if !bankHeld(values, now) {
		return Finding{}, false
	}
	var wants []string
	if bankUnconfirmed(values, now) {
		wants = append(wants, "another person confirms it or it is "+
			bankChangedAt(values).Add(bankWait).In(c.Zone).Format("2006-01-02 15:04"))
	}
	if values[settingBankTested] == "" {
		wants = append(wants, "a test message shows it")
	}
	return Finding{Name: "bank_details", Warning: true, Creditor: c.Code, Text: c.Code + ": " +
		strings.ReplaceAll(values[settingBankChangedBy], "\n", ", ") +
		" changed the account that customers pay into; nothing leaves until " +
		strings.Join(wants, ", and until ")}, true
}

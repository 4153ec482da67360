package app

import (
	"context"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/law"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/document"
	"github.com/recoup-project/recoup/internal/store"
)

// Names of settings. Creditor-wide ones hold for one creditor, the others for the
// whole book. A setting that nothing reads does not exist.
const (
	SettingMode        = "mode"      // observe, ask_first
	SettingSMTP        = "smtp.url"  // smtp://user:password@host:port
	SettingMailFrom    = "mail.from" // address the messages come from
	SettingMailTested  = "mail.tested_at"
	SettingClosing     = "closing_days" // comma-separated spans
	SettingAuto        = "auto."        // + strategy.step: yes = may go by itself
	SettingPolicy      = "policy."      // + a field of the policy
	SettingConfirmed   = "total.confirmed."
	SettingFolder      = "import.folder" // watched by serve
	SettingExtent      = "import.extent" // of the lists in it: complete or additional (if not set)
	SettingConsequence = "consequences"  // comma-separated: hold, terms, agency, lawyer, court
	SettingPortalURL   = "portal.url"    // where debtors reach this server; "": no debtor's page
	SettingPromiseDays = "portal.promise_days"
)

// settingRule checks one setting. creditor reports whether it belongs to a creditor.
type settingRule struct {
	creditor bool
	inputs   bool // a change makes stored decisions old
	expected string
	valid    func(string) bool
}

var settingRules = map[string]settingRule{
	SettingMode:       {false, true, "observe or ask_first", oneOf("observe", "ask_first")},
	SettingSMTP:       {false, false, "smtp://[user:password@]host:port or smtps://…", isMailURL},
	SettingIMAP:       {false, false, "imaps://user:password@host:port or imap://…", isIMAP},
	settingSentFolder: {false, false, "the name of a folder", notEmpty},
	SettingMailFrom:   {true, true, "an email address", book.IsAddress},
	SettingClosing:    {true, true, "MM-DD, MM-DD..MM-DD, YYYY-MM-DD or YYYY-MM-DD..YYYY-MM-DD, separated by commas", isClosing},
	SettingPortalURL: {false, false, "https://host[:port], or http:// on this machine, without a path",
		isPublicURL},
	SettingPromiseDays: {true, false, "0 to 30 days", between(0, 30)},
	SettingConsequence: {true, true, "hold, terms, agency, lawyer or court, separated by commas", areConsequences},

	SettingFolder: {true, false, "a folder, its whole path", filepath.IsAbs},
	SettingExtent: {true, false, "complete or additional", oneOf(string(ExtentComplete), string(ExtentAdditional))},

	"sender.name":          {true, true, "a name", notEmpty},
	"sender.address":       {true, true, "lines separated by \\n", notEmpty},
	settingRegisterNo:      {true, true, "a register number, or none", notEmpty},
	settingRegisteredIn:    {true, true, "the register court, or the part of the United Kingdom, or none", notEmpty},
	settingOffice:          {true, true, "the seat or registered office, or none", notEmpty},
	settingDirectors:       {true, true, "the names of the managing directors, or none", notEmpty},
	settingVATID:           {true, true, "a VAT id, or none", notEmpty},
	"sender.person":        {true, true, "the name of the person who answers", notEmpty},
	"sender.phone":         {true, true, "a phone number", notEmpty},
	"sender.reply_to":      {true, true, "an email address", book.IsAddress},
	"sender.signature":     {true, true, "a text", notEmpty},
	"bank.holder":          {true, true, "a name", notEmpty},
	"bank.iban":            {true, true, "an IBAN with a valid checksum", isIBAN},
	"bank.bic":             {true, true, "a BIC", notEmpty},
	"bank.account":         {true, true, "an account number", notEmpty},
	"bank.routing":         {true, true, "a sort code or routing number", notEmpty},
	"bank.unchanged_since": {true, true, "a day, YYYY-MM-DD", isDay},

	SettingBriefDay:     {false, false, briefDays(), isBriefDay},
	settingBriefHour:    {false, false, "an hour, 0 to 23", between(0, 23)},
	settingSessionHours: {false, false, "1 to 168 hours", between(1, 168)},
	settingSessionIdle:  {false, false, "5 to 1440 minutes", between(5, 1440)},
	settingColour:       {true, false, "a colour, #rrggbb", isColour},
	settingLogo:         {true, false, "none; a picture is set by recoup config logo FILE", func(v string) bool { return v == none || isHash(v) }},

	"freshness.formal_days":   {true, true, "0 to 30 business days", between(0, 30)},
	"freshness.friendly_days": {true, true, "0 to 60 days", between(0, 60)},
}

// policyFields are the policy values a creditor may set, with their range.
var policyFields = map[string]struct {
	set    func(*strategy.Policy, int64)
	lo, hi int64
}{
	"grace_banking_days":  {func(p *strategy.Policy, v int64) { p.GraceBankingDays = int(v) }, 0, 30},
	"gap_business_days":   {func(p *strategy.Policy, v int64) { p.GapBusinessDays = int(v) }, 1, 60},
	"contacts_per_week":   {func(p *strategy.Policy, v int64) { p.ContactsPerWeek = int(v) }, 1, 3}, // R9: 3 is the ceiling
	"small_balance":       {func(p *strategy.Policy, v int64) { p.SmallBalance = v; p.SmallBalanceByCountry = nil }, 0, 1_000_000},
	"own_message_from":    {func(p *strategy.Policy, v int64) { p.Thresholds.OwnMessageFrom = &v }, 0, 10_000},
	"own_message_percent": {func(p *strategy.Policy, v int64) { p.Thresholds.OwnMessagePercent = &v }, 0, 50},
	"letters_from":        {func(p *strategy.Policy, v int64) { p.Thresholds.LettersFrom = &v }, 1, maxThreshold},
	"messenger_from":      {func(p *strategy.Policy, v int64) { p.Thresholds.MessengerFrom = &v }, 1, maxThreshold},
	"calls_from":          {callsFrom("standard"), 0, maxThreshold},
	"calls_from_firm":     {callsFrom("firm"), 0, maxThreshold},
	"calls_from_gentle":   {callsFrom("gentle"), 0, maxThreshold},
	"courtesy_from":       {courtesyFrom("standard"), 0, maxThreshold},
	"courtesy_from_firm":  {courtesyFrom("firm"), 0, maxThreshold},
	"courtesy_from_key":   {courtesyFrom("key_account"), 0, maxThreshold},
	"key_accounts_top":    {func(p *strategy.Policy, v int64) { p.KeyAccountsTop = int(v) }, 0, 1000},
	"backlog_percent":     {func(p *strategy.Policy, v int64) { p.BacklogPercent = int(v) }, 0, 100},
	"firm_lateness_days":  {func(p *strategy.Policy, v int64) { p.FirmLatenessDays = int(v) }, 5, 365},
	"backlog_per_day":     {func(p *strategy.Policy, v int64) { p.BacklogPerDay = int(v) }, 1, 10_000},
	"review_after_days":   {func(p *strategy.Policy, v int64) { p.ReviewAfterDays = int(v) }, 30, 3650},
	"new_relationship":    {func(p *strategy.Policy, v int64) { p.NewRelationshipMonths = int(v) }, 0, 60},
	"brake_factor":        {func(p *strategy.Policy, v int64) { p.BrakeFactor = int(v) }, 1, 100},
	"opening_deadline":    {func(p *strategy.Policy, v int64) { p.OpeningDeadlineDays = int(v) }, 7, 60},
	"tolerance":           {func(p *strategy.Policy, v int64) { p.Tolerance = v }, 0, 100},
	"tolerance_permille":  {func(p *strategy.Policy, v int64) { p.TolerancePermille = v }, 0, 50},
	"tolerance_most":      {func(p *strategy.Policy, v int64) { p.ToleranceMost = v }, 0, 100},
	"write_off_batch":     {func(p *strategy.Policy, v int64) { p.WriteOffBatch = v }, 0, 1000},
	"broken_promise_days": {func(p *strategy.Policy, v int64) { p.BrokenPromiseBusinessDays = int(v) }, 1, 30},
	"dispute_answer_days": {func(p *strategy.Policy, v int64) { p.DisputeAnswerDays = int(v) }, 7, 60},
	"resumption_after":    {func(p *strategy.Policy, v int64) { p.ResumptionAfterDays = int(v) }, 7, 365},
	"deferral_months":     {func(p *strategy.Policy, v int64) { p.DeferralMonths = int(v) }, 1, 24},
	"compensation_max_pc": {func(p *strategy.Policy, v int64) { p.CompensationMaxPercent = int(v) }, 0, law.CompensationSharePct},
}

// maxThreshold bounds sums of the policy, which are whole units of the creditor's
// currency.
const maxThreshold = 100_000_000

func callsFrom(key string) func(*strategy.Policy, int64) {
	return func(p *strategy.Policy, v int64) {
		if p.Thresholds.CallsFrom == nil {
			p.Thresholds.CallsFrom = map[string]int64{}
		}
		p.Thresholds.CallsFrom[key] = v
	}
}

func courtesyFrom(key string) func(*strategy.Policy, int64) {
	return func(p *strategy.Policy, v int64) {
		if p.Thresholds.CourtesyFrom == nil {
			p.Thresholds.CourtesyFrom = map[string]int64{}
		}
		p.Thresholds.CourtesyFrom[key] = v
	}
}

func ruleFor(name string) (settingRule, bool) {
	if r, ok := settingRules[name]; ok {
		return r, true
	}
	if field, ok := strings.CutPrefix(name, SettingPolicy); ok {
		if f, ok := policyFields[field]; ok {
			return settingRule{true, true, strconv.FormatInt(f.lo, 10) + " to " + strconv.FormatInt(f.hi, 10),
				between(f.lo, f.hi)}, true
		}
	}
	if key, ok := strings.CutPrefix(name, SettingAuto); ok {
		return settingRule{true, false, "yes or no, for a step that may go by itself (strategy.step)",
			func(v string) bool {
				return oneOf("yes", "no")(v) && mayBeAutomatic(key)
			}}, true
	}
	return settingRule{}, false
}

// mayBeAutomatic reports whether "strategy.step" is a step whose approval is
// auto_ok: only those may ever be switched to go by themselves.
func mayBeAutomatic(key string) bool {
	set, err := strategy.Shipped()
	if err != nil {
		return false
	}
	name, step, _ := strings.Cut(key, ".")
	st := set.Strategies[name]
	if st == nil {
		return false
	}
	i := st.Index(step)
	return i >= 0 && st.Steps[i].Approval == strategy.AutoOK
}

// SettingNames lists the settings that exist, for help and errors.
func SettingNames() []string {
	var names []string
	for n := range settingRules {
		names = append(names, n)
	}
	for f := range policyFields {
		names = append(names, SettingPolicy+f)
	}
	names = append(names, SettingAuto+"STRATEGY.STEP")
	slices.Sort(names)
	return names
}

// setting reads one setting, "" if it was never set. A creditor's own value goes
// before the book's.
func (a *App) setting(tx store.Tx, creditor int64, name string) (string, error) {
	value := ""
	err := store.Each(tx, `SELECT value FROM setting WHERE tenant_id = $1 AND creditor_id IN ids($2)
		AND name = $3
		ORDER BY creditor_id`, []any{a.tenant, []int64{0, creditor}, name}, func(r store.Rows) error {
		value = r.Text(0)
		return nil
	})
	return value, err
}

// settings reads all settings of a creditor, the book's below its own.
func (a *App) settings(tx store.Tx, creditor int64) (map[string]string, error) {
	all := map[string]string{}
	err := store.Each(tx, "SELECT name, value FROM setting WHERE tenant_id = $1 AND creditor_id IN ids($2) "+
		"ORDER BY creditor_id, name",
		[]any{a.tenant, []int64{0, creditor}}, func(r store.Rows) error {
			all[r.Text(0)] = r.Text(1)
			return nil
		})
	return all, err
}

// SettingChange is a new value of a setting; "" removes it.
type SettingChange struct {
	Creditor string  `json:"creditor"` // code, for settings of a creditor
	Name     string  `json:"name"`
	Value    string  `json:"value"`
	Was      *string `json:"was,omitempty"` // as it was shown to who changes it; nil: whatever it was
}

// SetSetting changes a setting; "" removes it. code names the creditor for
// settings of a creditor. A change of complete bank details holds the creditor's messages.
func (a *App) SetSetting(ctx context.Context, req Request, code, name, value string) error {
	return a.SetSettings(ctx, req, []SettingChange{{Creditor: code, Name: name, Value: value}})
}

// SetSettings changes several settings, all of them or none. Errors: those of SetSetting;
// conflict (setting_changed: somebody else changed one of them since it was shown).
func (a *App) SetSettings(ctx context.Context, req Request, changes []SettingChange) error {
	rules := make([]settingRule, len(changes))
	for i, c := range changes {
		rule, ok := ruleFor(c.Name)
		if !ok && c.Value == "" && strings.HasPrefix(c.Name, SettingPolicy) {
			rule, ok = settingRule{creditor: true, inputs: true}, true // may stand in the book all the same
		}
		if !ok {
			return invalid("unknown_setting", "there is no setting %q; there are %s", c.Name,
				strings.Join(SettingNames(), ", "))
		}
		if c.Value != "" && !rule.valid(c.Value) {
			return &Error{Kind: Invalid, Code: "invalid_setting", Message: "setting " + c.Name + ": expected " +
				rule.expected,
				Where: &Where{Field: c.Name}}
		}
		if err := a.permitSetting(req, c.Name); err != nil {
			return err
		}
		rules[i] = rule
	}
	_, err := a.write(ctx, req, "set_setting", changes, func(r *recorder) error {
		for i := range changes {
			if err := a.setSetting(r, &changes[i], &rules[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// forgetMailTest lets a test message be sent anew where mails leave from now on by another
// server or from another address: that one reached somebody proves nothing for these
// (guardrail R26).
func (a *App) forgetMailTest(r *recorder, creditor int64, name, value string) error {
	if name != SettingSMTP && name != SettingMailFrom {
		return nil
	}
	before, err := a.setting(r, creditor, name)
	if err != nil || before == value {
		return err
	}
	tested, err := a.setting(r, 0, SettingMailTested)
	if err != nil || tested == "" {
		return err
	}
	return a.putSetting(r, 0, SettingMailTested, "", true)
}

func (a *App) setSetting(r *recorder, s *SettingChange, rule *settingRule) error {
	var creditor int64
	if rule.creditor {
		c, err := a.creditor(r, s.Creditor)
		if err != nil {
			return err
		}
		creditor = c.ID
		if strings.HasPrefix(s.Name, "bank.") {
			if err := a.bankSetting(r, &c, s.Name, s.Value, r.by.Actor); err != nil {
				return err
			}
		}
	}
	if s.Was != nil {
		now, err := a.setting(r, creditor, s.Name)
		if err != nil {
			return err
		}
		if now = ShownSetting(s.Name, now); now != *s.Was {
			return &Error{Kind: Conflict, Code: "setting_changed", Where: &Where{Field: s.Name},
				Message: sprintf("setting %s was changed meanwhile: it is %q now", s.Name, now)}
		}
	}
	if s.Name == SettingPortalURL && s.Value != "" {
		if err := a.portalSecret(r); err != nil {
			return err
		}
	}
	if key, auto := strings.CutPrefix(s.Name, SettingAuto); auto && s.Value != "yes" {
		if err := a.recallStep(r, creditor, key); err != nil {
			return err
		}
	}
	if err := a.forgetMailTest(r, creditor, s.Name, s.Value); err != nil {
		return err
	}
	return a.putSetting(r, creditor, s.Name, s.Value, rule.inputs)
}

func (a *App) putSetting(r *recorder, creditor int64, name, value string, inputs bool) error {
	if _, err := r.Exec("DELETE FROM setting WHERE tenant_id = $1 AND creditor_id = $2 AND name = $3", a.tenant,
		creditor, name); err != nil {
		return err
	}
	if value != "" {
		if _, err := r.Exec("INSERT INTO setting (tenant_id, creditor_id, name, value) VALUES ($1, $2, $3, $4)",
			a.tenant, creditor, name, value); err != nil {
			return err
		}
	}
	if err := r.changed("setting", creditor, name, ShownSetting(name, value)); err != nil {
		return err
	}
	if inputs {
		return r.inputsChanged()
	}
	return nil
}

// Setting reads one setting for people; passwords in addresses are hidden.
func (a *App) Setting(ctx context.Context, code, name string) (string, error) {
	rule, ok := ruleFor(name)
	if !ok {
		return "", invalid("unknown_setting", "there is no setting %q; there are %s", name,
			strings.Join(SettingNames(), ", "))
	}
	value := ""
	err := a.read(ctx, func(tx store.Tx) error {
		var creditor int64
		if rule.creditor {
			c, err := a.creditor(tx, code)
			if err != nil {
				return err
			}
			creditor = c.ID
		}
		var err error
		value, err = a.setting(tx, creditor, name)
		return err
	})
	return ShownSetting(name, value), err
}

// ShownSetting is the value of a setting as people see it: without a password or a secret.
func ShownSetting(name, value string) string {
	switch name {
	case SettingSMTP, SettingIMAP:
		return redactURL(value)
	case settingPortalSecret:
		return strings.Repeat("*", min(len(value), 3))
	}
	return value
}

// ConfirmTotal records that a person compared the open total of a currency with
// the bookkeeping (guardrail R26). The amount must be ours.
func (a *App) ConfirmTotal(ctx context.Context, req Request, code string, m money.Money) error {
	_, err := a.write(ctx, req, "confirm_total", []string{code, m.String()}, func(r *recorder) error {
		c, err := a.creditor(r, code)
		if err != nil {
			return err
		}
		ours, err := a.openTotal(r, c.Code, m.Currency)
		if err != nil {
			return err
		}
		if ours != m.Minor {
			return &Error{Kind: Refused, Code: "total_differs", Message: "the open total is " +
				money.Money{Minor: ours, Currency: m.Currency}.String() +
				", not " + m.String() + "; compare the list of open items of your bookkeeping with the book to find the difference"}
		}
		return a.putSetting(r, c.ID, SettingConfirmed+string(m.Currency), c.today(r).String(), false)
	})
	return err
}

// openTotal is what is open of a creditor in a currency today, less unapplied credits:
// the total of the aging.
func (a *App) openTotal(tx store.Tx, creditor string, c money.Currency) (int64, error) {
	report, err := a.agingIn(tx, &AgingRequest{Creditor: creditor})
	for i := range report.Currencies {
		if report.Currencies[i].Currency == c {
			return report.Currencies[i].ControlMinor, err
		}
	}
	return 0, err
}

func splitList(v string) []string {
	var out []string
	for _, part := range strings.Split(v, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func redactURL(v string) string {
	u, err := url.Parse(v)
	if err != nil || u.User == nil {
		return v
	}
	return u.Redacted()
}

func notEmpty(v string) bool { return strings.TrimSpace(v) != "" }
func isDay(v string) bool    { _, err := cal.Parse(v); return err == nil }
func isIBAN(v string) bool   { return document.CheckIBAN(v) == nil }

func oneOf(words ...string) func(string) bool {
	return func(v string) bool { return slices.Contains(words, v) }
}

func between(lo, hi int64) func(string) bool {
	return func(v string) bool {
		n, err := strconv.ParseInt(v, 10, 64)
		return err == nil && n >= lo && n <= hi
	}
}

func isMailURL(v string) bool {
	u, err := url.Parse(v)
	return err == nil && (u.Scheme == "smtp" || u.Scheme == "smtps") && u.Hostname() != ""
}

func isClosing(v string) bool { _, err := cal.ParseClosingDays(splitList(v)); return err == nil }

func areConsequences(v string) bool {
	for _, w := range splitList(v) {
		if !slices.Contains(document.Consequences(), document.Consequence(w)) {
			return false
		}
	}
	return true
}

package app

import (
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/core/access"
)

// permitted is what a command asks of the user who gives it.
type permitted struct {
	to access.Permission
	// fresh: the password was given in the last minutes, for what a thief would do first.
	fresh bool
}

// permits says what each command asks. A command without a row is refused to every user.
// What depends on more than the command's name is asked by the use case beside it.
var permits = map[string]permitted{
	"note":        {to: access.Comment}, // see mayNote
	"late_reason": {to: access.Comment},

	"hold_add":       {to: access.Work},
	"hold_end":       {to: access.Work}, // of what the law ordered: LegalSteps
	"pause":          {to: access.Work},
	"unpause":        {to: access.Work},
	"task_done":      {to: access.Work},
	"call":           {to: access.Work},
	"add_contact":    {to: access.Work},
	"remove_contact": {to: access.Work},
	"reject":         {to: access.Work},
	"postpone":       {to: access.Work},
	"edit":           {to: access.Work},
	"void":           {to: access.Work},
	"mark_sent":      {to: access.Work},
	"prove":          {to: access.Work},
	"paste_contacts": {to: access.Work},
	"add_papers":     {to: access.Work},
	"assign_paper":   {to: access.Work},
	"keep_paper":     {to: access.Work},
	"remove_paper":   {to: access.Work},
	"discard_paper":  {to: access.Work},

	"pay":        {to: access.Money},
	"credit":     {to: access.Money},
	"apply":      {to: access.Money},
	"reverse":    {to: access.Money},
	"cash_known": {to: access.Money},
	"write_off":  {to: access.WriteOff},

	"debtor_answer": {to: access.Work},
	"portal_link":   {to: access.Work},
	"revoke_links":  {to: access.Work},

	"set_customer":  {to: access.Customers},
	"set_customers": {to: access.Customers},
	"save_filter":   {to: access.OwnAccount},
	"delete_filter": {to: access.OwnAccount},
	"set_collector": {to: access.Customers},
	"import":        {to: access.Import},
	"confirm_total": {to: access.Import},

	"approve":    {to: access.ApproveAsk}, // of a step that needs a person: ApprovePerson
	"run":        {to: access.Run},        // see permitRun
	"run_start":  {to: access.Run},
	"run_batch":  {to: access.Run},
	"run_finish": {to: access.Run},
	"void_run":   {to: access.Run},

	"send":            {to: access.Send},
	"print_letters":   {to: access.Send},
	"stop_letters":    {to: access.Send},
	"stop_message":    {to: access.Send},
	"message_failed":  {to: access.Send},
	"message_unknown": {to: access.Send},
	"late_answer":     {to: access.Send},
	"recover_outbox":  {to: access.Send},
	"resolve_outbox":  {to: access.Send},
	"arm":             {to: access.Arm, fresh: true},

	"set_setting":       {to: access.OwnAccount}, // see permitSetting
	"set_bank":          {to: access.Bank, fresh: true},
	"confirm_bank":      {to: access.BankConfirm, fresh: true},
	"mail_test":         {to: access.Settings},
	"activate_strategy": {to: access.Strategies, fresh: true},
	"set_text":          {to: access.Strategies},
	"add_creditor":      {to: access.Creditors},

	"add_user":     {to: access.Users, fresh: true},
	"set_user":     {to: access.Users, fresh: true},
	"set_password": {to: access.OwnAccount, fresh: true}, // of another user: Users
	"end_sessions": {to: access.OwnAccount},
	"set_cover":    {to: access.OwnAccount},
	"set_up":       {to: access.Users},
}

// ConfirmedFor is how long a password counts as just given (guardrail R15).
const ConfirmedFor = 5 * time.Minute

// permit refuses a command to a user whose role does not allow it. Errors: refused with
// not_permitted, or with password_needed: ask for it and try again.
func (a *App) permit(r Request, command string) error {
	if r.Role == "" {
		return nil
	}
	p, known := permits[command]
	if !known {
		return r.notPermitted(command)
	}
	if err := r.may(p.to); err != nil {
		return err
	}
	if p.fresh {
		return a.confirmed(r)
	}
	return nil
}

// may refuses a permission that the user who acts does not have.
func (r *Request) may(p access.Permission) error {
	if r.Role == "" || access.May(r.Role, p) {
		return nil
	}
	return r.notPermitted(string(p))
}

func (r *Request) notPermitted(what string) error {
	return refusedText("not_permitted", sprintf("%s (%s) may not do this: it needs the permission %s",
		r.Actor, strings.ReplaceAll(string(r.Role), "_", " "), what))
}

// confirmed refuses a user who has not just given the password.
func (a *App) confirmed(r Request) error {
	if r.Role == "" || a.wall().Sub(r.Confirmed) < ConfirmedFor {
		return nil
	}
	return refusedText("password_needed", "this asks for your password again")
}

// permitRun asks what a run asks beside its name.
func (a *App) permitRun(r Request, asked *RunRequest) error {
	if err := a.permit(r, "run"); err != nil {
		return err
	}
	if asked.ReleaseBrake {
		return r.may(access.Brake)
	}
	if asked.Approve == ApproveAll {
		return r.may(access.ApproveAsk)
	}
	return nil
}

// permitSetting asks what a setting asks: the account that customers pay into has its own
// permission and asks for the password, and the word that it is unchanged may come from
// whoever may be the second person.
func (a *App) permitSetting(r Request, name string) error {
	switch {
	case name == settingUnchanged:
		if err := r.may(access.BankConfirm); err != nil {
			return err
		}
		return a.confirmed(r)
	case strings.HasPrefix(name, "bank."):
		if err := r.may(access.Bank); err != nil {
			return err
		}
		return a.confirmed(r)
	case name == SettingSMTP: // whoever has the server reads and writes every message (guardrail R15)
		if err := r.may(access.Settings); err != nil {
			return err
		}
		return a.confirmed(r)
	case strings.HasPrefix(name, SettingPolicy), strings.HasPrefix(name, SettingAuto):
		return r.may(access.Strategies)
	}
	return r.may(access.Settings)
}

// mayNote refuses a note about a customer that is not the user's own to those who work for
// their own customers only, and a privileged one to those who may not read it.
func (a *App) mayNote(r *recorder, customer int64, class string) error {
	if class == "privileged" {
		if err := r.by.may(access.ViewPrivileged); err != nil {
			return err
		}
	}
	if r.by.may(access.ViewAll) == nil {
		return nil
	}
	s, err := a.scope(r, r.by.Actor)
	if err != nil {
		return err
	}
	return a.inScope(r, &s, customer)
}

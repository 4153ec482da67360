package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/store"
)

// eyes is who looked a second time at what somebody did.
type eyes string

const (
	anotherPerson eyes = "another person"
	onePersonDay  eyes = "one person, a day later"
	onePersonType eyes = "one person, typed again"
)

// secondLook is what decides whether somebody may be the second pair of eyes.
type secondLook struct {
	to       access.Permission // that the second person needs
	did      []string          // who took part in what is confirmed
	on       cal.Date          // the day of it
	figure   string            // what a single person may type again
	retyped  string
	hands    []string // users who may be somebody of did under another name, see [App.otherHands]
	source   string   // where it was read
	today    cal.Date
	whoLooks string
}

// second says which pair of eyes looks. Where nobody else is there who may, it is the same
// person a day later, or after typing the figure again from its source; that is marked "one
// person" (guardrail R29). Errors: refused (second_person_needed: there is somebody else;
// one_person_waits), invalid (retyped_differs).
func (l *secondLook) second(all []userRow) (eyes, error) {
	took := slices.Concat(l.did, l.hands)
	if !slices.Contains(took, l.whoLooks) {
		return anotherPerson, nil
	}
	var others []string
	known := false
	for _, u := range all {
		known = known || u.Login == l.whoLooks
		if u.May(l.to) && !slices.Contains(took, u.Login) {
			others = append(others, u.Login)
		}
	}
	switch {
	case len(others) > 0:
		return "", refusedText("second_person_needed", sprintf("another person confirms this: %s",
			strings.Join(others, ", ")))
	case !known:
		return "", refusedText("second_person_needed", "another person confirms this")
	case l.today > l.on:
		return onePersonDay, nil
	case l.retyped == "":
		return "", refusedText("one_person_waits", sprintf("nobody else may confirm this: do it on %s or later, or type "+
			"the figure again from its source", (l.on+1).String()))
	case strings.TrimSpace(l.source) == "":
		return "", invalid("source_needed", "say where you read it, such as the bank's statement and its date")
	case unspaced(l.retyped) != unspaced(l.figure):
		return "", invalid("retyped_differs", "what you typed is not what is recorded: compare both with the source")
	}
	return onePersonType, nil
}

// BankConfirmation says that a changed account is right.
type BankConfirmation struct {
	Creditor string   `json:"creditor"`
	Since    cal.Date `json:"since"` // unchanged since; None: since the day of the change
	// Retyped is the IBAN, or the account number, read from Source and typed again: for
	// where there is only one person.
	Retyped string `json:"retyped"`
	Source  string `json:"source"` // such as "statement of 30 November"
}

// BankConfirmed is how it was confirmed.
type BankConfirmed struct {
	By    string   `json:"by"`
	Eyes  string   `json:"eyes"` // another person; one person, a day later; one person, typed again
	Since cal.Date `json:"since"`
}

// ConfirmBank is the second pair of eyes on a changed account (guardrails R15, R29). How it
// was looked at stands in the audit log as the reason. Errors: conflict (bank_not_changed:
// nothing waits for it), refused (second_person_needed, one_person_waits, not_permitted,
// password_needed), invalid (retyped_differs, source_needed, a day before the change).
func (a *App) ConfirmBank(ctx context.Context, req Request, b BankConfirmation) (BankConfirmed, error) {
	var how eyes
	if err := a.permit(req, "confirm_bank"); err != nil {
		return BankConfirmed{}, err
	}
	if err := a.read(ctx, func(tx store.Tx) (err error) {
		how, _, err = a.bankEyes(tx, req.Actor, &b)
		return err
	}); err != nil {
		return BankConfirmed{}, err
	}
	req.Reason = string(how)
	if how == onePersonType {
		req.Reason += " from its source"
	}
	out, err := a.write(ctx, req, "confirm_bank", b, func(r *recorder) error {
		again, values, err := a.bankEyes(r, req.Actor, &b)
		if err != nil {
			return err
		}
		if again != how {
			return &Error{Kind: Conflict, Code: "details_changed", Message: "somebody changed it meanwhile; look again"}
		}
		c, err := a.creditor(r, b.Creditor)
		if err != nil {
			return err
		}
		since := b.Since
		changed := cal.DateIn(bankChangedAt(values), c.Zone)
		if !stated(since) {
			since = changed
		}
		if since < changed {
			return invalid(string(reason.BankChanged),
				"the bank details were changed on %s: they cannot be unchanged since %s", changed, since)
		}
		if today := c.today(r); since > today {
			return invalid("day_in_future", "%s is after today, %s", since, today)
		}
		confirmed := BankConfirmed{By: req.Actor, Eyes: string(how), Since: since}
		for _, s := range [][2]string{{settingBankConfirmed, confirmedBy(&confirmed, b.Source)},
			{settingUnchanged, since.String()}} {
			if err := a.putSetting(r, c.ID, s[0], s[1], s[0] == settingUnchanged); err != nil {
				return err
			}
		}
		return r.result(confirmed)
	})
	confirmed, _, err := answer[BankConfirmed](out, err)
	return confirmed, err
}

// confirmedBy is what is recorded of who confirmed.
func confirmedBy(c *BankConfirmed, source string) string {
	switch eyes(c.Eyes) {
	case onePersonType:
		return c.By + " (" + c.Eyes + " from " + clipTo(source, maxUserText) + ")"
	case onePersonDay:
		return c.By + " (" + c.Eyes + ")"
	}
	return c.By
}

// otherHands are the users behind whom one who took part in a change of the account may
// stand: they were added, or got a role, a password or their access back, from somebody else
// since the change, or from one who took part in the three days before it. Who can wait
// longer than that needs no second person.
func (a *App) otherHands(tx store.Tx, all []userRow, creditor int64, did []string, changed time.Time) (hands []string, err error) {
	before := int64(0)
	if err := store.One(tx, "SELECT CAST(COALESCE(max(seq), 0) AS bigint) FROM txn WHERE tenant_id = $1 AND recorded_at < $2",
		[]any{a.tenant, changed.Add(-bankWait)}, func(r store.Rows) { before = r.Int64(0) }); err != nil {
		return nil, err
	}
	type touch struct {
		seq       int64
		login, by string
	}
	var touches []touch
	bankSeq := int64(0)
	err = store.Each(tx, `SELECT c.seq, c.subject, c.subject_id, c.field, t.actor FROM change c
		JOIN txn t ON t.tenant_id = c.tenant_id AND t.seq = c.seq
		WHERE c.tenant_id = $1 AND c.seq > $2 AND c.subject IN ('setting','user') ORDER BY c.seq, c.line`,
		[]any{a.tenant, before}, func(r store.Rows) error {
			id, field := r.Int64(2), r.Text(3)
			switch {
			case r.Text(1) == "setting":
				if id == creditor && slices.Contains(bankFields, field) {
					bankSeq = r.Int64(0)
				}
			case slices.Contains([]string{"login", "role", "password", "active"}, field):
				if k := slices.IndexFunc(all, func(u userRow) bool { return u.ID == id }); k >= 0 {
					touches = append(touches, touch{r.Int64(0), all[k].Login, person(r.Text(4))})
				}
			}
			return nil
		})
	for _, t := range touches {
		if t.by != t.login && (t.seq > bankSeq || slices.Contains(did, t.by)) && !slices.Contains(hands, t.login) {
			hands = append(hands, t.login)
		}
	}
	return hands, err
}

// bankEyes says how somebody would look at the changed account of a creditor.
func (a *App) bankEyes(tx store.Tx, by string, b *BankConfirmation) (eyes, map[string]string, error) {
	c, err := a.creditor(tx, b.Creditor)
	if err != nil {
		return "", nil, err
	}
	values, err := a.settings(tx, c.ID)
	if err != nil {
		return "", nil, err
	}
	if values[settingBankChangedAt] == "" || values[settingBankConfirmed] != "" {
		return "", nil, &Error{Kind: Conflict, Code: "bank_not_changed",
			Message: c.Code + ": no change of the account waits to be confirmed"}
	}
	if !bankAccount(values) || values["bank.holder"] == "" {
		return "", nil, invalid("bank_incomplete", "%s: the account is not complete yet", c.Code)
	}
	all, err := a.users(tx)
	if err != nil {
		return "", nil, err
	}
	figure := values["bank.iban"]
	if figure == "" {
		figure = values["bank.account"]
	}
	did := strings.Split(values[settingBankChangedBy], "\n")
	hands, err := a.otherHands(tx, all, c.ID, did, bankChangedAt(values))
	if err != nil {
		return "", nil, err
	}
	look := secondLook{to: access.BankConfirm, did: did, hands: hands, on: cal.DateIn(bankChangedAt(values), c.Zone), today: c.today(tx), figure: figure, retyped: b.Retyped,
		source: b.Source, whoLooks: person(by)}
	how, err := look.second(all)
	return how, values, err
}

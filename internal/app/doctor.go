package app

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// Finding is one thing that a look at the book found. A warning is something to
// know or to do; what is neither fine nor a warning is wrong. How it is mended each face says
// by the name: a command, or the page that does it.
type Finding struct {
	Name     string         `json:"name"`
	OK       bool           `json:"ok"`
	Warning  bool           `json:"warning,omitempty"`
	Text     string         `json:"text"`
	Creditor string         `json:"creditor,omitempty"` // the code of the one it is about
	Lacks    []string       `json:"lacks,omitempty"`    // settings that must be set
	Currency money.Currency `json:"currency,omitempty"` // whose total is meant
}

// Doctor looks at what makes the book safe to use; deep also proves every cache
// equal to the facts and checks the audit chain, which reads the whole book.
func (a *App) Doctor(ctx context.Context, deep bool, progress func(done, total int64)) ([]Finding, error) {
	checked, err := a.db.Check(ctx)
	if err != nil {
		return nil, err
	}
	all := findings(checked)
	ready, err := a.readiness(ctx)
	if err != nil || !deep {
		return append(all, ready...), err
	}
	all = append(all, ready...)
	if checked, err = a.Deep(ctx); err != nil {
		return nil, err
	}
	all = append(all, findings(checked)...)
	if checked, err = a.Recorded(ctx); err != nil {
		return nil, err
	}
	all = append(all, findings(checked)...)
	chain, err := a.VerifyAudit(ctx, "", progress)
	if err != nil {
		return nil, err
	}
	f := Finding{Name: "audit_chain", OK: chain.OK,
		Text: fmt.Sprintf("%d commands with %d facts are as they were recorded", chain.Commands, chain.Rows)}
	if !chain.OK {
		f.Text = fmt.Sprintf("command %d: %s", chain.FirstBad, chain.Why)
	}
	return append(all, f), nil
}

func findings(from []store.Finding) []Finding {
	all := make([]Finding, len(from))
	for i, f := range from {
		// Untested versions of the engine and readers of the file are to be known; they
		// damage nothing by themselves.
		all[i] = Finding{Name: f.Name, OK: f.OK, Text: f.Text,
			Warning: !f.OK && (f.Name == "engine_versions" || f.Name == "file_mode")}
	}
	return all
}

// readiness says what keeps messages from leaving by themselves: nothing of it is
// wrong, and all of it surprises those who do not know.
func (a *App) readiness(ctx context.Context) ([]Finding, error) {
	var all []Finding
	err := a.read(ctx, func(tx store.Tx) error {
		all = nil
		observe, err := a.observes(tx)
		if err != nil {
			return err
		}
		mode := Finding{Name: "mode", OK: !observe, Warning: observe, Text: "released messages are sent"}
		if observe {
			mode.Text = "the book only observes: drafts are made and nothing leaves"
		}
		smtp, err := a.setting(tx, 0, SettingSMTP)
		if err != nil {
			return err
		}
		mail := Finding{Name: "mail_server", OK: smtp != "", Warning: smtp == "",
			Text: "mails go to " + redactURL(smtp)}
		if smtp == "" {
			mail.Text = "no mail server is set"
		}
		tested, err := a.setting(tx, 0, SettingMailTested)
		if err != nil {
			return err
		}
		trial := Finding{Name: "mail_test", OK: tested != "", Warning: tested == "", Text: "a test message has been sent"}
		if tested == "" {
			trial.Text = "no test message has been sent yet"
		}
		all = append(all, mode, mail, trial)
		copies, late, err := a.copyFinding(tx)
		if err != nil {
			return err
		}
		if late {
			all = append(all, copies)
		}
		senders, err := a.senderFindings(tx)
		all = append(all, senders...)
		return err
	})
	return all, err
}

// senderFindings says of each creditor which of its own details messages still lack.
func (a *App) senderFindings(tx store.Tx) ([]Finding, error) {
	creditors, err := a.creditors(tx)
	if err != nil {
		return nil, err
	}
	var all []Finding
	for i := range creditors {
		d, err := a.desk(tx, &creditors[i])
		if err != nil {
			return nil, err
		}
		missing := slices.DeleteFunc(d.missing(), func(name string) bool { return name == SettingSMTP })
		f := Finding{Name: "sender", OK: len(missing) == 0, Warning: len(missing) > 0, Creditor: creditors[i].Code, Lacks: missing,
			Text: creditors[i].Code + " has all details that its messages must carry"}
		if len(missing) > 0 {
			f.Text = creditors[i].Code + " lacks " + strings.Join(missing, ", ")
		}
		all = append(all, f)
		totals, err := a.totalFindings(tx, &creditors[i], d.values)
		if err != nil {
			return nil, err
		}
		all = append(all, totals...)
		if f, held := bankFinding(&creditors[i], d.values, tx.Now()); held {
			all = append(all, f)
		}
	}
	return all, nil
}

// totalFindings names the currencies with open items whose total nobody has compared with
// the bookkeeping: nothing of them leaves. A simulated book needs no such word.
func (a *App) totalFindings(tx store.Tx, c *CreditorInfo, values map[string]string) ([]Finding, error) {
	var all []Finding
	return all, store.Each(tx, `SELECT DISTINCT i.currency FROM item i JOIN book b ON b.clock <> 'simulated'
		WHERE i.tenant_id = $1 AND i.creditor_id = $2 AND i.open_minor > 0 ORDER BY i.currency`,
		[]any{a.tenant, c.ID}, func(r store.Rows) error {
			if code := r.Text(0); values[SettingConfirmed+code] == "" {
				all = append(all, Finding{Name: "total", Warning: true, Creditor: c.Code, Currency: money.Currency(code),
					Text: c.Code + ": nobody has compared the open total in " + code + " with the bookkeeping, and nothing leaves"})
			}
			return nil
		})
}

// AddressFinding looks at how the book was named: a password on the command line
// can be read by every user of the computer.
func AddressFinding(address string, onCommandLine bool) Finding {
	f := Finding{Name: "address", OK: true, Text: "the address of the book shows no password"}
	if u, err := url.Parse(address); err == nil && u.User != nil && onCommandLine {
		if _, has := u.User.Password(); has {
			f = Finding{Name: "address", Warning: true,
				Text: "the password in --db can be read in the list of processes; " +
					"put the address into RECOUP_DB or the password into a password file"}
		}
	}
	return f
}

package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"github.com/recoup-project/recoup/internal/document"
	"github.com/recoup-project/recoup/internal/document/letter"
	"github.com/recoup-project/recoup/internal/document/locale"
	"github.com/recoup-project/recoup/internal/store"
)

// TextTrial is a text that somebody writes, and what it is tried on.
type TextTrial struct {
	Creditor string `json:"creditor"` // its code: whose letterhead
	Language string `json:"language"`
	Step     string `json:"step"`
	Source   string `json:"source"`  // "": the text in force
	Message  int64  `json:"message"` // a planned message of that step and language; 0: the sample
}

// TextMessage is a planned message that a text can be tried on.
type TextMessage struct {
	ID   int64  `json:"id"`
	Name string `json:"name"` // of the customer
}

// maxTextMessages bounds the list of TextMessages.
const maxTextMessages = 30

// TextMessages are planned messages of a step in a language, the newest first, at most 30.
func (a *App) TextMessages(ctx context.Context, creditor, language, step string) ([]TextMessage, error) {
	var all []TextMessage
	err := a.read(ctx, func(tx store.Tx) error {
		c, err := a.creditor(tx, creditor)
		if err != nil {
			return err
		}
		all = []TextMessage{}
		return store.Each(tx, `SELECT m.message_id, p.name, c.language FROM message m
			JOIN customer c ON c.tenant_id = m.tenant_id AND c.customer_id = m.customer_id
			JOIN party p ON p.tenant_id = c.tenant_id AND p.party_id = c.party_id
			WHERE m.tenant_id = $1 AND m.creditor_id = $2 AND m.lead_step = $3 AND m.state IN ('proposed', 'approved')
			ORDER BY m.message_id DESC LIMIT 500`, []any{a.tenant, c.ID, step}, func(r store.Rows) error {
			if len(all) < maxTextMessages && string(languageFor(r.Text(2), c.Country)) == language {
				all = append(all, TextMessage{r.Int64(0), r.Text(1)})
			}
			return nil
		})
	})
	return all, err
}

// PreviewText writes a text as it would be read: over a planned message or over the sample
// of its step. Nothing is recorded. Errors: not found; invalid (the language, the step;
// template_refused: it is no text; text_other: the message has another text); refused, as of
// Preview.
func (a *App) PreviewText(ctx context.Context, t TextTrial) (Preview, error) {
	dr, err := a.tryText(ctx, t)
	if err != nil {
		return Preview{}, err
	}
	return dr.preview(), nil
}

// LetterText is PreviewText as the PDF of a letter.
func (a *App) LetterText(ctx context.Context, t TextTrial) (LetterFile, error) {
	dr, err := a.tryText(ctx, t)
	if err != nil {
		return LetterFile{}, err
	}
	if t.Message != 0 {
		return a.paper(ctx, dr)
	}
	look, err := a.letterLook(ctx, dr.look)
	if err != nil {
		return LetterFile{}, err
	}
	l := letter.Letter{Message: dr.msg}
	if l.Outline, err = document.Outlined(dr.tpl, dr.msg); err != nil {
		return LetterFile{}, trialFault(err)
	}
	data, result, err := letter.Render(look, l)
	if err != nil {
		return LetterFile{}, err
	}
	sum := sha256.Sum256(data)
	return LetterFile{Pages: result.Pages, SHA256: hex.EncodeToString(sum[:]), Bytes: data}, nil
}

// tryText composes a text over what it is tried on.
func (a *App) tryText(ctx context.Context, t TextTrial) (*draft, error) {
	if t.Source == "" {
		all, err := a.TextVersions(ctx, t.Language, t.Step)
		if err != nil {
			return nil, err
		}
		t.Source = all[0].Source
	}
	l, err := textLanguage(t.Language)
	if err != nil {
		return nil, err
	}
	step, err := textStep(t.Step)
	if err != nil {
		return nil, err
	}
	tpl, err := document.Parse(l, step, document.Standard, t.Source)
	if err != nil {
		return nil, trialFault(err)
	}
	var dr *draft
	err = a.read(ctx, func(tx store.Tx) error {
		creditors, err := a.creditors(tx)
		if err != nil {
			return err
		}
		if t.Message == 0 {
			dr, err = a.trySample(tx, t.Creditor, tpl, l, step)
			return err
		}
		row, err := a.message(tx, t.Message)
		if err != nil {
			return err
		}
		c, err := creditorByID(creditors, row.creditor)
		if err != nil {
			return err
		}
		d, err := a.desk(tx, c)
		if err != nil {
			return err
		}
		d.trial = tpl
		ld := a.newLoader(tx, creditors)
		ld.documents = true
		if dr, err = a.draftOf(tx, d, ld, &row); lacksSender(err) {
			dr, err = a.sketched(tx, d, ld, &row)
		}
		if err == nil && dr.tpl != tpl {
			return invalid("text_other", "message %d is written with another text", row.id)
		}
		return err
	})
	return dr, err
}

func (a *App) trySample(tx store.Tx, creditor string, tpl *document.Template, l locale.Language, step document.Step) (*draft, error) {
	c, err := a.creditor(tx, creditor)
	if err != nil {
		return nil, err
	}
	d, err := a.desk(tx, &c)
	if err != nil {
		return nil, err
	}
	dr := &draft{msg: document.Sample(l, step, document.Standard), tpl: tpl, look: d.look()}
	dr.row.day, dr.row.currency, dr.row.step = dr.msg.Date, dr.msg.Currency, string(step)
	dr.letter = dr.msg.Debtor.LegalName
	if dr.rendered, err = document.Render(tpl, dr.msg); err != nil {
		return nil, trialFault(err)
	}
	return dr, nil
}

// trialFault is why a text cannot be tried, for the person who writes it.
func trialFault(err error) error {
	f := refusedFinding(err)
	return refusedFindings([]TextFinding{f})
}

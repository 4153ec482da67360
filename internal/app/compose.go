package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/document"
	"github.com/recoup-project/recoup/internal/store"
)

// desk is what messages of one creditor are written and judged with. It is used by
// one goroutine and is true for one value of the tenant's inputs version.
type desk struct {
	creditor CreditorInfo
	decider  *decide.Decider
	set      *strategy.Set
	values   map[string]string // settings
	party    partyRow
	observes bool // the book only observes
	sketch   bool // for the person who drafts: missing details of the sender show as gaps
	byHand   bool // a person sends with their own program: no sender's address need be set
	links    links
	texts    ownTexts
	trial    *document.Template // a text that is tried, for messages of its step and language
}

// partyRow is a party, with the papers of the customer that is written to.
type partyRow struct {
	name, address, registerNo, vatID string
	papers                           []paperRow
}

// desk gathers a creditor's settings, strategies and party.
func (a *App) desk(tx store.Tx, c *CreditorInfo) (*desk, error) {
	by, err := a.rulesOf(tx, c.ID)
	if err != nil {
		return nil, err
	}
	d := &desk{creditor: *c, set: by.set, values: by.values}
	d.decider = a.decides(&d.creditor.Creditor, by)
	if d.observes, err = a.observes(tx); err != nil {
		return nil, err
	}
	if d.links, err = a.links(tx, d.values); err != nil {
		return nil, err
	}
	if d.texts, err = a.ownTexts(tx); err != nil {
		return nil, err
	}
	d.party, err = a.partyOf(tx, c.Party)
	return d, err
}

func (a *App) partyOf(tx store.Tx, id int64) (partyRow, error) {
	found, err := a.parties(tx, []int64{id})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("party %d: %w", id, store.ErrNotFound)
	}
	return found[id], err
}

func (a *App) parties(tx store.Tx, ids []int64) (map[int64]partyRow, error) {
	out := make(map[int64]partyRow, len(ids))
	return out, store.Each(tx, `SELECT party_id, name, address, register_no, vat_id FROM party
		WHERE tenant_id = $1 AND party_id IN ids($2)`, []any{a.tenant, ids}, func(r store.Rows) error {
		out[r.Int64(0)] = partyRow{name: r.Text(1), address: r.Text(2), registerNo: r.Text(3), vatID: r.Text(4)}
		return nil
	})
}

// draft is a message as it would go out now, with what it was judged by.
type draft struct {
	row      messageRow
	version  int64     // of the account
	inputs   int64     // of the tenant
	closes   time.Time // the sending hours at the debtor's place
	rendered document.Rendered
	mail     Mail     // of channel email
	sealed   *sealed  // of channel email: its bytes
	unfit    error    // of channel email: why it cannot be made into bytes
	letter   string   // recipient's lines, of channel letter
	enclosed []string // the names of what goes with it
	leftOut  []string // copies that are not sent, and why
	papers   []document.Enclosure
	checks   []string // what a person looks at before a final demand is released
	msg      document.Message
	tpl      *document.Template
	look     paperLook  // of a letter
	copies   []paperRow // of channel email: papers that are attached
	inside   string     // of channel email: the name of the letter that is attached; "" if none is
	missing  []string   // of a sketch: settings without which it cannot leave
}

// Attachment is a file that goes with a message.
type Attachment struct {
	Name      string
	MediaType string
	Bytes     []byte
}

// Preview is a message as a person sees it before it goes out.
type Preview struct {
	Message     int64              `json:"message"`
	State       book.MessageState  `json:"state"`
	Day         cal.Date           `json:"day"`
	Channel     book.Channel       `json:"channel"`
	To          string             `json:"to"` // an email address, or the lines of a postal address
	Cc          []string           `json:"cc,omitempty"`
	Subject     string             `json:"subject"`
	Text        string             `json:"text"`
	HTML        string             `json:"html"`
	Template    string             `json:"template"`
	Renderer    string             `json:"renderer"`
	Attachments []string           `json:"attachments,omitempty"`
	Enclosures  []Enclosure        `json:"enclosures,omitempty"` // papers to print and post with a letter
	Warnings    []document.Finding `json:"warnings,omitempty"`
	Checklist   []string           `json:"checklist,omitempty"` // to look at before a final demand is released
	Missing     []string           `json:"missing,omitempty"`   // settings without which it cannot leave
}

// Enclosure is a paper that is posted with a letter.
type Enclosure struct {
	Name string `json:"name"`
	Text string `json:"text"`
	HTML string `json:"html"`
}

// Preview writes a message as it would go out at this moment, on its planned day. Details
// of the sender that are missing show as gaps, and are listed: such a message cannot leave.
// Nothing is recorded. Errors: not found.
func (a *App) Preview(ctx context.Context, messageID int64) (Preview, error) {
	dr, err := a.drafted(ctx, messageID, false)
	if err != nil {
		return Preview{}, err
	}
	return dr.preview(), nil
}

// drafted composes one message. byHand is for a person who sends it with their own program;
// otherwise details of the sender that are missing show as gaps.
func (a *App) drafted(ctx context.Context, messageID int64, byHand bool) (*draft, error) {
	var dr *draft
	err := a.read(ctx, func(tx store.Tx) error {
		row, err := a.message(tx, messageID)
		if err != nil {
			return err
		}
		creditors, err := a.creditors(tx)
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
		d.byHand = byHand
		l := a.newLoader(tx, creditors)
		l.documents = true
		if dr, err = a.draftOf(tx, d, l, &row); !byHand && lacksSender(err) {
			dr, err = a.sketched(tx, d, l, &row)
		}
		return err
	})
	return dr, err
}

// draftOf loads what one message is about, and composes it.
func (a *App) draftOf(tx store.Tx, d *desk, l *loader, row *messageRow) (*draft, error) {
	acc, err := loadOne(l, row.customer)
	if err != nil {
		return nil, err
	}
	debtor, err := a.partyOf(tx, acc.Customer.Party)
	if err != nil {
		return nil, err
	}
	papers, err := a.invoicePapers(tx, []int64{row.customer})
	if err != nil {
		return nil, err
	}
	debtor.papers = papers[row.customer]
	return a.compose(tx, d, acc, debtor, row)
}

// loadOne loads a single account.
func loadOne(l *loader, customer int64) (*book.Account, error) {
	accounts, err := l.load([]int64{customer})
	if err != nil {
		return nil, err
	}
	if len(accounts) != 1 {
		return nil, notFound("customer_not_found", "there is no customer %d", customer)
	}
	return &accounts[0], nil
}

func (d *draft) preview() Preview {
	p := Preview{Message: d.row.id, State: d.row.state, Day: d.row.day, Channel: d.row.channel, To: d.letter,
		Subject: d.rendered.Subject, Text: d.rendered.Text, HTML: d.rendered.HTML,
		Template: d.rendered.TemplateVersion, Renderer: d.rendered.RendererVersion, Warnings: d.rendered.Warnings}
	if d.row.channel == book.Email {
		p.To, p.Cc = d.mail.To, d.mail.Cc
	}
	p.Attachments, p.Checklist, p.Missing = d.enclosed, d.checks, d.missing
	for _, paper := range d.papers {
		p.Enclosures = append(p.Enclosures, Enclosure{paper.Name, paper.Text, paper.HTML})
	}
	return p
}

// compose writes a message from its stored figures and the account. What the
// figures do not state is not said. Errors: refused with sender_incomplete, naming
// the fields that every message must carry and that are missing.
func (a *App) compose(tx store.Tx, d *desk, acc *book.Account, debtor partyRow,
	row *messageRow) (*draft, error) {
	if missing := d.withoutParticulars(); len(missing) > 0 {
		return nil, refused(reason.SenderIncomplete, strings.Join(missing, ", "))
	}
	w := writing{a: a, d: d, acc: acc, debtor: debtor, row: row}
	msg, err := w.message(tx)
	if err != nil {
		return nil, err
	}
	tpl, err := a.template(tx, d, &msg)
	if err != nil {
		return nil, fmt.Errorf("message %d: %w", row.id, err)
	}
	out := &draft{row: *row, version: acc.Version, checks: w.checklist(), msg: msg, tpl: tpl, look: d.look(),
		copies: w.copied, inside: w.inside}
	if out.rendered, err = document.Render(tpl, msg); err != nil {
		return nil, incomplete(row.id, err)
	}
	if total := msg.Totals().PrincipalMinor; msg.Step.Demand() && total != row.figures.TotalMinor {
		return nil, fmt.Errorf("message %d states %d, its figures say %d", row.id, total, row.figures.TotalMinor)
	}
	out.letter = strings.Join(append([]string{msg.Debtor.LegalName}, msg.Debtor.Address...), "\n")
	for _, file := range msg.Attachments {
		out.enclosed = append(out.enclosed, file.Name)
	}
	if row.channel != book.Email {
		out.papers, err = document.Enclosures(msg)
		return out, err
	}
	from := d.values[SettingMailFrom]
	if from == "" && d.byHand {
		from = msg.Creditor.ReplyTo
	}
	if from == "" {
		return nil, refused(reason.SenderIncomplete, SettingMailFrom)
	}
	var copies []string
	copies, out.leftOut = w.copies()
	out.mail = Mail{
		Message: fmt.Sprintf("%d-%d", a.tenant, row.id), FromName: msg.Creditor.LegalName, From: from,
		ReplyTo: msg.Creditor.ReplyTo, To: w.contact.Email, Cc: copies,
		Subject: out.rendered.Subject, Text: out.rendered.Text, HTML: out.rendered.HTML,
		Date:      tx.Now().In(d.creditor.Zone).Truncate(time.Second),
		Automatic: row.approvedBy == automatic, Attachments: w.files,
	}
	out.mail.InReplyTo, out.mail.References, err = w.thread(tx)
	return out, err
}

// automatic is who released a message that no person looked at.
const automatic = "automatic"

// incomplete turns what a message lacks into the reason for which it waits.
func incomplete(message int64, err error) error {
	var fields []string
	for _, e := range flatten(err) {
		var field *document.FieldError
		var missing *document.MissingError
		switch {
		case errors.As(e, &field):
			fields = append(fields, settingOf(field.Field))
		case errors.As(e, &missing):
			fields = append(fields, missing.Error())
		default:
			return fmt.Errorf("message %d: %w", message, err)
		}
	}
	return refused(reason.SenderIncomplete, strings.Join(fields, ", "))
}

// settingOf is the name under which a person sets what a field of a message shows.
func settingOf(field string) string {
	if name, ok := strings.CutPrefix(field, "creditor."); ok {
		return "sender." + name
	}
	return field
}

// flatten is the list of errors that were joined, or the one error.
func flatten(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}

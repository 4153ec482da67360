package app

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/document"
	"github.com/recoup-project/recoup/internal/document/letter"
	"github.com/recoup-project/recoup/internal/store"
)

// StatementFile is a statement of account of one customer as of today: a sheet for each
// currency, and the same as rows.
type StatementFile struct {
	Customer   string           `json:"customer"` // its number
	Day        cal.Date         `json:"day"`
	Currencies []money.Currency `json:"currencies"`
	Pages      int              `json:"pages"`
	Missing    string           `json:"missing,omitempty"` // characters for which a replacement stands
	PDF        []byte           `json:"-"`
	CSV        []byte           `json:"-"`
}

// Statement writes what is open of a customer, held or not, due or not, with the money that
// is not matched to an invoice and the sums by age. Nothing is recorded. Errors: not found;
// refused (sender_incomplete, nothing_open).
func (a *App) Statement(ctx context.Context, customer int64) (StatementFile, error) {
	var drafts []*draft
	out := StatementFile{Currencies: []money.Currency{}}
	err := a.read(ctx, func(tx store.Tx) (err error) {
		drafts, err = a.statements(tx, customer, &out)
		return err
	})
	if err != nil {
		return out, err
	}
	err = a.statementFile(ctx, drafts, true, &out)
	return out, err
}

// PortalStatement is the statement of the account behind a link, with the figures of its page.
// There is no PDF for who has the link to forward, none while the bank details wait for
// their confirmation (guardrail R15), as it would show them, and none without a letterhead. Errors: as Portal, and refused as
// Statement.
func (a *App) PortalStatement(ctx context.Context, token string) (StatementFile, error) {
	var drafts []*draft
	paper := false
	out := StatementFile{Currencies: []money.Currency{}}
	err := a.read(ctx, func(tx store.Tx) error {
		v, err := a.visitor(tx, token)
		if err != nil {
			return err
		}
		paper = !v.approver && !bankHeld(v.values, tx.Now()) && bankComplete(v.values)
		drafts, err = a.statements(tx, v.customer, &out)
		return err
	})
	if err != nil {
		return out, err
	}
	if err = a.statementFile(ctx, drafts, paper, &out); AsError(err).Code == "sender_incomplete" {
		err = nil // the rows need no letterhead
	}
	return out, err
}

// statementFile writes the files of composed statements: the rows, and the sheets if they are
// wanted.
func (a *App) statementFile(ctx context.Context, drafts []*draft, paper bool, out *StatementFile) error {
	if len(drafts) == 0 {
		return refusedText("nothing_open", "the customer has no open invoice and no unmatched money")
	}
	var rows []document.Message
	for _, d := range drafts {
		rows = append(rows, d.msg)
		out.Currencies = append(out.Currencies, d.msg.Currency)
	}
	out.CSV = document.StatementCSV(rows)
	if !paper {
		return nil
	}
	for _, d := range drafts {
		var err error
		if d.rendered, err = document.Render(d.tpl, d.msg); err != nil {
			return incomplete(0, err)
		}
	}
	look, err := a.letterLook(ctx, drafts[0].look)
	if err != nil {
		return err
	}
	var file bytes.Buffer
	b := letter.NewBatch(&file, look, drafts[0].rendered.Subject, drafts[0].msg.Creditor.LegalName, false)
	for _, d := range drafts {
		l, err := d.onPaper()
		if err != nil {
			return err
		}
		b.Add(l)
	}
	err = b.Close()
	out.Pages, out.Missing, out.PDF = b.Pages(), string(b.Missing()), file.Bytes()
	return err
}

// statements composes a statement for each currency in which something is open.
func (a *App) statements(tx store.Tx, customer int64, out *StatementFile) ([]*draft, error) {
	creditors, err := a.creditors(tx)
	if err != nil {
		return nil, err
	}
	l := a.newLoader(tx, creditors)
	l.documents = true
	acc, err := loadOne(l, customer)
	if err != nil {
		return nil, err
	}
	c, err := creditorByID(creditors, acc.Customer.Creditor)
	if err != nil {
		return nil, err
	}
	d, err := a.desk(tx, c)
	if err != nil {
		return nil, err
	}
	debtor, err := a.partyOf(tx, acc.Customer.Party)
	if err != nil {
		return nil, err
	}
	out.Customer, out.Day = acc.Customer.Number, c.today(tx)
	var list []*draft
	for _, cur := range currenciesOf(acc) {
		row := &messageRow{customer: customer, creditor: c.ID, currency: cur, day: out.Day, payBy: cal.None,
			step: strategy.Statement, channel: book.Letter, state: book.Proposed}
		aging := &document.Aging{}
		for i := range acc.Items {
			if it := &acc.Items[i]; it.Currency == cur && it.OpenMinor != 0 && it.Issued(out.Day) {
				row.figures.Lines = append(row.figures.Lines, decide.Line{Item: it.ID, OpenMinor: it.OpenMinor})
				age(aging, it, out.Day)
			}
		}
		dr, err := a.composeStatement(tx, d, acc, debtor, row, aging)
		if err != nil {
			return nil, err
		}
		list = append(list, dr)
	}
	return list, nil
}

// currenciesOf are the currencies in which an account has something open, by name.
func currenciesOf(acc *book.Account) []money.Currency {
	var out []money.Currency
	for i := range acc.Items {
		if acc.Items[i].OpenMinor != 0 {
			out = append(out, acc.Items[i].Currency)
		}
	}
	for i := range acc.Credits {
		if acc.Unapplied(acc.Credits[i].Currency) != 0 {
			out = append(out, acc.Credits[i].Currency)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// age adds what is open of an item to the sum of its age. It is counted from the
// contractual due date, unrolled.
func age(into *document.Aging, it *book.Item, today cal.Date) {
	sum := &into.NotDueMinor
	if it.DueDate.Valid() {
		switch days := today.DaysSince(it.DueDate); {
		case days > 90:
			sum = &into.OverMinor
		case days > 60:
			sum = &into.To90Minor
		case days > 30:
			sum = &into.To60Minor
		case days > 0:
			sum = &into.To30Minor
		}
	}
	*sum = money.AddMinor(*sum, it.OpenMinor)
}

func (a *App) composeStatement(tx store.Tx, d *desk, acc *book.Account, debtor partyRow, row *messageRow,
	aging *document.Aging) (*draft, error) {
	w := writing{a: a, d: d, acc: acc, debtor: debtor, row: row}
	msg, err := w.message(tx)
	if err != nil {
		return nil, err
	}
	msg.Whole, msg.Aging = true, aging
	tpl, err := a.template(tx, d, &msg)
	if err != nil {
		return nil, fmt.Errorf("statement of customer %d: %w", row.customer, err)
	}
	return &draft{row: *row, msg: msg, tpl: tpl, look: d.look()}, nil
}

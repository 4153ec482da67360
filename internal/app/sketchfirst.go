package app

import (
	"context"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/store"
)

// FirstSketch is how the next message to a customer would read, before there is one: nothing
// of it is recorded, and it cannot be sent.
type FirstSketch struct {
	Customer int64
	Name     string
	Step     string
	Today    cal.Date
	Day      cal.Date // on which it would go out
	Held     string   // why nothing is written today, if that is not for want of an address
	NoEmail  bool     // the customer has no address: a gap stands in its place
	Preview  Preview
}

// sketchDays is how far ahead a sketch looks for a day on which something would be written.
const sketchDays = 14

// noAddress stands in the place of an address that nobody has given; it is none.
const noAddress = "[address]"

// SketchFirst writes the message that would go out next to a customer, within two weeks, as
// if an address were known. What is missing shows as gaps. ok is false where nothing would be
// written. Errors: not found (customer).
func (a *App) SketchFirst(ctx context.Context, customer int64) (s FirstSketch, ok bool, err error) {
	err = a.read(ctx, func(tx store.Tx) error {
		s, ok = FirstSketch{}, false
		creditors, err := a.creditors(tx)
		if err != nil {
			return err
		}
		l := a.newLoader(tx, creditors)
		l.documents = true
		acc, err := loadOne(l, customer)
		if err != nil {
			return err
		}
		c, err := creditorByID(creditors, acc.Customer.Creditor)
		if err != nil {
			return err
		}
		debtor, err := a.partyOf(tx, acc.Customer.Party)
		if err != nil {
			return err
		}
		s = FirstSketch{Customer: customer, Name: debtor.name, Today: c.today(tx), NoEmail: true}
		for i := range acc.Contacts {
			s.NoEmail = s.NoEmail && !acc.Contacts[i].Working()
		}
		if s.NoEmail {
			acc.Contacts = append(acc.Contacts, book.Contact{ID: -1, Role: book.AccountsPayable, Email: noAddress, State: "ok"})
		}
		act, err := a.nextMessage(tx, c, acc, &s)
		if act == nil || err != nil {
			return err
		}
		ok = true
		return a.writeSketch(tx, c, acc, debtor, act, &s)
	})
	return s, ok, err
}

// nextMessage is the first mail that would be planned for an account, nil if none is within
// the days that are looked at.
func (a *App) nextMessage(tx store.Tx, c *CreditorInfo, acc *book.Account, s *FirstSketch) (*decide.Action, error) {
	decider, err := a.decider(tx, c)
	if err != nil {
		return nil, err
	}
	for day := s.Today; day <= s.Today.AddDays(sketchDays); day++ {
		var d decide.Decision
		decider.Decide(acc, day, &d)
		for i := range d.Actions {
			if act := &d.Actions[i]; act.Kind == decide.SendMessage && act.Channel == book.Email {
				return act, nil
			}
		}
		if day == s.Today && len(d.Reasons) > 0 {
			s.Held = d.Reasons[0].Text()
		}
	}
	return nil, nil
}

// writeSketch composes the message of an action with gaps for everything that is missing.
func (a *App) writeSketch(tx store.Tx, c *CreditorInfo, acc *book.Account, debtor partyRow, act *decide.Action, s *FirstSketch) error {
	figures, err := decide.ParseFigures(decide.AppendFigures(nil, act))
	if err != nil {
		return err
	}
	row := messageRow{customer: s.Customer, creditor: c.ID, contact: act.Contact, currency: act.Currency, day: act.Day, payBy: act.PayBy,
		step: act.Step, strategy: act.Strategy, approval: act.Approval, channel: act.Channel, state: book.Proposed,
		figures: figures, version: acc.Version, decided: s.Today}
	d, err := a.desk(tx, c)
	if err != nil {
		return err
	}
	papers, err := a.invoicePapers(tx, []int64{s.Customer})
	if err != nil {
		return err
	}
	debtor.papers = papers[s.Customer]
	gapped, missing := d.sketched(acc.Customer.Language)
	dr, err := a.compose(tx, gapped, acc, debtor, &row)
	if err != nil {
		return err
	}
	dr.missing = missing
	s.Step, s.Day, s.Preview = act.Step, act.Day, dr.preview()
	return nil
}

package app

import (
	"slices"
	"sync"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/store"
)

// lookSize is how many messages are read, judged and written in one snapshot.
const lookSize = 50

// lookFresh is how long the look at a message counts. Facts that change after it, and the
// end of the sending hours, are found out at the mark.
const lookFresh = 5 * time.Second

// judgement is what the gate says of a message, and its text if it may pass.
type judgement struct {
	dr      *draft
	verdict decide.Verdict
	why     reason.Reason
	taken   bool // the message is no longer in this sender's hands
	at      time.Time
}

// judgedMessage is a message with what an early look found; nil if nobody looked yet.
type judgedMessage struct {
	claimedMessage
	ahead *judgement
}

// lookAhead judges and writes messages, and gives them to the senders in their order:
// neighbours leave at the same time, so that their marks, too, stand side by side in
// the database.
func (s *sending) lookAhead(claimed <-chan []claimedMessage, judged chan<- judgedMessage) {
	w := worker{sending: s, inputs: -1}
	for claims := range claimed {
		ahead := w.ahead(claims)
		for i, c := range claims {
			select {
			case judged <- judgedMessage{c, ahead[i]}:
				continue
			case <-s.ctx.Done():
			}
			if err := s.giveBack(claims[i:]); err != nil {
				s.fail(err)
			}
			break
		}
	}
}

// ahead looks at several messages in one snapshot. If that fails each is looked at
// alone when its turn comes, so that the failure is that of one message.
func (w *worker) ahead(claims []claimedMessage) []*judgement {
	out := make([]*judgement, len(claims))
	if len(claims) == 1 || w.ctx.Err() != nil {
		return out
	}
	if looked, err := w.judge(claims); err == nil {
		for i := range looked {
			out[i] = &looked[i]
		}
	}
	return out
}

// judge reads messages and their accounts in one snapshot, asks the gate, and
// writes and seals those that may pass.
func (w *worker) judge(claims []claimedMessage) (out []judgement, err error) {
	at := time.Now() // before the snapshot: the look is not younger than this
	err = w.a.read(w.ctx, func(tx store.Tx) error {
		out, err = w.look(tx, claims)
		return err
	})
	var letters sync.WaitGroup // setting one on paper takes as long as twenty mails
	for i := range out {
		out[i].at = at
		switch dr := out[i].dr; {
		case out[i].taken || out[i].verdict != decide.Pass:
		case dr.inside != "":
			letters.Go(func() { dr.seal(w.ctx, w.a, w.mailer) })
		default:
			dr.seal(w.ctx, w.a, w.mailer)
		}
	}
	letters.Wait()
	return out, err
}

// look judges each claim. Errors of the database, and of a message that cannot be
// written although nothing is missing, are errors of the whole look.
func (w *worker) look(tx store.Tx, claims []claimedMessage) ([]judgement, error) {
	ids := make([]int64, len(claims))
	for i, c := range claims {
		ids[i] = c.id
	}
	rows, err := w.a.messages(tx, ids)
	if err != nil {
		return nil, err
	}
	s, err := w.surroundings(tx, rows)
	if err != nil {
		return nil, err
	}
	out := make([]judgement, len(claims))
	for i, c := range claims {
		k := slices.IndexFunc(rows, func(row messageRow) bool { return row.id == c.id })
		if k < 0 {
			return nil, notFound("message_not_found", "there is no message %d", c.id)
		}
		row := &rows[k]
		if row.outboxNo != c.no || (row.state != book.Claimed && row.state != book.HandingOver) {
			out[i].taken = true
			continue
		}
		if out[i], err = w.lookAt(tx, s, row); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// surroundings are what the messages of one look are judged and written with.
type surroundings struct {
	accounts []book.Account // by customer; valid until the worker's next look
	parties  map[int64]partyRow
	papers   map[int64][]paperRow // by customer
	cash     map[int64]cal.Date   // by creditor
}

func (w *worker) surroundings(tx store.Tx, rows []messageRow) (*surroundings, error) {
	s := &surroundings{cash: map[int64]cal.Date{}}
	if err := w.renew(tx); err != nil {
		return nil, err
	}
	customers := make([]int64, len(rows))
	for i := range rows {
		customers[i] = rows[i].customer
	}
	slices.Sort(customers)
	var err error
	w.loader.tx = tx
	customers = slices.Compact(customers)
	if s.accounts, err = w.loader.load(customers); err != nil {
		return nil, err
	}
	if s.papers, err = w.a.invoicePapers(tx, customers); err != nil {
		return nil, err
	}
	parties := make([]int64, len(s.accounts))
	for i := range s.accounts {
		parties[i] = s.accounts[i].Customer.Party
	}
	if s.parties, err = w.a.parties(tx, parties); err != nil {
		return nil, err
	}
	for i := range rows {
		creditor := rows[i].creditor
		if _, known := s.cash[creditor]; !known {
			if s.cash[creditor], err = w.a.cashKnown(tx, creditor); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

// lookAt judges one message that is in this sender's hands.
func (w *worker) lookAt(tx store.Tx, s *surroundings, row *messageRow) (judgement, error) {
	d, err := w.desk(tx, row.creditor)
	if err != nil {
		return judgement{}, err
	}
	k := slices.IndexFunc(s.accounts, func(a book.Account) bool { return a.Customer.ID == row.customer })
	if k < 0 {
		return judgement{}, notFound("customer_not_found", "there is no customer %d", row.customer)
	}
	acc := &s.accounts[k]
	planned := acc.Message(row.id)
	if planned == nil {
		return judgement{taken: true}, nil
	}
	if bankHeld(d.values, tx.Now()) { // since the list of what may leave was made
		return judgement{dr: &draft{row: *row}, verdict: decide.Wait,
			why: reason.New(reason.BankChanged, reason.UntilFact("change confirmed"))}, nil
	}
	verdict, why := d.gate(tx.Now(), acc, planned, s.cash[row.creditor], row)
	if verdict != decide.Pass {
		return judgement{dr: &draft{row: *row, version: acc.Version}, verdict: verdict, why: why}, nil
	}
	debtor := s.parties[acc.Customer.Party]
	debtor.papers = s.papers[row.customer]
	dr, err := w.a.compose(tx, d, acc, debtor, row)
	if lacks := AsError(err); err != nil && lacks.Kind == Refused {
		return judgement{dr: &draft{row: *row}, verdict: decide.Wait, why: reason.New(reason.SenderIncomplete,
			reason.UntilFact("details completed"), lacks.Message)}, nil
	}
	if err != nil {
		return judgement{}, err
	}
	dr.inputs = w.inputs
	dr.closes = d.decider.Closes(&acc.Customer, tx.Now())
	return judgement{dr: dr, verdict: decide.Pass}, nil
}

// renew reads the inputs version of this snapshot: desks of another one are not used.
func (w *worker) renew(tx store.Tx) error {
	var inputs int64
	if err := store.One(tx, "SELECT inputs_version FROM tenant WHERE tenant_id = $1", []any{w.a.tenant},
		func(r store.Rows) { inputs = r.Int64(0) }); err != nil {
		return err
	}
	if inputs != w.inputs {
		w.inputs, w.desks = inputs, map[int64]*desk{}
	}
	if w.loader == nil {
		w.loader = w.a.newLoader(tx, w.creditors)
		w.loader.documents = true
	}
	return nil
}

// desk is the creditor's desk as of the inputs version of this snapshot.
func (w *worker) desk(tx store.Tx, creditor int64) (*desk, error) {
	if d := w.desks[creditor]; d != nil {
		return d, nil
	}
	for i := range w.creditors {
		if w.creditors[i].ID == creditor {
			d, err := w.a.desk(tx, &w.creditors[i])
			if err == nil {
				w.desks[creditor] = d
			}
			return d, err
		}
	}
	return nil, notFound("creditor_not_found", "there is no creditor %d", creditor)
}

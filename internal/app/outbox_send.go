package app

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/store"
)

// SendRequest asks for one pass over the outbox. Whoever calls Send holds the
// book's duty.
type SendRequest struct {
	// Open connects to a mail server; it is called once a pass, and only if there is
	// a message that may leave.
	Open func(MailServer) (Mailer, error)
	// Licence is the right of this copy of the book to send.
	Licence Licence
	// Connections is how many messages are handed over at the same time; 0 is 10.
	Connections int
	// Probe ends the pass at the first failure: for the passes after an error burst.
	Probe bool
}

// sendBatch is how many messages are claimed in one mark.
const sendBatch = 200

// errorBurst is how many failures in a row pause sending.
const errorBurst = 20

// sending is one pass.
type sending struct {
	a    *App
	ctx  context.Context
	stop context.CancelCauseFunc
	req  Request
	ask  SendRequest

	mailer    Mailer
	server    MailServer
	creditors []CreditorInfo
	simulated bool

	failures atomic.Int64   // in a row
	ending   sync.WaitGroup // last marks under way beside the workers
	ends     chan struct{}  // a place for each message that waits for one
	mu       sync.Mutex
	toEnd    []delivered // wait for their last mark
	marking  bool        // somebody takes them from there
	report   SendReport
	stopped  map[string]int64
	waits    map[string]int64
}

// candidate is a released message that may leave now, as far as the list tells.
type candidateMessage struct {
	id       int64
	creditor int64
	currency string
	stage    int
	step     string
	reason   string
}

// claimedMessage is a message in the sender's hands. Its outbox number fences it:
// a mark under an older number does nothing.
type claimedMessage struct {
	id, no, attempt int64
}

var (
	errPaused = errors.New("sending is paused")
	errMoved  = errors.New("the account changed after the gate looked")
	errTaken  = errors.New("the message is no longer in this sender's hands")
)

// Send makes one pass over the outbox: every released email whose day and hour
// have come is judged once more by the gate, written, and handed over with the two
// marks. What the gate stops is ended and its customer decided again; what must
// wait stays released. It returns what it did also with an error.
//
// Errors: refused (not_armed: a person must arm this copy of the book first),
// unavailable (the database), or what Open returned.
func (a *App) Send(ctx context.Context, req Request, ask SendRequest) (SendReport, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	s := &sending{a: a, ctx: ctx, stop: stop, req: req, ask: ask, stopped: map[string]int64{},
		waits: map[string]int64{}}
	if s.ask.Connections <= 0 {
		s.ask.Connections = 10
	}
	if ask.Probe {
		s.failures.Store(errorBurst - 1)
	}
	var err error
	if s.stopped, err = a.stopLetters(ctx, req); err == nil {
		err = s.pass()
	}
	s.report.Stopped, s.report.Waiting = reasonCounts(s.stopped), reasonCounts(s.waits)
	if errors.Is(err, errPaused) {
		err = nil
	}
	return s.report, err
}

func reasonCounts(m map[string]int64) []ReasonCount {
	out := make([]ReasonCount, 0, len(m))
	for r, n := range m {
		out = append(out, ReasonCount{r, n})
	}
	slices.SortFunc(out, func(x, y ReasonCount) int {
		if x.Reason < y.Reason {
			return -1
		}
		return 1
	})
	return out
}

func (s *sending) pass() error {
	ready, err := s.prepare()
	if err != nil || len(ready) == 0 {
		return err
	}
	if s.mailer, err = s.ask.Open(s.server); err != nil {
		return err
	}
	defer s.mailer.Close()

	claimed, judged := make(chan []claimedMessage), make(chan judgedMessage)
	s.ends = make(chan struct{}, s.ask.Connections)
	var lookers, senders sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), s.ask.Connections) {
		lookers.Go(func() { s.lookAhead(claimed, judged) })
	}
	for range min(s.ask.Connections, len(ready)) {
		senders.Go(func() { s.send(judged) })
	}
	err = s.feed(ready, claimed)
	close(claimed)
	lookers.Wait()
	close(judged)
	senders.Wait()
	s.ending.Wait()
	if cause := context.Cause(s.ctx); err == nil && cause != nil {
		err = cause
	}
	if errors.Is(err, errPaused) {
		s.report.Paused = PausedErrors
	}
	return err
}

// prepare lists what may leave now, notes on the others why they wait, and makes
// sure that this copy of the book may send at all.
func (s *sending) prepare() ([]candidateMessage, error) {
	if err := s.ask.Licence.Check(s.ctx, s.a); err != nil {
		return nil, err
	}
	var ready []candidateMessage
	held := map[string][]int64{} // messages whose reason is to be changed, by the new one
	err := s.a.read(s.ctx, func(tx store.Tx) error {
		ready = ready[:0]
		clear(held)
		clear(s.waits)
		h, err := s.a.holdReasons(tx)
		if err != nil {
			return err
		}
		s.creditors, s.simulated = h.creditors, h.simulated
		if s.server, err = s.a.mailServer(tx); err != nil && AsError(err).Kind != Refused {
			return err
		}
		all, err := s.candidates(tx, h)
		if err != nil {
			return err
		}
		for _, c := range all {
			why := h.reason(&c)
			if why == "" {
				ready = append(ready, c)
				continue
			}
			s.waits[string(why)]++
			if c.reason != string(why) && c.step != Correction {
				held[string(why)] = append(held[string(why)], c.id)
			}
		}
		return nil
	})
	if err != nil || len(held) == 0 {
		return ready, err
	}
	return ready, s.a.again(s.ctx, func(tx store.MarkTx) error {
		for why, ids := range held {
			if _, err := tx.Exec(`UPDATE message SET reason = $3 WHERE tenant_id = $1 AND message_id IN ids($2)
				AND state = 'approved'`,
				s.a.tenant, ids, why); err != nil {
				return err
			}
		}
		return nil
	})
}

// sendingState is the last outbox number the book has given out, and the number of
// its last command.
func (a *App) sendingState(tx store.Tx) (no, head int64, err error) {
	if err = store.Each(tx, `SELECT next_id FROM id_block WHERE tenant_id = $1 AND table_name = 'evidence'`,
		[]any{a.tenant},
		func(r store.Rows) error { no = r.Int64(0) - 1; return nil }); err != nil {
		return 0, 0, err
	}
	err = store.Each(tx, "SELECT seq FROM tenant_head WHERE tenant_id = $1", []any{a.tenant},
		func(r store.Rows) error { head = r.Int64(0); return nil })
	return no, head, err
}

// candidates are the released emails of released runs whose day has come and whose
// next attempt is due, by day and id. It also counts the letters to be posted.
func (s *sending) candidates(tx store.Tx, h *holdReasons) ([]candidateMessage, error) {
	var out []candidateMessage
	s.report.ToPost = 0
	now := tx.Now()
	err := store.Each(tx, `SELECT m.message_id, m.creditor_id, m.currency, m.stage, m.day, m.reason,
		m.not_before, m.channel, m.lead_step
		FROM message m WHERE m.tenant_id = $1 AND m.state = 'approved'
		AND (m.run_id = 0 OR EXISTS (SELECT 1 FROM run r WHERE r.tenant_id = m.tenant_id AND r.run_id = m.run_id
			AND r.state = 'released'))
		ORDER BY m.day, m.message_id`, []any{s.a.tenant}, func(r store.Rows) error {
		c := candidateMessage{r.Int64(0), r.Int64(1), intern(r.Bytes(2)), int(r.Int64(3)), intern(r.Bytes(8)),
			intern(r.Bytes(5))}
		day, today := r.Day(4), h.today[c.creditor]
		switch channel := book.Channel(r.Bytes(7)); {
		case day > today:
		case channel == book.Letter:
			s.report.ToPost++
		case channel != book.Email:
		case r.Time(6).After(now):
			s.waits[waitingReason(c.reason)]++
		default:
			out = append(out, c)
		}
		return nil
	})
	return out, err
}

// waitingReason is the reason to count for a message whose next attempt is not due.
func waitingReason(stored string) string {
	if _, known := reason.Lookup(reason.Code(stored)); known {
		return stored
	}
	return string(reason.RefusedByServer)
}

// holdReasons are what keeps all messages of a creditor, a currency or a stage
// from leaving, so that none of them need be looked at one by one.
type holdReasons struct {
	creditors []CreditorInfo
	simulated bool
	observe   bool
	tested    bool
	today     map[int64]cal.Date
	cash      map[int64]cal.Date
	desks     map[int64]*desk
}

func (a *App) holdReasons(tx store.Tx) (*holdReasons, error) {
	h := &holdReasons{today: map[int64]cal.Date{}, cash: map[int64]cal.Date{}, desks: map[int64]*desk{}}
	var err error
	if h.creditors, err = a.creditors(tx); err != nil {
		return nil, err
	}
	if err = store.One(tx, `SELECT clock FROM book`, nil,
		func(r store.Rows) { h.simulated = r.Text(0) == "simulated" }); err != nil {
		return nil, err
	}
	if h.observe, err = a.observes(tx); err != nil {
		return nil, err
	}
	tested, err := a.setting(tx, 0, SettingMailTested)
	if err != nil {
		return nil, err
	}
	h.tested = tested != ""
	for i := range h.creditors {
		c := &h.creditors[i]
		if h.desks[c.ID], err = a.desk(tx, c); err != nil {
			return nil, err
		}
		if h.cash[c.ID], err = a.cashKnown(tx, c.ID); err != nil {
			return nil, err
		}
		h.today[c.ID] = c.today(tx)
	}
	return h, nil
}

// reason is why a message waits whatever its account says; "" if nothing speaks
// against looking at it.
func (h *holdReasons) reason(c *candidateMessage) reason.Code {
	d := h.desks[c.creditor]
	switch {
	case d == nil:
		return reason.SenderIncomplete
	case !h.simulated && !h.tested:
		return reason.NoTestMessage
	case h.observe:
		return reason.ObserveMode
	case len(d.missing()) > 0:
		return reason.SenderIncomplete
	case !h.simulated && d.values[SettingConfirmed+c.currency] == "":
		return reason.TotalUnproven
	case !d.decider.Fresh(strategy.Stage(c.stage), h.today[c.creditor], h.cash[c.creditor]):
		return reason.CashStale
	}
	return ""
}

// missing lists the details that every message must carry and that are not set.
func (d *desk) missing() []string {
	var out []string
	for _, name := range []string{SettingSMTP, SettingMailFrom, "sender.person", "sender.phone",
		"sender.reply_to", "bank.holder",
		"bank.unchanged_since"} {
		if d.values[name] == "" {
			out = append(out, name)
		}
	}
	if orElse(d.values["sender.name"], d.party.name) == "" {
		out = append(out, "sender.name")
	}
	if orElse(d.values["sender.address"], d.party.address) == "" {
		out = append(out, "sender.address")
	}
	if d.values["bank.iban"] == "" && (d.values["bank.routing"] == "" || d.values["bank.account"] == "") {
		out = append(out, "bank.iban")
	}
	return append(out, d.withoutParticulars()...)
}

// feed claims batch after batch and hands the messages on.
func (s *sending) feed(ready []candidateMessage, claimed chan<- []claimedMessage) error {
	for batch := range slices.Chunk(ready, sendBatch) {
		claims, head, err := s.claim(batch)
		if err != nil {
			return err
		}
		if len(claims) > 0 {
			if err = s.ask.Licence.Raise(s.a.tenant, claims[len(claims)-1].no, head); err != nil {
				return errors.Join(err, s.giveBack(claims))
			}
		}
		size := min(max(len(claims)/s.ask.Connections, 1), lookSize)
		for i := 0; i < len(claims); i += size {
			select {
			case claimed <- claims[i:min(i+size, len(claims))]:
			case <-s.ctx.Done():
				return s.giveBack(claims[i:])
			}
		}
	}
	return nil
}

// claim takes released messages into the sender's hands, each under a new number.
func (s *sending) claim(batch []candidateMessage) (claims []claimedMessage, head int64, err error) {
	tried := int64(-1) // first number of a try whose answer was lost: its claims are ours
	err = s.a.again(s.ctx, func(tx store.MarkTx) error {
		claims = claims[:0]
		no, err := tx.NextIDs("evidence", len(batch))
		if err != nil {
			return err
		}
		before := tried
		tried = no
		for i := range batch {
			n, err := tx.Exec(`UPDATE message SET state = 'claimed', attempts = attempts + CASE WHEN state =
				'approved' THEN 1 ELSE 0 END,
				outbox_no = $3, not_before = NULL
				WHERE tenant_id = $1 AND message_id = $2 AND (state = 'approved' OR (state = 'claimed'
					AND outbox_no = $4))`,
				s.a.tenant, batch[i].id, no+int64(i), before+int64(i))
			if err != nil {
				return err
			}
			if n == 1 {
				claims = append(claims, claimedMessage{id: batch[i].id, no: no + int64(i)})
			}
		}
		_, head, err = s.a.sendingState(tx)
		return err
	})
	return claims, head, err
}

// giveBack puts messages back that were certainly not handed over.
func (s *sending) giveBack(claims []claimedMessage) error {
	ctx, cancel := s.closing()
	defer cancel()
	return s.a.again(ctx, func(tx store.MarkTx) error {
		for _, c := range claims {
			if _, err := tx.Exec(`UPDATE message SET state = 'approved', attempts = attempts - 1
				WHERE tenant_id = $1 AND message_id = $2 AND outbox_no = $3
					AND state IN ('claimed','handing_over')`, s.a.tenant, c.id, c.no); err != nil {
				return err
			}
		}
		return nil
	})
}

// closing is a context for the marks that end what was begun: they are written also
// when the pass is being stopped.
func (s *sending) closing() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(s.ctx), 30*time.Second)
}

// worker is what one goroutine of a pass keeps between messages.
type worker struct {
	*sending
	inputs int64
	desks  map[int64]*desk
	loader *loader
}

// lookSize is how many messages are read, judged and written in one snapshot.
const lookSize = 20

// lookFresh is how long the look at a message counts. Facts that change after it are
// found out at the mark; time alone is not.
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
				s.stop(err)
			}
			break
		}
	}
}

// send brings messages to their end, one after the other.
func (s *sending) send(judged <-chan judgedMessage) {
	w := worker{sending: s, inputs: -1}
	for m := range judged {
		var err error
		if s.ctx.Err() != nil {
			err = s.giveBack([]claimedMessage{m.claimedMessage})
		} else {
			err = w.one(m.claimedMessage, m.ahead)
		}
		if err != nil {
			s.stop(err)
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

// gateTries is how often a message is judged again because its account changed
// between the look and the mark.
const gateTries = 5

// one brings one message to its end: handed over, stopped, or back in the outbox.
// ahead is what an earlier look found, or nil.
func (w *worker) one(c claimedMessage, ahead *judgement) error {
	for range gateTries {
		if ahead == nil || time.Since(ahead.at) > lookFresh {
			looked, err := w.judge([]claimedMessage{c})
			if err != nil {
				return errors.Join(err, w.giveBack([]claimedMessage{c}))
			}
			ahead = &looked[0]
		}
		j := ahead
		ahead = nil
		switch {
		case j.taken:
			return nil // a person or another sender was faster
		case j.verdict == decide.Wait:
			return w.wait(c, j.why)
		case j.verdict == decide.Stop:
			return w.halt(c, j.dr, j.why)
		}
		if again, err := w.deliver(c, j.dr); !again {
			return err
		}
	}
	return w.wait(c, reason.New(reason.Changed, reason.UntilFact("facts stand still")))
}

// deliver hands a written message over and records how that ended. again asks for
// another look, because the account changed after the last one.
func (w *worker) deliver(c claimedMessage, dr *draft) (again bool, err error) {
	c.attempt = dr.row.attempts
	parcel, err := w.mailer.Build(dr.mail)
	if err != nil {
		return false, w.unfit(c, dr, err)
	}
	dr.leftOut = append(dr.leftOut, parcel.LeftOut...)
	var markErr error
	h := w.mailer.Deliver(w.ctx, parcel, func(ctx context.Context) error {
		markErr = w.handOver(ctx, c, dr, &parcel)
		return markErr
	})
	switch {
	case errors.Is(markErr, errMoved):
		return true, nil
	case errors.Is(markErr, errTaken):
		return false, nil
	case markErr != nil:
		return false, errors.Join(markErr, w.giveBack([]claimedMessage{c}))
	case h.Outcome == NotSent && w.ctx.Err() != nil:
		return false, w.giveBack([]claimedMessage{c})
	}
	return false, w.settle(c, dr, &h)
}

// judge reads messages and their accounts in one snapshot, asks the gate, and
// writes those that may pass.
func (w *worker) judge(claims []claimedMessage) (out []judgement, err error) {
	at := time.Now() // before the snapshot: the look is not younger than this
	err = w.a.read(w.ctx, func(tx store.Tx) error {
		out, err = w.look(tx, claims)
		return err
	})
	for i := range out {
		out[i].at = at
	}
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
	cash     map[int64]cal.Date // by creditor
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
	if s.accounts, err = w.loader.load(slices.Compact(customers)); err != nil {
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
	verdict, why := gate(tx, d, acc, planned, s.cash[row.creditor], row)
	if verdict != decide.Pass {
		return judgement{dr: &draft{row: *row, version: acc.Version}, verdict: verdict, why: why}, nil
	}
	dr, err := w.a.compose(tx, d, acc, s.parties[acc.Customer.Party], row)
	if lacks := AsError(err); err != nil && lacks.Kind == Refused {
		return judgement{dr: &draft{row: *row}, verdict: decide.Wait, why: reason.New(reason.SenderIncomplete,
			reason.UntilFact("details completed"), lacks.Message)}, nil
	}
	if err != nil {
		return judgement{}, err
	}
	dr.inputs = w.inputs
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

// gate asks the gate at the debtor's place. Where a country has several time zones
// and the debtor's is not stated, the hours must suit all of them.
func gate(tx store.Tx, d *desk, acc *book.Account, planned *book.Message, cash cal.Date,
	row *messageRow) (decide.Verdict, reason.Reason) {
	out := &decide.Outgoing{Message: planned, Contact: row.contact, CreditMinor: row.figures.CreditMinor,
		Lines: row.figures.Lines}
	if row.step == Correction {
		out.Lines = nil // it states no figure, so none can be wrong: it goes also when all is paid
	}
	for _, zone := range debtorZones(acc.Customer.Country, acc.Customer.Subdivision, d.creditor.Zone) {
		verdict, why := d.decider.Gate(acc, out, &decide.Surroundings{Now: tx.Now(), Zone: zone, CashKnown: cash,
			Observe: acc.Mode == "observe"})
		if verdict != decide.Pass {
			return verdict, why
		}
	}
	return decide.Pass, reason.Reason{}
}

// outerRegions are, for countries with several time zones, one region in the
// easternmost and one in the westernmost zone where business is done.
var outerRegions = map[string][2]string{
	"US": {"NY", "CA"}, "CA": {"NS", "BC"}, "AU": {"NSW", "WA"}, "BR": {"SP", "AM"}, "MX": {"CMX", "BCN"},
}

// debtorZones are the zones whose hours must allow a message.
func debtorZones(country, subdivision string, otherwise *time.Location) []*time.Location {
	if zone, err := cal.ZoneFor(country, subdivision); err == nil {
		return []*time.Location{zone}
	}
	var zones []*time.Location
	for _, region := range outerRegions[country] {
		if zone, err := cal.ZoneFor(country, region); err == nil {
			zones = append(zones, zone)
		}
	}
	if len(zones) == 0 {
		zones = append(zones, otherwise)
	}
	return zones
}

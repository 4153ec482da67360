package app

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/store"
)

// lastGate is what a released message passes last, whoever takes it, a server or a person with
// a printer: its run was let go, nothing holds back all messages of its creditor, and the gate
// lets it go now. The sender asks the same three in the places where each is cheapest.
type lastGate struct {
	a    *App
	held *holdReasons
	runs map[int64]runState
	l    *loader
}

// runState says whether the messages of a run may leave.
type runState struct {
	state         string
	queued, limit int64
}

func (a *App) newLastGate(tx store.Tx) (*lastGate, error) {
	held, err := a.holdReasons(tx)
	if err != nil {
		return nil, err
	}
	return &lastGate{a: a, held: held, runs: map[int64]runState{}, l: a.newLoader(tx, held.creditors)}, nil
}

// gateView is what the last gate says of one message. The reason is only set when the verdict
// is not Pass.
type gateView struct {
	verdict decide.Verdict
	why     reason.Reason
}

// refusal is the error of a message that may not leave now; nil if it may.
func (v *gateView) refusal() *Error {
	if v.verdict == decide.Pass {
		return nil
	}
	return AsError(refused(v.why.Code(), v.why.Args()...))
}

// look says of released messages, in their order, whether each may leave now.
func (g *lastGate) look(tx store.Tx, rows []messageRow) ([]gateView, error) {
	out := make([]gateView, len(rows))
	customers := make([]int64, len(rows))
	for i := range rows {
		customers[i] = rows[i].customer
	}
	slices.Sort(customers)
	at := map[int64][]int{} // by customer: its places among the rows
	for i := range rows {
		at[rows[i].customer] = append(at[rows[i].customer], i)
	}
	for some := range slices.Chunk(slices.Compact(customers), batchSize) {
		accounts, err := g.l.load(some)
		if err != nil {
			return nil, err
		}
		for k := range accounts {
			for _, i := range at[accounts[k].Customer.ID] {
				if out[i], err = g.of(tx, &rows[i], &accounts[k]); err != nil {
					return nil, err
				}
			}
		}
	}
	return out, nil
}

// refuses says why a message may not leave now; nil if it may.
func (g *lastGate) refuses(tx store.Tx, m *messageRow) (*Error, error) {
	view, err := g.look(tx, []messageRow{*m})
	if err != nil {
		return nil, err
	}
	return view[0].refusal(), nil
}

func (g *lastGate) of(tx store.Tx, m *messageRow, acc *book.Account) (gateView, error) {
	d, planned := g.held.desks[m.creditor], acc.Message(m.id)
	if d == nil || planned == nil {
		return gateView{decide.Stop, reason.New(reason.MessageEnded, reason.UntilFact("decided again"), m.state.InWords())}, nil
	}
	v, why := d.gate(tx.Now(), acc, planned, g.held.cash[m.creditor], m)
	if v == decide.Stop { // for good, whatever else holds it back
		return gateView{v, why}, nil
	}
	switch run, err := g.run(tx, m.run); {
	case err != nil:
		return gateView{}, err
	case run.state == "braked":
		return gateView{decide.Wait, reason.New(reason.Brake, reason.UntilFact("brake released"),
			strconv.FormatInt(run.queued, 10), strconv.FormatInt(run.limit, 10))}, nil
	case run.state != "released":
		return gateView{decide.Wait, reason.New(reason.RunUnfinished, reason.UntilFact("run ended"))}, nil
	}
	c := candidateMessage{id: m.id, creditor: m.creditor, currency: string(m.currency), stage: planned.Stage, step: m.step,
		channel: m.channel}
	if code := g.held.reason(&c); code != "" {
		return gateView{decide.Wait, reason.New(code, reason.UntilFact("it is done"), g.held.args(&c, code)...)}, nil
	}
	return gateView{v, why}, nil
}

// run is the state of a run; what no run planned counts as of a released one.
func (g *lastGate) run(tx store.Tx, id int64) (runState, error) {
	s, known := g.runs[id]
	if id == 0 {
		return runState{state: "released"}, nil
	}
	if known {
		return s, nil
	}
	err := store.Each(tx, "SELECT state, queued, brake_limit FROM run WHERE tenant_id = $1 AND run_id = $2",
		[]any{g.a.tenant, id}, func(r store.Rows) error { s = runState{r.Text(0), r.Int64(1), r.Int64(2)}; return nil })
	g.runs[id] = s
	return s, err
}

// args fill in the text of the reason why a message waits.
func (h *holdReasons) args(c *candidateMessage, code reason.Code) []string {
	d := h.desks[c.creditor]
	switch {
	case code == reason.CashStale:
		return []string{cmp.Or(h.cash[c.creditor].String(), "no day at all")}
	case code == reason.SenderIncomplete:
		return []string{strings.Join(d.missingFor(c.channel), ", ")}
	}
	return nil
}

// gate asks the gate about a message of an account, which has it as planned.
func (d *desk) gate(now time.Time, acc *book.Account, planned *book.Message, cash cal.Date,
	row *messageRow) (decide.Verdict, reason.Reason) {
	out := outgoing(planned, row.contact, row.figures, row.decided, row.moved(acc))
	return d.decider.Gate(acc, out, &decide.Surroundings{Now: now, CashKnown: cash, Observe: d.observes})
}

package app

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/store"
)

// ExplainRequest asks why something is or is not done.
type ExplainRequest struct {
	Customer  int64
	Item      int64    // 0: the whole account
	Ref       string   // as asked, for the answer
	On        cal.Date // None = today
	Recompute bool     // also say what today's code and facts would decide
}

// ExplainedAction is one action of the decision.
type ExplainedAction struct {
	Step    string   `json:"step"`
	Task    string   `json:"task,omitempty"`
	Hold    int64    `json:"hold,omitempty"` // that the action ends; task says how
	Ends    int64    `json:"ends,omitempty"` // the task that the action takes back
	Why     string   `json:"why,omitempty"`  // it does
	Day     cal.Date `json:"day"`
	Channel string   `json:"channel"`
	Role    string   `json:"role"`
	Level   string   `json:"level"`
	PayBy   cal.Date `json:"pay_by,omitempty"`
	Amount  string   `json:"amount,omitempty"` // absent where nothing is asked for
	Curr    string   `json:"currency,omitempty"`
	Items   []string `json:"items"`
}

// ExplainedReason is one reason of the decision: until when it holds, as a day or
// as the fact that ends it.
type ExplainedReason struct {
	Code      string   `json:"code"`
	Text      string   `json:"text"`
	FirstDay  string   `json:"first_day,omitempty"`
	UntilFact string   `json:"until_fact,omitempty"`
	Item      string   `json:"item,omitempty"`
	Items     []string `json:"items,omitempty"`
}

// ExplainedDecision is a decision for people and programs.
type ExplainedDecision struct {
	Actions []ExplainedAction `json:"actions"`
	Reasons []ExplainedReason `json:"reasons"`
}

// ExplainedMessage is what became of a message planned by the day.
type ExplainedMessage struct {
	Message int64  `json:"message"`
	Step    string `json:"step"`
	Day     string `json:"day"`
	Channel string `json:"channel"`
	State   string `json:"state"`
	Reason  string `json:"reason,omitempty"`

	Amount   string         `json:"amount"` // the principal
	Currency money.Currency `json:"currency"`
	Claimed  ClaimedHeads   `json:"claimed"`
	// Ended says who ended a message that did not take effect, when, and why.
	Ended *MessageEnd `json:"ended,omitempty"`
}

// MessageEnd is the end of a message that was rejected, stopped, refused by the
// server, voided, or not sent on its day.
type MessageEnd struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Reason string    `json:"reason"`         // a code, or words
	Text   string    `json:"text,omitempty"` // the sentence of the code, with what it leaves open
	Why    string    `json:"why,omitempty"`  // as the person who did it gave it
}

// Explanation is the answer.
type Explanation struct {
	Ref        string             `json:"ref"`
	Day        cal.Date           `json:"day"`
	Decision   ExplainedDecision  `json:"decision"`
	NextLookOn string             `json:"next_look_on,omitempty"` // absent: only a fact changes it
	Strategy   string             `json:"strategy"`
	Why        string             `json:"strategy_why,omitempty"`
	Versions   ExplainedVersions  `json:"versions"`
	Messages   []ExplainedMessage `json:"messages"`
	// Source says where the decision comes from: stored, stale (something changed since;
	// the next run decides again) or computed (no run has looked yet).
	Source string `json:"source"`
	// StaleBy says what changed: account (a fact came in, or a message left) or inputs
	// (a setting, a strategy or the like).
	StaleBy    string             `json:"stale_by,omitempty"`
	Recomputed *ExplainedDecision `json:"recomputed,omitempty"`
	Differs    *bool              `json:"differs,omitempty"`
}

// ExplainedVersions are what the decision was made by.
type ExplainedVersions struct {
	ValidFrom string `json:"valid_from"`
	Account   int64  `json:"account"`
	Inputs    int64  `json:"inputs"`
	Law       string `json:"law"`
	Build     string `json:"build"`
}

// Explain tells the decision in force on a day for a customer or one of its items:
// what is done, or the reason for doing nothing, and when that could change.
func (a *App) Explain(ctx context.Context, req ExplainRequest) (Explanation, error) {
	var e Explanation
	err := a.read(ctx, func(tx store.Tx) error {
		e = Explanation{Ref: req.Ref, Messages: []ExplainedMessage{}}
		creditors, err := a.creditors(tx)
		if err != nil {
			return err
		}
		l := a.newLoader(tx, creditors)
		l.documents, l.asOf.asked = true, req.On
		acc, err := loadOne(l, req.Customer)
		if err != nil {
			return err
		}
		c, err := creditorByID(creditors, acc.Customer.Creditor)
		if err != nil {
			return err
		}
		if e.Day = req.On; e.Day == cal.None {
			e.Day = c.today(tx)
		}
		stored, found, err := a.storedDecision(tx, acc, c.today(tx), &e)
		if err != nil {
			return err
		}
		var computed decide.Decision
		var raw []byte
		if !found || req.Recompute {
			if computed, raw, err = a.recompute(tx, acc, c, e.Day); err != nil {
				return err
			}
		}
		if !found {
			stored, e.Source = raw, "computed"
			e.NextLookOn = dayOrNothing(computed.NextLookOn)
			e.Versions = ExplainedVersions{e.Day.String(), acc.Version, 0, a.law.Version(), a.build}
		}
		if err := a.tell(tx, req, stored, &e); err != nil {
			return err
		}
		if req.Item != 0 && acc.Item(req.Item) == nil {
			e.Decision.settled()
		}
		if req.Recompute {
			differs := !bytes.Equal(stored, raw)
			e.Differs = &differs
			var again Explanation
			again.Day = e.Day
			if err := a.tell(tx, req, raw, &again); err != nil {
				return err
			}
			e.Recomputed = &again.Decision
		}
		return a.messagesOf(tx, req, &e)
	})
	return e, err
}

// standing is the day of the next look at an account, and what has changed since the
// last one: account, inputs, or nothing. The daily run goes by the same.
func (a *App) standing(tx store.Tx, acc *book.Account) (next cal.Date, changed string, err error) {
	err = store.One(tx, `SELECT a.next_look_on, a.decided_version, a.decided_inputs, t.inputs_version
		FROM account a JOIN tenant t ON t.tenant_id = a.tenant_id
		WHERE a.tenant_id = $1 AND a.customer_id = $2`, []any{a.tenant, acc.Customer.ID}, func(r store.Rows) {
		next = r.Day(0)
		switch {
		case r.Int64(1) != acc.Version:
			changed = "account"
		case r.Int64(2) != r.Int64(3):
			changed = "inputs"
		}
	})
	return next, changed, err
}

// storedDecision finds the decision that is in force on the day, if one is stored.
func (a *App) storedDecision(tx store.Tx, acc *book.Account, today cal.Date,
	e *Explanation) (payload []byte, found bool, err error) {
	var version int64
	err = store.Each(tx, `SELECT valid_from_day, account_version, inputs_version, law, build, next_look_on,
		payload FROM decision
		WHERE tenant_id = $1 AND customer_id = $2 AND valid_from_day <= $3 ORDER BY valid_from_day DESC, seq DESC
		LIMIT 1`,
		[]any{a.tenant, acc.Customer.ID, e.Day}, func(r store.Rows) error {
			found, version = true, r.Int64(1)
			e.Versions = ExplainedVersions{r.Day(0).String(), version, r.Int64(2), r.Text(3), r.Text(4)}
			e.NextLookOn = dayOrNothing(r.Day(5))
			payload = append([]byte(nil), r.Bytes(6)...)
			return nil
		})
	if err != nil || !found {
		return nil, false, err
	}
	e.Source = "stored"
	if e.Day < today {
		return payload, true, nil
	}
	next, by, err := a.standing(tx, acc)
	if err != nil {
		return nil, false, err
	}
	if by != "" {
		e.Source, e.StaleBy = "stale", by
	} else {
		e.NextLookOn = dayOrNothing(next)
	}
	// By a day to come on which it is decided again, the stored decision is no longer in force.
	return payload, e.Day == today || e.Source == "stored" && e.Day < next, nil
}

// recompute decides now, with the facts as they are.
func (a *App) recompute(tx store.Tx, acc *book.Account, c *CreditorInfo,
	day cal.Date) (decide.Decision, []byte, error) {
	var d decide.Decision
	decider, err := a.decider(tx, c)
	if err != nil {
		return d, nil, err
	}
	if err := a.asRunOf(tx, decider, day); err != nil {
		return d, nil, err
	}
	decider.Decide(acc, day, &d)
	return d, decide.AppendPayload(nil, &d), nil
}

// asRunOf lets a decider decide a day as its last run did, at the same hour.
func (a *App) asRunOf(tx store.Tx, d *decide.Decider, day cal.Date) error {
	return store.Each(tx, `SELECT started_at FROM run WHERE tenant_id = $1 AND day = $2 ORDER BY run_id`,
		[]any{a.tenant, day}, func(r store.Rows) error { d.At(r.Time(0)); return nil })
}

// settled says of an item that is not open that it is settled, unless the decision of the
// day was still about it.
func (d *ExplainedDecision) settled() {
	about := slices.ContainsFunc(d.Reasons, func(r ExplainedReason) bool { return r.Item != "" })
	if about || len(d.Actions) > 0 {
		return
	}
	why := reason.New(reason.ItemSettled, reason.UntilFact("payment taken back"))
	d.Reasons = []ExplainedReason{{Code: string(why.Code()), Text: why.Text(), UntilFact: why.Until().Fact()}}
}

// tell turns a stored payload into an answer about the account or one item.
func (a *App) tell(tx store.Tx, req ExplainRequest, payload []byte, e *Explanation) error {
	p, err := decide.ParsePayload(payload)
	if err != nil {
		return err
	}
	numbers, err := a.itemNumbers(tx, req.Customer, &p)
	if err != nil {
		return err
	}
	if len(p.Strategies) > 0 {
		e.Strategy, e.Why = p.Strategies[0].Strategy, p.Strategies[0].Why
	}
	e.Decision = ExplainedDecision{Actions: []ExplainedAction{}, Reasons: []ExplainedReason{}}
	for i := range p.Actions {
		act := &p.Actions[i]
		if req.Item != 0 && !slices.Contains(act.Items, req.Item) {
			continue
		}
		day := e.Day
		if act.Day != nil {
			day = *act.Day
		}
		told := ExplainedAction{Step: act.Step, Task: act.TaskKind, Hold: act.Hold,
			Ends: act.Ends, Why: string(act.Why), Day: day,
			Channel: string(act.Channel), Role: string(act.Role), Level: act.Level, PayBy: act.PayBy,
			Items: named(act.Items, numbers)}
		if act.Hold == 0 {
			told.Amount, told.Curr = money.FormatMinor(act.Total, act.Currency.Exponent()), string(act.Currency)
		}
		e.Decision.Actions = append(e.Decision.Actions, told)
	}
	for i := range p.Reasons {
		r := &p.Reasons[i]
		if req.Item != 0 && len(r.Items) > 0 && !slices.Contains(r.Items, req.Item) {
			continue
		}
		out := ExplainedReason{Code: string(r.Code), Text: r.Text(), FirstDay: dayOrNothing(r.Until),
			UntilFact: r.Fact}
		if req.Item != 0 && len(r.Items) > 0 {
			out.Item = numbers[req.Item]
		} else if len(r.Items) > 0 {
			out.Items = named(r.Items, numbers)
			out.Item = out.Items[0]
		}
		e.Decision.Reasons = append(e.Decision.Reasons, out)
	}
	return nil
}

func named(ids []int64, numbers map[int64]string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = numbers[id]
	}
	return out
}

// itemNumbers maps the ids in a decision to document numbers; an instalment after
// the first is shown as NUMBER/n.
func (a *App) itemNumbers(tx store.Tx, customer int64, p *decide.Payload) (map[int64]string, error) {
	numbers := map[int64]string{}
	for i := range p.Actions {
		for _, id := range p.Actions[i].Items {
			numbers[id] = ""
		}
	}
	for i := range p.Reasons {
		for _, id := range p.Reasons[i].Items {
			numbers[id] = ""
		}
	}
	return numbers, a.nameItems(tx, []int64{customer}, numbers)
}

// endInWords is the sentence of a code that ended a message, where more is known than the
// code: answer is the server's, or the sentence of a stop.
func (m *ExplainedMessage) endInWords(answer string) string {
	switch code := reason.Code(m.Reason); {
	case m.State == string(book.Stopped):
		return answer
	case code == reason.TextExpired:
		return reason.Fill(code, []string{m.Day})
	case code == reason.RefusedByServer && answer != "":
		return reason.Fill(code, []string{answer})
	}
	return ""
}

// messagesOf lists the messages planned by the day: those that stand, and those that
// somebody or something ended. A proposal that only lapsed is not told. Of one item they are
// those that state it, and corrections, which state none.
func (a *App) messagesOf(tx store.Tx, req ExplainRequest, e *Explanation) error {
	return store.Each(tx, `SELECT m.message_id, m.lead_step, m.day, m.channel, m.state, m.reason, m.currency,
		m.figures, NULL, NULL, NULL, m.answer
		FROM message m LEFT JOIN run r ON r.tenant_id = m.tenant_id AND r.run_id = m.run_id
		WHERE m.tenant_id = $1 AND m.customer_id = $2 AND COALESCE(r.day, m.day) <= $3 AND m.live = 1
		UNION ALL
		SELECT m.message_id, m.lead_step, m.day, m.channel, m.state, m.reason, m.currency,
		m.figures, t.recorded_at, t.actor, t.reason, m.answer
		FROM message m
		JOIN message_event v ON v.tenant_id = m.tenant_id AND v.message_id = m.message_id AND v.event = m.state
		JOIN txn t ON t.tenant_id = v.tenant_id AND t.seq = v.seq
		LEFT JOIN run r ON r.tenant_id = m.tenant_id AND r.run_id = m.run_id
		WHERE m.tenant_id = $1 AND m.customer_id = $2 AND COALESCE(r.day, m.day) <= $3 AND m.live = 0
		ORDER BY 3, 1`,
		[]any{a.tenant, req.Customer, e.Day}, func(r store.Rows) error {
			m := ExplainedMessage{Message: r.Int64(0), Step: r.Text(1), Day: r.Day(2).String(), Channel: r.Text(3),
				State: r.Text(4), Reason: r.Text(5), Currency: currency(r.Bytes(6))}
			f, err := decide.ParseFigures(r.Bytes(7))
			if err != nil {
				return fmt.Errorf("message %d: %w", m.Message, err)
			}
			if req.Item != 0 && len(f.Lines) > 0 && !slices.ContainsFunc(f.Lines,
				func(l decide.Line) bool { return l.Item == req.Item }) {
				return nil
			}
			m.Claimed = claimedHeads(&f, m.Currency)
			m.Amount = m.Claimed.Principal
			if !r.IsNull(8) {
				m.Ended = &MessageEnd{At: r.Time(8), By: r.Text(9), Reason: m.Reason, Why: r.Text(10),
					Text: m.endInWords(r.Text(11))}
			}
			e.Messages = append(e.Messages, m)
			return nil
		})
}

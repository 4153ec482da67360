package app

import (
	"hash/fnv"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
)

// decisions stores the decisions that changed and the accounts' new standing.
func (p *planWriter) decisions(accounts []book.Account, decisions []decide.Decision,
	counted *RunReport) error {
	p.encode(decisions)
	standing := p.w.Replace("account")
	for i := range accounts {
		a, d := &accounts[i], &decisions[i]
		if p.run.hashes[i] == a.DecidedHash {
			counted.Unchanged++
		}
		standing.Int(a.Customer.ID).Int(a.Creditor.ID).Int(a.Version).Day(d.NextLookOn).Int(a.Version).
			Int(p.run.inputs).Int(p.run.hashes[i]).
			Text(book.FormatSettled(a.PaymentDays)).Int(int64(a.Documents)).Int(a.BilledMinor).Day(oldestDue(a, p.run.day))
		if err := standing.End(); err != nil {
			return err
		}
	}
	if err := standing.Close(); err != nil {
		return err
	}
	if p.run.dry != nil {
		return nil // its two looks at a customer would be two decisions of one command
	}
	ins := p.w.Insert("decision")
	for i := range accounts {
		a, d := &accounts[i], &decisions[i]
		if p.run.hashes[i] == a.DecidedHash {
			continue
		}
		ins.Int(a.Customer.ID).Day(p.run.day).Int(p.w.Seq()).Int(a.Version).Int(p.run.inputs).Text(chosenStrategy(d)).
			Text(p.run.a.law.Version()).Text(p.run.a.build).Day(d.NextLookOn).
			Bytes(p.run.payload[p.run.ends[i]:p.run.ends[i+1]])
		if err := ins.End(); err != nil {
			return err
		}
	}
	return ins.Close()
}

// oldestDue is the earliest due date of what is open on a day; None if nothing has one.
// What counts from a later day, or is all paid by money that is under way, is not.
func oldestDue(a *book.Account, day cal.Date) cal.Date {
	oldest, later := cal.Far, paidLater(a)
	for i := range a.Items {
		if it := &a.Items[i]; it.DueDate != cal.None && it.Issued(day) && !slices.Contains(later, it.ID) {
			oldest = min(oldest, it.DueDate)
		}
	}
	if oldest == cal.Far {
		return cal.None
	}
	return oldest
}

// encode writes the payloads of a batch one after another and hashes each. A
// decision that only looks again on another day is the same decision.
func (p *planWriter) encode(decisions []decide.Decision) {
	r := p.run
	r.payload, r.ends, r.hashes = r.payload[:0], append(r.ends[:0], 0), r.hashes[:0]
	for i := range decisions {
		from := len(r.payload)
		r.payload = decide.AppendPayload(r.payload, &decisions[i])
		h := fnv.New64a()
		h.Write(r.payload[from:])
		r.ends, r.hashes = append(r.ends, len(r.payload)), append(r.hashes, int64(h.Sum64()))
	}
}

func chosenStrategy(d *decide.Decision) string {
	if len(d.Strategies) == 0 {
		return ""
	}
	return d.Strategies[0].Strategy
}

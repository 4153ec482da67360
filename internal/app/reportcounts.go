package app

import (
	"cmp"
	"context"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

// CauseCount is how often a cause was counted.
type CauseCount struct {
	Cause     string `json:"cause"`
	Text      string `json:"text"` // the cause in a few words
	Count     int    `json:"count"`
	Customers int    `json:"customers"`
}

// ReasonsReport counts why customers paid late, as people wrote it down.
type ReasonsReport struct {
	AsOf    cal.Date     `json:"as_of"`
	From    cal.Date     `json:"from"`
	Formula string       `json:"formula"`
	Causes  []CauseCount `json:"causes"` // the most frequent first
	Total   int          `json:"total"`
}

const reasonsFormula = "Each reason for late payment that was written down in the period counts once, by its cause; " +
	"a customer with two reasons counts in both. What nobody asked about is not in it."

// lateReasonWords are LateReasons for people.
var lateReasonWords = map[string]string{"cash_flow": "Cash flow", "dispute": "Dispute", "no_po": "No order number",
	"not_received": "Invoice not received", "wrong_contact": "Sent to the wrong person",
	"approval_pending": "Waiting for approval", "oversight": "Oversight", "process": "Their payment run",
	"bank_error": "Error of the bank", "insolvency": "Insolvency", "other": "Other"}

// causeWords is a cause of late payment, or of a stop, for people.
func causeWords(cause string) string {
	if text, ok := lateReasonWords[cause]; ok {
		return text
	}
	return reasonInGeneral(cause)
}

// ReasonsReport counts the reasons for late payment. Errors: not found (creditor), invalid.
func (a *App) ReasonsReport(ctx context.Context, req ReportRequest) (ReasonsReport, error) {
	report := ReasonsReport{Formula: reasonsFormula, Causes: []CauseCount{}}
	span, err := a.reportSpan(ctx, req)
	if err != nil {
		return report, err
	}
	report.AsOf, report.From = span.today, span.weeks[0].From
	var c *causeCounter
	err = a.read(ctx, func(tx store.Tx) error {
		c = &causeCounter{}
		return a.eachLateReason(tx, span, func(l *ReasonLine) { c.add(l.Cause, l.ID) })
	})
	if err == nil {
		report.Causes, report.Total = c.counts(), c.total
	}
	return report, err
}

// causeCounter counts causes and whom they are about.
type causeCounter struct {
	count     map[string]int
	customers map[string]map[int64]bool
	total     int
}

func (c *causeCounter) add(cause string, customer int64) {
	if c.count == nil {
		c.count, c.customers = map[string]int{}, map[string]map[int64]bool{}
	}
	if c.customers[cause] == nil {
		c.customers[cause] = map[int64]bool{}
	}
	c.count[cause]++
	c.customers[cause][customer] = true
	c.total++
}

func (c *causeCounter) counts() []CauseCount {
	all := []CauseCount{}
	for cause, n := range c.count {
		all = append(all, CauseCount{cause, causeWords(cause), n, len(c.customers[cause])})
	}
	slices.SortFunc(all, func(x, y CauseCount) int {
		return cmp.Or(cmp.Compare(y.Count, x.Count), cmp.Compare(x.Cause, y.Cause))
	})
	return all
}

// ReasonLine is one reason for late payment as it was written down.
type ReasonLine struct {
	ID       int64    `json:"id"` // of the customer
	Customer string   `json:"customer"`
	Name     string   `json:"name"`
	Day      cal.Date `json:"day"`
	Cause    string   `json:"cause"`
	Document string   `json:"document,omitempty"`
	Text     string   `json:"text,omitempty"`

	note int64
}

// Reasons lists the reasons of a cause that a report counts, the newest first; cause "" is
// all. Errors: as ReasonsReport.
func (a *App) Reasons(ctx context.Context, req ReportRequest, cause string) ([]ReasonLine, error) {
	span, err := a.reportSpan(ctx, req)
	if err != nil {
		return nil, err
	}
	var list []ReasonLine
	err = a.read(ctx, func(tx store.Tx) error {
		list = []ReasonLine{}
		if err := a.eachLateReason(tx, span, func(l *ReasonLine) {
			if cause == "" || l.Cause == cause {
				list = append(list, *l)
			}
		}); err != nil {
			return err
		}
		ids := make([]int64, len(list))
		for i := range list {
			ids[i] = list[i].ID
		}
		names, err := a.customerNames(tx, ids)
		for i := range list {
			list[i].Customer, list[i].Name = names[list[i].ID].number, names[list[i].ID].name
		}
		return err
	})
	slices.SortFunc(list, func(x, y ReasonLine) int { return cmp.Or(cmp.Compare(y.Day, x.Day), cmp.Compare(y.note, x.note)) })
	return list, err
}

// eachLateReason reads the reasons for late payment of the weeks of a report.
func (a *App) eachLateReason(tx store.Tx, span *reportSpan, fn func(*ReasonLine)) error {
	return store.Each(tx, `SELECT n.customer_id, n.note_id, n.day, n.code, i.number, i.instalment, w.body FROM note n
		LEFT JOIN words w ON w.tenant_id = n.tenant_id AND w.words_id = n.words_id
		LEFT JOIN item i ON i.tenant_id = n.tenant_id AND i.customer_id = n.customer_id AND i.item_id = n.item_id
		WHERE n.tenant_id = $1 AND n.kind = 'late_reason' AND n.day >= $2 AND n.day <= $3`,
		[]any{a.tenant, span.weeks[0].From, span.today}, func(r store.Rows) error {
			l := ReasonLine{ID: r.Int64(0), note: r.Int64(1), Day: r.Day(2), Cause: r.Text(3), Text: r.Text(6)}
			if number := r.Text(4); number != "" {
				l.Document = book.ItemName(number, int(r.Int64(5)))
			}
			if span.of(l.ID) {
				fn(&l)
			}
			return nil
		})
}

// AvoidedReport counts the wrong chases avoided.
type AvoidedReport struct {
	AsOf    cal.Date      `json:"as_of"`
	Formula string        `json:"formula"`
	Weeks   []AvoidedWeek `json:"weeks"` // the oldest first
	Causes  []CauseCount  `json:"causes"`
	Total   int           `json:"total"`
	Ever    int64         `json:"ever"` // also before the weeks
}

// AvoidedWeek is the chases avoided in a week, by cause.
type AvoidedWeek struct {
	Week
	Count  int            `json:"count"`
	Causes map[string]int `json:"causes"`
}

const avoidedFormula = "A message that was released and would have left, and that the last look stopped because the " +
	"customer had paid, had money with us, or said so, or because a promise, a deferral, a plan, a dispute, an unread reply or a proceeding " +
	"stood against it. Each message counts once, on the day it was stopped."

// AvoidedReport counts the wrong chases avoided by week and cause. Errors: not found
// (creditor), invalid.
func (a *App) AvoidedReport(ctx context.Context, req ReportRequest) (AvoidedReport, error) {
	report := AvoidedReport{Formula: avoidedFormula, Weeks: []AvoidedWeek{}}
	span, err := a.reportSpan(ctx, req)
	if err != nil {
		return report, err
	}
	report.AsOf = span.today
	for i := range span.s.creditors {
		if span.creditor < 0 || i == span.creditor {
			for _, n := range span.s.creditors[i].stopped {
				report.Ever += n
			}
		}
	}
	err = a.read(ctx, func(tx store.Tx) error {
		c := &causeCounter{}
		report.Weeks = report.Weeks[:0]
		for _, w := range span.weeks {
			report.Weeks = append(report.Weeks, AvoidedWeek{Week: w, Causes: map[string]int{}})
		}
		err := eachStopped(tx, a.tenant, span.weeks[0].From, span.today, func(m *stoppedMessage) {
			if slices.Contains(AvoidedCauses, m.cause) && span.of(m.customer) {
				w := &report.Weeks[span.week(m.day)]
				w.Count++
				w.Causes[m.cause]++
				c.add(m.cause, m.customer)
			}
		})
		report.Causes, report.Total = c.counts(), c.total
		return err
	})
	return report, err
}

// AvoidedLine is one chase that was avoided.
type AvoidedLine struct {
	ID       int64    `json:"id"` // of the customer
	Customer string   `json:"customer"`
	Name     string   `json:"name"`
	Message  int64    `json:"message"`
	Step     string   `json:"step"`
	Day      cal.Date `json:"day"`
	Cause    string   `json:"cause"`
	Text     string   `json:"text"` // why, as the last look said it
	Amount   Amount   `json:"amount"`
}

// Avoided lists the chases avoided of a cause that a report counts, the newest first; cause
// "" is all. Errors: as AvoidedReport.
func (a *App) Avoided(ctx context.Context, req ReportRequest, cause string) ([]AvoidedLine, error) {
	span, err := a.reportSpan(ctx, req)
	if err != nil {
		return nil, err
	}
	var list []AvoidedLine
	err = a.read(ctx, func(tx store.Tx) error {
		list = []AvoidedLine{}
		at, ids := map[int64]int{}, []int64{}
		if err := eachStopped(tx, a.tenant, span.weeks[0].From, span.today, func(m *stoppedMessage) {
			if slices.Contains(AvoidedCauses, m.cause) && span.of(m.customer) && (cause == "" || cause == m.cause) {
				at[m.message], ids = len(list), append(ids, m.message)
				list = append(list, AvoidedLine{ID: m.customer, Message: m.message, Day: m.day, Cause: m.cause})
			}
		}); err != nil {
			return err
		}
		return store.Each(tx, `SELECT m.message_id, m.lead_step, m.answer, m.total_minor, m.currency, c.number, p.name
			FROM message m JOIN customer c ON c.tenant_id = m.tenant_id AND c.customer_id = m.customer_id
			JOIN party p ON p.tenant_id = c.tenant_id AND p.party_id = c.party_id
			WHERE m.tenant_id = $1 AND m.message_id IN ids($2)`, []any{a.tenant, ids}, func(r store.Rows) error {
			l := &list[at[r.Int64(0)]]
			l.Step, l.Text, l.Amount = r.Text(1), cmp.Or(r.Text(2), causeWords(l.Cause)), amountIn(r.Int64(3), currency(r.Bytes(4)))
			l.Customer, l.Name = r.Text(5), r.Text(6)
			return nil
		})
	})
	slices.SortFunc(list, func(x, y AvoidedLine) int {
		return cmp.Or(cmp.Compare(y.Day, x.Day), cmp.Compare(y.Message, x.Message))
	})
	return list, err
}

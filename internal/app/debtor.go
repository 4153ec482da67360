package app

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// What a debtor says on the page behind their link is recorded as if somebody at our side
// had taken it down: holds, a note with their words, and a task for whoever has to answer.
// Nobody at our side has agreed to anything by it. The link may have been passed on, so
// nothing that it can do is for ever but a dispute, which is the debtor's right: a promise
// has the policy's days, "paid" those of guardrail R18, and a question waits a few days for
// its answer. No contact is dropped, and none is added, on the word of a link.

// debtorActor records what a debtor says. Who that is stands with their words.
const debtorActor = "debtor"

// DebtorKind is what a debtor can say.
type DebtorKind string

// What a debtor can say.
const (
	DebtorPromises DebtorKind = "promise" // pays on a day
	DebtorPaid     DebtorKind = "paid"    // has paid
	DebtorDisputes DebtorKind = "dispute" // something is wrong
	DebtorNeeds    DebtorKind = "copy"    // a copy, or an order number put right
	DebtorTime     DebtorKind = "time"    // more time than a promise may have
	DebtorPlan     DebtorKind = "plan"    // instalments
	DebtorWrong    DebtorKind = "contact" // we wrote to the wrong person
	DebtorTerms    DebtorKind = "terms"   // other terms, or a supplier portal
)

// debtorRule is what the answer of a kind needs and does.
type debtorRule struct {
	causes    []string // one of these is named; none: nothing is
	items     bool     // names at least one item, if there is one
	day       bool
	hold      book.HoldKind // on each item; "": a question, which waits for its answer
	wait      int           // business days for which a question keeps messages back
	answer    int           // business days by which we answer; 0: no answer is asked for
	task      string
	authority bool
}

// debtorCode is what the code of a note begins with that a debtor left.
const debtorCode = "debtor_"

var debtorRules = map[DebtorKind]debtorRule{
	DebtorPromises: {items: true, day: true, hold: book.HoldPromise},
	DebtorPaid:     {items: true, day: true, hold: book.HoldAlreadyPaid, answer: 3, task: "debtor_paid"},
	DebtorDisputes: {items: true, hold: book.HoldDispute, answer: 10, task: "debtor_dispute",
		causes: []string{"price", "quantity", "goods", "not_delivered", "not_ordered", "credited", "duplicate", "other"}},
	DebtorNeeds: {items: true, causes: []string{"copy", "po", "details"}, wait: 2, answer: 2, task: "debtor_copy"},
	DebtorTime:  {items: true, day: true, wait: 2, answer: 2, task: "debtor_time"},
	DebtorPlan:  {items: true, day: true, wait: 2, answer: 2, task: "debtor_plan", authority: true},
	DebtorWrong: {causes: []string{"left", "not_responsible", "other_company", "address"}, wait: 5, answer: 2,
		task: "debtor_contact"},
	DebtorTerms: {causes: []string{"terms", "supplier_portal"}, wait: 2, answer: 2, task: "debtor_terms"},
}

// DebtorCauses are the words for what is wrong, by kind; nil where none is asked for.
func DebtorCauses(k DebtorKind) []string { return slices.Clone(debtorRules[k].causes) }

// The bounds of what one link can do.
const (
	debtorPerDay     = 12       // answers of a customer in a day
	debtorTextMost   = 2000     // characters of a free text
	debtorFieldMost  = 120      // of a name and such
	debtorFiles      = 3        // at once
	debtorFileBytes  = 10 << 20 // each
	debtorPromised   = 2        // promises of an item in debtorSpan: the first and one more
	debtorBelieved   = 2        // times that an item is "paid" in debtorSpan
	debtorQuestions  = 3        // questions in debtorSpan that keep messages back
	debtorSpan       = 30       // days
	debtorAmountMost = 1_000_000_000_00
)

// DebtorAnswer is what a debtor said. What a kind has no use for stays empty.
type DebtorAnswer struct {
	Kind      DebtorKind
	Items     []int64         // as Portal lists them
	Amounts   map[int64]int64 // dispute: minor units that are questioned, of an item; not there: all
	Name      string          // who speaks
	Role      string          // as what
	Authority bool            // plan: may agree for the business (guardrail R19)
	Day       cal.Date        // promise, time, plan: when it is paid; paid: when it was
	Amount    money.Money     // paid, time (first part), plan (each time); zero: not said
	Cause     string          // one of DebtorCauses
	Reference string          // payment reference, order number, new address, other portal
	Days      int             // terms: days to pay
	Cheque    bool            // paid: by a cheque in the post
	Contact   string          // how to reach them with an answer
	Text      string          // in their own words
	Files     []Attachment    // PDF, JPEG or PNG
}

// DebtorReceipt is what became of it.
type DebtorReceipt struct {
	Ref  int64      `json:"ref"` // the number of the note: what the debtor quotes
	Kind DebtorKind `json:"kind"`
}

// DebtorAnswers records what a debtor said on the page behind a link. id is of the form that
// was filled in: the same form sent twice is recorded once. A promise beyond the policy's
// days, or one too many, becomes a request for more time, which a person answers; a request
// for more time within them that names neither a first part nor a reason is a promise. Errors: not
// found (link_unknown, link_expired); invalid, naming the field; refused with too_many_answers.
func (a *App) DebtorAnswers(ctx context.Context, token, id string, s DebtorAnswer) (DebtorReceipt, error) {
	var none DebtorReceipt
	s.clean()
	if err := s.check(); err != nil {
		return none, err
	}
	customer := int64(0)
	if err := a.read(ctx, func(tx store.Tx) error { // before any file is kept
		v, err := a.visitor(tx, token)
		if err == nil {
			customer, err = v.customer, a.mayAnswer(tx, v)
		}
		return err
	}); err != nil {
		return none, err
	}
	kept := make([]keptPaper, len(s.Files))
	for i, f := range s.Files {
		sum, err := a.db.Blobs().Put(ctx, a.tenant, f.Bytes)
		if err != nil {
			return none, err
		}
		kept[i] = keptPaper{Name: f.Name, MediaType: f.MediaType, SHA256: sum.String(), Bytes: int64(len(f.Bytes))}
	}
	s.Files = nil
	req := Request{Actor: debtorActor, CommandID: sprintf("debtor:%d:%s", customer, id)}
	receipt, _, err := answer[DebtorReceipt](a.write(ctx, req, "debtor_answer", []any{s, kept}, func(r *recorder) error {
		v, err := a.visitor(r, token)
		if err != nil {
			return err
		}
		if err := a.mayAnswer(r, v); err != nil {
			return err
		}
		said := s
		receipt, err := a.hear(r, v, &said, kept)
		if err != nil {
			return err
		}
		return r.result(receipt)
	}))
	return receipt, err
}

func wrongAnswer(field, message string) error {
	return &Error{Kind: Invalid, Code: "answer_invalid", Message: message, Where: &Where{Field: field}}
}

// clean takes what forms leave around texts.
func (s *DebtorAnswer) clean() {
	for _, t := range []*string{&s.Name, &s.Role, &s.Reference, &s.Contact} {
		*t = strings.Join(strings.Fields(plainText(*t)), " ")
	}
	s.Text = strings.TrimSpace(plainText(strings.ReplaceAll(s.Text, "\r\n", "\n")))
	slices.Sort(s.Items)
	s.Items = slices.Compact(s.Items)
}

// plainText is a text without what the database or a screen cannot show.
func plainText(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < ' ' || r == 0x7f || r == utf8.RuneError:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// check is what can be said of an answer without the account.
func (s *DebtorAnswer) check() error {
	rule, known := debtorRules[s.Kind]
	long := func(t string, most int) bool { return utf8.RuneCountInString(t) > most }
	switch {
	case !known:
		return wrongAnswer("kind", "expected one of the answers of the page")
	case s.Name == "" || long(s.Name, debtorFieldMost):
		return wrongAnswer("name", "expected the name of who is answering")
	case long(s.Role, debtorFieldMost) || rule.authority && s.Role == "":
		return wrongAnswer("role", "expected what you do in the company")
	case rule.authority && !s.Authority:
		return wrongAnswer("authority", "only somebody who may agree to this for the company can ask for it")
	case rule.causes != nil && !slices.Contains(rule.causes, s.Cause):
		return wrongAnswer("cause", "expected one of: "+strings.Join(rule.causes, ", "))
	case rule.day && !stated(s.Day):
		return wrongAnswer("day", "expected a day")
	case long(s.Reference, debtorFieldMost):
		return wrongAnswer("reference", "expected at most "+strconv.Itoa(debtorFieldMost)+" characters")
	case long(s.Contact, debtorFieldMost):
		return wrongAnswer("contact", "expected at most "+strconv.Itoa(debtorFieldMost)+" characters")
	case long(s.Text, debtorTextMost):
		return wrongAnswer("text", "expected at most "+strconv.Itoa(debtorTextMost)+" characters")
	case s.Kind == DebtorDisputes && s.Text == "":
		return wrongAnswer("text", "expected what is wrong, so that it can be looked into")
	case s.Kind == DebtorTerms && s.Cause == "terms" && (s.Days < 1 || s.Days > 365):
		return wrongAnswer("days", "expected 1 to 365 days")
	case s.Kind == DebtorTerms && s.Cause == "supplier_portal" && s.Reference == "":
		return wrongAnswer("reference", "expected the name or address of the portal")
	case s.Kind == DebtorNeeds && s.Cause == "po" && s.Reference == "":
		return wrongAnswer("reference", "expected the order number")
	case s.Kind == DebtorPlan && s.Amount.Minor <= 0:
		return wrongAnswer("amount", "expected an amount")
	case s.Amount.Minor < 0 || s.Amount.Minor > debtorAmountMost:
		return wrongAnswer("amount", "expected an amount above zero")
	}
	return s.checkFiles()
}

// checkFiles refuses what is no paper: by its bytes, not by its name.
func (s *DebtorAnswer) checkFiles() error {
	if len(s.Files) > debtorFiles {
		return wrongAnswer("file", "expected at most "+strconv.Itoa(debtorFiles)+" files")
	}
	for i := range s.Files {
		f := &s.Files[i]
		f.MediaType = http.DetectContentType(f.Bytes)
		f.Name = clipTo(fileName(f.Name), debtorFieldMost)
		if !slices.Contains(debtorPaperTypes, f.MediaType) || len(f.Bytes) > debtorFileBytes {
			return wrongAnswer("file", "expected a PDF, JPEG or PNG of at most 10 MB")
		}
	}
	return nil
}

// debtorPaperTypes are the kinds of files that debtors may send.
var debtorPaperTypes = []string{"application/pdf", "image/jpeg", "image/png"}

// mayAnswer refuses the link to forward, and whoever has said enough for a day.
func (a *App) mayAnswer(tx store.Tx, v *visitor) error {
	if v.approver {
		return errUnknownLink()
	}
	n := int64(0)
	err := store.One(tx, `SELECT COUNT(*) FROM note WHERE tenant_id = $1 AND customer_id = $2 AND day = $3
		AND code >= 'debtor_' AND code < 'debtor~'`, []any{a.tenant, v.customer, v.today},
		func(r store.Rows) { n = r.Int64(0) })
	if err == nil && n >= debtorPerDay {
		err = refusedText("too_many_answers", "that is as much as this page takes in a day; please ring us or reply to our message")
	}
	return err
}

// hear records a checked answer.
func (a *App) hear(r *recorder, v *visitor, s *DebtorAnswer, kept []keptPaper) (DebtorReceipt, error) {
	acc, err := a.accountOf(r, v)
	if err != nil {
		return DebtorReceipt{}, err
	}
	items, err := s.chosen(acc, v.today)
	if err != nil {
		return DebtorReceipt{}, err
	}
	if err := a.settleKind(r, v, s, items); err != nil {
		return DebtorReceipt{}, err
	}
	rule := debtorRules[s.Kind]
	note, err := a.debtorNote(r, v, s, items)
	if err != nil {
		return DebtorReceipt{}, err
	}
	if err := r.debtorPapers(v.customer, note, items, kept); err != nil {
		return DebtorReceipt{}, err
	}
	why := sprintf("said on the debtor's page, note %d", note)
	if rule.hold != "" {
		err = a.debtorHolds(r, v, s, items, why)
	} else {
		err = a.question(r, v, rule.wait, why)
	}
	if err == nil && rule.task != "" {
		err = r.openTask(v.customer, rule.task, "", why, 0, a.answerBy(&v.creditor, s.Kind, v.today))
	}
	if err == nil {
		err = r.touch(v.customer)
	}
	return DebtorReceipt{Ref: note, Kind: s.Kind}, err
}

// answerBy is the day by which somebody at our side answers; None where nobody is asked.
func (a *App) answerBy(c *CreditorInfo, kind DebtorKind, said cal.Date) cal.Date {
	rule := debtorRules[kind]
	if rule.answer == 0 {
		return cal.None
	}
	return a.holidays.CalendarFor(c.Country, c.Subdivision).AddBusinessDays(said, rule.answer)
}

// chosen are the items that an answer names, all of them open.
func (s *DebtorAnswer) chosen(acc *book.Account, today cal.Date) ([]*book.Item, error) {
	var items []*book.Item
	open := 0
	for i := range acc.Items {
		if acc.Items[i].OpenMinor > 0 && acc.Items[i].Issued(today) {
			open++
		}
	}
	for _, id := range s.Items {
		it := acc.Item(id)
		if it == nil || it.OpenMinor <= 0 || !it.Issued(today) {
			return nil, wrongAnswer("item", "one of the invoices is not open any more; please look at the page again")
		}
		if minor, part := s.Amounts[id]; part && (minor <= 0 || minor > it.OpenMinor) {
			return nil, wrongAnswer("amount", it.Number+": expected at most what is open")
		}
		items = append(items, it)
	}
	if len(items) > portalItems {
		return nil, wrongAnswer("item", "expected at most "+strconv.Itoa(portalItems)+" invoices at once")
	}
	if len(items) == 0 && debtorRules[s.Kind].items && open > 0 {
		return nil, wrongAnswer("item", "expected at least one invoice")
	}
	return items, nil
}

// settleKind checks the days, and makes a request of a promise that policy does not cover.
func (a *App) settleKind(r *recorder, v *visitor, s *DebtorAnswer, items []*book.Item) error {
	future := s.Kind == DebtorPromises || s.Kind == DebtorTime || s.Kind == DebtorPlan
	switch {
	case future && (s.Day < v.today || s.Day > v.today.AddDays(366)):
		return wrongAnswer("day", "expected a day from today on, within a year")
	case s.Kind == DebtorPaid && (s.Day > v.today || s.Day < v.today.AddDays(-366)):
		return wrongAnswer("day", "expected the day of the payment, not after today")
	case s.Kind != DebtorPromises && s.Kind != DebtorTime:
		return nil
	}
	if s.Kind == DebtorTime && (s.Amount.Minor > 0 || s.Text != "") {
		return nil // a part, or a reason, is for a person to weigh: it is no promise of everything
	}
	s.Kind = DebtorPromises
	if s.Day > v.today.AddDays(promiseDays(v.values)) {
		s.Kind = DebtorTime
		return nil
	}
	for _, it := range items {
		n, err := a.saidBefore(r, v, book.HoldPromise, it.ID)
		if err != nil {
			return err
		}
		if n >= debtorPromised {
			s.Kind = DebtorTime
		}
	}
	return nil
}

// saidBefore counts how often a debtor has kept an item back by a kind of hold lately; item 0
// is the account.
func (a *App) saidBefore(tx store.Tx, v *visitor, kind book.HoldKind, item int64) (n int64, err error) {
	err = store.One(tx, `SELECT COUNT(*) FROM hold h JOIN txn x ON x.tenant_id = h.tenant_id AND x.seq = h.seq
		WHERE h.tenant_id = $1 AND h.customer_id = $2 AND h.kind = $3 AND h.item_id = $4 AND h.from_day > $5
			AND x.actor = $6`, []any{a.tenant, v.customer, string(kind), item, v.today.AddDays(-debtorSpan), debtorActor},
		func(r store.Rows) { n = r.Int64(0) })
	return n, err
}

// debtorHolds keeps each item back, as far as that was not done often enough already.
func (a *App) debtorHolds(r *recorder, v *visitor, s *DebtorAnswer, items []*book.Item, why string) error {
	for _, it := range items {
		h := HoldRequest{Kind: debtorRules[s.Kind].hold, Until: cal.None, From: cal.None, Cheque: s.Cheque, Reason: why}
		if s.Kind == DebtorPromises {
			h.Until = s.Day
		}
		if minor := s.Amounts[it.ID]; s.Kind == DebtorDisputes && minor > 0 && minor < it.OpenMinor {
			h.Amount = money.Money{Minor: minor, Currency: it.Currency}
		}
		if h.Kind == book.HoldAlreadyPaid {
			n, err := a.saidBefore(r, v, h.Kind, it.ID)
			if err != nil {
				return err
			}
			if n >= debtorBelieved { // a person looks; reminders do not wait for ever
				continue
			}
		}
		subject := Subject{Ref: book.ItemName(it.Number, it.Instalment), Creditor: v.creditor.Code, Customer: v.customer,
			Item: it.ID}
		if _, err := a.addHold(r, &v.creditor, subject, h); err != nil && AsError(err).Code != "hold_covered" {
			return err
		}
	}
	return nil
}

// question keeps messages back for the few days in which a person answers.
func (a *App) question(r *recorder, v *visitor, days int, why string) error {
	n, err := a.saidBefore(r, v, book.HoldUnreadReply, 0)
	if err != nil || n >= debtorQuestions {
		return err
	}
	until := a.holidays.CalendarFor(v.creditor.Country, v.creditor.Subdivision).AddBusinessDays(v.today, days)
	_, err = a.addHold(r, &v.creditor, Subject{Ref: "this account", Creditor: v.creditor.Code, Customer: v.customer},
		HoldRequest{Kind: book.HoldUnreadReply, From: cal.None, Until: until, Reason: why})
	if err != nil && AsError(err).Code == "hold_covered" {
		err = nil
	}
	return err
}

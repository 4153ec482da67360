package app

import (
	"context"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/document"
	"github.com/recoup-project/recoup/internal/document/locale"
	"github.com/recoup-project/recoup/internal/store"
)

// Portal is what the debtor's page shows: what is owed, to whom and how it is paid, and what
// was said. It holds nothing that is for our side only: no score, no note, no next step.
type Portal struct {
	Token     string // of this link, as it is written
	Approve   string // token of the link to forward; "" on the page that it opens
	Base      string // the address of the server, as links have it
	Approver  bool   // opened by the link to forward: no bank details, nothing to answer
	Simulated bool
	Expires   cal.Date // last day of the link
	Today     cal.Date
	Language  locale.Language // the customer's
	Creditor  document.Creditor
	// BankHeld: the account was changed and nobody confirmed it yet (guardrail R15). There are
	// no bank details then.
	BankHeld  bool
	Name      string
	Number    string
	Reference string
	Items     []PortalItem // by due date
	More      int          // items that are not listed
	Credits   []PortalCredit
	PromiseBy cal.Date // last day that a promise may name
	Said      []PortalEvent
}

// PortalItem is an open item as its debtor sees it.
type PortalItem struct {
	ID          int64
	Number      string
	PO          string
	InvoiceDate cal.Date // cal.None if it is not known
	DueDate     cal.Date // cal.None if it is not known
	Open        money.Money
	AmountMinor int64
	Overdue     bool
	PayBy       cal.Date      // the day that the last demand of it named; None: it has passed, or none did
	State       book.HoldKind // what both sides know keeps it back; "" for nothing
	StateUntil  cal.Date      // Far: until it is ended
	HeldMinor   int64         // the parts that are held, together; 0: all of it
	Papers      []PortalPaper
}

// PortalPaper is a file of an item.
type PortalPaper struct {
	ID   int64
	Name string
}

// PortalCredit is money or credit that is not set against an invoice.
type PortalCredit struct {
	Kind   book.EntryKind
	Day    cal.Date
	Amount money.Money
}

// PortalEvent is something that was said, or money that came.
type PortalEvent struct {
	Day     cal.Date
	What    string // "message", "payment", "hold", or what the debtor said: a DebtorKind
	Name    string // of a message, as it was called
	Channel book.Channel
	Hold    book.HoldKind
	Until   cal.Date // last day of a hold; None: it has none, Far: until it is ended
	Items   []string
	Amount  money.Money
	Ref     int64    // of what the debtor said
	Answer  cal.Date // by when we answer it
	Words   string   // of the debtor
	Ended   bool
}

// portalItems and portalEvents are how many lines the page shows.
const (
	portalItems  = 200
	portalEvents = 20
)

// shownHolds are what both sides know of. Others are our affair.
var shownHolds = []book.HoldKind{book.HoldDispute, book.HoldPromise, book.HoldAlreadyPaid, book.HoldDeferral, book.HoldPlan}

// Portal reads the page behind a link. Nothing is recorded by looking at it (guardrails R11,
// R13). Errors: not found, with link_unknown or link_expired.
func (a *App) Portal(ctx context.Context, token string) (Portal, error) {
	var p Portal
	err := a.read(ctx, func(tx store.Tx) error {
		v, err := a.visitor(tx, token)
		if err != nil {
			return err
		}
		p, err = a.portal(tx, v)
		return err
	})
	return p, err
}

func (a *App) portal(tx store.Tx, v *visitor) (Portal, error) {
	d, err := a.desk(tx, &v.creditor)
	if err != nil {
		return Portal{}, err
	}
	acc, err := a.accountOf(tx, v)
	if err != nil {
		return Portal{}, err
	}
	debtor, err := a.partyOf(tx, acc.Customer.Party)
	if err != nil {
		return Portal{}, err
	}
	w := writing{a: a, d: d, acc: acc, debtor: debtor, row: &messageRow{}}
	p := Portal{Token: v.token, Base: v.links.base, Approver: v.approver, Expires: v.expires, Today: v.today, Language: w.language(),
		Creditor: w.sender(), BankHeld: bankHeld(v.values, tx.Now()) || !bankComplete(v.values), Name: debtor.name,
		Number: acc.Customer.Number, Reference: paymentReference(acc.Customer.Number),
		PromiseBy: v.today.AddDays(promiseDays(v.values))}
	if !v.approver {
		p.Approve = v.links.token(forApprover, a.tenant, v.customer, max(v.links.revoked[v.customer], 1))
	}
	if p.BankHeld || p.Approver {
		p.Creditor.Bank = document.BankDetails{UnchangedSince: cal.None}
	}
	p.list(acc, d.decider)
	if err := a.portalPapers(tx, v, &p); err != nil {
		return p, err
	}
	w.msg.Language = p.Language
	if err := store.One(tx, "SELECT clock FROM book", nil, func(r store.Rows) { p.Simulated = r.Text(0) == "simulated" }); err != nil {
		return p, err
	}
	return p, a.portalHistory(tx, v, &w, &p)
}

// accountOf loads the account behind a link.
func (a *App) accountOf(tx store.Tx, v *visitor) (*book.Account, error) {
	l := a.newLoader(tx, []CreditorInfo{v.creditor})
	l.documents = true
	return loadOne(l, v.customer)
}

// promiseDays is how far ahead a debtor may promise without a person at our side.
func promiseDays(values map[string]string) int {
	days := 10
	if v := values[SettingPromiseDays]; v != "" {
		days = 0
		for _, c := range v {
			days = days*10 + int(c-'0')
		}
	}
	return days
}

// list takes what is open of the account.
func (p *Portal) list(acc *book.Account, d *decide.Decider) {
	for i := range acc.Items {
		it := &acc.Items[i]
		if it.OpenMinor <= 0 || !it.Issued(p.Today) {
			continue
		}
		line := PortalItem{ID: it.ID, Number: book.ItemName(it.Number, it.Instalment), PO: it.PO, InvoiceDate: it.InvoiceDate,
			DueDate: it.DueDate, Open: money.Money{Minor: it.OpenMinor, Currency: it.Currency}, AmountMinor: it.AmountMinor,
			Overdue: it.Overdue(p.Today), PayBy: d.Named(acc, it, p.Today), StateUntil: cal.None}
		if line.PayBy < p.Today {
			line.PayBy = cal.None
		}
		line.held(acc, d, p.Today)
		p.Items = append(p.Items, line)
	}
	slices.SortStableFunc(p.Items, func(x, y PortalItem) int { return int(x.DueDate) - int(y.DueDate) })
	p.More = max(0, len(p.Items)-portalItems)
	p.Items = p.Items[:len(p.Items)-p.More]
	for i := range acc.Credits {
		if c := &acc.Credits[i]; c.OpenMinor > 0 {
			p.Credits = append(p.Credits, PortalCredit{c.Kind, c.Day, money.Money{Minor: c.OpenMinor, Currency: c.Currency}})
		}
	}
}

// held says what keeps an item back: what holds all of it, or else its parts together.
func (l *PortalItem) held(acc *book.Account, d *decide.Decider, today cal.Date) {
	whole, parts := false, int64(0)
	for k := range acc.Holds {
		h := &acc.Holds[k]
		if (h.Item != l.ID && h.Item != 0) || !slices.Contains(shownHolds, h.Kind) || !d.Holds(h, today) {
			continue
		}
		all := h.Item == 0 || h.Minor == 0
		if !all {
			parts = money.AddMinor(parts, h.Minor)
		}
		if l.State == "" || (all && !whole) || (all == whole && h.Until > l.StateUntil) {
			l.State, l.StateUntil = h.Kind, h.Until
		}
		whole = whole || all
	}
	if !whole {
		l.HeldMinor = parts
	}
}

// portalPapers adds the copies of invoices that are kept.
func (a *App) portalPapers(tx store.Tx, v *visitor, p *Portal) error {
	return store.Each(tx, `SELECT f.paper_id, f.item_id, w.body FROM paper f
		LEFT JOIN words w ON w.tenant_id = f.tenant_id AND w.words_id = f.words_id
		WHERE f.tenant_id = $1 AND f.customer_id = $2 AND f.kind = 'invoice' AND NOT EXISTS (SELECT 1 FROM paper_removed x
			WHERE x.tenant_id = $1 AND x.customer_id = $2 AND x.paper_id = f.paper_id)
		ORDER BY f.paper_id`, []any{a.tenant, v.customer}, func(r store.Rows) error {
		for i := range p.Items {
			if p.Items[i].ID == r.Int64(1) {
				p.Items[i].Papers = append(p.Items[i].Papers, PortalPaper{r.Int64(0), r.Text(2)})
			}
		}
		return nil
	})
}

// PortalFile is a copy of an invoice that the page behind a link lists. Errors: not found.
func (a *App) PortalFile(ctx context.Context, token string, paper int64) (Attachment, error) {
	var f Attachment
	var sum store.Hash
	err := a.read(ctx, func(tx store.Tx) error {
		v, err := a.visitor(tx, token)
		if err != nil {
			return err
		}
		err = store.One(tx, `SELECT f.media_type, f.sha256, w.body FROM paper f
			LEFT JOIN words w ON w.tenant_id = f.tenant_id AND w.words_id = f.words_id
			WHERE f.tenant_id = $1 AND f.customer_id = $2 AND f.paper_id = $3 AND f.kind = 'invoice' AND NOT EXISTS
				(SELECT 1 FROM paper_removed x WHERE x.tenant_id = $1 AND x.customer_id = $2 AND x.paper_id = $3)`,
			[]any{a.tenant, v.customer, paper}, func(r store.Rows) {
				f.MediaType, f.Name = r.Text(0), r.Text(2)
				sum, err = store.ParseHash(r.Text(1))
			})
		if isNotFound(err) {
			return errUnknownLink()
		}
		return err
	})
	if err != nil {
		return f, err
	}
	f.Bytes, err = a.db.Blobs().Get(ctx, a.tenant, sum)
	return f, err
}

// portalHistory tells what was said on either side and what money came, the newest first.
func (a *App) portalHistory(tx store.Tx, v *visitor, w *writing, p *Portal) error {
	args := []any{a.tenant, v.customer, portalEvents}
	if err := store.Each(tx, `SELECT message_id, lead_step, channel, sent_at FROM message WHERE tenant_id = $1
		AND customer_id = $2 AND live = 1 AND sent_at IS NOT NULL ORDER BY message_id DESC LIMIT $3`, args,
		func(r store.Rows) error {
			p.Said = append(p.Said, PortalEvent{Day: cal.DateIn(r.Time(3), v.creditor.Zone), What: "message",
				Name: w.nameOf(r.Text(1)), Channel: book.Channel(r.Text(2)), Until: cal.None, Answer: cal.None})
			return nil
		}); err != nil {
		return err
	}
	if err := store.Each(tx, `SELECT effective_day, currency, amount_minor FROM entry WHERE tenant_id = $1
		AND customer_id = $2 AND kind = $4 ORDER BY entry_id DESC LIMIT $3`, append(args, book.EntryPayment.Number()),
		func(r store.Rows) error {
			p.Said = append(p.Said, PortalEvent{Day: r.Day(0), What: "payment", Until: cal.None, Answer: cal.None,
				Amount: money.Money{Minor: r.Int64(2), Currency: currency(r.Bytes(1))}})
			return nil
		}); err != nil {
		return err
	}
	if err := a.debtorHistory(tx, v, p); err != nil {
		return err
	}
	slices.SortStableFunc(p.Said, func(x, y PortalEvent) int { return int(y.Day) - int(x.Day) })
	p.Said = p.Said[:min(len(p.Said), 2*portalEvents)]
	return nil
}

// debtorHistory tells what the debtor said here, and of what else keeps messages back that
// both sides know of.
func (a *App) debtorHistory(tx store.Tx, v *visitor, p *Portal) error {
	bySeq := map[int64]*PortalEvent{}
	var said []*PortalEvent
	if err := store.Each(tx, `SELECT n.seq, n.note_id, n.day, n.code, w.body FROM note n
		LEFT JOIN words w ON w.tenant_id = n.tenant_id AND w.words_id = n.words_id
		WHERE n.tenant_id = $1 AND n.customer_id = $2 AND n.code >= 'debtor_' AND n.code < 'debtor~'
		ORDER BY n.note_id DESC LIMIT $3`, []any{a.tenant, v.customer, portalEvents}, func(r store.Rows) error {
		e := &PortalEvent{Ref: r.Int64(1), Day: r.Day(2), What: r.Text(3)[len(debtorCode):], Words: r.Text(4), Until: cal.None}
		e.Answer = a.answerBy(&v.creditor, DebtorKind(e.What), e.Day)
		bySeq[r.Int64(0)] = e
		said = append(said, e)
		return nil
	}); err != nil {
		return err
	}
	if err := store.Each(tx, `SELECT h.seq, h.kind, h.from_day, h.until_day, e.end_day, i.number, i.instalment FROM hold h
		LEFT JOIN hold_end e ON e.tenant_id = h.tenant_id AND e.customer_id = h.customer_id AND e.hold_id = h.hold_id
		LEFT JOIN item i ON i.tenant_id = h.tenant_id AND i.customer_id = h.customer_id AND i.item_id = h.item_id
		WHERE h.tenant_id = $1 AND h.customer_id = $2 ORDER BY h.hold_id DESC LIMIT 200`,
		[]any{a.tenant, v.customer}, func(r store.Rows) error {
			kind := book.HoldKind(r.Text(1))
			e := bySeq[r.Int64(0)]
			if e == nil {
				if !slices.Contains(shownHolds, kind) || len(said) >= 2*portalEvents {
					return nil
				}
				e = &PortalEvent{Day: r.Day(2), What: "hold", Answer: cal.None}
				bySeq[r.Int64(0)] = e
				said = append(said, e)
			}
			if e.Hold, e.Until = kind, r.Day(3); e.Until == cal.None {
				e.Until = cal.Far
			}
			e.Ended = !r.IsNull(4)
			if name := r.Text(5); name != "" {
				e.Items = append(e.Items, book.ItemName(name, int(r.Int64(6))))
			}
			return nil
		}); err != nil {
		return err
	}
	for _, e := range said {
		slices.Sort(e.Items)
		p.Said = append(p.Said, *e)
	}
	return nil
}

package app

import (
	"cmp"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// batchSize is how many accounts are loaded at once.
const batchSize = 1000

// loader loads accounts with one query per family of facts, ordered by key and
// merged here. The same code loads one account, a batch, or all. It keeps its
// memory between batches: accounts are valid until the next load.
type loader struct {
	tx        store.Tx
	tenant    int64
	creditors map[int64]*book.Creditor
	infos     []CreditorInfo
	asOf      asOfToday
	documents bool // also load what only people read: numbers, POs, names

	accounts []book.Account
	at       int // merge position in accounts

	settled  []book.Settled
	items    []book.Item
	credits  []book.Credit
	holds    []book.Hold
	moves    []book.Move
	notices  []book.Notice
	messages []book.Message
	tasks    []book.WorkItem
	contacts []book.Contact
}

func (a *App) newLoader(tx store.Tx, creditors []CreditorInfo) *loader {
	l := &loader{tx: tx, tenant: a.tenant, creditors: map[int64]*book.Creditor{}, infos: creditors,
		asOf: asOfToday{asked: cal.None}}
	for i := range creditors {
		l.creditors[creditors[i].ID] = &creditors[i].Creditor
	}
	return l
}

// load reads the accounts of these customers, whose ids must be ascending and at
// most batchSize. Customers that do not exist are left out.
func (l *loader) load(ids []int64) ([]book.Account, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	where, args := l.selection(ids)
	l.accounts = l.accounts[:0]
	l.asOf.set(l.tx, l.infos)
	if err := l.customers(where, args, ids); err != nil {
		return nil, err
	}
	if err := l.historyBehind(); err != nil {
		return nil, err
	}
	for _, family := range []func(func(string) string, []any) error{l.loadItems, l.loadCredits, l.loadHolds, l.loadMoves,
		l.loadNotices, l.loadMessages, l.loadTakenBack, l.loadTasks, l.loadContacts} {
		if err := family(where, args); err != nil {
			return nil, err
		}
	}
	for i := range l.accounts {
		voidNotices(&l.accounts[i])
	}
	return l.accounts, nil
}

// voidNotices marks the notices whose message is no longer live (of those that are not, only
// the ones that had been sent were loaded) or whose task was taken back.
func voidNotices(a *book.Account) {
	for i := range a.Notices {
		n := &a.Notices[i]
		if t := a.Task(n.Task); t != nil {
			n.Voided = t.TakenBack()
			continue
		}
		m := a.Message(n.Message)
		n.Voided = n.Message != 0 && (m == nil || !m.Live())
	}
}

// selection is the condition on the customer id, for a table of a prefix such as "h.": a
// range where the ids are dense (one scan of the clustered key), a list where they are not.
func (l *loader) selection(ids []int64) (where func(prefix string) string, args []any) {
	form, args := "%[1]stenant_id = $1 AND %[1]scustomer_id IN ids($2)", []any{l.tenant, ids}
	if first, last := ids[0], ids[len(ids)-1]; last-first+1 <= 2*int64(len(ids)) {
		form = "%[1]stenant_id = $1 AND %[1]scustomer_id >= $2 AND %[1]scustomer_id <= $3"
		args = []any{l.tenant, first, last}
	}
	return func(prefix string) string { return sprintf(form, prefix) }, args
}

// next moves the merge to a customer; nil if it is not among those loaded. Rows
// come in ascending order of customer.
func (l *loader) next(customer int64) *book.Account {
	for l.at < len(l.accounts) && l.accounts[l.at].Customer.ID < customer {
		l.at++
	}
	if l.at < len(l.accounts) && l.accounts[l.at].Customer.ID == customer {
		return &l.accounts[l.at]
	}
	return nil
}

// grow appends to an arena and lets an account's slice end there. When the arena
// moves, earlier accounts keep the old memory, which no longer changes.
func grow[T any](arena *[]T, slice *[]T, v T) {
	n := len(*slice)
	*arena = append(*arena, v)
	end := len(*arena)
	*slice = (*arena)[end-n-1 : end : end]
}

func (l *loader) customers(where func(string) string, args []any, ids []int64) error {
	l.settled = l.settled[:0]
	return store.Each(l.tx, `SELECT c.customer_id, c.creditor_id, c.party_id, c.kind, c.kind_confirmed, c.country,
		c.subdivision, c.language, c.strategy, c.flags, c.account_owner, c.since_day, c.law, c.goods, c.contract_rate,
		c.date_agreed, c.number, p.address, a.version, a.documents, a.payment_days, a.decided_hash, c.mode, a.billed_minor
		FROM customer c
		JOIN account a ON a.tenant_id = c.tenant_id AND a.customer_id = c.customer_id
		JOIN party p ON p.tenant_id = c.tenant_id AND p.party_id = c.party_id
		WHERE `+where("c.")+" AND "+where("a.")+" ORDER BY c.customer_id", args, func(r store.Rows) error {
		id := r.Int64(0)
		if _, wanted := slices.BinarySearch(ids, id); !wanted {
			return nil
		}
		acc := book.Account{Creditor: l.creditors[r.Int64(1)], Version: r.Int64(18), Documents: int(r.Int64(19)),
			BilledMinor: r.Int64(23), DecidedHash: r.Int64(21), Mode: intern(r.Bytes(22))}
		c := &acc.Customer
		c.ID, c.Creditor, c.Party = id, r.Int64(1), r.Int64(2)
		c.Kind, _ = book.ParseDebtorKind(intern(r.Bytes(3)))
		c.KindConfirmed = r.Bool(4)
		c.Country, c.Subdivision, c.Language = intern(r.Bytes(5)), intern(r.Bytes(6)), intern(r.Bytes(7))
		c.Strategy, c.AccountOwner = intern(r.Bytes(8)), intern(r.Bytes(10))
		c.Flags, _ = book.ParseFlags(intern(r.Bytes(9)))
		c.Since = r.Day(11)
		c.Law = intern(r.Bytes(12))
		c.Goods = book.ParseTri(intern(r.Bytes(13)))
		if rate := r.Text(14); rate != "" {
			parsed, err := money.ParseRate(rate)
			if err != nil {
				return err
			}
			c.ContractRate, c.HasRate = parsed, true
		}
		c.DateAgreed = book.ParseTri(intern(r.Bytes(15)))
		c.Number = r.Text(16)
		c.HasAddress = len(r.Bytes(17)) > 0
		if days := r.Bytes(20); len(days) > 0 {
			n := len(l.settled)
			l.settled = append(l.settled, book.ParseSettled(days, nil)...)
			acc.PaymentDays = l.settled[n:len(l.settled):len(l.settled)]
			l.asOf.history(&acc)
		}
		l.accounts = append(l.accounts, acc)
		return nil
	})
}

func (l *loader) loadItems(where func(string) string, args []any) error {
	l.items, l.at = l.items[:0], 0
	columns := "customer_id, item_id, currency, due_date, open_minor, amount_minor, cycle, invoice_date, " +
		"recorded_day, date_agreed, reported_level, reported_day"
	if l.documents {
		columns += ", number, instalment, po, document_kind"
	}
	var currencies word
	open, args := l.asOf.openItems(args)
	return store.Each(l.tx, "SELECT "+columns+" FROM item WHERE "+where("")+" AND "+open+
		" ORDER BY customer_id, item_id", args,
		func(r store.Rows) error {
			acc := l.next(r.Int64(0))
			if acc == nil {
				return nil
			}
			it := book.Item{ID: r.Int64(1), Kind: book.Invoice, Currency: money.Currency(currencies.of(r.Bytes(2))),
				DueDate: r.Day(3), OpenMinor: r.Int64(4), AmountMinor: r.Int64(5), Cycle: int(r.Int64(6)),
				InvoiceDate: r.Day(7), RecordedDay: r.Day(8),
				DateAgreed: book.Tri(r.Int64(9)), ReportedLevel: int(r.Int64(10)), ReportedDay: r.Day(11)}
			if l.documents {
				it.Number, it.Instalment, it.PO = r.Text(12), int(r.Int64(13)), r.Text(14)
				it.Kind = book.DocumentKindOf(r.Int64(15))
			}
			grow(&l.items, &acc.Items, it)
			return nil
		})
}

func (l *loader) loadCredits(where func(string) string, args []any) error {
	l.credits, l.at = l.credits[:0], 0
	return store.Each(l.tx, "SELECT customer_id, entry_id, kind, currency, effective_day, open_minor "+
		"FROM credit WHERE "+where("")+" ORDER BY customer_id, entry_id", args, func(r store.Rows) error {
		if acc := l.next(r.Int64(0)); acc != nil {
			grow(&l.credits, &acc.Credits, book.Credit{Entry: r.Int64(1), Kind: book.EntryKindOf(r.Int64(2)),
				Currency: currency(r.Bytes(3)), Day: r.Day(4), OpenMinor: r.Int64(5)})
		}
		return nil
	})
}

func (l *loader) loadHolds(where func(string) string, args []any) error {
	l.holds, l.at = l.holds[:0], 0
	return store.Each(l.tx, `SELECT h.customer_id, h.hold_id, h.seq, h.item_id, h.kind, h.currency, h.amount_minor,
		h.from_day, h.until_day, e.end_day, e.outcome
		FROM hold h LEFT JOIN hold_end e ON e.tenant_id = h.tenant_id AND e.customer_id = h.customer_id
			AND e.hold_id = h.hold_id
		WHERE `+where("h.")+` ORDER BY h.customer_id, h.hold_id`, args, func(r store.Rows) error {
		acc := l.next(r.Int64(0))
		if acc == nil {
			return nil
		}
		h := book.Hold{ID: r.Int64(1), Seq: r.Int64(2), Item: r.Int64(3), Kind: book.HoldKind(intern(r.Bytes(4))),
			Currency: currency(r.Bytes(5)), Minor: r.Int64(6), From: r.Day(7), Until: r.Day(8),
			EndDay: r.Day(9), Outcome: r.Text(10)}
		if h.Until == cal.None {
			h.Until = cal.Far
		}
		grow(&l.holds, &acc.Holds, h)
		return nil
	})
}

// loadMoves reads the payments and credits set against partly paid open items.
func (l *loader) loadMoves(where func(string) string, args []any) error {
	l.moves, l.at = l.moves[:0], 0
	partly := false
	for i := range l.items {
		partly = partly || l.items[i].OpenMinor != l.items[i].AmountMinor
	}
	if !partly {
		return nil
	}
	return store.Each(l.tx, `SELECT a.customer_id, a.item_id, a.effective_day, a.amount_minor, e.kind FROM allocation a
		JOIN entry e ON e.tenant_id = a.tenant_id AND e.customer_id = a.customer_id AND e.entry_id = a.entry_id
		WHERE `+where("a.")+sprintf(" AND a.head = %d", book.Principal)+`
		ORDER BY a.customer_id, a.item_id, a.effective_day, a.allocation_id`, args, func(r store.Rows) error {
		acc := l.next(r.Int64(0))
		if acc == nil {
			return nil
		}
		m := book.Move{Item: r.Int64(1), Kind: book.EntryKindOf(r.Int64(4)), Day: r.Day(2), Minor: -r.Int64(3)}
		if l.asOf.later(acc, m.Day) {
			underWay(acc, m)
		} else {
			grow(&l.moves, &acc.Moves, m)
		}
		return nil
	})
}

func (l *loader) loadNotices(where func(string) string, args []any) error {
	l.notices, l.at = l.notices[:0], 0
	var steps, channels word
	return store.Each(l.tx, "SELECT customer_id, item_id, cycle, step, channel, message_id, task_id FROM notice "+
		"WHERE "+where("")+
		" ORDER BY customer_id, item_id, cycle, step, channel", args, func(r store.Rows) error {
		acc := l.next(r.Int64(0))
		if acc == nil {
			return nil
		}
		n := book.Notice{Item: r.Int64(1), Cycle: int(r.Int64(2)), Step: steps.of(r.Bytes(3)),
			Channel: book.Channel(channels.of(r.Bytes(4))),
			Message: r.Int64(5), Task: r.Int64(6)}
		grow(&l.notices, &acc.Notices, n)
		return nil
	})
}

const messageColumns = `SELECT customer_id, message_id, currency, day, lead_step, stage, demand, role, channel,
	state, pay_by, sent_at, served_day, level, compensation_minor, strategy, approval FROM message WHERE `

func (l *loader) loadMessages(where func(string) string, args []any) error {
	l.messages, l.at = l.messages[:0], 0
	return store.Each(l.tx, messageColumns+where("")+" AND live = 1 ORDER BY customer_id, message_id", args,
		func(r store.Rows) error {
			if acc := l.next(r.Int64(0)); acc != nil {
				grow(&l.messages, &acc.Messages, messageOf(r, acc))
			}
			return nil
		})
}

// loadTakenBack adds the messages that were sent and then taken back: the customer heard
// them all the same.
func (l *loader) loadTakenBack(where func(string) string, args []any) error {
	l.at = 0
	return store.Each(l.tx, messageColumns+where("")+` AND live = 0 AND sent_at IS NOT NULL
		ORDER BY customer_id, message_id`, args, func(r store.Rows) error {
		acc := l.next(r.Int64(0))
		if acc == nil {
			return nil
		}
		m := messageOf(r, acc)
		k, _ := slices.BinarySearchFunc(acc.Messages, m.ID, func(o book.Message, id int64) int {
			return cmp.Compare(o.ID, id)
		})
		acc.Messages = slices.Insert(slices.Clip(acc.Messages), k, m)
		return nil
	})
}

// messageOf reads a row of messageColumns.
func messageOf(r store.Rows, acc *book.Account) book.Message {
	m := book.Message{ID: r.Int64(1), Currency: currency(r.Bytes(2)), Day: r.Day(3), Step: intern(r.Bytes(4)),
		Stage: int(r.Int64(5)), Demand: r.Bool(6), Role: book.Role(intern(r.Bytes(7))),
		Channel: book.Channel(intern(r.Bytes(8))), State: book.MessageState(intern(r.Bytes(9))), PayBy: r.Day(10),
		SentDay: cal.None, ServedDay: r.Day(12), CompensationMinor: r.Int64(14),
		Strategy: intern(r.Bytes(15)), Approval: intern(r.Bytes(16))}
	m.Level, _ = book.ParseLevel(intern(r.Bytes(13)))
	sent := r.Time(11)
	if m.State == book.Sent || !sent.IsZero() {
		m.SentDay = m.Day // a message leaves on its planned day or not at all
	}
	if m.Step == Correction && !sent.IsZero() { // which leaves on any
		if zone, err := cal.HomeZone(acc.Creditor.Country, acc.Creditor.Subdivision); err == nil {
			m.SentDay = max(m.Day, cal.DateIn(sent, zone))
		}
	}
	return m
}

func (l *loader) loadTasks(where func(string) string, args []any) error {
	l.tasks, l.at = l.tasks[:0], 0
	return store.Each(l.tx, "SELECT customer_id, task_id, kind, step, currency, due_day, state, done_day, outcome "+
		"FROM task WHERE "+where("")+
		" ORDER BY customer_id, task_id", args, func(r store.Rows) error {
		if acc := l.next(r.Int64(0)); acc != nil {
			grow(&l.tasks, &acc.Tasks, book.WorkItem{ID: r.Int64(1), Kind: intern(r.Bytes(2)), Step: intern(r.Bytes(3)),
				Currency: currency(r.Bytes(4)), DueDay: r.Day(5), State: book.TaskState(intern(r.Bytes(6))), DoneDay: r.Day(7),
				Outcome: r.Text(8)})
		}
		return nil
	})
}

func (l *loader) loadContacts(where func(string) string, args []any) error {
	l.contacts, l.at = l.contacts[:0], 0
	columns := "customer_id, contact_id, role, state, email"
	if l.documents {
		columns += ", name, phone"
	}
	return store.Each(l.tx, "SELECT "+columns+" FROM contact WHERE "+where("")+
		" AND state <> 'removed' ORDER BY customer_id, contact_id", args,
		func(r store.Rows) error {
			acc := l.next(r.Int64(0))
			if acc == nil {
				return nil
			}
			c := book.Contact{ID: r.Int64(1), Role: book.Role(intern(r.Bytes(2))), State: intern(r.Bytes(3)), Email: r.Text(4)}
			if l.documents {
				c.Name, c.Phone = r.Text(5), r.Text(6)
			}
			grow(&l.contacts, &acc.Contacts, c)
			return nil
		})
}

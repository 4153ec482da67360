package app

import (
	"cmp"
	"context"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/store"
)

// CustomerView is a customer as a person sees it.
type CustomerView struct {
	ID            int64          `json:"id"`
	Number        string         `json:"number"`
	Creditor      string         `json:"creditor"`
	Name          string         `json:"name"`
	Address       string         `json:"address"`
	RegisterNo    string         `json:"register_no"`
	VATID         string         `json:"vat_id"`
	Kind          string         `json:"kind"`
	KindConfirmed bool           `json:"kind_confirmed"`
	Country       string         `json:"country"`
	Language      string         `json:"language"`
	Strategy      string         `json:"strategy"`
	Flags         string         `json:"flags"`
	AccountOwner  string         `json:"account_owner"`
	Collector     string         `json:"collector"` // login of who looks after it on our side; "" = nobody in particular
	Since         string         `json:"since"`
	Law           string         `json:"law"`
	Goods         string         `json:"goods"`
	ContractRate  string         `json:"contract_rate"`
	DateAgreed    string         `json:"date_agreed"`
	Mode          string         `json:"mode"`
	Balances      []Balance      `json:"balances"`
	Items         []ItemView     `json:"items"`
	Contacts      []ContactView  `json:"contacts"`
	Holds         []CustomerHold `json:"holds"`
	Written       []Written      `json:"written"` // what people wrote down, the newest first
	Usual         Lateness       `json:"usual"`
	Version       int64          `json:"version"`
}

// Balance is what a customer owes in one currency, less what is unapplied.
type Balance struct {
	Currency  money.Currency `json:"currency"`
	Open      string         `json:"open"`
	Overdue   string         `json:"overdue"`
	Unapplied string         `json:"unapplied"`
	// Actionable is what may be asked for today: overdue, less what is held and what
	// unapplied money may settle, as in the lists and on the first page. Disputed, Promised
	// and HeldOther are the parts of what is overdue that are held.
	Actionable string `json:"actionable"`
	Disputed   string `json:"disputed"`
	Promised   string `json:"promised"`
	HeldOther  string `json:"held_other"`
}

// ItemView is an open item.
type ItemView struct {
	Number      string         `json:"number"`
	Instalment  int            `json:"instalment"`
	Kind        string         `json:"document_kind"`
	InvoiceDate string         `json:"invoice_date"`
	DueDate     string         `json:"due_date"`
	DaysOverdue int            `json:"days_overdue"`
	Amount      string         `json:"amount"`
	Open        string         `json:"open"`
	Currency    money.Currency `json:"currency"`
	PO          string         `json:"po"`
	// Held are the kinds of what holds the item or a part of it today. Told is the step of
	// the last message about it that has left, "" if none has; ToldOn its day.
	Held   []book.HoldKind `json:"held,omitempty"`
	Told   string          `json:"told,omitempty"`
	ToldOn string          `json:"told_on,omitempty"`
}

// ContactView is a contact.
type ContactView struct {
	ID    int64     `json:"id"`
	Role  book.Role `json:"role"`
	Name  string    `json:"name"`
	Email string    `json:"email"`
	Phone string    `json:"phone"`
	State string    `json:"state"`
}

// CustomerHold is a hold that holds today.
type CustomerHold struct {
	ID    int64  `json:"id"`
	Kind  string `json:"kind"`
	From  string `json:"from"`
	Until string `json:"until"` // "" while open-ended
}

// Customer shows a customer with what is open today. Errors: not found.
func (a *App) Customer(ctx context.Context, id int64) (CustomerView, error) {
	var v CustomerView
	err := a.read(ctx, func(tx store.Tx) (err error) {
		v, err = a.customerView(tx, id)
		return err
	})
	return v, err
}

func (a *App) customerView(tx store.Tx, id int64) (v CustomerView, err error) {
	creditors, err := a.creditors(tx)
	if err != nil {
		return v, err
	}
	l := a.newLoader(tx, creditors)
	l.documents = true
	acc, err := loadOne(l, id)
	if err != nil {
		return v, err
	}
	c, err := creditorByID(creditors, acc.Customer.Creditor)
	if err != nil {
		return v, err
	}
	d, err := a.decider(tx, c)
	if err != nil {
		return v, err
	}
	v = viewOf(acc, d, c.today(tx))
	v.Creditor = c.Code
	p, err := a.partyOf(tx, acc.Customer.Party)
	if err != nil {
		return v, err
	}
	v.Name, v.Address, v.RegisterNo, v.VATID = p.name, p.address, p.registerNo, p.vatID
	if v.Collector, err = a.collectorOf(tx, id); err != nil {
		return v, err
	}
	v.Written, err = a.writtenAbout(tx, id)
	return v, err
}

func viewOf(acc *book.Account, d *decide.Decider, today cal.Date) CustomerView {
	c := &acc.Customer
	v := CustomerView{ID: c.ID, Number: c.Number, Kind: c.Kind.String(), KindConfirmed: c.KindConfirmed,
		Country: JoinRegion(c.Country, c.Subdivision), Language: c.Language, Strategy: c.Strategy,
		Flags: c.Flags.String(), AccountOwner: c.AccountOwner, Since: dayOrNothing(c.Since), Law: c.Law,
		Goods: c.Goods.String(), DateAgreed: c.DateAgreed.String(), Mode: acc.Mode, Version: acc.Version, Usual: latenessOf(acc, today),
		Balances: []Balance{}, Items: []ItemView{}, Contacts: []ContactView{}, Holds: []CustomerHold{}}
	if c.HasRate {
		v.ContractRate = c.ContractRate.String()
	}
	holds := slices.DeleteFunc(slices.Clone(acc.Holds), func(h book.Hold) bool { return !d.Holds(&h, today) })
	for _, code := range acc.Currencies(nil) {
		v.Balances = append(v.Balances, balanceOf(acc, holds, code, today))
	}
	for i := range acc.Items {
		k := itemView(&acc.Items[i], today)
		heldOff(acc.Items[i].ID, acc.Items[i].OpenMinor, holds, func(h *book.Hold, part int64) {
			if part > 0 {
				k.Held = append(k.Held, h.Kind)
			}
		})
		k.Told, k.ToldOn = lastTold(acc, acc.Items[i].ID)
		v.Items = append(v.Items, k)
	}
	for i := range acc.Contacts {
		k := &acc.Contacts[i]
		v.Contacts = append(v.Contacts, ContactView{k.ID, k.Role, k.Name, k.Email, k.Phone, k.State})
	}
	for i := range holds {
		h := &holds[i]
		v.Holds = append(v.Holds, CustomerHold{h.ID, string(h.Kind), h.From.String(), dayOrNothing(h.Until)})
	}
	return v
}

// balanceOf adds up what is open in one currency; holds are those that hold today.
func balanceOf(acc *book.Account, holds []book.Hold, code money.Currency, today cal.Date) Balance {
	var open, overdue, ask int64
	var held [heldSums]int64
	for i := range acc.Items {
		it := &acc.Items[i]
		if it.Currency != code || !it.Issued(today) {
			continue
		}
		open = money.AddMinor(open, it.OpenMinor)
		if it.Overdue(today) {
			overdue = money.AddMinor(overdue, it.OpenMinor)
			free := heldOff(it.ID, it.OpenMinor, holds, func(h *book.Hold, part int64) { held[heldSum(h.Kind)] += part })
			ask = money.AddMinor(ask, free)
		}
	}
	if strategy.Excluded(&acc.Customer) != "" {
		ask = 0
	}
	decimal := func(minor int64) string { return money.FormatMinor(minor, code.Exponent()) }
	return Balance{Currency: code, Open: decimal(open), Overdue: decimal(overdue), Unapplied: decimal(acc.Unapplied(code)),
		Actionable: decimal(max(0, ask-acc.Unapplied(code))), Disputed: decimal(held[heldDisputed]),
		Promised: decimal(held[heldPromised]), HeldOther: decimal(held[heldOther])}
}

// lastTold is the step of the last message about an item that has left, and its day.
func lastTold(acc *book.Account, item int64) (step, day string) {
	var last *book.Message
	first, _ := slices.BinarySearchFunc(acc.Notices, item, func(n book.Notice, id int64) int { return cmp.Compare(n.Item, id) })
	for i := first; i < len(acc.Notices) && acc.Notices[i].Item == item; i++ {
		n := &acc.Notices[i]
		if n.Voided || n.Message == 0 {
			continue
		}
		if m := acc.Message(n.Message); m != nil && m.State == book.Sent && (last == nil || m.SentDay >= last.SentDay) {
			last, step, day = m, n.Step, dayOrNothing(m.SentDay)
		}
	}
	return step, day
}

func itemView(it *book.Item, today cal.Date) ItemView {
	decimal := func(minor int64) string { return money.FormatMinor(minor, it.Currency.Exponent()) }
	v := ItemView{Number: it.Number, Instalment: it.Instalment, Kind: string(it.Kind), PO: it.PO,
		InvoiceDate: dayOrNothing(it.InvoiceDate), DueDate: dayOrNothing(it.DueDate),
		Amount: decimal(it.AmountMinor), Open: decimal(it.OpenMinor), Currency: it.Currency}
	if it.Overdue(today) {
		v.DaysOverdue = it.DaysOverdue(today)
	}
	return v
}

// dayOrNothing is a day as text, "" where there is none.
func dayOrNothing(d cal.Date) string {
	if d == cal.None || d == cal.Far {
		return ""
	}
	return d.String()
}

// JoinRegion joins country and subdivision as ISO 3166-2 does.
func JoinRegion(country, subdivision string) string {
	if subdivision == "" {
		return country
	}
	return country + "-" + subdivision
}

// oneOrAll is the id of a creditor, or 0, which stands for all, where no code is given.
func (a *App) oneOrAll(tx store.Tx, code string) (int64, error) {
	if code == "" {
		return 0, nil
	}
	c, err := a.creditor(tx, code)
	return c.ID, err
}

// CustomerLine is a customer in a list.
type CustomerLine struct {
	ID       int64  `json:"id"`
	Number   string `json:"number"`
	Creditor string `json:"creditor"`
	Name     string `json:"name"`
	Kind     string `json:"kind"`
	Country  string `json:"country"`
	Strategy string `json:"strategy"`
	NextLook string `json:"next_look_on"`
}

// Customers lists the customers of a creditor, by number; creditor "" is all.
func (a *App) Customers(ctx context.Context, creditor string) ([]CustomerLine, error) {
	all := []CustomerLine{}
	err := a.read(ctx, func(tx store.Tx) error {
		all = all[:0]
		only, err := a.oneOrAll(tx, creditor)
		if err != nil {
			return err
		}
		return store.Each(tx, `SELECT c.customer_id, c.number, k.code, p.name, c.kind, c.country, c.subdivision,
			c.strategy, a.next_look_on
			FROM customer c
			JOIN creditor k ON k.tenant_id = c.tenant_id AND k.creditor_id = c.creditor_id
			JOIN party p ON p.tenant_id = c.tenant_id AND p.party_id = c.party_id
			JOIN account a ON a.tenant_id = c.tenant_id AND a.customer_id = c.customer_id
			WHERE c.tenant_id = $1 AND (c.creditor_id = $2 OR $2 = 0) ORDER BY c.creditor_id, c.number_norm`,
			[]any{a.tenant, only}, func(r store.Rows) error {
				all = append(all, CustomerLine{r.Int64(0), r.Text(1), r.Text(2), r.Text(3), r.Text(4),
					JoinRegion(r.Text(5), r.Text(6)), r.Text(7), dayOrNothing(r.Day(8))})
				return nil
			})
	})
	return all, err
}

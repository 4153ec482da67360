package app

import (
	"context"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/money"
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
	for _, code := range acc.Currencies(nil) {
		v.Balances = append(v.Balances, balanceOf(acc, code, today))
	}
	for i := range acc.Items {
		v.Items = append(v.Items, itemView(&acc.Items[i], today))
	}
	for i := range acc.Contacts {
		k := &acc.Contacts[i]
		v.Contacts = append(v.Contacts, ContactView{k.ID, k.Role, k.Name, k.Email, k.Phone, k.State})
	}
	for i := range acc.Holds {
		h := &acc.Holds[i]
		if d.Holds(h, today) {
			v.Holds = append(v.Holds, CustomerHold{h.ID, string(h.Kind), h.From.String(), dayOrNothing(h.Until)})
		}
	}
	return v
}

func balanceOf(acc *book.Account, code money.Currency, today cal.Date) Balance {
	var open, overdue int64
	for i := range acc.Items {
		if it := &acc.Items[i]; it.Currency == code && it.Issued(today) {
			open += it.OpenMinor
			if it.Overdue(today) {
				overdue += it.OpenMinor
			}
		}
	}
	decimal := func(minor int64) string { return money.FormatMinor(minor, code.Exponent()) }
	return Balance{code, decimal(open), decimal(overdue), decimal(acc.Unapplied(code))}
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

package app

import (
	"cmp"
	"context"
	"slices"

	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// NoAddress are the customers who owe something and have no e-mail address, and how much
// of the money is covered by those who have one.
type NoAddress struct {
	Customers  []NoAddressCustomer `json:"customers"` // by currency, the largest first
	Currencies []AddressCover      `json:"currencies"`
}

// NoAddressCustomer is a customer without an e-mail address.
type NoAddressCustomer struct {
	ID     int64     `json:"id"`
	Number string    `json:"number"`
	Name   string    `json:"name"`
	Open   MoneyText `json:"open"`
	minor  int64
}

// AddressCover says how much of what is open in a currency has an address.
type AddressCover struct {
	Currency  money.Currency `json:"currency"`
	Customers int            `json:"customers"` // who owe something
	Without   int            `json:"without"`   // of them without an address
	Open      string         `json:"open"`
	Covered   string         `json:"covered"`
	Percent   int            `json:"percent"` // of the money, rounded down

	open, covered int64
}

// WithoutAddress lists the customers of a creditor who owe something and have no e-mail
// address that can be used, largest first. Errors: not found (creditor).
func (a *App) WithoutAddress(ctx context.Context, creditor string) (NoAddress, error) {
	var out NoAddress
	err := a.read(ctx, func(tx store.Tx) error {
		out = NoAddress{Customers: []NoAddressCustomer{}, Currencies: []AddressCover{}}
		c, err := a.creditor(tx, creditor)
		if err != nil {
			return err
		}
		has := map[int64]bool{}
		err = store.Each(tx, "SELECT customer_id FROM contact WHERE tenant_id = $1 AND state = 'ok' AND email <> ''",
			[]any{a.tenant}, func(r store.Rows) error { has[r.Int64(0)] = true; return nil })
		if err != nil {
			return err
		}
		return store.Each(tx, `SELECT i.customer_id, c.number, p.name, i.currency, CAST(sum(i.open_minor) AS bigint)
			FROM item i JOIN customer c ON c.tenant_id = i.tenant_id AND c.customer_id = i.customer_id
			JOIN party p ON p.tenant_id = c.tenant_id AND p.party_id = c.party_id
			WHERE i.tenant_id = $1 AND i.creditor_id = $2 AND i.open_minor > 0
			GROUP BY i.customer_id, c.number, p.name, i.currency`, []any{a.tenant, c.ID}, func(r store.Rows) error {
			out.add(NoAddressCustomer{ID: r.Int64(0), Number: r.Text(1), Name: r.Text(2), minor: r.Int64(4)},
				money.Currency(r.Text(3)), has[r.Int64(0)])
			return nil
		})
	})
	out.finish()
	return out, err
}

func (n *NoAddress) add(c NoAddressCustomer, currency money.Currency, covered bool) {
	at := slices.IndexFunc(n.Currencies, func(k AddressCover) bool { return k.Currency == currency })
	if at < 0 {
		at = len(n.Currencies)
		n.Currencies = append(n.Currencies, AddressCover{Currency: currency})
	}
	cover := &n.Currencies[at]
	cover.Customers++
	cover.open = money.AddMinor(cover.open, c.minor)
	if covered {
		cover.covered = money.AddMinor(cover.covered, c.minor)
		return
	}
	cover.Without++
	c.Open = moneyText(c.minor, currency)
	n.Customers = append(n.Customers, c)
}

func (n *NoAddress) finish() {
	slices.SortFunc(n.Customers, func(a, b NoAddressCustomer) int {
		return cmp.Or(cmp.Compare(a.Open.Currency, b.Open.Currency), cmp.Compare(b.minor, a.minor), cmp.Compare(a.ID, b.ID))
	})
	for i := range n.Currencies {
		c := &n.Currencies[i]
		c.Open, c.Covered = moneyText(c.open, c.Currency).Amount, moneyText(c.covered, c.Currency).Amount
		const hundred = 100
		if whole := c.open / hundred; whole > 0 { // amounts below a hundred minor units tell no share
			c.Percent = int(min(c.covered/whole, hundred))
		} else if c.covered == c.open {
			c.Percent = hundred
		}
	}
	slices.SortFunc(n.Currencies, func(a, b AddressCover) int { return cmp.Compare(a.Currency, b.Currency) })
}

package app

import (
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/store"
)

// judge looks at messages one after another: what is of a creditor is read once.
type judge struct {
	a         *App
	creditors []CreditorInfo
	deciders  map[int64]*decide.Decider // by creditor
}

func (a *App) newJudge(tx store.Tx) (*judge, error) {
	creditors, err := a.creditors(tx)
	return &judge{a: a, creditors: creditors, deciders: map[int64]*decide.Decider{}}, err
}

// of is a creditor with its Decider. Errors: not found.
func (j *judge) of(tx store.Tx, creditor int64) (*CreditorInfo, *decide.Decider, error) {
	c, err := creditorByID(j.creditors, creditor)
	if err != nil {
		return nil, nil, err
	}
	d := j.deciders[c.ID]
	if d == nil {
		if d, err = j.a.decider(tx, c); err != nil {
			return nil, nil, err
		}
		j.deciders[c.ID] = d
	}
	return c, d, nil
}

// account loads the account of a customer.
func (j *judge) account(tx store.Tx, customer int64) (*book.Account, error) {
	return loadOne(j.a.newLoader(tx, j.creditors), customer)
}

// customers are some customers by id, as their accounts have them.
func (j *judge) customers(tx store.Tx, ids []int64) (map[int64]book.Customer, error) {
	found := make(map[int64]book.Customer, len(ids))
	slices.Sort(ids)
	l := j.a.newLoader(tx, j.creditors)
	for some := range slices.Chunk(slices.Compact(ids), batchSize) {
		accounts, err := l.load(some)
		if err != nil {
			return nil, err
		}
		for i := range accounts {
			found[accounts[i].Customer.ID] = accounts[i].Customer
		}
	}
	return found, nil
}

package app

import (
	"cmp"
	"context"
	"slices"

	"github.com/recoup-project/recoup/internal/store"
)

// surveyColumn is something about each customer that few lists ask for.
type surveyColumn struct {
	rank  []int32  // by customer: its place in an order, or a number
	words []string // by customer
}

// The columns that are read when somebody first asks for them, each with its query: the
// customer and what the column keeps of it, the last row of a customer counting.
var surveyColumns = map[string]struct {
	query string
	words bool // keeps the word; else the number
	ranks bool // keeps the place of the word among all
}{
	"name": {query: `SELECT c.customer_id, p.name FROM customer c
		JOIN party p ON p.tenant_id = c.tenant_id AND p.party_id = c.party_id WHERE c.tenant_id = $1`, ranks: true},
	"number": {query: "SELECT customer_id, number_norm FROM customer WHERE tenant_id = $1", ranks: true},
	"strategy": {query: `SELECT customer_id, strategy FROM decision WHERE tenant_id = $1
		ORDER BY customer_id, valid_from_day, seq`, words: true},
	"stage": {query: `SELECT customer_id, CAST(max(stage) AS bigint) + 1 FROM message WHERE tenant_id = $1 AND live = 1
		AND state = 'sent' GROUP BY customer_id`},
	"owner":     {query: "SELECT customer_id, account_owner FROM customer WHERE tenant_id = $1", words: true},
	"collector": {query: "SELECT customer_id, user_id FROM collector WHERE tenant_id = $1"},
	"contact": {query: `SELECT DISTINCT customer_id, 1 FROM contact WHERE tenant_id = $1
		AND (email <> '' OR phone <> '') AND state <> 'removed' AND state <> 'bounced'`},
}

// column reads a column, once for a survey. What was recorded since the survey is in it
// too; customers that are newer are left out.
func (a *App) column(ctx context.Context, s *survey, name string) (*surveyColumn, error) {
	s.lazy.Lock()
	defer s.lazy.Unlock()
	if c := s.columns[name]; c != nil {
		return c, nil
	}
	of := surveyColumns[name]
	c := &surveyColumn{}
	err := a.read(context.WithoutCancel(ctx), func(tx store.Tx) error {
		*c = surveyColumn{rank: make([]int32, len(s.customers)), words: make([]string, len(s.customers))}
		return store.Each(tx, of.query, []any{a.tenant}, func(r store.Rows) error {
			k := s.find(r.Int64(0))
			switch {
			case k < 0:
			case of.words:
				c.words[k] = intern(r.Bytes(1))
			case of.ranks:
				c.words[k] = fold(r.Text(1))
			default:
				c.rank[k] = int32(r.Int64(1))
			}
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	if of.ranks {
		c.rankWords()
	}
	for k := range c.words {
		if name == "strategy" && c.words[k] == "" { // not decided yet, or nothing to decide
			c.words[k] = s.strategies[s.customers[k].strategy]
		}
	}
	s.columns[name] = c
	return c, nil
}

// rankWords keeps of the words only the place of each in their order.
func (c *surveyColumn) rankWords() {
	order := make([]int32, len(c.words))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(x, y int32) int { return cmp.Or(cmp.Compare(c.words[x], c.words[y]), cmp.Compare(x, y)) })
	for place, i := range order {
		c.rank[i] = int32(place)
	}
	c.words = nil
}

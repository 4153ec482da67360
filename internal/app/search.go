package app

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// SearchHit is one thing that a search found.
type SearchHit struct {
	Kind     string  `json:"kind"` // customer, item
	ID       int64   `json:"id"`   // of the customer
	Item     int64   `json:"item,omitempty"`
	Customer string  `json:"customer"`
	Name     string  `json:"name"`
	Creditor string  `json:"creditor"`
	Document string  `json:"document,omitempty"` // number of the item
	Open     *Amount `json:"open,omitempty"`     // of the item; of a customer what is overdue in its largest currency
	// Matched says what the text was found in: number, name, contact, document,
	// open_amount, amount.
	Matched string `json:"matched"`
	Detail  string `json:"detail,omitempty"` // the contact that matched
}

// SearchResult is what a search found, the best first.
type SearchResult struct {
	Hits []SearchHit `json:"hits"`
	More bool        `json:"more"` // there are more than were asked for
	// Partial: there was no time to compare all amounts.
	Partial bool `json:"partial,omitempty"`
}

// amountTime is for how long open items are compared with an amount.
const amountTime = 400 * time.Millisecond

// Search finds customers by the beginnings of words of number, name and contacts, without
// case and accents; documents by the beginning of their number; and open items by their
// amount, of what is open or was invoiced. All words must fit. What fits a number best
// comes first, then names, contacts and amounts; among equals who owes most that is
// overdue. It finds the same on both engines.
func (a *App) Search(ctx context.Context, text string, limit int) (SearchResult, error) {
	return a.SearchWithin(ctx, Within{}, text, limit)
}

// SearchWithin finds, as Search does, what a user may see.
func (a *App) SearchWithin(ctx context.Context, w Within, text string, limit int) (SearchResult, error) {
	result := SearchResult{Hits: []SearchHit{}}
	text = strings.TrimSpace(text)
	if text == "" || len(text) > 200 {
		return result, nil
	}
	size := pageSize(limit)
	s, err := a.survey(ctx)
	if err != nil {
		return result, err
	}
	words, err := a.searchText(ctx)
	if err != nil {
		return result, err
	}
	within, err := a.customersWithin(ctx, s, w)
	if err != nil {
		return result, err
	}
	own, err := a.idsWithin(ctx, s, w) // also for the queries: a limit counts only what the user may see
	if err != nil {
		return result, err
	}
	customers := slices.DeleteFunc(words.find(text), func(f found) bool {
		k := s.find(f.id)
		return within != nil && (k < 0 || !within(int32(k)))
	})
	slices.SortFunc(customers, func(x, y found) int {
		return cmp.Or(cmp.Compare(x.place, y.place), cmp.Compare(s.owedBy(y.id), s.owedBy(x.id)), cmp.Compare(x.id, y.id))
	})
	if result.More = len(customers) > size; result.More {
		customers = customers[:size]
	}
	var documents, amounts []SearchHit
	err = a.read(ctx, func(tx store.Tx) (err error) {
		result.Hits = result.Hits[:0]
		if result.Hits, err = a.customerHits(tx, s, customers, text); err != nil {
			return err
		}
		documents, err = a.documentHits(tx, text, own, size+1)
		return err
	})
	if err != nil {
		return result, err
	}
	if amounts, err = a.amountHits(ctx, text, own, size+1); errors.Is(err, context.DeadlineExceeded) {
		result.Partial, err = true, nil
	}
	result.Hits = append(append(result.Hits, documents...), amounts...)
	slices.SortStableFunc(result.Hits, func(x, y SearchHit) int { return cmp.Compare(x.order(), y.order()) })
	if len(result.Hits) > size {
		result.Hits, result.More = result.Hits[:size], true
	}
	return result, err
}

// order puts numbers before names before contacts before amounts.
func (h *SearchHit) order() int {
	return slices.Index([]string{"number", "document", "name", "contact", "open_amount", "amount"}, h.Matched)
}

// owedBy is the largest overdue amount of a customer in one currency, for an order only.
func (s *survey) owedBy(customer int64) (most int64) {
	if k := s.find(customer); k >= 0 {
		for i := s.customers[k].from; i < s.customers[k].to; i++ {
			most = max(most, s.lines[i].overdue)
		}
	}
	return most
}

func (a *App) customerHits(tx store.Tx, s *survey, customers []found, text string) ([]SearchHit, error) {
	ids := make([]int64, 0, len(customers))
	for _, f := range customers {
		ids = append(ids, f.id)
	}
	names, err := a.customerNames(tx, ids)
	if err != nil {
		return nil, err
	}
	contacts, err := a.contactsCalled(tx, ids, text)
	if err != nil {
		return nil, err
	}
	hits := make([]SearchHit, 0, len(customers))
	for _, f := range customers {
		h := SearchHit{Kind: "customer", ID: f.id, Customer: names[f.id].number, Name: names[f.id].name,
			Matched: map[byte]string{markNumber: "number", markName: "name", markContact: "contact"}[f.field]}
		if f.field == markContact {
			h.Detail = contacts[f.id]
		}
		if k := s.find(f.id); k >= 0 {
			c := &s.customers[k]
			h.Creditor = s.creditors[c.creditor].Code
			for i := c.from; i < c.to; i++ {
				if l := &s.lines[i]; h.Open == nil || l.overdue > h.Open.Minor {
					owed := amountIn(l.overdue, s.currencies[l.currency])
					h.Open = &owed
				}
			}
		}
		hits = append(hits, h)
	}
	return hits, nil
}

// contactsCalled is, by customer, the first contact in which a word of the text was found.
func (a *App) contactsCalled(tx store.Tx, customers []int64, text string) (map[int64]string, error) {
	called, words := map[int64]string{}, searchWords(text)
	return called, store.Each(tx, `SELECT customer_id, name, email, phone FROM contact WHERE tenant_id = $1
		AND customer_id IN ids($2) AND state <> 'removed' ORDER BY customer_id, contact_id`, []any{a.tenant, customers},
		func(r store.Rows) error {
			for i := 1; i <= 3; i++ {
				field := r.Text(i)
				in := " " + strings.Join(searchWords(field), " ")
				if field != "" && called[r.Int64(0)] == "" && slices.ContainsFunc(words, func(w string) bool {
					return strings.Contains(in, " "+w)
				}) {
					called[r.Int64(0)] = field
				}
			}
			return nil
		})
}

// itemKey is an item as a search finds it.
type itemKey struct {
	customer, item int64
	matched        string
}

// itemHits completes what was found, in its order.
func (a *App) itemHits(tx store.Tx, keys []itemKey) ([]SearchHit, error) {
	at, customers, items := map[int64]int{}, make([]int64, len(keys)), make([]int64, len(keys))
	for i, k := range keys {
		at[k.item], customers[i], items[i] = i, k.customer, k.item
	}
	hits := make([]SearchHit, len(keys))
	return hits, store.Each(tx, `SELECT i.customer_id, i.item_id, c.number, p.name, k.code, i.number, i.instalment,
		i.open_minor, i.currency FROM item i
		JOIN customer c ON c.tenant_id = i.tenant_id AND c.customer_id = i.customer_id
		JOIN party p ON p.tenant_id = c.tenant_id AND p.party_id = c.party_id
		JOIN creditor k ON k.tenant_id = i.tenant_id AND k.creditor_id = i.creditor_id
		WHERE i.tenant_id = $1 AND i.customer_id IN ids($2) AND +i.item_id IN ids($3)`,
		[]any{a.tenant, customers, items}, func(r store.Rows) error {
			open, k := amountIn(r.Int64(7), currency(r.Bytes(8))), at[r.Int64(1)]
			hits[k] = SearchHit{Kind: "item", ID: r.Int64(0), Item: r.Int64(1), Customer: r.Text(2), Name: r.Text(3),
				Creditor: r.Text(4), Document: book.ItemName(r.Text(5), int(r.Int64(6))), Open: &open, Matched: keys[k].matched}
			return nil
		})
}

// documentHits finds items by the beginning of their number.
func (a *App) documentHits(tx store.Tx, text string, own []int64, limit int) ([]SearchHit, error) {
	prefix := normaliseNumber(text)
	if !strings.ContainsFunc(prefix, unicode.IsDigit) {
		return nil, nil
	}
	var keys []itemKey
	// The plus keeps SQLite from reading the whole tenant: it takes an equal column for a find.
	only, args := ownItems(own, []any{a.tenant, prefix, prefix + "\U0010ffff", int64(limit)})
	if err := store.Each(tx, `SELECT customer_id, item_id FROM item
		WHERE number_norm >= $2 AND number_norm < $3 AND +tenant_id = $1`+only+`
		ORDER BY number_norm, tenant_id, creditor_id, instalment, document_kind LIMIT $4`, args, func(r store.Rows) error {
		keys = append(keys, itemKey{r.Int64(0), r.Int64(1), "document"})
		return nil
	}); err != nil {
		return nil, err
	}
	return a.itemHits(tx, keys)
}

// ownItems is the condition that an item is of some customers, with its argument; nil are all.
func ownItems(own []int64, args []any) (string, []any) {
	if own == nil {
		return "", args
	}
	return sprintf(" AND +customer_id IN ids($%d)", len(args)+1), append(args, own)
}

// amountHits finds open items by an amount, as long as there is time.
func (a *App) amountHits(ctx context.Context, text string, own []int64, limit int) (hits []SearchHit, err error) {
	minors := amountsMeant(text)
	if len(minors) == 0 {
		return nil, nil
	}
	for len(minors) < 3 {
		minors = append(minors, minors[0])
	}
	limited, stop := context.WithTimeout(ctx, amountTime)
	defer stop()
	err = a.read(limited, func(tx store.Tx) error {
		var keys []itemKey
		only, args := ownItems(own, []any{a.tenant, minors[0], minors[1], minors[2], int64(3 * limit)})
		if err := store.Each(tx, `SELECT customer_id, item_id, currency, open_minor, amount_minor FROM item
			WHERE tenant_id = $1 AND open_minor > 0 AND (open_minor = $2 OR amount_minor = $2 OR open_minor = $3
				OR amount_minor = $3 OR open_minor = $4 OR amount_minor = $4)`+only+`
			ORDER BY customer_id, item_id LIMIT $5`, args, func(r store.Rows) error {
			code, key := currency(r.Bytes(2)), itemKey{r.Int64(0), r.Int64(1), "open_amount"}
			if !meansAmount(text, r.Int64(3), code) {
				key.matched = "amount"
			}
			if len(keys) < limit && (key.matched == "open_amount" || meansAmount(text, r.Int64(4), code)) {
				keys = append(keys, key)
			}
			return nil
		}); err != nil {
			return err
		}
		hits, err = a.itemHits(tx, keys)
		return err
	})
	if limited.Err() != nil && ctx.Err() == nil {
		err = context.DeadlineExceeded
	}
	return hits, err
}

// amountText is a text as a decimal with a point, "" if it is none: 1,234.50 and 1.234,50
// and £1 234 are amounts. A single mark before three digits parts thousands.
func amountText(text string) string {
	text = strings.TrimFunc(text, func(r rune) bool { return unicode.Is(unicode.Sc, r) || unicode.IsSpace(r) })
	digits, last := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\'' || r == '’' {
			return -1
		}
		return r
	}, text), -1
	for i := 0; i < len(digits); i++ {
		switch c := digits[i]; {
		case c == '.' || c == ',':
			last = i
		case c < '0' || c > '9':
			return ""
		}
	}
	if last >= 0 && len(digits)-last-1 >= 3 {
		last = -1
	}
	whole, part := digits, ""
	if last >= 0 {
		whole, part = digits[:last], digits[last+1:]
	}
	whole = strings.NewReplacer(".", "", ",", "").Replace(whole)
	if whole == "" || len(whole) > 15 {
		return ""
	}
	if part != "" {
		whole += "." + part
	}
	return whole
}

// amountsMeant are the amounts in minor units that a text can mean, of currencies with
// none, two or three places.
func amountsMeant(text string) (minors []int64) {
	decimal := amountText(text)
	if decimal == "" {
		return nil
	}
	for _, places := range []int{0, 2, 3} {
		if minor, err := money.ParseMinor(decimal, places); err == nil && minor > 0 {
			minors = append(minors, minor)
		}
	}
	slices.Sort(minors)
	return slices.Compact(minors)
}

// meansAmount reports whether a text means an amount in a currency.
func meansAmount(text string, minor int64, c money.Currency) bool {
	meant, err := money.ParseMinor(amountText(text), c.Exponent())
	return err == nil && meant == minor
}

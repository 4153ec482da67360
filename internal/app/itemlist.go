package app

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// ItemFilter narrows a list of invoices; zero fields do not.
type ItemFilter struct {
	Creditor string         `json:"creditor,omitempty"`
	Customer int64          `json:"customer,omitempty"`
	Currency money.Currency `json:"currency,omitempty"`
	State    string         `json:"state,omitempty"`  // one of ItemStates, open where none is given
	Bucket   string         `json:"bucket,omitempty"` // a name of book.BucketNames: age today
	Number   string         `json:"number,omitempty"` // beginning of the number
	Within   Within         `json:"-"`                // what the user may see
	Disputed bool           `json:"disputed,omitempty"`
	// DueFrom and DueTo are the first and last contractual due date; None or the zero value
	// is no bound.
	DueFrom cal.Date `json:"due_from,omitempty"`
	DueTo   cal.Date `json:"due_to,omitempty"`
}

// ItemStates are what may be asked for, ItemSorts the orders, the first where none is asked
// for. Days come earliest first, amounts largest first.
var (
	ItemStates = []string{"open", "overdue", "settled", "all"}
	ItemSorts  = []string{"due", "open", "amount", "invoice_date", "number"}
)

// itemSorts are the columns of ItemSorts; "?" is the day of what has none.
var itemSorts = map[string]struct {
	column string
	down   bool
}{"due": {"COALESCE(i.due_date, ?)", false}, "open": {"i.open_minor", true}, "amount": {"i.amount_minor", true},
	"invoice_date": {"COALESCE(i.invoice_date, ?)", false}, "number": {"i.number_norm", false}}

// ItemRow is an invoice or credit note in a list. Its open amount counts every payment that
// the book knows of.
type ItemRow struct {
	ID          int64    `json:"id"` // of the customer
	Item        int64    `json:"item"`
	Customer    string   `json:"customer"`
	Name        string   `json:"name"`
	Creditor    string   `json:"creditor"`
	Document    string   `json:"document"`
	Kind        string   `json:"document_kind"`
	InvoiceDate string   `json:"invoice_date"`
	DueDate     string   `json:"due_date"`
	Days        int      `json:"days_overdue"`
	Bucket      string   `json:"bucket,omitempty"` // of what is open
	Amount      Amount   `json:"amount"`
	Open        Amount   `json:"open"`
	Settled     string   `json:"settled,omitempty"` // the day
	PO          string   `json:"po,omitempty"`
	Held        []string `json:"held,omitempty"` // kinds of what holds it today
}

// ItemPage is a page of invoices.
type ItemPage struct {
	Items []ItemRow `json:"items"`
	Next  string    `json:"next,omitempty"`
}

// itemBlock is how many items are looked up at once; the pages of a block are read from it
// until something changes.
const (
	itemBlock  = 1000
	blocksKept = 16
)

// itemCursor is a place in a list of items: after the key of the block, and in it.
type itemCursor struct {
	Value          any   `json:"v"`
	Customer, Item int64 `json:",omitempty"`
	At             int   `json:"n"`
}

// ListItems lists invoices page by page in an order of ItemSorts. Errors: not found
// (creditor), invalid (state, bucket, sort, cursor).
func (a *App) ListItems(ctx context.Context, f ItemFilter, sort, cursor string, limit int) (ItemPage, error) {
	page := ItemPage{Items: []ItemRow{}}
	sort = cmp.Or(sort, ItemSorts[0])
	if !slices.Contains(ItemSorts, sort) {
		return page, invalid("sort_invalid", "sort %q: expected one of %s", sort, strings.Join(ItemSorts, ", "))
	}
	if err := f.complete(); err != nil {
		return page, err
	}
	after, err := parseItemCursor(cursor, sort)
	if err != nil {
		return page, err
	}
	s, err := a.survey(ctx)
	if err != nil {
		return page, err
	}
	creditor, err := s.creditorAt(f.Creditor)
	if err != nil {
		return page, err
	}
	seen, err := a.idsWithin(ctx, s, f.Within)
	if err != nil {
		return page, err
	}
	err = a.read(ctx, func(tx store.Tx) error {
		page.Next = ""
		block, err := a.itemBlock(tx, s, f, creditor, seen, sort, after)
		if err != nil {
			return err
		}
		at := min(max(after.At, 0), len(block))
		end := min(at+pageSize(limit), len(block))
		switch {
		case end < len(block):
			after.At = end
			page.Next = after.text()
		case len(block) == itemBlock:
			last := block[len(block)-1]
			page.Next = itemCursor{Value: last.value, Customer: last.customer, Item: last.item}.text()
		}
		page.Items, err = a.itemRows(tx, s, block[at:end])
		return err
	})
	return page, err
}

// complete checks a filter and says what it means where nothing is given.
func (f *ItemFilter) complete() error {
	f.State = cmp.Or(f.State, ItemStates[0])
	switch {
	case !slices.Contains(ItemStates, f.State):
		return invalid("state_invalid", "state %q: expected one of %s", f.State, strings.Join(ItemStates, ", "))
	case f.Bucket != "" && !slices.Contains(book.BucketNames[:], f.Bucket):
		return invalid("bucket_invalid", "bucket %q: expected one of %s", f.Bucket, strings.Join(book.BucketNames[:], ", "))
	}
	return nil
}

func (c itemCursor) text() string {
	raw, err := json.Marshal(c)
	if err != nil { // numbers and text always have a form
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

func parseItemCursor(cursor, sort string) (c itemCursor, err error) {
	if cursor == "" {
		return c, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(raw, &c)
	}
	text, isText := c.Value.(string)
	number, isNumber := c.Value.(float64)
	switch {
	case err != nil, c.Value != nil && isText != (sort == "number"), c.Value != nil && !isText && !isNumber:
		return c, invalid("cursor_invalid", "the cursor is none that a page of this list gave")
	case isText:
		c.Value = text
	case isNumber:
		c.Value = int64(number)
	}
	return c, nil
}

// listedItem is an item in the order of a list, with the value it is ordered by.
type listedItem struct {
	customer, item int64
	value          any
}

// itemBlock is the block of a list that begins after a cursor.
func (a *App) itemBlock(tx store.Tx, s *survey, f ItemFilter, creditor int, seen []int64, sort string,
	after itemCursor) ([]listedItem, error) {
	limits := f.Within.name()
	f.Within = Within{}
	key := sprintf("%+v %s %v %d %d", f, sort, after.Value, after.Customer, after.Item) + limits
	s.lazy.Lock()
	block, ok := s.blocks[key]
	s.lazy.Unlock()
	if ok {
		return block, nil
	}
	where, args := itemConditions(a.tenant, s, f, creditor, seen)
	by := itemSorts[sort]
	column, direction, beyond := by.column, "", ">"
	if strings.Contains(column, "?") {
		args = append(args, cal.Far)
		column = strings.Replace(column, "?", sprintf("$%d", len(args)), 1)
	}
	if by.down {
		direction, beyond = " DESC", "<"
	}
	if after.Value != nil {
		value := after.Value
		if sort == "due" || sort == "invoice_date" {
			value = cal.Date(after.Value.(int64))
		}
		n := len(args)
		where += sprintf(" AND (%s %s $%d OR %s = $%d AND (i.customer_id, i.item_id) > ($%d, $%d))", column, beyond, n+1,
			column, n+1, n+2, n+3)
		args = append(args, value, after.Customer, after.Item)
	}
	err := store.Each(tx, "SELECT i.customer_id, i.item_id, "+column+" FROM item i WHERE "+where+" ORDER BY 3"+direction+
		", 1, 2"+sprintf(" LIMIT %d", itemBlock), args, func(r store.Rows) error {
		it := listedItem{customer: r.Int64(0), item: r.Int64(1)}
		switch sort {
		case "number":
			it.value = r.Text(2)
		case "due", "invoice_date":
			it.value = int64(r.Day(2))
		default:
			it.value = r.Int64(2)
		}
		block = append(block, it)
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.lazy.Lock()
	defer s.lazy.Unlock()
	if len(s.blocks) >= blocksKept {
		clear(s.blocks)
	}
	s.blocks[key] = block
	return block, nil
}

// itemConditions is the filter as a condition.
func itemConditions(tenant int64, s *survey, f ItemFilter, creditor int, seen []int64) (where string, args []any) {
	where, args = "i.tenant_id = $1", []any{tenant}
	and := func(condition string, values ...any) {
		for i := range values {
			condition = strings.Replace(condition, "?", sprintf("$%d", len(args)+1+i), 1)
		}
		where, args = where+" AND "+condition, append(args, values...)
	}
	today := s.creditors[max(creditor, 0)].today
	if creditor >= 0 {
		and("i.creditor_id = ?", s.creditors[creditor].ID)
	}
	if seen != nil {
		and("i.customer_id IN ids(?)", seen)
	}
	if f.Customer != 0 {
		and("i.customer_id = ?", f.Customer)
	}
	if f.Currency != "" {
		and("i.currency = ?", string(f.Currency))
	}
	switch f.State {
	case "open":
		and("i.open_minor > 0")
	case "overdue":
		and("i.open_minor > 0 AND i.due_date < ?", today)
	case "settled":
		and("i.open_minor = 0")
	}
	if f.Bucket != "" {
		if f.State != "all" && f.State != "settled" {
			and("(i.invoice_date IS NULL OR i.invoice_date <= ?)", today)
		}
		switch first, last := bucketDays(f.Bucket, today); {
		case first == cal.None:
			and("i.due_date <= ?", last)
		case last == cal.Far:
			and("(i.due_date IS NULL OR i.due_date >= ?)", first)
		default:
			and("i.due_date >= ? AND i.due_date <= ?", first, last)
		}
	}
	if stated(f.DueFrom) {
		and("i.due_date >= ?", f.DueFrom)
	}
	if stated(f.DueTo) {
		and("i.due_date <= ?", f.DueTo)
	}
	if f.Disputed { // few customers have disputes: they are looked up first
		and(`i.customer_id IN (SELECT customer_id FROM hold WHERE tenant_id = i.tenant_id AND kind = 'dispute')
			AND EXISTS (SELECT 1 FROM hold h WHERE h.tenant_id = i.tenant_id AND h.customer_id = i.customer_id
			AND (h.item_id = 0 OR h.item_id = i.item_id) AND h.kind = 'dispute' AND h.from_day <= ?
			AND (h.until_day IS NULL OR h.until_day >= ?) AND NOT EXISTS (SELECT 1 FROM hold_end e
			WHERE e.tenant_id = h.tenant_id AND e.customer_id = h.customer_id AND e.hold_id = h.hold_id
			AND e.end_day <= ?))`, today, today, today)
	}
	if n := normaliseNumber(f.Number); n != "" {
		and("i.number_norm >= ? AND i.number_norm < ?", n, n+"\U0010ffff")
	}
	return where, args
}

// bucketDays are the first and last due date of a bucket of the aging of a day.
func bucketDays(name string, today cal.Date) (first, last cal.Date) {
	switch slices.Index(book.BucketNames[:], name) {
	case book.NotDue:
		return today, cal.Far
	case book.Days1to30:
		return today - 30, today - 1
	case book.Days31to60:
		return today - 60, today - 31
	case book.Days61to90:
		return today - 90, today - 61
	case book.Days91to120:
		return today - 120, today - 91
	case book.Days121to180:
		return today - 180, today - 121
	case book.Days181to365:
		return today - 365, today - 181
	}
	return cal.None, today - 366
}

// itemRows completes items, in their order.
func (a *App) itemRows(tx store.Tx, s *survey, list []listedItem) ([]ItemRow, error) {
	rows, at := make([]ItemRow, len(list)), map[int64]int{}
	customers, items := make([]int64, len(list)), make([]int64, len(list))
	for i, it := range list {
		at[it.item], customers[i], items[i] = i, it.customer, it.item
	}
	err := store.Each(tx, `SELECT i.customer_id, i.item_id, c.number, p.name, i.number, i.instalment, i.document_kind,
		i.invoice_date, i.due_date, i.amount_minor, i.open_minor, i.currency, i.settled_day, i.po FROM item i
		JOIN customer c ON c.tenant_id = i.tenant_id AND c.customer_id = i.customer_id
		JOIN party p ON p.tenant_id = c.tenant_id AND p.party_id = c.party_id
		WHERE i.tenant_id = $1 AND i.customer_id IN ids($2) AND +i.item_id IN ids($3)`,
		[]any{a.tenant, customers, items}, func(r store.Rows) error {
			code, due, today := currency(r.Bytes(11)), r.Day(8), s.last
			row := ItemRow{ID: r.Int64(0), Item: r.Int64(1), Customer: r.Text(2), Name: r.Text(3),
				Document: book.ItemName(r.Text(4), int(r.Int64(5))), Kind: string(book.DocumentKindOf(r.Int64(6))),
				InvoiceDate: dayOrNothing(r.Day(7)), DueDate: dayOrNothing(due), Amount: amountIn(r.Int64(9), code),
				Open: amountIn(r.Int64(10), code), Settled: dayOrNothing(r.Day(12)), PO: r.Text(13)}
			if k := s.find(row.ID); k >= 0 {
				c := &s.creditors[s.customers[k].creditor]
				row.Creditor, today = c.Code, c.today
			}
			if row.Open.Minor > 0 {
				row.Bucket = book.BucketNames[book.Bucket(due, today)]
				if due != cal.None {
					row.Days = max(0, today.DaysSince(due))
				}
			}
			rows[at[row.Item]] = row
			return nil
		})
	if err != nil {
		return nil, err
	}
	return rows, a.itemHolds(tx, customers, rows, at)
}

// itemHolds notes what holds each item today.
func (a *App) itemHolds(tx store.Tx, customers []int64, rows []ItemRow, at map[int64]int) error {
	j, err := a.newJudge(tx)
	if err != nil {
		return err
	}
	l := a.newLoader(tx, j.creditors)
	slices.Sort(customers)
	accounts, err := l.load(slices.Compact(slices.Clone(customers)))
	if err != nil {
		return err
	}
	for i := range accounts {
		acc := &accounts[i]
		c, d, err := j.of(tx, acc.Customer.Creditor)
		if err != nil {
			return err
		}
		today := c.today(tx)
		for k := range acc.Holds {
			h := &acc.Holds[k]
			if h.ID == 0 || !d.Holds(h, today) {
				continue
			}
			for n := range rows {
				row := &rows[n]
				if row.ID == acc.Customer.ID && (h.Item == 0 || h.Item == row.Item) && row.Open.Minor > 0 &&
					!slices.Contains(row.Held, string(h.Kind)) {
					row.Held = append(row.Held, string(h.Kind))
				}
			}
		}
	}
	return nil
}

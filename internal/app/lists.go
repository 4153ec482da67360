package app

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Lists are read page by page. A page begins after a cursor, which the page before gave;
// "" is the first. A cursor stands for a place in an order: what was added, changed or
// settled meanwhile moves, everything else comes once.

// PageSize is how many lines a page has where nobody says, PageMost how many at most.
const (
	PageSize = 50
	PageMost = 500
)

// pageSize is how many lines are given for a wish.
func pageSize(wish int) int {
	if wish <= 0 {
		return PageSize
	}
	return min(wish, PageMost)
}

// cursorOf joins the numbers that tell a place.
func cursorOf(parts ...int64) string {
	text := make([]string, len(parts))
	for i, n := range parts {
		text[i] = strconv.FormatInt(n, 36)
	}
	return strings.Join(text, ".")
}

// parseCursor reads n numbers; given is false for the first page. Errors: invalid.
func parseCursor(cursor string, n int) (parts []int64, given bool, err error) {
	parts = make([]int64, n)
	if cursor == "" {
		return parts, false, nil
	}
	text := strings.Split(cursor, ".")
	if len(text) != n {
		return nil, false, invalid("cursor_invalid", "cursor %q: expected one that a page gave", cursor)
	}
	for i := range text {
		if parts[i], err = strconv.ParseInt(text[i], 36, 64); err != nil {
			return nil, false, invalid("cursor_invalid", "cursor %q: expected one that a page gave", cursor)
		}
	}
	return parts, true, nil
}

// ordersKept is how many orders of lists a survey keeps.
const ordersKept = 16

// order is the lines of a list in their order, made when somebody first asks for it.
func (s *survey) order(name string, wanted func(l *surveyLine) bool,
	compare func(x, y *surveyLine) int) []int32 {
	s.lazy.Lock()
	defer s.lazy.Unlock()
	if order, ok := s.orders[name]; ok {
		return order
	}
	order := []int32{}
	for i := range s.lines {
		if wanted(&s.lines[i]) {
			order = append(order, int32(i))
		}
	}
	slices.SortFunc(order, func(i, k int32) int {
		x, y := &s.lines[i], &s.lines[k]
		return cmp.Or(compare(x, y), cmp.Compare(x.customer, y.customer), cmp.Compare(x.currency, y.currency))
	})
	if len(s.orders) >= ordersKept {
		clear(s.orders)
	}
	s.orders[name] = order
	return order
}

// pageOf is the part of an order after a cursor, and the cursor after it, "" at the end.
// A line that is no longer where it was is looked for; one that is gone leaves its place.
func (s *survey) pageOf(order []int32, cursor string, size int) ([]int32, string, error) {
	parts, given, err := parseCursor(cursor, 3)
	if err != nil {
		return nil, "", err
	}
	at := 0
	if given {
		is := func(i int32) bool {
			l := &s.lines[i]
			return s.customerOf(l).id == parts[1] && int64(l.currency) == parts[2]
		}
		at = int(min(max(parts[0], 0), int64(len(order))))
		if at == 0 || !is(order[at-1]) {
			if k := slices.IndexFunc(order, is); k >= 0 {
				at = k + 1
			}
		}
	}
	page := order[at:min(at+size, len(order))]
	next := ""
	if end := at + len(page); end < len(order) {
		last := &s.lines[page[len(page)-1]]
		next = cursorOf(int64(end), s.customerOf(last).id, int64(last.currency))
	}
	return page, next, nil
}

// byAmount orders lines of one creditor by an amount, the largest first: its own currency
// before the others, for amounts of two currencies cannot be compared.
func (s *survey) byAmount(of func(*surveyLine) int64) func(x, y *surveyLine) int {
	return func(x, y *surveyLine) int {
		cx, cy := s.customerOf(x), s.customerOf(y)
		return cmp.Or(cmp.Compare(cx.creditor, cy.creditor),
			byCurrency(s.creditors[cx.creditor].Currency, s.currencies[x.currency], s.currencies[y.currency]),
			cmp.Compare(of(y), of(x)))
	}
}

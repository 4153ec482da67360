package app

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/format/sheet"
	"github.com/recoup-project/recoup/internal/store"
)

// Exports are the tables that can be exported, Formats the formats.
var (
	Exports       = []string{"aging", "items", "customers", "timeline", "run", "weeks", "reasons", "avoided"}
	ExportFormats = sheet.Formats
)

// ExportRequest asks for a table as a file.
type ExportRequest struct {
	What     string         // one of Exports
	Format   string         // one of ExportFormats
	Creditor string         // of all but a timeline and a run: "" is all
	AsOf     cal.Date       // of an aging; None or the zero value is today
	Items    ItemFilter     // of items
	List     CustomerFilter // of customers
	Sort     string         // of customers
	Customer int64          // of a timeline
	Run      int64          // of a run
	Weeks    int            // of weeks, reasons, avoided: as in a ReportRequest
	Cause    string         // of reasons, avoided: only this one
}

// Exported says what was written.
type Exported struct {
	Name      string `json:"name"` // of a file, such as items-2026-03-06.csv
	MediaType string `json:"media_type"`
	Rows      int    `json:"rows"`
}

// Export writes a table: text, numbers, amounts and days each as what they are. Text that a
// spreadsheet would take for a formula is quoted in CSV; notes that are privileged are left
// out (guardrail R30). w is written to inside of a snapshot, so it should be a file or
// memory, not somebody's slow line. Errors: invalid (what, format, or a filter), not found.
func (a *App) Export(ctx context.Context, w io.Writer, req ExportRequest) (Exported, error) {
	media := sheet.MediaType(req.Format)
	switch {
	case !slices.Contains(Exports, req.What):
		return Exported{}, invalid("export_invalid", "export %q: expected one of %s", req.What, strings.Join(Exports, ", "))
	case media == "":
		return Exported{}, invalid("format_invalid", "format %q: expected one of %s", req.Format,
			strings.Join(ExportFormats, ", "))
	}
	s, err := a.survey(ctx)
	if err != nil {
		return Exported{}, err
	}
	e := &exporter{a: a, ctx: ctx, s: s, req: req, w: w, day: s.last}
	write := map[string]func() error{"aging": e.aging, "items": e.items, "customers": e.customers,
		"timeline": e.timeline, "run": e.run, "weeks": e.weeks, "reasons": e.reasons,
		"avoided": e.avoided}[req.What]
	if err := write(); err != nil {
		return Exported{}, err
	}
	return Exported{Name: req.What + "-" + e.day.String() + "." + req.Format, MediaType: media, Rows: e.rows}, nil
}

// exporter writes one table.
type exporter struct {
	a    *App
	ctx  context.Context
	s    *survey
	req  ExportRequest
	w    io.Writer
	day  cal.Date
	rows int
	out  sheet.Writer
}

// begin begins the table.
func (e *exporter) begin(name string, columns []sheet.Column, about ...string) (err error) {
	about = append(about, "As of "+e.day.String()+".")
	e.out, err = sheet.New(e.w, e.req.Format, name, columns, about...)
	return err
}

func (e *exporter) row(cells ...sheet.Cell) error {
	e.rows++
	return e.out.Row(cells...)
}

func text(name string) sheet.Column   { return sheet.Column{Name: name} }
func number(name string) sheet.Column { return sheet.Column{Name: name, Kind: sheet.Number} }
func amount(name string) sheet.Column { return sheet.Column{Name: name, Kind: sheet.Amount} }
func day(name string) sheet.Column    { return sheet.Column{Name: name, Kind: sheet.Day} }

// aging has a row for each customer and currency; its columns add up to the aging.
func (e *exporter) aging() error {
	creditor := e.req.Creditor
	if creditor == "" {
		creditor = "*"
	}
	r, err := e.a.Aging(e.ctx, AgingRequest{Creditor: creditor, AsOf: e.req.AsOf, ByCustomer: true})
	if err != nil {
		return err
	}
	e.day = r.AsOf
	columns := []sheet.Column{text("customer_number"), text("customer_name"), text("currency")}
	for _, name := range book.BucketNames {
		columns = append(columns, amount(name))
	}
	columns = append(columns, amount("credits"), amount("total"))
	if err := e.begin("Aging", columns, "Open items by days after the contractual due date; credits apart."); err != nil {
		return err
	}
	for i := range r.Customers {
		for k := range r.Customers[i].Currencies {
			c := &r.Customers[i].Currencies[k]
			cells := []sheet.Cell{sheet.T(r.Customers[i].Customer), sheet.T(r.Customers[i].Name), sheet.T(string(c.Currency))}
			for _, sum := range c.Buckets {
				cells = append(cells, sheet.M(sum.AmountMinor, c.Currency))
			}
			if err := e.row(append(cells, sheet.M(c.Credits.AmountMinor, c.Currency),
				sheet.M(c.Total().AmountMinor, c.Currency))...); err != nil {
				return err
			}
		}
	}
	return e.out.Close()
}

// items has a row for each invoice or credit note, by customer.
func (e *exporter) items() error {
	f := e.req.Items
	if f.Creditor == "" {
		f.Creditor = e.req.Creditor
	}
	creditor, err := e.s.creditorAt(f.Creditor)
	if err != nil {
		return err
	}
	if err := f.complete(); err != nil {
		return err
	}
	if err := e.begin("Items", []sheet.Column{text("customer_number"), text("customer_name"), text("number"),
		number("instalment"), text("document_kind"), day("invoice_date"), day("due_date"), number("days_overdue"),
		text("currency"), amount("amount"), amount("open_amount"), day("settled_on"), text("po")},
		"Invoices and credit notes ("+f.State+")."); err != nil {
		return err
	}
	seen, err := e.a.idsWithin(e.ctx, e.s, f.Within)
	if err != nil {
		return err
	}
	where, args := itemConditions(e.a.tenant, e.s, f, creditor, seen)
	if err := e.a.read(e.ctx, func(tx store.Tx) error {
		return store.Each(tx, `SELECT c.number, p.name, i.number, i.instalment, i.document_kind, i.invoice_date,
			i.due_date, i.currency, i.amount_minor, i.open_minor, i.settled_day, i.po, i.customer_id FROM item i
			JOIN customer c ON c.tenant_id = i.tenant_id AND c.customer_id = i.customer_id
			JOIN party p ON p.tenant_id = c.tenant_id AND p.party_id = c.party_id
			WHERE `+where+" ORDER BY i.customer_id, i.item_id", args, func(r store.Rows) error {
			code, due, late := currency(r.Bytes(7)), r.Day(6), 0
			if k := e.s.find(r.Int64(12)); k >= 0 && due != cal.None && r.Int64(9) > 0 {
				late = max(0, e.s.day(&e.s.customers[k]).DaysSince(due))
			}
			minor := r.Int64(8)
			kind := book.DocumentKindOf(r.Int64(4))
			if kind == book.CreditNote {
				minor = -minor
			}
			return e.row(sheet.T(r.Text(0)), sheet.T(r.Text(1)), sheet.T(r.Text(2)), sheet.N(r.Int64(3)),
				sheet.T(string(kind)), sheet.D(r.Day(5)), sheet.D(due), sheet.N(late), sheet.T(string(code)),
				sheet.M(minor, code), sheet.M(r.Int64(9), code), sheet.D(r.Day(10)), sheet.T(r.Text(11)))
		})
	}); err != nil {
		return err
	}
	return e.out.Close()
}

// customers has the rows of the list of customers.
func (e *exporter) customers() error {
	f := e.req.List
	if f.Creditor == "" {
		f.Creditor = e.req.Creditor
	}
	sort := e.req.Sort
	if sort == "" {
		sort = CustomerSorts[0]
	}
	if !slices.Contains(CustomerSorts, sort) {
		return invalid("sort_invalid", "sort %q: expected one of %s", sort, strings.Join(CustomerSorts, ", "))
	}
	order, err := e.a.customerOrder(e.ctx, e.s, f, sort)
	if err != nil {
		return err
	}
	if err := e.begin("Customers", []sheet.Column{text("customer_number"), text("customer_name"), text("creditor"),
		text("country"), text("strategy"), text("currency"), amount("open"), amount("overdue"), amount("may_be_asked_for"),
		amount("unapplied"), number("items"), number("overdue_items"), day("oldest_due_date"), number("oldest_days"),
		number("usual_days_late"), number("usual_n"), text("held"), day("next_look_on")}); err != nil {
		return err
	}
	for lines := range slices.Chunk(order, batchSize) {
		if err := e.a.read(e.ctx, func(tx store.Tx) error {
			rows, err := e.a.customerRows(tx, e.s, lines)
			for i := 0; i < len(rows) && err == nil; i++ {
				err = e.customerRow(&rows[i])
			}
			return err
		}); err != nil {
			return err
		}
	}
	return e.out.Close()
}

func (e *exporter) customerRow(c *CustomerRow) error {
	held := make([]string, len(c.Held))
	for i, k := range c.Held {
		held[i] = string(k)
	}
	code := c.Open.Currency
	usual, n := sheet.Cell{}, sheet.Cell{}
	if c.Usual.Known() {
		usual, n = sheet.N(c.Usual.UsualDays), sheet.N(c.Usual.N)
	}
	return e.row(sheet.T(c.Customer), sheet.T(c.Name), sheet.T(c.Creditor), sheet.T(c.Country), sheet.T(c.Strategy),
		sheet.T(string(code)), sheet.M(c.Open.Minor, code), sheet.M(c.Overdue.Minor, code), sheet.M(c.Ask.Minor, code),
		sheet.M(c.Unapplied.Minor, code), sheet.N(c.Items), sheet.N(c.LateItems), dayCell(c.Oldest), sheet.N(c.Days),
		usual, n, sheet.T(strings.Join(held, " ")), dayCell(c.NextLook))
}

// dayCell is a cell of a day that is written as text, "" for none.
func dayCell(s string) sheet.Cell { return sheet.D(cal.ParseBytes([]byte(s))) }

// timeline has a row for each fact about a customer but privileged notes, the newest first.
func (e *exporter) timeline() error {
	if err := e.begin("Timeline", []sheet.Column{day("day"), day("recorded_on"), text("by"), text("kind"), text("text"),
		text("words"), text("document"), text("currency"), amount("amount"), text("class")},
		"All facts about the customer, without privileged notes."); err != nil {
		return err
	}
	for cursor := ""; ; {
		page, err := e.a.Timeline(e.ctx, e.req.Customer, cursor, PageMost)
		if err != nil {
			return err
		}
		for i := range page.Lines {
			l := &page.Lines[i]
			if l.Class == "privileged" {
				continue
			}
			code, sum := money.Currency(""), sheet.Cell{}
			if l.Amount != nil {
				code, sum = l.Amount.Currency, sheet.M(l.Amount.Minor, l.Amount.Currency)
			}
			if err := e.row(sheet.D(l.Day), sheet.D(cal.DateIn(l.At, e.s.creditors[0].Zone)), sheet.T(l.By), sheet.T(l.Kind),
				sheet.T(l.Text), sheet.T(l.Words), sheet.T(l.Document), sheet.T(string(code)), sum, sheet.T(l.Class)); err != nil {
				return err
			}
		}
		if cursor = page.Next; cursor == "" {
			return e.out.Close()
		}
	}
}

// run has a row for each message of a run, also of those that ended since.
func (e *exporter) run() error {
	if err := e.begin("Run", []sheet.Column{number("message"), text("customer_number"), text("customer_name"), text("step"),
		text("channel"), day("day"), day("pay_by"), text("currency"), amount("amount"), text("state"), text("reason"),
		text("released_by")}); err != nil {
		return err
	}
	if err := e.a.read(e.ctx, func(tx store.Tx) error {
		return e.a.eachOfRun(tx, e.req.Run, func(m *runMessage) error {
			return e.row(sheet.N(m.id), sheet.T(m.number), sheet.T(m.name), sheet.T(m.step), sheet.T(m.channel), sheet.D(m.day),
				sheet.D(m.payBy), sheet.T(string(m.currency)), sheet.M(m.minor, m.currency), sheet.T(m.state), sheet.T(m.reason),
				sheet.T(m.by))
		})
	}); err != nil {
		return err
	}
	return e.out.Close()
}

package web

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/web/look"
)

// reading is a file as the page shows it.
type reading struct{ *app.DraftPreview }

// documents reports whether the file lists documents, not people.
func (p *reading) documents() bool {
	return p.Kind == app.ImportOpenItems || p.Kind == app.ImportInvoices
}

// asks is the question that must be answered before anything else can be shown; extent and
// day stand on the last page, beside the total they are about.
func (p *reading) asks() *app.DraftQuestion {
	if q := p.Question; q != nil && q.Code != "extent" && q.Code != "as_of" {
		return q
	}
	return nil
}

// blocked reports whether the rows of the file cannot be shown yet.
func (p *reading) blocked() bool {
	q := p.asks()
	return q != nil && q.Code != "settles_many" && q.Code != "unread_rows"
}

// enter is what the Enter key does in the form.
func (p *reading) enter() string {
	if q := p.asks(); q != nil && q.Code != "unread_rows" {
		return "answer"
	}
	return "look"
}

// headline says in one line what the file seems to be.
func (p *reading) headline(v *visit) string {
	what := "a list of open invoices"
	switch {
	case p.Kind == app.ImportContacts:
		what = "a list of contacts"
	case p.Kind == app.ImportCustomers:
		what = "a list of customers"
	}
	if p.Layout != "" && p.Layout != "guessed" {
		what = p.Layout
	}
	if p.blocked() {
		return "Looks like " + what
	}
	text := "Looks like " + what + ": " + countOf(v, p.Report.Read, "row", "rows")
	if p.documents() {
		text += ", " + countOf(v, p.Customers, "customer", "customers")
	}
	if left := p.Report.Skipped; left > 0 {
		text += ", " + countOf(v, left, "row left out", "rows left out") + p.leftOut()
	}
	return text
}

// leftOut counts the rows that are not read by what they are, if all of them are listed.
func (p *reading) leftOut() string {
	words := map[string][2]string{"total": {"total", "totals"}, "heading": {"heading", "headings"}, "above the header": {"title", "titles"}}
	kinds := map[string]int{}
	for _, s := range p.Report.SkippedRows {
		kinds[s.Why]++
	}
	var parts []string
	for _, why := range slices.Sorted(maps.Keys(kinds)) {
		w := words[why]
		if w[0] == "" {
			w = [2]string{why, why}
		}
		parts = append(parts, look.Count(int64(kinds[why]), w[0], w[1]))
	}
	if len(parts) == 0 || len(parts) > 3 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

func countOf(v *visit, n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return v.f.Number(int64(n)) + " " + many
}

// change is one line of what a file would do.
type change struct {
	n         int
	one, many string
	told      bool // in the sentence afterwards
	tone      string
}

func (c change) text() string { return look.Count(int64(c.n), c.one, c.many) }

// changes lists what a file does to the book.
func changes(r *app.ImportReport) []change {
	return []change{
		{r.Created, "new document", "new documents", true, "good"},
		{r.Updated, "changed", "changed", true, "info"},
		{r.Unchanged, "as before", "as before", true, ""},
		{r.Customers, "new customer", "new customers", true, "good"},
		{r.Contacts, "new contact", "new contacts", true, ""},
		{r.ContactsReplaced, "contact corrected", "contacts corrected", false, ""},
		{r.Credits, "credit note among them", "credit notes among them", false, ""},
		{r.Payments, "payment recorded", "payments recorded", true, "good"},
		{r.SettledByList, "settled, as the list leaves it out", "settled, as the list leaves them out", true, "warn"},
		{r.Reopened, "open again", "open again", true, "warn"},
		{r.InReview, "so old that you look first", "so old that you look first", false, ""},
		{r.Drafts, "draft or void, left out", "drafts or void, left out", false, ""},
		{r.Payables, "bill of a supplier, left out", "bills of suppliers, left out", false, ""},
		{r.RejectedRows, "row cannot be read", "rows cannot be read", true, "bad"},
	}
}

// fieldNames are what a column can be, in the words of a bookkeeper.
var fieldNames = [][2]string{
	{"customer_number", "Customer number"}, {"customer_name", "Customer name"}, {"number", "Invoice number"},
	{"document_kind", "Kind of document"}, {"instalment", "Instalment"}, {"invoice_date", "Invoice date"}, {"due_date", "Due date"},
	{"date_agreed", "Payment date agreed in contract"}, {"currency", "Currency"}, {"amount", "Amount"}, {"open_amount", "Amount still open"},
	{"debit", "Debit"}, {"credit", "Credit"}, {"sign_mark", "Debit or credit mark"}, {"paid_amount", "Amount paid"}, {"paid_on", "Paid on"},
	{"open_flag", "Open: yes or no"}, {"paid_flag", "Paid: yes or no"}, {"po", "Order number (PO)"}, {"status", "Status"}, {"disputed", "Disputed"},
	{"last_reminder_date", "Last reminder on"}, {"last_reminder_level", "Last reminder, level"}, {"email", "Email"}, {"role", "Role of the contact"},
	{"phone", "Phone"}, {"name", "Contact, name"}, {"first_name", "Contact, first name"}, {"kind", "Company or person"}, {"country", "Country"},
	{"language", "Language"}, {"street", "Street"}, {"address_extra", "Address, further line"}, {"postcode", "Postcode"}, {"town", "Town"},
	{"region", "Region"}, {"terms", "Terms of payment"},
}

func fieldName(name string) string {
	for _, f := range fieldNames {
		if f[0] == name {
			return f[1]
		}
	}
	return look.Title(name)
}

// evidenceNames are what was found out about the form of a file.
var evidenceNames = map[string]string{"encoding": "Characters", "delimiter": "Columns are separated by", "sheet": "Sheet",
	"date_order": "Dates", "decimal": "Decimal mark"}

// formWords say how something is written.
var formWords = map[string]string{"dmy": "day first", "mdy": "month first", "iso": "year first (ISO)", "ymd": "year first", ",": "comma", ".": "point",
	";": "semicolon", "\t": "tab", "|": "bar", "serial": "as the workbook stores them", "name": "with the name of the month"}

func formWord(value string) string {
	if w, ok := formWords[value]; ok {
		return w
	}
	return value
}

// choice is an answer to a question: its value and its words.
type choice struct{ value, words string }

// choicesOf are the answers a question has; a column is chosen by its heading.
func choicesOf(q *app.DraftQuestion) []choice {
	words := map[string]string{"dmy": "Day first: 03/04 is 3 April", "mdy": "Month first: 03/04 is 4 March", ".": "A point: 1,234.56",
		",": "A comma: 1.234,56", "yes": "Yes, all of that was paid or credited", "no": "No, leave them open: the list is not complete"}
	var list []choice
	for _, c := range q.Choices {
		w := words[c]
		if w == "" {
			w = c
		}
		list = append(list, choice{c, w})
	}
	return list
}

// chosen is the answer that is proposed: what the program takes to be likely, or for a list
// of columns and sheets the first.
func chosen(q *app.DraftQuestion) string {
	switch {
	case q.Propose != "":
		return q.Propose
	case (q.Code == "sheet" || q.Code == "column") && len(q.Choices) > 0:
		return q.Choices[0]
	}
	return ""
}

// cell is one cell of a rejected row.
type cell struct {
	header, value string
	at            int
	wrong         []app.RejectedRow // what is wrong with it
	open          bool              // to be corrected
}

// cells are those of a rejected row. An error of a field that no one column is leaves every
// cell to be corrected.
func (p *reading) cells(r *app.DraftRejected) []cell {
	list := make([]cell, len(r.Cells))
	placed := 0
	for i, text := range r.Cells {
		list[i] = cell{value: text, at: i}
		if i < len(r.Header) {
			list[i].header = r.Header[i]
		}
		if i >= len(p.Columns) {
			continue
		}
		for _, e := range r.Errors {
			if e.Field != "" && e.Field == p.Columns[i].Field {
				list[i].wrong, list[i].open = append(list[i].wrong, e), true
				placed++
			}
		}
	}
	for i := range list {
		list[i].open = list[i].open || placed == 0
	}
	return list
}

// loose are the errors of a rejected row that belong to no one cell.
func (p *reading) loose(r *app.DraftRejected) []app.RejectedRow {
	return slices.DeleteFunc(slices.Clone(r.Errors), func(e app.RejectedRow) bool {
		return slices.ContainsFunc(p.Columns, func(c app.DraftColumn) bool { return e.Field != "" && c.Field == e.Field })
	})
}

func cellName(row, column int) string {
	return "cell-" + strconv.Itoa(row) + "-" + strconv.Itoa(column)
}

// extent is what the list is said to be; nothing is proposed.
func (p *reading) extent() string {
	if p.Answers.Extent != "" {
		return string(p.Answers.Extent)
	}
	return ""
}

// reminded is whether reminders went out before, as answered, else as proposed.
func (p *reading) reminded() string {
	switch r := p.Answers.Reminded; {
	case r != nil && r.Which == app.RemindedColumn, r == nil && p.Reminded:
		return "column"
	case r != nil:
		return string(r.Which)
	}
	return "none"
}

// warnings are those of the import, without what stands above already.
func (p *reading) warnings() []string {
	return slices.DeleteFunc(slices.Clone(p.Report.Warnings), func(w string) bool {
		return slices.ContainsFunc(p.Notes, func(note string) bool { return strings.HasSuffix(w, note) })
	})
}

// undueText says of how many rows no day is known on which they are due.
func (p *reading) undueText(v *visit) string {
	if p.Undue == 0 {
		return "Where the file names no due date, it is " + countOf(v, p.DueDays, "day", "days") + " after the invoice date."
	}
	var open []string
	for _, m := range p.UndueOpen {
		open = append(open, v.f.Amount(m.Amount, m.Currency))
	}
	verb := "have"
	if p.Undue == 1 {
		verb = "has"
	}
	text := countOf(v, p.Undue, "row", "rows") + ", " + strings.Join(open, " and ") + ", " + verb + " no due date: nothing is demanded."
	if p.Undated > 0 {
		text += " " + countOf(v, p.Undated, "has", "have") + " no invoice date either."
	}
	return text
}

// dueDays are the days that somebody gave.
func (p *reading) dueDays() string {
	if p.DueDays == 0 {
		return ""
	}
	return strconv.Itoa(p.DueDays)
}

// lateText says which customers the list of those with overdue rows has.
func (p *reading) lateText(v *visit) string {
	if len(p.Late) < app.MostOverdue {
		return countOf(v, len(p.Late), "customer", "customers") + ", largest first"
	}
	return "the " + countOf(v, len(p.Late), "customer", "customers") + " with most overdue"
}

func (p *reading) ticked(key string) bool {
	return p.Answers.Reminded != nil && slices.Contains(p.Answers.Reminded.Customers, key)
}

// answers takes over the parts of a form that are there; what it does not ask stays.
func (v *visit) answers(a *app.DraftAnswers, p *app.DraftPreview) error {
	form := v.r.PostForm
	if form.Get("do") == "answer" { // of the question; other buttons leave it open
		for name, values := range form {
			if field, ok := strings.CutPrefix(name, "q-"); ok {
				form[field] = values
			}
		}
	}
	take := func(field string, into *string) {
		if form.Has(field) {
			*into = strings.TrimSpace(form.Get(field))
		}
	}
	kind, extent := string(a.Kind), string(a.Extent)
	take("kind", &kind)
	take("extent", &extent)
	a.Kind, a.Extent = app.ImportKind(kind), app.Extent(extent)
	take("as_of", &a.AsOf)
	take("sheet", &a.Sheet)
	take("encoding", &a.Encoding)
	take("date_order", &a.DateOrder)
	take("decimal", &a.Decimal)
	if told := money.Currency(strings.ToUpper(strings.TrimSpace(form.Get("currency")))); form.Has("currency") && told != p.Currency {
		a.DefaultCurrency = told
	}
	if form.Has("unread") {
		a.Extent = app.ExtentAdditional
	}
	if form.Has("settles") {
		if a.ConfirmSettles = form.Get("settles") == "yes"; !a.ConfirmSettles {
			a.Extent = app.ExtentAdditional
		}
	}
	if form.Has("whole") {
		a.AllOrNothing = form.Get("whole") == "all"
	}
	if err := v.dueDays(a); err != nil {
		return err
	}
	v.repairs(a)
	if err := v.remindedOf(a); err != nil {
		return err
	}
	return v.columns(a, p)
}

// dueDays takes over after how many days invoices are due for which the file names no day.
func (v *visit) dueDays(a *app.DraftAnswers) error {
	text, asked := strings.TrimSpace(v.r.PostForm.Get("due_days")), v.r.PostForm.Has("due_days")
	if !asked {
		return nil
	}
	n, err := strconv.Atoi(cmp.Or(text, "0"))
	if err != nil {
		return &app.Error{Kind: app.Invalid, Code: "answer_invalid", Message: "days after the invoice date: expected a number of days, not \"" + text + "\""}
	}
	a.DueDays = n
	return nil
}

// columns takes over what each column is.
func (v *visit) columns(a *app.DraftAnswers, p *app.DraftPreview) error {
	form := v.r.PostForm
	if q := form.Get("column"); q != "" { // one question about one column
		at := slices.IndexFunc(p.Columns, func(c app.DraftColumn) bool { return c.Header == form.Get("header") })
		if at < 0 {
			return &app.Error{Kind: app.Invalid, Code: "answer_invalid", Message: "choose a column of the file"}
		}
		fields := make([]string, len(p.Columns))
		for i, c := range p.Columns {
			if fields[i] = c.Field; c.Field == q {
				fields[i] = ""
			}
		}
		fields[at] = q
		return a.MapColumns(p.Columns, fields)
	}
	if !form.Has("col-0") {
		return nil
	}
	fields := make([]string, len(p.Columns))
	for i := range fields {
		fields[i] = form.Get("col-" + strconv.Itoa(i))
	}
	return a.MapColumns(p.Columns, fields)
}

// repairs adds the corrected cells to those from before.
func (v *visit) repairs(a *app.DraftAnswers) {
	for name, values := range v.r.PostForm {
		place, ok := strings.CutPrefix(name, "cell-")
		if !ok {
			continue
		}
		rowText, columnText, _ := strings.Cut(place, "-")
		row, err1 := strconv.Atoi(rowText)
		column, err2 := strconv.Atoi(columnText)
		if err1 != nil || err2 != nil || row < 1 || column < 0 {
			continue
		}
		if a.Repairs == nil {
			a.Repairs = map[int]map[int]string{}
		}
		if a.Repairs[row] == nil {
			a.Repairs[row] = map[int]string{}
		}
		a.Repairs[row][column] = values[0]
	}
}

// remindedOf takes over whether reminders went out.
func (v *visit) remindedOf(a *app.DraftAnswers) error {
	form := v.r.PostForm
	if !form.Has("reminded") {
		return nil
	}
	r := &app.Reminded{Which: app.RemindedWhich(form.Get("reminded")), On: cal.None}
	if r.Which == "column" {
		r.Which = app.RemindedColumn
	}
	if r.Which == app.RemindedTicked {
		r.Customers = form["late"]
	}
	on, err := v.day("reminded_on")
	if err != nil {
		return err
	}
	if r.Which == app.RemindedAll || r.Which == app.RemindedTicked {
		r.On = on
	}
	a.Reminded = r
	return nil
}

// live makes a field show at once what its change does, where scripts run. The query
// says what is to stay open.
func live(p *reading, query string) templ.Attributes {
	return templ.Attributes{"data-hx-post": draftPath(p.ID) + query, "data-hx-trigger": "change", "data-hx-target": "#draft",
		"data-hx-select": "#draft", "data-hx-swap": "outerHTML"}
}

// wrongText says what is wrong with a row.
func wrongText(e app.RejectedRow) string {
	text := "expected " + e.Expected
	if e.Value != "" {
		text = "\"" + e.Value + "\": " + text
	}
	if e.Field != "" {
		text = fieldName(e.Field) + ": " + text
	}
	return text
}

func cellHeading(c cell) string { return cmp.Or(c.header, "Column "+strconv.Itoa(c.at+1)) }

func evidenceName(what string) string { return cmp.Or(evidenceNames[what], look.Title(what)) }

// letterOf is where a column stands in a spreadsheet: A, B, …, Z, AA.
func letterOf(at int) string {
	letters := ""
	for n := at + 1; n > 0; n = (n - 1) / 26 {
		letters = string(rune('A'+(n-1)%26)) + letters
	}
	return letters
}

// columnWords names a column by heading, by where it stands and by what stands in it: two may
// have one heading.
func (r *reading) columnWords(header string) string {
	i := slices.IndexFunc(r.Columns, func(c app.DraftColumn) bool { return c.Header == header })
	if i < 0 {
		return header
	}
	words := header + ", column " + letterOf(i)
	if len(r.Columns[i].Samples) > 0 {
		words += ": " + strings.Join(r.Columns[i].Samples, " · ")
	}
	return words
}

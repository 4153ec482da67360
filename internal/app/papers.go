package app

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/format/pdftext"
	"github.com/recoup-project/recoup/internal/format/unzip"
	"github.com/recoup-project/recoup/internal/store"
)

// PaperKind is what a paper is.
type PaperKind string

// Kinds of papers.
const (
	PaperInvoice  PaperKind = "invoice"  // copy of an invoice or credit note
	PaperDelivery PaperKind = "delivery" // proof of delivery
	PaperContract PaperKind = "contract"
	PaperSlip     PaperKind = "slip" // delivery slip of a letter
	PaperOther    PaperKind = "other"
)

// PaperKinds are all of them.
var PaperKinds = []PaperKind{PaperInvoice, PaperDelivery, PaperContract, PaperSlip, PaperOther}

// PaperFile is a file as it was given: a PDF, a picture, or a ZIP archive of such.
type PaperFile struct {
	Name  string
	Bytes []byte
}

// PapersRequest are files that belong to documents of a creditor.
type PapersRequest struct {
	Creditor string
	Kind     PaperKind // "": a proof of delivery where name or text says so, else a copy of the invoice
	Files    []PaperFile
}

// PapersReport says what became of the files: Read = matched + known + loose + rejected.
type PapersReport struct {
	Read     int             `json:"read"`
	Matched  int             `json:"matched"` // now with their document
	Known    int             `json:"known"`   // were with their document before
	Loose    int             `json:"loose"`   // wait for a person to say whose they are
	Rejected []RejectedPaper `json:"rejected"`
	Papers   []MatchedPaper  `json:"papers"`
	Waiting  []LoosePaper    `json:"waiting"` // those of this import that are loose
}

// RejectedPaper is a file that is not taken.
type RejectedPaper struct {
	File     string `json:"file"`
	Expected string `json:"expected"`
}

// MatchedPaper is a file that found its document.
type MatchedPaper struct {
	File     string    `json:"file"`
	Item     string    `json:"item"`
	Customer string    `json:"customer"`
	Kind     PaperKind `json:"kind"`
	By       string    `json:"by"` // name or text
}

// paperFile is a file ready to be matched: its bytes are kept. Of its words there are only
// those that matter, since an archive may hold thousands of files.
type paperFile struct {
	name, media, sha256 string
	head                string   // the first words, which may say what it is
	numbers             []string // numbers of documents in its text, without marks
	size                int
}

// headBytes is how much of a text may say what the file is.
const headBytes = 400

// MaxPaper bounds one file, in bytes.
const MaxPaper = unzip.MaxFile

// ExpectedPaper says what a file has to be.
const ExpectedPaper = "a PDF, PNG or JPEG of at most 20 MiB, or a ZIP archive of such"

// AddPapers keeps files with the documents whose numbers stand in their names or, in PDFs,
// in their text. What matches none or several waits with the numbers that were found, see
// LoosePapers. The same file for the same document is kept once. Errors: not found
// (creditor), invalid (paper_kind).
func (a *App) AddPapers(ctx context.Context, req Request, p PapersRequest) (PapersReport, error) {
	report := PapersReport{Rejected: []RejectedPaper{}, Papers: []MatchedPaper{}, Waiting: []LoosePaper{}}
	if p.Kind != "" && !slices.Contains(PaperKinds, p.Kind) {
		return report, invalid("paper_kind", "%q: expected one of %v", p.Kind, PaperKinds)
	}
	var files []paperFile
	var known paperNumbers
	if err := a.read(ctx, func(tx store.Tx) error {
		c, err := a.creditor(tx, p.Creditor)
		if err == nil {
			known, err = a.paperNumbers(tx, c.ID)
		}
		return err
	}); err != nil {
		return report, err
	}
	for _, f := range p.Files {
		if err := a.takePaper(ctx, f, known, &files, &report); err != nil {
			return report, err
		}
	}
	report.Read = len(files) + len(report.Rejected)
	before := report
	var sums []string
	for _, f := range files {
		sums = append(sums, f.name+" "+f.sha256)
	}
	out, err := a.write(ctx, req, "add_papers", []any{p.Creditor, p.Kind, sums}, func(r *recorder) error {
		report = before
		report.Papers, report.Waiting = []MatchedPaper{}, []LoosePaper{}
		c, err := a.creditor(r, p.Creditor)
		if err != nil {
			return err
		}
		w, err := a.newPaperWriter(r, c.ID, p.Kind, &report)
		if err != nil {
			return err
		}
		for i := range files {
			if err := w.place(&files[i]); err != nil {
				return err
			}
		}
		if !w.wrote {
			return store.ErrNothing
		}
		return r.result(report)
	})
	if err == nil && out.Replayed {
		report, _, err = answer[PapersReport](out, nil)
	}
	return report, err
}

// takePaper keeps the bytes of a file, or of the files in an archive, and finds the known
// numbers in their words; nil: nobody asks for them.
func (a *App) takePaper(ctx context.Context, f PaperFile, known paperNumbers, files *[]paperFile, report *PapersReport) error {
	reject := func(name, expected string) {
		report.Rejected = append(report.Rejected, RejectedPaper{File: fileName(name), Expected: expected})
	}
	if unzip.IsZip(f.Bytes) {
		err := unzip.Zip(bytes.NewReader(f.Bytes), int64(len(f.Bytes)), func(name string, data []byte) error {
			if unzip.IsZip(data) {
				reject(f.Name+": "+name, ExpectedPaper)
				return nil
			}
			return a.takePaper(ctx, PaperFile{name, data}, known, files, report)
		})
		if errors.Is(err, unzip.ErrBroken) || errors.Is(err, unzip.ErrLimit) {
			reject(f.Name, "an archive that can be unpacked: "+err.Error())
			return nil
		}
		return err
	}
	media := http.DetectContentType(f.Bytes)
	if len(f.Bytes) > MaxPaper || !slices.Contains([]string{"application/pdf", "image/png", "image/jpeg"}, media) {
		reject(f.Name, ExpectedPaper)
		return ctx.Err()
	}
	kept := paperFile{name: fileName(f.Name), media: media, size: len(f.Bytes)}
	if media == "application/pdf" && known != nil {
		text, _ := pdftext.Text(f.Bytes, pdftext.Limits{}) // one that cannot be read is matched by its name
		kept.head = strings.Clone(text[:min(len(text), headBytes)])
		kept.numbers = known.in(text)
	}
	hash, err := a.db.Blobs().Put(ctx, a.tenant, f.Bytes)
	kept.sha256 = hash.String()
	*files = append(*files, kept)
	return cmp.Or(err, ctx.Err())
}

// paperItem is a document that a paper may belong to.
type paperItem struct {
	customer, item     int64
	number, customerNo string
	credit             bool
	inst               int64
}

// paperWriter places files.
type paperWriter struct {
	*recorder
	creditor int64
	kind     PaperKind
	report   *PapersReport
	items    paperNumbers
	have     map[string]bool       // sha256, and sha256 with item
	loose    map[string]LoosePaper // by sha256
	wrote    bool
}

// paperNumbers are the documents of a creditor by their numbers without marks.
type paperNumbers map[string][]paperItem

func (a *App) paperNumbers(tx store.Tx, creditor int64) (paperNumbers, error) {
	numbers := paperNumbers{}
	err := store.Each(tx, `SELECT i.customer_id, i.item_id, i.number, i.instalment, i.document_kind, c.number FROM item i
		JOIN customer c ON c.tenant_id = i.tenant_id AND c.customer_id = i.customer_id
		WHERE i.tenant_id = $1 AND i.creditor_id = $2`, []any{a.tenant, creditor}, func(row store.Rows) error {
		it := paperItem{customer: row.Int64(0), item: row.Int64(1), number: row.Text(2), inst: row.Int64(3),
			credit: book.DocumentKindOf(row.Int64(4)) == book.CreditNote, customerNo: row.Text(5)}
		key := normalise(it.number)
		numbers[key] = append(numbers[key], it)
		return nil
	})
	return numbers, err
}

// newPaperWriter reads the numbers of the creditor's documents and what is there.
func (a *App) newPaperWriter(r *recorder, creditor int64, kind PaperKind, report *PapersReport) (*paperWriter, error) {
	w := &paperWriter{recorder: r, creditor: creditor, kind: kind, report: report, have: map[string]bool{},
		loose: map[string]LoosePaper{}}
	var err error
	if w.items, err = a.paperNumbers(r, creditor); err != nil {
		return nil, err
	}
	err = store.Each(r, `SELECT loose_id, name, media_type, sha256, size_bytes, candidates FROM loose_paper
		WHERE tenant_id = $1 AND creditor_id = $2`, []any{a.tenant, creditor}, func(row store.Rows) error {
		p := loosePaper(row)
		w.loose[p.SHA256] = p
		return nil
	})
	if err != nil {
		return nil, err
	}
	return w, store.Each(r, "SELECT sha256, item_id FROM paper WHERE tenant_id = $1", []any{a.tenant},
		func(row store.Rows) error {
			w.have[row.Text(0)] = true
			w.have[paperKey(row.Text(0), row.Int64(1))] = true
			return nil
		})
}

func paperKey(sha256 string, item int64) string { return sprintf("%s %d", sha256, item) }

// place gives a file its document, or lets it wait.
func (w *paperWriter) place(f *paperFile) error {
	found, by := w.items.match(f.name, shortestInName), "name"
	if len(found) == 0 {
		by = "text"
		for _, number := range f.numbers {
			if items := w.items[number]; len(items) > 0 {
				found = append(found, firstOf(items))
			}
		}
	}
	if len(found) != 1 {
		return w.wait(f, found)
	}
	it := found[0]
	if w.have[paperKey(f.sha256, it.item)] {
		w.report.Known++
		return nil
	}
	w.have[f.sha256], w.have[paperKey(f.sha256, it.item)] = true, true
	kind := w.kindOf(f)
	w.wrote = true
	if _, err := w.putPaper(f, it.customer, it.item, 0, kind); err != nil {
		return err
	}
	w.report.Matched++
	w.report.Papers = append(w.report.Papers, MatchedPaper{File: f.name, Item: it.number, Customer: it.customerNo,
		Kind: kind, By: by})
	return nil
}

// wait keeps a file until a person says whose it is.
func (w *paperWriter) wait(f *paperFile, found []paperItem) error {
	if w.have[f.sha256] { // a person said whose it is
		w.report.Known++
		return nil
	}
	w.report.Loose++
	if p, waits := w.loose[f.sha256]; waits {
		w.report.Waiting = append(w.report.Waiting, p)
		return nil
	}
	w.wrote = true
	candidates := []string{}
	for _, it := range found[:min(len(found), mostCandidates)] {
		candidates = append(candidates, it.number)
	}
	id, err := w.NextIDs("loose_paper", 1)
	if err != nil {
		return err
	}
	ins := w.Insert("loose_paper")
	ins.Int(id).Int(w.creditor).Text(f.name).Text(f.media).Text(f.sha256).Int(int64(f.size)).
		Text(strings.Join(candidates, "\n"))
	if err := ins.One(); err != nil {
		return err
	}
	p := LoosePaper{ID: id, Name: f.name, MediaType: f.media, SHA256: f.sha256, Size: int64(f.size), Candidates: candidates}
	w.loose[f.sha256] = p
	w.report.Waiting = append(w.report.Waiting, p)
	return nil
}

// mostCandidates bounds the numbers suggested for a file.
const mostCandidates = 20

var deliveryNames = []string{"lieferschein", "delivery", "ablieferung", "proof of delivery", "packing", "bon de livraison",
	"bordereau", "waybill", "albaran", "pakbon", "frachtbrief"}

// kindOf is what a paper is: as said, or a proof of delivery where its name says so or the
// beginning of its text does and is no invoice.
func (w *paperWriter) kindOf(f *paperFile) PaperKind {
	if w.kind != "" {
		return w.kind
	}
	name, head := strings.ToLower(f.name), strings.ToLower(f.head)
	for _, word := range deliveryNames {
		inText := strings.Contains(head, word) && !strings.Contains(head, "invoice") && !strings.Contains(head, "rechnung") &&
			!strings.Contains(head, "facture")
		if strings.Contains(name, word) || inText {
			return PaperDelivery
		}
	}
	return PaperInvoice
}

// putPaper records a paper of a document, or with item 0 of an account. note is 0, or the note
// that it came with.
func (r *recorder) putPaper(f *paperFile, customer, item, note int64, kind PaperKind) (int64, error) {
	id, err := r.NextIDs("paper", 1)
	if err != nil {
		return 0, err
	}
	words, hash, err := r.words(f.name)
	if err != nil {
		return 0, err
	}
	ins := r.Insert("paper")
	ins.Int(customer).Int(id).Int(r.Seq()).Int(item).Int(note).Text(string(kind)).Text(f.media).Text(f.sha256).
		Int(int64(f.size)).Int(words).Bytes(hash)
	if err := ins.One(); err != nil {
		return 0, err
	}
	return id, r.touch(customer)
}

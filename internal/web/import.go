package web

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/web/look"
)

// intake is what the page of files shows.
type intake struct {
	Drafts []app.DraftInfo
	Loose  int // papers that wait for a document
}

// importPage takes files, and lists those that wait.
func importPage(v *visit) error {
	var in intake
	var err error
	if in.Drafts, err = v.App.Drafts(v.r.Context(), v.creditor.Code); err != nil {
		return err
	}
	loose, err := v.App.ListLoosePapers(v.r.Context(), v.creditor.Code, "", 1)
	if err != nil {
		return err
	}
	in.Loose = loose.Total
	return v.page("Import", intakePage(v, &in))
}

// inMemory is how much of an upload is held in memory; the rest lies in temporary files.
const inMemory = 8 << 20

// given reads the files of a form, all of them before anything is done with one.
func (v *visit) given(field string) ([]app.PaperFile, error) {
	if err := v.r.ParseMultipartForm(inMemory); err != nil {
		return nil, v.uploadError(err)
	}
	defer v.r.MultipartForm.RemoveAll()
	var files []app.PaperFile
	for _, h := range v.r.MultipartForm.File[field] {
		f, err := readUpload(h)
		if err != nil {
			return nil, err
		}
		if h.Filename == "" && len(f.Bytes) == 0 { // a browser sends this for a field without a file
			continue
		}
		if len(f.Bytes) == 0 {
			return nil, &app.Error{Kind: app.Invalid, Code: "file_unreadable", Where: &app.Where{File: f.Name},
				Message: f.Name + " is empty, so nothing was taken in"}
		}
		files = append(files, f)
	}
	if len(files) == 0 {
		return nil, &app.Error{Kind: app.Invalid, Code: "file_missing", Message: "choose a file first, or drop one on the page"}
	}
	return files, nil
}

func readUpload(h *multipart.FileHeader) (app.PaperFile, error) {
	f, err := h.Open()
	if err != nil {
		return app.PaperFile{}, err
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	return app.PaperFile{Name: h.Filename, Bytes: data}, err
}

// uploadError says what is wrong with an upload. What is left of one that is too large is
// read and thrown away first: a browser that is still sending would not show the answer.
func (v *visit) uploadError(err error) error {
	if large := new(http.MaxBytesError); errors.As(err, &large) {
		const patience = 8
		io.CopyN(io.Discard, v.rest, patience*large.Limit)
		return &app.Error{Kind: app.Invalid, Code: "file_too_large", Message: "the files have more than " +
			strconv.FormatInt(large.Limit>>20, 10) + " MB together, so nothing was taken in: give fewer at once, or use recoup import on the command line"}
	}
	return &app.Error{Kind: app.Invalid, Code: "upload_broken", Err: err,
		Message: "the files did not arrive whole, so nothing was taken in: try again"}
}

// takeFiles gives each file its way: a list becomes a draft to be looked at, papers go to
// their documents.
func takeFiles(v *visit) error {
	files, err := v.given("files")
	if err != nil {
		return err
	}
	ctx := context.WithoutCancel(v.r.Context())
	lists, papers := app.PartFiles(files)
	text, to := "", "/import"
	if len(papers) > 0 {
		report, err := v.App.AddPapers(ctx, v.request(""), app.PapersRequest{Creditor: v.creditor.Code, Files: papers})
		if err != nil {
			return err
		}
		text, to = papersText(&report), cmp.Or(local(v.r.PostFormValue("after")), "/papers")
	}
	for _, f := range lists {
		id, err := v.App.CreateDraft(ctx, app.NewDraft{Creditor: v.creditor.Code, Name: f.Name, Bytes: f.Bytes, User: v.user.User.ID})
		if err != nil {
			return err
		}
		to = draftPath(id)
	}
	if len(lists) > 1 {
		to = "/import"
		text = strings.TrimSpace(text + " " + strconv.Itoa(len(lists)) + " lists wait below, none of them is taken in yet: look at one after the other, the open items first, then contacts.")
	}
	if text == "" {
		return v.seeOther(to)
	}
	return v.done(to, text)
}

// papersText says what became of papers.
func papersText(r *app.PapersReport) string {
	text := strconv.Itoa(r.Matched+r.Known) + " of " + strconv.Itoa(r.Read) + " papers matched."
	if r.Known > 0 {
		text += " " + look.Count(int64(r.Known), "was here before.", "were here before.")
	}
	if r.Loose > 0 {
		text += " " + look.Count(int64(r.Loose), "waits for you to say whose it is.", "wait for you to say whose they are.")
	}
	if len(r.Rejected) > 0 {
		text += " Not taken: " + r.Rejected[0].File + " (expected " + r.Rejected[0].Expected + ")"
		if more := len(r.Rejected) - 1; more > 0 {
			text += " and " + strconv.Itoa(more) + " more"
		}
		text += "."
	}
	return text
}

func draftPath(id int64) string { return "/import/" + strconv.FormatInt(id, 10) }

// draftPage shows how a file is understood, asks what it does not tell, and says what it
// would change.
func draftPage(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	ctx, done := v.watched()
	defer done()
	p, err := v.App.PreviewDraft(ctx, id)
	if err != nil {
		return err
	}
	return v.page("Import "+p.Name, lookPage(v, &reading{DraftPreview: p}))
}

// answerDraft takes over what a form says about a file; with do=apply the file is then
// brought in.
func answerDraft(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	p, err := v.App.PreviewDraft(v.r.Context(), id)
	if app.AsError(err).Code == "draft_not_found" && v.r.PostForm.Get("do") == "apply" { // sent a second time
		return v.say("/start", flash{Tone: "warn", Text: "This list was brought in already, or put away."})
	}
	if err != nil {
		return err
	}
	if was := v.r.PostForm.Get("was.answers"); was != "" && was != answersMark(&p.Answers) {
		return &app.Error{Kind: app.Conflict, Code: "changed_meanwhile", Message: "somebody else, or another window, has answered for this list meanwhile: " +
			"look at what it says now, and answer again what should be different"}
	}
	answers := p.Answers
	if err := v.answers(&answers, p); err != nil {
		return err
	}
	if err := v.App.AnswerDraft(v.r.Context(), id, answers); err != nil {
		return err
	}
	if v.r.PostForm.Get("do") == "apply" {
		return v.apply(id)
	}
	if v.r.URL.Query().Get("columns") != "" {
		return v.seeOther(draftPath(id) + "?columns=1")
	}
	return v.seeOther(draftPath(id))
}

// answersMark changes whenever something else is said about a file.
func answersMark(a *app.DraftAnswers) string {
	raw, _ := json.Marshal(a)
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}

// apply brings a file in. It goes on when the reader leaves the page.
func (v *visit) apply(id int64) error {
	ctx, done := v.watched()
	defer done()
	report, err := v.App.ApplyDraft(ctx, v.request(""), id)
	switch e := app.AsError(err); {
	case err == nil:
	case e.Code == "settles_many", e.Code == "unread_rows":
		return v.seeOther(draftPath(id)) // the page asks
	case e.Code == "draft_open":
		return v.say(draftPath(id), flash{Tone: "warn", Text: "Not brought in yet. " + strings.TrimPrefix(e.Message, "not answered yet: ")})
	}
	if err != nil {
		return err
	}
	if len(report.Totals) == 0 {
		return v.done("/start", contactsText(&report))
	}
	text := importedText(&report)
	if v.r.PostForm.Get("agrees") == "yes" {
		said, err := v.agree(ctx, v.r.PostForm["agreed"])
		if err != nil {
			return err
		}
		text += " " + said
	}
	return v.done("/start", text)
}

// agree records that the totals that a person saw are those of the bookkeeping, where the
// book now holds the same. Each is a currency and an amount.
func (v *visit) agree(ctx context.Context, seen []string) (string, error) {
	aging, err := v.App.AgingToday(ctx, v.creditor.Code)
	if err != nil {
		return "", err
	}
	for _, text := range seen {
		code, amount, _ := strings.Cut(text, " ")
		currency, err := money.ParseCurrency(code)
		if err != nil {
			return "", err
		}
		told, err := money.ParseMinor(amount, currency.Exponent())
		if err != nil {
			return "", err
		}
		held := int64(0)
		for _, a := range aging.Currencies {
			if a.Currency == currency {
				held = a.ControlMinor
			}
		}
		if held != told {
			return "The book holds " + v.f.Money(held, currency) + " today, the file said " + v.f.Money(told, currency) +
				": compare the total of today with your bookkeeping before the first message.", nil
		}
		if held == 0 {
			continue
		}
		if err := v.App.ConfirmTotal(ctx, v.requestFor(code, ""), v.creditor.Code, money.Money{Minor: told, Currency: currency}); err != nil {
			return "", err
		}
	}
	return "The total agrees with your bookkeeping.", nil
}

func importedText(r *app.ImportReport) string {
	var parts []string
	for _, c := range changes(r) {
		if c.n > 0 && c.told {
			parts = append(parts, c.text())
		}
	}
	if len(parts) == 0 {
		return "Everything in the file was here already: nothing changed."
	}
	return "Brought in: " + strings.Join(parts, ", ") + "."
}

func contactsText(r *app.ImportReport) string {
	return "Brought in: " + look.Count(int64(r.Contacts), "new contact", "new contacts") + ", " +
		look.Count(int64(r.ContactsReplaced), "corrected", "corrected") + ", " + look.Count(int64(r.Customers), "new customer", "new customers") + "."
}

// discardDraft forgets a file that was not brought in.
func discardDraft(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	if err := v.App.DiscardDraft(v.r.Context(), id); err != nil {
		return err
	}
	return v.done("/import", "Put away. Nothing of the file was taken in.")
}

package portal

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// way is one of the ways on from the page: a short form.
type way struct {
	kind      app.DebtorKind
	items     bool // is about invoices
	single    bool // of which most often one
	parts     bool // of which a part can be named
	day       bool
	amount    bool
	reference bool
	days      bool
	cheque    bool
	role      bool // is asked for though it may stay empty
	authority bool
	text      string // key of its label; "": not asked for
	file      bool
}

// ways on, in the order of the page.
var ways = []way{
	{kind: app.DebtorPromises, items: true, day: true, role: true},
	{kind: app.DebtorPaid, items: true, day: true, amount: true, reference: true, cheque: true, text: "text", file: true},
	{kind: app.DebtorDisputes, items: true, single: true, parts: true, role: true, text: "text", file: true},
	{kind: app.DebtorNeeds, items: true, single: true, reference: true, text: "text", file: true},
	{kind: app.DebtorTime, items: true, day: true, amount: true, role: true, text: "reason_time"},
	{kind: app.DebtorPlan, items: true, day: true, amount: true, role: true, authority: true, text: "text"},
	{kind: app.DebtorWrong, reference: true, text: "text"},
	{kind: app.DebtorTerms, days: true, reference: true, text: "where_agreed", file: true},
}

func wayTo(name string) *way {
	i := slices.IndexFunc(ways, func(w way) bool { return string(w.kind) == name })
	if i < 0 {
		return nil
	}
	return &ways[i]
}

// form is a way on with what was filled in.
type form struct {
	*way
	ID     string // of this form, so that sent twice it is recorded once
	Values url.Values
	Wrong  string // the field that does not fit; "" for none
	Text   string // what is wrong
	Causes []string
}

// key is the key of a text that belongs to this way.
func (f *form) key(of string) string { return of + "_" + string(f.kind) }

// exit shows a form.
func exit(v *visit) error {
	w := wayTo(v.r.PathValue("exit"))
	if w == nil || v.Approver {
		return notThere()
	}
	v.choose(v.r.URL.Query())
	if w.single && len(v.chosen) > 1 { // what is chosen to be paid is not all in question
		clear(v.chosen)
	}
	id := make([]byte, 16)
	rand.Read(id)
	return v.show(http.StatusOK, &form{way: w, ID: hex.EncodeToString(id), Values: url.Values{}})
}

func (v *visit) show(status int, f *form) error {
	f.Causes = app.DebtorCauses(f.kind)
	return v.write(status, exitPage(v, f))
}

// answer takes a form.
func answer(v *visit) error {
	w := wayTo(v.r.PathValue("exit"))
	if w == nil || v.Approver {
		return notThere()
	}
	select {
	case v.uploads <- struct{}{}:
		defer func() { <-v.uploads }()
	default:
		return errSlow
	}
	_ = http.NewResponseController(v.w).SetReadDeadline(time.Now().Add(readMost)) // where it cannot be set the server's own holds
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, formBytes)
	f := &form{way: w}
	err := v.r.ParseMultipartForm(formBytes)
	if v.r.MultipartForm != nil {
		defer v.r.MultipartForm.RemoveAll()
	}
	if err != nil && !errors.Is(err, http.ErrNotMultipart) {
		f.ID, f.Values, f.Wrong = "again", url.Values{}, "file"
		v.choose(url.Values{})
		f.Text = v.say("wrong_file")
		return v.show(http.StatusRequestEntityTooLarge, f)
	}
	f.Values = v.r.PostForm
	v.choose(url.Values{"item": f.Values["item"], "chosen": {"1"}})
	f.ID = f.Values.Get("form")
	said, err := v.read(f)
	var receipt app.DebtorReceipt
	if err == nil {
		receipt, err = v.app.DebtorAnswers(v.r.Context(), v.Token, f.ID, said)
	}
	if e := app.AsError(err); err != nil && (e.Kind == app.Invalid || e.Kind == app.Refused || e.Kind == app.Conflict) {
		f.explain(v, e)
		return v.show(http.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	http.Redirect(v.w, v.r, v.path("said", strconv.FormatInt(receipt.Ref, 10)), http.StatusSeeOther)
	return nil
}

// explain says in the reader's language what does not fit.
func (f *form) explain(v *visit, e *app.Error) {
	f.Text = v.say("wrong_other")
	if e.Code == "too_many_answers" {
		f.Text = v.say("too_many")
	}
	if e.Where != nil {
		if text, known := v.texts["wrong_"+e.Where.Field]; known {
			f.Wrong, f.Text = e.Where.Field, text
		}
	}
}

func misread(field string) error {
	return &app.Error{Kind: app.Invalid, Code: "answer_invalid", Message: field, Where: &app.Where{Field: field}}
}

// read makes an answer of a form.
func (v *visit) read(f *form) (app.DebtorAnswer, error) {
	get := func(name string) string { return strings.TrimSpace(f.Values.Get(name)) }
	s := app.DebtorAnswer{Kind: f.kind, Name: get("name"), Role: get("role"), Contact: get("contact"), Cause: get("cause"),
		Reference: get("reference"), Text: get("text"), Authority: get("authority") != "", Cheque: get("cheque") != "",
		Day: cal.None, Amounts: map[int64]int64{}}
	if _, err := hex.DecodeString(f.ID); err != nil || len(f.ID) != 32 {
		return s, misread("other")
	}
	if text := get("day"); text != "" {
		d, err := cal.Parse(text)
		if err != nil {
			return s, misread("day")
		}
		s.Day = d
	}
	if text := get("days"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return s, misread("days")
		}
		s.Days = n
	}
	if f.items {
		if err := v.readItems(f, &s); err != nil {
			return s, err
		}
	}
	if text := get("amount"); f.amount && text != "" {
		m, err := v.amount(text, money.Currency(get("currency")))
		if err != nil {
			return s, misread("amount")
		}
		s.Amount = m
	}
	var err error
	s.Files, err = v.files()
	return s, err
}

// readItems takes the chosen items and the parts of them that are questioned.
func (v *visit) readItems(f *form, s *app.DebtorAnswer) error {
	for _, i := range v.Items {
		if !v.chosen[i.ID] {
			continue
		}
		s.Items = append(s.Items, i.ID)
		if text := strings.TrimSpace(f.Values.Get(partOf(i.ID))); f.parts && text != "" {
			m, err := v.amount(text, i.Open.Currency)
			if err != nil {
				return misread("amount")
			}
			s.Amounts[i.ID] = m.Minor
		}
	}
	if len(v.chosen) > len(s.Items) { // one was settled since the form was shown
		return misread("item")
	}
	return nil
}

// partOf is the name of the field for a part of an item.
func partOf(id int64) string { return "part_" + strconv.FormatInt(id, 10) }

// amount reads an amount as people of the page's language write it; marks that can only be
// those of another language are taken as such.
func (v *visit) amount(text string, c money.Currency) (money.Money, error) {
	if !slices.Contains(v.currencies(), c) {
		return money.Money{}, misread("amount")
	}
	return v.language.ReadAmount(text, c)
}

// files reads what was sent along.
func (v *visit) files() ([]app.Attachment, error) {
	if v.r.MultipartForm == nil {
		return nil, nil
	}
	var all []app.Attachment
	for _, h := range v.r.MultipartForm.File["file"] {
		if h.Size == 0 && h.Filename == "" {
			continue
		}
		body, err := contents(h)
		if err != nil {
			return nil, misread("file")
		}
		all = append(all, app.Attachment{Name: h.Filename, Bytes: body})
	}
	return all, nil
}

func contents(h *multipart.FileHeader) ([]byte, error) {
	f, err := h.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// said confirms what was recorded, for as long as the link lives.
func said(v *visit) error {
	ref, err := strconv.ParseInt(v.r.PathValue("ref"), 10, 64)
	i := slices.IndexFunc(v.Said, func(e app.PortalEvent) bool { return e.Ref == ref })
	if err != nil || ref == 0 || i < 0 || v.Approver {
		return notThere()
	}
	return v.write(http.StatusOK, saidPage(v, &v.Said[i]))
}

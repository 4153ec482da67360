package web

import (
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/duty"
	"github.com/recoup-project/recoup/internal/web/look"
)

// desk of the post: what is printed, posted, proved, and what nobody knows of.
type postDesk struct {
	app.PrintQueue
	Unknown app.ShelfPage
}

// lettersLength is how many letters to be printed a page has; more are printed at once without
// being listed.
const lettersLength = 100

// letters is what there is to print and to post.
func letters(v *visit) error {
	q, err := v.App.PrintQueue(v.r.Context(), v.creditor.Code, v.r.FormValue("after"), lettersLength)
	if err != nil {
		return err
	}
	d := postDesk{PrintQueue: q}
	if d.Unknown, err = v.App.Shelf(v.r.Context(), app.ShelfFilter{Creditor: v.creditor.Code, Shelf: app.ShelfUnknown}, "",
		pageLength); err != nil {
		return err
	}
	return v.page("Letters", lettersPage(v, &d))
}

// printLetters puts the chosen letters into one file.
func printLetters(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	var ids []int64 // none: all of them
	var err error
	if v.r.PostFormValue("do") != "all" {
		ids, err = v.chosenMessages()
	}
	if err != nil {
		return err
	}
	b, err := v.App.PrintLetters(v.r.Context(), v.request(""), app.PrintOrder{Creditor: v.creditor.Code, Messages: ids,
		Duplex: v.r.PostFormValue("duplex") != ""})
	if err != nil {
		return err
	}
	f := flash{Tone: "good", Text: look.Count(int64(len(b.Letters)), "letter", "letters") + " on " +
		look.Count(int64(b.Pages), "page", "pages") + ". Open the file below, print it, post the letters today, and say so."}
	if len(b.Refused) > 0 {
		f.Tone = "warn"
		f.Text += " " + look.Count(int64(len(b.Refused)), "was left out", "were left out") + ": " + b.Refused[0].Text + "."
	}
	if b.Missing != "" {
		f.Tone = "warn"
		f.Text += " The typeface has no letters for " + b.Missing + "."
	}
	return v.say("/letters#batch-"+strconv.FormatInt(b.ID, 10), f)
}

// chosenMessages are the messages that a form names.
func (v *visit) chosenMessages() ([]int64, error) {
	var ids []int64
	for _, text := range v.r.PostForm["message"] {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, &app.Error{Kind: app.Invalid, Code: "message_invalid", Message: "\"" + text + "\" is no message"}
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil, &app.Error{Kind: app.Invalid, Code: "nothing_chosen", Message: "no message was chosen"}
	}
	return ids, nil
}

// batchFile is a batch as it was printed.
func batchFile(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	data, err := v.App.BatchFile(v.r.Context(), id)
	if err != nil {
		return err
	}
	return v.pdf("letters-"+strconv.FormatInt(id, 10)+".pdf", data)
}

// pdf shows a PDF, or keeps it where the address asks for a download.
func (v *visit) pdf(name string, data []byte) error {
	if v.r.FormValue("download") != "" {
		return v.file(name, "application/pdf", data)
	}
	return v.showPDF(name, data)
}

// batchPosted records that the letters of a batch were posted.
func batchPosted(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	on, err := v.day("on")
	if err != nil {
		return err
	}
	report, err := v.App.MarkBatchSent(v.r.Context(), v.request(""), id, app.SentByHand{Day: on,
		Tracking: strings.TrimSpace(v.r.PostFormValue("tracking"))})
	if err != nil {
		return err
	}
	return v.say("/letters", changed(&report, "recorded as posted"))
}

// messageLetter is a message on paper.
func messageLetter(v *visit) error {
	id, err := v.number("id")
	if err == nil {
		_, err = v.messageOf(id)
	}
	if err != nil {
		return err
	}
	l, err := v.App.Letter(v.r.Context(), id)
	if err != nil {
		return err
	}
	return v.pdf("letter-"+strconv.FormatInt(id, 10)+".pdf", l.Bytes)
}

// messageEML is a mail to open in a program of the user's own.
func messageEML(v *visit) error {
	id, err := v.number("id")
	if err == nil {
		_, err = v.messageOf(id)
	}
	if err != nil {
		return err
	}
	data, err := v.App.EML(v.r.Context(), id, duty.BuildMail)
	if err != nil {
		return err
	}
	return v.file("message-"+strconv.FormatInt(id, 10)+".eml", "message/rfc822", data)
}

// messageFile is a file that goes with a mail.
func messageFile(v *visit) error {
	id, err := v.number("id")
	if err == nil {
		_, err = v.messageOf(id)
	}
	if err != nil {
		return err
	}
	f, err := v.App.MessageFile(v.r.Context(), id, v.r.PathValue("name"))
	if err != nil {
		return err
	}
	return v.file(f.Name, f.MediaType, f.Bytes)
}

// addProof keeps a proof of a posted letter.
func addProof(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	p := app.Proof{Message: id}
	files, err := v.given("file")
	if err != nil && app.AsError(err).Code != "file_missing" {
		return err
	}
	if len(files) > 0 {
		p.File = files[0].Bytes
	}
	p.Level, p.Text = app.Level(v.r.FormValue("level")), strings.TrimSpace(v.r.FormValue("text"))
	if p.Day, err = v.day("day"); err != nil {
		return err
	}
	if _, err := v.App.Prove(v.r.Context(), v.request(""), p); err != nil {
		return err
	}
	if p.Level == app.LevelReturned {
		return v.say(messagePath(id), flash{Tone: "warn", Text: "It does not count as served. Look for another address: there is a task."})
	}
	return v.done(messagePath(id), "The proof is kept.")
}

// proofFile is the scan of a proof.
func proofFile(v *visit) error {
	id, err := v.number("id")
	if err == nil {
		_, err = v.messageOf(id)
	}
	if err != nil {
		return err
	}
	data, err := v.App.ProofFile(v.r.Context(), id, v.r.PathValue("sha256"))
	if err != nil {
		return err
	}
	return v.file("proof-"+strconv.FormatInt(id, 10), "application/octet-stream", data)
}

// levelWords say what a proof is.
var levelWords = map[app.Level]string{app.LevelPosted: "posted: certificate of posting", app.LevelTracked: "tracked: the post's status",
	app.LevelSlip: "delivered: slip, or a messenger's note", app.LevelReturned: "came back"}

var levels = []app.Level{app.LevelPosted, app.LevelTracked, app.LevelSlip, app.LevelReturned}

func batchPath(id int64) string { return "/letters/" + strconv.FormatInt(id, 10) + "/batch.pdf" }

// letterNames are the customers of a batch, the first of them by name.
func letterNames(b *app.KnownBatch) string {
	var names []string
	for _, l := range b.Letters[:min(len(b.Letters), 3)] {
		names = append(names, l.Name)
	}
	return namedOf(names, b.Count)
}

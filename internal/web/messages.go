package web

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/web/look"
)

// shelfNames are what the lists of messages are called.
var shelfNames = map[app.Shelf]string{app.ShelfWaiting: "To look at", app.ShelfReleased: "Released", app.ShelfLetters: "To post",
	app.ShelfUnknown: "Unknown", app.ShelfToday: "All of today"}

// tray is what the list of messages shows.
type tray struct {
	app.ShelfPage
	Step string
	Seen map[int64]string // what is released: as it is shown
	Sets []app.WaitingSet
}

// messages is the run as a person looks through it: everything that could leave today, page
// by page.
func messages(v *visit) error {
	t := tray{Step: v.r.FormValue("step")}
	f := app.ShelfFilter{Creditor: v.creditor.Code, Shelf: app.Shelf(v.r.FormValue("shelf")), Step: t.Step}
	if !slices.Contains(app.Shelves, f.Shelf) {
		f.Shelf = ""
	}
	var err error
	if t.ShelfPage, err = v.App.Shelf(v.r.Context(), f, v.r.FormValue("after"), pageLength); err != nil {
		return err
	}
	if t.Shelf == app.ShelfWaiting {
		if t.Sets, err = v.App.WaitingSets(v.r.Context(), v.creditor.Code, ""); err != nil {
			return err
		}
	}
	ids := make([]int64, len(t.Messages))
	for i := range t.Messages {
		ids[i] = t.Messages[i].ID
	}
	if t.Seen, err = v.App.Seen(v.r.Context(), ids); err != nil {
		return err
	}
	return v.page("Messages", messagesPage(v, &t))
}

// shelfPath is the address of a shelf, of the same step.
func shelfPath(t *tray, s app.Shelf) string {
	q := url.Values{"shelf": {string(s)}}
	if t.Step != "" {
		q.Set("step", t.Step)
	}
	return "/messages?" + q.Encode()
}

// changeMessages releases, rejects or postpones the messages that were chosen.
func changeMessages(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	ids, err := v.chosenMessages()
	if err != nil {
		return err
	}
	ctx, req := v.r.Context(), v.request(strings.TrimSpace(v.r.FormValue("why")))
	var report app.ChangeReport
	verb := ""
	switch v.r.FormValue("do") {
	case "approve":
		verb = "released"
		report, err = v.App.ApproveSeen(ctx, req, ids, v.seen())
	case "reject":
		verb = "rejected"
		report, err = v.App.Reject(ctx, req, ids)
	case "postpone":
		var to cal.Date
		if to, err = v.day("to"); err == nil {
			verb = "postponed to " + v.f.Day(to)
			report, err = v.App.Postpone(ctx, req, ids, to)
		}
	case "posted":
		return v.posted(ids)
	default:
		err = &app.Error{Kind: app.Invalid, Code: "nothing_chosen", Message: "choose what is to be done with the messages"}
	}
	if err != nil {
		return err
	}
	return v.say(v.next(ids), changed(&report, verb))
}

// seen is what the page that a form stood on showed of messages.
func (v *visit) seen() map[int64]string {
	seen := map[int64]string{}
	for _, text := range v.r.PostForm["seen"] {
		id, mark, _ := strings.Cut(text, ":")
		if n, err := strconv.ParseInt(id, 10, 64); err == nil {
			seen[n] = mark
		}
	}
	return seen
}

// seenValue is the field of a form that says what was shown of a message.
func seenValue(id int64, mark string) string { return strconv.FormatInt(id, 10) + ":" + mark }

// next is where one goes after a change: in one-by-one mode the next message of the list.
func (v *visit) next(ids []int64) string {
	if v.r.FormValue("one") == "" {
		return v.back()
	}
	place, err := v.App.PlaceWaiting(v.r.Context(), v.creditor.Code, ids[0])
	switch {
	case err == nil && place.Next != 0:
		return oneByOne(place.Next)
	case err == nil && place.Of > 0: // it was the last: on with what was skipped
		if page, err := v.App.Shelf(v.r.Context(), app.ShelfFilter{Creditor: v.creditor.Code, Shelf: app.ShelfWaiting}, "", 1); err == nil &&
			len(page.Messages) > 0 {
			return oneByOne(page.Messages[0].ID)
		}
	}
	return "/messages"
}

func oneByOne(id int64) string { return messagePath(id) + "?one=1" }

func messagePath(id int64) string { return "/messages/" + strconv.FormatInt(id, 10) }

// changed says what became of messages, and why some stayed as they are.
func changed(r *app.ChangeReport, verb string) flash {
	f := flash{Tone: "good", Text: look.Count(int64(len(r.Changed)), "message", "messages") + " " + verb + "."}
	if len(r.Refused) > 0 {
		f.Tone = "warn"
		f.Text += " " + look.Count(int64(len(r.Refused)), "stays as it is", "stay as they are") + ": " + r.Refused[0].Text
	}
	return f
}

// posted records letters as posted today.
func (v *visit) posted(ids []int64) error {
	on, err := v.day("on")
	if err != nil {
		return err
	}
	report, err := v.App.MarkAllSent(v.r.Context(), v.request(""), ids, app.SentByHand{Day: on,
		Tracking: strings.TrimSpace(v.r.FormValue("tracking")), Enclosed: v.r.FormValue("enclosed") != ""})
	if err != nil {
		return err
	}
	if len(report.Changed) == 0 && len(report.Refused) == 1 {
		return &app.Error{Kind: app.Refused, Code: report.Refused[0].Code, Message: report.Refused[0].Text}
	}
	return v.say(v.back(), changed(&report, "recorded as sent"))
}

// sheet is what the page of one message shows.
type sheet struct {
	app.OutboxMessage
	Preview *app.Preview // as it would go out now; nil once it left
	Trouble string       // why there is no preview
	Sent    *app.Evidence
	Read    app.SentText
	One     bool // one-by-one mode
	Proofs  []app.KnownProof
	History []app.HistoryLine
	At, Of  int   // one by one: its place among those that wait
	Last    int64 // one by one: the message before and the one behind it; 0: none
	Next    int64
	Differs string // from the last run, in a sentence; "" if it does not
	Seen    string // what is released: as it is shown
	Why     *why   // what led to it; nil once it has left
}

// message is one message exactly as the debtor sees it, with what can be done about it.
func message(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	m, err := v.messageOf(id)
	if err != nil {
		return err
	}
	s := sheet{OutboxMessage: m, One: v.r.FormValue("one") != ""}
	marks, err := v.App.Seen(v.r.Context(), []int64{id}) // before the words are read: never newer than they
	if err != nil {
		return err
	}
	s.Seen = marks[id]
	if e, err := v.App.Evidence(v.r.Context(), id); err == nil {
		s.Sent, s.Read = &e, e.Readable()
	} else if p, err := v.App.Preview(v.r.Context(), id); err == nil {
		s.Preview = &p
	} else {
		s.Trouble = app.AsError(err).Error()
	}
	if s.History, err = v.App.MessageHistory(v.r.Context(), id); err != nil {
		return err
	}
	if m.Channel == book.Letter && m.State == book.Sent {
		if s.Proofs, err = v.App.Proofs(v.r.Context(), id); err != nil {
			return err
		}
	}
	if s.Why, err = v.whyOf(&m); err != nil {
		return err
	}
	if s.One {
		if err := v.amongWaiting(&s); err != nil {
			return err
		}
	}
	return v.page(look.Title(v.stepName(m.Step))+" to "+m.Name, messagePage(v, &s))
}

// messageOf is a message to a customer that the viewer may see.
func (v *visit) messageOf(id int64) (app.OutboxMessage, error) {
	m, err := v.App.OutboxMessage(v.r.Context(), id)
	if err == nil && v.sees(m.CustomerID) != nil {
		err = &app.Error{Kind: app.NotFound, Code: "message_not_found", Message: "there is no message " + strconv.FormatInt(id, 10)}
	}
	return m, err
}

// messageBody is the message itself for a frame: its own styles, nothing that runs.
func messageBody(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	if _, err := v.messageOf(id); err != nil {
		return err
	}
	p, err := v.App.Preview(v.r.Context(), id)
	if err != nil {
		return err
	}
	return v.writeMessage(p.HTML)
}

// editMessage sets the one free line of a message.
func editMessage(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	report, err := v.App.Edit(v.r.Context(), v.request(""), []int64{id}, strings.TrimSpace(v.r.FormValue("line")))
	if err != nil {
		return err
	}
	f := changed(&report, "changed")
	if len(report.Changed) == 1 && report.Changed[0].Anew != 0 {
		f.Text = "The line is in. Whoever released it had read other words, so it waits for its release again."
		return v.say(messagePath(report.Changed[0].Anew), f)
	}
	return v.say(v.back(), f)
}

// resolveMessage records what a person found out about an unknown message.
func resolveMessage(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	if _, err := v.App.ResolveOutbox(v.r.Context(), v.request(""), id, v.r.FormValue("sent") == "yes"); err != nil {
		return err
	}
	return v.done(v.back(), "Recorded.")
}

// voidMessage takes a message back, also one that was sent.
func voidMessage(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	report, err := v.App.Void(v.r.Context(), v.request(strings.TrimSpace(v.r.FormValue("why"))), []int64{id})
	if err != nil {
		return err
	}
	return v.say(v.back(), changed(&report, "taken back"))
}

// runToday decides everybody whose turn it is.
func runToday(v *visit) error {
	report, err := v.Run(context.WithoutCancel(v.r.Context()), v.request(strings.TrimSpace(v.r.FormValue("why"))),
		app.RunRequest{AsOf: cal.None, Approve: app.ApproveNone, ReleaseBrake: v.r.FormValue("release") != ""})
	if err != nil {
		return err
	}
	if report.Brake.Released > 0 {
		return v.done(v.back(), look.Count(report.Brake.Released, "message is", "messages are")+" let go: each is checked once more and leaves with the next sending.")
	}
	return v.done(v.back(), runText(&report))
}

func runText(r *app.RunReport) string {
	text := look.Count(r.LookedAt, "customer", "customers") + " looked at, " +
		look.Count(r.MessagesQueued, "message", "messages") + " planned, " +
		look.Count(r.AwaitingPerson, "waits", "wait") + " for a person."
	if r.Brake.Tripped {
		text += " The brake holds them: " + strconv.FormatInt(r.Brake.WouldSend, 10) + " would go out today. By the busiest day of the last 30, up to " +
			strconv.FormatInt(r.Brake.Limit, 10) + " go without a question."
	}
	return text
}

// keepQuery is the address of the list with another value of one parameter.
func keepQuery(v *visit, name, value string) string {
	q := url.Values{}
	for k, vs := range v.r.URL.Query() {
		q[k] = vs
	}
	if value == "" {
		q.Del(name)
	} else {
		q.Set(name, value)
	}
	if len(q) == 0 {
		return v.r.URL.Path
	}
	return v.r.URL.Path + "?" + q.Encode()
}

package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/browser"
	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/cal"
)

// ahead is a site on a Tuesday, with two reminders that come up on the Friday after.
func aheadSite(t *testing.T) *site {
	s := newSite(t)
	rows := ""
	for _, n := range []string{"1", "2"} {
		rows += "C-" + n + ",Northgate " + n + " Ltd,company,GB,en-GB,ap@north" + n + ".example,accounts_payable,invoice,INV-" + n +
			",1,2026-02-20,2026-03-09,yes,GBP,900.00,900.00\n"
	}
	s.ledger(rows)
	s.user(access.Owner)
	s.user(access.Auditor)
	if err := s.app.SetSetting(t.Context(), system, "", app.SettingClosing, "2026-03-18"); err != nil {
		t.Fatal(err)
	}
	return s
}

// firstAhead is the first group of messages after today, and its day.
func (s *site) firstAhead() (app.DayAhead, app.AheadGroup) {
	s.t.Helper()
	w, err := s.app.WeekAhead(s.t.Context(), "harbour-foods-ltd")
	if err != nil {
		s.t.Fatal(err)
	}
	for _, d := range w.Days[1:] {
		for _, g := range d.Person {
			return d, g
		}
	}
	s.t.Fatalf("nothing comes up: %+v", w.Days)
	return app.DayAhead{}, app.AheadGroup{}
}

// TestMoveAhead: messages of a day to come are put off as a whole, to a day on which the
// house sends; the sentence names the rule, an earlier day is refused, and it can be undone.
func TestMoveAhead(t *testing.T) {
	s := aheadSite(t)
	s.run()
	day, g := s.firstAhead()
	owner := s.session("owner")
	s.reads("/calendar", `data-day="2026-03-14"`, "nothing leaves (weekend), it would go on Mon 16 Mar", "Move", `action="/calendar/move"`)
	if a := s.ask("/calendar", nil, s.session("auditor"), changedCookie); strings.Contains(a.body, "/calendar/move") {
		t.Error("who may change nothing is offered to move")
	}
	form := func(from, to cal.Date) url.Values {
		return url.Values{"from": {from.String()}, "to": {to.String()}, "step": {g.Step}, "currency": {string(g.Currency)}, "how": {"person"}, "back": {"/calendar"}}
	}
	if a := s.ask("/calendar/move", form(day.Day, day.Day.AddDays(-1)), owner); !strings.Contains(a.body, "first day that the rules allow") {
		t.Errorf("an earlier day: %v", a)
	}
	if a := s.ask("/calendar/move", form(day.Day, day.Day.AddDays(400)), owner); !strings.Contains(a.body, "at most") {
		t.Errorf("a day far away: %v", a)
	}
	if a := s.ask("/calendar/move", form(day.Day.AddDays(1), day.Day.AddDays(2)), owner); !strings.Contains(a.body, "any more") {
		t.Errorf("nothing there: %v", a)
	}
	for to, want := range map[string][2]string{"2026-03-18": {"2026-03-19", "closing day"}, "2026-03-21": {"2026-03-23", "weekend"}, "2026-03-24": {"2026-03-24", ""}} {
		a := s.ask("/calendar/move", form(day.Day, cal.MustParse(to)), owner)
		if a.code != http.StatusSeeOther {
			t.Fatalf("%s: %v", to, a)
		}
		f := flashOf(t, a)
		goes := cal.MustParse(want[0])
		if !strings.Contains(f.Text, goes.Time().Format("2 Jan")) || want[1] != "" && !strings.Contains(f.Text, want[1]) || f.Undo == "" {
			t.Errorf("%s: %+v", to, f)
		}
		holds, err := s.app.Holds(t.Context(), "", "customer:C-1")
		if err != nil || len(holds) == 0 || *holds[len(holds)-1].Until != goes-1 {
			t.Fatalf("%s: %+v %v", to, holds, err)
		}
		if a := s.ask(f.Undo, url.Values{"back": {"/calendar"}}, owner); a.code != http.StatusSeeOther {
			t.Fatal(a)
		}
		if again, _ := s.firstAhead(); again.Day != day.Day {
			t.Errorf("taken back, it stands on %s", again.Day)
		}
	}
}

// TestMoveToday: what is written for today is put off by message.
func TestMoveToday(t *testing.T) {
	s := worked(t)
	list, err := s.app.Outbox(t.Context(), app.OutboxFilter{})
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	form := url.Values{"from": {testDay}, "to": {"2026-03-14"}, "step": {list[0].Step}, "currency": {string(list[0].Currency)}, "how": {"person"}, "back": {"/calendar"}}
	a := s.ask("/calendar/move", form, s.session("owner"))
	if f := flashOf(t, a); !strings.Contains(f.Text, "16 Mar") || !strings.Contains(f.Text, "weekend") {
		t.Errorf("%+v", f)
	}
	if a := s.ask("/calendar/move", form, s.session("owner")); !strings.Contains(a.body, "any more") {
		t.Errorf("once more: %v", a)
	}
}

// TestMoveByHand: in a real browser messages are dragged to another day, and taken there with
// the keys; what the rules say stands there while it is done.
func TestMoveByHand(t *testing.T) {
	s := aheadSite(t)
	s.run()
	day, _ := s.firstAhead()
	p := browser.Start(t).Page(t, s.URL)
	p.Cookie(s.session("owner"))
	p.Cookie(changedCookie)
	until := func() string {
		holds, err := s.app.Holds(t.Context(), "", "customer:C-1")
		if err != nil || len(holds) == 0 || holds[len(holds)-1].Ended != "" {
			return ""
		}
		return holds[len(holds)-1].Until.String()
	}
	from := `document.querySelector('[data-day="` + day.Day.String() + `"] [data-move]')`
	p.Open("/calendar")
	said := browser.Eval[string](p, `(() => { const from = `+from+`, to = document.querySelector('[data-day="2026-03-14"]');
		const go = (el, kind) => el.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: new DataTransfer() }));
		go(from, "dragstart"); go(to, "dragover"); const said = document.getElementById("move-says").textContent;
		setTimeout(() => go(to, "drop"), 0); return said })()`)
	if !strings.Contains(said, "weekend") || !strings.Contains(said, "16 Mar") {
		t.Errorf("over a Saturday it says %q", said)
	}
	p.Until("what was put off", `!!document.body && document.body.innerText.includes("put off:")`)
	p.Reads("they go on Mon 16 Mar at the earliest").Follow("Undo").Reads("Taken back")
	if until() != "" {
		t.Fatalf("taken back, it is paused until %s", until())
	}
	p.Open("/calendar")
	key := func(name string) string {
		return browser.Eval[string](p, `(() => { const s = `+from+`.querySelector("summary"); s.focus();
			s.dispatchEvent(new KeyboardEvent("keydown", { key: "`+name+`", bubbles: true, cancelable: true }));
			return document.getElementById("move-says").textContent })()`)
	}
	if said := key("ArrowLeft"); !strings.Contains(said, "put off") {
		t.Errorf("a day earlier it says %q", said)
	}
	key("Escape")
	key("ArrowRight")
	key("Enter")
	p.Until("what was put off", `!!document.body && document.body.innerText.includes("put off:")`)
	if until() != day.Day.String() { // goes on the day after it
		t.Errorf("paused until %q, want %s", until(), day.Day)
	}
}

package decide

import (
	"slices"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/reason"
)

// TestLetterBesideMailIsDatedAnew: a formal reminder that goes by post too, and of which
// only the mail left, is posted later with a date of its own, as long as it comes before the
// day that the mail named. It names that day too, with the same interest, and the ladder
// counts from it, whether the letter is already on its way or not.
func TestLetterBesideMailIsDatedAnew(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	for _, c := range []struct {
		name    string
		change  func(a *book.Account)
		address bool
		letter  bool
	}{
		{"nobody posted it", func(*book.Account) {}, true, true},
		{"no address", func(*book.Account) {}, false, false},
		{"part was paid", func(a *book.Account) { a.Items[0].OpenMinor = 499_999 }, true, false},
		{"in dispute", func(a *book.Account) {
			a.Holds = []book.Hold{{ID: 1, Kind: book.HoldDispute, Item: 1, From: a.Messages[0].Day, Until: cal.Far, EndDay: cal.None}}
		}, true, false},
	} {
		a := account(w, "2026-03-02")
		day := until(t, d, a, cal.MustParse("2026-02-01"), "formal")
		a.Customer.HasAddress = c.address
		var dec Decision
		d.Decide(a, day, &dec)
		mail := *messageOf(&dec, "formal")
		react(a, &mail, day)
		if mail.Channel != book.Email {
			t.Fatalf("%s: the mail goes by %s", c.name, mail.Channel)
		}
		hinted := slices.ContainsFunc(dec.Reasons, func(r reason.Reason) bool { return r.Code() == reason.NoPostalAddress })
		if hinted == c.address {
			t.Errorf("%s: that there is no address is said: %v", c.name, hinted)
		}
		c.change(a)
		next := day + 1
		for ; !d.maySend(d.place(&a.Customer), []book.Channel{book.Letter}, next); next++ {
		}
		d.Decide(a, next, &dec)
		letter := messageOf(&dec, "formal")
		if (letter != nil) != c.letter {
			t.Errorf("%s: %s", c.name, AppendPayload(nil, &dec))
		}
		if letter == nil {
			continue
		}
		kept := *letter
		letter = &kept // the decision is reused
		if letter.Lines[0].InterestMinor != mail.Lines[0].InterestMinor || letter.DailyMinor != mail.DailyMinor {
			t.Errorf("%s: the mail states %d of interest, the letter %d", c.name, mail.Lines[0].InterestMinor,
				letter.Lines[0].InterestMinor)
		}
		if letter.Channel != book.Letter || letter.Day != next || letter.PayBy != mail.PayBy || letter.TotalMinor != 600_000 {
			t.Errorf("%s: on %s by %s, %d to pay by %s", c.name, letter.Day, letter.Channel, letter.TotalMinor, letter.PayBy)
		}
		late := mail.PayBy - 1 // too late for the post
		if d.Decide(a, late, &dec); messageOf(&dec, "formal") != nil {
			t.Errorf("%s: a letter on %s, the mail named %s", c.name, late, mail.PayBy)
		}
		react(a, letter, next)
		released := *a
		released.Messages, released.Notices = slices.Clone(a.Messages), slices.Clone(a.Notices)
		if half := &released.Messages[len(released.Messages)-1]; half.Channel == book.Letter {
			half.State, half.SentDay, half.ServedDay = book.Approved, cal.None, cal.None
		}
		until(t, d, &released, next+1, "call_2")
		if again := messageOf(decided(d, a, next+1), "formal"); again != nil {
			t.Errorf("%s: posted twice: %+v", c.name, again)
		}
		call := until(t, d, a, next+1, "call_2")
		if after := cal.NextAfterGrace(letter.PayBy, w.Set.Policy.GraceBankingDays, d.bank); call != after {
			t.Errorf("%s: the next step goes on %s, the deadline of both with grace runs until %s", c.name, call, after)
		}
	}
}

func decided(d *Decider, a *book.Account, day cal.Date) *Decision {
	var dec Decision
	d.Decide(a, day, &dec)
	return &dec
}

// TestLetterBesideMailSaysNoMore: it claims no more than its mail, comes while other items
// wait in the gap, asks for no second credit hold, and is not owed by another strategy.
func TestLetterBesideMailSaysNoMore(t *testing.T) {
	for _, c := range []struct {
		name, country, strategy string
		change                  func(a *book.Account, day cal.Date)
		letter                  bool
	}{
		{"an offer stays one", "GB", "firm", nil, true},
		{"what causes default announces", "DE", "", func(a *book.Account, _ cal.Date) { a.Items[0].DateAgreed = book.No }, true},
		{"another item waits", "GB", "", func(a *book.Account, day cal.Date) {
			second := a.Items[0]
			second.ID, second.DueDate, second.AmountMinor, second.OpenMinor = 99, day-4, 50_000, 50_000
			a.Items = append(a.Items, second)
		}, true},
		{"another strategy", "GB", "gentle", func(a *book.Account, _ cal.Date) { a.Customer.Strategy = "firm" }, false},
	} {
		w := testWorld(t, c.country)
		d := New(w)
		a := account(w, "2026-03-02")
		a.Customer.Strategy = c.strategy
		if c.country == "DE" {
			c.change(a, cal.None)
		}
		day := until(t, d, a, cal.MustParse("2026-02-01"), "formal")
		mail := *messageOf(decided(d, a, day), "formal")
		react(a, &mail, day)
		if c.change != nil {
			c.change(a, day)
		}
		var letter *Action
		var dec *Decision
		for next := day + 1; letter == nil && next < day+6; next++ {
			dec = decided(d, a, next)
			letter = messageOf(dec, "formal")
		}
		if (letter != nil) != c.letter {
			t.Errorf("%s: %s", c.name, AppendPayload(nil, dec))
		}
		if letter == nil {
			continue
		}
		if letter.Channel != book.Letter || letter.Level != mail.Level || len(letter.Lines) != 1 || letter.Lines[0].Item != 1 ||
			letter.Lines[0].CompensationMinor != mail.Lines[0].CompensationMinor {
			t.Errorf("%s: mail %s %+v, letter %s %+v", c.name, mail.Level, mail.Lines, letter.Level, letter.Lines)
		}
		if slices.ContainsFunc(dec.Actions, func(x Action) bool { return x.TaskKind == "propose_credit_hold" }) {
			t.Errorf("%s: a second credit hold is proposed", c.name)
		}
	}
}

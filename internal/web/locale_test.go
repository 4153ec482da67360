package web

import (
	"testing"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/document/locale"
	"github.com/recoup-project/recoup/internal/web/look"
)

// TestWordsOfThePlace: the screens of a company in the United States say what people say
// there; what somebody wrote stays as it is.
func TestWordsOfThePlace(t *testing.T) {
	uk := &visit{f: look.Format{Language: locale.EnglishGB}}
	us := &visit{f: look.Format{Language: locale.EnglishUS}}
	for _, c := range []struct {
		what     func(v *visit) string
		british  string
		american string
	}{
		{func(v *visit) string { return v.stepName("formal") }, "formal reminder", "past-due notice"},
		{func(v *visit) string { return v.stepPlural("formal", 2) }, "formal reminders", "past-due notices"},
		{func(v *visit) string { return v.roleName(access.Controller) }, "Credit controller", "Collector"},
		{func(v *visit) string { return v.holdWord(book.HoldPlan) }, "Instalment plan", "Installment plan"},
		{func(v *visit) string { return v.holdWord(book.HoldDeferral) }, "More time (deferral)", "More time (extension)"},
		{func(v *visit) string { return v.answersOf(&app.TaskLine{Kind: "decide"})[1][1] }, "instalment plan agreed", "installment plan agreed"},
		{func(v *visit) string { return v.sentence("Formal reminder by email sent: by cheque, they say") },
			"Formal reminder by email sent: by cheque, they say", "Past-due notice by email sent: by cheque, they say"},
	} {
		if got := c.what(uk); got != c.british {
			t.Errorf("British: %q, want %q", got, c.british)
		}
		if got := c.what(us); got != c.american {
			t.Errorf("American: %q, want %q", got, c.american)
		}
	}
}

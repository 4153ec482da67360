package app

import (
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
)

// TestOnlyWhatWasSeenIsReleased: words that changed between the look and the release are not
// released, and the refusal says what changed.
func TestOnlyWhatWasSeenIsReleased(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := lanesBook(t, address)
		b.run(ApproveNone)
		step, ids := b.waitingNow()
		look := func() (map[int64]string, string) {
			t.Helper()
			seen, err := b.Seen(b.ctx, ids)
			if err != nil || len(seen) != len(ids) {
				t.Fatal(seen, err)
			}
			sets, err := b.WaitingSets(b.ctx, "main", step)
			if err != nil || len(sets) != 1 {
				t.Fatal(sets, err)
			}
			return seen, sets[0].Seen
		}
		source, err := TextSource("en-GB", step)
		if err != nil {
			t.Fatal(err)
		}
		for what, change := range map[string]func() error{
			"a line of somebody's own": func() error { return second(b.Edit(b.ctx, tester, ids[:1], "Thank you for the call.")) },
			"the text of the step": func() error {
				return second(b.SetText(b.ctx, tester, "en-GB", step, strings.TrimSpace(source)+"\n\nThank you for your trust.\n"))
			},
			"the details of the sender": func() error { return b.SetSetting(b.ctx, tester, "main", "sender.phone", "0113 496 0999") },
		} {
			seen, whole := look()
			if err := change(); err != nil {
				t.Fatal(what, err)
			}
			report, err := b.ApproveSeen(b.ctx, tester, ids[:1], seen)
			if err != nil || len(report.Refused) != 1 || report.Refused[0].Code != "changed_since_seen" ||
				!strings.Contains(report.Refused[0].Text, what) {
				t.Errorf("%s: %+v, %v", what, report, err)
			}
			_, err = b.ReleaseStep(b.ctx, tester, "main", step, whole)
			if e := AsError(err); e == nil || e.Code != "others_now" || !strings.Contains(e.Message, what) {
				t.Errorf("the whole step, %s: %v", what, err)
			}
		}
		if report, err := b.ApproveSeen(b.ctx, tester, ids[1:2], map[int64]string{}); err != nil || len(report.Refused) != 1 {
			t.Errorf("what was not seen: %+v, %v", report, err)
		}
		_, whole := look()
		if _, err := b.Reject(b.ctx, tester, ids[2:3]); err != nil {
			t.Fatal(err)
		}
		if _, err := b.ReleaseStep(b.ctx, tester, "main", step, whole); err == nil || AsError(err).Code != "others_now" {
			t.Errorf("one less: %v", err)
		}
		_, whole = look()
		report, err := b.ReleaseStep(b.ctx, tester, "main", step, whole)
		if err != nil || len(report.Changed) == 0 || report.Changed[0].To != book.Approved {
			t.Errorf("%+v, %v", report, err)
		}
	})
}

func second[T any](_ T, err error) error { return err }

package app

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// lateTray does something when a mail is written and not yet handed over.
type lateTray struct {
	outTray
	late func(context.Context)
}

func (o *lateTray) open(MailServer) (Mailer, error) { return o, nil }

func (o *lateTray) Deliver(ctx context.Context, p Parcel, handingOver func(context.Context) error) Handover {
	o.late(ctx)
	return o.outTray.Deliver(ctx, p, handingOver)
}

// TestObserveStopsAPassUnderWay: who switches the book to observe while a pass is
// under way stops every message that is not handed over yet.
func TestObserveStopsAPassUnderWay(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		o := lateTray{outTray: outTray{outcome: Delivered}, late: func(ctx context.Context) {
			if err := b.SetSetting(ctx, tester, "", SettingMode, "observe"); err != nil {
				t.Error(err)
			}
		}}
		report, err := b.Send(b.ctx, tester, SendRequest{Open: o.open, Licence: anyLicence{}})
		if diff := cmp.Diff(counts("observe_mode", 1), report.Waiting); err != nil || diff != "" || report.Sent != 0 {
			t.Errorf("%+v %v, waiting (-want +got):\n%s", report, err, diff)
		}
	})
}

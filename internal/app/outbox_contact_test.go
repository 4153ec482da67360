package app

import (
	"context"
	"testing"
)

// refusingTray is a server that refuses an address in the dialogue, after something happened.
type refusingTray struct {
	outTray
	before func(context.Context)
}

func (o *refusingTray) open(MailServer) (Mailer, error) { return o, nil }

func (o *refusingTray) Deliver(ctx context.Context, _ Parcel, _ func(context.Context) error) Handover {
	o.before(ctx)
	return Handover{Outcome: Rejection, Answer: "550 no such user", RecipientRefused: true}
}

// TestARemovedContactStaysRemoved: an address that a person took out of use while a mail to
// it was under way does not come back as one that was refused.
func TestARemovedContactStaysRemoved(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		o := refusingTray{before: func(ctx context.Context) {
			if err := b.RemoveContact(ctx, tester, b.customer["C1"], 1); err != nil {
				t.Error(err)
			}
		}}
		report, err := b.Send(b.ctx, tester, SendRequest{Open: o.open, Licence: anyLicence{}})
		if err != nil || report.Failed != 1 {
			t.Fatalf("%+v %v", report, err)
		}
		if n := b.number("SELECT COUNT(*) FROM contact WHERE tenant_id = $1 AND state = 'removed'"); n != 1 {
			t.Errorf("%d contacts are removed, expected 1", n)
		}
	})
}

package document

import "github.com/recoup-project/recoup/internal/core/money"

// Totals are the sums a message states, in minor units of its currency. Figures
// that are only offered stand apart and are in no total.
type Totals struct {
	OpenMinor                                      int64 // what is open on the items the message is about
	UnappliedMinor                                 int64 // less money not yet matched
	PrincipalMinor                                 int64 // OpenMinor − UnappliedMinor
	InterestMinor, CompensationMinor, CostsMinor   int64 // claimed heads
	TotalMinor                                     int64 // what is asked for
	OfferedInterestMinor, OfferedCompensationMinor int64
	NotDueMinor                                    int64 // open but not due; in no other sum
	// money not yet matched, set against what is listed apart
	AlsoUnappliedMinor int64
}

// Totals adds up the items. Each item's interest and compensation count as claimed
// or as offered by the item's own level.
func (m Message) Totals() Totals {
	t := Totals{UnappliedMinor: m.UnappliedMinor, AlsoUnappliedMinor: m.AlsoUnappliedMinor,
		CostsMinor: m.CostsMinor}
	for _, i := range m.Items {
		t.OpenMinor = money.AddMinor(t.OpenMinor, i.OpenMinor)
		switch i.Level {
		case Claim:
			t.InterestMinor = money.AddMinor(t.InterestMinor, i.InterestMinor)
			t.CompensationMinor = money.AddMinor(t.CompensationMinor, i.CompensationMinor)
		case Offer:
			t.OfferedInterestMinor = money.AddMinor(t.OfferedInterestMinor, i.InterestMinor)
			t.OfferedCompensationMinor = money.AddMinor(t.OfferedCompensationMinor, i.CompensationMinor)
		}
	}
	for _, i := range m.NotDue {
		t.NotDueMinor = money.AddMinor(t.NotDueMinor, i.OpenMinor)
	}
	t.PrincipalMinor = t.OpenMinor - t.UnappliedMinor
	t.TotalMinor = money.AddMinor(t.PrincipalMinor, money.AddMinor(t.CostsMinor,
		money.AddMinor(t.InterestMinor, t.CompensationMinor)))
	return t
}

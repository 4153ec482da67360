package book

import "testing"

// TestStoredNumbers pins the numbers: books hold them.
func TestStoredNumbers(t *testing.T) {
	for kind, want := range map[EntryKind]int64{"invoice": 1, "credit_note": 2, "payment": 3, "settled_by_list": 4,
		"adjustment": 5, "write_off": 6, "refund": 7, "claim": 8, "waiver": 9, "": 0} {
		if kind.Number() != want || EntryKindOf(want) != kind {
			t.Errorf("%q is stored as %d, which reads %q", kind, kind.Number(), EntryKindOf(want))
		}
	}
	if EntryKindOf(10) != "" || EntryKindOf(-1) != "" {
		t.Error("a number that was never given has a kind")
	}
	for kind, want := range map[DocumentKind]int64{"invoice": 1, "credit_note": 2} {
		if kind.Number() != want || DocumentKindOf(want) != kind {
			t.Errorf("%q is stored as %d, which reads %q", kind, kind.Number(), DocumentKindOf(want))
		}
	}
	for tri, want := range map[Tri]int64{Unstated: 0, Yes: 1, No: 2} {
		if int64(tri) != want {
			t.Errorf("%s is stored as %d", tri, tri)
		}
	}
	e := Entry{From: WaivedHead, To: Compensation}
	if from, to := HeadsOf(e.Heads()); e.Heads() != 1203 || from != e.From || to != e.To {
		t.Errorf("%d reads from %d to %d", e.Heads(), from, to)
	}
}

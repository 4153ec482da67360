package decide

import (
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
)

// TestDamagedFiguresAreRefused: what is stored is read whole or not at all.
func TestDamagedFiguresAreRefused(t *testing.T) {
	const good = `[7,5000,"formal","offer",12,4000,"2026-03-03",11750000,"agreed_date"]`
	figures := func(line string) []byte {
		return []byte(`{"v":1,"credit":0,"total":5000,"lines":[` + line + `]}`)
	}
	f, err := ParseFigures(figures(good))
	if err != nil || len(f.Lines) != 1 || f.Lines[0].Ground != "agreed_date" || f.Lines[0].CompensationMinor != 4000 {
		t.Fatalf("%+v %v", f, err)
	}
	f, err = ParseFigures(figures(good + `,[8,6000,13,0,"2026-03-04",11750000,"agreed_date"]`))
	if err != nil || len(f.Lines) != 2 || f.Lines[1].Step != "formal" || f.Lines[1].Level != book.Offer ||
		f.Lines[1].OpenMinor != 6000 || f.Lines[1].InterestMinor != 13 {
		t.Fatalf("a line with the step and level of the one before: %+v %v", f, err)
	}
	for _, line := range []string{`[7,"formal","offer"]`, `[7,5000,"formal","offer",12]`, `[7,5000,"formal","threat"]`,
		`["7",5000,"formal","principal"]`, `[7,50.00,"formal","principal"]`, `[7,null,"formal","principal"]`,
		`[7,5000,"formal","offer",12,4000,"3 March",11750000,"agreed_date"]`, `7`, `{}`, `[7,5000]`,
		`[7,5000,12,4000,"2026-03-03",11750000,"agreed_date"]`, good + `,[8,50.00]`, good + `,[8]`} {
		if f, err := ParseFigures(figures(line)); err == nil {
			t.Errorf("%s is read as %+v", line, f.Lines)
		}
	}
	if _, err := ParseFigures([]byte(`{"v":2,"lines":[]}`)); err == nil {
		t.Error("another version is read")
	}
}

package decide

import "testing"

// TestDamagedFiguresAreRefused: what is stored is read whole or not at all.
func TestDamagedFiguresAreRefused(t *testing.T) {
	const good = `[7,"formal","offer",5000,12,4000,"2026-03-03",11750000,"agreed_date"]`
	figures := func(line string) []byte {
		return []byte(`{"v":1,"credit":0,"total":5000,"lines":[` + line + `]}`)
	}
	f, err := ParseFigures(figures(good))
	if err != nil || len(f.Lines) != 1 || f.Lines[0].Ground != "agreed_date" || f.Lines[0].CompensationMinor != 4000 {
		t.Fatalf("%+v %v", f, err)
	}
	for _, line := range []string{`[7,"formal","offer"]`, `[7,"formal","offer",5000,12]`, `[7,"formal","threat",5000]`,
		`["7","formal","principal",5000]`, `[7,"formal","principal",50.00]`, `[7,"formal","principal",null]`,
		`[7,"formal","offer",5000,12,4000,"3 March",11750000,"agreed_date"]`, `7`, `{}`} {
		if f, err := ParseFigures(figures(line)); err == nil {
			t.Errorf("%s is read as %+v", line, f.Lines)
		}
	}
	if _, err := ParseFigures([]byte(`{"v":2,"lines":[]}`)); err == nil {
		t.Error("another version is read")
	}
}

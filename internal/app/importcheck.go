package app

import (
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/format/ledger"
)

// plausible refuses rows that tell of a reminder that cannot have been, since it would
// silence or hasten what we write, and finds what is odd. What lies in the future is
// taken and counts from its day.
func (ap *importApply) plausible() {
	issued, paid, upsideDown := finding{}, finding{}, finding{}
	for i := range ap.st.rows {
		row := &ap.st.rows[i]
		if row.reported > ap.today {
			ap.reject(int32(i), ledger.LastReminderDate.String(), row.reported.String(),
				sprintf("a day up to today, %s", ap.today))
			continue
		}
		issued.add(row.invoice > ap.today, row.line)
		paid.add(row.paidOn > ap.today && row.paid > 0, row.line)
		upsideDown.add(row.due != cal.None && row.invoice > row.due, row.line)
	}
	ap.find(issued, "is dated after today: it counts from its date",
		"are dated after today: they count from their dates")
	ap.find(paid, "is paid after today: until that day the payment is under way",
		"are paid after today: until their days the payments are under way")
	ap.find(upsideDown, "is dated after its own due date", "are dated after their own due dates")
	ap.find(ap.st.undated, "has a reminder level and no reminder date, and counts as not reminded",
		"have a reminder level and no reminder date, and count as not reminded")
}

// finding counts rows that are taken, and that a person should know of.
type finding struct {
	rows  int
	first int32 // line of the first
}

func (f *finding) add(odd bool, line int32) {
	if !odd {
		return
	}
	if f.rows++; f.rows == 1 {
		f.first = line
	}
}

// find tells a finding: what one row is, or what several are.
func (ap *importApply) find(f finding, one, several string) {
	switch {
	case f.rows == 1:
		ap.report.Warnings = append(ap.report.Warnings, sprintf("row %d %s", f.first, one))
	case f.rows > 1:
		ap.report.Warnings = append(ap.report.Warnings,
			sprintf("%d rows, first row %d, %s", f.rows, f.first, several))
	}
}

package cal_test

import (
	"fmt"

	"github.com/recoup-project/recoup/internal/core/cal"
)

// A final demand posted before Easter: two business days in the post, 14 days to
// pay, and the next step not before two banking days of grace have passed.
func ExamplePayBy() {
	holidays, err := cal.LoadHolidays()
	if err != nil {
		panic(err)
	}
	england := holidays.CalendarFor("GB", "")
	posted := cal.MustParse("2026-04-02")
	payBy := cal.PayBy(posted, cal.Transit{Days: 2, Business: true}, 14, england)
	next := cal.NextAfterGrace(payBy, 2, holidays.BankCalendarFor("GB", ""))
	fmt.Println("pay by", payBy.Weekday(), payBy)
	fmt.Println("next step", next.Weekday(), next)
	// Output:
	// pay by Wednesday 2026-04-22
	// next step Monday 2026-04-27
}

// A closing day is no send day, but it counts as a business day.
func ExampleSendDays() {
	holidays, err := cal.LoadHolidays()
	if err != nil {
		panic(err)
	}
	debtor, ours := holidays.CalendarFor("DE", "BE"), holidays.CalendarFor("GB", "")
	send := cal.NewSendDays(debtor, ours, cal.DefaultClosingDays())
	fmt.Println(send.RollForward(cal.MustParse("2026-12-24")))
	fmt.Println(debtor.RollForward(cal.MustParse("2026-12-25")))
	// Output:
	// 2027-01-04
	// 2026-12-28
}

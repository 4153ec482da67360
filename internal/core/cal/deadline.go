package cal

// Transit is the time a message needs to reach the debtor.
type Transit struct {
	Days     int  // 0 for email
	Business bool // business days at the debtor's place, else calendar days
}

// Arrival is the day the message counts as received: dispatch + transit. It is
// not rolled: calendar-day transit may end on a holiday.
func (t Transit) Arrival(dispatch Date, debtor *Calendar) Date {
	if t.Business {
		return debtor.AddBusinessDays(dispatch, t.Days)
	}
	return dispatch.AddDays(t.Days)
}

// PayBy is the last day on which a payment is in time: dispatch + transit +
// deadlineDays calendar days, rolled forward to a business day at the debtor's
// place. The day of dispatch does not count; the day returned does. Business-day
// transit is counted on the debtor's calendar too. Print the day with its weekday.
func PayBy(dispatch Date, transit Transit, deadlineDays int, debtor *Calendar) Date {
	return debtor.RollForward(transit.Arrival(dispatch, debtor).AddDays(deadlineDays))
}

// NextAfterGrace is the first day on which the next step may go: the banking day
// after graceBankingDays whole banking days have followed payBy, because money
// paid on the last day shows up later. bank is the calendar of the creditor's
// place. With no grace it is the banking day after payBy.
func NextAfterGrace(payBy Date, graceBankingDays int, bank *Calendar) Date {
	return bank.AddBusinessDays(payBy, graceBankingDays+1)
}

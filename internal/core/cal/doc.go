// Package cal holds civil days, business calendars, deadlines and time zones.
//
// All day arithmetic of the program is done here, on dates without times or
// zones: a day is never "24 hours". It must never read a clock; the bridges to
// instants, [DateIn] and [Instant], take everything as arguments. The only thing
// from outside is the time zone data behind [ZoneFor].
//
// Holidays are dated data, not formulas: one table a region in the folder
// holidays, each with the statute or official page it follows, the time it is
// complete for and the day it was last checked. Proclaimed one-off days are why:
// no formula knows them. A year that nobody has proclaimed yet is not known
// ([Calendar.Known]), and whoever prints a deadline in it says so.
//
// Which calendar for what:
//   - a deadline for the debtor: the debtor's place ([Holidays.CalendarFor], [PayBy]);
//   - grace and banking days: the bank days of the creditor's place
//     ([Holidays.BankCalendarFor], [NextAfterGrace]);
//   - when a message may leave: both places and the creditor's own closing days ([SendDays]).
package cal

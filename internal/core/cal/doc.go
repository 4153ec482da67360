// Package cal holds civil days, business calendars and deadlines.
//
// All day arithmetic of the program is done here, on dates without times or
// zones: a day is never "24 hours". It must never read a clock; the one bridge
// to instants is [DateIn], which takes the instant and the zone as arguments.
package cal

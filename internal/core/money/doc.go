// Package money holds amounts of one currency in integer minor units, exact
// percentage rates, and the one place where an exact value is rounded.
//
// It must never use floating point, never add two currencies, and never round
// twice: callers carry an [Exact] and round it once, by a named [Rounding].
//
// Text is read and written in one plain form, a point as the decimal mark and no
// grouping ([Parse], [FormatMinor]). How people of a country write amounts belongs
// to the packages that read their files and write their letters.
package money

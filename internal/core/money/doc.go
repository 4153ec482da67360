// Package money holds amounts of one currency in integer minor units, exact
// percentage rates, and the one place where an exact value is rounded.
//
// It must never use floating point, never add two currencies, and never round
// twice: callers carry an [Exact] and round it once, by a named [Rounding].
package money

// Package throttle says how often something may be tried by somebody, in bounded memory:
// signing in, by login and by address.
//
// It must never read a clock, remember what was tried, or grow with the number of those
// who try.
package throttle

// Package strategy holds strategies as data: ordered steps with the day they may
// go out, channel, tone, recipients, deadline, claim level, approval and
// conditions; the policy values they share; and the country overlays that change
// a step without adding one. It validates, compares and selects them.
//
// Step keys are stable identities: they are never renamed or reused, because the
// history of every item is told in them. The package has no scripts and no
// expressions, and decides nothing about an account's day.
package strategy

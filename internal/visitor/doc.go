// Package visitor holds the tests that live through the program as a newcomer does: a real
// browser on the demo, from the first page to the debtor's, and with a file of one's own.
//
// It must never reach into the program other than through its pages, and give no advice that
// a visitor would not read on them.
package visitor

// Package locale writes days, amounts and numbers the way a reader expects them
// in each language of a message.
//
// It must never parse, round or convert, and never read the machine's own locale:
// the same value in the same language is the same text on every machine.
package locale

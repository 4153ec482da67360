// Package law answers, for one debt under one country's law: when default began,
// what interest and fixed compensation are owed, how far a message may go in
// claiming them, and whose law it is that applies.
//
// Law is data. A jurisdiction is one folder under packs/ with dated values, each
// with its source, its confidence and the day it was checked; a value picks a
// named rule shape written here in Go and gives its parameters. There are no
// expressions in the data. What the tables do not know is refused with a reason
// code, never guessed: see [Refusal].
//
// Figures are carried exactly and rounded once, half up, per claim line.
//
// The package must never read a clock, a database or a network, never use
// floating point, never decide whether a message goes out (a missing rate takes
// a figure out of a message, not the message away), and never use a value marked
// UNCERTAIN.
package law

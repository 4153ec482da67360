// Package sim is a deterministic world around the real program: an invented company with
// three creditors, debtors who answer what they are sent, a bank, a mail server on this
// machine, and a clock that moves by days. The demo is this world.
//
// It acts through the use cases that everybody has, and by no other way: whatever the demo
// shows, the program did. What debtors and the bank know by themselves it reads from the
// book. Everything follows from a seed and from what the visitor does. It must never send
// anywhere but to its own sink, and never undo anything in a book that is not simulated.
package sim

// Package sim is a deterministic world around the real program: an invented company
// with three creditors, debtors with behaviours, a clock that moves by days, and a
// mail sink on this machine. The demo is built with it.
//
// It uses the same use cases as everybody else and nothing else: whatever the demo
// shows, the program did. Everything follows from a seed. It must never send
// anywhere but to its own sink.
package sim

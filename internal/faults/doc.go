// Package faults holds the tests that kill the real program: the binary that users
// run is started, killed at random moments of its runs and its sending, and started
// again, while a mail server outside of it counts what really arrived. It contains
// no code of the program.
package faults

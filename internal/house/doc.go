// Package house holds the tests that keep the house in order: which package may
// import which and why, what is banned and by what it is replaced, that every
// package says its one job, and that every dependency has its reason. It contains
// no code of the program.
package house

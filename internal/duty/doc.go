// Package duty does what a book needs every day without being asked: the daily run
// and the sending of what was released, by one process at a time.
//
// Whoever runs or sends holds the book's duty lock and, to send, the licence of this
// copy of the book: a file beside it that no backup and no copy carries ([Arm]). It
// must never send without both, never decide anything about a debt (that is the
// rules' work, through package app), and never go on after the lock is lost.
package duty

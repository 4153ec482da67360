// Package email builds mails as bytes and hands them to an SMTP server step by step.
//
// [Build] turns a [Mail] into the exact bytes to keep and to send: the same mail is
// the same bytes. [Sender] is the channel: it writes everything but the final dot,
// has the hand-over recorded, then sends the dot and reads the answer.
//
// It must never take a recipient from header text, never write a header field with
// a control character in it, never send a password over a connection that is
// neither encrypted nor local, and never send a message again after the hand-over.
package email

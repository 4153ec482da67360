// Package sink is a mail server on this machine that keeps everything it is given:
// for the demo, where no mail may leave, and for tests, where it is the judge of
// what really arrived.
//
// Each mail is stored as it came and as files a person can open, with one line an
// index. Faults can be switched on to see what the sender makes of them.
//
// It must never listen on anything but loopback, never pass a mail on, and never
// count a mail before it is stored.
package sink

// Package channel is the contract every way out of the house keeps: how a message
// is handed over, and what may be said about it afterwards.
//
// Handing over is the one act that cannot be undone. A channel therefore does all
// its work up to the last irrevocable byte, then asks its caller to record that the
// message is being handed over, and only then finishes. It must never finish
// without that record, never call a message sent that the receiver did not answer
// for, and never retry by itself once the record stands.
package channel

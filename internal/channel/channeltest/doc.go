// Package channeltest is the conformance suite of every [channel.Channel]: ordinary
// code that each channel's own test calls with a receiver that can misbehave.
//
// It must never judge by what the channel says alone: the receiver's own count is
// the judge.
package channeltest

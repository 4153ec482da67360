// Package storetest is the conformance suite of the store: ordinary code that each
// engine's test runs, so that both engines keep the same promises. It also holds
// [Faulty], which makes any book fail on purpose.
//
// It must never know which engine it tests, except to tamper with rows behind the
// store's back; a case that one engine skips fails.
package storetest

// Package sqltext reads SQL just far enough to translate the few words that differ
// between the engines and to refuse statements that would break a promise of the
// store: facts changed outside the chain, rows of another tenant.
//
// It must never parse SQL in full or rewrite a statement beyond the words listed in
// the documentation of package store.
package sqltext

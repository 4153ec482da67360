// Package password keeps passwords as argon2id hashes and says which ones are too easy
// to guess.
//
// It must never keep, log or return a password, take longer for a login that exists than
// for one that does not, or hash more at once than the memory it was given allows.
package password

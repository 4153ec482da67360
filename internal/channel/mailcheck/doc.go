// Package mailcheck looks at how mails leave: the servers of common providers as data, what
// goes wrong when one is dialled, and what the sender's domain says of who may send for it
// (SPF, DKIM, DMARC). Every finding is a sentence for people.
//
// It must never send a message, change a setting, or take "could not look up" for an answer.
package mailcheck

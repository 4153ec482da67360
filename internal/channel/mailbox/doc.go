// Package mailbox reads and fills a mailbox of our own over IMAP: a copy of what was sent
// goes into its Sent folder, and a test message that arrived is looked at.
//
// It must never put a mail there twice, never delete or change a mail, and never send a
// password over a connection that is neither encrypted nor local.
package mailbox

// Package document turns one message source into the text mail and the HTML mail
// that a customer reads.
//
// A source is a Markdown template with fields ([Template]). It is executed over a
// tree of plain strings, numbers and lists built from a [Message], parsed once as
// Markdown, and both forms are written from that one parsed document, so they can
// never say different things. Everything is deterministic: the same template and
// the same message give the same bytes.
//
// It must never hand a domain object to a template, never let a value of the data
// become markup, never write HTML other than from the parsed document, never load
// or point to remote content, and never leave a gap where a field is missing.
// It computes sums of the figures it is given, and no interest.
package document

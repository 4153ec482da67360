// Package document turns one message source into the text mail and the HTML mail
// that a customer reads.
//
// A source is a Markdown template with fields ([Template]), compiled once. Run over a
// [Message] it gives Markdown with a hole for each value. A value is never markup, so
// this Markdown is parsed once for all messages that differ only in their values, and
// both forms are written from that one parsed page as the holes are filled: they can
// never say different things. Everything is deterministic: the same template and the
// same message give the same bytes.
//
// The way of a message: check, program.go (the compiled template), source.go (Markdown
// with holes), page.go (parsed, with its pieces), html.go and text.go (the two forms).
//
// It must never hand a domain object to a template, never let a value of the data
// become markup, never write HTML other than from the parsed document, never load
// or point to remote content, and never leave a gap where a field is missing.
// It computes sums of the figures it is given, and no interest.
package document

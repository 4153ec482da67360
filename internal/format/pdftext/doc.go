// Package pdftext finds the words of a PDF: enough to see which document it is a copy of.
//
// It reads the first pages, for a bounded time and of a bounded size, and whatever the file
// holds it returns. The order of the words is that of the file, not of the eye.
//
// What the package must never do: be relied on for an amount or a date, follow a link, run a
// script, or keep a caller waiting beyond its [Limits].
package pdftext

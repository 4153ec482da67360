// Package pdf writes pages of text, lines and pictures as a PDF file: one pass, to an
// [io.Writer], with the glyphs that were used of two embedded faces and nothing else.
//
// The faces are parsed once and shared. Lengths are whole thousandths of a point
// ([Unit]), so that the same calls give the same bytes on every machine; no clock and
// no random number is in them.
//
// It must never know what a letter is, never break lines or pages, never drop a
// character without saying so (see [Writer.Missing]), and never point to anything
// outside the file.
package pdf

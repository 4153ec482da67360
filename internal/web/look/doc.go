// Package look is how every page of Recoup looks: the stylesheet with its tokens, the
// fonts, the few lines of script, the frame of a page, and how days and amounts are
// written for the people who use the book.
//
// It must never read the book, load anything from elsewhere, or write markup other than
// through a template that escapes.
package look

// Package letter sets a message on paper: letterhead, address window, the text over as
// many pages as it needs, the payment block with its code, and what the law wants at the
// foot.
//
// The words are those of the parsed page of the message ([document.Outlined]); what the
// layout itself writes (labels, carried totals, page numbers) is in words.go and states
// nothing that the message does not. The country of the sender's post decides the form of
// the sheet. The same message gives the same bytes.
//
// The way of a letter: form.go (where things stand), frame.go (all but the text), text.go,
// table.go and box.go (blocks of rows), flow.go (rows on pages), letter.go (the file).
//
// It must never compute a claim, never change or leave out a word of a message, never put
// a code beside bank details that it does not hold, and never read a clock.
package letter

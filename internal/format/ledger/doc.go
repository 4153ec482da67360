// Package ledger turns files of receivables into typed rows, and rows back into
// our plain layout: bytes to facts and facts to bytes, nothing else.
//
// [Guess] reads a file once, of a plain one its first rows, and says how it is laid out: encoding,
// delimiter, header row, which column is which field, the order of day and month,
// the decimal mark. What the file cannot tell is returned as a [Question] with
// its choices. [Read] then streams the file through a decided [Layout]: good rows
// go to a callback one by one, everything else is reported with its physical
// line, field, value and what was expected. [ReadContacts] does the same for a
// file of contacts, and [WritePlain] writes the plain layout. A source that was opened
// with [Open] may be an Excel workbook, and may hold cells that a person corrected.
//
// Journals of postings (DATEV, FEC, Sage) are made into documents: what is posted under
// one number on the account of a customer. Invoices that stand below a row with their
// customer get its name. See shaped.
//
// Memory does not grow with the file, but for journals, whose documents are held until
// the file ends; a row is at most [MaxRecordBytes].
//
// What the package must never do: decide the order of a date or the meaning of a
// decimal mark from one cell; derive a due date from terms that it does not
// know, or a currency that nobody stated; drop a row without reporting it; add two currencies; know a store, a
// clock or a network. Whether two rows name the same document, and whether
// padded and unpadded customer numbers are one customer, is for the importer:
// rows keep every number as it stands in the file.
//
// Two things no reader can see. A file cut exactly at the end of a line is a
// shorter, valid file: only the control totals ([Report.Totals]) tell. A last
// line without a line end is accepted, since many programs write it so, but it
// is named in [Report.UnterminatedRow], and it is rejected when its last cell has
// a form (number of decimals, length of a date, emptiness) that no earlier row
// shows. A first row, or a shortened text, has nothing to be compared with.
package ledger

// Package xlsx reads the rows of the sheets of an Excel workbook (OOXML) as text: one
// row at a time, with what each cell is, not how it looks.
//
// A date is written as an ISO day, whatever its format shows and whichever epoch the
// workbook counts from; a number as a plain decimal of the fifteen digits that Excel
// itself keeps, so that no binary remainder becomes a cent; text stays the text it is,
// leading zeros and all. A number that its format pads with zeros is padded, since that is
// what its writer sees. A text merged over several rows stands in each of them; a number
// never does, for it would be counted twice.
//
// What the package must never do: calculate a formula (it takes the result that was
// stored), hold a sheet in memory, follow a link, or unpack more than [MaxUnpacked].
package xlsx

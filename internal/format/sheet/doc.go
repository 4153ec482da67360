// Package sheet writes tables with typed cells as CSV and as XLSX.
//
// Its one job is that what leaves as a number or a day is one, to the last decimal, and
// that what leaves as text can never be taken for a formula by the program that opens it.
// It must never escape a number, put text into a column of numbers, or read a file.
package sheet

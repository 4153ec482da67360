// Package exports writes one ledger as the files that accounting programs would make of it:
// their headers, title rows, sums, encodings and habits. Tests, the demo and benchmarks read
// them back.
//
// What it must never do: stand in the product's way out. It writes what others write, with
// their faults, and what a layout cannot say it leaves out: see [Layout.Says].
package exports

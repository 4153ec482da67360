// Package open opens a book by its address, on the engine that the address names,
// and makes or migrates it if asked to.
//
// It must never create or change a book that it was not asked to.
package open

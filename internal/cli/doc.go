// Package cli is the command line: it reads words and flags, asks the use cases in
// app, and prints the answer for people or as JSON.
//
// Names, fields and exit statuses are a contract that scripts depend on: they are
// never renamed, new ones are added. The package must hold no rule about debts and
// no SQL, and must not decide what is allowed: it shows what app decided.
package cli

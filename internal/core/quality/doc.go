// Package quality finds what is wrong or doubtful in the data of customers and invoices
// before somebody is chased because of it: tax numbers that cannot be right, customers and
// invoices that look like another one again.
//
// A finding is a doubt for a person, never a proof: the package must never change data,
// and never let a message wait.
package quality

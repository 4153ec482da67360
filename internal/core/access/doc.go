// Package access says who may do what: the roles of the people who work with the book
// and the permissions of each, as one table.
//
// It must never look at a session or a customer: whether a user is signed in, and whether
// a customer is theirs, is asked elsewhere.
package access

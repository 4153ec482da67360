// Package portal is the page that a debtor opens by the link in a message: who writes, what
// is open, how it is paid, and what is in the way of it. It works on a phone, without
// JavaScript, without an account and without cookies.
//
// It must change nothing on a GET (mail scanners open every link), show nothing that is for
// our side only, put no pressure on anybody, and never write a link into a log.
package portal

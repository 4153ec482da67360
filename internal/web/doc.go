// Package web is the face of Recoup in a browser: a thin layer of pages over the use cases
// of internal/app. Each page has its handler and its template beside each other.
//
// It must hold no rule about debts, write no SQL, change nothing on a GET, and show nothing
// that the role of the person who asks may not see: every route names its permission in one
// table (routes.go).
package web

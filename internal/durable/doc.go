// Package durable writes files so that they are there completely or not at all, also
// after the machine lost its power. It never looks at what it writes.
package durable

// Package brief writes the weekly brief to our own people as a mail: subject, text and HTML,
// in the language of the creditor's country.
//
// Its one job is to say in a minute's reading what happened and what waits. It must never
// compute a figure, go to a debtor, or carry a link that nobody gave it.
package brief

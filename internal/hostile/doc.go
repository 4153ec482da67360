// Package hostile makes texts that try to be more than text: markup that runs, formulas,
// extra fields of a mail, ways out of a folder or off the site, and pieces of SQL. Each list
// is made from the known ways, so that it can be counted and repeated; tests put them where
// strangers can write.
//
// It must never be imported by anything but tests, and know nothing of Recoup.
package hostile

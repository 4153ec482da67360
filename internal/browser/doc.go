// Package browser drives a real headless Chromium for tests: it opens pages, fills forms by
// their labels, clicks what a person would click, and reports what the browser complained
// about. It also runs axe-core over a page and takes pictures of it.
//
// It must know nothing of Recoup, and hide no error of a page: whatever the console, the
// content security policy or an uncaught exception said fails the test.
package browser

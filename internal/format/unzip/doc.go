// Package unzip takes the files out of a ZIP archive, within limits that no honest archive
// of papers meets.
//
// What it must never do: write a file, trust a name in the archive as a path, or open an
// archive inside the archive.
package unzip

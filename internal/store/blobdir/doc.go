// Package blobdir keeps blobs in a folder: one file each, named by its hash, in
// folders by tenant and the first two digits.
//
// It must never change a file that exists, and never return from Put before file
// and folder are synced.
package blobdir

package main

import "testing"

// TestGeneratedIsCurrent fails where the Go code of a template is not what it says.
func TestGeneratedIsCurrent(t *testing.T) {
	stale, err := walk("../..", true)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range stale {
		t.Errorf("%s is not what its template says: run make generate", name)
	}
}

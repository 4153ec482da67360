package hostile

import (
	"regexp"
	"testing"
)

// TestEveryPayloadIsOne: the lists have the sizes that are promised, no text twice, and each
// payload of markup one mark of its own.
func TestEveryPayloadIsOne(t *testing.T) {
	for name, c := range map[string]struct {
		list  []string
		least int
	}{"markup": {Markup(), 500}, "cells": {Cells(), 1000}, "lines": {Lines(), 300}, "names": {Names(), 200},
		"redirects": {Redirects(), 100}, "values": {Values(), 300}} {
		seen := map[string]bool{}
		for _, s := range c.list {
			if seen[s] {
				t.Errorf("%s: %q comes twice", name, s)
			}
			seen[s] = true
		}
		if len(seen) < c.least {
			t.Errorf("%s: only %d", name, len(seen))
		}
	}
	mark, seen := regexp.MustCompile(MarkPattern), map[string]bool{}
	for _, s := range Markup() {
		own := mark.FindString(s)
		if own == "" || seen[own] {
			t.Errorf("%q has no mark of its own", s)
		}
		seen[own] = true
	}
}

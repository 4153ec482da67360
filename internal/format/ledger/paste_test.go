package ledger

import (
	"fmt"
	"strings"
	"testing"
)

func TestParsePaste(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"tabs, with headings", "Customer no\tE-mail\tPhone\n1001\tap@pike.example\t+44 1632 960001\n", "2 ap@pike.example|+44 1632 960001||1001"},
		{"any order", "ap@pike.example;Pike & Sons Ltd;Ann Bell;accounts payable", "1 ap@pike.example||accounts_payable|Pike & Sons Ltd,Ann Bell"},
		{"commas and quotes", "\"Pike, Sons\",ap@pike.example", "1 ap@pike.example|||Pike, Sons"},
		{"name and address", "Ann Bell <ann@pike.example>, 1001", "1 ann@pike.example|||Ann Bell,1001"},
		{"two addresses", "1001\ta@pike.example; b@pike.example", "1 a@pike.example; b@pike.example|||1001"},
		{"a number is no phone", "20260001\tap@pike.example", "1 ap@pike.example|||20260001"},
		{"no address", "1001\tap@pike", "1 ap@pike|||1001"},
		{"half an address", "1001\tap@", "1 |||1001 bad ap@"},
		{"blank lines", "\n\n1001\tx@y.example\r\n\n", "3 x@y.example|||1001"},
	} {
		var got []string
		for _, p := range ParsePaste(c.text) {
			line := fmt.Sprintf("%d %s|%s|%s|%s", p.Line, p.Email, p.Phone, p.Role, strings.Join(p.Rest, ","))
			if p.Bad != "" {
				line += " bad " + p.Bad
			}
			got = append(got, line)
		}
		if strings.Join(got, "\n") != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func FuzzParsePaste(f *testing.F) {
	f.Add("a\tb@c.example\n\"x;y\n<@>")
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range ParsePaste(text) {
			if p.Line < 1 || len(p.Rest) > MaxColumns+1 && !strings.ContainsAny(text, ",;\t") {
				t.Fatalf("%+v", p)
			}
		}
	})
}

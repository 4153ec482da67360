package book

import (
	"strings"
	"testing"
)

func TestIsAddress(t *testing.T) {
	for _, good := range []string{"a@b.example", "first.last+tag@sub.host.example", "o'neil@host",
		"a_b-c@xn--bcher-kva.example"} {
		if !IsAddress(good) {
			t.Errorf("%q is refused", good)
		}
	}
	for _, bad := range []string{"", "a", "a@", "@b", "a@b@c", "a b@c.example", "<a@b.example>", "A <a@b.example>",
		"a@b.example,c@d.example", "a@b.example c@d.example", `"a b"@c.example`, "a@[127.0.0.1]", "a..b@c.example",
		".a@b.example", "a@-b.example", "bücher@b.example", "a@bücher.example", "a@b.example\r\nX: y",
		strings.Repeat("a", 65) + "@b.example", "a@" + strings.Repeat("b", 254)} {
		if IsAddress(bad) {
			t.Errorf("%q passed as an address", bad)
		}
	}
}

func TestItemName(t *testing.T) {
	if a, b := ItemName("R-1", 1), ItemName("R-1", 12); a != "R-1" || b != "R-1/12" {
		t.Errorf("%s, %s", a, b)
	}
}

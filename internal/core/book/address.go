package book

import "strings"

// IsAddress reports whether text is one email address that a mail system takes as it is:
// local@domain of RFC 5321 in plain characters, without name, quotes, route or literal.
// International domains are in their xn-- form. What this refuses is refused where it is
// entered, not when the message leaves.
func IsAddress(text string) bool {
	local, domain, _ := strings.Cut(text, "@")
	if len(text) > 254 || len(local) > 64 || len(domain) > 253 {
		return false
	}
	for part := range strings.SplitSeq(local, ".") {
		if part == "" || !onlyOf(part, "!#$%&'*+/=?^_{|}~`-") {
			return false
		}
	}
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || !onlyOf(label, "-") || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
	}
	return true
}

// onlyOf reports text of ASCII letters, digits and further marks.
func onlyOf(s, further string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') && strings.IndexByte(further, c) < 0 {
			return false
		}
	}
	return true
}

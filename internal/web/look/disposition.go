package look

import (
	"mime"
	"strings"
	"unicode"
)

// Disposition is the header with which a browser keeps a file under its name.
func Disposition(name string) string { return disposed("attachment", name) }

// Inline is the header with which a browser shows a file, and keeps it under its name if
// asked to.
func Inline(name string) string { return disposed("inline", name) }

// longest is how many characters the name of a file has in a header at most.
const longest = 200

func disposed(how, name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Bidi_Control, r): // it could hide what kind of file it is
			return -1
		case unicode.IsControl(r) || r == '"' || r == '\\' || r == '/':
			return '-'
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > longest {
		name = string(runes[:longest])
	}
	if strings.Trim(name, ". ") == "" { // the name of a folder, or none
		return how
	}
	if d := mime.FormatMediaType(how, map[string]string{"filename": name}); d != "" {
		return d
	}
	return how
}

package look

import (
	"mime"
	"strings"
)

// Disposition is the header with which a browser keeps a file under its name.
func Disposition(name string) string { return disposed("attachment", name) }

// Inline is the header with which a browser shows a file, and keeps it under its name if
// asked to.
func Inline(name string) string { return disposed("inline", name) }

func disposed(how, name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '"' || r == '\\' || r == '/' {
			return '-'
		}
		return r
	}, name)
	if d := mime.FormatMediaType(how, map[string]string{"filename": name}); d != "" {
		return d
	}
	return how
}

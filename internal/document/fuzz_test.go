package document

import (
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/document/locale"
)

// FuzzTemplate: whatever a person writes as a text is refused or gives a message;
// it never panics, and what comes out has no tag but those of the closed list.
func FuzzTemplate(f *testing.F) {
	for _, s := range hostileTemplates() {
		if len(s) < 2000 {
			f.Add(s)
		}
	}
	for _, v := range hostileValues {
		f.Add(v)
	}
	source, _, _ := ShippedSource(locale.EnglishGB, FinalDemand, Standard)
	f.Add(source)
	m := Sample(locale.EnglishGB, Friendly, Standard)
	const allowed = " !doctype html head meta title body div p h1 h2 h3 h4 h5 h6 ul ol li hr br em strong a " +
		"table thead tbody tr th td "
	f.Fuzz(func(t *testing.T, body string) {
		tpl, err := parseBody(body)
		if err != nil {
			return
		}
		Lint(tpl)
		r, err := Render(tpl, m)
		if err != nil {
			return
		}
		for _, tag := range strings.Split(tags(r.HTML), "<")[1:] {
			name := strings.ToLower(strings.Trim(tag[:strings.IndexAny(tag, " >")], "/"))
			if !strings.Contains(allowed, " "+name+" ") {
				t.Errorf("tag %q from %q", tag, body)
			}
			if i := strings.Index(tag, "href="); i >= 0 && !strings.HasPrefix(tag[i:], `href="http`) &&
				!strings.HasPrefix(tag[i:], `href="mailto:`) {
				t.Errorf("link %q from %q", tag, body)
			}
		}
	})
}

package look

import (
	"strconv"
	"time"

	"github.com/a-h/templ"
)

// Head is what the frame of a page needs.
type Head struct {
	Title    string
	Language string        // of the page's words, as an IETF tag
	Theme    string        // light, dark, or "" as the reader's system has it
	Refresh  time.Duration // loads the page anew after this time; 0: it does not
}

// theme is the attribute that fixes light or dark.
func (h Head) theme() templ.Attributes {
	if h.Theme == "" {
		return nil
	}
	return templ.Attributes{"data-theme": h.Theme}
}

// htmxConfig keeps htmx within the content security policy: no style of its own.
const htmxConfig = `{"includeIndicatorCSS":false}`

func seconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }

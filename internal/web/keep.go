package web

import (
	"bytes"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/a-h/templ"
)

// A page that only tells what is known is written once for each state of knowledge and
// each reader: whoever looks again gets the same bytes. So a list costs the same with a
// million items as with ten.

// keptFor is how long a page may be given again: a sender at work changes messages without
// a command.
const keptFor = 2 * time.Second

// keptBytes bounds all kept pages together.
const keptBytes = 16 << 20

// keeper holds written pages.
type keeper struct {
	mu    sync.Mutex
	pages map[string]keptPage
	size  int
}

type keptPage struct {
	body []byte
	at   time.Time
}

func (k *keeper) get(key string, now time.Time) []byte {
	if key == "" {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	p, ok := k.pages[key]
	if !ok || now.Sub(p.at) > keptFor {
		return nil
	}
	return p.body
}

func (k *keeper) put(key string, body []byte, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.pages == nil || k.size+len(body) > keptBytes {
		k.pages, k.size = map[string]keptPage{}, 0
	}
	k.size += len(body) - len(k.pages[key].body)
	k.pages[key] = keptPage{body, now}
}

// keptKey is what a page of a route depends on; "" if it is written anew each time.
func (s *Server) keptKey(r *http.Request, rt *route, u *viewer) string {
	if !rt.kept || r.Method != http.MethodGet || cookie(r, cookieFlash) != "" || r.Context().Value(resent{}) != nil {
		return ""
	}
	known, err := s.App.Known(r.Context())
	if err != nil {
		return ""
	}
	return known + "\n" + u.User.Login + "\n" + string(u.User.Role) + "\n" + cookie(r, cookieCreditor) + "\n" + cookie(r, cookieTheme) + "\n" +
		r.URL.RequestURI()
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// write writes a page in one piece, so that one that fails leaves no half of it.
func (v *visit) write(status int, c templ.Component) error {
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	if err := c.Render(v.r.Context(), b); err != nil {
		return err
	}
	if v.keptAs != "" && status == http.StatusOK {
		v.kept.put(v.keptAs, bytes.Clone(b.Bytes()), time.Now())
	}
	return writePage(v.w, status, b.Bytes())
}

func writePage(w http.ResponseWriter, status int, body []byte) error {
	h := w.Header()
	h["Content-Type"] = header.html
	h["Cache-Control"] = header.noStore
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, err := w.Write(body)
	return err
}

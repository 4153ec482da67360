package web

import (
	"bytes"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/a-h/templ"

	"github.com/recoup-project/recoup/internal/app"
)

// A page that only tells what is known is written once a second for each reader: whoever
// looks again meanwhile gets the same bytes, so a list costs the same with a million items
// as with ten, also while a run writes. Who has just changed something gets it written anew.

const (
	keptFor   = time.Second     // a page is given again for so long
	keptLimit = 3 * time.Second // and while somebody writes it anew, no longer than this
	keptBytes = 16 << 20        // all kept pages together
)

// keeper holds written pages.
type keeper struct {
	mu    sync.Mutex
	pages map[string]*keptPage
	size  int
}

type keptPage struct {
	body    []byte
	at      time.Time
	renewed bool // somebody writes it anew
}

// get is a page that may be given again; nil: the caller writes it. Of those who find a
// page old only the first writes it, the others get the old one meanwhile.
func (k *keeper) get(key string, now time.Time) []byte {
	if key == "" {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	p := k.pages[key]
	switch {
	case p == nil || now.Sub(p.at) > keptLimit:
		return nil
	case now.Sub(p.at) > keptFor && !p.renewed:
		p.renewed = true
		return nil
	}
	return p.body
}

func (k *keeper) put(key string, body []byte, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if old := k.pages[key]; old != nil {
		k.size -= len(old.body)
	}
	if k.pages == nil || k.size+len(body) > keptBytes {
		k.pages, k.size = map[string]*keptPage{}, 0
	}
	k.size += len(body)
	k.pages[key] = &keptPage{body: body, at: now}
}

// keptKey is what a page of a route depends on beside what is known; "" if it is written
// anew each time.
func keptKey(r *http.Request, rt *route, u *viewer) string {
	if !rt.kept || r.Method != http.MethodGet || cookie(r, cookieFlash) != "" || cookie(r, cookieChanged) != "" ||
		r.Context().Value(resent{}) != nil {
		return ""
	}
	return u.User.Login + "\n" + string(u.User.Role) + "\n" + cookie(r, cookieCreditor) + "\n" + cookie(r, cookieTheme) + "\n" +
		r.URL.RequestURI()
}

// cookieChanged says for some seconds that this browser has changed something: its reader
// sees the outcome, and waits for it where needed.
const cookieChanged = "recoup_changed"

var changedCookie = &http.Cookie{Name: cookieChanged, Value: "1", Path: "/", MaxAge: 10, HttpOnly: true, SameSite: http.SameSiteLaxMode}

// patient is the request of a reader who has changed nothing lately: lists may be as of
// some moments ago.
func patient(r *http.Request) *http.Request {
	if r.Method != http.MethodGet || cookie(r, cookieChanged) != "" {
		return r
	}
	return r.WithContext(app.MayBeOlder(r.Context()))
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

package web

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
)

// flash is a sentence for the next page: what was done, or why not.
type flash struct {
	Tone string `json:"t"` // good, warn, bad
	Text string `json:"x"`
	Undo string `json:"u,omitempty"` // path of a form that takes it back
}

const maxFlash = 1500 // bytes of a sentence that fit into a cookie

func putFlash(w http.ResponseWriter, f flash) {
	if len(f.Text) > maxFlash {
		f.Text = strings.ToValidUTF8(f.Text[:maxFlash], "") + "…"
	}
	raw, _ := json.Marshal(f)
	http.SetCookie(w, &http.Cookie{Name: cookieFlash, Value: base64.RawURLEncoding.EncodeToString(raw), Path: "/",
		MaxAge: 60, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// takeFlash reads the sentence once.
func takeFlash(w http.ResponseWriter, r *http.Request) *flash {
	value := cookie(r, cookieFlash)
	if value == "" || r.Method != http.MethodGet {
		return nil
	}
	http.SetCookie(w, &http.Cookie{Name: cookieFlash, Path: "/", MaxAge: -1, HttpOnly: true,
		SameSite: http.SameSiteLaxMode})
	raw, err := base64.RawURLEncoding.DecodeString(value)
	f := &flash{}
	if err != nil || json.Unmarshal(raw, f) != nil || f.Text == "" {
		return nil
	}
	switch f.Tone {
	case "good", "warn", "bad":
	default:
		f.Tone = ""
	}
	f.Undo = local(f.Undo)
	return f
}

package web

import (
	"cmp"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/web/look"
)

// Fields that every form of a page carries beside what a person types, see post.
const (
	fieldBack     = "back"     // the page that the form is on
	fieldCreditor = "creditor" // whom the page was about
	fieldForm     = "form"     // id of the form
)

var formIDs = regexp.MustCompile(`^[0-9a-f]{32}$`)

// newFormID names a form that is shown, so that it is done once however often it is sent.
func newFormID() string {
	id := make([]byte, 16)
	rand.Read(id)
	return hex.EncodeToString(id)
}

// here is the page that is shown: that of the form where a form is answered with a page.
func (v *visit) here() string {
	if v.r.Method == http.MethodPost {
		return cmp.Or(v.back(), "/")
	}
	return v.r.URL.RequestURI()
}

// takeForm reads a form and refuses one of a page that was about another creditor: the cookie
// that chooses a creditor is that of all windows of a browser, the page is not. A form without
// one is of no page; where there is one creditor only it can mean no other.
func (v *visit) takeForm() error {
	err := v.r.ParseMultipartForm(inMemory)
	if err == http.ErrNotMultipart {
		err = v.r.ParseForm()
	}
	if err != nil {
		return v.uploadError(err)
	}
	was := v.r.PostForm.Get(fieldCreditor)
	if v.route.anyCreditor || was == v.creditor.Code || was == "" && len(v.creditors) <= 1 {
		return nil
	}
	return &app.Error{Kind: app.Conflict, Code: "other_creditor", Message: "this form was about " + cmp.Or(creditorName(v, was), "no creditor") +
		", and " + v.creditor.Name + " has been chosen since, in another window perhaps"}
}

// commandID names the command of the form that was sent, and of one of its parts where it has
// several: the same form sent twice, by a double click or a line that broke, is done once and
// answers the same. What was written into it is part of the name, since a browser that goes
// back shows the same form again, and what is sent then may be meant anew. It is "", a new
// command each time, for what is no form of a page.
func (v *visit) commandID(part string) string {
	id := v.r.PostForm.Get(fieldForm)
	if !formIDs.MatchString(id) {
		return ""
	}
	content := v.r.URL.RequestURI() + "\n" + v.r.PostForm.Encode() + "\n" + part
	if m := v.r.MultipartForm; m != nil {
		for _, name := range slices.Sorted(maps.Keys(m.File)) {
			for _, f := range m.File[name] {
				content += "\n" + f.Filename + " " + strconv.FormatInt(f.Size, 10)
			}
		}
	}
	// The id stands in the log: keyed by the session, it tells nothing of a password in the form.
	mark := hmac.New(sha256.New, []byte(v.user.token))
	mark.Write([]byte(content))
	return "form-" + id + "-" + hex.EncodeToString(mark.Sum(nil)[:8])
}

// edits are the fields of a form that others may have changed since its page was shown. What
// was left as it was shown is no change, so that an old page takes nothing back.
type edits struct {
	v       *visit
	clashes []string
}

// change reports whether a field was given another value than it was shown with and has now.
func (e *edits) change(name, sent, now string) bool {
	sent = strings.ReplaceAll(sent, "\r\n", "\n")
	was := now
	if shown, ok := e.v.r.PostForm["was."+name]; ok && len(shown) > 0 {
		was = strings.ReplaceAll(shown[0], "\r\n", "\n")
	}
	if sent == was || sent == now {
		return false
	}
	if was != now {
		e.clashes = append(e.clashes, look.Title(look.Words(name))+" is now \u201c"+now+"\u201d, you wrote \u201c"+sent+"\u201d.")
	}
	return true
}

// err is that others changed the same fields.
func (e *edits) err() error {
	if len(e.clashes) == 0 {
		return nil
	}
	return &app.Error{Kind: app.Conflict, Code: "changed_meanwhile", Message: "somebody else changed the same meanwhile, so nothing was kept. " +
		strings.Join(e.clashes, " ") + " What you wrote stands in the form again: keep it, or leave it"}
}

// orSent is a value as a form shows it: what was typed, where the form could not be done.
func (v *visit) orSent(form, field, value string) string {
	if v.sentTo(form) && v.failed.form[field] != nil {
		return v.sent(form, field)
	}
	return value
}

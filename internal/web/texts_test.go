package web

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/browser"
	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/book"
)

// overheard is a server that keeps the last text that a page asked to see.
type overheard struct {
	sync.Mutex
	body, as string
}

func (o *overheard) of(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/try") {
			raw, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(raw))
			form, _ := url.ParseQuery(string(raw))
			o.Lock()
			o.body, o.as = form.Get("body"), form.Get("as")
			o.Unlock()
		}
		next.ServeHTTP(w, r)
	})
}

// TestEditAText: a text is changed in a browser: a field at a click, the lint and the preview
// while one writes, a refusal with everything still there, and the version in force.
func TestEditAText(t *testing.T) {
	s := newSite(t)
	s.ledger(smallLedger)
	s.run()
	s.user(access.Owner)
	s.user(access.CreditManager)
	var heard overheard
	server := httptest.NewServer(heard.of(New(Options{App: s.app, Build: "test"}).Handler()))
	defer server.Close()
	p := browser.Start(t).Page(t, strings.Replace(server.URL, "127.0.0.1", "localhost", 1))
	p.Cookie(s.session("credit.manager"))
	until := func(what string, ok func() bool) {
		t.Helper()
		p.Until(what, "true")
		for range 200 {
			heard.Lock()
			done := ok()
			heard.Unlock()
			if done {
				return
			}
			p.Until("a moment", "new Promise((ok) => setTimeout(() => ok(true), 50))")
		}
		t.Fatalf("never: %s; the preview was last asked for as %s:\n%s", what, heard.as, heard.body)
	}
	p.Open("/texts/en-GB/friendly").Reads("It says what it must", "As shipped")
	until("the preview is there by itself", func() bool { return heard.as == "mail" && strings.Contains(heard.body, "easily overlooked") })
	source := browser.Eval[string](p, "document.getElementById('words-body').value")
	p.Fill("Text", source+"\nWe will take you to court.\n")
	p.Until("the lint says it", `document.getElementById("findings").innerText.includes("court")`)
	until("the preview follows", func() bool { return strings.Contains(heard.body, "take you to court") })
	p.Fill("Why", "harder").Follow("Put in force").Reads("court")
	if left := browser.Eval[string](p, "document.getElementById('words-body').value"); !strings.Contains(left, "take you to court") {
		t.Errorf("what was written is lost:\n%s", left)
	}
	p.Troubles() // the answer to what is refused
	p.Fill("Text", strings.Replace(source, "It is easily overlooked:", "A small thing:", 1))
	browser.Eval[bool](p, `(() => { const a = document.getElementById("words-body"); a.setSelectionRange(a.value.indexOf("A small"), a.value.indexOf("A small")); return true; })()`)
	p.Press("The message").Press("day")
	p.Until("the field stands at the cursor", `document.getElementById("words-body").value.includes("{{.day}}A small thing:")`)
	p.Press("Letter")
	until("as a letter", func() bool { return heard.as == "letter" && strings.Contains(heard.body, "{{.day}}A small thing:") })
	p.Fill("Why", "our voice").Follow("Put in force").Reads("In force", "Version 1", "our voice", "Back to shipped")
	list, err := s.app.Texts(t.Context(), "en-GB")
	if err != nil || !list[4].Own {
		t.Fatalf("%+v, %v", list, err)
	}
	p.Fill("Why", "no").Follow("Back to shipped").Reads("Version 2: back to shipped")
}

// TestTextsAreForThoseWhoMay: who may only read sees the words and cannot change them.
func TestTextsAreForThoseWhoMay(t *testing.T) {
	s := newSite(t)
	s.user(access.Owner)
	s.user(access.Controller)
	source, err := app.TextSource("en-GB", "friendly")
	if err != nil {
		t.Fatal(err)
	}
	parts := app.PartsOf(source)
	form := url.Values{"subject": {parts.Subject}, "tone": {parts.Tone}, "body": {parts.Body + "More.\n"}, "why": {"x"}}
	if a := s.ask("/texts/en-GB/friendly", form, s.session("controller")); !strings.Contains(a.body, "your role does not allow") {
		t.Errorf("%v", a)
	}
	a := s.ask("/texts/en-GB/friendly/check", url.Values{"subject": {"x"}, "tone": {"warm"}, "body": {"one\ntwo {{.nothing}}\n"}}, s.session("controller"))
	if a.code != 200 || !strings.Contains(a.body, "Line 2") {
		t.Errorf("%v", a)
	}
}

// multipartForm is a form with a file.
func multipartForm(t testing.TB, fields map[string]string, file string, data []byte) (body *bytes.Buffer, kind string) {
	t.Helper()
	body = &bytes.Buffer{}
	w := multipart.NewWriter(body)
	for name, value := range fields {
		if err := w.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if file != "" {
		part, err := w.CreateFormFile(file, "file")
		if err != nil {
			t.Fatal(err)
		}
		part.Write(data)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return body, w.FormDataContentType()
}

// give posts a form with a file.
func (s *site) give(path string, cookie *http.Cookie, fields map[string]string, file string, data []byte) answer {
	s.t.Helper()
	body, kind := multipartForm(s.t, fields, file, data)
	r, err := http.NewRequest("POST", s.URL+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.AddCookie(cookie)
	return s.do(r)
}

// TestChangeAStrategy: the page says in words what a version would change and draws both
// calendars; it is put in force with a reason and the password.
func TestChangeAStrategy(t *testing.T) {
	s := newSite(t)
	s.user(access.Owner)
	s.user(access.CreditManager)
	cookie := s.session("credit.manager")
	set, err := s.app.Strategies(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	next := *set.Strategies["standard"]
	next.Version++
	next.Steps = append(next.Steps[:0:0], next.Steps...)
	later := 9
	next.Steps[1].FromDueDays = &later
	raw, err := json.Marshal(&next)
	if err != nil {
		t.Fatal(err)
	}
	a := s.give("/strategies/standard/try", cookie, map[string]string{"source": string(raw), "due": "2026-03-02"}, "", nil)
	for _, want := range []string{"days from the due date is now 9; it was 3.", "Thu 5 Mar", "Wed 11 Mar", "Put it in force"} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the page lacks %q: %v", want, a)
		}
	}
	a = s.give("/strategies/standard/try", cookie, map[string]string{"source": strings.Replace(string(raw), `"tone":"firm"`, `"tone":"rude"`, 1)}, "", nil)
	if !strings.Contains(a.body, "It cannot be put in force") || !strings.Contains(a.body, "(formal)") {
		t.Errorf("%v", a)
	}
	form := url.Values{"source": {string(raw)}, "why": {"softer"}, "password": {"wrong"}, "back": {"/strategies/standard/edit"}}
	if a = s.ask("/strategies/standard/activate", form, cookie); a.code == 303 {
		t.Errorf("a wrong password: %v", a)
	}
	form.Set("password", password)
	if a = s.ask("/strategies/standard/activate", form, cookie); a.code != 303 || a.to != "/strategies/standard" {
		t.Fatalf("%v", a)
	}
	if set, err = s.app.Strategies(t.Context(), ""); err != nil || set.Strategies["standard"].Version != next.Version {
		t.Errorf("%v, %v", set.Strategies["standard"].Version, err)
	}
}

// TestSettingsOfTheHouse: closing days, letterhead and legal persons.
func TestSettingsOfTheHouse(t *testing.T) {
	s := newSite(t)
	s.user(access.Owner)
	cookie := s.session("owner")
	setting := func(name string) string {
		t.Helper()
		value, err := s.app.Setting(t.Context(), "", name)
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	for _, form := range []url.Values{
		{"from": {"2026-08-03"}, "until": {"2026-08-14"}}, {"from": {"2026-06-29"}, "yearly": {"1"}}, {"remove": {"12-24..01-01"}},
	} {
		if a := s.ask("/settings/closing-days", form, cookie); a.code != 303 {
			t.Fatalf("%v: %v", form, a)
		}
	}
	if got := setting("closing_days"); got != "2026-08-03..2026-08-14, 06-29" {
		t.Errorf("closing days %q", got)
	}
	a := s.ask("/settings", nil, cookie)
	if text := strings.ReplaceAll(a.body, "\u00a0", " "); !strings.Contains(text, "3 Aug 2026 to 14 Aug 2026") || !strings.Contains(text, "29 Jun, every year") {
		t.Errorf("%v", a)
	}
	if a := s.ask("/settings/closing-days", url.Values{"from": {"2026-08-14"}, "until": {"2026-08-03"}, "back": {"/settings"}}, cookie); a.code == 303 {
		t.Errorf("a span that ends before it begins: %v", a)
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 40, 20))); err != nil {
		t.Fatal(err)
	}
	if a := s.give("/settings/logo", cookie, map[string]string{"colour": "#0b6e5f"}, "logo", picture.Bytes()); a.code != 303 || setting("letter.colour") != "#0b6e5f" {
		t.Fatalf("%v", a)
	}
	if a := s.ask("/settings/logo", nil, cookie); a.head.Get("Content-Type") != "image/png" || a.body != picture.String() {
		t.Errorf("the logo: %v", a.head)
	}
	if a := s.give("/settings/logo", cookie, map[string]string{"back": "/settings"}, "logo", []byte("<svg onload=alert(1)>")); a.code == 303 {
		t.Errorf("no picture: %v", a)
	}
	if a := s.ask("/settings/creditors", url.Values{"name": {"Harbour Bauteile GmbH"}, "country": {"DE"}, "currency": {"eur"}}, cookie); a.code != 303 {
		t.Fatalf("%v", a)
	}
	if all, err := s.app.Creditors(t.Context()); err != nil || len(all) != 2 || all[1].Currency != "EUR" {
		t.Errorf("%+v, %v", all, err)
	}
}

// letterSite is a book with a letter that waits, and the details of a sender.
func letterSite(t *testing.T) (*site, int64) {
	t.Helper()
	s := newSite(t)
	s.ledger(smallLedger)
	for _, kv := range [][2]string{{"sender.address", "1 Quay\nHull"}, {"sender.person", "Maya Okafor"}, {"sender.phone", "01482 000000"},
		{"sender.reply_to", "ar@harbour.example"}, {"mail.from", "ar@harbour.example"}, {"sender.register_no", "none"}, {"sender.registered_in", "none"},
		{"sender.registered_office", "none"}, {"sender.vat_id", "none"}, {"bank.holder", "Harbour Foods Ltd"}, {"bank.account", "12345678"},
		{"bank.routing", "12-34-56"}, {"bank.unchanged_since", "2020-01-01"}} {
		if err := s.app.SetSetting(t.Context(), system, "", kv[0], kv[1]); err != nil {
			t.Fatalf("%s: %v", kv[0], err)
		}
	}
	address := "2 Mill Lane\nYork YO1 9XX"
	for id := int64(1); id <= 3; id++ {
		if _, err := s.app.SetCustomer(t.Context(), system, id, app.CustomerChange{Address: &address}); err != nil {
			t.Fatal(err)
		}
	}
	s.run()
	list, err := s.app.Outbox(t.Context(), app.OutboxFilter{Channel: book.Letter})
	if err != nil || len(list) == 0 {
		t.Fatalf("no letter waits: %+v, %v", list, err)
	}
	return s, list[0].ID
}

// TestPrintAndPost: a released letter is printed as one file, posted as a batch, and proved.
func TestPrintAndPost(t *testing.T) {
	s, id := letterSite(t)
	s.user(access.Owner)
	cookie := s.session("owner")
	p := browser.Start(t).Page(t, s.URL)
	p.Cookie(cookie)
	p.Open("/letters").Reads("Nothing to print today")
	p.Open(messagePath(id)).Shot("message-letter")
	p.Follow("Release Y")
	p.Open("/letters").Reads("Dana Wells").Shot("letters-to-print")
	p.Tick("on both sides").Follow("Make one file").Reads("1 letter on", "not posted", "Open to print").Shot("letters-printed")
	a := s.ask("/letters/1/batch.pdf", nil, cookie)
	if a.code != 200 || a.head.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(a.head.Get("Content-Disposition"), "inline") ||
		!strings.Contains(a.head.Get("Content-Security-Policy"), "frame-ancestors 'self'") {
		t.Fatalf("%d %v", a.code, a.head)
	}
	file := filepath.Join(t.TempDir(), "batch.pdf")
	if err := os.WriteFile(file, []byte(a.body), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("qpdf", "--check", file).CombinedOutput(); err != nil {
		t.Errorf("qpdf: %v\n%s", err, out)
	}
	if a := s.ask("/letters/1/batch.pdf?download=1", nil, cookie); !strings.HasPrefix(a.head.Get("Content-Disposition"), "attachment") {
		t.Errorf("%v", a.head)
	}
	p.Follow("All of them were posted").Reads("1 message recorded as posted", "done")
	m, err := s.app.OutboxMessage(t.Context(), id)
	if err != nil || m.State != book.Sent {
		t.Fatalf("%+v, %v", m, err)
	}
	if a := s.give(messagePath(id)+"/proof", cookie, map[string]string{"level": "slip", "text": "signed by D. Wells", "day": testDay}, "file", []byte(a.body)); a.code != 303 {
		t.Fatalf("%v", a)
	}
	p.Open(messagePath(id)).Reads("delivered: slip", "signed by D. Wells", "Sent by hand", "Proof: it was delivered").Shot("message-posted")
	proofs, err := s.app.Proofs(t.Context(), id)
	if err != nil || len(proofs) != 1 {
		t.Fatalf("%+v, %v", proofs, err)
	}
	if got := s.ask(messagePath(id)+"/proofs/"+proofs[0].SHA256, nil, cookie); got.body != a.body {
		t.Errorf("the scan is another: %d", got.code)
	}
	if got := s.ask(messagePath(id+1)+"/proofs/"+proofs[0].SHA256, nil, cookie); got.code != 404 {
		t.Errorf("the scan of another letter: %d", got.code)
	}
}

// TestOneByOne: what waits is gone through with keys, and a whole step is released as it was seen.
func TestOneByOne(t *testing.T) {
	s, _ := letterSite(t)
	s.user(access.Owner)
	cookie := s.session("owner")
	list, err := s.app.Outbox(t.Context(), app.OutboxFilter{State: book.Proposed})
	if err != nil || len(list) < 3 {
		t.Fatalf("%d wait, %v", len(list), err)
	}
	p := browser.Start(t).Page(t, s.URL)
	p.Cookie(cookie)
	p.Open(oneByOne(list[0].ID)).Reads("1 of 3").Shot("one-by-one")
	p.Key("e").Until("the line is at hand", `document.activeElement.id === "line"`)
	p.Open(oneByOne(list[0].ID)).Key("n").Until("the next one", `location.pathname === "`+messagePath(list[1].ID)+`"`).Reads("1 of 2")
	p.Key("y").Until("the last one", `location.pathname === "`+messagePath(list[2].ID)+`"`).Reads("1 of 1")
	if a := s.ask("/messages/release-step", url.Values{"step": {list[2].Step}, "seen": {"7"}, "back": {"/messages"}}, cookie); !strings.Contains(a.body, "look at them first") {
		t.Errorf("others than were seen: %v", a)
	}
	sets, err := s.app.WaitingSets(t.Context(), "", list[2].Step)
	if err != nil || len(sets) != 1 {
		t.Fatal(sets, err)
	}
	if a := s.ask("/messages/release-step", url.Values{"step": {list[2].Step}, "seen": {sets[0].Seen}}, cookie); a.code != 303 {
		t.Errorf("%v", a)
	}
	if m, err := s.app.OutboxMessage(t.Context(), list[2].ID); err != nil || m.State != book.Approved {
		t.Errorf("%+v, %v", m, err)
	}
	a := s.ask(messagePath(list[2].ID)+"/mail.eml", nil, cookie)
	if list[2].Channel == book.Email && (a.code != 200 || a.head.Get("Content-Type") != "message/rfc822") {
		t.Errorf("%d %v", a.code, a.head)
	}
}

package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/recoup-project/recoup/internal/browser"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/hostile"
)

// looked is a page to look at, and the texts that it must say.
type looked struct {
	Path  string            `json:"path"`
	Loose bool              `json:"loose"` // a message in a frame of its own: styles are its own
	Texts []string          `json:"texts,omitempty"`
	Form  map[string]string `json:"form,omitempty"` // is sent there
}

// verdict is what the browser found on a page.
type verdict struct {
	Path    string   `json:"path"`
	Wrong   []string `json:"wrong"`
	Marks   []string `json:"marks"`
	Missing []string `json:"missing"`
}

// crawler goes through the pages of a hostile book in a browser.
type crawler struct {
	*hostileSite
	page  *browser.Page
	audit string
	marks map[string]bool // payloads that were seen as text
	shown int             // pages that were shown
	read  int             // pages that were read without being shown
}

// judge takes what was found on a page.
func (c *crawler) judge(v verdict) {
	c.t.Helper()
	for _, w := range v.Wrong {
		c.t.Errorf("%s has %s", v.Path, w)
	}
	for _, m := range v.Missing {
		c.t.Errorf("%s does not say %q", v.Path, m)
	}
	for _, m := range v.Marks {
		c.marks[m] = true
	}
}

// show opens a page as a person does and looks at what became of it.
func (c *crawler) show(l looked) {
	c.t.Helper()
	c.page.Open(l.Path)
	c.shown++
	if ran := browser.Eval[string](c.page, "String(window."+hostile.Ran+"||'')"); ran != "" {
		c.t.Errorf("%s ran %s", l.Path, ran)
	}
	if at := browser.Eval[string](c.page, "location.origin"); at != c.URL {
		c.t.Fatalf("%s: the browser is at %s", l.Path, at)
	}
	c.judge(browser.Eval[verdict](c.page, c.audit+";__audit.here("+encode(c.t, l)+")"))
	c.calm(l.Path)
}

// look reads pages with the browser's parser, without showing them.
func (c *crawler) look(all []looked) {
	c.t.Helper()
	c.page.Open("/signin")
	browser.Eval[bool](c.page, c.audit)
	for part := range slices.Chunk(all, 150) {
		for _, v := range browser.Eval[[]verdict](c.page, "__audit.all("+encode(c.t, part)+")") {
			c.judge(v)
			c.read++
		}
	}
	c.calm("pages that were read")
}

// calm fails for whatever the browser complained about.
func (c *crawler) calm(where string) {
	c.t.Helper()
	for _, said := range c.page.Troubles() {
		if !strings.Contains(said, "the server responded with a status of 4") { // that a page is not there is an answer
			c.t.Errorf("%s: the browser says: %s", where, said)
		}
	}
}

func encode(t testing.TB, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// isFile reports whether an address answers with a file; then it must be one that no browser
// shows as a page.
func (c *crawler) isFile(path string, cookies ...*http.Cookie) bool {
	c.t.Helper()
	a := c.ask(path, nil, cookies...)
	if a.code >= 500 {
		c.t.Errorf("%s: %v", path, a)
	}
	kind, how := a.head.Get("Content-Type"), a.head.Get("Content-Disposition")
	if a.code == http.StatusOK && !strings.HasPrefix(kind, "text/html") {
		if a.head.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(how, "attachment") && kind != "application/pdf" && !strings.HasPrefix(kind, "image/") {
			c.t.Errorf("%s gives %s as %q", path, kind, how)
		}
		return true
	}
	return strings.HasPrefix(how, "attachment") || a.code == http.StatusNoContent // nothing to show
}

// filled are the addresses of a pattern, with what there is in the book for each of its parts.
func (h *hostileSite) filled(pattern string) (all []string) {
	h.t.Helper()
	numbers := func(ids ...int64) (all []string) {
		for _, id := range ids {
			all = append(all, strings.ReplaceAll(pattern, "{id}", strconv.FormatInt(id, 10)))
		}
		return all
	}
	each := func(part string, values ...string) (all []string) {
		for _, v := range values {
			all = append(all, strings.ReplaceAll(pattern, part, url.PathEscape(v)))
		}
		return all
	}
	switch {
	case strings.HasPrefix(pattern, "/customers/{id}/papers"):
		for _, k := range h.customers {
			papers, err := h.app.Papers(h.t.Context(), k.ID, 0)
			if err == nil && len(papers) > 0 && len(all) < 5 {
				all = append(all, strings.NewReplacer("{id}", strconv.FormatInt(k.ID, 10), "{paper}", strconv.FormatInt(papers[0].ID, 10)).Replace(pattern))
			}
		}
		return all
	case strings.HasPrefix(pattern, "/customers/{id}"):
		return numbers(h.customers[0].ID, h.customers[41].ID, h.customers[500].ID)
	case pattern == "/customers/{creditor}/{number}":
		return []string{"/customers/" + url.PathEscape(h.customers[7].Creditor) + "/" + url.PathEscape(h.customers[7].Number)}
	case strings.HasPrefix(pattern, "/messages/{id}/files"):
		return each("{name}", "invoices.csv", h.markup[3])
	case strings.HasPrefix(pattern, "/messages/{id}/proofs"):
		return each("{sha256}", strings.Repeat("0", 64))
	case strings.HasPrefix(pattern, "/messages/{id}"):
		return numbers(h.messages[0].ID, h.messages[len(h.messages)/2].ID)
	case strings.HasPrefix(pattern, "/import/{id}"):
		return numbers(h.lists...)
	case strings.Contains(pattern, "{id}"): // batches, loose papers
		return numbers(1, 2)
	case strings.Contains(pattern, "{lane}"):
		return each("{lane}", "must", "calls", "machine", h.markup[5])
	case strings.Contains(pattern, "{day}"):
		return each("{day}", "2026-03-12", h.markup[6])
	case strings.Contains(pattern, "{key}"):
		return each("{key}", "standard", h.markup[8])
	case strings.Contains(pattern, "{language}"):
		return []string{strings.NewReplacer("{language}", "en-GB", "{step}", "friendly").Replace(pattern),
			strings.NewReplacer("{language}", "de", "{step}", "formal").Replace(pattern)}
	case strings.Contains(pattern, "{what}"):
		return each("{what}", "items", "customers", "aging", h.markup[9])
	case strings.Contains(strings.Replace(pattern, "{$}", "", 1), "{"):
		h.t.Errorf("%s: say in this test what its parts are filled with, so that the page is looked at", pattern)
	}
	return []string{strings.Replace(pattern, "{$}", "", 1)}
}

// TestHostileTexts puts hundreds of texts that try to run into every text that a person or a
// file can give, and goes through every page in a browser: none runs, the browser has nothing
// to complain about, of the content security policy least of all, and each is there as text.
func TestHostileTexts(t *testing.T) {
	h := newHostileSite(t)
	h.files(t)
	audit, err := os.ReadFile("testdata/audit.js")
	if err != nil {
		t.Fatal(err)
	}
	c := &crawler{hostileSite: h, page: browser.Start(t).Page(t, h.URL), audit: string(audit), marks: map[string]bool{}}
	c.hears()
	for _, o := range doors {
		if o.method == http.MethodGet {
			c.show(looked{Path: o.pattern})
		}
	}
	for _, login := range []string{"auditor", "owner"} {
		cookie := c.session(login)
		c.page.Cookie(cookie)
		for _, rt := range routes {
			if rt.method != http.MethodGet {
				continue
			}
			for _, path := range c.filled(rt.pattern) {
				if !c.isFile(path, cookie) {
					c.show(looked{Path: path, Loose: strings.HasSuffix(rt.pattern, "/body")})
				}
			}
		}
	}
	c.debtors()
	c.look(c.many())
	c.look(c.asked())
	c.look(c.typed())
	lost := 0
	for i := range h.markup {
		text := utf8.ValidString(h.markup[i]) && !strings.ContainsRune(h.markup[i], 0) // else it may be refused everywhere
		if text && !c.marks[fmt.Sprintf("zq%04d", i)] {
			lost++
			t.Logf("%q was met nowhere", h.markup[i])
		}
	}
	if lost > 0 {
		t.Errorf("%d payloads were on no page", lost)
	}
	for what := range h.taken {
		kind, no := strings.CutPrefix(what, "refused: ")
		if no && h.taken[kind] == 0 && kind != "login" && kind != "bad contact" { // these never are free texts
			t.Errorf("no payload at all was taken as %s, so that nothing was tried", kind)
		}
	}
	t.Logf("%d payloads; %d pages shown, %d read", len(h.markup), c.shown, c.read)
}

// hears proves that what this test looks for would be found: an execution that the policy
// stops, and the payloads themselves when nothing escapes them.
func (c *crawler) hears() {
	c.page.Open("/signin")
	browser.Eval[bool](c.page, c.audit)
	browser.Eval[bool](c.page, `(document.body.insertAdjacentHTML("beforeend", "<img src=x onerror=alert(1)>"),
		new Promise((done) => setTimeout(() => done(true), 300)))`)
	if said := strings.Join(c.page.Troubles(), "\n"); !strings.Contains(said, "Content Security Policy") {
		c.t.Errorf("a violation of the policy is not heard: %q", said)
	}
	caught := browser.Eval[int](c.page, "__audit.caught("+encode(c.t, c.markup)+")")
	c.page.Troubles()
	if caught < 450 {
		c.t.Errorf("of %d payloads written down as they are, only %d would be noticed", len(c.markup), caught)
	}
}

// many are the pages of every customer, every message and every debtor that has a link.
func (c *crawler) many() []looked {
	var all []looked
	for i := range c.customers {
		k := &c.customers[i]
		view, err := c.app.Customer(c.t.Context(), k.ID)
		if err != nil {
			c.t.Fatal(err)
		}
		texts := []string{view.Name, view.Number}
		for _, item := range view.Items {
			texts = append(texts, item.Number)
		}
		all = append(all, looked{Path: customerPath(k.ID), Texts: texts})
	}
	for i, m := range c.messages {
		if i%4 > 0 && os.Getenv("RECOUP_DEEP") == "" {
			continue
		}
		all = append(all, looked{Path: messagePath(m.ID), Texts: []string{m.Name}})
		if m.Channel == book.Email {
			all = append(all, looked{Path: messagePath(m.ID) + "/body", Loose: true, Texts: []string{m.Items[0]}})
		}
	}
	return all
}

// debtors shows the pages behind links; their addresses are those of the golden file, which
// the tests of these pages hold.
func (c *crawler) debtors() {
	raw, err := os.ReadFile("../portal/testdata/routes.txt")
	if err != nil {
		c.t.Fatal(err)
	}
	var all []looked
	for line := range strings.Lines(string(raw)) {
		pattern, get := strings.CutPrefix(strings.TrimSpace(line), "GET ")
		if !get {
			continue
		}
		for i, token := range c.tokens {
			path := strings.Replace(pattern, "{token}", token, 1)
			for _, exit := range []string{"promise", "paid", "dispute", "copy", "time", "plan", "contact", "terms"}[i%8:][:1] {
				path = strings.NewReplacer("{exit}", exit, "{ref}", strconv.Itoa(1+i), "{id}", "1").Replace(path)
			}
			if strings.Contains(path, "{") {
				c.t.Fatalf("%s: say in this test what its parts are filled with", pattern)
			}
			switch {
			case i < 8 && !c.isFile(path):
				c.show(looked{Path: path})
			case i >= 8:
				all = append(all, looked{Path: path})
			}
		}
	}
	c.look(all)
}

// asked are the pages with a payload in each parameter that they ask for, and in each part of
// their address.
func (c *crawler) asked() []looked {
	var all []looked
	n := 0
	next := func() string { n++; return c.markup[n*11%len(c.markup)] }
	read := parametersRead(c.t)
	for _, rt := range routes {
		if rt.method != http.MethodGet {
			continue
		}
		path := c.filled(rt.pattern)[0]
		for _, name := range read(rt.answer) {
			for range 3 {
				all = append(all, looked{Path: path + "?" + url.Values{name: {next()}}.Encode(), Loose: strings.HasSuffix(rt.pattern, "/body")})
			}
		}
		if parts := strings.Split(rt.pattern, "/"); strings.Contains(strings.Replace(rt.pattern, "{$}", "", 1), "{") {
			for i, part := range parts {
				if strings.HasPrefix(part, "{") {
					parts[i] = url.PathEscape(next())
				}
			}
			all = append(all, looked{Path: strings.Join(parts, "/")})
		}
	}
	for range 20 {
		all = append(all, looked{Path: "/" + url.PathEscape(next())}, looked{Path: "/signin?back=" + url.QueryEscape("/"+next())}, looked{Path: "/setup?token=" + url.QueryEscape(next())},
			looked{Path: "/p/" + url.PathEscape(next())}, looked{Path: "/p/" + c.tokens[n%len(c.tokens)] + "?lang=" + url.QueryEscape(next()) + "&item=" + url.QueryEscape(next())})
	}
	return all
}

// typed sends every form with a payload in each field it knows, twice: the page that says what
// is wrong has everything that was typed, and what was taken in is told in a sentence.
func (c *crawler) typed() []looked {
	var all []looked
	n := 0
	read := parametersRead(c.t)
	for _, rt := range routes {
		if rt.method != http.MethodPost || rt.pattern == "/settings/mail/check" || rt.pattern == "/settings/mail-test" { // these reach out
			continue
		}
		path, back := parts.Replace(rt.pattern), "/today"
		for _, page := range routes {
			if at := parts.Replace(page.pattern); page.method == http.MethodGet && strings.HasPrefix(path, at) && len(at) > 1 && (len(at) > len(back) || back == "/today") {
				back = at
			}
		}
		for round := range 2 {
			form := map[string]string{}
			for _, name := range read(rt.answer) {
				if n++; round == 0 || (n+len(name))%2 == 0 {
					form[name] = c.markup[n*5%len(c.markup)]
				}
			}
			form["back"] = back
			all = append(all, looked{Path: path, Form: form, Loose: strings.HasPrefix(path, "/texts") && strings.HasSuffix(path, "/try")}) // shown in a frame of its own
		}
	}
	return all
}

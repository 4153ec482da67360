package browser

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long a page may take for anything before the test fails.
const patience = 30 * time.Second

// Start runs a browser of its own for a test and everything below it. It skips the test,
// saying so, where the machine has no Chromium.
func Start(t *testing.T) *Browser {
	t.Helper()
	program := chromium()
	if program == "" {
		t.Skip("no chromium on this machine; make test installs it")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("force-color-profile", "srgb"))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, stop := chromedp.NewContext(ctx)
	t.Cleanup(stop)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("chromium does not start: %v", err)
	}
	return &Browser{ctx: ctx}
}

// chromium is the browser's program; "" if there is none.
func chromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Browser is a running Chromium.
type Browser struct{ ctx context.Context }

// Page is one tab. A method that fails ends the test.
type Page struct {
	t    testing.TB
	ctx  context.Context
	base string

	mu       sync.Mutex
	troubles []string
}

// Page opens a tab for a site, such as "http://localhost:8080". Whatever the browser
// complains about in it fails the test.
func (b *Browser) Page(t testing.TB, base string) *Page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx)
	t.Cleanup(cancel)
	ctx, stop := context.WithTimeout(ctx, 10*time.Minute)
	t.Cleanup(stop)
	p := &Page{t: t, ctx: ctx, base: base}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Listen(ctx, p.hear); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, trouble := range p.Troubles() {
			t.Errorf("the browser complained: %s", trouble)
		}
	})
	p.Size(1320, 1000)
	return p
}

// hear notes what the browser complains about.
func (p *Page) hear(event any) {
	say := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		say = "exception: " + e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			say += " " + x.Description
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			say = string(e.Entry.Source) + ": " + e.Entry.Text + " " + e.Entry.URL
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			say = fmt.Sprintf("console: %v", e.Args)
		}
	}
	if say != "" {
		p.mu.Lock()
		p.troubles = append(p.troubles, say)
		p.mu.Unlock()
	}
}

// Troubles are the complaints so far; it forgets them.
func (p *Page) Troubles() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := p.troubles
	p.troubles = nil
	return all
}

func (p *Page) do(what string, a chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, a); err != nil {
		p.t.Fatalf("%s: %v\n%s", what, err, p.where())
	}
}

// where tells the page one is on, for the message of a failure.
func (p *Page) where() string {
	ctx, cancel := context.WithTimeout(p.ctx, 5*time.Second)
	defer cancel()
	at, _ := chromedp.Run(ctx, chromedp.Location())
	text, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body ? document.body.innerText.slice(0, 1500) : ''"))
	return at + "\n" + text
}

// Open goes to a path of the site.
func (p *Page) Open(path string) *Page {
	p.t.Helper()
	p.do("open "+path, chromedp.Navigate(p.base+path))
	return p
}

// Location is the path with its query.
func (p *Page) Location() string {
	p.t.Helper()
	at, err := chromedp.Run(p.ctx, chromedp.Location())
	if err != nil {
		p.t.Fatal(err)
	}
	return strings.TrimPrefix(at, p.base)
}

// Eval runs a script and returns its value.
func Eval[T any](p *Page, script string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v\n%s", script, err, p.where())
	}
	return v
}

// Text is everything that can be read on the page.
func (p *Page) Text() string {
	p.t.Helper()
	return Eval[string](p, "document.body.innerText")
}

// Reads fails unless each text can be read on the page.
func (p *Page) Reads(texts ...string) *Page {
	p.t.Helper()
	page := spaces.Replace(p.Text())
	for _, text := range texts {
		if !strings.Contains(page, spaces.Replace(text)) {
			p.t.Fatalf("the page does not say %q\n%s", text, p.where())
		}
	}
	return p
}

// spaces makes spaces that do not break into plain ones.
var spaces = strings.NewReplacer("\u00a0", " ", "\u202f", " ")

// finder is a script that finds what a person would: a link or button by its words, a
// field by its label.
const finder = `(() => {
	const seen = (e) => { const r = e.getClientRects(); return r.length > 0 && getComputedStyle(e).visibility !== "hidden"; };
	const norm = (s) => (s || "").replace(/\s+/g, " ").trim();
	window.__find = {
		act(words) {
			const all = Array.from(document.querySelectorAll("a,button,summary,[role=button],input[type=submit]")).filter(seen);
			const name = (e) => norm(e.getAttribute("aria-label") || e.innerText || e.value);
			return all.find((e) => name(e) === words) || all.find((e) => name(e).startsWith(words)) || all.find((e) => name(e).includes(words));
		},
		field(words) {
			const labels = Array.from(document.querySelectorAll("label")).filter((l) => norm(l.innerText).startsWith(words));
			for (const l of labels) {
				const f = l.htmlFor ? document.getElementById(l.htmlFor) : l.querySelector("input,select,textarea");
				if (f && (seen(f) || f.type === "checkbox" || f.type === "radio" || f.type === "file")) return f;
			}
			return Array.from(document.querySelectorAll("[aria-label]")).find((e) => norm(e.getAttribute("aria-label")).startsWith(words));
		},
	};
})();`

// mark finds an element and gives it a name that a selector can use.
func (p *Page) mark(how, words string) {
	p.t.Helper()
	if !Eval[bool](p, finder+fmt.Sprintf(`(() => {
		document.querySelectorAll("[data-test-mark]").forEach((e) => e.removeAttribute("data-test-mark"));
		const e = window.__find.%s(%q);
		if (!e) return false;
		e.setAttribute("data-test-mark", "1");
		e.scrollIntoView({block: "center"});
		return true;
	})()`, how, words)) {
		p.t.Fatalf("nothing to %s called %q\n%s", how, words, p.where())
	}
}

const marked = "[data-test-mark]"

// Press clicks a button or link by its words and stays on the page.
func (p *Page) Press(words string) *Page {
	p.t.Helper()
	p.mark("act", words)
	p.do("press "+words, chromedp.Click(marked))
	return p
}

// Follow clicks a button or link by its words and waits for the page it leads to.
func (p *Page) Follow(words string) *Page {
	p.t.Helper()
	p.mark("act", words)
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(marked)); err != nil {
		p.t.Fatalf("follow %s: %v\n%s", words, err, p.where())
	}
	return p
}

// Fill writes into the field with a label, as by hand.
func (p *Page) Fill(label, value string) *Page {
	p.t.Helper()
	p.mark("field", label)
	Eval[bool](p, fmt.Sprintf(`(() => { const e = document.querySelector(%q); e.focus(); e.value = %q;
		e.dispatchEvent(new Event("input", {bubbles: true})); e.dispatchEvent(new Event("change", {bubbles: true})); return true; })()`,
		marked, value))
	return p
}

// Tick sets the box with a label.
func (p *Page) Tick(label string) *Page {
	p.t.Helper()
	p.mark("field", label)
	p.do("tick "+label, chromedp.Click(marked))
	return p
}

// Upload gives files to the field with a label.
func (p *Page) Upload(label string, files ...string) *Page {
	p.t.Helper()
	p.mark("field", label)
	p.do("upload", chromedp.SetUploadFiles(marked, files))
	return p
}

// Give gives files to the field with a label that takes them at once, and waits for the page
// that this leads to.
func (p *Page) Give(label string, files ...string) *Page {
	p.t.Helper()
	p.mark("field", label)
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.SetUploadFiles(marked, files)); err != nil {
		p.t.Fatalf("give %s: %v\n%s", label, err, p.where())
	}
	return p
}

// Key presses a key, once the page is there with its scripts: before, nothing listens.
func (p *Page) Key(key string) *Page {
	p.t.Helper()
	p.Until("the page is there", `document.readyState === "complete"`)
	p.do("key "+key, chromedp.KeyEvent(key))
	return p
}

// Size makes the window so many pixels wide and high.
func (p *Page) Size(width, height int64) *Page {
	p.t.Helper()
	p.do("size", chromedp.EmulateViewport(width, height))
	return p
}

// Until waits for a script to be true, and fails with what was waited for.
func (p *Page) Until(what, script string) *Page {
	p.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		if Eval[bool](p, script) {
			return p
		}
		if time.Now().After(end) {
			p.t.Fatalf("never: %s\n%s", what, p.where())
		}
	}
}

// Shot keeps a picture of the whole page in the folder that RECOUP_SHOTS names; without
// it there is none.
func (p *Page) Shot(name string) *Page {
	p.t.Helper()
	dir := os.Getenv("RECOUP_SHOTS")
	if dir == "" {
		return p
	}
	png, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
	}
	if err != nil {
		p.t.Errorf("picture %s: %v", name, err)
	}
	return p
}

// Cookie gives the site a cookie.
func (p *Page) Cookie(c *http.Cookie) *Page {
	p.t.Helper()
	_, err := chromedp.Call(p.ctx, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: p.base})
	if err != nil {
		p.t.Fatal(err)
	}
	return p
}

// Theme makes the reader's system light or dark.
func (p *Page) Theme(theme string) *Page {
	p.t.Helper()
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}})
	if err != nil {
		p.t.Fatal(err)
	}
	return p
}

// Choose takes a value of the list with a label, where that takes effect at once, and waits
// for the page it leads to.
func (p *Page) Choose(label, value string) *Page {
	p.t.Helper()
	p.mark("field", label)
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	set := chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf(`(() => { const e = document.querySelector(%q); e.value = %q;
			e.dispatchEvent(new Event("change", {bubbles: true})); return true; })()`, marked, value)))
		return err
	})
	if _, err := chromedp.RunResponse(ctx, set); err != nil {
		p.t.Fatalf("choose %s: %v\n%s", value, err, p.where())
	}
	return p
}

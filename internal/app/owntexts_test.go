package app

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/document"
)

// ownFriendly is a text of the test's own for the British friendly reminder.
func ownFriendly(t testing.TB, say string) string {
	t.Helper()
	source, err := TextSource("en-GB", "friendly")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Replace(source, "It is easily overlooked:", say, 1)
}

// outbox are the messages that are not ended.
func (b *testBook) outbox() (open []OutboxMessage) {
	b.t.Helper()
	list, err := b.Outbox(b.ctx, OutboxFilter{})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, m := range list {
		if m.State == book.Proposed || m.State == book.Approved {
			open = append(open, m)
		}
	}
	return open
}

// releaseAll releases every message that waits.
func (b *testBook) releaseAll() {
	b.t.Helper()
	for _, m := range b.outbox() {
		if m.State == book.Proposed {
			b.mustApprove(m.ID)
		}
	}
}

// TestOwnTexts: a text of one's own is what messages are written with from then on, names its
// version in the evidence, takes back what nobody has read, and can be left again.
func TestOwnTexts(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		b.releaseAll()
		list := b.outbox()
		if len(list) != 1 || list[0].Step != "friendly" || list[0].State != book.Approved {
			t.Fatalf("messages %+v", list)
		}
		kept, err := b.SetText(b.ctx, Request{Actor: "test", Reason: "our voice"}, "en-GB", "friendly", ownFriendly(t, "A small thing:"))
		if err != nil || kept.Version != 1 {
			t.Fatalf("%+v, %v", kept, err)
		}
		if _, err := b.SetText(b.ctx, tester, "en-GB", "friendly", ownFriendly(t, "A small thing:")); AsError(err).Code != "text_unchanged" {
			t.Errorf("the same again: %v", err)
		}
		list = b.outbox()
		if len(list) != 1 || list[0].State != book.Proposed {
			t.Fatalf("what nobody has read in its new words is still released: %+v", list)
		}
		p, err := b.Preview(b.ctx, list[0].ID)
		if err != nil || !strings.Contains(p.Text, "A small thing:") || !strings.Contains(p.Template, "friendly@own.1+") {
			t.Errorf("%v, template %s:\n%s", err, p.Template, p.Text)
		}
		versions, err := b.TextVersions(b.ctx, "en-GB", "friendly")
		if err != nil || len(versions) != 2 || versions[0].Reason != "our voice" || !versions[1].Shipped {
			t.Fatalf("%+v, %v", versions, err)
		}
		lines, err := b.Texts(b.ctx, "en-GB")
		if err != nil || !lines[4].Own || lines[4].Version != "own.1" || lines[3].Own {
			t.Errorf("%+v, %v", lines, err)
		}
		if _, err := b.SetText(b.ctx, tester, "en-GB", "friendly", ""); err != nil {
			t.Fatal(err)
		}
		if p, err = b.Preview(b.ctx, list[0].ID); err != nil || !strings.Contains(p.Text, "It is easily overlooked:") {
			t.Errorf("back to what ships: %v\n%s", err, p.Text)
		}
		if report, err := b.VerifyAudit(b.ctx, "", nil); err != nil || !report.OK {
			t.Errorf("%+v, %v", report, err)
		}
	})
}

// TestTextsOfOtherLanguagesStay: a text takes back only what was released with it.
func TestTextsOfOtherLanguagesStay(t *testing.T) {
	b := friendlyBook(t, t.TempDir()+"/book.db")
	b.releaseAll()
	source, err := TextSource("de", "friendly")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.SetText(b.ctx, tester, "de", "friendly", strings.Replace(source, "Guten Tag", "Hallo", 1)+" "); err != nil {
		t.Fatal(err)
	}
	if list := b.outbox(); len(list) != 1 || list[0].State != book.Approved {
		t.Errorf("%+v", list)
	}
}

// TestTextsThatAreRefused: nothing that the lint or the engine refuses, or that some message
// could not be written with, is ever in force.
func TestTextsThatAreRefused(t *testing.T) {
	b := newTestBook(t, t.TempDir()+"/book.db", "GB", "2026-03-10")
	good := ownFriendly(t, "Hello:")
	for name, c := range map[string]struct{ step, source, code, says string }{
		"court in a warm text": {"friendly", good + "We will take you to court.\n", "template_findings", "court"},
		"an element missing":   {"friendly", strings.Replace(good, "{{.block.pay}}", "", 1), "template_findings", "block.pay"},
		"of another step":      {"final_demand", good, "template_findings", "cannot be warm"},
		"no text":              {"friendly", "Pay up", "template_refused", "---"},
		"a function":           {"friendly", good + `{{exec "id"}}`, "template_refused", "exec"},
		"a field that may lack": {"friendly", good + "{{.contract}}\n", "template_findings",
			"contract: write the sentence with it within {{if .contract}}"},
		"too long": {"friendly", good + strings.Repeat("{{range .items}}"+strings.Repeat("x", 700)+"{{end}}", 60), "template_findings", "longer"},
	} {
		if _, err := b.SetText(b.ctx, tester, "en-GB", c.step, c.source); AsError(err).Kind != Invalid || AsError(err).Code != c.code ||
			!strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, who := range []access.Role{access.Controller, access.Sales, access.Auditor, access.Legal} {
		if _, err := b.SetText(b.ctx, Request{Actor: "x", Role: who}, "en-GB", "friendly", good); AsError(err).Code != "not_permitted" {
			t.Errorf("%s: %v", who, err)
		}
	}
	if all, err := b.TextVersions(b.ctx, "en-GB", "friendly"); err != nil || len(all) != 1 {
		t.Errorf("%+v, %v", all, err)
	}
}

// TestHostileTextsAreNotKept: what tries to run code or to read what is not the message's is
// refused, and no preview of it shows a secret.
func TestHostileTextsAreNotKept(t *testing.T) {
	b := newTestBook(t, t.TempDir()+"/book.db", "GB", "2026-03-10")
	if err := b.SetSetting(b.ctx, tester, "", SettingSMTP, "smtp://me:hushhush@mail.example:587"); err != nil {
		t.Fatal(err)
	}
	good := ownFriendly(t, "Hello:")
	var hostile []string
	for _, f := range []string{"env", "readFile", "include", "exec", "call", "index", "slice", "printf", "html", "js", "print", "urlquery", "tpl",
		"now", "os.Exit", "template", "block", "define", "break", "continue"} {
		hostile = append(hostile, "{{"+f+"}}", "{{"+f+` "x"}}`, "{{"+f+" .}}", "{{.name | "+f+"}}", "{{range .items}}{{"+f+" .number}}{{end}}")
	}
	for _, path := range []string{"settings", "smtp", "smtp.url", "App", "DB", "tenant", "creditor.Password", "bank.Secret", "name.Len", "items.Foo",
		"block.pay.name", "debtor.ID", "claim.Error", "one.String", "Portal.Secret", "session"} {
		hostile = append(hostile, "{{."+path+"}}", "{{$."+path+"}}", "{{with .}}{{."+path+"}}{{end}}", "{{if ."+path+"}}x{{end}}")
	}
	for _, s := range []string{"<script>alert(1)</script>", "![x](http://a.example/{{.name}})", "[x](javascript:alert(1))", "[x]({{.name}})",
		"<img src=x onerror=alert(1)>", "[x](data:text/html,x)", "{{range .items}}{{range $.items}}x{{end}}{{end}}", "{{$x := .}}"} {
		for n := range 4 {
			hostile = append(hostile, strings.Repeat(s+"\n", n+1))
		}
	}
	if len(hostile) < 190 {
		t.Fatalf("only %d", len(hostile))
	}
	for _, body := range hostile {
		source := good + body
		_, err := b.SetText(b.ctx, Request{Actor: "test", DryRun: true}, "en-GB", "friendly", source)
		if err != nil {
			if k := AsError(err).Kind; k != Invalid {
				t.Errorf("%q: %v", body, err)
			}
		}
		p, perr := b.PreviewText(b.ctx, TextTrial{Language: "en-GB", Step: "friendly", Source: source})
		for _, shown := range []string{p.HTML, p.Text, fmt.Sprint(err), fmt.Sprint(perr)} {
			if strings.Contains(shown, "hushhush") {
				t.Errorf("%q shows the password", body)
			}
		}
		for _, bad := range []string{"<script", "<img", "javascript:", "data:text", "onerror=\""} {
			if strings.Contains(p.HTML, bad) {
				t.Errorf("%q is markup that lives: %s", body, bad)
			}
		}
	}
}

// TestShippedTextsCanBeOwned: whatever ships passes what is asked of one's own.
func TestShippedTextsCanBeOwned(t *testing.T) {
	for _, l := range []string{"en-GB", "en-US", "de"} {
		for _, step := range document.Steps() {
			source, err := TextSource(l, string(step))
			if err != nil {
				t.Fatal(err)
			}
			again := PartsOf(source).Source()
			if found, err := CheckText(l, string(step), again); err != nil || len(found) > 0 {
				t.Errorf("%s/%s: %v, %v", l, step, found, err)
			}
		}
	}
}

// TestTextDiff: the lines marked as before make the one version, those marked as after the other.
func TestTextDiff(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", ""}), 0, 9)
		a, b := strings.Join(lines.Draw(t, "a"), "\n"), strings.Join(lines.Draw(t, "b"), "\n")
		var before, after []string
		for _, l := range TextDiff(a, b) {
			if l.Op != "+" {
				before = append(before, l.Text)
			}
			if l.Op != "-" {
				after = append(after, l.Text)
			}
		}
		if got := strings.Join(before, "\n"); got != strings.TrimRight(a, "\n") {
			t.Fatalf("before %q, want %q", got, a)
		}
		if got := strings.Join(after, "\n"); got != strings.TrimRight(b, "\n") {
			t.Fatalf("after %q, want %q", got, b)
		}
	})
}

// TestTryAText: a text is tried over the sample and over a planned message, as mail and on paper.
func TestTryAText(t *testing.T) {
	b := friendlyBook(t, t.TempDir()+"/book.db")
	try := TextTrial{Language: "en-GB", Step: "friendly", Source: ownFriendly(t, "Try this:")}
	p, err := b.PreviewText(b.ctx, try)
	if err != nil || !strings.Contains(p.Text, "Try this:") || !strings.Contains(p.Text, "Ashworth & Daughters Ltd") {
		t.Errorf("%v\n%s", err, p.Text)
	}
	l, err := b.LetterText(b.ctx, try)
	if err != nil || !strings.Contains(pdfText(t, l.Bytes), "Try this:") {
		t.Errorf("%v", err)
	}
	list, err := b.TextMessages(b.ctx, "", "en-GB", "friendly")
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	try.Message = list[0].ID
	if p, err = b.PreviewText(b.ctx, try); err != nil || !strings.Contains(p.Text, "Try this:") || !strings.Contains(p.Text, "INV-1") {
		t.Errorf("%v\n%s", err, p.Text)
	}
	try.Step, try.Source = "formal", ""
	if _, err = b.PreviewText(b.ctx, try); AsError(err).Code != "text_other" {
		t.Errorf("a message of another step: %v", err)
	}
}

package document

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/document/locale"
)

// edited is a shipped text with something added at its end.
func edited(t *testing.T, lang locale.Language, step Step, addition string) *Template {
	t.Helper()
	source, _, err := ShippedSource(lang, step, Standard)
	if err != nil {
		t.Fatal(err)
	}
	tpl, err := Parse(lang, step, Standard, source+"\n\n"+addition+"\n")
	if err != nil {
		t.Fatal(err)
	}
	return tpl
}

func TestLintFindsWhatATextMayNotSay(t *testing.T) {
	for _, c := range []struct {
		lang locale.Language
		step Step
		text string
		code string // "" if the text is allowed
	}{
		{"en-GB", Friendly, "We will charge interest.", "lateness"},
		{"en-GB", Friendly, "You are in default.", "lateness"},
		{"en-GB", Friendly, "Unless you pay, we act.", "lateness"},
		{"en-US", Friendly, "A finance charge applies.", "lateness"},
		{"en-US", Courtesy, "This invoice is past due.", "lateness"},
		{"de", Friendly, "Wir berechnen Verzugszinsen.", "lateness"},
		{"de", Courtesy, "Dies ist eine Mahnung.", "lateness"},
		{"de", Friendly, "Wir behalten uns weitere Schritte vor.", "lateness"},
		{"en-GB", Reminder, "We may go to court.", "proceedings"},
		{"en-GB", Second, "Our solicitors will write.", "lawyer"},
		{"de", Reminder, "Wir gehen vor Gericht.", "proceedings"},
		{"de", Second, "Wir geben es einem Inkassobüro.", "agency"},
		{"en-GB", Formal, "We will issue a court claim.", "proceedings"},
		{"en-GB", Formal, "A collection agency will call.", "agency"},
		{"en-US", Formal, "Our attorney will file suit.", "proceedings"},
		{"de", Formal, "Wir beantragen einen Mahnbescheid.", "proceedings"},
		{"de", LastNote, "Unser Rechtsanwalt schreibt Ihnen.", "lawyer"},
		{"en-GB", Formal, "We will hold deliveries.", "unguarded"},
		{"en-GB", Formal, "{{if .may.terms}}We will hold deliveries.{{end}}", "unguarded"},
		{"en-GB", Formal, "{{if .may.hold}}We will hold deliveries.{{end}}", ""},
		{"en-GB", FinalDemand, "We will go to court.", "unguarded"},
		{"en-GB", FinalDemand, "{{if .may.agency}}We will go to court.{{end}}", "unguarded"},
		{"en-GB", FinalDemand, "{{if .may.court}}{{else}}We will go to court.{{end}}", "unguarded"},
		{"en-GB", FinalDemand, "{{if .may.court}}{{if .one}}We will go to court.{{end}}{{end}}", ""},
		{"de", FinalDemand, "Wir gehen zum Anwalt.", "unguarded"},
		{"de", FinalDemand, "{{if .may.lawyer}}Wir gehen zum Anwalt.{{end}}", ""},
		{"de", FinalDemand, "Nur noch gegen Vorkasse.", "unguarded"},
		{"en-GB", FinalDemand, "{{if .may.court}}We will tell the credit reference agencies.{{end}}",
			"never"},
		{"en-GB", FinalDemand, "{{if .may.court}}A winding-up petition follows.{{end}}", "never"},
		{"en-GB", FinalDemand, "We will inform the police.", "never"},
		{"en-US", FinalDemand, "We will report you to the credit bureaus.", "never"},
		{"en-US", FinalDemand, "We will publish your name.", "never"},
		{"de", FinalDemand, "{{if .may.court}}Meldung an die SCHUFA.{{end}}", "never"},
		{"de", FinalDemand, "Wir stellen Insolvenzantrag.", "never"},
		{"de", FinalDemand, "Wir erstatten Strafanzeige.", "never"},
		{"de", FinalDemand, "Der Gerichtsvollzieher kommt.", "never"},
		{"en-GB", Receipt, "See our special offer.", "advertising"},
		{"de", Receipt, "Abonnieren Sie unseren Newsletter.", "advertising"},
		{"en-GB", Friendly, "Your account is with the Leeds office.", ""},
		{"en-GB", Friendly, "This is of no disinterest.", ""},
		{"de", Friendly, "Bitte nennen Sie den Zahlungslauf.", ""},
	} {
		findings := Lint(edited(t, c.lang, c.step, c.text))
		found := slices.ContainsFunc(findings, func(f Finding) bool { return f.Code == c.code && f.Line > 5 })
		if c.code == "" && len(findings) > 0 || c.code != "" && !found {
			t.Errorf("%s %s %q: findings %v, want %q", c.lang, c.step, c.text, findings, c.code)
		}
	}
}

func TestLintFindsMissingElements(t *testing.T) {
	for step, required := range elements {
		for _, path := range slices.Concat(common, required) {
			source, _, err := ShippedSource(locale.EnglishGB, step, Standard)
			if err != nil {
				t.Fatal(err)
			}
			// Another field in its place, so that what is left still parses.
			without := strings.NewReplacer("{{."+path+"}}", "{{.date}}", " ."+path+"}}", " .one}}",
				" ."+path+" ", " .one ",
				"join .creditor.address", "join .debtor.address", "join .attachments",
				"join .copied_to").Replace(source)
			tpl, err := Parse(locale.EnglishGB, step, Standard, without)
			if err != nil {
				t.Errorf("%s without %s: %v", step, path, err)
				continue
			}
			if !slices.ContainsFunc(Lint(tpl), func(f Finding) bool {
				return f.Code == "element" && strings.Contains(f.Text, "{{."+path+"}}")
			}) {
				t.Errorf("%s without %s passes the lint", step, path)
			}
		}
	}
}

func TestLintFindsTheWrongTone(t *testing.T) {
	source, _, _ := ShippedSource(locale.EnglishGB, FinalDemand, Standard)
	tpl, err := Parse(locale.EnglishGB, FinalDemand, Standard, strings.Replace(source, "tone: legal",
		"tone: firm", 1))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(Lint(tpl), func(f Finding) bool { return f.Code == "tone" }) {
		t.Error("a final demand that is only firm passes")
	}
}

func TestThePersonalLineIsLinted(t *testing.T) {
	const line = "Otherwise our solicitors will see you in court."
	r, err := friendlyWith(func(m *Message) { m.PersonalLine = line })
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]bool{}
	for _, f := range r.Warnings {
		codes[f.Code] = true
	}
	if !codes["proceedings"] || !codes["lawyer"] {
		t.Errorf("warnings %v, want the court and the solicitors", r.Warnings)
	}
	if r, _ := friendlyWith(func(*Message) {}); len(r.Warnings) > 0 {
		t.Errorf("a harmless line has warnings: %v", r.Warnings)
	}
}

// TestNoForbiddenWordIsEverRendered reads what debtors read: whatever the data
// switch on, no shipped text names what guardrail R5 rules out.
func TestNoForbiddenWordIsEverRendered(t *testing.T) {
	everyText(t, func(t *testing.T, tpl *Template) {
		policies := [][]Consequence{nil, Consequences()}
		if tpl.Step == FinalDemand {
			policies = [][]Consequence{nil, {HoldDeliveries}, {WithdrawTerms}, {Agency}, {Lawyer}, {Court}}
		}
		for _, switchedOn := range policies {
			m := Sample(tpl.Language, tpl.Step, tpl.Variant)
			m.Consequences = switchedOn
			r, err := Render(tpl, m)
			if err != nil {
				t.Fatal(err)
			}
			text := r.Subject + "\n" + r.Text
			if word := found(tpl.Language, never, text); word != "" {
				t.Errorf("%q is said", word)
			}
			if switchedOn != nil {
				continue
			}
			text = strings.ReplaceAll(text, m.Creditor.RegisteredIn, "")
			for _, name := range []topic{proceedings, agency, lawyer, holding, prepayment} {
				if word := found(tpl.Language, name, text); word != "" {
					t.Errorf("%q is said though nothing is switched on", word)
				}
			}
		}
	})
}

// TestEveryFileBelongsToAText finds texts that no step would ever use.
func TestEveryFileBelongsToAText(t *testing.T) {
	for _, lang := range locale.Languages() {
		for _, dir := range []string{"", "blocks"} {
			files, err := filepath.Glob(filepath.Join("templates", string(lang), dir, "*.md"))
			if err != nil || len(files) == 0 {
				t.Fatalf("%s: %v", lang, err)
			}
			for _, f := range files {
				name := strings.TrimSuffix(filepath.Base(f), ".md")
				step, _, _ := strings.Cut(name, ".")
				if dir == "" && !slices.Contains(Steps(), Step(step)) || dir != "" &&
					!slices.Contains(blockNames, name) {
					t.Errorf("%s belongs to nothing", f)
				}
				if b, _ := os.ReadFile(f); strings.Contains(string(b), "\t") || strings.Contains(string(b),
					"\r") {
					t.Errorf("%s holds a tab or a CR", f)
				}
			}
		}
	}
}

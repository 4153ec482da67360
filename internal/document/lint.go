package document

import (
	"fmt"
	"slices"
	"strings"
	"text/template/parse"

	"github.com/recoup-project/recoup/internal/document/locale"
)

// Finding is one thing a text may not say in its tone, or does not say and must.
type Finding struct {
	Line int    // of the body of the template; 0 where there is no line
	Code string // public: "never", "lateness", "proceedings", "unguarded", "element", "tone", …
	Text string // one sentence for the person who edits the text
}

// Lint holds a template to its tone and to what its step must contain:
//
//   - warm and neutral texts do not speak of what lateness leads to, nor of a
//     court or a third party; firm texts do not speak of a court or a third party;
//   - a legal text names a consequence only inside the guard of that consequence,
//     for example {{if .may.court}};
//   - no text names a credit register, an insolvency petition, the police or
//     publicity, and none advertises;
//   - every text carries the elements of its step.
//
// It reads the words of the template, not the data. A clean template has no findings.
func Lint(t *Template) []Finding {
	l := linter{t: t}
	l.walk(t.subject.tree.Root, nil, func(*parse.TextNode) int { return 0 })
	l.walk(t.body.tree.Root, nil, func(n *parse.TextNode) int { return lineOf(t.body.tree, n) })
	for _, name := range blockNames {
		if l.uses("block." + name) {
			l.block = name
			l.walk(t.blocks[name].tree.Root, nil, func(*parse.TextNode) int { return 0 })
		}
	}
	l.tone()
	l.elements()
	return l.findings
}

// LintWords holds loose text, such as the line of a person, to a tone. In a legal
// text every consequence counts as not guarded.
func LintWords(lang locale.Language, tone Tone, text string) []Finding {
	l := linter{t: &Template{Language: lang, Tone: tone}}
	l.words(text, 0, nil)
	return l.findings
}

type linter struct {
	t        *Template
	block    string
	findings []Finding
}

func (l *linter) add(line int, code, format string, args ...any) {
	f := Finding{Line: line, Code: code, Text: fmt.Sprintf(format, args...)}
	if l.block != "" {
		f.Text = "in block " + l.block + ": " + f.Text
	}
	l.findings = append(l.findings, f)
}

// walk visits every text with the conditions that guard it. A block that every
// tone shares marks its harder words by a condition too.
func (l *linter) walk(list *parse.ListNode, guards []string, line func(*parse.TextNode) int) {
	if list == nil {
		return
	}
	for _, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.TextNode:
			l.words(string(n.Text), line(n), guards)
		case *parse.IfNode:
			l.branch(&n.BranchNode, guards, line)
		case *parse.WithNode:
			l.branch(&n.BranchNode, guards, line)
		case *parse.RangeNode:
			l.branch(&n.BranchNode, guards, line)
		}
	}
}

func (l *linter) branch(n *parse.BranchNode, guards []string, line func(*parse.TextNode) int) {
	condition := n.Pipe.String()
	l.walk(n.List, append(slices.Clone(guards), condition), line)
	l.walk(n.ElseList, guards, line)
}

// needs says which consequence guards a topic in a legal text.
var needs = map[topic]Consequence{
	proceedings: Court, agency: Agency, lawyer: Lawyer, holding: HoldDeliveries, prepayment: WithdrawTerms,
}

func (l *linter) words(text string, line int, guards []string) {
	lang, tone := l.t.Language, l.t.Tone
	for _, name := range forbidden[tone] {
		if word := found(lang, name, text); word != "" && !l.excused(name, guards) {
			l.add(line, string(name), "%q has no place in a %s text (%s)", word, tone, name)
		}
	}
	if tone != Legal && tone != Firm {
		return
	}
	for _, name := range []topic{proceedings, agency, lawyer, holding, prepayment} {
		if slices.Contains(forbidden[tone], name) {
			continue
		}
		guard := ".may." + string(needs[name])
		if word := found(lang, name, text); word != "" && !slices.Contains(guards, guard) {
			l.add(line, "unguarded", "%q stands outside the guard of its consequence, {{if %s}}", word, guard)
		}
	}
}

// excused lets a shared block hold words that its own condition keeps out of the
// softer messages: figures of a claim appear only at a level no soft step has.
func (l *linter) excused(name topic, guards []string) bool {
	return name == lateness && l.block == "items" && slices.Contains(guards, ".has.overdue")
}

// uses reports whether the body writes or asks for a field anywhere.
func (l *linter) uses(path string) bool { return l.t.body.fields[path] }

// tones are the tones a step may have; a soft step is never hard and the other way
// round (strategies give the tone of each step).
var tones = map[Step][]Tone{
	Courtesy: {Warm, Neutral}, Confirm: {Warm}, Statement: {Neutral, Warm}, Opening: {Warm},
	Friendly: {Warm}, Reminder: {Neutral, Warm}, Second: {Neutral, Warm}, Formal: {Firm},
	LastNote: {Firm}, FinalDemand: {Legal}, Receipt: {Warm}, PromiseConfirmation: {Neutral, Warm},
	BrokenPromise: {Neutral, Firm}, DisputeAnswer: {Neutral}, Resumption: {Neutral}, Correction: {Warm},
}

// Tones are the tones that a text of a step may have, the usual one first.
func Tones(step Step) []Tone { return tones[step] }

func (l *linter) tone() {
	l.block = ""
	if !slices.Contains(tones[l.t.Step], l.t.Tone) {
		l.add(0, "tone", "the step %s cannot be %s", l.t.Step, l.t.Tone)
	}
}

// common are the elements of every text; the block counts as the fields it writes.
var common = []string{"block.head", "block.sign"}

// elements are what a text of each step must write beside the common ones.
var elements = map[Step][]string{
	Courtesy:  {"block.items", "block.pay", "block.reply"},
	Confirm:   {"block.items", "block.pay", "block.reply"},
	Statement: {"block.items", "block.pay"},
	Opening:   {"block.items", "block.pay", "block.reply", "pay_by", "block.apart"},
	Friendly:  {"block.items", "block.pay", "block.reply", "pay_by", "block.apart"},
	Reminder:  {"block.items", "block.pay", "block.reply", "pay_by", "block.apart"},
	Second: {"block.items", "block.pay", "block.reply", "pay_by", "block.earlier",
		"block.apart"},
	Formal: {"name", "block.items", "block.pay", "block.reply", "pay_by", "block.earlier",
		"block.figures", "block.apart", "block.attached", "creditor.phone"},
	LastNote: {"name", "block.items", "block.pay", "block.reply", "pay_by", "block.earlier",
		"block.apart"},
	FinalDemand: {"name", "creditor.name", "debtor.name", "contract", "block.items",
		"block.earlier", "block.figures", "sum.total", "pay_by", "block.pay", "attachments",
		"creditor.address", "creditor.reply_to", "creditor.phone", "block.reply"},
	Receipt:             {"payment.amount", "payment.day"},
	PromiseConfirmation: {"promise.amount", "promise.day", "promise.made_on", "block.items", "block.pay"},
	BrokenPromise: {"promise.amount", "promise.day", "block.items", "pay_by", "block.pay",
		"block.reply"},
	DisputeAnswer: {"dispute.raised_on", "block.items", "pay_by", "block.pay", "block.reply"},
	Resumption:    {"block.items", "block.pay", "block.reply"},
	Correction:    {"correction.day"},
}

func (l *linter) elements() {
	for _, path := range slices.Concat(common, elements[l.t.Step]) {
		if !l.uses(path) {
			l.add(0, "element", "a text of the step %s must contain {{.%s}}", l.t.Step, path)
		}
	}
}

// lineOf is the line of a node in its source.
func lineOf(tree *parse.Tree, n parse.Node) int {
	location, _ := tree.ErrorContext(n)
	parts := strings.Split(location, ":")
	line := 0
	if len(parts) > 1 {
		fmt.Sscanf(parts[1], "%d", &line)
	}
	return line
}

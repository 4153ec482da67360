package reason

import (
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/cal"
)

// Code names one reason. The list is in codes_decide.go and codes_law_infos.go.
type Code string

// Info describes a code for people. Text is one sentence; "{…}" fields are filled
// from the reason's arguments in order.
type Info struct {
	Code   Code
	Text   string
	Change string // what would change it
}

// Until says when looking again makes sense: on a day, or when a fact arrives.
// The zero Until is invalid, and New refuses it.
type Until struct {
	day  cal.Date
	fact string
	set  bool
}

// OnDay is the first day on which the reason could change by itself.
func OnDay(d cal.Date) Until { return Until{day: d, set: true} }

// UntilFact means that only a fact of this kind (for example "payment",
// "contact added", "hold ended") can change the reason, never the passing of time.
func UntilFact(fact string) Until { return Until{day: cal.Far, fact: fact, set: true} }

// Or joins two conditions: whichever comes first.
func (u Until) Or(o Until) Until {
	j := Until{day: min(u.day, o.day), fact: u.fact, set: u.set && o.set}
	if j.fact == "" {
		j.fact = o.fact
	}
	return j
}

// Day is the first day on which the reason could change; cal.Far if only a fact can.
func (u Until) Day() cal.Date { return u.day }

// Fact is the kind of fact that changes the reason; "" if only time does.
func (u Until) Fact() string { return u.fact }

// Reason is one code applied to an account or one of its items.
type Reason struct {
	code  Code
	until Until
	item  int64
	args  []string
}

// New builds a reason. It panics on an unknown code or a missing Until: both are
// programming errors that the tests of the caller must reach.
func New(code Code, until Until, args ...string) Reason {
	if _, known := byCode[code]; !known {
		panic("reason: unknown code " + string(code))
	}
	if !until.set {
		panic("reason: " + string(code) + " without a day or fact that ends it")
	}
	return Reason{code: code, until: until, args: args}
}

// ForItem is the same reason about one open item.
func (r Reason) ForItem(item int64) Reason { r.item = item; return r }

// Code is the public code.
func (r Reason) Code() Code { return r.code }

// Until is the end of the reason.
func (r Reason) Until() Until { return r.until }

// Item is the open item the reason is about; 0 for the whole account.
func (r Reason) Item() int64 { return r.item }

// Args are the values for the text's fields.
func (r Reason) Args() []string { return r.args }

// Text is the sentence for people, with its fields filled.
func (r Reason) Text() string { return Fill(r.code, r.args) }

// Fill renders the sentence of a code with arguments.
func Fill(code Code, args []string) string {
	text := byCode[code].Text
	for _, a := range args {
		open := strings.IndexByte(text, '{')
		shut := strings.IndexByte(text, '}')
		if open < 0 || shut < open {
			break
		}
		text = text[:open] + a + text[shut+1:]
	}
	return text
}

// Lookup returns the description of a code.
func Lookup(code Code) (Info, bool) { i, ok := byCode[code]; return i, ok }

// All lists every code in alphabetical order.
func All() []Info {
	all := slices.Clone(list)
	slices.SortFunc(all, func(a, b Info) int { return strings.Compare(string(a.Code), string(b.Code)) })
	return all
}

var list = slices.Concat(refusalList, lawList, decideList)

var byCode = func() map[Code]Info {
	m := make(map[Code]Info, len(list))
	for _, i := range list {
		if _, twice := m[i.Code]; twice {
			panic("reason: code listed twice: " + string(i.Code))
		}
		m[i.Code] = i
	}
	return m
}()

package document

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/recoup-project/recoup/internal/document/locale"
)

// FieldGroup is fields that belong together, for the person who writes a text.
type FieldGroup struct {
	Title  string
	Fields []Field
}

// Field is one field that a text can name.
type Field struct {
	Path    string // as in "creditor.phone"; of a row "items: number"
	Insert  string // what is written into a text for it
	Holds   string // what it holds, in a sentence
	Example string // of the sample of the step; "" where that has none
	Maybe   bool   // a message may lack it: the text asks for it first
}

// Fields lists everything that the text of a step can name, group by group, with what each
// holds in the sample of the step.
func Fields(lang locale.Language, step Step) []FieldGroup {
	full, bare := Sample(lang, step, Standard), Sparse(lang, step, Standard)
	l := fieldLister{root: fields(), full: newView(&full), bare: newView(&bare)}
	var groups []FieldGroup
	for _, g := range fieldGroups() {
		group := FieldGroup{Title: g.title}
		for _, f := range g.fields {
			group.Fields = append(group.Fields, l.field(f[0], f[1]))
		}
		groups = append(groups, group)
	}
	return groups
}

type fieldLister struct {
	root       record
	full, bare *view
}

func (l *fieldLister) field(path, holds string) Field {
	f := Field{Path: path, Holds: holds, Insert: "{{." + path + "}}"}
	if _, isColumn, ok := strings.Cut(path, ": "); ok {
		f.Insert = "{{." + isColumn + "}}"
		return f
	}
	if strings.HasPrefix(path, "block.") {
		return f
	}
	switch e := lookUp(l.root, path).(type) {
	case field:
		v := e(l.full)
		empty := e(l.bare)
		if v.kind == truthValue {
			f.Insert = "{{if ." + path + "}}…{{end}}"
			f.Example = map[bool]string{true: "yes", false: "no"}[v.number != 0]
			return f
		}
		f.Example, _ = v.written(path)
		if f.Maybe = empty.kind == textValue && empty.text == ""; f.Maybe {
			f.Insert = "{{if ." + path + "}}{{." + path + "}}{{end}}"
		}
	case *list:
		f.Maybe = true
		f.Insert = "{{range ." + path + "}}- {{.number}}\n{{end}}"
		if e.texts != nil {
			f.Insert = "{{if ." + path + "}}{{join ." + path + " \", \"}}{{end}}"
			f.Example = strings.Join(e.texts(l.full), ", ")
		} else if path == "earlier" {
			f.Insert = "{{range .earlier}}- {{.day}}: {{.name}}\n{{end}}"
		}
	}
	return f
}

// lookUp is what a dotted path names.
func lookUp(at record, path string) expr {
	first, rest, more := strings.Cut(path, ".")
	if !more {
		return at[first]
	}
	inner, _ := at[first].(record)
	return lookUp(inner, rest)
}

// allPaths lists every path that a text can name, columns of lists as "list: column".
var allPaths = sync.OnceValue(func() []string {
	var all []string
	var walk func(prefix string, r record)
	walk = func(prefix string, r record) {
		for name, e := range r {
			path := prefix + name
			switch e := e.(type) {
			case record:
				walk(path+".", e)
			case *list:
				all = append(all, path)
				for column := range e.columns {
					all = append(all, path+": "+column)
				}
			default:
				all = append(all, path)
			}
		}
	}
	walk("", fields())
	for _, name := range blockNames {
		all = append(all, "block."+name)
	}
	slices.Sort(all)
	return all
})

// fieldGroup is a group of fields: each a path and what it holds.
type fieldGroup struct {
	title  string
	fields [][2]string
}

// itemHolds say what the columns of a list of items hold.
var itemHolds = map[string]string{
	"number": "its number", "po": "the customer's order number", "invoice_date": "its date, short",
	"due_date": "its due date, short", "due_day": "its due date in words", "days_overdue": "days since the due date",
	"original": "its amount", "paid": "what was paid or credited", "held": "what is in question or deferred and not asked for",
	"open": "what is open", "interest": "interest on it, where the message shows a figure",
	"compensation": "compensation for it, where the message shows a figure",
}

func itemFields(prefix string, more ...[2]string) [][2]string {
	var all [][2]string
	for _, name := range slices.Sorted(maps.Keys(itemHolds)) {
		all = append(all, [2]string{prefix + name, "Of an invoice: " + itemHolds[name] + "."})
	}
	return append(all, more...)
}

// fieldGroups is the list as people look through it. A test compares it with fields.
func fieldGroups() []fieldGroup {
	return append(wordGroups(), []fieldGroup{
		{"First invoice", itemFields("first.")},
		{"Lists", [][2]string{
			{"items", "The invoices the message is about; write a line for each."},
			{"not_due", "What is not due yet, for information."},
			{"also_overdue", "What is overdue and waits at a step of its own."},
			{"earlier", "Earlier messages about these invoices."},
			{"attachments", "The names of what goes with it."},
			{"copied_to", "Who gets a copy."},
			{"creditor.address", "The lines of our address."},
			{"debtor.address", "The lines of the customer's address."},
			{"payment.numbers", "The invoices that a payment settled or reduced."},
		}},
		{"In a line of items", itemFields("items: ")},
		{"In a line of not_due", itemFields("not_due: ")},
		{"In a line of also_overdue", itemFields("also_overdue: ",
			[2]string{"also_overdue: pay_by", "The day that an earlier message named for it."})},
		{"In a line of earlier", [][2]string{
			{"earlier: day", "Its day."}, {"earlier: name", "Its name, as the customer saw it."},
			{"earlier: channel", "email, letter, phone or both."},
			{"earlier: about", "The invoices it was about, where it was about few of them."},
			{"earlier: some", "How many it was about, where it was about many but not all."},
		}},
	}...)
}

func wordGroups() []fieldGroup {
	return []fieldGroup{
		{"Blocks that every text shares", [][2]string{
			{"block.head", "Sender, customer, account number, reference and day."},
			{"block.items", "The table of invoices with its total."},
			{"block.pay", "How to pay: link, account, reference, and that the details are unchanged."},
			{"block.reply", "Already paid, something wrong, what is holding it up."},
			{"block.figures", "Default, interest, compensation and costs, as far as the law allows on that day."},
			{"block.earlier", "The earlier messages, one a line."},
			{"block.apart", "What is open beside these invoices."},
			{"block.attached", "What is attached."},
			{"block.sign", "The free line, greeting, name, and what the law wants of the sender."},
		}},
		{"The message", [][2]string{
			{"name", "The name of the message, as in “Payment reminder”."}, {"date", "Its day, short."}, {"day", "Its day in words."},
			{"pay_by", "The last day to pay, with its weekday."}, {"reference", "What the customer quotes with the payment."},
			{"link", "The address of the customer's page."}, {"currency", "Its currency."}, {"count", "How many invoices it is about."},
			{"one", "Whether it is about one invoice only."}, {"more", "How many invoices stand only in the attached list."},
			{"not_due_more", "How many of those not due stand only in the list."},
			{"also_overdue_more", "How many of the others overdue stand only in the list."},
			{"not_due_total", "The sum of what is not due."}, {"contract", "What was ordered and delivered, in a sentence."},
			{"court", "What we intend to do at the courts of the customer's place."}, {"forum", "The code of that place."},
			{"personal_line", "The free line of the person who sends it."}, {"sent_by", "By which ways it goes, if by several."},
			{"whole", "Of a statement: whether it leaves nothing out."},
		}},
		{"Sums", [][2]string{
			{"sum.open", "What is open on the invoices."}, {"sum.principal", "That, less money not yet matched."},
			{"sum.total", "What is asked for: invoices and every head that is claimed."}, {"sum.unapplied", "Money not yet matched to an invoice."},
			{"sum.less_unapplied", "The same with a minus."}, {"sum.also_unapplied", "Money not yet matched, set against the others overdue."},
			{"sum.interest", "Interest that is claimed."}, {"sum.compensation", "Compensation that is claimed."}, {"sum.costs", "Costs that are claimed."},
			{"sum.offered_interest", "Interest not asked for if paid in time."}, {"sum.offered_compensation", "Compensation not asked for if paid in time."},
			{"sum.offered", "Both together."},
		}},
		{"The customer", [][2]string{{"debtor.name", "Its exact legal name."}, {"debtor.number", "Its number with us."},
			{"debtor.contact", "The person who is greeted."}}},
		{"Ourselves", [][2]string{
			{"creditor.name", "Our legal name."}, {"creditor.person", "Who answers."}, {"creditor.role", "That person's role or signature."},
			{"creditor.phone", "The number on which bank details can be verified."}, {"creditor.reply_to", "Where replies go."},
			{"creditor.register", "Our register number."}, {"creditor.registered_in", "Our register."}, {"creditor.office", "Our registered office."},
			{"creditor.directors", "Our directors."}, {"creditor.vat", "Our VAT id."},
		}},
		{"Bank", [][2]string{
			{"bank.holder", "Account holder."}, {"bank.bank", "Name of the bank."}, {"bank.iban", "IBAN."}, {"bank.bic", "BIC."},
			{"bank.sort_code", "Sort code."}, {"bank.account", "Account number."}, {"bank.routing", "Routing number."},
			{"bank.unchanged_since", "The day since which the details have not changed."},
		}},
		{"The claim", [][2]string{
			{"claim.level", "principal, announce, offer or claim."}, {"claim.ground", "Why the customer is in default."},
			{"claim.partly", "Whether that holds for some invoices only."}, {"claim.law", "The country whose law governs."},
			{"claim.from", "The first day of default."}, {"claim.rule", "The statute or term."}, {"claim.rate", "The rate and its source."},
			{"claim.daily", "Interest of one day."}, {"claim.until", "The last day the figures include."}, {"claim.costs_text", "What the costs are for."},
		}},
		{"Guards: only where it is so", [][2]string{
			{"may.hold", "We would hold orders and deliveries next."}, {"may.terms", "We would ask for payment in advance next."},
			{"may.agency", "A collection agency would come next."}, {"may.lawyer", "A lawyer would come next."}, {"may.court", "A claim would come next."},
			{"has.po", "An order number is known."}, {"has.paid", "Something was paid or credited."}, {"has.held", "Something is set aside."},
			{"has.overdue", "Something is overdue."}, {"has.current", "Something is not overdue."}, {"has.figures", "There are figures of interest or compensation."},
			{"has.invoice_date", "Invoice dates are known."}, {"has.unapplied", "There is money not yet matched."}, {"has.credit", "The account is in credit."},
		}},
		{"Only of some messages", [][2]string{
			{"promise.amount", "What was promised."}, {"promise.day", "The promised day."}, {"promise.made_on", "When it was promised."},
			{"promise.made_by", "By whom."}, {"promise.method", "How it is to be paid."}, {"promise.arrived", "What came in since."},
			{"dispute.raised_on", "When the invoices were questioned."},
			{"payment.amount", "What arrived."}, {"payment.day", "When it arrived."}, {"payment.reference", "What the customer wrote with it."},
			{"correction.day", "The day of the message that is taken back."}, {"correction.name", "Its name."}, {"correction.why", "What was wrong."},
			{"aging.not_due", "Of a statement: not due."}, {"aging.to_30", "1 to 30 days overdue."}, {"aging.to_60", "31 to 60 days."},
			{"aging.to_90", "61 to 90 days."}, {"aging.over", "More than 90 days."},
		}},
	}
}

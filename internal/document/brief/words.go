package brief

import (
	"strings"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/document/locale"
)

// words are the brief's words in one language. A "%" stands for what is told.
type words struct {
	language                              locale.Language
	subject, allPaid, lead, open          string
	cameIn, fell, overdue, newOn, ahead   string
	waiting, none, payments, payment      string
	invoices, invoice, total, days, more  string
	nothingOut, observes, tasks, releases string
	avoided, bank, bankNever              string
	steps                                 map[string]string
}

var english = words{language: locale.EnglishGB,
	subject: "Your week: % overdue", allPaid: "Your week: nothing overdue", lead: "The week to %.", open: "Open Recoup",
	cameIn: "What came in", fell: "Fell overdue this week", overdue: "Overdue, by days", newOn: "New among those overdue",
	ahead: "Goes out by itself in the next seven days", waiting: "Waits for you", none: "Nothing.",
	payments: "% payments", payment: "1 payment", invoices: "% invoices", invoice: "1 invoice", total: "Total",
	days: "% days", more: "and % more", nothingOut: "Nothing goes out by itself.",
	observes: "Recoup only observes: nothing leaves.", tasks: "Things to do", releases: "Messages to release",
	avoided: "Wrong chases avoided this week", bank: "The bank is known up to", bankNever: "Nobody has said yet how far the bank is known.",
	steps: map[string]string{"courtesy": "Courtesy notes", "confirm": "Questions whether an invoice arrived",
		"statement": "Statements", "friendly": "Friendly reminders", "reminder": "Reminders", "opening": "Opening statements",
		"second": "Second reminders", "formal": "Formal reminders", "last_note": "Last notes", "final_demand": "Final demands",
		"correction": "Corrections"}}

var american = func() words {
	w := english
	w.language = locale.EnglishUS
	w.subject, w.allPaid, w.lead = "Your week: % past due", "Your week: nothing past due", "The week ending %."
	w.fell, w.overdue, w.newOn = "Became past due this week", "Past due, by days", "New among those past due"
	w.steps = map[string]string{}
	for k, v := range english.steps {
		w.steps[k] = locale.EnglishUS.Words(v)
	}
	return w
}()

var german = words{language: locale.German,
	subject: "Ihre Woche: % überfällig", allPaid: "Ihre Woche: nichts überfällig", lead: "Die Woche bis %.", open: "Recoup öffnen",
	cameIn: "Eingegangen", fell: "Diese Woche überfällig geworden", overdue: "Überfällig nach Tagen", newOn: "Neu unter den Überfälligen",
	ahead: "Geht in den nächsten sieben Tagen von selbst hinaus", waiting: "Wartet auf Sie", none: "Nichts.",
	payments: "% Zahlungen", payment: "1 Zahlung", invoices: "% Rechnungen", invoice: "1 Rechnung", total: "Summe",
	days: "% Tage", more: "und % weitere", nothingOut: "Von selbst geht nichts hinaus.",
	observes: "Recoup beobachtet nur: Es geht nichts hinaus.", tasks: "Aufgaben", releases: "Nachrichten zur Freigabe",
	avoided: "Vermiedene falsche Mahnungen diese Woche", bank: "Die Bank ist bekannt bis", bankNever: "Wie weit die Bank bekannt ist, hat noch niemand gesagt.",
	steps: map[string]string{"courtesy": "Freundliche Hinweise", "confirm": "Fragen, ob eine Rechnung ankam",
		"statement": "Kontoauszüge", "friendly": "Zahlungserinnerungen", "reminder": "Erinnerungen", "opening": "Erste Aufstellungen",
		"second": "Zweite Erinnerungen", "formal": "Mahnungen", "last_note": "Letzte Hinweise", "final_demand": "Letzte Mahnungen",
		"correction": "Berichtigungen"}}

func wordsOf(l locale.Language) *words {
	switch l {
	case locale.German:
		return &german
	case locale.EnglishUS:
		return &american
	}
	return &english
}

func with(phrase, what string) string { return strings.Replace(phrase, "%", what, 1) }

// counted is one or many of something.
func (w *words) counted(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return with(many, w.language.Number(n))
}

func (w *words) page(d *Data) *page {
	p := &page{Open: w.open, Link: d.Link, Language: string(w.language)}
	var owed []string
	day := cal.None
	for i := range d.Creditors {
		c := &d.Creditors[i]
		day = max(day, c.Day)
		for k := range c.Figures {
			if c.Figures[k].Overdue.Minor > 0 {
				owed = append(owed, w.language.Money(c.Figures[k].Overdue))
			}
		}
		of := creditorPage{Sections: w.sections(c)}
		if len(d.Creditors) > 1 {
			of.Name = c.Name
		}
		p.Creditors = append(p.Creditors, of)
	}
	p.Subject, p.Lead = with(w.subject, strings.Join(owed, ", ")), with(w.lead, w.language.Day(day))
	if len(owed) == 0 {
		p.Subject = w.allPaid
	}
	return p
}

func (w *words) sections(c *Creditor) []section {
	cameIn, fell, overdue := section{Title: w.cameIn}, section{Title: w.fell}, section{Title: w.overdue}
	for i := range c.Figures {
		f := &c.Figures[i]
		if f.Receipts != 0 || f.CameIn.Minor != 0 {
			cameIn.add(w.counted(f.Receipts, w.payment, w.payments), w.language.Money(f.CameIn))
		}
		if f.FellCount > 0 {
			fell.add(w.counted(f.FellCount, w.invoice, w.invoices), w.language.Money(f.FellOverdue))
		}
		for _, b := range f.Buckets {
			overdue.add(with(w.days, b.Days)+", "+w.counted(b.Count, w.invoice, w.invoices), w.language.Money(b.Amount))
		}
		if len(f.Buckets) > 0 {
			overdue.add(w.total, w.language.Money(f.Overdue))
		}
	}
	newOn := section{Title: w.newOn}
	for _, n := range c.New {
		newOn.add(n.Name, w.language.Money(n.Amount))
	}
	if more := c.NewCount - len(c.New); more > 0 {
		newOn.add(with(w.more, w.language.Number(more)), "")
	}
	ahead := section{Title: w.ahead}
	for _, s := range c.Ahead {
		name, known := w.steps[s.Key]
		if !known {
			name = strings.ReplaceAll(s.Key, "_", " ")
		}
		ahead.add(name, w.language.Number(s.Count))
	}
	switch {
	case c.Observes:
		ahead.Lines = []line{{Name: w.observes}}
	case len(c.Ahead) == 0:
		ahead.Lines = []line{{Name: w.nothingOut}}
	}
	waiting := section{Title: w.waiting}
	waiting.add(w.tasks, w.language.Number(c.MustDo))
	waiting.add(w.releases, w.language.Number(c.Release))
	if c.Avoided > 0 {
		waiting.add(w.avoided, w.language.Number(c.Avoided))
	}
	if c.CashKnown == cal.None {
		waiting.add(w.bankNever, "")
	} else {
		waiting.add(w.bank, w.language.Day(c.CashKnown))
	}
	all := []section{cameIn, fell, overdue, newOn, ahead, waiting}
	for i := range all {
		if len(all[i].Lines) == 0 {
			all[i].Lines = []line{{Name: w.none}}
		}
	}
	return all
}

func (s *section) add(name, value string) { s.Lines = append(s.Lines, line{name, value}) }

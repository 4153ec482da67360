package app

import (
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/law"
	"github.com/recoup-project/recoup/internal/document"
	"github.com/recoup-project/recoup/internal/document/locale"
)

// datesAgreed reports whether the due dates of all items of the message are known to be
// agreed: only then may a text speak of the terms of an agreement.
func (w *writing) datesAgreed() bool {
	for i := range w.row.figures.Lines {
		if it := w.acc.Item(w.row.figures.Lines[i].Item); it != nil && w.acc.DateAgreed(it) != book.Yes {
			return false
		}
	}
	return true
}

// claims says what the figures claim beside the principal, and on what ground.
func (w *writing) claims() {
	c := &w.msg.Claim
	*c = document.ClaimBasis{Level: document.Principal, From: cal.None, Until: cal.None}
	whose := w.whose.Contract
	c.Law, _, _ = strings.Cut(whose.Code, "-")
	demanding := w.msg.Step == document.Formal || w.msg.Step == document.FinalDemand
	if demanding && whose.Pack.ContractOnly() && w.datesAgreed() {
		c.Ground = document.ContractTerm
	}
	stated := w.claimLines()
	if len(stated) == 0 {
		return
	}
	for _, item := range w.msg.Items {
		if levelRank(item.Level) > levelRank(c.Level) {
			c.Level = item.Level
		}
	}
	c.Ground, c.From = w.ground(stated, whose.Pack)
	c.Partly = len(stated) < len(w.msg.Items)
	c.Rule = w.rule(whose, stated)
	figured := withFigures(stated, c.Level)
	if c.Rate = w.rate(c.Law, figured); c.Rate != "" {
		c.DailyMinor = w.row.figures.DailyMinor
	}
	if c.Level == document.Offer || c.Level == document.Claim {
		c.Until = w.msg.PayBy
	}
}

// withFigures are the lines whose rate and daily interest a message of that level
// states: one that offers or claims speaks of the lines it has a figure for, since of
// the others nothing is asked.
func withFigures(stated []*decide.Line, level document.Level) []*decide.Line {
	if level == document.Announce {
		return stated
	}
	return slices.DeleteFunc(slices.Clone(stated), func(l *decide.Line) bool { return l.InterestMinor == 0 })
}

// claimLines are the lines that say something about interest or compensation.
func (w *writing) claimLines() []*decide.Line {
	var out []*decide.Line
	for i := range w.row.figures.Lines {
		if l := &w.row.figures.Lines[i]; l.Level >= book.Announce {
			if w.acc.Item(l.Item) != nil {
				out = append(out, l)
			}
		}
	}
	return out
}

func levelRank(l document.Level) int {
	switch l {
	case document.Announce:
		return 1
	case document.Offer:
		return 2
	case document.Claim:
		return 3
	}
	return 0
}

// ground is why the debtor is late in the eyes of the law, where all lines agree.
// Lines that disagree say nothing about it. Where a demand can begin default, one whose
// lines are not yet in it is the one that causes it; under another law they may be late
// from a day that is still to come.
func (w *writing) ground(stated []*decide.Line, pack *law.Pack) (document.DefaultGround, cal.Date) {
	ground, from := stated[0].Ground, stated[0].InterestFrom
	for _, l := range stated[1:] {
		if l.Ground != ground {
			return document.NoGround, cal.None
		}
		if l.InterestFrom != from {
			from = cal.None
		}
	}
	partly := len(stated) < len(w.msg.Items)
	if partly { // of the others it is not known
		from = cal.None
	}
	if pack.ContractOnly() {
		return document.ContractTerm, from
	}
	switch law.Ground(ground) {
	case law.GroundAgreedDate:
		if partly && !w.datesAgreed() {
			return document.NoGround, cal.None
		}
		return document.AgreedDate, from
	case law.GroundStatute:
		if partly {
			return document.NoGround, cal.None
		}
		return document.ThirtyDays, from
	case law.GroundDemand:
		return document.EarlierAsk, from
	}
	if pack.DemandBegins() {
		return document.ThisMessage, cal.None
	}
	return document.NoGround, from
}

// rule names the statute or the contract in the language of the message.
func (w *writing) rule(whose law.Place, stated []*decide.Line) string {
	if w.contractRate(stated) || whose.Pack.ContractOnly() {
		if w.msg.Language == locale.German {
			return "unserem Vertrag"
		}
		return "the terms of our contract"
	}
	compensation := false
	for _, l := range stated {
		compensation = compensation || l.CompensationMinor > 0
	}
	country, _, _ := strings.Cut(whose.Code, "-")
	words := law.WordsOf(country, w.msg.Language == locale.German)
	switch {
	case words.Interest == "" && w.msg.Language == locale.German:
		return "dem anwendbaren Recht (" + whose.Code + ")"
	case words.Interest == "":
		return "the applicable law (" + whose.Code + ")"
	case compensation:
		return words.WithCompensation
	}
	return words.Interest
}

// rate writes the rates of the lines; "" if none of them is known: then the text
// reserves interest and shows no figure.
func (w *writing) rate(country string, stated []*decide.Line) string {
	var texts []string
	for _, l := range stated {
		if l.Rate == 0 {
			continue
		}
		text := w.msg.Language.Rate(l.Rate)
		known := false
		for _, t := range texts {
			known = known || t == text
		}
		if !known {
			texts = append(texts, text)
		}
	}
	if len(texts) == 0 {
		return ""
	}
	german := w.msg.Language == locale.German
	and, year := " and ", " a year"
	if german {
		and, year = " und ", " im Jahr"
	}
	out := strings.Join(texts, and) + year
	if w.contractRate(stated) {
		return out
	}
	if basis := law.WordsOf(country, german).Basis; basis != "" {
		out += " (" + basis + ")"
	}
	return out
}

// contractRate reports whether the rate is the one in the signed terms.
func (w *writing) contractRate(stated []*decide.Line) bool {
	return w.acc.Customer.HasRate && stated[0].Rate == w.acc.Customer.ContractRate
}

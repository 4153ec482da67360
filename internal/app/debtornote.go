package app

import (
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// debtorTitles are the first lines of the notes, for our side.
var debtorTitles = map[DebtorKind]string{
	DebtorPromises: "Promises to pay", DebtorPaid: "Says it is paid", DebtorDisputes: "Says something is wrong",
	DebtorNeeds: "Needs a copy or a correction", DebtorTime: "Asks for more time", DebtorPlan: "Asks to pay in instalments",
	DebtorWrong: "We write to the wrong person", DebtorTerms: "Other terms, or another way in",
}

// debtorNote keeps what was said, in full and apart from the facts, and returns its number.
func (a *App) debtorNote(r *recorder, v *visitor, s *DebtorAnswer, items []*book.Item) (int64, error) {
	words, hash, err := r.words(s.inWords(items))
	if err != nil {
		return 0, err
	}
	id, err := r.NextIDs("note", 1)
	if err != nil {
		return 0, err
	}
	item := int64(0)
	if len(items) == 1 {
		item = items[0].ID
	}
	ins := r.Insert("note")
	ins.Int(v.customer).Int(id).Int(r.Seq()).Int(item).Text("note").Text(noteClasses[0]).Text(debtorCode + string(s.Kind)).
		Day(v.today).Day(cal.None).Int(words).Bytes(hash)
	return id, ins.One()
}

// inWords is the note that our side reads, a line for each thing that was said.
func (s *DebtorAnswer) inWords(items []*book.Item) string {
	lines := []string{debtorTitles[s.Kind] + " (on the debtor's page)"}
	add := func(name, value string) {
		if value != "" {
			lines = append(lines, name+": "+value)
		}
	}
	var names []string
	for _, it := range items {
		name := book.ItemName(it.Number, it.Instalment)
		if minor := s.Amounts[it.ID]; minor > 0 && minor < it.OpenMinor {
			name += " (" + money.Money{Minor: minor, Currency: it.Currency}.String() + ")"
		}
		names = append(names, name)
	}
	add("Invoices", strings.Join(names, ", "))
	add("What", strings.ReplaceAll(s.Cause, "_", " "))
	if stated(s.Day) {
		add("Day", s.Day.String())
	}
	if s.Amount.Minor > 0 {
		add("Amount", s.Amount.String())
	}
	if s.Days > 0 {
		add("Days", strconv.Itoa(s.Days))
	}
	if s.Cheque {
		add("How", "cheque in the post")
	}
	add("Reference", s.Reference)
	add("Said by", strings.TrimSuffix(s.Name+", "+s.Role, ", "))
	add("Answer to", s.Contact)
	if s.Authority {
		add("Authority", "says that they may agree for the business")
	}
	if s.Text != "" {
		lines = append(lines, "", s.Text)
	}
	return strings.Join(lines, "\n")
}

// keptPaper is a file that stands in the blob store.
type keptPaper struct {
	Name, MediaType, SHA256 string
	Bytes                   int64
}

// debtorPapers keeps the files that came with an answer, with its note.
func (r *recorder) debtorPapers(customer, note int64, items []*book.Item, files []keptPaper) error {
	item := int64(0)
	if len(items) == 1 {
		item = items[0].ID
	}
	for _, f := range files {
		paper := paperFile{name: f.Name, media: f.MediaType, sha256: f.SHA256, size: int(f.Bytes)}
		if _, err := r.putPaper(&paper, customer, item, note, PaperOther); err != nil {
			return err
		}
	}
	return nil
}

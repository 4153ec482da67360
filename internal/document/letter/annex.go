package letter

import (
	"github.com/recoup-project/recoup/internal/document"
	"github.com/recoup-project/recoup/internal/document/locale"
)

// ListName is how a letter names the list of all items that is printed behind it, as an
// attachment of kind [document.ItemsList].
func ListName(l locale.Language) string { return labelsOf[l].allItems }

// allItems is the list of every item of a message that names only the first of them.
func (s *setting) allItems() *flow {
	l := s.labels
	cell := func(text string) document.Cell { return plain(text, false) }
	table := document.Block{Kind: document.TableBlock, Part: document.ItemPart, Right: []bool{false, false, false, true},
		Rows: [][]document.Cell{{cell(l.number), cell(l.invoiceDate), cell(l.dueDate), cell(l.open)}}}
	for i := range s.m.Items {
		it := &s.m.Items[i]
		table.Rows = append(table.Rows, []document.Cell{cell(it.Number), cell(s.m.Language.ShortDate(it.InvoiceDate)),
			cell(s.m.Language.ShortDate(it.DueDate)), cell(s.amount(it.OpenMinor))})
	}
	total := document.Run{Text: l.total + " " + string(s.m.Currency) + ": " + s.amount(s.m.Totals().OpenMinor), Bold: true}
	return s.enclosure([]document.Block{
		{Kind: document.HeadingBlock, Level: 1, Runs: plain(l.allItems, false)},
		table,
		{Kind: document.ParagraphBlock, Part: document.ItemPart, Runs: []document.Run{total}},
	})
}

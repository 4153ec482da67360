package ledger

import (
	"bytes"
	"strings"
)

// coupaHeader are the columns of the export of Coupa Treasury, which writes no header.
const coupaHeader = "Invoice number|Debitor account number|Invoice date|Due date|Amount|Currency|Invoice flag|" +
	"Comment|Delivery slip number|XDoc no.|Booking date|Remark|Project|Portfolio"

// headless recognises a file without a header by what stands in its first rows: for now
// that of Coupa, a number, a customer, two days like 20260331, an amount and a currency.
func (g *guesser) headless(head []byte, decoded bool) candidate {
	const look = 5
	rows, rec := splitText(bytes.Clone(head), ';', decoded), record{}
	seen := 0
	for seen < look && rows.next(&rec) == nil {
		if len(rec.cells) == 1 && len(trimCell(rec.cells[0])) == 0 {
			continue
		}
		if rec.bad != "" || !isCoupa(&rec) {
			return candidate{}
		}
		seen++
	}
	if seen == 0 {
		return candidate{}
	}
	return candidate{delimiter: ";", header: strings.Split(coupaHeader, "|"), score: knownScore}
}

func isCoupa(rec *record) bool {
	if len(rec.cells) != 1+strings.Count(coupaHeader, "|") || len(cellAt(rec, 0)) == 0 || len(cellAt(rec, 1)) == 0 {
		return false
	}
	_, knownCurrency := parseCurrency(cellAt(rec, 5))
	_, isAmount := stripAmount(cellAt(rec, 4))
	issued, due := dateShapeOf(cellAt(rec, 2)), cellAt(rec, 3)
	return knownCurrency && isAmount && issued.shape == shapeCompact &&
		(len(due) == 0 || dateShapeOf(due).shape == shapeCompact)
}

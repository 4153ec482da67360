package letter

import (
	qrcode "github.com/skip2/go-qrcode"

	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/document"
)

// Payload is the text of the payment code of a message; see [document.EPCPayload]. ok is false
// where there is none, also where nothing is asked for.
func Payload(m document.Message) (payload string, ok bool) {
	if !m.Step.Demand() {
		return "", false
	}
	return document.EPCPayload(m.Creditor.Bank, m.Reference,
		money.Money{Minor: m.Totals().TotalMinor, Currency: m.Currency})
}

// code is the code of a message as dark squares; nil if there is none.
func code(m *document.Message) [][]bool {
	payload, ok := Payload(*m)
	if !ok {
		return nil
	}
	q, err := qrcode.New(payload, qrcode.Medium)
	if err != nil || q.VersionNumber > 13 { // which the norm allows at most
		return nil
	}
	q.DisableBorder = true
	return q.Bitmap()
}

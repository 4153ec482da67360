package letter

import (
	"strings"

	qrcode "github.com/skip2/go-qrcode"

	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/document"
)

// The limits of EPC069-12, version 2.
const (
	maxCodeMinor     = 999_999_999_99
	maxCodeName      = 70
	maxCodeReference = 35
	maxCodeText      = 140
)

// Payload is the text of the code with which a bank's app fills in a transfer (EPC069-12,
// version 002, UTF-8). ok is false where there is none: for another currency than euro,
// without an IBAN, without an amount that is asked for, and where a field is too long.
func Payload(m document.Message) (payload string, ok bool) {
	bank, total := m.Creditor.Bank, m.Totals().TotalMinor
	iban := strings.ToUpper(strings.ReplaceAll(bank.IBAN, " ", ""))
	if m.Currency != "EUR" || iban == "" || total < 1 || total > maxCodeMinor || !m.Step.Demand() {
		return "", false
	}
	structured, text := "", oneLine(m.Reference)
	if document.ValidRFReference(text) {
		structured, text = strings.ReplaceAll(text, " ", ""), ""
	}
	name := oneLine(bank.Holder)
	if len([]rune(name)) > maxCodeName || len(structured) > maxCodeReference || len([]rune(text)) > maxCodeText {
		return "", false
	}
	lines := []string{"BCD", "002", "1", "SCT", strings.ReplaceAll(bank.BIC, " ", ""), name, iban,
		"EUR" + money.FormatMinor(total, 2), "", structured, text}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n"), true
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

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

package document

import (
	"strings"
	"unicode/utf8"

	"github.com/recoup-project/recoup/internal/core/money"
)

// The limits of EPC069-12, version 2.
const (
	maxCodeMinor = 999_999_999_99
	maxCodeName  = 70
	maxCodeText  = 140
)

// EPCPayload is the text of the code with which a bank's app fills in a transfer (EPC069-12,
// version 002, UTF-8). ok is false where there is none: for another currency than euro,
// without an IBAN, without an amount above zero, and where a field is too long for it.
func EPCPayload(b BankDetails, reference string, m money.Money) (payload string, ok bool) {
	iban := strings.ToUpper(strings.ReplaceAll(b.IBAN, " ", ""))
	structured, text := "", clean(reference)
	if ValidRFReference(text) {
		structured, text = strings.ReplaceAll(text, " ", ""), ""
	}
	holder := clean(b.Holder)
	if m.Currency != "EUR" || iban == "" || holder == "" || m.Minor < 1 || m.Minor > maxCodeMinor ||
		utf8.RuneCountInString(holder) > maxCodeName || utf8.RuneCountInString(text) > maxCodeText {
		return "", false
	}
	lines := []string{"BCD", "002", "1", "SCT", strings.ReplaceAll(b.BIC, " ", ""), holder, iban,
		"EUR" + money.FormatMinor(m.Minor, 2), "", structured, text}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n"), true
}

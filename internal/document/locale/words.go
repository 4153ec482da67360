package locale

import "strings"

// american are the words of American business for the British ones that the program's own
// texts are written with. Longer ones stand before what they begin with. It is the one table
// of the kind, for screens as well as for the debtor's page; the texts of messages are whole
// texts in each language.
var american = strings.NewReplacer(
	"Formal reminder", "Past-due notice", "formal reminder", "past-due notice",
	"Second reminder", "Second notice", "second reminder", "second notice",
	"Letter before claim", "Final demand", "letter before claim", "final demand",
	"Credit controller", "Collector", "credit controller", "collector",
	"More time (deferral)", "More time (extension)", "Deferral", "Extension", "deferral", "extension",
	"Deferred", "Extended", "deferred", "extended",
	"Instalment", "Installment", "instalment", "installment",
	"Cheque", "Check", "cheque", "check",
	"in the post", "in the mail", "Please ring", "Please call", "please ring", "please call", " or ring", " or call",
	" ring us", " call us", " ring it", " call it", " ring {", " call {",
	"Postcode", "ZIP code", "postcode", "ZIP code",
)

// Words writes a text of the program, which is in British English, with the words of the
// language. Only American English differs: a text in German is another text. It must not be
// given what somebody else wrote, such as a name.
func (l Language) Words(text string) string {
	if l != EnglishUS {
		return text
	}
	return american.Replace(text)
}

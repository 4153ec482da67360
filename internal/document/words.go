package document

import (
	"regexp"
	"strings"
	"sync"

	"github.com/recoup-project/recoup/internal/document/locale"
)

// topic is a subject that some tones may not touch.
type topic string

const (
	never       topic = "never"       // in no text at all (guardrail R5)
	lateness    topic = "lateness"    // what being late leads to: interest, default, fees, any step
	proceedings topic = "proceedings" // courts and claims
	agency      topic = "agency"      // a collection agency
	lawyer      topic = "lawyer"      // a lawyer
	holding     topic = "hold"        // orders and deliveries held
	prepayment  topic = "terms"       // payment in advance, terms withdrawn
	advertising topic = "advertising" // guardrail R12
)

// words are the expressions of each topic, lower case, matched at the beginning of
// a word; a trailing $ demands its end too.
var words = map[locale.Language]map[topic][]string{
	locale.EnglishGB: english,
	locale.EnglishUS: english,
	locale.German:    german,
}

var english = map[topic][]string{
	never: {"credit register", "credit file", "credit rating", "credit score", "credit report",
		"credit bureau", "credit reference", "credit agenc", "blacklist", "winding up", "winding-up",
		"wind up", "wound up", "statutory demand", "insolvenc", "bankrupt", "petition", "police",
		"criminal", "fraud", "prosecut", "publish", "publicity", "name and shame", "social media",
		"newspaper", "the press$", "garnish", "bailiff", "wages"},
	lateness: {"interest", "default$", "in default", "late fee", "late payment", "penalt", "finance charge",
		"compensation", "formal", "consequence", "demand", "overdue", "past due", "past-due", "final",
		"unless", "fail to", "failure", "further action", "further step", "legal", "claim", "reserve"},
	proceedings: {"court", "sue$", "suing", "lawsuit", "litigation", "proceedings", "judgment", "judgement",
		"legal action", "letter before", "letter of claim", "claim form", "tribunal", "file suit"},
	agency:  {"collection agency", "debt collect", "collections agency", "collection firm"},
	lawyer:  {"solicitor", "attorney", "lawyer", "counsel"},
	holding: {"hold new orders", "hold orders", "hold deliver", "stop deliver", "suspend", "stop supply"},
	prepayment: {"advance payment", "payment in advance", "prepay", "credit terms", "open terms",
		"withdraw"},
	advertising: {"special offer", "discount code", "newsletter", "new product", "upgrade", "promotion"},
}

var german = map[topic][]string{
	never: {"schufa", "creditreform", "crif", "auskunftei", "bonität", "schuldnerverzeichnis", "insolvenz",
		"konkurs", "strafanzeige", "strafantrag", "strafrecht", "betrug", "polizei", "staatsanwalt",
		"pranger",
		"veröffentlich", "presse$", "gerichtsvollzieher", "pfänd", "haftbefehl", "schwarze liste"},
	lateness: {"zins", "verzug", "mahngebühr", "mahnkosten", "mahnpauschale", "pauschale", "verzugs",
		"mahnung",
		"mahnverfahren", "konsequenz", "letztmalig", "letzte frist", "andernfalls", "rechtlich",
		"überfällig", "weitere schritte", "anspruch", "vorbehalten", "behalten wir uns"},
	proceedings: {"gericht", "klage", "klagen", "verklag", "mahnbescheid", "mahnverfahren", "rechtsweg",
		"prozess", "urteil", "vollstreck", "gerichtlich"},
	agency:      {"inkasso"},
	lawyer:      {"anwalt", "anwält", "rechtsanwalt", "rechtsanwält", "kanzlei"},
	holding:     {"liefersperre", "lieferstopp", "lieferungen zurück", "bestellungen zurück", "zurückstell"},
	prepayment:  {"vorkasse", "vorauskasse", "vorauszahlung", "zahlungsziel"},
	advertising: {"sonderangebot", "rabattcode", "newsletter", "neues produkt", "aktionspreis", "werbung"},
}

// forbidden says which topics a tone may not touch. Firm and legal texts
// touch the others only under the guard of their consequence.
var forbidden = map[Tone][]topic{
	Warm:    {never, lateness, proceedings, agency, lawyer, holding, prepayment, advertising},
	Neutral: {never, lateness, proceedings, agency, lawyer, holding, prepayment, advertising},
	Firm:    {never, proceedings, agency, lawyer, advertising},
	Legal:   {never, advertising},
}

// finders are the compiled words, by language and topic. They are compiled when a text is first
// looked through: it takes as long as everything else that a short command does.
var finders = sync.OnceValue(compileWords)

func compileWords() map[locale.Language]map[topic]*regexp.Regexp {
	out := make(map[locale.Language]map[topic]*regexp.Regexp, len(words))
	for lang, topics := range words {
		out[lang] = make(map[topic]*regexp.Regexp, len(topics))
		for name, list := range topics {
			parts := make([]string, len(list))
			for i, word := range list {
				bare, whole := strings.CutSuffix(word, "$")
				parts[i] = strings.ReplaceAll(regexp.QuoteMeta(bare), " ", `[\s\x{a0}]+`)
				if whole {
					parts[i] += `(?:$|[^\pL])`
				}
			}
			out[lang][name] = regexp.MustCompile(`(?i)(?:^|[^\pL])(` + strings.Join(parts, "|") + ")")
		}
	}
	return out
}

// found is the first expression of a topic in a text; "" if there is none.
func found(lang locale.Language, name topic, text string) string {
	m := finders()[lang][name].FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	return strings.TrimFunc(m[1], func(r rune) bool { return !strings.ContainsRune(letters, r) && r < 128 })
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

package ledger

import (
	"bytes"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// wordTable maps folded words to a value; built from "value: word|word" lines.
func wordTable(lines string) map[string]string {
	m := make(map[string]string)
	for line := range strings.Lines(lines) {
		value, words, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		value = strings.TrimSpace(value)
		for w := range strings.SplitSeq(value+"|"+words, "|") {
			if key := foldWord(w); key != "" {
				m[key] = value
			}
		}
	}
	return m
}

var kindWords = wordTable(`
	company: business|organisation|organization|corporate|corporation|ltd|limited|Firma|Unternehmen|Gesellschaft|
	company: société|entreprise|bedrijf|empresa|società|azienda|b2b|företag|selskab
	individual: sole trader|sole_trader|natural person|partnership|freelancer|self-employed|Einzelunternehmer|
	individual: Selbständiger|Freiberufler|entrepreneur individuel|eenmanszaak|zzp|autónomo|
	individual: libero professionista
	public_body: public body|public|public sector|authority|government|Behörde|öffentlich|
	public_body: organisme public|overheid
	consumer: private|private person|Verbraucher|Privatperson|Privat|consommateur|particulier|
	consumer: consument|consumidor|b2c
	unknown: unbekannt|inconnu|onbekend|other
`)

const expectedKind = "company, individual, public_body, consumer or unknown"

var roleWords = wordTable(`
	accounts_payable: accounts payable|ap|payables|billing|invoices|accounting|bookkeeping|Kreditoren|
	accounts_payable: Kreditorenbuchhaltung|Buchhaltung|Rechnungswesen|comptabilité|comptabilité fournisseurs|
	accounts_payable: boekhouding|crediteuren|contabilidad|contabilità|amministrazione
	approver: budget holder|Freigeber|approbateur
	finance_lead: finance lead|cfo|finance|finance manager|finance director|Leiter Finanzen|directeur financier
	general: main|office|info|Zentrale|allgemein|général|algemeen
	orderer: buyer|purchasing|procurement|Einkauf|Besteller|acheteur|achats|inkoop|compras|acquisti
	director: owner|managing director|ceo|Geschäftsführer|Inhaber|gérant|dirigeant|directeur|directie
	legal_notice: legal|legal notice|legal notices|Rechtsabteilung|juridique|juridisch
`)

const expectedRole = "accounts_payable, approver, finance_lead, general, orderer, director or legal_notice"

// Values of documentWords beside the two kinds of documents.
const (
	bySign  = "sign"    // payments, journals, codes: a negative amount is a credit
	payable = "payable" // what we owe, not what is owed to us
)

var documentWords = wordTable(`
	invoice: inv|sales invoice|tax invoice|accrec|si|finance charge memo|Rechnung|Ausgangsrechnung|Faktura|RE|
	invoice: facture|facture client|factuur|verkoopfactuur|factura|fattura|fakturo|fatura|lasku
	credit_note: credit note|credit memo|credit|sales credit note|sales credit|accreccredit|cn|sc|cm|refund|
	credit_note: Gutschrift|Rechnungskorrektur|Storno|Stornorechnung|GU|avoir|note de crédit|creditnota|
	credit_note: creditfactuur|nota de crédito|abono|factura rectificativa|nota di credito|kreditnota|
	credit_note: kreditfaktura|korekta|hyvityslasku
	sign: payment|receipt|overpayment|prepayment|journal|journal entry|general journal|
	sign: adjustment|opening balance|
	sign: RV|DR|DG|DZ|DA|AB|SA|X2|ZP|Zahlung|paiement|betaling|pago|pagamento
	payable: bill|accpay|accpaycredit|purchase invoice|supplier invoice|supplier credit|vendor bill|
	payable: Eingangsrechnung|facture fournisseur|inkoopfactuur|factura de compra
`)

const expectedDocument = "invoice or credit_note"

var yesNoWords = wordTable(`
	yes: y|true|1|x|ja|j|oui|o|si|s|sim|tak|kyllä|wahr|vrai
	no: n|false|0|nein|non|nee|nej|não|nie|ei|falsch|faux
`)

var skipStatusWords = wordTable(`
	void: voided|draft|deleted|cancelled|canceled|submitted|awaiting approval|storniert|gelöscht|Entwurf|
	void: annulé|annulée|brouillon|supprimé|geannuleerd|concept|anulada|borrador|annullata|bozza
`)

var signMarkWords = wordTable(`
	credit: c|cr|h|haben|k|kredit|avoir|crédit|-|minus
	debit: d|dr|s|soll|débit|+|plus
`)

// parseSignMark reads a cell of a sign column.
func parseSignMark(b []byte) (negative, ok bool) {
	switch string(b) {
	case "+", "":
		return false, true
	case "-":
		return true, true
	}
	w := signMarkWords[foldWord(string(b))]
	return w == "credit", w != ""
}

func parseYesNo(b []byte) (book.Tri, bool) {
	switch string(b) {
	case "", "unknown":
		return book.Unstated, true
	case "yes", "Yes":
		return book.Yes, true
	case "no", "No":
		return book.No, true
	}
	w := yesNoWords[foldWord(string(b))]
	return book.ParseTri(w), w != ""
}

// countries are the codes of ISO 3166-1 alpha-2.
const countries = " AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO " +
	"BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ " +
	"DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP " +
	"GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG " +
	"KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML " +
	"MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE " +
	"PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL " +
	"SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM " +
	"US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW "

var countryWords = wordTable(`
	AT: Austria|Österreich|Autriche|Oostenrijk|AUT
	AU: Australia|AUS
	BE: Belgium|Belgien|Belgique|België|BEL
	CA: Canada|Kanada|CAN
	CH: Switzerland|Schweiz|Suisse|Svizzera|Zwitserland|CHE
	CZ: Czechia|Czech Republic|Tschechien|CZE
	DE: Germany|Deutschland|Allemagne|Duitsland|Alemania|Germania|DEU
	DK: Denmark|Dänemark|Danmark|DNK
	ES: Spain|Spanien|Espagne|España|Spanje|Spagna|ESP
	FI: Finland|Finnland|Suomi|FIN
	FR: France|Frankreich|Frankrijk|Francia|FRA
	GB: UK|United Kingdom|Great Britain|England|Scotland|Wales|Northern Ireland|Großbritannien|Royaume-Uni|GBR
	GR: EL|Greece|Griechenland|GRC
	HU: Hungary|Ungarn|HUN
	IE: Ireland|Irland|Irlande|IRL
	IN: India|Indien|IND
	IT: Italy|Italien|Italia|Italie|ITA
	LU: Luxembourg|Luxemburg|LUX
	NL: Netherlands|The Netherlands|Niederlande|Nederland|Pays-Bas|Holland|NLD
	NO: Norway|Norwegen|Norge|NOR
	NZ: New Zealand|NZL
	PL: Poland|Polen|Polska|Pologne|POL
	PT: Portugal|PRT
	SE: Sweden|Schweden|Sverige|SWE
	SK: Slovakia|Slowakei|SVK
	US: USA|United States|United States of America|Vereinigte Staaten|États-Unis
`)

// parseCountry reads a code, one of the common names, or a code with that of a state,
// such as US-OH.
func parseCountry(b []byte) (string, bool) {
	if len(b) > 3 && len(b) <= 6 && b[2] == '-' {
		country, ok := parseCountry(b[:2])
		region := strings.ToUpper(string(b[3:]))
		_, err := cal.HomeZone(country, region)
		return country + "-" + region, ok && err == nil
	}
	if len(b) == 2 {
		code := [4]byte{' ', upper(b[0]), upper(b[1]), ' '}
		if i := strings.Index(countries, string(code[:])); i >= 0 {
			return countries[i+1 : i+3], true
		}
	}
	if len(b) == 0 {
		return "", true
	}
	code, ok := countryWords[foldWord(string(b))]
	return code, ok
}

const expectedCountry = "a country code of two letters, such as DE, or that of a state, such as US-OH"

func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// parseLanguage reads "de", "de-AT", "de_at" into "de", "de-AT".
func parseLanguage(b []byte) (string, bool) {
	if len(b) == 0 {
		return "", true
	}
	out := make([]byte, 0, 5)
	for i, c := range b {
		switch {
		case i < 2 && (lower(c) >= 'a' && lower(c) <= 'z'):
			out = append(out, lower(c))
		case i == 2 && (c == '-' || c == '_'):
			out = append(out, '-')
		case (i == 3 || i == 4) && (upper(c) >= 'A' && upper(c) <= 'Z'):
			out = append(out, upper(c))
		default:
			return "", false
		}
	}
	return string(out), len(out) == 2 || len(out) == 5
}

const expectedLanguage = "a language such as en or de-AT"

// parseEmail checks one or several addresses, separated by semicolon or comma,
// and joins them with "; ". The text is clean (see plainText).
func parseEmail(text string) (string, bool) {
	if strings.IndexByte(text, ',') < 0 && strings.IndexByte(text, ';') < 0 {
		return text, book.IsAddress(text)
	}
	ok := true
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' })
	kept := parts[:0]
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			ok = ok && book.IsAddress(p)
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "; "), ok && len(kept) > 0
}

const expectedEmail = "an e-mail address such as ap@example.com"

// parseCurrency reads a code or a sign that belongs to one currency.
func parseCurrency(b []byte) (money.Currency, bool) {
	if len(b) == 3 {
		if c := money.Currency([]byte{upper(b[0]), upper(b[1]), upper(b[2])}); c.Known() {
			return c, true
		}
	}
	for _, m := range symbols {
		if m.currency != "" && string(b) == m.sign {
			return m.currency, true
		}
	}
	return "", false
}

const expectedCurrency = "a currency code of ISO 4217, such as EUR"

// totalWords begin the rows in which a program prints sums.
var totalWords = []string{"grand total", "subtotal", "sub total", "sub-total", "total", "totals",
	"zwischensumme",
	"gesamtsumme", "gesamt", "summe", "endsumme", "sous-total", "totaal", "subtotaal", "totale", "suma", "sum", "percentage of total"}

// isTotalText reports whether a cell begins with a word for a sum.
func isTotalText(cell []byte) bool {
	if cell = trimCell(cell); len(cell) < 3 || bytes.IndexByte([]byte("tsgzep"), lower(cell[0])) < 0 {
		return false
	}
	low := bytes.ToLower(cell[:min(len(cell), 24)])
	for _, w := range totalWords {
		if bytes.HasPrefix(low, []byte(w)) {
			if len(low) == len(w) || lower(low[len(w)]) < 'a' || lower(low[len(w)]) > 'z' {
				return true
			}
		}
	}
	return false
}

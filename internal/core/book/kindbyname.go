package book

import "strings"

// companyForms are legal forms of companies as the last word of a name, without points.
// A form proposes the kind; a person confirms it before any legal step (guardrail R3).
var companyForms = wordSet(`LTD LIMITED PLC LLP CIC GMBH MBH AG UG SE EG KG KGAA OHG GMBHCOKG
	INC INCORPORATED CORP CORPORATION LLC LP SA SAS SARL EURL SL SLU SPA SRL SRLS BV
	NV VOF BVBA SPRL SRO AS ASA APS AB OY OYJ
	PTY PTE BHD KK DOO DD EOOD OOD KFT ZRT RT SIA UAB OU LTDA LDA SPZOO`)

// publicForms are words that only public bodies have in their names.
var publicForms = wordSet(`COUNCIL GEMEINDE STADT LANDKREIS STADTWERKE MINISTRY
	MINISTERIUM NHS UNIVERSITY UNIVERSITÄT`)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// tradingAs stands between the name of who trades and a name that anybody may choose.
var tradingAs = wordSet("T/A TRADING DBA D/B/A")

// KindByName guesses the kind of a debtor from the legal form that ends its name, before
// what it trades as: company, or unknown. It never proposes a person or a consumer, and a
// public body only stays unknown, because a wrong guess there would cost protection.
func KindByName(name string) DebtorKind {
	if open := strings.LastIndexByte(name, '('); open > 0 && strings.HasSuffix(strings.TrimSpace(name), ")") {
		name = name[:open] // a place, as in "(Schweiz)"
	}
	words := strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == ',' })
	for i, w := range words {
		upper := strings.ToUpper(w)
		if publicForms[upper] {
			return UnknownKind
		}
		if i > 0 && tradingAs[strings.Trim(upper, ".")] {
			words = words[:i]
			break
		}
	}
	if len(words) < 2 {
		return UnknownKind // a form alone is a name
	}
	last := words[len(words)-1]
	form := strings.ReplaceAll(strings.ToUpper(last), ".", "")
	if !companyForms[form] || (len(form) == 2 && mayBeName(last, words[0])) {
		return UnknownKind
	}
	return Company
}

// mayBeName reports whether a word that could be a form of two letters may as well be the
// last name of a person: "Anna Sa", "ANNA SA", but not "Anna S.A." and "Anna SA".
func mayBeName(last, first string) bool {
	if strings.Contains(last, ".") {
		return false
	}
	return last != strings.ToUpper(last) || first == strings.ToUpper(first)
}

package app

import (
	"strings"

	"github.com/recoup-project/recoup/internal/document/locale"
)

// languageOf completes the language of a customer: as stated; else by country;
// else that of the creditor's country; else British English.
func languageOf(stated, country, creditorCountry string) string {
	byCountry, known := locale.OfCountry(country)
	switch {
	case strings.EqualFold(stated, "en"):
		if byCountry == locale.EnglishUS {
			return string(byCountry)
		}
		return string(locale.EnglishGB)
	case stated != "":
		return stated
	case known:
		return string(byCountry)
	}
	if l, known := locale.OfCountry(creditorCountry); known {
		return string(l)
	}
	return string(locale.EnglishGB)
}

// normaliseNumber is the form in which document and customer numbers are compared:
// upper case, without blanks. Marks and leading zeros stay, so that two documents
// that differ in more than their spelling never become one.
func normaliseNumber(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c >= 'a' && c <= 'z' || c >= 0x80 {
			return strings.Join(strings.Fields(strings.ToUpper(s)), "")
		}
	}
	return s
}

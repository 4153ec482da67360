package document

import "github.com/recoup-project/recoup/internal/document/locale"

// stepNames are the names a customer sees, by the language of the message.
var stepNames = map[locale.Language]map[Step]string{
	locale.EnglishGB: {
		Courtesy: "Invoice check", Confirm: "Invoice check", Statement: "Statement of account",
		Opening: "Account statement", Friendly: "Payment reminder", Reminder: "Payment reminder",
		Second: "Second reminder", Formal: "Formal reminder", LastNote: "Reminder",
		FinalDemand: "Final demand", Receipt: "Payment received", PromiseConfirmation: "Agreed payment",
		BrokenPromise: "Agreed payment not received", DisputeAnswer: "Our answer to your query",
		Resumption: "Your account with us", Correction: "Correction",
	},
	locale.EnglishUS: {
		Courtesy: "Invoice check", Confirm: "Invoice check", Statement: "Statement of account",
		Opening: "Account statement", Friendly: "Payment reminder", Reminder: "Payment reminder",
		Second: "Second notice", Formal: "Past-due notice", LastNote: "Past-due notice",
		FinalDemand: "Final demand", Receipt: "Payment received", PromiseConfirmation: "Agreed payment",
		BrokenPromise: "Agreed payment not received", DisputeAnswer: "Our answer to your query",
		Resumption: "Your account with us", Correction: "Correction",
	},
	locale.German: {
		Courtesy: "Kurze Nachfrage zur Rechnung", Confirm: "Kurze Nachfrage zur Rechnung",
		Statement: "Kontoübersicht", Opening: "Übersicht offener Rechnungen", Friendly: "Zahlungserinnerung",
		Reminder: "Zahlungserinnerung", Second: "2. Zahlungserinnerung", Formal: "Mahnung",
		LastNote: "Mahnung", FinalDemand: "Letzte Mahnung", Receipt: "Zahlungseingang",
		PromiseConfirmation: "Zahlungszusage", BrokenPromise: "Zugesagte Zahlung nicht eingegangen",
		DisputeAnswer: "Antwort auf Ihre Rückfrage", Resumption: "Ihr Konto bei uns",
		Correction: "Berichtigung",
	},
}

// beforeCourt is the name of a final demand where a claim is the creditor's policy.
var beforeCourt = map[locale.Language]string{
	locale.EnglishGB: "Letter before claim",
	locale.EnglishUS: "Final demand",
	locale.German:    "Letzte Mahnung vor gerichtlichem Mahnverfahren",
}

// StepName is the name of a step as the customer reads it, in the heading and where
// a later message refers to it. A final demand is named after the court only if a
// claim is switched on as the next step, and after the court order procedure only
// where that is the one of the debtor's place.
func StepName(lang locale.Language, step Step, court bool, forum Forum) string {
	if step != FinalDemand || !court {
		return stepNames[lang][step]
	}
	if lang == locale.German && forum != Germany {
		return "Letzte Mahnung vor Klageerhebung"
	}
	return beforeCourt[lang]
}

// courtSteps say what a creditor intends to do at the courts of a place, as it
// stands after "we intend to" and, in German, after "Wir beabsichtigen, ohne weitere
// Ankündigung". The last is for every other place.
var courtSteps = map[bool]map[Forum]string{
	false: {
		EnglandWales:    "start a claim in the County Court",
		Scotland:        "start a claim in the sheriff court",
		NorthernIreland: "start a claim in the county court of Northern Ireland",
		Germany:         "apply for a German order for payment (gerichtliches Mahnverfahren)",
		UnitedStates:    "file suit",
		"":              "start a claim in the court that has jurisdiction where you are",
	},
	true: {
		EnglandWales:    "Klage beim County Court (England und Wales) zu erheben",
		Scotland:        "Klage beim Sheriff Court (Schottland) zu erheben",
		NorthernIreland: "Klage beim County Court (Nordirland) zu erheben",
		Germany:         "das gerichtliche Mahnverfahren einzuleiten",
		"":              "Klage bei dem für Ihren Sitz zuständigen Gericht zu erheben",
	},
}

func courtStep(lang locale.Language, forum Forum) string {
	words := courtSteps[lang == locale.German]
	if step, ok := words[forum]; ok {
		return step
	}
	return words[""]
}

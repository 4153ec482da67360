package document

import "github.com/recoup-project/recoup/internal/document/locale"

// stepNames are the names a customer sees, by the language of the message.
var stepNames = map[locale.Language]map[Step]string{
	locale.EnglishGB: {
		Courtesy: "Invoice check", Confirm: "Invoice check", Statement: "Statement of account",
		Opening: "Account statement", Friendly: "Payment reminder", Reminder: "Payment reminder",
		Second: "Second reminder", Formal: "Formal reminder", LastNote: "Reminder",
		FinalDemand: "Final demand", Receipt: "Payment received", PromiseConfirmation: "Agreed payment",
		BrokenPromise: "Agreed payment not received", Correction: "Correction",
	},
	locale.EnglishUS: {
		Courtesy: "Invoice check", Confirm: "Invoice check", Statement: "Statement of account",
		Opening: "Account statement", Friendly: "Payment reminder", Reminder: "Payment reminder",
		Second: "Second notice", Formal: "Past-due notice", LastNote: "Past-due notice",
		FinalDemand: "Final demand", Receipt: "Payment received", PromiseConfirmation: "Agreed payment",
		BrokenPromise: "Agreed payment not received", Correction: "Correction",
	},
	locale.German: {
		Courtesy: "Kurze Nachfrage zur Rechnung", Confirm: "Kurze Nachfrage zur Rechnung",
		Statement: "Kontoübersicht", Opening: "Übersicht offener Rechnungen", Friendly: "Zahlungserinnerung",
		Reminder: "Zahlungserinnerung", Second: "2. Zahlungserinnerung", Formal: "Mahnung",
		LastNote: "Mahnung", FinalDemand: "Letzte Mahnung", Receipt: "Zahlungseingang",
		PromiseConfirmation: "Zahlungszusage", BrokenPromise: "Zugesagte Zahlung nicht eingegangen",
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
// claim is switched on as the next step.
func StepName(lang locale.Language, step Step, court bool) string {
	if step == FinalDemand && court {
		return beforeCourt[lang]
	}
	return stepNames[lang][step]
}

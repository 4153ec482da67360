package locale

import "testing"

func TestWords(t *testing.T) {
	for british, want := range map[string]string{
		"Formal reminders of today":       "Past-due notices of today",
		"by cheque in the post":           "by check in the mail",
		"Instalment plan":                 "Installment plan",
		"More time (deferral)":            "More time (extension)",
		"Credit controller":               "Collector",
		"Letter before claim":             "Final demand",
		"Please ring us or write.":        "Please call us or write.",
		"during, bring, string, spring {": "during, bring, string, spring {",
	} {
		if got := EnglishUS.Words(british); got != want {
			t.Errorf("%q is %q, want %q", british, got, want)
		}
		if got := EnglishGB.Words(british); got != british {
			t.Errorf("British English turned %q into %q", british, got)
		}
	}
}

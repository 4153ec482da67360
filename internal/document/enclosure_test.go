package document

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/document/locale"
)

// TestEnclosuresOfTheDebtProtocol: the four papers are written for the letter, carry
// what section 3 and 4 of the protocol want of them, and name nothing that no text may.
func TestEnclosuresOfTheDebtProtocol(t *testing.T) {
	m := Sample(locale.EnglishGB, FinalDemand, Individual)
	papers, err := Enclosures(m)
	if err != nil || len(papers) != 4 {
		t.Fatalf("%d papers, %v", len(papers), err)
	}
	want := map[AttachmentKind][]string{
		StatementOfAccount: {"INV-2026-0042", "£2,800.00", "£2,954.35", "£0.90 is added", "RF13 1002 3"},
		InformationSheet: {"Reply Form", "Friday 8 May 2026", "at least 30 days", "Business Debtline", "justice.gov.uk",
			"mediation", "do not answer"},
		ReplyForm: {"I agree that I owe the debt", "I do not owe it", "I owe some of it", "I do not know whether",
			"getting advice", "More time", "copy of the written agreement", "Financial Statement", "Signed", "Canal Road",
			"accounts@northgate.example", "RF13 1002 3", "30 days"},
		FinancialStatement: {"Total income", "Total spending", "owe elsewhere", "Your offer", "Standard Financial Statement"},
	}
	for _, p := range papers {
		for _, words := range want[p.Kind] {
			if !strings.Contains(squeeze(p.Text), words) || !strings.Contains(strings.ReplaceAll(visible(p.HTML), "\u00a0", " "), words) {
				t.Errorf("the %s does not say %q", p.Name, words)
			}
		}
		if word := found(m.Language, never, p.Text); word != "" {
			t.Errorf("the %s says %q", p.Name, word)
		}
		base := filepath.Join("testdata", "golden", "en-GB", "enclosures", string(p.Kind))
		compareGolden(t, base+".txt", p.Text)
		compareGolden(t, base+".html", p.HTML)
	}
	m.Variant = Standard
	if papers, err := Enclosures(m); err != nil || papers != nil {
		t.Errorf("a letter to a company has %v, %v", papers, err)
	}
}

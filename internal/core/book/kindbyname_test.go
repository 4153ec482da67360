package book

import "testing"

func TestLegalFormProposesTheKind(t *testing.T) {
	for name, want := range map[string]string{
		"Alpha Ltd": "company", "ALPHA LTD.": "company", "Beta GmbH & Co. KG": "company", "Gamma B.V.": "company",
		"Delta S.A.": "company", "Epsilon Holding AG (Schweiz)": "company", "Eta LIMITED": "company", "Theta SA": "company",
		"Smith Ltd t/a Best Cakes": "company", "Iota Vertriebs GmbH": "company", "Kappa Inc.": "company",
		"Zeta Trading Co": "unknown", "John Smith Co": "unknown", "J. Smith t/a Smith Limited": "unknown",
		"Smith Limited Editions": "unknown", "The Incorporated Baker": "unknown", "Anna Sa": "unknown",
		"ANNA SA": "unknown", "J Smith trading as Smith Ltd": "unknown",
		"Smith & Co": "unknown", "Anna Schmidt": "unknown", "AG Design Anna Gross": "unknown", "Ltd": "unknown",
		"Leeds City Council Ltd": "unknown", "": "unknown",
	} {
		if got := KindByName(name).String(); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}

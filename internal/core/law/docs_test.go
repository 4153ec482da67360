package law

import (
	"os"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
)

// TestDocsNameEverything: docs/law.md names every pack, shape, parameter value and
// level, and the day to which the tables are known.
func TestDocsNameEverything(t *testing.T) {
	data, err := os.ReadFile("../../../docs/law.md")
	if err != nil {
		t.Fatal(err)
	}
	names := append(shippedSet(t).Codes(), shapeAgreedDateElseTerm, shapeGerman286, shapeContract,
		shapeReferencePlusMargin, shapeContractOnly, shapeTiers, shapeNone, fixingLockedAtStart, fixingFloating,
		referenceDayBefore, referenceDayFirst, strings.Join(rateColumns, ","), "31 December 2026")
	for level := book.PrincipalOnly; level <= book.ClaimAll; level++ {
		names = append(names, level.String())
	}
	for _, name := range names {
		if !strings.Contains(string(data), name) {
			t.Errorf("docs/law.md does not name %s", name)
		}
	}
}

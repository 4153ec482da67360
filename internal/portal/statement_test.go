package portal

import (
	"net/http"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/money"
)

// TestTheStatement has the figures of the page, as sheets and as rows. Who has the link to
// forward gets no bank details, so no sheets.
func TestTheStatement(t *testing.T) {
	w := newWorld(t)
	p, err := w.Portal(w.ctx, w.links["C1"])
	must(t, err)
	rows := w.page(http.StatusOK, "/p/"+w.links["C1"]+"/statement.csv")
	if n := strings.Count(strings.TrimSpace(rows), "\n"); n != len(p.Items) {
		t.Errorf("%d rows for %d invoices\n%s", n, len(p.Items), rows)
	}
	sum := int64(0)
	for _, i := range p.Items {
		sum += i.Open.Minor
		if want := "," + money.FormatMinor(i.Open.Minor, 2) + ","; !strings.Contains(rows, i.Number+",") || !strings.Contains(rows, want) {
			t.Errorf("no %s with %s in\n%s", i.Number, want, rows)
		}
	}
	sheets := w.get("/p/" + w.links["C1"] + "/statement.pdf")
	if sheets.Code != http.StatusOK || !strings.HasPrefix(sheets.Body.String(), "%PDF-") {
		t.Fatalf("the sheets: %d", sheets.Code)
	}
	if got := sheets.Header().Get("Content-Disposition"); !strings.HasPrefix(got, "attachment; filename=statement-") {
		t.Errorf("disposition %q", got)
	}
	same, err := w.Statement(w.ctx, w.ids["C1"])
	must(t, err)
	if string(same.PDF) != sheets.Body.String() || "\ufeff"+string(same.CSV) != rows {
		t.Error("our people get another statement than the debtor")
	}
	if w.get("/p/"+p.Approve+"/statement.pdf").Code != http.StatusNotFound {
		t.Error("who may only approve gets the bank details")
	}
	w.page(http.StatusOK, "/p/"+p.Approve+"/statement.csv")
	if page := w.page(http.StatusOK, "/p/"+w.links["C1"]); !strings.Contains(page, "/statement.pdf") {
		t.Error("the page does not offer it")
	}
	must(t, w.SetSetting(w.ctx, tester, "", "bank.iban", "DE02120300000000202051")) // guardrail R15
	if page := w.page(http.StatusOK, "/p/"+w.links["C1"]); strings.Contains(page, "/statement.pdf") {
		t.Error("the page offers a statement with details that nobody confirmed")
	}
	w.page(http.StatusNotFound, "/p/"+w.links["C1"]+"/statement.pdf")
}

package app

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

// TestLargestAreThoseWhoBoughtMost compares the ranking, which looks only at customers to
// whom enough was ever billed, with the sums of a random ledger: invoices and credit notes
// of three years, also in another currency, of more customers than are looked at at once.
func TestLargestAreThoseWhoBoughtMost(t *testing.T) {
	const customers, n = 3*atOnce + 7, 10
	eachEngine(t, "GB", "2026-03-02", func(t *testing.T, b *ledgerBook) {
		for round := range 2 { // the second import adds to accounts that there are
			b.mustImport(randomSales(rand.New(rand.NewPCG(7, uint64(round))), customers, round), ImportRequest{})
		}
		day := cal.MustParse("2026-03-02")
		want := map[string]int64{}
		var got []string
		err := b.read(b.ctx, func(tx store.Tx) error {
			creditors, err := b.creditors(tx)
			if err != nil {
				return err
			}
			largest, err := b.largest(tx, &creditors[0], day, n)
			if err != nil {
				return err
			}
			return store.Each(tx, `SELECT c.number, i.document_kind, i.amount_minor, i.currency, i.invoice_date, c.customer_id
				FROM item i JOIN customer c ON c.tenant_id = i.tenant_id AND c.customer_id = i.customer_id
				WHERE i.tenant_id = $1 ORDER BY c.number, i.item_id`, []any{b.tenant}, func(r store.Rows) error {
				number, sign := r.Text(0), 3-2*r.Int64(1)
				if r.Text(3) == "GBP" && r.Day(4) > day.AddMonths(-12) {
					want[number] += sign * r.Int64(2)
				}
				if largest[r.Int64(5)] && !slices.Contains(got, number) {
					got = append(got, number)
				}
				return nil
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		most := make([]string, 0, len(want))
		for number := range want {
			most = append(most, number)
		}
		slices.SortFunc(most, func(x, y string) int { return cmp.Compare(want[y], want[x]) })
		most = most[:n]
		slices.Sort(most)
		if diff := gocmp.Diff(most, got); diff != "" {
			t.Errorf("the largest (-want +got):\n%s", diff)
		}
		b.sound()
	})
}

// randomSales is a ledger in which who was billed most did not buy most this year.
func randomSales(random *rand.Rand, customers, round int) string {
	var file strings.Builder
	file.WriteString("customer,name,type,number,invoice date,due date,currency,amount,open\n")
	for c := range customers {
		for k := range 4 {
			day := cal.MustParse("2023-03-10").AddDays(random.IntN(3 * 360))
			kind, amount, currency := "invoice", int64(1_000+random.IntN(9_000_000)), "GBP"
			switch random.IntN(8) {
			case 0:
				kind, amount = "credit_note", -amount/2
			case 1:
				currency = "EUR"
			}
			text := fmt.Sprintf("%d.%02d", amount/100, max(amount, -amount)%100)
			fmt.Fprintf(&file, "C%03d,Customer %d Ltd,%s,N-%d-%d-%d,%s,%s,%s,%s,%s\n", c, c, kind, c, round, k, day,
				day.AddDays(30), currency, text, text)
		}
	}
	return file.String()
}

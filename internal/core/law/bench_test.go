package law

import (
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
)

// benchClaims are claims as a daily run meets them: most with an agreed date, some
// with part payments, overdue for one to 900 days.
func benchClaims(p *Pack, n int) []Claim {
	claims := make([]Claim, n)
	end := cal.MustParse("2026-11-21")
	for i := range claims {
		c := NewClaim(p.Currency(), int64(1_000+i*7919%5_000_000))
		c.Debtor = book.DebtorKind(i % 4)
		c.DueDate = end.AddDays(-1 - i*31%900)
		c.InvoiceDate = c.DueDate.AddDays(-30)
		c.DateAgreed = book.Tri(1 + i%2)
		c.FirstDemandReceived = c.DueDate.AddDays(1)
		if i%5 == 0 {
			c.Movements = []Movement{{Day: c.DueDate.AddDays(10), DeltaMinor: -500}}
		}
		claims[i] = c
	}
	return claims
}

func benchmarkDaily(b *testing.B, code string) {
	p := packOf(b, code)
	claims := benchClaims(p, 4096)
	until := cal.MustParse("2026-11-21")
	var sum int64
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		c := &claims[i%len(claims)]
		i++
		if d, notYet := p.DefaultFrom(c, until); notYet == nil {
			interest, _ := p.Interest(c, d.FirstInterestDay, until)
			sum += interest.Minor
		}
	}
	if sum == 0 {
		b.Fatal("no interest computed")
	}
}

// BenchmarkDailyGB and BenchmarkDailyDE are default and interest of one claim, as
// the daily run asks for them.
func BenchmarkDailyGB(b *testing.B) { benchmarkDaily(b, "GB-EW") }
func BenchmarkDailyDE(b *testing.B) { benchmarkDaily(b, "DE") }

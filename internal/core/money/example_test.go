package money_test

import (
	"fmt"

	"github.com/recoup-project/recoup/internal/core/money"
)

// Interest over two half-years with different rates is rounded once.
func ExampleExact() {
	const percent = money.RateScale
	var interest money.Exact
	interest.AddSimple(10_000_00, 11*percent, 91)
	interest.AddSimple(10_000_00, 11*percent+percent/4, 30)
	cents := interest.Round(365, money.HalfUp)
	fmt.Println(money.Money{Minor: cents, Currency: "EUR"})
	// Output: 366.71 EUR
}

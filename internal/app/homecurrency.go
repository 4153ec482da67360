package app

import (
	"slices"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// HomeCountry is a country in which a company can be, as a newcomer chooses it.
type HomeCountry struct {
	Code, Name string
	Currency   money.Currency // in which its companies keep their books
}

var homeCountries = []HomeCountry{
	{"AT", "Austria", "EUR"}, {"AU", "Australia", "AUD"}, {"BE", "Belgium", "EUR"}, {"BG", "Bulgaria", "EUR"}, {"CA", "Canada", "CAD"},
	{"CH", "Switzerland", "CHF"}, {"CY", "Cyprus", "EUR"}, {"CZ", "Czechia", "CZK"}, {"DE", "Germany", "EUR"}, {"DK", "Denmark", "DKK"},
	{"EE", "Estonia", "EUR"}, {"ES", "Spain", "EUR"}, {"FI", "Finland", "EUR"}, {"FR", "France", "EUR"}, {"GB", "United Kingdom", "GBP"},
	{"GR", "Greece", "EUR"}, {"HR", "Croatia", "EUR"}, {"HU", "Hungary", "HUF"}, {"IE", "Ireland", "EUR"}, {"IT", "Italy", "EUR"},
	{"LT", "Lithuania", "EUR"}, {"LU", "Luxembourg", "EUR"}, {"LV", "Latvia", "EUR"}, {"MT", "Malta", "EUR"}, {"NL", "Netherlands", "EUR"},
	{"NO", "Norway", "NOK"}, {"NZ", "New Zealand", "NZD"}, {"PL", "Poland", "PLN"}, {"PT", "Portugal", "EUR"}, {"RO", "Romania", "RON"},
	{"SE", "Sweden", "SEK"}, {"SI", "Slovenia", "EUR"}, {"SK", "Slovakia", "EUR"}, {"US", "United States", "USD"},
}

// HomeCountries are the countries a newcomer can choose from, by name: those whose time is
// known without a region.
func HomeCountries() []HomeCountry {
	list := slices.DeleteFunc(slices.Clone(homeCountries), func(c HomeCountry) bool {
		_, err := cal.HomeZone(c.Code, "")
		return err != nil || !c.Currency.Known()
	})
	slices.SortFunc(list, func(x, y HomeCountry) int {
		if x.Name < y.Name {
			return -1
		}
		return 1
	})
	return list
}

// HomeCurrency is the currency of a country, "" if it is not one of HomeCountries.
func HomeCurrency(code string) money.Currency {
	for _, c := range HomeCountries() {
		if c.Code == code {
			return c.Currency
		}
	}
	return ""
}

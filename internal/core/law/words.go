package law

// Words name the statute of a country in one language, as they stand in a sentence.
type Words struct {
	Interest         string // the statute on interest
	WithCompensation string // the same, where the fixed sum is claimed too
	Basis            string // how the rate is built
}

const latePaymentAct = "Late Payment of Commercial Debts (Interest) Act 1998"

// words by country, in English and in German.
var words = map[string][2]Words{
	"GB": {
		{"the " + latePaymentAct, "the " + latePaymentAct, "8 points over the Bank of England base rate"},
		{"dem " + latePaymentAct, "dem " + latePaymentAct,
			"8 Prozentpunkte über dem Basissatz der Bank of England"},
	},
	"DE": {
		{"section 288(2) of the German Civil Code (BGB)", "section 288(2) and (5) of the German Civil Code (BGB)",
			"9 points over the German base rate"},
		{"§\u00a0288 Abs.\u00a02 BGB", "§\u00a0288 Abs.\u00a02 und\u00a05 BGB",
			"neun Prozentpunkte über dem Basiszinssatz"},
	},
}

// WordsOf are the words for the statute of a country, as ISO 3166 has it, in German or in
// English; zero where none ships.
func WordsOf(country string, german bool) Words {
	if german {
		return words[country][1]
	}
	return words[country][0]
}

// ContractOnly reports whether interest is owed by the contract alone: no statute gives
// any.
func (p *Pack) ContractOnly() bool { return p != nil && p.interests[0].shape == shapeContractOnly }

// DemandBegins reports whether a demand can be what puts the debtor in default.
func (p *Pack) DemandBegins() bool { return p != nil && p.defaults[0].shape == shapeGerman286 }

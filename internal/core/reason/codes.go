package reason

var refusalList = []Info{
	{UnknownRate, "The reference rate for {period} is not in the tables, so interest is stated only to {day} " +
		"or reserved in words.", "Enter the rate with its source."},
	{UnverifiedJurisdiction, "There is no verified rule for {jurisdiction}.",
		"Choose the law of the contract, or wait for a verified pack."},
	{ConsumerDebt, "The debtor is, or may be, a consumer: no business interest or compensation.",
		"State what kind of debtor it is."},
	{ContractRate, "The contract sets its own interest; it is not stacked with the statutory rate.",
		"A person confirms which rate applies."},
	{ContractDateUnproven, "The due date stands only on the invoice and is not shown to be agreed.",
		"Record that the payment date was agreed."},
	{Currency, "The debt is in {currency}, the statute's fixed sum in {statute}.",
		"A person decides on the conversion."},
	{GoverningLawUnknown, "The law of the contract is not decided.", "Choose the law of the contract."},
	{NotInDefault, "The debtor is not yet in default; default begins {day}.",
		"A clear demand, or the passing of the statutory period."},
	{TermsRateUnknown, "No signed terms with an interest rate are on file.", "Record the agreed rate."},
}

package reason

// Refusals and flags of the law packs. A refusal takes a figure or a step away;
// it never stops a message (guardrail R24).
const (
	UnknownRate            Code = "unknown_rate"
	UnverifiedJurisdiction Code = "unverified_jurisdiction"
	ConsumerDebt           Code = "consumer"
	ContractRate           Code = "contract_rate"
	ContractDateUnproven   Code = "contract_date_unproven"
	Currency               Code = "currency"
	GoverningLawUnknown    Code = "governing_law_unknown"
	NotInDefault           Code = "not_in_default"
	TermsRateUnknown       Code = "terms_rate_unknown"
)

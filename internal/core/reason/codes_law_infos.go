package reason

// Codes of the law packs that limit a figure which could be computed.
const (
	Penalty                Code = "penalty"
	CompensationOfferFirst Code = "compensation_offer_first"
)

// lawList describes them; it is part of the list of all codes.
var lawList = []Info{
	{Penalty, "The contract's rate of {rate} % is above the highest rate allowed, {cap} %.",
		"Record a rate within the cap."},
	{CompensationOfferFirst, "The fixed compensation is offered once before it is claimed.",
		"A message that offers it has been sent to this customer."},
}

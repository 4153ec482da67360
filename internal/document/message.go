package document

import (
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/document/locale"
)

// Step is the stable key of a kind of message, as strategies use it.
type Step string

// The steps that have a text. Calls and decisions are tasks and have none.
const (
	Courtesy    Step = "courtesy"     // before the due date: what falls due when
	Confirm     Step = "confirm"      // before the due date, key account: approved, in which run?
	Statement   Step = "statement"    // all open items and unapplied money, nothing demanded
	Opening     Step = "opening"      // first contact after taking over a ledger
	Friendly    Step = "friendly"     // assumes an oversight
	Reminder    Step = "reminder"     // the first reminder of the firm strategy
	Second      Step = "second"       // asks whether something is wrong
	Formal      Step = "formal"       // the formal reminder; puts in default where the law needs one
	LastNote    Step = "last_note"    // the last word on a small balance
	FinalDemand Step = "final_demand" // the demand before a claim

	Receipt             Step = "receipt"              // thank you, money arrived
	PromiseConfirmation Step = "promise_confirmation" // what was promised on the phone, in writing
	BrokenPromise       Step = "broken_promise"       // the promised day has passed
	DisputeAnswer       Step = "dispute_answer"       // what was questioned is owed: our answer
	Resumption          Step = "resumption"           // how the account stands after a long pause
	Correction          Step = "correction"           // please disregard an earlier message
)

// Steps lists every step that has a text, in the order of the ladder.
func Steps() []Step {
	return []Step{Courtesy, Confirm, Statement, Opening, Friendly, Reminder, Second, Formal, LastNote,
		FinalDemand, Receipt, PromiseConfirmation, BrokenPromise, DisputeAnswer, Resumption, Correction}
}

// Demand reports whether a message of this step asks for money that is overdue.
// Such a message has at least one item, a total above zero and a day to pay by.
func (s Step) Demand() bool {
	switch s {
	case Opening, Friendly, Reminder, Second, Formal, LastNote, FinalDemand, BrokenPromise, DisputeAnswer:
		return true
	}
	return false
}

// Tone is how hard a text speaks; the lint holds each template to its tone.
type Tone string

// The four tones, from soft to hard.
const (
	Warm    Tone = "warm"
	Neutral Tone = "neutral"
	Firm    Tone = "firm"
	Legal   Tone = "legal"
)

// Level is what a message says about interest, compensation and costs.
type Level string

// The four levels of a claim. The zero Level counts as Principal.
const (
	Principal Level = "principal" // the open invoice amounts only
	Announce  Level = "announce"  // that interest runs or will run; nothing asked for
	Offer     Level = "offer"     // the figures, not asked for if the principal arrives in time
	Claim     Level = "claim"     // principal and every head, one total
)

// DefaultGround says why, or since when, the debtor is late in the eyes of the law.
type DefaultGround string

// The grounds a message can name. NoGround says nothing about default.
const (
	NoGround     DefaultGround = ""
	AgreedDate   DefaultGround = "agreed_date"   // a payment date agreed in the contract has passed
	ThirtyDays   DefaultGround = "thirty_days"   // the statutory period after invoice and due date has passed
	EarlierAsk   DefaultGround = "earlier_ask"   // an earlier message put the debtor in default
	ThisMessage  DefaultGround = "this_message"  // this message does: it announces and never claims
	ContractTerm DefaultGround = "contract_term" // the terms of the contract govern (United States)
)

// Consequence is a step the creditor has switched on as policy and could lawfully
// take next against this debtor. A message names no other.
type Consequence string

// The consequences a shipped text can name. Credit registers, insolvency
// petitions, criminal complaints and publicity are not among them and never will be.
const (
	HoldDeliveries Consequence = "hold"   // new orders and deliveries wait
	WithdrawTerms  Consequence = "terms"  // payment in advance from now on
	Agency         Consequence = "agency" // a collection agency
	Lawyer         Consequence = "lawyer" // a lawyer
	Court          Consequence = "court"  // a money claim, or the court order procedure
)

// Forum is the place whose courts decide about the debtor: a code as the law packs
// have it. It depends neither on the language of the message nor on the law of the
// contract. A place that is not listed here is spoken of in general words.
type Forum string

// The places whose courts a text can name.
const (
	EnglandWales    Forum = "GB-EW"
	Scotland        Forum = "GB-SCT"
	NorthernIreland Forum = "GB-NIR"
	Germany         Forum = "DE"
	UnitedStates    Forum = "US"
)

// Consequences lists every consequence a text can name, from the mildest to the one
// that goes furthest.
func Consequences() []Consequence {
	return []Consequence{HoldDeliveries, WithdrawTerms, Agency, Lawyer, Court}
}

// Variant picks another text for the same step where the law asks for one.
type Variant string

// The variants of a final demand.
const (
	Standard   Variant = ""           // a company
	Individual Variant = "individual" // a natural person in business, or kind unknown
)

// Message is everything one message says, in plain values. It knows no ids and no
// domain objects. Money fields are minor units of Currency; days are civil days.
// Optional fields say so; every other field must be filled, or [Render] refuses.
type Message struct {
	// Sketch is for the person who drafts: the sender's bank details are not checked, since
	// gaps may stand in their place. A sketch must never be sent.
	Sketch bool

	Language locale.Language
	Step     Step
	Variant  Variant
	Date     cal.Date // the day the message goes out
	PayBy    cal.Date // the last day to pay, included; cal.None where the step sets none
	Currency money.Currency
	// Reference is what the customer quotes with the payment; see [RFReference].
	Reference string
	// Link is the address of the debtor's own page; optional. Nothing that a reader needs
	// stands there alone: see [Message.Creditor] and the items.
	Link string

	Creditor Creditor
	Debtor   Debtor

	Items  []Item // what the message is about, the oldest first
	NotDue []Item // for information only; never demanded, never in the total
	// AlsoOverdue is overdue and not asked for by this message: what an earlier one said
	// of it stands. Listed apart, never in the total; of a demand only.
	AlsoOverdue []Overdue
	// UnappliedMinor is money and credit in the customer's favour that is not yet
	// matched to an invoice; never negative. It reduces the total.
	UnappliedMinor int64
	// AlsoUnappliedMinor is further such money, set against AlsoOverdue.
	AlsoUnappliedMinor int64
	// CostsMinor is claimed beside interest and compensation, at level Claim only.
	CostsMinor int64
	CostsText  string // what the costs are for; needed with CostsMinor

	Claim           ClaimBasis
	EarlierMessages []Earlier // the messages about these items that went before, oldest first
	// ContractText says in one or two sentences what was agreed and delivered when.
	// Optional; without it a final demand refers to each invoice.
	ContractText string
	Consequences []Consequence // only those switched on, of a final demand the one that comes next; optional
	Forum        Forum         // whose courts, where Consequences names one
	Attachments  []Attachment  // what goes with it; optional except for a debt protocol letter
	CopiedTo     []string      // who gets a copy, for example a guarantor; optional
	SentBy       string        // "by first class post and by email"; optional

	// PersonalLine is one line of the person who sends it. Optional; plain text.
	PersonalLine string

	// Whole says that a statement leaves nothing out; Aging is its open sum by age. Both are
	// of a statement of account alone.
	Whole bool
	Aging *Aging

	Promise    *Promise  // needed by the two promise steps
	Dispute    *Dispute  // needed by dispute_answer
	Payment    *Payment  // needed by receipt
	Correction *Mistaken // needed by correction
}

// Creditor is the sender.
type Creditor struct {
	LegalName string
	Address   []string // the lines of the postal address, country last where abroad
	// What the law of the sender's country may want on a business letter. All optional
	// here: whoever fills the message knows that country.
	Register     string // the number in the register
	RegisteredIn string // the register: its court, or the part of the United Kingdom
	Office       string // the seat or registered office
	Directors    string // the managing directors, by name
	VATID        string
	Person       string // the named person who answers
	PersonRole   string // optional
	Phone        string // the number on which bank details can be verified
	ReplyTo      string // the address a reply reaches
	Bank         BankDetails
}

// BankDetails is the account to pay into, exactly as on the invoices. Either IBAN,
// or SortCode and Account (United Kingdom), or Routing and Account (United States)
// must be given; what is given is checked as far as its check digits allow.
type BankDetails struct {
	Holder         string
	Bank           string // optional
	IBAN           string
	BIC            string // optional
	SortCode       string
	Account        string
	Routing        string
	UnchangedSince cal.Date // the day since which these details have not changed
}

// Debtor is the recipient.
type Debtor struct {
	LegalName      string
	CustomerNumber string
	Address        []string // optional except for a final demand
	ContactName    string   // optional; without it the salutation is neutral
}

// Item is one open item as the message shows it.
type Item struct {
	Number      string
	PO          string   // the customer's order number; optional
	InvoiceDate cal.Date // cal.None if the ledger does not say: the column leaves it out
	DueDate     cal.Date
	// OriginalMinor − PaidMinor − HeldMinor must equal OpenMinor. PaidMinor is payments and
	// credits; HeldMinor is the open part in dispute or deferred, for which nobody is asked.
	OriginalMinor int64
	PaidMinor     int64
	HeldMinor     int64
	OpenMinor     int64
	// Level is the level of this item's own step; InterestMinor and CompensationMinor
	// count only at Offer and Claim.
	Level             Level
	InterestMinor     int64
	CompensationMinor int64
}

// Overdue is an item that is overdue and listed apart.
type Overdue struct {
	Item
	PayBy cal.Date // the day an earlier message named for it; cal.None if none did
}

// ClaimBasis is how interest and compensation are founded. Its texts are in the
// language of the message and stand inside a sentence.
type ClaimBasis struct {
	Level  Level // the highest level of the items
	Ground DefaultGround
	Partly bool   // the ground is that of some of the items only
	Law    string // the country whose law the contract is under, as ISO 3166 has it: "DE", "GB"
	// From is the first day on which the debtor is in default or, where that lies
	// ahead and Ground is NoGround, from which interest will run; cal.None if it
	// differs between the items or is not known.
	From cal.Date
	// Rule names the statute or the term of the contract, as it stands after "under"
	// and, in German, after "nach" (dative). Needed at Announce and above.
	Rule string
	// Rate is the yearly rate in words and its source. Empty if the rate is missing
	// or unverified: then the text reserves interest and shows no figure.
	Rate string
	// DailyMinor is the interest of one day on all items together; 0 if not known.
	DailyMinor int64
	// Until is the last day, included, up to which the interest figures run; it is
	// needed with figures.
	Until cal.Date
}

// Channel is how an earlier message went.
type Channel string

// The channels an earlier message can have used.
const (
	ByEmail  Channel = "email"
	ByLetter Channel = "letter"
	ByPhone  Channel = "phone"
	ByBoth   Channel = "both" // letter and email
)

// Earlier is a message that went before.
type Earlier struct {
	Day     cal.Date
	Channel Channel
	Name    string // as the customer saw it, for example "Payment reminder"
	// About are the numbers of the items of this message that it was about; none: all.
	About []string
}

// AttachmentKind says what an attachment is for, where a text depends on it.
type AttachmentKind string

// The kinds of attachment a text can depend on.
const (
	OtherFile          AttachmentKind = ""
	ItemsList          AttachmentKind = "items_list" // every item as a table, see [ItemsCSV]
	StatementOfAccount AttachmentKind = "statement"
	InformationSheet   AttachmentKind = "information_sheet"   // of the English debt protocol
	ReplyForm          AttachmentKind = "reply_form"          // of the English debt protocol
	FinancialStatement AttachmentKind = "financial_statement" // of the English debt protocol
)

// Attachment is a file or an enclosure that goes with the message. Its bytes, or its
// paper, travel elsewhere: who lists it here answers for its being there.
type Attachment struct {
	Name string // as the reader sees it
	Kind AttachmentKind
}

// ProtocolEnclosures are the four papers that the English debt protocol wants with a
// letter of claim, for the message that is posted together with them. Without all
// four, [Render] refuses the letter.
func ProtocolEnclosures() []Attachment {
	return []Attachment{
		{Name: "statement of account", Kind: StatementOfAccount},
		{Name: "Information Sheet", Kind: InformationSheet},
		{Name: "Reply Form", Kind: ReplyForm},
		{Name: "Financial Statement form", Kind: FinancialStatement},
	}
}

// Aging is what is open by days after the due date, unapplied money not counted.
type Aging struct{ NotDueMinor, To30Minor, To60Minor, To90Minor, OverMinor int64 }

// Promise is what the customer said they would pay.
type Promise struct {
	AmountMinor  int64
	Day          cal.Date // the promised day
	MadeOn       cal.Date // the day the promise was made
	MadeBy       string   // who made it; optional
	Method       string   // how they will pay; optional
	ArrivedMinor int64    // what came in since, for a broken promise
}

// Dispute is what the customer questioned and we have decided.
type Dispute struct {
	RaisedOn cal.Date // cal.None where the items were questioned on different days
}

// Payment is money that arrived.
type Payment struct {
	AmountMinor int64
	Day         cal.Date // the value day
	Reference   string   // what the customer wrote; optional
	Numbers     []string // the invoices it settled or reduced
}

// Mistaken is the message a correction takes back.
type Mistaken struct {
	Day  cal.Date
	Name string // as the customer saw it
	Why  string // one sentence that says what was wrong; optional
}

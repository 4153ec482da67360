package strategy

import (
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/money"
)

// Stage orders steps over all strategies: equal step, equal stage. Calls and
// questions have none.
type Stage int8

// Stages.
const (
	NoStage     Stage = -1
	StageNotice Stage = 0 // courtesy, confirm, statement
	StageFirst  Stage = 1 // friendly, reminder, opening
	StageSecond Stage = 2
	StageFormal Stage = 3 // formal, last_note
	StageFinal  Stage = 4 // final_demand
	StageDecide Stage = 5
)

// Opening is the step that takes the place of the first reminder when a ledger is
// taken over; Statement the monthly statement of a key account; Decide the question at
// the end of a ladder.
const (
	Opening   = "opening"
	Statement = "statement"
	Decide    = "decide"
)

// StageOf is the stage of a step key, of which this is the closed list; ok is false
// for a key that does not exist.
func StageOf(step string) (stage Stage, ok bool) {
	switch step {
	case "courtesy", "confirm", Statement:
		return StageNotice, true
	case "friendly", "reminder", Opening:
		return StageFirst, true
	case "second":
		return StageSecond, true
	case "formal", "last_note":
		return StageFormal, true
	case "final_demand":
		return StageFinal, true
	case Decide:
		return StageDecide, true
	case "call_1", "call_2", "exec_call", "ask_owner":
		return NoStage, true
	}
	return 0, false
}

// Kind says what a step makes: a message to the debtor, a call or another task
// for a person.
type Kind string

// Kinds of steps.
const (
	KindMessage Kind = "message"
	KindCall    Kind = "call"
	KindTask    Kind = "task"
)

// Tone of a message.
type Tone string

// Tones; the lint of the templates knows what each must not say.
const (
	Warm    Tone = "warm"
	Neutral Tone = "neutral"
	Firm    Tone = "firm"
	Legal   Tone = "legal"
)

// Approval says who lets a step out.
type Approval string

// Approvals. AutoOK may go by itself once the user has switched automatic mode on
// for this step; Ask is always released in the preview; Person one by one.
const (
	AutoOK Approval = "auto_ok"
	Ask    Approval = "ask"
	Person Approval = "person"
)

// Step is one rung of a ladder. Amounts are in whole currency units of the
// creditor's or item's currency.
type Step struct {
	Key  string `json:"key"`
	Kind Kind   `json:"kind"`

	// FromDueDays is the earliest day, counted in calendar days from the due date
	// (negative: before). Absent: only after the previous step.
	FromDueDays *int `json:"from_due_days,omitempty"`
	// MonthlyBusinessDay makes the step recur on that business day of each month.
	MonthlyBusinessDay int `json:"monthly_business_day,omitempty"`

	Channels  []book.Channel `json:"channels,omitempty"`   // all of them are used
	PostFrom  int64          `json:"post_from,omitempty"`  // also by post from this sum, or when email was not served
	NoEmail   book.Channel   `json:"no_email,omitempty"`   // the channel when there is no working address
	CountFrom book.Channel   `json:"count_from,omitempty"` // the channel whose dispatch starts the deadline
	Reply     bool           `json:"reply,omitempty"`      // an email answers the last one about the same items
	Tone      Tone           `json:"tone,omitempty"`       // of its text, which must be able to have it
	To        []book.Role    `json:"to,omitempty"`
	Copy      []book.Role    `json:"copy,omitempty"`

	DeadlineDays int    `json:"deadline_days,omitempty"` // 0: the step names no deadline
	DeadlineDue  bool   `json:"deadline_due,omitempty"`  // the deadline is the due date
	Level        string `json:"level,omitempty"`         // wished claim level
	FirstLevel   string `json:"first_level,omitempty"`   // instead, if never claimed from this customer before

	Approval     Approval `json:"approval"`
	ApprovalRole string   `json:"approval_role,omitempty"`
	WaitDays     int      `json:"wait_days,omitempty"` // task: business days after which the ladder goes on
	Required     bool     `json:"required,omitempty"`  // never skipped, and no softer step counts for it

	MinItem     int64  `json:"min_item,omitempty"`        // item's open sum; smaller: the step is skipped
	MinOpen     int64  `json:"min_open,omitempty"`        // item's open sum; smaller: no message of its own
	MinPercent  int    `json:"min_percent,omitempty"`     // of the invoice; smaller: no message of its own
	MinTotal    int64  `json:"min_total,omitempty"`       // overdue total in the currency; smaller: no message of its own
	SkipBelow   int64  `json:"skip_below,omitempty"`      // overdue total; smaller: the step is skipped
	SkipOnTime  int    `json:"skip_on_time,omitempty"`    // skipped when that many latest items were paid on time
	NewInvoices int    `json:"new_invoices,omitempty"`    // MinItem does not count for the first n invoices of a new customer, nor where a PO is required
	NotWithin   int    `json:"not_within_days,omitempty"` // not when the invoice is younger than n calendar days
	Apart       int    `json:"apart_days,omitempty"`      // at most one such step per customer in n calendar days
	Proposes    string `json:"proposes,omitempty"`        // a further proposal to a person, e.g. "credit_hold"
}

// Stage is the step's stage.
func (s *Step) Stage() Stage { st, _ := StageOf(s.Key); return st }

// WishedLevel is the claim level the strategy asks for.
func (s *Step) WishedLevel(claimedBefore bool) book.Level {
	name := s.Level
	if !claimedBefore && s.FirstLevel != "" {
		name = s.FirstLevel
	}
	level, _ := book.ParseLevel(name)
	return level
}

// ByPost reports whether a message of the step that asks for a sum goes by post, also
// where a mail goes.
func (s *Step) ByPost(minor int64, c money.Currency) bool {
	return slices.Contains(s.Channels, book.Letter) || (s.PostFrom > 0 && minor >= Minor(s.PostFrom, c))
}

// BeforeDue reports whether the step is only for items not yet due.
func (s *Step) BeforeDue() bool { return s.FromDueDays != nil && *s.FromDueDays < 0 }

// Skipped reports whether the strategy passes the step by where so little is overdue in a
// currency.
func (s *Step) Skipped(overdueMinor int64, c money.Currency) bool {
	return s.SkipBelow > 0 && overdueMinor < Minor(s.SkipBelow, c)
}

// Strategy is one ladder.
type Strategy struct {
	Key     string `json:"key"`
	Version int    `json:"version"`
	Name    string `json:"name"`
	Steps   []Step `json:"steps"`

	index map[string]int
}

// Index is the position of a step key in the ladder, -1 if it has none.
func (s *Strategy) Index(step string) int {
	if i, ok := s.index[step]; ok {
		return i
	}
	return -1
}

// Policy holds the values that all strategies of a creditor share. Amounts are
// in whole currency units.
type Policy struct {
	GraceBankingDays      int              `json:"grace_banking_days"`
	GapBusinessDays       int              `json:"gap_business_days"`
	ContactsPerWeek       int              `json:"contacts_per_week"`
	SmallBalance          int64            `json:"small_balance"`
	SmallBalanceByCountry map[string]int64 `json:"small_balance_by_country"` // creditor's country
	KeyAccountsTop        int              `json:"key_accounts_top"`
	NewRelationshipMonths int              `json:"new_relationship_months"`
	OnTimeItems           int              `json:"on_time_items"` // gentle: paid items needed to call a year "on time"
	FirmLatenessDays      int              `json:"firm_lateness_days"`
	FirmItems             int              `json:"firm_items"`
	FirmBackItems         int              `json:"firm_back_items"` // back to standard after n items in a row …
	FirmBackDays          int              `json:"firm_back_days"`  // … paid within this many days of due
	BrokenPromises        int              `json:"broken_promises"`
	BrokenPromisesDays    int              `json:"broken_promises_days"`
	OpeningDeadlineDays   int              `json:"opening_deadline_days"`
	ReportedDeadlineDays  int              `json:"reported_deadline_days"` // deadline assumed of a reminder sent before the book was kept
	BacklogPerDay         int              `json:"backlog_per_day"`
	BacklogPercent        int              `json:"backlog_percent"`
	ReviewAfterDays       int              `json:"review_after_days"` // taken-over items older than this wait for a person's look
	// After an interruption: the new date after a broken promise, the fresh deadline
	// after a dispute decided for us, and the silence after which a pause, plan or
	// deferral ends with a statement first.
	BrokenPromiseBusinessDays int `json:"broken_promise_business_days"`
	DisputeAnswerDays         int `json:"dispute_answer_days"`
	ResumptionAfterDays       int `json:"resumption_after_days"`
	// DeferralMonths is how much more time may be given without a person who says that it is
	// beyond the policy: by a deferral, or by putting a message off.
	DeferralMonths int `json:"deferral_months"`
	// What is left of an invoice is a residue up to the least of the tolerance, its share
	// of the invoice and the most that a tolerance may be; small balances are proposed for
	// write-off up to the batch limit.
	Tolerance         int64 `json:"tolerance"`
	TolerancePermille int64 `json:"tolerance_permille"`
	ToleranceMost     int64 `json:"tolerance_most"`
	WriteOffBatch     int64 `json:"write_off_batch"`

	CompensationMaxPercent int      `json:"compensation_max_percent"`
	Consequences           []string `json:"consequences"`        // steps the creditor has switched on as its policy
	FreshFormalDays        int      `json:"fresh_formal_days"`   // business days
	FreshFriendlyDays      int      `json:"fresh_friendly_days"` // calendar days
	BrakeFactor            int      `json:"brake_factor"`
	// Thresholds is what the creditor set in place of sums that stand in the steps.
	Thresholds Thresholds `json:"-"`
}

// ResidueLimit is the most that may be left of an invoice of this amount to be a residue,
// which is never chased; 0 where nothing is.
func (p *Policy) ResidueLimit(amountMinor int64, c money.Currency) int64 {
	share := money.Percent(amountMinor, money.Rate(p.TolerancePermille)*money.RateScale/10, money.Down)
	return min(Minor(p.Tolerance, c), share, Minor(p.ToleranceMost, c))
}

// Overlay changes steps for the debtor's place.
type Overlay struct {
	Country string `json:"country"`
	// DeadlineDays of a step for natural persons in business and unknown kinds.
	NaturalPersonDeadlineDays map[string]int `json:"natural_person_deadline_days,omitempty"`
	// NaturalPersonPack names the enclosures that such a letter carries.
	NaturalPersonPack map[string][]string `json:"natural_person_pack,omitempty"`
	// Dispatch is how a step's letter is posted, for people.
	Dispatch map[string]string `json:"dispatch,omitempty"`
	// MessengerFrom is the sum from which a messenger with a signed note is asked for.
	MessengerFrom int64  `json:"messenger_from,omitempty"`
	Messenger     string `json:"messenger,omitempty"` // what the messenger does, for people
}

// Minor converts whole units of a policy value into minor units of a currency.
func Minor(units int64, c money.Currency) int64 {
	for range c.Exponent() {
		units *= 10
	}
	return units
}

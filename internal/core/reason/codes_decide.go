package reason

// Why nothing goes out today, or why a thing is done otherwise than wished.
const (
	NotDue           Code = "not_due"
	StepDay          Code = "step_day_not_reached"
	DeadlineRunning  Code = "deadline_running"
	MessageUnderway  Code = "message_underway"
	OutcomeUnknown   Code = "outcome_unknown"
	NotServed        Code = "not_served"
	TaskOpen         Code = "task_open"
	Gap              Code = "gap"
	CapDay           Code = "cap_day"
	CapWeek          Code = "cap_week"
	CapCourtesy      Code = "cap_courtesy"
	NotSendDay       Code = "not_send_day"
	BelowMinimum     Code = "below_minimum"
	InCredit         Code = "in_credit"
	NoDueDate        Code = "no_due_date"
	NoContact        Code = "no_contact"
	NoPostalAddress  Code = "no_postal_address"
	MailRefused      Code = "mail_refused"
	NoStrategy       Code = "no_strategy"
	ItemSettled      Code = "item_settled"
	OnlyCredit       Code = "only_credit"
	Overtaken        Code = "overtaken"
	StepLeftOut      Code = "step_left_out"
	EarlierStep      Code = "earlier_step"
	LadderEnded      Code = "ladder_ended"
	KindUnconfirmed  Code = "kind_unconfirmed"
	FallbackContact  Code = "fallback_contact"
	LowerLevel       Code = "lower_level"
	CompensationCap  Code = "compensation_cap"
	CalendarUnknown  Code = "calendar_unknown"
	Settled          Code = "settled"
	KeyWithoutOwner  Code = "key_account_without_owner"
	SenderIncomplete Code = "sender_incomplete"
	PostBy           Code = "post_by"
	Residue          Code = "residue"
	WriteOffProposed Code = "write_off_proposed"

	Disputed       Code = "disputed"
	Promised       Code = "promised"
	Deferred       Code = "deferred"
	PlanRunning    Code = "plan_in_good_standing"
	Placed         Code = "placed"
	InCourt        Code = "in_court"
	Insolvency     Code = "insolvency"
	Moratorium     Code = "moratorium"
	Paused         Code = "paused"
	UnreadReply    Code = "unread_reply"
	AlreadyPaid    Code = "already_paid"
	PendingPayment Code = "pending_payment"
	Undelivered    Code = "undelivered"
	Review         Code = "review_old_item"
)

// What the run and the gate add: they look across customers and at the last second.
const (
	BacklogSpread    Code = "backlog_spread"
	CashStale        Code = "cash_stale"
	Brake            Code = "brake"
	RunUnfinished    Code = "run_unfinished"
	ObserveMode      Code = "observe_mode"
	CustomerObserved Code = "customer_observed"
	NotAutomatic     Code = "not_automatic"
	CorrectionOpen   Code = "correction_open"
	AlreadyPlanned   Code = "already_planned"
	Changed          Code = "changed_since_approval"
	Paid             Code = "paid_since_planning"
	QuietHours       Code = "quiet_hours"
	TextExpired      Code = "text_expired"
	AddressGone      Code = "address_gone"
	NotArmed         Code = "not_armed"
	NoTestMessage    Code = "no_test_message"
	TotalUnproven    Code = "total_unconfirmed"
	BankChanged      Code = "bank_changed"
	NotApproved      Code = "not_approved"
	EnclosuresOpen   Code = "enclosures_unconfirmed"
	VoidedByPerson   Code = "voided_by_person"
	RefusedByPerson  Code = "refused_by_person"
	MessageEnded     Code = "message_ended"
	RefusedByServer  Code = "refused_by_server"
	Faulty           Code = "faulty"
)

var decideList = []Info{
	{NotDue, "Due on {due}; a note about it can go out from {day}.", "The due date passes."},
	{StepDay, "The next step, {step}, goes out from {day}.", "The day comes."},
	{DeadlineRunning, "{step} gave until {pay by}; with the days of grace the next step, {next}, can go out " +
		"from {day}.", "The deadline passes, or payment."},
	{MessageUnderway, "{step} is on its way and counts as received only a day after it was sent.",
		"The message is served."},
	{OutcomeUnknown, "Nobody knows whether {step} left: the connection broke at the last byte.",
		"A person finds out and records it."},
	{NotServed, "{step} has not reached the customer.", "The message is sent by another way."},
	{TaskOpen, "{step} waits for a person until {day}; then the ladder goes on.",
		"The task is done, or its waiting time is over."},
	{Gap, "The last message went out on {last}; the next may go out from {day}.",
		"The gap between two messages passes."},
	{CapDay, "A customer is contacted once a day, and something else comes first or has gone today.", "The next day."},
	{CapWeek, "The customer was contacted {n} times in seven days; the next contact can be on {day}.",
		"A contact falls out of the week."},
	{CapCourtesy, "A courtesy note went out on {last}; the next can go out from {day}.",
		"The days between two courtesy notes pass."},
	{NotSendDay, "No messages go out on this day; the next send day is {day}.", "The next send day."},
	{BelowMinimum, "{open} is too little for a message of its own; it is listed when another goes out.",
		"The amount grows, or another message goes out."},
	{InCredit, "Money or credits not yet matched cover what is overdue.",
		"The credit is set against the items."},
	{NoDueDate, "The item has no due date, so nothing is demanded.", "Enter the due date."},
	{NoContact, "There is no working address to write to.", "Add a contact or a postal address."},
	{NoPostalAddress, "{step} goes by post and there is no postal address.", "Add the postal address."},
	{MailRefused, "A mail server refused the last mail to this customer; no other goes there until a person " +
		"has looked.",
		"The task about it is done, or a postal address is added."},
	{NoStrategy, "No strategy applies: {why}.", "The kind or the flags of the customer change."},
	{ItemSettled, "Nothing of the item is open.", "What settled it is taken back."},
	{OnlyCredit, "{amount} of the customer's money or credit is not set against anything, " +
		"and nothing is open in its currency.",
		"It is paid back, or set against a new item."},
	{Overtaken, "{step} was not done in time, and {later} came after it.", "Nothing."},
	{EarlierStep, "{step} comes after {earlier}, which was taken back or not told yet.", "{earlier} is told."},
	{StepLeftOut, "The strategy {strategy} has no {step} for what is overdue now.",
		"The amount or the strategy changes."},
	{KindUnconfirmed, "That the customer is a {kind} was only guessed from its name, so the rules for a " +
		"natural person apply.",
		"A person confirms the kind."},
	{LadderEnded, "All steps are done; a person decides what comes next.", "A decision is recorded."},
	{FallbackContact, "There is no working address of a {wanted}; the message goes to the {role}.",
		"Add the contact."},
	{LowerLevel, "{wished} was lowered to {level}: {why}.", "The facts that the law asks for."},
	{CompensationCap, "Compensation would be more than {percent} % of the principal, so it is announced and " +
		"not asked for.", "A person lifts the cap."},
	{CalendarUnknown, "Public holidays of {region} are not known for that year; only weekends were left out.",
		"Bring the calendar up to date."},
	{PostBy, "The letter goes {how}.", "It is posted."},
	{Residue, "{open} is left of the invoice, no more than {limit}: it is not chased, and a person is asked " +
		"to write it off.", "It is written off or paid."},
	{WriteOffProposed, "{total} is due in all, no more than {limit}: a person is asked to write it off.",
		"It is written off or paid, or more falls due."},
	{Settled, "Nothing is open.", "A new item."},
	{KeyWithoutOwner, "One of the largest customers has no account owner, so it is not handled as a key account.", "Name the account owner."},
	{SenderIncomplete, "The creditor's details lack {field}, which every message must carry.",
		"Complete the creditor's details."},

	{Disputed, "Disputed since {from}.", "The dispute is decided."},
	{Promised, "Payment was promised by {until}.", "The promise is kept or its day passes."},
	{Deferred, "More time was given until {until}.", "The time passes."},
	{PlanRunning, "An instalment plan is in good standing.", "An instalment is missed, or the plan ends."},
	{Placed, "Placed with an agency or lawyer since {from}.", "It is recalled."},
	{InCourt, "In court since {from}.", "The proceedings end."},
	{Insolvency, "Insolvency proceedings since {from}: no message at all.", "The proceedings end."},
	{Moratorium, "A statutory moratorium runs until {until}: no contact at all.", "The moratorium ends."},
	{Paused, "Paused until {until}.", "The pause ends."},
	{UnreadReply, "A reply of {from} has not been read.", "Somebody reads it."},
	{AlreadyPaid, "The customer says it is paid; until {until} the bank is looked at first.",
		"The payment is found, or the days pass."},
	{PendingPayment, "A payment is under way until {until}.", "It arrives or fails."},
	{Undelivered, "The invoice was never delivered or came back as faulty.", "A correct invoice is delivered."},
	{Review, "The item was long overdue when the ledger was taken over; a person looks at it first.",
		"The review is ended."},

	{BacklogSpread, "The ledger was taken over; first contacts are spread, and this customer's turn comes later.", "Its turn comes."},
	{CashStale, "Cash is known only up to {day}, which is too old for this step.",
		"A bank statement, a complete list, or a person who looked at the bank."},
	{Brake, "The run would send {n} messages, more than the brake allows ({limit}).",
		"A person releases the brake with a reason."},
	{RunUnfinished, "The run that planned it has not ended.", "The run ends, or is made again."},
	{ObserveMode, "The book only observes: drafts are made and nothing leaves.", "Switch to ask first."},
	{CustomerObserved, "The customer is only observed: drafts are made and nothing leaves.",
		"The customer's own mode is taken away."},
	{NotAutomatic, "It no longer goes out by itself; the same message is proposed.",
		"A person releases the proposal."},
	{CorrectionOpen, "A message was taken back and its correction has not left: nothing else goes out before it.", "The correction is released and sent, or rejected."},
	{AlreadyPlanned, "The message is released already, or on its way.", "Nothing."},
	{Changed, "What it says or to whom it goes changed after the release.", "It is decided again."},
	{Paid, "It was paid or credited after the message was planned.", "Nothing: no message."},
	{QuietHours, "It is outside the hours in which messages go out; the next are from {time}.",
		"The hours come."},
	{TextExpired, "The text was made for {day} and is not sent later.", "It is decided again."},
	{AddressGone, "The address no longer works.", "Another address."},
	{NotArmed, "This copy of the book has not been armed, so it sends nothing.", "A person arms it."},
	{NoTestMessage, "No test message has reached your own mailbox yet.", "Send a test message."},
	{TotalUnproven, "The imported total has not been confirmed against the bookkeeping.", "Confirm the total."},
	{BankChanged, "The account that customers pay into was changed: nothing leaves until another person " +
		"confirms it, or three days have passed, and a test message has been sent since.",
		"Another person sets bank.unchanged_since, or the three days pass; and a test message is sent."},
	{NotApproved, "Nobody has released it.", "A person releases it."},
	{EnclosuresOpen, "The letter goes with {papers}, and nobody has said that they were enclosed.",
		"Say with the posting that they were enclosed."},
	{VoidedByPerson, "A person took it back.", "Nothing."},
	{RefusedByPerson, "A person refused it.", "Nothing: the customer is decided again the next day."},
	{MessageEnded, "The message is {state}; nothing about it can be changed any more.", "Nothing."},
	{RefusedByServer, "The mail server refused it: {answer}.", "Another address."},
	{Faulty, "A fault of the program or of the stored data keeps it back: {fault}. It is tried again.",
		"The fault is mended."},
}

package strategy

import "github.com/recoup-project/recoup/internal/core/book"

// Notes are messages of the engine, not of a ladder: what is said first when
// something that held the ladder has ended. Then the step that was next goes on. A
// strategy cannot name them, and they are always released by a person.
const (
	BrokenPromise = "broken_promise" // the promised day has passed: one new date
	DisputeAnswer = "dispute_answer" // a dispute was decided for us: a fresh deadline
	Resumption    = "resumption"     // after a long pause, plan or deferral: how the account stands
)

// Correction is the step of the message that takes an earlier one back.
const Correction = "correction"

// notes, the most urgent first.
var notes = []Step{
	note(BrokenPromise, book.PrincipalOnly),
	note(DisputeAnswer, book.PrincipalOnly),
	note(Resumption, book.NoClaim),
}

func note(key string, level book.Level) Step {
	return Step{Key: key, Kind: KindMessage, Channels: []book.Channel{book.Email}, NoEmail: book.Letter,
		Tone: Neutral, To: []book.Role{book.AccountsPayable}, Level: level.String(), Approval: Ask}
}

// Note is the note with that key, nil if there is none. Its rank is 0 for the most
// urgent; of several that are due the one of the lowest rank goes first.
func Note(key string) (step *Step, rank int) {
	for i := range notes {
		if notes[i].Key == key {
			return &notes[i], i
		}
	}
	return nil, len(notes)
}

// IsNote reports whether a step is a note.
func IsNote(step string) bool {
	return step == BrokenPromise || step == DisputeAnswer || step == Resumption
}

// NoteStage is the stage of every note's message. It never moves the position of an item.
const NoteStage = StageFirst

// Uncounted reports whether a message of a step starts no gap and counts as no
// contact: the monthly statement, and the answer to what the customer questioned. The
// statement after a pause is, like the opening one, a message like any other.
func Uncounted(step string) bool { return step == Statement || step == DisputeAnswer }

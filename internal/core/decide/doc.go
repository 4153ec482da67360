// Package decide holds the two pure functions of the program. [Decider.Decide]
// turns an account's facts, the strategies, the law and a day into actions and
// reasons; [Decider.Gate] looks once more at the last second before a message
// leaves. Preview, run, explain, calendar and simulation are the first function
// with other arguments.
//
// It must never read a clock, a database or a setting that is not handed in, and
// the same arguments must always give the same answer.
package decide

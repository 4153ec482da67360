// Package reason is the closed list of reason codes: why something was decided,
// held, stopped or refused. Decide, the gate, quiet hours, providers and the law
// packs all draw from it, so that one question ("why?") has one answer.
//
// A code is public: it may be retired, never renamed or reused. A [Reason] cannot
// be built without saying until when it holds ([OnDay] or [UntilFact]).
package reason

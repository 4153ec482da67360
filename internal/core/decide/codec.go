package decide

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/core/strategy"
)

// The stored forms. They are compact JSON written by hand, because the daily run
// writes one per customer, and read back with encoding/json. Fields are only added.

// AppendFigures appends what an approval binds: the lines, the credit taken off, the
// total and the interest of a further day of a message, the law it claims by, and the
// kind and language of the debtor that it is written for.
func AppendFigures(dst []byte, act *Action) []byte {
	dst = append(dst, `{"v":1,"credit":`...)
	dst = strconv.AppendInt(dst, act.CreditMinor, 10)
	dst = append(dst, `,"total":`...)
	dst = strconv.AppendInt(dst, act.TotalMinor, 10)
	if act.DailyMinor != 0 {
		dst = append(dst, `,"daily":`...)
		dst = strconv.AppendInt(dst, act.DailyMinor, 10)
	}
	if len(act.Copy) > 0 {
		dst = append(dst, `,"copy":[`...)
		for i, id := range act.Copy {
			dst = strconv.AppendInt(comma(dst, i), id, 10)
		}
		dst = append(dst, ']')
	}
	for _, word := range [...][2]string{{"law", act.Law}, {"kind", act.Debtor.String()},
		{"language", act.Language}} {
		if word[1] != "" {
			dst = append(append(append(dst, `,"`...), word[0]...), `":"`...)
			dst = append(append(dst, word[1]...), '"')
		}
	}
	dst = append(dst, `,"lines":[`...)
	for i := range act.Lines {
		l := &act.Lines[i]
		alike := i > 0 && l.Step == act.Lines[i-1].Step && l.Level == act.Lines[i-1].Level
		dst = appendLine(comma(dst, i), l, alike)
	}
	return append(dst, `]}`...)
}

// appendLine writes [item,open,"step","level"] and, where a claim is stated, the
// further elements interest, compensation, "interest from", rate, "ground".
// Step and level are left out of a line that has those of the line before.
func appendLine(dst []byte, l *Line, alike bool) []byte {
	dst = append(dst, '[')
	dst = strconv.AppendInt(dst, l.Item, 10)
	dst = append(dst, ',')
	dst = strconv.AppendInt(dst, l.OpenMinor, 10)
	if !alike {
		dst = append(dst, `,"`...)
		dst = append(dst, l.Step...)
		dst = append(dst, `","`...)
		dst = append(dst, l.Level.String()...)
		dst = append(dst, '"')
	}
	if l.Level >= book.Announce {
		for _, v := range [2]int64{l.InterestMinor, l.CompensationMinor} {
			dst = append(dst, ',')
			dst = strconv.AppendInt(dst, v, 10)
		}
		dst = append(dst, `,"`...)
		if l.InterestFrom.Valid() {
			dst = l.InterestFrom.Append(dst)
		}
		dst = append(dst, `",`...)
		dst = strconv.AppendInt(dst, int64(l.Rate), 10)
		dst = append(dst, `,"`...)
		dst = append(dst, l.Ground...)
		dst = append(dst, '"')
	}
	return append(dst, ']')
}

// Figures are the stored lines of a message.
type Figures struct {
	CreditMinor int64
	TotalMinor  int64
	DailyMinor  int64   // interest of a further day
	Copy        []int64 // contacts who get a copy
	Law         string  // by which it claims, "" if it claims the principal only
	Kind        string  // of the debtor for whom it was made
	Language    string
	Lines       []Line
}

// Heads are what a message states, by head of claim, in minor units. What it offers to
// waive if the principal arrives in time is apart from what it claims.
type Heads struct {
	Principal                            int64 // after unapplied credit
	Interest, Compensation               int64
	OfferedInterest, OfferedCompensation int64
}

// Claimed is the sum of what is asked for.
func (h *Heads) Claimed() int64 {
	return money.AddMinor(money.AddMinor(h.Principal, h.Interest), h.Compensation)
}

// Heads sums the lines.
func (f *Figures) Heads() Heads {
	h := Heads{Principal: f.TotalMinor}
	for i := range f.Lines {
		switch l := &f.Lines[i]; l.Level {
		case book.ClaimAll:
			h.Interest = money.AddMinor(h.Interest, l.InterestMinor)
			h.Compensation = money.AddMinor(h.Compensation, l.CompensationMinor)
		case book.Offer:
			h.OfferedInterest = money.AddMinor(h.OfferedInterest, l.InterestMinor)
			h.OfferedCompensation = money.AddMinor(h.OfferedCompensation, l.CompensationMinor)
		}
	}
	return h
}

// ParseFigures reads what AppendFigures wrote.
func ParseFigures(b []byte) (Figures, error) {
	var raw struct {
		V        int          `json:"v"`
		Credit   int64        `json:"credit"`
		Total    int64        `json:"total"`
		Daily    int64        `json:"daily"`
		Copy     []int64      `json:"copy"`
		Law      string       `json:"law"`
		Kind     string       `json:"kind"`
		Language string       `json:"language"`
		Lines    []storedLine `json:"lines"`
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return Figures{}, fmt.Errorf("figures: %w", err)
	}
	if raw.V != 1 {
		return Figures{}, fmt.Errorf("figures: version %d is not known", raw.V)
	}
	f := Figures{CreditMinor: raw.Credit, TotalMinor: raw.Total, DailyMinor: raw.Daily, Copy: raw.Copy,
		Law: raw.Law, Kind: raw.Kind, Language: raw.Language, Lines: make([]Line, len(raw.Lines))}
	for i := range raw.Lines {
		f.Lines[i] = raw.Lines[i].Line
		if !raw.Lines[i].alike {
			continue
		}
		if i == 0 {
			return Figures{}, fmt.Errorf("figures: the first line has no step")
		}
		f.Lines[i].Step, f.Lines[i].Level = f.Lines[i-1].Step, f.Lines[i-1].Level
	}
	return f, nil
}

// storedLine reads what appendLine wrote. None of its texts holds a comma or a quote.
type storedLine struct {
	Line
	alike bool // step and level are those of the line before
}

// UnmarshalJSON implements json.Unmarshaler.
func (l *storedLine) UnmarshalJSON(b []byte) (err error) {
	parts := strings.Split(strings.TrimSuffix(strings.TrimPrefix(string(b), "["), "]"), ",")
	number := func(i int) (n int64) {
		if err == nil {
			n, err = strconv.ParseInt(parts[i], 10, 64)
		}
		return n
	}
	text := func(i int) string { return strings.Trim(parts[i], `"`) }
	known := true
	switch len(parts) {
	case 2, 7:
		l.alike = true
		parts = slices.Insert(parts, 2, "", "none")
		fallthrough
	case 4, 9:
		l.Line = Line{Item: number(0), OpenMinor: number(1), Step: text(2), InterestFrom: cal.None}
		l.Level, known = book.ParseLevel(text(3))
	default:
		return fmt.Errorf("line %s: %d elements, expected 2, 4, 7 or 9", b, len(parts))
	}
	if len(parts) == 9 {
		l.InterestMinor, l.CompensationMinor = number(4), number(5)
		l.InterestFrom = cal.ParseBytes([]byte(text(6)))
		l.Rate, l.Ground = money.Rate(number(7)), text(8)
	}
	switch {
	case err != nil:
	case !known:
		err = fmt.Errorf("line %s: level %q", b, text(3))
	case len(parts) == 9 && text(6) != "" && !l.InterestFrom.Valid():
		err = fmt.Errorf("line %s: day %q", b, text(6))
	}
	return err
}

// AppendPayload appends the stored form of a decision: its actions and reasons.
// Two decisions with equal payloads, strategy and next look are the same decision.
func AppendPayload(dst []byte, d *Decision) []byte {
	dst = append(dst, `{"v":1,"strategies":[`...)
	for i, c := range d.Strategies {
		dst = comma(dst, i)
		dst = append(dst, '[')
		dst = strconv.AppendQuote(dst, string(c.Currency))
		dst = append(dst, ',')
		dst = strconv.AppendQuote(dst, c.Strategy)
		dst = append(dst, ',')
		dst = strconv.AppendInt(dst, int64(c.Version), 10)
		dst = append(dst, ',')
		dst = appendJSONString(dst, c.Why)
		dst = append(dst, ']')
	}
	dst = append(dst, ']')
	if d.Law != "" {
		dst = append(dst, `,"law":`...)
		dst = appendJSONString(dst, d.Law)
	}
	dst = append(dst, `,"actions":[`...)
	for i := range d.Actions {
		dst = comma(dst, i)
		dst = appendAction(dst, &d.Actions[i], d.Day)
	}
	dst = append(dst, `],"reasons":[`...)
	dst = appendReasons(dst, d.Reasons)
	return append(dst, `]}`...)
}

func comma(dst []byte, i int) []byte {
	if i > 0 {
		return append(dst, ',')
	}
	return dst
}

// appendAction writes the day of a message only where it is not that of the decision.
func appendAction(dst []byte, a *Action, decided cal.Date) []byte {
	dst = append(dst, `{"kind":"`...)
	dst = append(dst, a.Kind...)
	dst = append(dst, '"')
	dst = appendWord(dst, `,"step":"`, a.Step)
	dst = appendWord(dst, `,"task":"`, a.TaskKind)
	dst = appendWord(dst, `,"currency":"`, string(a.Currency))
	dst = appendWord(dst, `,"channel":"`, string(a.Channel))
	dst = appendWord(dst, `,"role":"`, string(a.Role))
	dst = appendWord(dst, `,"level":"`, a.Level.String())
	if a.PayBy.Valid() {
		dst = append(dst, `,"pay_by":"`...)
		dst = append(a.PayBy.Append(dst), '"')
	}
	dst = appendWord(dst, `,"approval":"`, string(a.Approval))
	dst = appendWord(dst, `,"who":"`, a.ApprovalRole)
	dst = append(dst, `,"total":`...)
	dst = strconv.AppendInt(dst, a.TotalMinor, 10)
	dst = append(dst, `,"items":[`...)
	for i := range a.Lines {
		dst = comma(dst, i)
		dst = strconv.AppendInt(dst, a.Lines[i].Item, 10)
	}
	dst = append(dst, ']')
	if a.Hold != 0 {
		dst = append(dst, `,"hold":`...)
		dst = strconv.AppendInt(dst, a.Hold, 10)
	}
	if a.Kind == EndTask {
		dst = append(dst, `,"ends":`...)
		dst = strconv.AppendInt(dst, a.Task, 10)
		dst = append(dst, `,"why":"`...)
		dst = append(append(dst, a.Why...), '"')
	}
	if a.Kind == SendMessage && a.Day != decided {
		dst = append(dst, `,"day":"`...)
		dst = append(a.Day.Append(dst), '"')
	}
	return append(dst, '}')
}

// appendWord writes a field that holds nothing to escape, and no field for no word.
func appendWord(dst []byte, field, word string) []byte {
	if word == "" {
		return dst
	}
	return append(append(append(dst, field...), word...), '"')
}

// appendReasons writes [code, until, fact, [items], args…], one element for all
// items that share a reason.
func appendReasons(dst []byte, reasons []reason.Reason) []byte {
	written := 0
	for i := range reasons {
		if i > 0 && same(&reasons[i-1], &reasons[i]) {
			continue
		}
		dst = comma(dst, written)
		written++
		r := &reasons[i]
		dst = append(dst, `["`...)
		dst = append(dst, r.Code()...)
		dst = append(dst, `","`...)
		if u := r.Until().Day(); u.Valid() {
			dst = u.Append(dst)
		}
		dst = append(dst, `","`...)
		dst = append(dst, r.Until().Fact()...)
		dst = append(dst, `",[`...)
		for k, n := i, 0; k < len(reasons) && (k == i || same(&reasons[k-1], &reasons[k])); k++ {
			if reasons[k].Item() != 0 {
				dst = comma(dst, n)
				dst = strconv.AppendInt(dst, reasons[k].Item(), 10)
				n++
			}
		}
		dst = append(dst, ']')
		for _, arg := range r.Args() {
			dst = append(dst, ',')
			dst = appendJSONString(dst, arg)
		}
		dst = append(dst, ']')
	}
	return dst
}

// same reports whether two neighbouring reasons differ only in their item.
func same(a, b *reason.Reason) bool {
	return a.Code() == b.Code() && a.Until() == b.Until() && (a.Item() == 0) == (b.Item() == 0) &&
		slices.Equal(a.Args(), b.Args())
}

func appendJSONString(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x7f {
			quoted, err := json.Marshal(s)
			if err != nil {
				panic("decide: " + err.Error())
			}
			return append(dst, quoted...)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}

// Payload is a stored decision read back.
type Payload struct {
	Strategies []Choice
	Law        string
	Actions    []StoredAction
	Reasons    []StoredReason
}

// StoredAction is an action of a stored decision.
type StoredAction struct {
	Kind     ActionKind        `json:"kind"`
	Step     string            `json:"step"`
	TaskKind string            `json:"task"`
	Currency money.Currency    `json:"currency"`
	Channel  book.Channel      `json:"channel"`
	Role     book.Role         `json:"role"`
	Level    string            `json:"level"`
	PayBy    cal.Date          `json:"pay_by"`
	Approval strategy.Approval `json:"approval"`
	Who      string            `json:"who"`
	Total    int64             `json:"total"`
	Items    []int64           `json:"items"`
	Hold     int64             `json:"hold"` // that it ends
	Ends     int64             `json:"ends"` // the task that it ends
	Why      reason.Code       `json:"why"`  // the task ends
	Day      *cal.Date         `json:"day"`  // of a message; nil: that of the decision
}

// UnmarshalJSON reads an action; where no day to pay by is stored there is none.
func (a *StoredAction) UnmarshalJSON(b []byte) error {
	type plain StoredAction
	read := plain{PayBy: cal.None}
	if err := json.Unmarshal(b, &read); err != nil {
		return err
	}
	*a = StoredAction(read)
	return nil
}

// StoredReason is a reason of a stored decision, with the items it is about.
type StoredReason struct {
	Code  reason.Code
	Until cal.Date // None if only a fact ends it
	Fact  string
	Items []int64
	Args  []string
}

// Text is the sentence for people.
func (r *StoredReason) Text() string { return reason.Fill(r.Code, r.Args) }

// ParsePayload reads what AppendPayload wrote.
func ParsePayload(b []byte) (Payload, error) {
	var raw struct {
		V          int                 `json:"v"`
		Strategies [][]json.RawMessage `json:"strategies"`
		Law        string              `json:"law"`
		Actions    []StoredAction      `json:"actions"`
		Reasons    [][]json.RawMessage `json:"reasons"`
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return Payload{}, fmt.Errorf("decision: %w", err)
	}
	if raw.V != 1 {
		return Payload{}, fmt.Errorf("decision: version %d is not known", raw.V)
	}
	p := Payload{Law: raw.Law, Actions: raw.Actions}
	for _, parts := range raw.Strategies {
		var c Choice
		if err := unmarshalAll(parts, &c.Currency, &c.Strategy, &c.Version, &c.Why); err != nil {
			return Payload{}, fmt.Errorf("decision, strategies: %w", err)
		}
		p.Strategies = append(p.Strategies, c)
	}
	for _, parts := range raw.Reasons {
		var r StoredReason
		if len(parts) < 4 {
			return Payload{}, fmt.Errorf("decision, reasons: %d elements, expected at least 4", len(parts))
		}
		if err := unmarshalAll(parts[:4], &r.Code, &r.Until, &r.Fact, &r.Items); err != nil {
			return Payload{}, fmt.Errorf("decision, reasons: %w", err)
		}
		for _, arg := range parts[4:] {
			var s string
			if err := json.Unmarshal(arg, &s); err != nil {
				return Payload{}, fmt.Errorf("decision, reasons: %w", err)
			}
			r.Args = append(r.Args, s)
		}
		p.Reasons = append(p.Reasons, r)
	}
	return p, nil
}

func unmarshalAll(parts []json.RawMessage, into ...any) error {
	if len(parts) != len(into) {
		return fmt.Errorf("%d elements, expected %d", len(parts), len(into))
	}
	for i, p := range parts {
		if err := json.Unmarshal(p, into[i]); err != nil {
			return err
		}
	}
	return nil
}

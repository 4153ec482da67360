package law

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
)

const goldenPath = "../../../../shared/law/golden.json"

// goldenCase is one case of the golden file; GOLDEN.md beside it explains each field.
type goldenCase struct {
	ID           string
	Jurisdiction string
	Kind         string
	Inputs       goldenInputs
	Expected     map[string]json.RawMessage
	Published    map[string]json.RawMessage
	Wrong        map[string]json.RawMessage `json:"wrong_answers"`
}

type goldenInputs struct {
	Currency     money.Currency
	Rule         string
	DebtorKind   string `json:"debtor_kind"`
	Compounding  string
	Principal    string
	Debt         string
	Debts        []string
	Net, VAT     string
	RatePct      string   `json:"rate_pct"`
	RatesPct     []string `json:"rates_pct"`
	Days         int
	Segments     *[]goldenSegment
	Facts        *goldenFacts
	Alternative  string `json:"alternative_day_count"`
	Payments     []goldenPayment
	LegalCosts   string `json:"legal_costs"`
	LawAsOf      string `json:"law_as_of"`
	Trigger      string
	PerformedOn  string `json:"performed_on"`
	ReceivedOn   string `json:"invoice_received_on"`
	DueOn        string `json:"due_on"`
	ReminderOn   string `json:"reminder_received_on"`
	DueDate      string `json:"due_date"`
	InterestFrom string `json:"interest_from"`
	CalculateTo  string `json:"calculate_to"`
	On           string
	Before       string `json:"rate_before_rounding_pct"`
	Action       string
	ContractTerm string `json:"contract_interest_term"`
}

type goldenSegment struct {
	Principal string
	RatePct   string `json:"rate_pct"`
	From      string `json:"from_day"`
	To        string `json:"to_day"`
}

type goldenFacts struct {
	Principal    string
	DueDate      string `json:"due_date"`
	InterestFrom string `json:"interest_from"`
	CalculateTo  string `json:"calculate_to"`
	Payments     []struct {
		ReceivedOn string `json:"received_on"`
		Amount     string
	}
	CreditNotes []struct {
		Dated, Amount, Effect string
	} `json:"credit_notes"`
}

type goldenPayment struct {
	DaysSince int `json:"days_since_previous"`
	Amount    string
}

// answers are what the engine gives, in the words of the golden file: amounts and
// rates as decimals, days as ISO text, counts as digits.
type answers map[string]string

// TestGolden runs every golden case of the shipped packs that this package can
// answer, and the Belgian ones on the test's own Belgian folder.
func TestGolden(t *testing.T) {
	data, err := os.ReadFile(goldenPath)
	if os.IsNotExist(err) {
		t.Skip("the golden cases of the design are not beside this checkout")
	}
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []goldenCase }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	withBelgium := belgianSet(t)
	run, skipped := map[string]int{}, map[string]int{}
	for i := range file.Cases {
		c := &file.Cases[i]
		set := shippedSet(t)
		if c.Jurisdiction == "BE" {
			set = withBelgium
		}
		pack, ok := set.Pack(c.Jurisdiction)
		answer := goldenAnswer(c.Kind, pack, &c.Inputs)
		if !ok || answer == nil {
			skipped[c.Kind]++
			continue
		}
		run[c.Kind]++
		t.Run(c.ID, func(t *testing.T) { c.check(t, answer) })
	}
	t.Logf("run: %s", counts(run))
	t.Logf("left to packs and capabilities that are not shipped: %s", counts(skipped))
	if run["interest"] < 10 || run["default_date"] < 4 || run["compensation"] < 5 ||
		run["rate_selection"] < 3 {
		t.Errorf("too few cases were run: %s", counts(run))
	}
}

func counts(byKind map[string]int) string {
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(byKind)) {
		parts = append(parts, fmt.Sprintf("%s %d", kind, byKind[kind]))
	}
	return strings.Join(parts, ", ")
}

// check compares each expected value, and that no published or wrong one is given.
func (c *goldenCase) check(t *testing.T, given answers) {
	for _, key := range slices.Sorted(maps.Keys(c.Expected)) {
		want := c.Expected[key]
		got, ok := given[key]
		if !ok {
			t.Errorf("%s: the test does not ask for it", key)
			continue
		}
		if !sameValue(got, want) {
			t.Errorf("%s: got %s, want %s", key, got, want)
		}
	}
	for key, value := range c.Published {
		if sameValue(given[key], value) {
			t.Errorf("%s: the rounded published figure %s was returned", key, value)
		}
	}
	for bug, value := range c.Wrong {
		if sameValue(given["interest"], value) {
			t.Errorf("the wrong answer %s (%s) was returned", value, bug)
		}
	}
}

// sameValue compares decimals by value and everything else as text.
func sameValue(got string, want json.RawMessage) bool {
	text := strings.Trim(string(want), `"`)
	a, errA := money.ParseMinor(got, 6)
	b, errB := money.ParseMinor(text, 6)
	if errA == nil && errB == nil {
		return a == b
	}
	return strings.ReplaceAll(string(want), " ", "") == got || text == got
}

// goldenAnswer is nil for a kind that this package does not answer.
func goldenAnswer(kind string, p *Pack, in *goldenInputs) answers {
	if p == nil {
		return nil
	}
	switch kind {
	case "interest", "interest+compensation", "interest_base":
		return answerInterest(p, in)
	case "interest+part_payments":
		return answerPartPayments(in)
	case "compensation":
		return answerCompensation(p, in)
	case "rate_selection":
		return answerRate(p, in)
	case "rate_rounding":
		return answers{"rate_pct": roundUp(mustRate(in.Before), 500_000).String()}
	case "default_date":
		return answerDefault(p, in)
	case "refusal":
		if in.Action == "statutory_interest" {
			return answerRefusal(p, in)
		}
	}
	return nil
}

func (in *goldenInputs) kind() book.DebtorKind {
	switch in.DebtorKind {
	case "consumer":
		return book.Consumer
	case "individual":
		return book.Individual
	}
	return book.Company
}

func day(text string) cal.Date {
	if text == "" {
		return cal.None
	}
	return cal.MustParse(text)
}

func mustMinor(text string) int64 {
	minor, err := money.ParseMinor(text, 2)
	if err != nil {
		panic(err)
	}
	return minor
}

func mustRate(text string) money.Rate {
	rate, err := money.ParseRate(text)
	if err != nil {
		panic(err)
	}
	return rate
}

func decimal(minor int64) string { return money.FormatMinor(minor, 2) }

// answerInterest covers all forms: facts through the whole engine, the others by
// the exact arithmetic it uses.
func answerInterest(p *Pack, in *goldenInputs) answers {
	switch {
	case in.Rule == "statutory_late_payment" && in.Facts != nil:
		return answerFacts(p, in)
	case in.Compounding == "every_365_days":
		return answerCompound(in)
	}
	base := in.Principal
	given := answers{}
	if in.Net != "" {
		base = decimal(mustMinor(in.Net) + mustMinor(in.VAT))
		given["base"] = base
	}
	principal := mustMinor(base)
	figure := func(rate string, days int) int64 {
		var e money.Exact
		e.AddSimple(principal, mustRate(rate), days)
		return e.Round(365, money.HalfUp)
	}
	if len(in.RatesPct) > 0 {
		var list []string
		for _, rate := range in.RatesPct {
			list = append(list, `"`+decimal(figure(rate, in.Days))+`"`)
		}
		given["interest_by_rate"] = "[" + strings.Join(list, ",") + "]"
		return given
	}
	interest := figure(in.RatePct, in.Days)
	given["interest"] = decimal(interest)
	given["per_day"] = decimal(figure(in.RatePct, 1))
	given["per_year"] = decimal(figure(in.RatePct, 365))
	given["total"] = decimal(principal + interest)
	debt := in.Debt
	if debt == "" {
		debt = base
	}
	claim := NewClaim(in.Currency, mustMinor(debt))
	claim.Debtor = in.kind()
	today := cal.MustParse("2026-11-21")
	if compensation, refused := p.Compensation(&claim, today, today); refused == nil {
		given["compensation"] = decimal(compensation.Minor)
		given["total_without_principal"] = decimal(interest + compensation.Minor)
		given["total_with_principal"] = decimal(principal + interest + compensation.Minor)
	}
	return given
}

func answerFacts(p *Pack, in *goldenInputs) answers {
	facts := in.Facts
	claim := NewClaim(in.Currency, mustMinor(facts.Principal))
	claim.Debtor = in.kind()
	claim.DueDate, claim.DateAgreed = day(facts.DueDate), book.Yes
	for _, payment := range facts.Payments {
		claim.Movements = append(claim.Movements,
			Movement{Day: day(payment.ReceivedOn), DeltaMinor: -mustMinor(payment.Amount)})
	}
	for _, note := range facts.CreditNotes {
		claim.Movements = append(claim.Movements, Movement{Day: day(note.Dated),
			DeltaMinor: -mustMinor(note.Amount),
			FromStart:  note.Effect == "reduces_debt_from_start"})
	}
	first, until := day(facts.InterestFrom), day(facts.CalculateTo)
	if first == cal.None {
		first = claim.DueDate.AddDays(1)
	}
	interest, refused := p.Interest(&claim, first, until)
	if refused != nil {
		return answers{"refused": refused.Text()}
	}
	given := answers{
		"interest":                       decimal(interest.Minor),
		"days":                           fmt.Sprint(interest.Days),
		"interest_alternative_day_count": decimal(interest.Exact.Round(366, money.HalfUp)),
		"compensation":                   "0.00",
	}
	var rounded int64
	for _, s := range interest.Segments {
		var e money.Exact
		e.AddSimple(s.PrincipalMinor, s.Rate.Rate, s.Days)
		rounded += e.Round(365, money.HalfUp)
	}
	given["sum_of_rounded_segments"] = decimal(rounded)
	if compensation, refused := p.Compensation(&claim, first, until); refused == nil {
		given["compensation"] = decimal(compensation.Minor)
	}
	if in.Segments != nil && !sameSegments(interest.Segments, *in.Segments) {
		given["interest"] = fmt.Sprintf("segments differ: %v", interest.Segments)
	}
	return given
}

func sameSegments(got []Segment, want []goldenSegment) bool {
	return slices.EqualFunc(got, want, func(g Segment, w goldenSegment) bool {
		return g.From == day(w.From) && g.To == day(w.To) && g.PrincipalMinor == mustMinor(w.Principal) &&
			g.Rate.Rate == mustRate(w.RatePct)
	})
}

// fineScale counts money in millionths of a cent where a case carries fractions of
// a cent from one period to the next.
const fineScale = 1_000_000

func fineInterest(principalFine int64, rate string, days int) int64 {
	var e money.Exact
	e.AddSimple(principalFine, mustRate(rate), days)
	return e.Round(365, money.HalfUp)
}

func roundFine(fine int64) string { return decimal((fine + fineScale/2) / fineScale) }

func answerCompound(in *goldenInputs) answers {
	start := mustMinor(in.Principal) * fineScale
	sum := start
	days := in.Days
	for ; days >= 365; days -= 365 {
		sum += fineInterest(sum, in.RatePct, 365)
	}
	sum += fineInterest(sum, in.RatePct, days)
	return answers{"interest": roundFine(sum - start), "total": roundFine(sum)}
}

func answerPartPayments(in *goldenInputs) answers {
	given := answers{}
	principal := mustMinor(in.Principal) * fineScale
	for i, payment := range in.Payments {
		interest := fineInterest(principal, in.RatePct, payment.DaysSince)
		applied := mustMinor(payment.Amount)*fineScale - interest
		principal -= applied
		given[fmt.Sprintf("interest_%d", i+1)] = roundFine(interest)
		given[fmt.Sprintf("applied_to_principal_%d", i+1)] = roundFine(applied)
		given[fmt.Sprintf("principal_after_%d", i+1)] = roundFine(principal)
	}
	return given
}

func answerCompensation(p *Pack, in *goldenInputs) answers {
	debts := in.Debts
	if in.Debt != "" {
		debts = append(debts, in.Debt)
	}
	var sum int64
	given := answers{}
	for _, debt := range debts {
		claim := NewClaim(in.Currency, mustMinor(debt))
		claim.Debtor = in.kind()
		compensation, refused := p.Compensation(&claim, day(in.LawAsOf), day(in.LawAsOf))
		if refused != nil {
			return answers{"refused": refused.Text()}
		}
		sum += compensation.Minor
		if compensation.Currency != in.Currency {
			given["compensation_currency"] = string(compensation.Currency)
		}
		if compensation.Credited && in.LegalCosts != "" {
			given["recoverable_total"] = decimal(max(compensation.Minor, mustMinor(in.LegalCosts)))
		}
	}
	given["compensation"] = decimal(sum)
	return given
}

func answerRate(p *Pack, in *goldenInputs) answers {
	first := day(in.InterestFrom)
	switch {
	case in.DueDate != "":
		first = day(in.DueDate).AddDays(1)
	case in.On != "":
		first = day(in.On)
	}
	claim := NewClaim(p.Currency(), 100)
	rate, refused := p.Rate(&claim, first, first)
	if refused != nil {
		return answers{"refused": refused.Text()}
	}
	return answers{"rate_pct": rate.Rate.String(), "interest_from": first.String(),
		"reference_date": rate.ReferenceDay.String()}
}

func answerDefault(p *Pack, in *goldenInputs) answers {
	claim := NewClaim(p.Currency(), 100)
	claim.Debtor = in.kind()
	claim.DueDate = day(in.DueOn)
	claim.InvoiceReceived, claim.Performed = day(in.ReceivedOn), day(in.PerformedOn)
	claim.FirstDemandReceived = day(in.ReminderOn)
	if in.Trigger == "contract_calendar_date" {
		claim.DateAgreed = book.Yes
	}
	d, refused := p.DefaultFrom(&claim, cal.MustParse("2026-11-21"))
	if refused != nil {
		return answers{"refused": refused.Text()}
	}
	return answers{"last_day_to_pay": d.LastDayToPay.String(), "interest_from": d.FirstInterestDay.String()}
}

func answerRefusal(p *Pack, in *goldenInputs) answers {
	claim := NewClaim(p.Currency(), 100_000)
	claim.Debtor = in.kind()
	if in.ContractTerm != "" {
		claim.Contract.Clause = ClauseUnconfirmed
	}
	first, until := day(in.InterestFrom), day(in.CalculateTo)
	if first == cal.None {
		first, until = cal.MustParse("2026-01-01"), cal.MustParse("2026-02-01")
	}
	_, refused := p.Interest(&claim, first, until)
	if refused == nil {
		return answers{"decision": "none"}
	}
	given := answers{"decision": "REFUSE", "code": strings.ToUpper(string(refused.Code)),
		"computable_to": refused.ComputableTo.String()}
	if refused.Code == reason.ContractRate {
		given["decision"] = "FLAG"
	}
	return given
}

package law

import (
	"encoding/json"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// packExample is one hand-computed case of a pack's examples.json: a claim, the day
// to which it is asked, and what the pack must answer. Arithmetic is for people.
type packExample struct {
	Name  string `json:"name"`
	Claim struct {
		Principal    string   `json:"principal"`
		InvoiceDate  cal.Date `json:"invoice_date"`
		Received     cal.Date `json:"invoice_received"`
		Performed    cal.Date `json:"performed"`
		DueDate      cal.Date `json:"due_date"`
		DateAgreed   bool     `json:"date_agreed"`
		Demand       cal.Date `json:"first_demand_received"`
		Debtor       string   `json:"debtor"`
		ContractRate string   `json:"contract_rate_pct"`
		Movements    []struct {
			Day       cal.Date `json:"day"`
			Amount    string   `json:"amount"`
			FromStart bool     `json:"from_start"`
		} `json:"movements"`
	} `json:"claim"`
	Until      cal.Date          `json:"until"`
	Want       map[string]string `json:"want"`
	Arithmetic string            `json:"arithmetic"`
}

func (e *packExample) claim(p *Pack) Claim {
	c := NewClaim(p.Currency(), mustMinor(e.Claim.Principal))
	given := func(d cal.Date) cal.Date {
		if d == 0 { // not in the file
			return cal.None
		}
		return d
	}
	c.InvoiceDate, c.InvoiceReceived = given(e.Claim.InvoiceDate), given(e.Claim.Received)
	c.Performed, c.DueDate = given(e.Claim.Performed), given(e.Claim.DueDate)
	c.FirstDemandReceived = given(e.Claim.Demand)
	if e.Claim.DateAgreed {
		c.DateAgreed = book.Yes
	}
	if e.Claim.Debtor == "consumer" {
		c.Debtor = book.Consumer
	}
	if e.Claim.ContractRate != "" {
		c.Contract = ContractTerms{Clause: ClauseConfirmed, Rate: mustRate(e.Claim.ContractRate)}
	}
	for _, m := range e.Claim.Movements {
		c.Movements = append(c.Movements, Movement{Day: m.Day, DeltaMinor: mustMinor(m.Amount),
			FromStart: m.FromStart})
	}
	return c
}

// TestExamples computes the examples beside every shipped pack. A pack without at
// least six is not finished.
func TestExamples(t *testing.T) {
	set := shippedSet(t)
	for _, code := range set.Codes() {
		data, err := shipped.ReadFile("packs/" + code + "/" + examplesFile)
		if err != nil {
			t.Errorf("%s: %v", code, err)
			continue
		}
		var file struct {
			Examples []packExample `json:"examples"`
		}
		if err := json.Unmarshal(data, &file); err != nil {
			t.Errorf("%s: %v", code, err)
		}
		if len(file.Examples) < 6 {
			t.Errorf("%s: %d examples, want at least 6", code, len(file.Examples))
		}
		pack, _ := set.Pack(code)
		for i := range file.Examples {
			e := &file.Examples[i]
			t.Run(code+"/"+e.Name, func(t *testing.T) { e.check(t, pack) })
		}
	}
}

func (e *packExample) check(t *testing.T, p *Pack) {
	given := e.answer(p)
	if len(e.Want) == 0 || e.Arithmetic == "" {
		t.Error("an example states what it wants and how that was computed")
	}
	for key, want := range e.Want {
		if given[key] != want {
			t.Errorf("%s: got %q, want %q", key, given[key], want)
		}
	}
	if _, refused := e.Want["refused"]; !refused && given["refused"] != "" {
		t.Errorf("refused: %s", given["refused"])
	}
}

func (e *packExample) answer(p *Pack) answers {
	c := e.claim(p)
	d, refused := p.DefaultFrom(&c, e.Until)
	if refused != nil {
		return answers{"refused": string(refused.Code)}
	}
	given := answers{"last_day_to_pay": d.LastDayToPay.String(), "ground": string(d.Ground)}
	if compensation, refused := p.Compensation(&c, d.FirstInterestDay, e.Until); refused == nil {
		given["compensation"] = money.FormatMinor(compensation.Minor, 2)
	}
	interest, refused := p.Interest(&c, d.FirstInterestDay, e.Until)
	if refused != nil {
		given["refused"] = string(refused.Code)
		given["computable_to"] = refused.ComputableTo.String()
		return given
	}
	given["interest"] = money.FormatMinor(interest.Minor, 2)
	if len(interest.Segments) > 0 {
		given["rate_pct"] = interest.Segments[0].Rate.Rate.String()
	}
	return given
}

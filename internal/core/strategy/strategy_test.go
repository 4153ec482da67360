package strategy

import (
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/money"
)

func TestShipped(t *testing.T) {
	s, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range Keys {
		st := s.Strategies[key]
		if st == nil || st.Steps[len(st.Steps)-1].Key != "decide" {
			t.Errorf("%s is missing or does not end with a decision: %+v", key, st)
		}
		for i := range st.Steps {
			step := &st.Steps[i]
			if step.Stage() >= StageFormal && step.Kind == KindMessage && step.Approval == AutoOK {
				t.Errorf("%s: %s may go by itself", key, step.Key)
			}
		}
	}
	if got := Minor(100, "JPY"); got != 100 {
		t.Errorf("100 yen are %d minor units", got)
	}
	if got := Minor(100, money.Currency("KWD")); got != 100_000 {
		t.Errorf("100 dinars are %d minor units", got)
	}
}

// TestParseRefuses: each mistake names the step and the field.
func TestParseRefuses(t *testing.T) {
	step := func(s string) string {
		return `{"key":"standard","version":2,"name":"x","steps":[` + s + `]}`
	}
	const friendly = `{"key":"friendly","kind":"message","from_due_days":3,"channels":["email"],"tone":"warm","to":["general"],"deadline_days":7,"level":"principal","approval":"ask"}`
	if _, err := Parse([]byte(step(friendly))); err != nil {
		t.Fatalf("a good strategy is refused: %v", err)
	}
	for text, want := range map[string]string{
		step(strings.Replace(friendly, `"friendly"`, `"kindly"`, 1)):                                                                         "unknown step",
		step(strings.Replace(friendly, `"deadline_days":7`, `"deadline_days":6`, 1)):                                                         "deadline_days",
		step(strings.Replace(friendly, `"from_due_days":3`, `"from_due_days":0`, 1)):                                                         "from_due_days",
		step(strings.Replace(friendly, `"warm"`, `"angry"`, 1)):                                                                              "tone",
		step(strings.Replace(friendly, `"ask"`, `"maybe"`, 1)):                                                                               "approval",
		step(strings.Replace(friendly, `"principal"`, `"everything"`, 1)):                                                                    "level",
		step(strings.Replace(friendly, `["email"]`, `["fax"]`, 1)):                                                                           "channels",
		step(strings.Replace(friendly, `"tone":`, `"colour":`, 1)):                                                                           "colour",
		step(friendly + "," + friendly):                                                                                                      "twice",
		step(strings.NewReplacer(`"friendly"`, `"formal"`, `"from_due_days":3,`, "", `"warm"`, `"firm"`).Replace(friendly) + "," + friendly): "never softer",
		step(strings.Replace(friendly, `"friendly"`, `"final_demand"`, 1)):                                                                   "always needs a person",
		`{"key":"standard","version":0,"name":"x","steps":[]}`:                                                                               "version",
		step(strings.Replace(friendly, `"principal"`, `"claim"`, 1)):                                                                         "level",
		step(strings.Replace(friendly, `"level":"principal",`, "", 1)):                                                                       "level",
		step(strings.Replace(friendly, `"approval"`, `"first_level":"offer","approval"`, 1)):                                                 "level",
		step(strings.Replace(friendly, `"warm"`, `"legal"`, 1)):                                                                              "tone",
		step(strings.Replace(friendly, `"from_due_days":3`, `"from_due_days":99999999999`, 1)):                                               "from_due_days",
		step(strings.Replace(friendly, `"from_due_days":3`, `"from_due_days":3651`, 1)):                                                      "from_due_days",
		step(strings.Replace(friendly, `"deadline_days":7`, `"deadline_days":61`, 1)):                                                        "deadline_days",
		step(strings.Replace(friendly, `"approval"`, `"apart_days":366,"approval"`, 1)):                                                      "apart_days",
		step(strings.Replace(friendly, `"approval"`, `"wait_days":2,"approval"`, 1)):                                                         "wait_days: has no effect",
		step(strings.Replace(friendly, `"approval"`, `"count_from":"letter","approval"`, 1)):                                                 "count_from",
		step(strings.Replace(friendly, `"approval"`, `"no_email":"phone","approval"`, 1)):                                                    "no_email",
		step(strings.Replace(friendly, `["email"]`, `["email","email"]`, 1)):                                                                 "channels",
		step(strings.Replace(friendly, `"approval"`, `"monthly_business_day":3,"approval"`, 1)):                                              "monthly_business_day",
		step(strings.Replace(friendly, `"message"`, `"task"`, 1)):                                                                            "is a message",
		step(`{"key":"opening","kind":"message","approval":"ask"}`):                                                                          "no text",
		step(`{"key":"call_1","kind":"call","approval":"person","tone":"warm"}`):                                                             "tone: has no effect",
		step(`{"key":"call_1","kind":"message","approval":"person"}`):                                                                        "no text",
		step(strings.NewReplacer(`"friendly"`, `"final_demand"`, `"warm"`, `"legal"`, `"ask"`, `"person"`,
			`"from_due_days":3,`, "").Replace(friendly)): "by letter",
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n  error %v, expected one about %q", text, err, want)
		}
	}
}

func TestExcluded(t *testing.T) {
	for _, tt := range []struct {
		c    book.Customer
		want string
	}{
		{book.Customer{Kind: book.Company}, ""},
		{book.Customer{Kind: book.UnknownKind}, ""},
		{book.Customer{Kind: book.Consumer}, "consumer"},
		{book.Customer{Kind: book.Company, Flags: book.FlagIntercompany}, "group"},
		{book.Customer{Kind: book.PublicBody}, ""},
		{book.Customer{Kind: book.PublicBody, Flags: book.FlagPortal}, "portal"},
	} {
		if got := Excluded(&tt.c); (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%+v: %q, expected %q", tt.c, got, tt.want)
		}
	}
}

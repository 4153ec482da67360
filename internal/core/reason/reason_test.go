package reason

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/cal"
)

var update = flag.Bool("update", false, "write docs/reasons.md anew")

const page = "../../../docs/reasons.md"

// TestDocs: the list of reasons for users is generated from the codes.
func TestDocs(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Reasons\n\nEvery decision, also the decision to do nothing, says why. This list is made from the program's own;\n" +
		"a code may be retired, never renamed or reused.\n\n| code | what it says | what changes it |\n|---|---|---|\n")
	for _, i := range All() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", i.Code, i.Text, i.Change)
	}
	if *update {
		if err := os.WriteFile(page, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != b.String() {
		t.Error("docs/reasons.md is not what the codes say; write it with: go test ./internal/core/reason -update")
	}
}

func TestEveryCodeSaysSomething(t *testing.T) {
	for _, i := range All() {
		if i.Text == "" || i.Change == "" || !strings.HasSuffix(i.Text, ".") || strings.Count(i.Text, "{") != strings.Count(i.Text, "}") {
			t.Errorf("%s: %q, %q", i.Code, i.Text, i.Change)
		}
		if string(i.Code) != strings.ToLower(string(i.Code)) || strings.ContainsAny(string(i.Code), " -") {
			t.Errorf("%q is no snake_case code", i.Code)
		}
	}
}

func TestReasonNeedsAnEnd(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a reason without an end was built")
		}
	}()
	New(Settled, Until{})
}

func TestUntil(t *testing.T) {
	day := cal.MustParse("2026-03-05")
	r := New(Gap, OnDay(day).Or(UntilFact("payment")), "2026-02-26", "2026-03-05").ForItem(7)
	if r.Until().Day() != day || r.Until().Fact() != "payment" || r.Item() != 7 {
		t.Errorf("%+v", r)
	}
	if want := "The last message went out on 2026-02-26; the next may go out from 2026-03-05."; r.Text() != want {
		t.Errorf("%q, expected %q", r.Text(), want)
	}
	if got := UntilFact("payment").Day(); got != cal.Far {
		t.Errorf("a fact ends on %s", got)
	}
}

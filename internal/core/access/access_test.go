package access

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden file anew")

// TestTable compares who may do what with the table as it was agreed.
func TestTable(t *testing.T) {
	var b strings.Builder
	b.WriteString("permission")
	for _, r := range Roles {
		b.WriteString("," + string(r))
	}
	for _, p := range Permissions {
		b.WriteString("\n" + string(p))
		for _, r := range Roles {
			if May(r, p) {
				b.WriteString(",yes")
			} else {
				b.WriteString(",no")
			}
		}
	}
	got := b.String() + "\n"
	if *update {
		if err := os.WriteFile("testdata/table.csv", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/table.csv")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("who may do what has changed (-agreed +now):\n%s", diff)
	}
}

// TestTableIsWhole: each permission stands in the list once, and each role has a row.
func TestTableIsWhole(t *testing.T) {
	sorted := slices.Sorted(slices.Values(Permissions))
	if len(slices.Compact(sorted)) != len(Permissions) {
		t.Error("a permission stands twice in the list")
	}
	for _, r := range Roles {
		if len(table[r]) == 0 || !Valid(r) {
			t.Errorf("%s may do nothing", r)
		}
		for _, p := range table[r] {
			if !slices.Contains(Permissions, p) {
				t.Errorf("%s: %s is not in the list", r, p)
			}
		}
	}
	if len(table) != len(Roles) || Valid("") || May("", View) || May("guest", View) {
		t.Error("a role that is none may do something")
	}
}

// TestReaders: an auditor and sales change nothing that matters.
func TestReaders(t *testing.T) {
	reading := []Permission{View, ViewAll, ViewPrivileged, Export, Audit, OwnAccount}
	for _, p := range table[Auditor] {
		if !slices.Contains(reading, p) {
			t.Errorf("an auditor may %s", p)
		}
	}
	if May(Sales, ViewAll) || May(Sales, Export) {
		t.Error("sales sees the customers of others")
	}
}

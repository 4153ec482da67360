package plot

import (
	"encoding/xml"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files")

func pounds(v int64) string {
	sign := ""
	if v < 0 {
		sign, v = "-", -v
	}
	s := strconv.FormatInt(v/100, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + "£" + s
}

func thousands(v int64) string {
	if v%100_000 == 0 {
		return pounds(v/1000) + "k"
	}
	return pounds(v)
}

var buckets = []string{"Not due", "1–30", "31–60", "61–90", "91–120", "121–180", "181–365", "366+"}

// examples are one of each kind, with what makes drawing hard.
func examples() map[string]Plot {
	money := func(id, title, desc string) Frame {
		return Frame{ID: id, Title: title, Desc: desc, Format: pounds, Short: thousands}
	}
	aging := Stacked{Frame: money("aging", "Open items by days overdue, GBP", "Most is not due; the largest overdue part is 1–30 days."),
		Buckets: buckets, Heading: "Days overdue", Links: []string{"?bucket=0", "/items?bucket=d1_30", "//evil.example", "javascript:alert(1)", "", "", "", ""},
		Series: []Series{{"To chase", []int64{0, 9_420_000, 4_100_000, 1_250_000, 430_000, 610_000, 120_000, 80_000}},
			{"Disputed", []int64{0, 1_200_000, 900_000, 0, 126_000, 0, 0, 0}},
			{"Promised", []int64{0, 2_410_000, 300_000, 0, 0, 0, 0, 0}},
			{"Not due", []int64{16_200_000}}}}
	narrow := aging
	narrow.ID, narrow.Width, narrow.Class = "aging-narrow", 340, "only-narrow"
	credits := Stacked{Frame: money("credits", "A credit balance", "Credits hang below the line."), Buckets: []string{"Open", "Credits"},
		Heading: "", Series: []Series{{"Amount", []int64{250_000, -180_000}}}}
	weeks := Weeks{Frame: money("weeks", "Overdue and collected by week, GBP", "Overdue fell in thirteen weeks."), Heading: "Week to",
		Bars: Series{Name: "Collected"}, Line: Series{Name: "Overdue"}}
	for i := range 13 {
		weeks.Labels = append(weeks.Labels, strconv.Itoa(1+i)+" Nov")
		weeks.Bars.Values = append(weeks.Bars.Values, int64(1_400_000+(i*7919%13)*90_000))
		weeks.Line.Values = append(weeks.Line.Values, int64(26_000_000-i*520_000-(i%3)*800_000))
	}
	thin := weeks
	thin.ID, thin.Width = "weeks-narrow", 340
	return map[string]Plot{"aging": aging, "aging-narrow": narrow, "credits": credits, "weeks": weeks, "weeks-narrow": thin,
		"reasons": Bars{Frame: Frame{ID: "reasons", Title: "Reasons for late payment", Desc: "A missing order number leads."},
			Heading: "Reason", Labels: []string{"No order number", "Waiting for approval by somebody who is away", "Cash flow", "Oversight"},
			Series: Series{"Times", []int64{31, 18, 9, 1}}, Links: []string{"?cause=no_po", "", "", ""}},
		"empty": Weeks{Frame: Frame{ID: "empty", Title: "Nothing yet"}, Heading: "Week"},
		"hostile": Bars{Frame: Frame{ID: `x" onload="alert(1)`, Title: `</title><script>alert(1)</script>`, Desc: "\x00&<", Class: `a" onclick="x`},
			Labels: []string{`<img src=x onerror=alert(1)>`}, Series: Series{"n", []int64{-1}}, Links: []string{`?x="><script>`}},
	}
}

func TestGolden(t *testing.T) {
	for name, p := range examples() {
		var b strings.Builder
		if _, err := p.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("testdata", name+".svg")
		if *update {
			if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if b.String() != string(want) {
			t.Errorf("%s differs from its golden file; look at it and run with -update", name)
		}
	}
}

// TestSafe holds what a strict content security policy and a reader of XML need: the
// drawing is well formed, has no script, style or handler, and links stay in the site.
func TestSafe(t *testing.T) {
	for name, p := range examples() {
		var b strings.Builder
		p.WriteTo(&b)
		check(t, name, b.String())
	}
}

func check(t interface {
	Errorf(string, ...any)
	Fatalf(string, ...any)
}, name, svg string) {
	ids := map[string]bool{}
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, svg)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if e.Name.Local == "script" || e.Name.Local == "style" || e.Name.Local == "img" || e.Name.Local == "foreignObject" {
			t.Errorf("%s: element %s", name, e.Name.Local)
		}
		for _, a := range e.Attr {
			switch at := a.Name.Local; {
			case strings.HasPrefix(at, "on"), at == "style":
				t.Errorf("%s: attribute %s", name, at)
			case at == "href" && safeLink([]string{a.Value}, 0) == "":
				t.Errorf("%s: link %q", name, a.Value)
			case at == "id":
				if ids[a.Value] {
					t.Errorf("%s: id %q twice", name, a.Value)
				}
				ids[a.Value] = true
			}
		}
	}
}

// TestAnything draws what no page would: any text, any number.
func TestAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(-1<<60, 1<<60), 0, 9).Draw(t, "values")
		labels := make([]string, len(values))
		for i := range labels {
			labels[i] = rapid.String().Draw(t, "label")
		}
		f := Frame{ID: "x", Title: rapid.String().Draw(t, "title"), Width: rapid.IntRange(0, 900).Draw(t, "width")}
		for _, p := range []Plot{
			Stacked{Frame: f, Buckets: labels, Series: []Series{{labelsOr(labels), values}, {"b", values}}, Links: labels},
			Weeks{Frame: f, Labels: labels, Bars: Series{"a", values}, Line: Series{"b", values}, Links: labels},
			Bars{Frame: f, Labels: labels, Series: Series{"a", values}, Links: labels}} {
			var b strings.Builder
			p.WriteTo(&b)
			check(t, "any", b.String())
			if strings.Contains(b.String(), "NaN") || strings.Contains(b.String(), "Inf") {
				t.Fatalf("a coordinate is no number:\n%s", b.String())
			}
			if n := len(p.Table().Rows); n != len(values) {
				t.Fatalf("%d rows for %d values", n, len(values))
			}
		}
	})
}

func labelsOr(labels []string) string {
	if len(labels) > 0 {
		return labels[0]
	}
	return ""
}

func TestNiceSteps(t *testing.T) {
	for _, c := range []struct {
		low, high int64
		ticks     string
	}{
		{0, 0, "0 1"}, {0, 3, "0 1 2 3"}, {0, 7, "0 2 4 6 8"}, {0, 18_422_000, "0 5000000 10000000 15000000 20000000"},
		{-180, 250, "-200 0 200 400"}, {-5, -1, "-6 -4 -2 0"}, {0, 100, "0 50 100"},
	} {
		s := newScale(c.low, c.high, 4, 0, 100)
		var got []string
		for _, v := range s.ticks() {
			got = append(got, plain(v))
		}
		if text := strings.Join(got, " "); text != c.ticks {
			t.Errorf("%d to %d: ticks %s, want %s", c.low, c.high, text, c.ticks)
		}
	}
}

// TestTable holds that the table behind a plot says in words what the plot shows.
func TestTable(t *testing.T) {
	table := examples()["aging"].Table()
	if got := strings.Join(table.Rows[1], " | "); got != "1–30 | £94,200 | £12,000 | £24,100 | £0 | £130,300" {
		t.Error(got)
	}
	if table.Head[0] != "Days overdue" || len(table.Head) != 6 || len(table.Rows) != 8 {
		t.Error(table.Head, len(table.Rows))
	}
	if got := examples()["weeks"].Table().Rows[0]; got[0] != "13 Nov" || len(got) != 3 {
		t.Error("the newest week comes first:", got)
	}
}

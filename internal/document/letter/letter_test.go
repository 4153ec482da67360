package letter

import (
	"bytes"
	"encoding/xml"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/document"
	"github.com/recoup-project/recoup/internal/document/locale"
)

var update = flag.Bool("update", false, "write the golden files anew")

func rendered(t testing.TB, look Look, m document.Message) ([]byte, Result) {
	t.Helper()
	data, result, err := Render(look, letterOf(t, m))
	if err != nil {
		t.Fatal(err)
	}
	return data, result
}

// tool runs one of the programs that read PDF files; needs.sh installs them.
func tool(t testing.TB, data []byte, name string, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "letter.pdf")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range args {
		if args[i] == "FILE" {
			args[i] = file
		}
	}
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

// TestLettersAsTheyRead holds the text of each letter, as it stands on its pages, to its
// golden file, and the file to what other programs think of it.
func TestLettersAsTheyRead(t *testing.T) {
	for _, s := range samples() {
		t.Run(s.name, func(t *testing.T) {
			data, result := rendered(t, s.look, s.m)
			text := tool(t, data, "pdftotext", "-layout", "FILE", "-")
			golden(t, s.name+".txt", text)
			if n := strings.Count(text, "\f"); n != result.Pages {
				t.Errorf("%d pages, the result says %d", n, result.Pages)
			}
			if got := tool(t, data, "qpdf", "--check", "FILE"); !strings.Contains(got, "No syntax or stream encoding errors") {
				t.Errorf("qpdf says %s", got)
			}
			if fonts := tool(t, data, "pdffonts", "FILE"); strings.Count(fonts, "yes yes yes") != 2 {
				t.Errorf("not two embedded subsets with Unicode:\n%s", fonts)
			}
			if result.Missing != nil {
				t.Errorf("no glyph for %q", string(result.Missing))
			}
			again, _ := rendered(t, s.look, s.m)
			if !bytes.Equal(data, again) {
				t.Error("the same letter gives other bytes")
			}
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got), -update writes it anew:\n%s", path, diff)
	}
}

// TestTheAccountNumberReadsAsOne: whatever stands beside it in the box, an IBAN is in one line.
func TestTheAccountNumberReadsAsOne(t *testing.T) {
	for _, iban := range []string{"GB33BUKB20201555555555", "DE89370400440532013000", "MT84MALT011000012345MTLCAST001S"} {
		for _, holder := range []string{"Northgate Fixings Ltd", "Northgate Fixings and Fasteners of the North (Holdings) Limited"} {
			for _, step := range []document.Step{document.Friendly, document.FinalDemand} {
				m := british(step)
				m.Creditor.Bank = document.BankDetails{Holder: holder, Bank: "Barclays Bank UK PLC", IBAN: iban, BIC: "BUKBGB22",
					SortCode: "20-20-15", Account: "55555555", UnchangedSince: m.Date}
				data, _ := rendered(t, Look{Country: "GB"}, m)
				text := strings.ReplaceAll(tool(t, data, "pdftotext", "-layout", "FILE", "-"), "\u00a0", " ")
				if want := strings.ReplaceAll(document.Grouped(iban), "\u00a0", " "); !strings.Contains(text, want) {
					t.Errorf("%s, held by %s: %q is broken:\n%s", step, holder, want, text)
				}
			}
		}
	}
}

// smallBytes is the most that a letter may take.
const smallBytes = 20_000

// TestALetterIsSmall, of every step in every language, in every window, about one invoice
// and about sixty. Larger are only a demand about sixty invoices that says again for each of
// them what is claimed on it, over five pages or six, and the letter of claim of the debt
// protocol, which encloses eight pages of forms.
func TestALetterIsSmall(t *testing.T) {
	largest, name := 0, ""
	for _, lang := range locale.Languages() {
		for _, step := range document.Steps() {
			for _, country := range []string{"GB", "DE", "FR", "US"} {
				for _, n := range []int{1, 4, 60} {
					m := document.Sample(lang, step, document.Standard)
					m.Items = numbered(m.Items, n, m.Date)
					data, _ := rendered(t, Look{Country: country, Colour: blue}, m)
					most := smallBytes
					if n == 60 && m.Claim.Level == document.Claim {
						most += 4_500
					}
					if len(data) > most {
						t.Errorf("%s %s by the form of %s with %d invoices: %d bytes", lang, step, country, n, len(data))
					}
					if len(data) > largest {
						largest, name = len(data), fmt.Sprint(lang, " ", step, " ", country, " ", n)
					}
				}
			}
		}
	}
	t.Logf("the largest takes %d bytes: %s", largest, name)
	if data, _ := rendered(t, Look{Country: "GB", Colour: blue}, protocol()); len(data) > 26_000 {
		t.Errorf("the letter of claim of the debt protocol takes %d bytes", len(data))
	}
}

// numbered are n items like those given, each with a number, days and amounts of its own.
func numbered(like []document.Item, n int, on cal.Date) []document.Item {
	if len(like) == 0 {
		return nil
	}
	out := make([]document.Item, n)
	for i := range out {
		out[i] = like[i%len(like)]
		out[i].Number = fmt.Sprintf("INV-2026-%04d", 42+9*i)
		days := cal.Date(-i / 3) // what is due stays so
		if out[i].DueDate > on {
			days = -days
		}
		out[i].InvoiceDate, out[i].DueDate = out[i].InvoiceDate-cal.Date(i/3), out[i].DueDate+days
		by := int64(731 * i)
		out[i].OriginalMinor, out[i].OpenMinor = out[i].OriginalMinor+by, out[i].OpenMinor+by
	}
	return out
}

// TestALetterSaysWhatTheMailSays: every word of the text form stands in the letter.
func TestALetterSaysWhatTheMailSays(t *testing.T) {
	word := regexp.MustCompile(`[\pL\pN£€$@.,/&-]*[\pL\pN]`)
	for _, s := range samples() {
		data, _ := rendered(t, s.look, s.m)
		letter := strings.Join(strings.Fields(tool(t, data, "pdftotext", "-raw", "FILE", "-")), "")
		tpl, err := document.Shipped(s.m.Language, s.m.Step, s.m.Variant)
		if err != nil {
			t.Fatal(err)
		}
		mail, err := document.Render(tpl, s.m)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range word.FindAllString(mail.Text, -1) {
			if !strings.Contains(letter, w) && w != "Versand" {
				t.Errorf("%s: the letter does not say %q", s.name, w)
			}
		}
	}
}

// spot is a word on a page, in millimetres.
type spot struct{ page, x1, y1, x2, y2 float64 }

// spots finds every word of a file.
func spots(t *testing.T, data []byte) map[string][]spot {
	t.Helper()
	out := map[string][]spot{}
	var doc struct {
		Pages []struct {
			Words []struct {
				X1   string `xml:"xMin,attr"`
				Y1   string `xml:"yMin,attr"`
				X2   string `xml:"xMax,attr"`
				Y2   string `xml:"yMax,attr"`
				Text string `xml:",chardata"`
			} `xml:"word"`
		} `xml:"body>doc>page"`
	}
	text := tool(t, data, "pdftotext", "-bbox", "FILE", "-")
	text = text[strings.Index(text, "<html"):]
	if err := xml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	for i, p := range doc.Pages {
		for _, w := range p.Words {
			at := func(s string) float64 { v, _ := strconv.ParseFloat(s, 64); return v * 25.4 / 72 }
			out[w.Text] = append(out[w.Text], spot{float64(i + 1), at(w.X1), at(w.Y1), at(w.X2), at(w.Y2)})
		}
	}
	return out
}

// TestTheAddressIsInTheWindow of the envelope, of each form, also a long one.
func TestTheAddressIsInTheWindow(t *testing.T) {
	five := []string{"Accounts Payable, Building 7", "Attn. Ms Ümit Łukaszewicz", "1200 Industrial Parkway North",
		"Springfield Industrial Estate", "QX19 4ZZ"}
	for country, window := range map[string]spot{ // what is seen however the sheet slides
		"DE": {0, 20, 45, 105, 90},
		"AT": {0, 20, 45, 105, 90},
		"GB": {0, 20, 57, 100, 81.5},
		"FR": {0, 100, 55, 190, 79.5},
		"US": {0, 22.2, 63, 111.1, 81},
	} {
		for _, address := range [][]string{{"2 Mill Lane", "QX19 4ZZ"}, five} {
			m := british(document.Friendly)
			m.Debtor.Address = address
			data, _ := rendered(t, Look{Country: country}, m)
			words := spots(t, data)
			for _, line := range append([]string{m.Debtor.LegalName}, address...) {
				for _, w := range strings.Fields(line) {
					if !slices.ContainsFunc(words[w], func(s spot) bool {
						return s.page == 1 && s.x1 >= window.x1 && s.x2 <= window.x2 && s.y1 >= window.y1 && s.y2 <= window.y2
					}) {
						t.Errorf("%s, %d lines: %q is not in the window %v: %v", country, len(address), w, window, words[w])
					}
				}
			}
			for w, places := range words { // and nothing else is
				inside := slices.ContainsFunc(places, func(s spot) bool {
					return s.page == 1 && s.x1 < window.x2 && s.x2 > window.x1 && s.y1 < window.y2-1 && s.y2 > window.y1+1
				})
				own := strings.Join(append([]string{m.Debtor.LegalName}, address...), " ")
				sender := strings.Join(append([]string{m.Creditor.LegalName}, m.Creditor.Address...), " ")
				if inside && !strings.Contains(own, w) && !(strings.Contains(sender+" ·", w) && FormOf(country) == DIN) {
					t.Errorf("%s: %q stands in the window: %v", country, w, places)
				}
			}
		}
	}
}

// TestTheSignatureIsNeverAlone: whatever the length of the letter, the page with the
// greeting has the payment block too, and some of the text where it is not the first.
func TestTheSignatureIsNeverAlone(t *testing.T) {
	for n := 1; n <= 48; n++ {
		data, result := rendered(t, Look{Country: "GB"}, long(n))
		pages := strings.Split(tool(t, data, "pdftotext", "-layout", "FILE", "-"), "\f")[:result.Pages]
		last := pages[len(pages)-1]
		lines := 0
		for _, line := range strings.Split(last, "\n") {
			if strings.TrimSpace(line) != "" {
				lines++
			}
		}
		if !strings.Contains(last, "Kind regards") || !strings.Contains(last, "Sort code") || lines < 14 {
			t.Errorf("%d items: the last of %d pages reads\n%s", n, len(pages), last)
		}
	}
}

// TestTheSumGoesOverThePage: what is carried forward is what is brought forward, and the
// last sum is the total.
func TestTheSumGoesOverThePage(t *testing.T) {
	m := long(120)
	data, _ := rendered(t, Look{Country: "GB"}, m)
	text := tool(t, data, "pdftotext", "-layout", "FILE", "-")
	sums := regexp.MustCompile(`(Carried|Brought) forward +(\S+)`).FindAllStringSubmatch(text, -1)
	if len(sums) < 4 || len(sums)%2 != 0 {
		t.Fatalf("carried: %v", sums)
	}
	for i := 0; i < len(sums); i += 2 {
		if sums[i][1] != "Carried" || sums[i+1][1] != "Brought" || sums[i][2] != sums[i+1][2] {
			t.Errorf("%v is followed by %v", sums[i], sums[i+1])
		}
	}
	page := strings.Split(text, "\f")[0]
	open := int64(0)
	for i := range m.Items {
		if strings.Contains(page, m.Items[i].Number) {
			open += m.Items[i].OpenMinor
		}
	}
	if want := m.Language.Money(moneyOf(&m, open)); sums[0][2] != want {
		t.Errorf("carried forward %s, the items of the page are %s", sums[0][2], want)
	}
}

// TestTheTableRepeatsItsHeading on every page that it goes over.
func TestTheTableRepeatsItsHeading(t *testing.T) {
	data, _ := rendered(t, Look{Country: "DE"}, long(120))
	for i, page := range strings.Split(tool(t, data, "pdftotext", "-layout", "FILE", "-"), "\f") {
		if strings.Contains(page, "INV-2025") && !strings.Contains(page, "Due date") {
			t.Errorf("page %d has items without a heading", i+1)
		}
	}
}

// TestAMissingGlyphIsReported, and a replacement stands for it.
func TestAMissingGlyphIsReported(t *testing.T) {
	m := british(document.Friendly)
	m.Debtor.LegalName = "株式会社 Ashworth"
	data, result := rendered(t, Look{Country: "GB"}, m)
	if string(result.Missing) != "株式会社" {
		t.Errorf("missing %q", string(result.Missing))
	}
	if text := tool(t, data, "pdftotext", "FILE", "-"); !strings.Contains(text, "\ufffd\ufffd\ufffd\ufffd Ashworth") {
		t.Errorf("the address reads\n%s", text)
	}
}

// TestABatch: each letter begins on a sheet of its own, printed on both sides too, and
// reads as it does alone.
func TestABatch(t *testing.T) {
	for _, duplex := range []bool{false, true} {
		var out bytes.Buffer
		b := NewBatch(&out, Look{Country: "GB"}, "Letters", "Northgate", duplex)
		var begin []int
		alone := ""
		for _, n := range []int{1, 30, 2, 60} {
			begin = append(begin, b.Pages())
			b.Add(letterOf(t, long(n)))
			data, _ := rendered(t, Look{Country: "GB"}, long(n))
			alone += tool(t, data, "pdftotext", "-layout", "FILE", "-")
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		text := tool(t, out.Bytes(), "pdftotext", "-layout", "FILE", "-")
		if got := strings.ReplaceAll(text, "\f", ""); got != strings.ReplaceAll(alone, "\f", "") {
			t.Errorf("duplex %v: the batch reads otherwise than its letters", duplex)
		}
		pages := strings.Split(text, "\f")
		for _, at := range begin {
			if !strings.Contains(pages[at], "Dear Priya Shah") || duplex && at%2 == 1 {
				t.Errorf("duplex %v: no letter begins on page %d", duplex, at+1)
			}
		}
		tool(t, out.Bytes(), "qpdf", "--check", "FILE")
	}
}

func TestPayload(t *testing.T) {
	m := german()
	got, ok := Payload(m)
	want := "BCD\n002\n1\nSCT\nMUSTDEFFXXX\nHartmann Werkzeugbau GmbH\nDE89370400440532013000\nEUR2800.00\n\nRF1310023"
	if !ok || got != want {
		t.Errorf("payload %q, want %q", got, want)
	}
	m.Reference, m.Creditor.Bank.BIC = "Kunde Ä 7", ""
	got, _ = Payload(m)
	want = "BCD\n002\n1\nSCT\n\nHartmann Werkzeugbau GmbH\nDE89370400440532013000\nEUR2800.00\n\n\nKunde Ä 7"
	if got != want {
		t.Errorf("payload %q, want %q", got, want)
	}
	for why, put := range map[string]func(*document.Message){
		"another currency":  func(m *document.Message) { m.Currency = "CHF" },
		"no IBAN":           func(m *document.Message) { m.Creditor.Bank.IBAN = "" },
		"nothing asked for": func(m *document.Message) { m.Step = document.Statement },
		"no amount":         func(m *document.Message) { m.UnappliedMinor = 281250 },
		"a long name":       func(m *document.Message) { m.Creditor.Bank.Holder = strings.Repeat("x", 71) },
		"a large amount":    func(m *document.Message) { m.Items[0].OpenMinor = 100_000_000_000 },
	} {
		m := german()
		m.Items = slices.Clone(m.Items)
		put(&m)
		if got, ok := Payload(m); ok {
			t.Errorf("%s has the code %q", why, got)
		}
	}
	if code(new(german())) == nil {
		t.Error("no code in a letter in euro")
	}
}

func BenchmarkLetter(b *testing.B) {
	for _, s := range samples()[:3] {
		l := letterOf(b, s.m)
		b.Run(s.name, func(b *testing.B) {
			b.ReportAllocs()
			var data []byte
			for b.Loop() {
				var err error
				if data, _, err = Render(s.look, l); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(data)), "bytes/letter")
		})
	}
}

func BenchmarkBatch(b *testing.B) {
	l := letterOf(b, german())
	for b.Loop() {
		var out counter
		batch := NewBatch(&out, Look{Country: "DE", Colour: blue}, "Letters", "", true)
		for range 1000 {
			batch.Add(l)
		}
		if err := batch.Close(); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(out)/1000, "bytes/letter")
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N)/1000, "ms/letter")
}

type counter int64

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

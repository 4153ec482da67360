package ledger

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// Every day of sixty years, written by the standard library, is read back.
func TestDatesAgainstTime(t *testing.T) {
	forms := []struct {
		order  DateOrder
		layout string
	}{
		{ISO, "2006-01-02"}, {ISO, "2006-01-02T15:04:05Z"}, {YMD, "2006/01/02"}, {YMD, "2006.1.2"},
		{DMY, "02/01/2006"}, {DMY, "2.1.2006"}, {DMY, "02-01-06"}, {DMY, "2/1/2006 15:04"},
		{MDY, "01/02/2006"}, {MDY, "1/2/06"}, {MDY, "1/2/2006 3:04:05 PM"},
		{YMDCompact, "20060102"}, {FloatYMD, "20060102.0"}, {FloatYMD, "20060102"},
		{MonthName, "02-Jan-06"}, {MonthName, "2 January 2006"}, {MonthName, "Jan 2, 2006"},
	}
	for d := cal.Of(1990, 1, 1); d < cal.Of(2050, 1, 1); d++ {
		at := d.Time().Add(13*time.Hour + 5*time.Minute)
		for _, f := range forms {
			text := at.Format(f.layout)
			if got, ok := parseDate([]byte(text), f.order); !ok || got != d {
				t.Fatalf("%q as %s: got %v, %v; want %v", text, f.order, got, ok, d)
			}
		}
	}
}

func TestDates(t *testing.T) {
	for _, c := range []struct {
		text  string
		order DateOrder
		want  string // "" for none, "!" for an error
	}{
		{"", ISO, ""}, {"-", DMY, ""}, {"NaT", ISO, ""}, {"NULL", MDY, ""}, {"00.00.0000", DMY, ""},
		{"0000-00-00", ISO, ""}, {"1753-01-01", ISO, ""}, {"01/01/1753 00:00:00", MDY, ""}, {"00000000",
			YMDCompact, ""},
		{"2026-02-29", ISO, "!"}, {"2026-2-9", ISO, "!"}, {"2024-02-29", DMY, "2024-02-29"},
		{"31/12/2026", ISO, "!"}, {"31/12/2026", MDY, "!"}, {"12/31/2026", DMY, "!"}, {"31-12/2026", DMY, "!"},
		{"1/2/26", DMY, "2026-02-01"}, {"1/2/70", DMY, "1970-02-01"}, {"1/2/69", DMY, "2069-02-01"},
		{"1/2/126", DMY, "!"}, {"1/2/02026", DMY, "!"}, {"20260230", YMDCompact, "!"}, {"2026033", YMDCompact, "!"},
		{"20190307.0", YMDCompact, "!"}, {"20190307.5", FloatYMD, "!"}, {"46022", DMY, "!"},
		{"26-Apr-11", MonthName, "2011-04-26"}, {"3. März 2026", MonthName, "2026-03-03"},
		{"15 févr. 2026", MonthName, "2026-02-15"}, {"1 août 2026", MonthName, "2026-08-01"},
		{"Dez 24 2026", MonthName, "2026-12-24"}, {"2026-Mar-05", MonthName, "2026-03-05"},
		{"5-Foo-2026", MonthName, "!"}, {"5-Mar", MonthName, "!"}, {"26-Apr-11", DMY, "!"}, {"Mar-Mar-11",
			MonthName, "!"},
		{"1899-12-31", ISO, "!"}, {"2200-01-01", ISO, "!"}, {"2199-12-31", ISO, "2199-12-31"},
		{"2026-01-15 nonsense", ISO, "!"}, {"::", ISO, "!"}, {" :", ISO, "!"}, {"T1:00", ISO, "!"},
	} {
		got, ok := parseDate([]byte(c.text), c.order)
		text := got.String()
		if !ok {
			text = "!"
		}
		if text != c.want {
			t.Errorf("%q as %s: got %q, want %q", c.text, c.order, text, c.want)
		}
	}
}

// amountOf reads one amount with a decimal mark and the grouping that goes with it.
func amountOf(text string, decimal byte, c money.Currency, noise bool) (int64, money.Currency, error) {
	raw, ok := stripAmount([]byte(text))
	if !ok {
		return 0, "", money.ErrSyntax
	}
	grouping := ", '"
	if decimal == ',' {
		grouping = ". '"
	}
	plain, err := plainNumber(nil, raw.core, decimal, grouping)
	if err != nil {
		return 0, "", err
	}
	minor, err := toMinor(plain, c.Exponent(), noise)
	if raw.negative {
		minor = -minor
	}
	return minor, raw.currency, err
}

func TestAmounts(t *testing.T) {
	for _, c := range []struct {
		text    string
		decimal byte
		want    string // minor units, the currency in the cell; or "!"
	}{
		{"1234.56", '.', "123456"}, {"1,234.56", '.', "123456"}, {"1234,56", ',', "123456"}, {".5", '.', "50"},
		{"1.234.567,8", ',', "123456780"}, {"1 234,56", ',', "123456"}, {"1 234,56", ',', "123456"},
		{"12'345.60", '.', "1234560"}, {"12’345.60", '.', "1234560"}, {"1,18,000.00", '.', "11800000"},
		{"1,2345.00", '.', "!"}, {"12,34.00", '.', "!"}, {"1,234'567.00", '.', "!"}, {",234.00", '.', "!"},
		{"1234,567.00", '.', "!"}, {"1.2.3", '.', "!"}, {"1.5,000", '.', "!"}, {"1,23", '.', "!"}, {"1,234,",
			'.', "!"},
		{"-5", '.', "-500"}, {"5-", '.', "-500"}, {"(5.00)", '.', "-500"}, {"−5", '.', "-500"}, {"+5", '.',
			"500"},
		{"--5", '.', "!"}, {"-(5)", '.', "!"}, {"(5", '.', "!"}, {"5.00 CR", '.', "-500"}, {"5.00DR", '.', "500"},
		{"5,00 H", ',', "-500"}, {"5,00 S", ',', "500"}, {"5.00 XY", '.', "!"}, {"100,-", ',', "10000"},
		{"100.-", '.', "10000"}, {"$1,362.07", '.', "136207"}, {"($120.00)", '.', "-12000"}, {"-$5", '.', "-500"},
		{"$-5", '.', "-500"}, {"€ 5,00", ',', "500 EUR"}, {"5,00 €", ',', "500 EUR"}, {"EUR 5.00", '.',
			"500 EUR"},
		{"5.00 USD", '.', "500 USD"}, {"USD5.00-", '.', "-500 USD"}, {"US$ 5.00", '.', "500 USD"},
		{"£5 GBP", '.', "500 GBP"}, {"£5 EUR", '.', "!"}, {"kr 5", '.', "500"}, {"5 %", '.', "!"},
		{"ten", '.', "!"}, {"", '.', "!"}, {"-", '.', "!"}, {".", '.', "!"}, {"1e3", '.', "!"}, {"0x10", '.', "!"},
		{"1.005", '.', "!"}, {"1.500", '.', "150"}, {"10000000000000.00", '.', "1000000000000000"},
		{"10000000000000.01", '.', "!"}, {"٣", '.', "!"}, {"1\u00a0234.00", '.', "123400"},
	} {
		minor, currency, err := amountOf(c.text, c.decimal, "EUR", false)
		got := strings.TrimSpace(fmt.Sprintf("%d %s", minor, currency))
		if err != nil {
			got = "!"
		}
		if got != c.want {
			t.Errorf("%q with decimal %c: got %s (%v), want %s", c.text, c.decimal, got, err, c.want)
		}
	}
}

func TestFloatNoise(t *testing.T) {
	for _, c := range []struct {
		text     string
		currency money.Currency
		want     int64 // -1: refused
	}{
		{"8734.710000000001", "USD", 873471}, {"8734.70999999999", "USD", 873471}, {"0.30000000000000004",
			"USD", 30},
		{"8734.7100001", "USD", -1}, {"8734.71000100000", "USD", -1}, {"8734.7149999999", "USD", -1},
		{"8734.995", "USD", -1}, {"99.99999999", "USD", 10000}, {"12.999999999", "JPY", 13}, {"12.00000001",
			"JPY", 12},
		{"1.234999999999", "KWD", 1235}, {"1.23499999", "KWD", -1},
	} {
		got, _, err := amountOf(c.text, '.', c.currency, true)
		if err != nil {
			got = -1
		}
		if got != c.want {
			t.Errorf("%s %s: got %d (%v), want %d", c.text, c.currency, got, err, c.want)
		}
	}
	if _, _, err := amountOf("8734.710000000001", '.', "USD", false); !errors.Is(err, money.ErrTooPrecise) {
		t.Errorf("noise without the switch: %v", err)
	}
}

// Any amount, written in any of the ways programs write it, is read back; and no
// single cell is evidence for the wrong decimal mark.
func TestAmountsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minor := rapid.Int64Range(-money.MaxMinor, money.MaxMinor).Draw(t, "minor")
		c := rapid.SampledFrom([]money.Currency{"EUR", "JPY", "KWD"}).Draw(t, "currency")
		decimal := rapid.SampledFrom([]byte(".,")).Draw(t, "decimal")
		group := rapid.SampledFrom([]string{"", ",", "'", " ", "\u202f"}).Draw(t, "group")
		if decimal == ',' && group == "," {
			group = "."
		}
		sign := rapid.SampledFrom([]string{"-%s", "%s-", "(%s)", "%s CR", "EUR -%s", "%s H",
			"− %s"}).Draw(t, "sign")
		plain := money.FormatMinor(money.Abs(minor), c.Exponent())
		whole, fraction, _ := strings.Cut(plain, ".")
		text := grouped(whole, group)
		if fraction != "" {
			text += string(decimal) + fraction
		}
		if minor < 0 {
			text = fmt.Sprintf(sign, text)
		}
		got, _, err := amountOf(text, decimal, c, false)
		if err != nil || got != minor {
			t.Fatalf("%q: got %d, %v; want %d", text, got, err, minor)
		}
		raw, _ := stripAmount([]byte(text))
		wrong := map[byte]marks{'.': marksComma, ',': marksPoint}[decimal]
		if e := evidence(raw.core); e == wrong || e == marksBad {
			t.Fatalf("%q is evidence %d", text, e)
		}
	})
}

func grouped(whole, group string) string {
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + group + whole[i:]
	}
	return whole
}

func TestCodedValues(t *testing.T) {
	for text, want := range map[string]string{"DE": "DE", "gb": "GB", "UK": "GB", "el": "GR",
		"Deutschland":   "DE",
		"united states": "US", "ÖSTERREICH": "AT", "391": "!", "XX": "!", "D ": "!", "A": "!", "Atlantis": "!"} {
		if got, ok := parseCountry([]byte(text)); ok != (want != "!") || ok && got != want {
			t.Errorf("country %q: %q, %v", text, got, ok)
		}
	}
	for text, want := range map[string]string{"de": "de", "EN-gb": "en-GB", "de_AT": "de-AT",
		"german": "!", "d": "!",
		"de-": "!", "de-A": "!", "d-AT": "!"} {
		if got, ok := parseLanguage([]byte(text)); ok != (want != "!") || ok && got != want {
			t.Errorf("language %q: %q, %v", text, got, ok)
		}
	}
	for text, want := range map[string]string{"a@b.example": "a@b.example",
		"a@b.example, c@d.example;": "a@b.example; c@d.example",
		"nobody":                    "!", "@b": "!", "a@": "!", "a@@b": "!", "a b@c": "!", "a@b.": "!", "a@.b": "!",
		"A <a@b.c>": "!", ";": "!"} {
		if got, ok := parseEmail(text); ok != (want != "!") || ok && got != want {
			t.Errorf("email %q: %q, %v", text, got, ok)
		}
	}
	for text, want := range map[string]bool{"Total": true, "TOTAL for Smith": true, "Sous-total": true,
		"Summe:":      true,
		"Totally Ltd": false, "Summers": false, "Gesamt": true, "to": false, "Subtotal EUR": true, "Inv": false} {
		if got := isTotalText([]byte(text)); got != want {
			t.Errorf("total %q: %v", text, got)
		}
	}
}

func TestFoldWord(t *testing.T) {
	for a, b := range map[string]string{"Invoice No.": "*invoice_no", "INVOICE #": "invoice no",
		"Fälligkeit":      "FAELLIGKEIT",
		"Date d'échéance": "date d echeance", "Straße": "strasse", "Numéro": "nume\u0301ro",
		"N° facture": "No facture"} {
		if foldWord(a) != foldWord(b) {
			t.Errorf("%q folds to %q, %q to %q", a, foldWord(a), b, foldWord(b))
		}
	}
	if foldWord("Net amount") == foldWord("Amount") {
		t.Error("folding drops words")
	}
}

// Each header of the tables must reach the field that lists it first, and every
// known layout must be found by its own columns.
func TestTables(t *testing.T) {
	for f, list := range synonyms {
		for header := range strings.SplitSeq(list, "|") {
			if foldWord(header) == "" {
				t.Errorf("%s lists an empty header", f)
			}
		}
	}
	for name, want := range map[string]Field{"Kundennummer": CustomerNumber, "Net due date": DueDate,
		"Date":  InvoiceDate,
		"Solde": OpenAmount, "P.O. #": PO, "Währung": Currency, "Mahnstufe": LastReminderLevel, "Total": Amount} {
		if got := headerWords[foldWord(name)].field; got != want {
			t.Errorf("%q means %s, want %s", name, got, want)
		}
	}
	for _, f := range plainFields {
		if headerWords[foldWord(f.String())].field != f {
			t.Errorf("the plain column %s means %s", f, headerWords[foldWord(f.String())].field)
		}
	}
	for i := range knownLayouts {
		k := &knownLayouts[i]
		if got := recognise(foldAll(strings.Split(k.signature, "|"))); got != k {
			t.Errorf("the signature of %s is recognised as %v", k.name, got)
		}
		if (k.refuse == "") != (k.columns != "") {
			t.Errorf("%s is neither mapped nor refused", k.name)
		}
		k.words() // panics on unknown fields
	}
}

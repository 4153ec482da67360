package xlsx

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// workbook builds an archive of the parts given, with the usual ones around them.
func workbook(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	all := map[string]string{
		"_rels/.rels":                `<Relationships><Relationship Id="r" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook><sheets><sheet name="Data" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   sheetOf(`<row r="1"><c r="A1"><v>1</v></c></row>`),
	}
	for name, text := range parts {
		all[name] = text
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range all {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, text)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sheetOf(rows string) string {
	return `<?xml version="1.0"?><worksheet xmlns="x"><sheetData>` + rows + `</sheetData></worksheet>`
}

// readAll reads a sheet as "row: a|b|c" lines.
func readAll(data []byte, sheet int) (lines []string, err error) {
	b, err := Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	rows, err := b.Rows(sheet)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for row := (Row{}); ; {
		switch err := rows.Next(&row); {
		case err == io.EOF:
			return lines, nil
		case err != nil:
			return lines, err
		}
		hidden := ""
		if row.Hidden {
			hidden = " hidden"
		}
		lines = append(lines, fmt.Sprintf("%d%s: %s", row.Number, hidden, bytes.Join(row.Cells, []byte("|"))))
	}
}

func wantLines(t *testing.T, data []byte, want ...string) {
	t.Helper()
	got, err := readAll(data, 0)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("read\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

const styles = `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="d/m/yy"/>
<numFmt numFmtId="165" formatCode="0000000000"/><numFmt numFmtId="166" formatCode="#,##0.00&quot; days&quot;"/>
<numFmt numFmtId="167" formatCode="[h]:mm:ss"/><numFmt numFmtId="168" formatCode="[$-407]d. mmmm yyyy;@"/></numFmts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="167"/><xf numFmtId="168"/></cellXfs></styleSheet>`

// TestValues: what a cell is, however it looks.
func TestValues(t *testing.T) {
	for _, c := range []struct{ name, cell, want string }{
		{"decimal", `<c r="A1"><v>1234.56</v></c>`, "1234.56"},
		{"binary remainder", `<c r="A1"><v>1234.5600000000001</v></c>`, "1234.56"},
		{"remainder below", `<c r="A1"><v>1499999.9999999998</v></c>`, "1500000"},
		{"nines", `<c r="A1"><v>999999999999999.9</v></c>`, "1000000000000000"},
		{"scientific", `<c r="A1"><v>1.9305714290000001E9</v></c>`, "1930571429"},
		{"small", `<c r="A1"><v>-5E-2</v></c>`, "-0.05"},
		{"zero", `<c r="A1"><v>-0</v></c>`, "0"},
		{"no number", `<c r="A1"><v>1.2.3</v></c>`, "1.2.3"},
		{"far too large", `<c r="A1"><v>1E300</v></c>`, "1E300"},
		{"built-in date", `<c r="A1" s="1"><v>46112</v></c>`, "2026-03-31"},
		{"own date format", `<c r="A1" s="2"><v>46112.75</v></c>`, "2026-03-31"},
		{"locale date format", `<c r="A1" s="6"><v>46112</v></c>`, "2026-03-31"},
		{"day 59", `<c r="A1" s="1"><v>59</v></c>`, "1900-02-28"},
		{"the day that never was", `<c r="A1" s="1"><v>60</v></c>`, "60"},
		{"day 61", `<c r="A1" s="1"><v>61</v></c>`, "1900-03-01"},
		{"padded number", `<c r="A1" s="3"><v>4711</v></c>`, "0000004711"},
		{"days as a unit", `<c r="A1" s="4"><v>30.5</v></c>`, "30.5"},
		{"hours", `<c r="A1" s="5"><v>1.5</v></c>`, "1.5"},
		{"shared text", `<c r="A1" t="s"><v>1</v></c>`, "00123"},
		{"rich text", `<c r="A1" t="s"><v>2</v></c>`, "Möbel & Co"},
		{"inline", `<c r="A1" t="inlineStr"><is><t>a &lt;b&gt;</t></is></c>`, "a <b>"},
		{"formula", `<c r="A1"><f>SUM(B1:B9)</f><v>12.5</v></c>`, "12.5"},
		{"text of a formula", `<c r="A1" t="str"><f>A2</f><v>R-1</v></c>`, "R-1"},
		{"error", `<c r="A1" t="e"><v>#N/A</v></c>`, "#N/A"},
		{"boolean", `<c r="A1" t="b"><v>1</v></c>`, "yes"},
		{"ISO date", `<c r="A1" t="d"><v>2026-03-31</v></c>`, "2026-03-31"},
		{"escaped return", `<c r="A1" t="str"><v>a_x000D_b_x005F_c</v></c>`, "a\rb_c"},
		{"numeric entity", `<c r="A1" t="str"><v>&#x20AC;&#53;&nope;</v></c>`, "€5&nope;"},
		{"prefixes", `<x:c r="A1" t="str"><x:v>p</x:v></x:c>`, "p"},
		{"comment", `<c r="A1"><!-- > <v>9</v> --><v>7</v></c>`, "7"},
		{"quoted mark", `<c r="A1" note="a>b" t='str'><v>7</v></c>`, "7"},
	} {
		data := workbook(t, map[string]string{"xl/styles.xml": styles,
			"xl/sharedStrings.xml":     `<sst><si><t/></si><si><t>00123</t></si><si><r><t>Möbel </t></r><r><t>&amp; Co</t></r><rPh><t>spoken</t></rPh></si></sst>`,
			"xl/worksheets/sheet1.xml": sheetOf(`<row r="1">` + c.cell + `</row>`)})
		got, err := readAll(data, 0)
		if err != nil || len(got) != 1 || got[0] != "1: "+c.want {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.want)
		}
	}
}

func TestCountsFrom1904(t *testing.T) {
	wantLines(t, workbook(t, map[string]string{"xl/styles.xml": styles,
		"xl/workbook.xml":          `<workbook><workbookPr date1904="1"/><sheets><sheet name="Data" r:id="rId1"/></sheets></workbook>`,
		"xl/worksheets/sheet1.xml": sheetOf(`<row r="1"><c r="A1" s="1"><v>44650</v></c></row>`)}), "1: 2026-03-31")
}

// A customer's name merged over its rows stands in each; a merged amount in the first only.
func TestMergedCells(t *testing.T) {
	sheet := `<worksheet><sheetData>
	<row r="2"><c r="A2" t="str"><v>Pike</v></c><c r="B2"><v>1</v></c><c r="C2"><v>10</v></c></row>
	<row r="3"><c r="B3"><v>2</v></c></row><row r="5" hidden="1"><c r="B5"><v>3</v></c></row>
	<row r="6"><c r="B6"><v>4</v></c></row></sheetData>
	<mergeCells><mergeCell ref="A2:A5"/><mergeCell ref="C2:C3"/><mergeCell ref="A9:B9"/></mergeCells></worksheet>`
	wantLines(t, workbook(t, map[string]string{"xl/worksheets/sheet1.xml": sheet}),
		"2: Pike|1|10", "3: Pike|2", "5 hidden: Pike|3", "6: |4")
}

// Merged cells that overlap, as no program writes them, and many tall ones cost no more than
// the rows they fill: one text a column, and no more bytes in all than a part may have.
func TestManyMergedCells(t *testing.T) {
	var sheet strings.Builder
	sheet.WriteString(`<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>Pike</v></c></row>`)
	for n := 2; n <= 3000; n++ {
		fmt.Fprintf(&sheet, `<row r="%d"><c r="A%d" t="str"><v>Moor</v></c></row>`, n, n)
	}
	sheet.WriteString(`<row r="3001"/></sheetData><mergeCells>`)
	for n := 1; n <= 3000; n++ {
		fmt.Fprintf(&sheet, `<mergeCell ref="A%d:A1048576"/>`, n)
	}
	sheet.WriteString(`</mergeCells></worksheet>`)
	data := workbook(t, map[string]string{"xl/worksheets/sheet1.xml": sheet.String()})
	b, err := Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := b.Rows(0)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var row Row
	for {
		if err := rows.Next(&row); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if len(rows.running) > 1 {
			t.Fatalf("row %d: %d texts run in one column", row.Number, len(rows.running))
		}
	}
	sheet.Reset()
	sheet.WriteString(`<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>` + strings.Repeat("x", MaxCellBytes-1) + `</v></c></row>`)
	for n := 2; n <= 4000; n++ {
		fmt.Fprintf(&sheet, `<row r="%d"/>`, n)
	}
	sheet.WriteString(`</sheetData><mergeCells><mergeCell ref="A1:A4000"/></mergeCells></worksheet>`)
	if _, err := readAll(workbook(t, map[string]string{"xl/worksheets/sheet1.xml": sheet.String()}), 0); !errors.Is(err, ErrLimit) {
		t.Errorf("64 KiB merged over 4000 rows: %v", err)
	}
}

func TestSheets(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	f.NewSheet("Notes & more")
	f.NewSheet("Hidden")
	f.SetSheetVisible("Hidden", false)
	f.SetCellValue("Hidden", "C2", "x")
	var file bytes.Buffer
	if err := f.Write(&file); err != nil {
		t.Fatal(err)
	}
	b, err := Open(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Sheets) != 3 || b.Sheets[1].Name != "Notes & more" || b.Sheets[1].Hidden || !b.Sheets[2].Hidden {
		t.Errorf("%+v", b.Sheets)
	}
	if got, err := readAll(file.Bytes(), 2); err != nil || len(got) == 0 || got[len(got)-1] != "2: ||x" {
		t.Error(got, err)
	}
}

func TestRefuses(t *testing.T) {
	deep := strings.Repeat("x", MaxCellBytes+1)
	for _, c := range []struct {
		name  string
		parts map[string]string
		want  error
	}{
		{"document type", map[string]string{"xl/worksheets/sheet1.xml": `<!DOCTYPE a [<!ENTITY x "y">]><worksheet/>`}, ErrBroken},
		{"cut inside a cell", map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row r="1"><c><v>1`}, ErrBroken},
		{"cut between rows", map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row r="1"><c><v>1</v></c></row>`}, ErrBroken},
		{"rows in disorder", map[string]string{"xl/worksheets/sheet1.xml": sheetOf(`<row r="5"/><row r="4"/>`)}, ErrBroken},
		{"cells in disorder", map[string]string{"xl/worksheets/sheet1.xml": sheetOf(`<row r="1"><c r="B1"/><c r="A1"/></row>`)}, ErrBroken},
		{"text that is not there", map[string]string{"xl/worksheets/sheet1.xml": sheetOf(`<row r="1"><c t="s"><v>9</v></c></row>`)}, ErrBroken},
		{"long text", map[string]string{"xl/worksheets/sheet1.xml": sheetOf(`<row r="1"><c t="str"><v>` + deep + `</v></c></row>`)}, ErrLimit},
		{"bomb", map[string]string{"xl/worksheets/sheet1.xml": `<worksheet>` + strings.Repeat(" ", 8<<20) + sheetOf("")}, ErrLimit},
		{"no workbook", map[string]string{"xl/workbook.xml": `<workbook/>`}, ErrBroken},
		{"Word", map[string]string{"_rels/.rels": `<Relationships><Relationship Type="x/officeDocument" Target="word/document.xml"/></Relationships>`,
			"word/x.xml": ""}, ErrNotWorkbook},
	} {
		if _, err := readAll(workbook(t, c.parts), 0); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

// TestCutAnywhere: an archive cut at any byte is an error, never a shorter list.
func TestCutAnywhere(t *testing.T) {
	data := workbook(t, nil)
	for n := range data {
		if lines, err := readAll(data[:n], 0); err == nil {
			t.Fatalf("cut at byte %d of %d is read as %q", n, len(data), lines)
		}
	}
}

// FuzzSheet: whatever the XML, nothing panics or hangs, rows ascend and stay in their bounds.
func FuzzSheet(f *testing.F) {
	f.Add(sheetOf(`<row r="1"><c r="A1" t="s"><v>1</v></c><c r="C1" s="1"><v>46112</v></c></row>`), `<sst><si><t>a</t></si><si><t>b</t></si></sst>`)
	f.Add(`<worksheet><sheetData><row><c t="str"><v>a</v></c></row></sheetData><mergeCells><mergeCell ref="A1:A9"/></mergeCells></worksheet>`, "")
	f.Add(`<a x='>'><![CDATA[x]]><!-- --></a>`, "")
	f.Fuzz(func(t *testing.T, sheet, texts string) {
		if len(sheet)+len(texts) > 1<<20 {
			return
		}
		data := workbook(t, map[string]string{"xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": texts, "xl/styles.xml": styles})
		b, err := Open(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		rows, err := b.Rows(0)
		if err != nil {
			return
		}
		defer rows.Close()
		last, size := 0, 0
		for row := (Row{}); rows.Next(&row) == nil; last = row.Number {
			if row.Number <= last || len(row.Cells) > 1<<14 {
				t.Fatalf("row %d after %d with %d cells", row.Number, last, len(row.Cells))
			}
			for _, c := range row.Cells {
				size += len(c)
			}
		}
	})
}

// FuzzArchive: whatever the bytes, nothing panics.
func FuzzArchive(f *testing.F) {
	f.Add(workbook(f, nil))
	f.Fuzz(func(_ *testing.T, data []byte) {
		if len(data) <= 1<<20 {
			readAll(data, 0)
		}
	})
}

// benchRows is a list as long as the one whose preview is to be there in a second.
const benchRows = 10_000

func BenchmarkRows(b *testing.B) {
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	for i := range benchRows {
		w.SetRow(fmt.Sprintf("A%d", i+1), []any{fmt.Sprintf("C-%05d", i/20), "Customer & Co", "INV-1", 46112, 46142, "EUR",
			1234.56, 1000.01, "PO 1", "", "", "x"})
	}
	w.Flush()
	var file bytes.Buffer
	if err := f.Write(&file); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if lines, err := readAll(file.Bytes(), 0); err != nil || len(lines) != benchRows {
			b.Fatal(err)
		}
	}
}

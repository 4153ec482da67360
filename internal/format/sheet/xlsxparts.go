package sheet

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// parts are the files of the workbook beside its sheets.
func (x *xlsxWriter) parts() [][2]string {
	const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	var types, sheets, links strings.Builder
	for i, name := range x.sheets {
		fmt.Fprintf(&types, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`, i+1)
		fmt.Fprintf(&sheets, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, sheetName(name), i+1, i+1)
		fmt.Fprintf(&links, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, office, i+1)
	}
	return [][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
			`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
			`<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>` + types.String() + `</Types>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
			`<Relationship Id="rId1" Type="` + office + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="` + office + `"><bookViews><workbookView/></bookViews><sheets>` +
			sheets.String() + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + links.String() +
			fmt.Sprintf(`<Relationship Id="rId%d" Type="%s/styles" Target="styles.xml"/></Relationships>`, len(x.sheets)+1, office)},
		{"xl/styles.xml", x.styles()},
	}
}

// sheetName is a name as a workbook takes it: 31 characters at most, none of []:*?/\ in it.
func sheetName(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) {
			return '-'
		}
		return r
	}, printable(name))
	if runes := []rune(name); len(runes) > 31 {
		name = string(runes[:31])
	}
	var b strings.Builder
	xml.EscapeText(&b, []byte(name))
	return b.String()
}

// styles are the forms of the cells: plain, heads, days, and amounts by their decimals.
func (x *xlsxWriter) styles() string {
	formats := `<numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/>`
	cells := `<xf/><xf fontId="1" applyFont="1"/><xf numFmtId="164" applyNumberFormat="1"/>`
	for i, decimals := range x.amounts {
		code := "#,##0"
		if decimals > 0 {
			code += "." + strings.Repeat("0", decimals)
		}
		formats += fmt.Sprintf(`<numFmt numFmtId="%d" formatCode="%s"/>`, 165+i, code)
		cells += fmt.Sprintf(`<xf numFmtId="%d" applyNumberFormat="1"/>`, 165+i)
	}
	return `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` +
		fmt.Sprintf(`<numFmts count="%d">%s</numFmts>`, 1+len(x.amounts), formats) +
		`<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>` +
		fmt.Sprintf(`<cellXfs count="%d">%s</cellXfs></styleSheet>`, styleAmounts+len(x.amounts), cells)
}

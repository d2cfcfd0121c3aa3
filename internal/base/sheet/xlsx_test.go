package sheet_test

import (
	"bytes"
	"fmt"
	"maps"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"houqin/internal/base/sheet"
)

func TestXLSXCells(t *testing.T) {
	parts := workbook(`<dimension ref="A1:XFD1048576"/><sheetData>
		<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c><c r="D1" t="s"><v>2</v></c></row>
		<row r="3"><c r="A3" s="1"><v>46347</v></c><c r="B3" s="2"><v>42</v></c><c r="C3" s="3"><v>1234.5</v></c><c r="D3" s="4"><v>0.5868055555555556</v></c><c r="E3" s="5"><v>0.125</v></c></row>
		<row r="4"><c r="A4" t="b"><v>1</v></c><c r="B4" t="e"><v>#N/A</v></c><c r="C4" t="inlineStr"><is><t> 内</t><t>联 </t></is></c><c r="D4" t="str"><f>A1&amp;B1</f><v>连_x4E2D_</v></c><c r="E4"><f>SUM(A1)</f><v>7</v></c><c r="F4"><f>X()</f></c><c r="G4" t="str"><f>""</f><v></v></c></row>
		<row><c><v>6901234567892</v></c><c t="d"><v>2026-11-21T08:30:00</v></c><c><v>1.10101199003076E+17</v></c></row>
		<row r="9" ht="20"><c r="A9" s="3"/></row>
		</sheetData>`)
	all := rows(t, open(t, "a.xlsx", zipped(parts)), 0)
	if got, want := seen(all), "1: 名称||氧气|a<b&c中\n"+
		"3: 2026年11月21日|000042|1,234.50|14:05|12.50%\n"+
		"4: TRUE|#N/A|内联|连中|7|\n"+
		"5: 6901234567892|2026-11-21T08:30:00|1.10101199003076E+17\n"; got != want {
		t.Fatalf("got\n%swant\n%s", got, want)
	}
	c := all[1].Cells
	if !c[0].IsTime || c[0].IsNumber || !c[0].Time.Equal(time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("A3 is a day: %+v", c[0])
	}
	if !c[1].IsNumber || c[1].Number != 42 || !c[4].IsNumber || c[4].Number != 0.125 {
		t.Errorf("B3 and E3 are numbers: %+v %+v", c[1], c[4])
	}
	if !c[3].IsTime || c[3].Time.Format("15:04:05") != "14:05:00" {
		t.Errorf("D3 is a time of day: %+v", c[3])
	}
	c = all[2].Cells
	if !c[1].IsError || !c[3].Formula || !c[4].Formula || !c[5].Formula || c[5].Text != "" || c[0].Formula || len(c) != 6 {
		t.Errorf("row 4: %+v", c)
	}
	if c := all[3].Cells[1]; !c.IsTime || c.Time.Hour() != 8 {
		t.Errorf("B5 is a moment: %+v", c)
	}
}

// Other programs write prefixes, single quotes, comments, CDATA, backslashes,
// capitals, no references, no styles; charts are no sheets.
func TestXLSXOfOtherPrograms(t *testing.T) {
	data := zipped(map[string]string{
		`XL\Workbook.xml`: "\uFEFF" + `<?xml version='1.0' encoding="utf-8"?><!-- <sheet name="no"/> --><x:workbook xmlns:x='m' xmlns:r="r"><x:workbookPr date1904='true'/>` +
			`<x:sheets><x:sheet name='图' sheetId="1" r:id='c'/><x:sheet name='A&amp;B' state="hidden" r:id='a'/><x:sheet name="空" r:id="b"/></x:sheets></x:workbook>`,
		`xl\_rels\workbook.xml.rels`: `<r:Relationships xmlns:r="x"><r:Relationship Target='worksheets\S1.xml' Type="t/worksheet" Id='a'/><r:Relationship Target='/xl/worksheets/s2.xml' Type="t/worksheet" Id="b"/><r:Relationship Id="c" Type="t/chartsheet" Target="c.xml"/></r:Relationships>`,
		"xl/worksheets/s1.xml":       "<x:worksheet xmlns:x='m'>\r\n<x:sheetData><x:row><x:c><x:v>1</x:v></x:c><x:c t='inlineStr'><x:is><x:t><![CDATA[a<b]]></x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>",
		"xl/worksheets/s2.xml":       "<worksheet><sheetData/></worksheet>",
	})
	b := open(t, "a.xlsx", data)
	if got := fmt.Sprint(b.Sheets, b.Hidden); got != "[A&B 空] [true false]" {
		t.Errorf("sheets %s", got)
	}
	if got := seen(rows(t, b, 0)); got != "1: 1|a<b\n" {
		t.Errorf("got %s", got)
	}
	if got := rows(t, b, 1); len(got) != 0 {
		t.Errorf("the second sheet is empty: %v", got)
	}
}

func TestXLSXMergedRanges(t *testing.T) {
	parts := workbook(`<sheetData>
		<row r="1"><c r="A1" t="inlineStr"><is><t>库存表</t></is></c></row>
		<row r="2"><c r="A2" t="inlineStr"><is><t>耗材</t></is></c><c r="B2"><v>1</v></c></row>
		<row r="3"><c r="A3" t="inlineStr"><is><t>hidden</t></is></c><c r="B3"><v>2</v></c></row>
		<row r="5"><c r="B5" s="1"><v>46347</v></c></row>
		<row r="6"><c r="C6"><v>3</v></c></row>
		</sheetData><mergeCells count="4"><mergeCell ref="B5:B6"/><mergeCell ref="A1:C1"/><mergeCell ref="A2:A4"/><mergeCell ref="D9"/></mergeCells>`)
	all := rows(t, open(t, "a.xlsx", zipped(parts)), 0)
	want := "1: 库存表|«库存表»|«库存表»\n2: 耗材|1\n3: «耗材»|2\n5: |2026年11月21日\n6: |«2026年11月21日»|3\n"
	if got := seen(all); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	c := all[4].Cells[1]
	if c.IsTime || !c.Whole().IsTime || c.Whole().Time.Day() != 21 {
		t.Errorf("the whole of B6 is the day in B5: %+v", c)
	}
}

func TestXLSX1904(t *testing.T) {
	parts := workbook(`<sheetData><row r="1"><c r="A1" s="1"><v>44885</v></c></row></sheetData>`)
	parts["xl/workbook.xml"] = strings.Replace(parts["xl/workbook.xml"], "<sheets>", `<workbookPr date1904="1"/><sheets>`, 1)
	if got := rows(t, open(t, "a.xlsx", zipped(parts)), 0)[0].Cells[0]; got.Text != "2026年11月21日" || got.Time.Year() != 2026 {
		t.Errorf("got %+v", got)
	}
}

// Holds: v5.0.0-1.5.1 AB-14
func TestXLSXRefusals(t *testing.T) {
	row := func(in string) map[string]string { return workbook("<sheetData>" + in + "</sheetData>") }
	change := func(part, old, new string) map[string]string {
		p := workbook(`<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData>`)
		if !strings.Contains(p[part], old) {
			t.Fatalf("%s has no %s", part, old)
		}
		p[part] = strings.Replace(p[part], old, new, 1)
		return p
	}
	without := func(part string) map[string]string {
		p := maps.Clone(workbook("<sheetData/>"))
		delete(p, part)
		return p
	}
	for _, c := range []struct {
		name  string
		parts map[string]string
		want  string
	}{
		{"too many columns", row(`<row r="2"><c r="AMK2"><v>1</v></c></row>`), "sheet.too_many_columns"},
		{"formatting only beyond the columns", row(`<row r="2"><c r="XFD2" s="1"/></row>`), ""},
		{"too many rows", row(`<row r="1200001"><c><v>1</v></c></row>`), "sheet.too_many_rows"},
		{"formatting only beyond the rows", row(`<row r="1200001"><c s="1"/></row>`), ""},
		{"long cell", row(`<row><c t="inlineStr"><is><t>` + strings.Repeat("长", 32768) + `</t></is></c></row>`), "sheet.cell_too_long"},
		{"longest cell", row(`<row><c t="inlineStr"><is><t>` + strings.Repeat("&#x957F;", 32767) + `</t></is></c></row>`), ""},
		{"rows out of order", row(`<row r="2"/><row r="1"/>`), "sheet.damaged"},
		{"cell of another row", row(`<row r="2"><c r="A3"><v>1</v></c></row>`), "sheet.damaged"},
		{"cell without a place", row(`<row r="2"><c r="2"><v>1</v></c></row>`), "sheet.damaged"},
		{"text that is not in the table", row(`<row><c t="s"><v>99</v></c></row>`), "sheet.damaged"},
		{"number that is none", row(`<row><c><v>x</v></c></row>`), "sheet.damaged"},
		{"no end", change("xl/worksheets/sheet1.xml", "</row></sheetData></worksheet>", ""), "sheet.damaged"},
		{"entities of its own", change("xl/worksheets/sheet1.xml", "<worksheet", `<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet`), "sheet.damaged"},
		{"unknown entity", change("xl/sharedStrings.xml", "名称", "&a;"), "sheet.damaged"},
		{"foreign encoding", change("xl/sharedStrings.xml", "<sst", `<?xml version="1.0" encoding="GBK"?><sst`), "sheet.damaged"},
		{"no sheets", change("xl/workbook.xml", "<sheet ", "<leaf "), "sheet.empty"},
		{"no workbook", without("xl/workbook.xml"), "sheet.damaged"},
		{"sheet that is not there", without("xl/worksheets/sheet1.xml"), "sheet.damaged"},
		{"no styles though promised", without("xl/styles.xml"), "sheet.damaged"},
		{"overlapping ranges", workbook(`<sheetData><row r="2"><c><v>1</v></c></row></sheetData><mergeCells>` + strings.Repeat(`<mergeCell ref="A1:B3"/>`, 3000) + `</mergeCells>`), "sheet.damaged"},
		{"range without an end", workbook(`<sheetData/><mergeCells><mergeCell ref="A1:"/></mergeCells>`), "sheet.damaged"},
		{"tag that never ends", change("xl/worksheets/sheet1.xml", "<sheetData>", "<sheetData "+strings.Repeat("a", 2<<20)), "sheet.damaged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := refusal("a.xlsx", zipped(c.parts)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// heapAfter is how much more memory is taken while work runs than before, at
// the moments it calls look.
func heapAfter(work func(look func())) uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before, most := m.HeapAlloc, uint64(0)
	work(func() {
		runtime.GC()
		runtime.ReadMemStats(&m)
		if m.HeapAlloc > before {
			most = max(most, m.HeapAlloc-before)
		}
	})
	return most
}

// Holds: AB-14
func TestAMillionEmptyRowsAreCountedInLittleMemory(t *testing.T) {
	var b strings.Builder
	b.WriteString("<sheetData>")
	for i := 1; i <= 1_000_000; i++ {
		fmt.Fprintf(&b, `<row r="%d" spans="1:3"><c r="A%d" s="1"/></row>`, i, i)
	}
	b.WriteString(`<row r="1000001"><c r="B1000001"><v>7</v></c></row></sheetData>`)
	data := zipped(workbook(b.String()))
	b.Reset()
	var all []sheet.Row
	grown := heapAfter(func(look func()) {
		book := open(t, "a.xlsx", data)
		for r, err := range book.Rows(0) {
			if err != nil {
				t.Fatal(err)
			}
			look()
			all = append(all, r)
		}
	})
	if got := seen(all); got != "1000001: |7\n" {
		t.Errorf("got %s", got)
	}
	if grown > 4<<20 {
		t.Errorf("%d KB taken", grown>>10)
	}
}

// Small files that unpack to very much are refused before they fill memory.
// Holds: v5.0.0-5.2.3 AB-14 API4:2023
func TestUnpackingIsLimited(t *testing.T) {
	bomb := workbook(`<sheetData/>`)
	bomb["xl/sharedStrings.xml"] = "<sst>" + strings.Repeat(" ", 200<<20) + "</sst>"
	many := workbook(`<sheetData/>`)
	for i := range 30_000 {
		many[fmt.Sprintf("x/%0100d", i)] = ""
	}
	for name, parts := range map[string]map[string]string{"texts": bomb, "parts": many} {
		data := zipped(parts)
		clear(parts)
		grown := heapAfter(func(look func()) {
			if got := refusal("a.xlsx", data); got != "sheet.too_big" {
				t.Errorf("%s: %q", name, got)
			}
			look()
		})
		if grown > 16<<20 {
			t.Errorf("%s: %d MB taken", name, grown>>20)
		}
	}
}

// Another library's writer, our reader: the same cells, whoever reads them.
func TestXLSXAgreesWithAnotherReader(t *testing.T) {
	f := excelize.NewFile()
	formats := []string{"0.00", "#,##0", "yyyy-mm-dd", "0%", "#,##0.00;(#,##0.00)", "00000", "@", "m/d/yy", `0.0"kg"`, "[Red]0;[Blue]-0", "0.###", "#,##0,", "[$¥-804]#,##0.00", "d-mmm-yy", "h:mm:ss AM/PM", "[h]:mm", "000-0000"}
	values := []float64{0, 1, -1, 0.5, 12.345, 1234567.891, 46347, 46347.75, 99.995, 1e9}
	for i, code := range formats {
		style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
		if err != nil {
			t.Fatal(err)
		}
		for j, v := range values {
			at, _ := excelize.CoordinatesToCellName(j+1, i+1)
			f.SetCellValue("Sheet1", at, v)
			f.SetCellStyle("Sheet1", at, at, style)
		}
	}
	f.SetCellRichText("Sheet1", "A20", []excelize.RichTextRun{{Text: "氧"}, {Text: "气"}})
	f.SetCellStr("Sheet1", "B20", "<&>\"'_x0041_")
	f.SetCellBool("Sheet1", "C20", true)
	// Where the other library shows -0, or years of five digits, ours says less.
	f.SetCellValue("Sheet1", "C12", nil)
	for _, at := range []string{"J3", "J8", "J14", "J15", "J16", "F16"} {
		f.SetCellValue("Sheet1", at, 1)
	}
	var data bytes.Buffer
	if err := f.Write(&data); err != nil {
		t.Fatal(err)
	}
	theirs, err := f.GetRows("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows(t, open(t, "a.xlsx", data.Bytes()), 0) {
		var ours []string
		for _, c := range r.Cells {
			ours = append(ours, c.Text)
		}
		if diff := cmp.Diff(theirs[r.Number-1], ours); diff != "" {
			t.Errorf("row %d, %s: (-theirs +ours)\n%s", r.Number, formats[min(r.Number, len(formats))-1], diff)
		}
	}
}

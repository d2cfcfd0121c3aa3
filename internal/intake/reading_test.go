package intake_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/list"
	"houqin/internal/base/sheet"
	"houqin/internal/departments"
	"houqin/internal/desk"
	"houqin/internal/intake"
	"houqin/internal/places"
	"houqin/internal/warehouse"
)

// The order of day and month is what the whole column allows, what the person says,
// or nothing: then the row is refused.
func TestTheColumnDecidesTheOrderOfDates(t *testing.T) {
	for _, f := range []struct {
		name, dates, setting string
		first                string // day of the first row; "" refused
		rule                 string
	}{
		{"the column", "04/03/2025,25/03/2025", "", "2025-03-04", "Dates in “日期” are read as DMY"},
		{"American", "04/03/2025,03/25/2025", "", "2025-04-03", "Dates in “日期” are read as MDY"},
		{"undecided", "04/03/2025,05/03/2025", "", "", ""},
		{"the person", "04/03/2025,05/03/2025", "MDY", "2025-04-03", "as was asked"},
		{"no need", "2025年3月4日,20250305", "", "2025-03-04", ""},
	} {
		t.Run(f.name, func(t *testing.T) {
			d, _ := dbtest.Open(t, dbtest.SQLite(t, rooms))
			c := hire(t, d)
			m := intake.Mapping{}
			if f.setting != "" {
				m.Settings = map[string]string{"dates": f.setting}
			}
			var text strings.Builder
			text.WriteString("日期,内容\n")
			for i, day := range strings.Split(f.dates, ",") {
				fmt.Fprintf(&text, "%s,%c\n", day, 'a'+i)
			}
			p, err := c.read("jobs", "f.csv", text.String(), m)
			if err != nil {
				t.Fatal(err)
			}
			r := c.run(p, intake.Options{})
			see(t, applied(t, r), f.rule)
			if f.first == "" {
				if r.Refused != 2 {
					t.Errorf("%+v", r)
				}
				see(t, c.said(), "日期|A2|04/03/2025|")
				return
			}
			jobs, err := desk.Jobs.All(t.Context(), d, list.Where{}.And("j.title = 'a'"), 2)
			if err != nil || len(jobs) != 1 || string(jobs[0].ReportedAt.Day(d.Zone)) != f.first {
				t.Errorf("%+v %v", jobs, err)
			}
		})
	}
}

func TestOneTextInManyEncodings(t *testing.T) {
	const text = "编码\t名称\nN1\t神经内科\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	wide := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune(text)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	for name, data := range map[string]string{"utf-8": text, "gb18030": gb, "utf-16": string(wide), "mark": "\uFEFF" + text} {
		d, _ := dbtest.Open(t, dbtest.SQLite(t, rooms))
		c := hire(t, d)
		p, err := c.read("departments", "f.tsv", data, intake.Mapping{})
		if err != nil {
			t.Fatal(name, err)
		}
		c.counts(c.run(p, intake.Options{}), 1, 1, 0, 0, 0)
		if got, err := departments.ByCode(t.Context(), d, "N1"); err != nil || got.Name != "神经内科" {
			t.Errorf("%s: %s %v", name, got.Name, err)
		}
	}
}

// workbook is a small .xlsx with merged cells; numbers are numbers.
func workbook(t *testing.T, merges string, rows ...string) []byte {
	t.Helper()
	var cells strings.Builder
	for i, row := range rows {
		fmt.Fprintf(&cells, `<row r="%d">`, i+1)
		for j, c := range strings.Split(row, "|") {
			at := sheet.Name(i+1, j)
			switch {
			case c == "":
			case strings.HasPrefix(c, "#"):
				fmt.Fprintf(&cells, `<c r="%s"><v>%s</v></c>`, at, c[1:])
			default:
				fmt.Fprintf(&cells, `<c r="%s" t="inlineStr"><is><t>%s</t></is></c>`, at, c)
			}
		}
		cells.WriteString("</row>")
	}
	var ranges strings.Builder
	for r := range strings.FieldsSeq(merges) {
		fmt.Fprintf(&ranges, `<mergeCell ref="%s"/>`, r)
	}
	const ns = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	parts := map[string]string{
		"[Content_Types].xml":        `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
		"_rels/.rels":                `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook ` + ns + ` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="表" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   `<worksheet ` + ns + `><sheetData>` + cells.String() + `</sheetData><mergeCells>` + ranges.String() + `</mergeCells></worksheet>`,
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Words in merged cells are said of each row; numbers are not, since they would be
// counted several times.
func TestMergedCells(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := hire(t, d)
		open := func(kind string, data []byte) *intake.Plan {
			p, err := intake.Read(context.Background(), d, kind, "rooms.xlsx", bytes.NewReader(data), int64(len(data)), intake.Mapping{})
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		file := workbook(t, "A1:D1 A3:A5 B3:B4 D4:D5", "门诊楼一览", "楼栋|楼层|房间号|面积", "门诊楼|3层|#301|#12.5", "||#302|#30", "|4层|#401|")
		r := c.run(open("places", file), intake.Options{})
		c.counts(r, 3, 2, 0, 0, 1)
		see(t, c.said(), "面积|D5|30|A number in merged cells would be counted several times")
		see(t, applied(t, r), "In “楼栋”, merged cells count for each of their rows")
		if p, err := places.ByCode(t.Context(), d, "门诊楼-3层-302"); err != nil || p.Path != "门诊楼 / 3层 / 302" {
			t.Errorf("%+v %v", p, err)
		}
	})
}

func TestAMappingDecides(t *testing.T) {
	d, _ := dbtest.Open(t, dbtest.SQLite(t, rooms))
	c := hire(t, d)
	const file = "甲,乙,丙,丁\n医用手套,盒子,9,S1\n"
	m, err := intake.ReadMapping(strings.NewReader(`{"columns":{"name":"甲","unit":"@B","qty":"丙","number":"丁"},"values":{"unit":{"盒子":"盒"}},"settings":{"store":"K1"}}`))
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.read("stock", "f.csv", file, m)
	if err != nil {
		t.Fatal(err)
	}
	c.counts(c.run(p, intake.Options{}), 1, 1, 0, 0, 0)
	if _, err := warehouse.StoreByCode(t.Context(), d, "K1"); err != nil {
		t.Error(err)
	}
	for text, want := range map[string]string{
		`{"colums":{}}`:                                 "intake.bad_mapping",
		`{"columns":{"nonsense":"甲"}}`:                  "intake.no_target",
		`{"columns":{"name":"戊"}}`:                      "intake.no_column",
		`{"columns":{"name":"甲","number":"甲"}}`:         "intake.column_twice",
		`{"settings":{"colour":"red"}}`:                 "intake.no_setting",
		`{"columns":{"name":"甲"},"sheet":"Nope"}`:       "intake.no_sheet",
		`{"columns":{"name":"","number":"","qty":"丙"}}`: "intake.column_missing",
	} {
		m, err := intake.ReadMapping(strings.NewReader(text))
		if err == nil {
			_, err = c.read("stock", "f.csv", file, m)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

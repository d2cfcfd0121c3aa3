package sheet_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"houqin/internal/base/fault"
	"houqin/internal/base/sheet"
)

// taken reads a file as far as it goes and holds the reader to its word: a file
// is a fault or rows in order within the limits, never a panic, and it is read
// the same twice.
func taken(t *testing.T, name string, data []byte) {
	b, err := sheet.Open(name, bytes.NewReader(data), int64(len(data)))
	if err != nil {
		blame(t, err)
		return
	}
	for i := range b.Sheets {
		var first strings.Builder
		last := 0
		for r, err := range b.Rows(i) {
			if err != nil {
				blame(t, err)
				break
			}
			if r.Number <= last || r.Number > sheet.MaxRows || len(r.Cells) == 0 || len(r.Cells) > sheet.MaxColumns {
				t.Fatalf("row %d after %d with %d cells", r.Number, last, len(r.Cells))
			}
			last = r.Number
			for _, c := range r.Cells {
				if c.Merged && c.Text != "" || c.IsNumber && c.IsTime || len(c.Text) > 4*sheet.MaxText {
					t.Fatalf("cell %+v", c)
				}
				sheet.NumberOf(c)
				sheet.MomentOf(c, sheet.NoOrder)
			}
			if first.Len() < 1<<20 {
				first.WriteString(seen([]sheet.Row{r}))
			}
		}
		var again strings.Builder
		var head []sheet.Row
		for r, err := range b.Rows(i) {
			if err != nil || again.Len() >= first.Len() {
				break
			}
			head = append(head, r)
			again.WriteString(seen([]sheet.Row{r}))
		}
		if first.String() != again.String() {
			t.Fatalf("read differently the second time")
		}
		if at, ok := sheet.FindHeader(head, nil); ok {
			sheet.Columns(head, at)
		}
	}
}

// blame makes sure that a file's defect is told as one, and that no reader broke
// down over it.
func blame(t *testing.T, err error) {
	if fault.KindOf(err) == fault.Internal {
		t.Fatalf("not a fault: %v", err)
	}
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Cause != nil && strings.Contains(e.Cause.Error(), "panic") {
		t.Fatalf("a reader broke down: %v", err)
	}
}

// Holds: DB3-8.1.4.4-d
func FuzzCSV(f *testing.F) {
	gb, _ := simplifiedchinese.GB18030.NewEncoder().String("编号,名称\n1,医用氧气\n")
	for _, s := range []string{"a,b\n1,2\n", "\uFEFFa;b\r\n\"x\"\"y\";1,5", gb, "\xFF\xFEa\x00,\x00b\x00\n\x00", "sep=;\na;b", "$$x\n1$2$3", "'=1,\"\n\"\r\r\n\x1a", "<html>"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) { taken(t, "a.csv", data) })
}

// Holds: DB3-8.1.4.4-d
func FuzzXLS(f *testing.F) {
	// The workbook stream is fuzzed, and the compound file with it when the input
	// is one.
	f.Add(oldBook(func(b *biff) { style(b); shared(b, "名称", "b") }, func(b *biff) {
		b.rec(0xFD, 0, 0, 0, uint32(0)).rec(0x203, 1, 0, 1, bitsOf(46347)).rec(0xBD, 2, 1, 0, rkInt(1, true), 2, rkInt(2, false), 2)
		b.rec(0x6, 4, 1, 0, []byte{0, 0, 0, 0, 0, 0, 0xFF, 0xFF}, 0, uint32(0), 0).rec(0x207, long("合格")).rec(0x205, 5, 0, 0, []byte{1, 0}).rec(0x204, 6, 0, 0, long("x"))
		b.rec(0xE5, 1, 0, 1, 0, 1)
	}))
	f.Add(compound("Workbook", oldBook(style, func(b *biff) { b.rec(0x27E, 0, 0, 0, rkInt(1, false)) })))
	f.Add(oldBook(func(b *biff) {
		b.rec(0xFC, uint32(2), uint32(2), []byte{4, 0, 8, 1, 0, 'a'}).rec(0x3C, []byte{1}, "bcd", uint32(0))
	}, func(*biff) {}))
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.HasPrefix(data, []byte("\xD0\xCF\x11\xE0")) {
			taken(t, "a.xls", data)
			return
		}
		taken(t, "a.xls", compound("Workbook", data))
	})
}

// Holds: v5.0.0-1.5.1 DB3-8.1.4.4-d
func FuzzXLSX(f *testing.F) {
	// The parts are fuzzed inside a sound archive, so that the fuzzer meets XML
	// and not checksums; an archive as such is what the standard library reads.
	sound := workbook(`<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>46347</v></c><c t="inlineStr"><is><t>x&amp;y</t></is></c></row></sheetData><mergeCells><mergeCell ref="A1:A2"/></mergeCells>`)
	f.Add(sound["xl/worksheets/sheet1.xml"], sound["xl/sharedStrings.xml"], sound["xl/styles.xml"], sound["xl/workbook.xml"])
	f.Add(`<worksheet><sheetData><row><c t="d"><v>2026-11-21</v></c><c t="e"><f/><v>#N/A</v></c></row>`, `<sst><si><r><t>a</t></r><rPh/></si></sst>`, `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[h]:mm;[>1]0.0#,,;@"/></numFmts></styleSheet>`, sound["xl/workbook.xml"])
	f.Fuzz(func(t *testing.T, data, texts, styles, book string) {
		parts := workbook("")
		parts["xl/worksheets/sheet1.xml"], parts["xl/sharedStrings.xml"], parts["xl/styles.xml"], parts["xl/workbook.xml"] = data, texts, styles, book
		taken(t, "a.xlsx", zipped(parts))
	})
}

// FuzzFile takes whole files of any kind.
func FuzzFile(f *testing.F) {
	f.Add(zipped(workbook(`<sheetData><row><c><v>1</v></c></row></sheetData>`)))
	f.Add([]byte("a,b\n1,2\n"))
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, data []byte) { taken(t, "upload", data) })
}

// FuzzValues reads values as people type them, and what is read is read again
// from its plain form.
func FuzzValues(f *testing.F) {
	for _, s := range []string{"1,234.5", "(12%)", "6.9E+12", "2026年11月21日 下午2:05", "1/31/20 0:05", "20261121083000", "１２", "合计", "5万"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := sheet.ParseNumber(s); err == nil {
			if again, err := sheet.ParseNumber(d.String()); err != nil || again.Float64() != d.Float64() {
				t.Fatalf("%q is %s, which is %s: %v", s, d, again, err)
			}
		}
		for _, o := range []sheet.Order{sheet.NoOrder, sheet.DMY, sheet.MDY, sheet.YMD} {
			if day, err := sheet.ParseDay(s, o); err == nil {
				if again, err := sheet.ParseDay(string(day), o); err != nil || again != day {
					t.Fatalf("%q is %s, which is %s: %v", s, day, again, err)
				}
			}
		}
		sheet.DateOrder([]string{s})
		sheet.IsSubtotal(sheet.Row{Number: 1, Cells: []sheet.Cell{{Text: s}, {Text: "1"}}})
	})
}

// FuzzXML holds the XML scanner against the standard library: a text that both
// can read holds the same cells.
// Holds: v5.0.0-1.5.1 DB3-8.1.4.4-d
func FuzzXML(f *testing.F) {
	for _, s := range []string{"a", "a&lt;b", "<![CDATA[x<y]]>", "a<!-- no -->b", "&#20013;&#x4E2D;", "\r\n", "<r>x</r>", "&amp;amp;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, inner string) {
		part := `<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>` + inner + `</t></is></c></row></sheetData></worksheet>`
		want, ok := standardText(part)
		if !ok {
			return
		}
		b := open(t, "a.xlsx", zipped(workbook("")))
		parts := workbook("")
		parts["xl/worksheets/sheet1.xml"] = part
		b = open(t, "a.xlsx", zipped(parts))
		got := ""
		for r, err := range b.Rows(0) {
			if err != nil {
				t.Fatalf("%q: %v", inner, err)
			}
			got = r.Cells[0].Text
		}
		if plain(want) != plain(got) {
			t.Fatalf("%q: %q, the standard library reads %q", inner, got, want)
		}
	})
}

// standardText is the text of the one <t>, if the standard library takes the
// whole and the text has nothing in it but text, comments and the like.
func standardText(part string) (text string, ok bool) {
	d := xml.NewDecoder(strings.NewReader(part))
	depth := 0
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return text, depth == 0 && !strings.Contains(text, "_x")
		}
		if err != nil {
			return "", false
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if depth++; depth > 6 {
				return "", false
			}
		case xml.EndElement:
			depth--
		case xml.CharData:
			if depth == 6 {
				text += string(tok)
			}
		case xml.Directive:
			return "", false
		}
	}
}

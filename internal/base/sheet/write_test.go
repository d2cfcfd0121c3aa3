package sheet_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/sheet"
)

type word string // a named type, as rooms have for their vocabulary

func (w word) String() string { return "«" + string(w) + "»" }

type count int64

var everyKind = []any{
	"医用氧气", 12, int64(-3), math.Nextafter(0.3, 1), float32(1.1), true, nil, money.Fen(-123456), sheet.Decimal{Digits: 1250, Places: 2},
	period.Day("2026-11-21"), period.Month("2026-11"), period.At(time.Date(2026, 11, 21, 6, 5, 7, 0, time.UTC)), period.Day(""), period.Instant(0),
	time.Date(2026, 11, 21, 23, 59, 0, 0, time.FixedZone("x", 3600)), word("急"), count(7), int64(6901234567892001), "", math.NaN(), uint8(9),
}

func csvOf(t testing.TB, rows ...[]any) string {
	t.Helper()
	var b bytes.Buffer
	w := sheet.NewCSV(&b)
	write(t, w, rows...)
	return b.String()
}

func xlsxOf(t testing.TB, rows ...[]any) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := sheet.NewXLSX(&b, "库存", []int{12, 0, 30})
	if err != nil {
		t.Fatal(err)
	}
	write(t, w, rows...)
	return b.Bytes()
}

func write(t testing.TB, w sheet.Writer, rows ...[]any) {
	t.Helper()
	for _, r := range rows {
		if err := w.Row(r...); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestCSVHoldsEveryKind(t *testing.T) {
	got := csvOf(t, []any{"名称", "备注"}, everyKind, []any{"a,b", "say \"no\"", " x", "line\nbreak"}, []any{""})
	want := "\uFEFF名称,备注\r\n" +
		"医用氧气,12,-3,0.3,1.1,TRUE,,-1234.56,12.50,2026-11-21,2026-11,2026-11-21 14:05:07,,,2026-11-21 23:59:00,«急»,7,6901234567892001,,,9\r\n" +
		"\"a,b\",\"say \"\"no\"\"\",\" x\",\"line\nbreak\"\r\n\"\"\r\n"
	if got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestXLSXHoldsEveryKind(t *testing.T) {
	var head []any
	for i := range everyKind {
		head = append(head, fmt.Sprint("列", i))
	}
	data := xlsxOf(t, head, everyKind)
	all := rows(t, open(t, "a.xlsx", data), 0)
	want := "医用氧气|12|-3|0.3|1.1|TRUE||-1234.56|12.5|2026-11-21|2026-11|2026-11-21 14:05|||2026-11-21 23:59|«急»|7|6901234567892001|||9"
	if got := seen(all[1:]); got != "2: "+want+"\n" {
		t.Errorf("got %s", got)
	}
	c := all[1].Cells
	for i, kind := range map[int]string{1: "number", 2: "number", 3: "number", 7: "number", 8: "number", 9: "time", 10: "text", 11: "time", 14: "time", 15: "text", 16: "number", 17: "text"} {
		got := "text"
		if c[i].IsNumber {
			got = "number"
		} else if c[i].IsTime {
			got = "time"
		}
		if got != kind {
			t.Errorf("cell %d is %s, want %s", i, got, kind)
		}
	}
	if !c[11].Time.Equal(time.Date(2026, 11, 21, 14, 5, 7, 0, time.UTC)) {
		t.Errorf("an instant is written by China's clocks: %v", c[11].Time)
	}

	f, err := excelize.OpenReader(bytes.NewReader(data)) // another reader sees the same
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := f.GetRows("库存")
	if err != nil || strings.Join(theirs[1], "|") != want {
		t.Errorf("another reader: %v %v", theirs, err)
	}
	panes, _ := f.GetPanes("库存")
	width, _ := f.GetColWidth("库存", "C")
	if !panes.Freeze || panes.YSplit != 1 || width != 30 {
		t.Errorf("header not frozen or width lost: %+v, %v", panes, width)
	}
	if names := f.GetDefinedName(); len(names) != 1 || names[0].RefersTo != "'库存'!$A$1:$U$2" {
		t.Errorf("filters over %v", names)
	}
	style, _ := f.GetCellStyle("库存", "A1")
	if s, err := f.GetStyle(style); err != nil || s.Font == nil || !s.Font.Bold {
		t.Errorf("the header is not bold: %v", err)
	}
}

func TestInstantsByTheClocksOfAZone(t *testing.T) {
	var b bytes.Buffer
	w := sheet.NewCSV(&b, sheet.In(time.UTC))
	write(t, w, []any{period.At(time.Date(2026, 11, 21, 6, 5, 7, 0, time.UTC))})
	if got := b.String(); got != "\uFEFF2026-11-21 06:05:07\r\n" {
		t.Errorf("got %q", got)
	}
}

var dangerous = []string{"=1+1", "+1+1", "-1+1", "@SUM(A1)", "=HYPERLINK(\"http://x\")", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠x", "-", "--", "-5", "-5.50", "-5.5.5", "+86 10 1234", "'=1", "''=1", "'x", "'", "=", "- 床头灯", "-0", "-=1"}

// No program takes a text of ours for a formula, and reading it back gives the
// text again.
// Holds: v5.0.0-1.2.10 AB-15 A05:2025
func TestFormulasStayText(t *testing.T) {
	var row []any
	for _, s := range dangerous {
		row = append(row, s)
	}
	line := strings.TrimPrefix(csvOf(t, row), "\uFEFF")
	for i, cell := range strings.Split(strings.ReplaceAll(strings.TrimSpace(line), `"`, ""), ",") {
		if first := []rune(cell + " ")[0]; strings.ContainsRune("=+@\t\r\n＝＋－＠", first) {
			t.Errorf("%q is written as %q", dangerous[i], cell)
		}
	}
	for _, plain := range []string{"-", "--", "-5", "-5.50", "-0"} {
		if !strings.Contains(","+line, ","+plain+",") {
			t.Errorf("%q is harmless and should stay as it is", plain)
		}
	}
	for name, data := range map[string][]byte{"a.csv": []byte(csvOf(t, row)), "a.xlsx": xlsxOf(t, []any{"x"}, row)} {
		all := rows(t, open(t, name, data), 0)
		for i, c := range all[len(all)-1].Cells {
			want := dangerous[i]
			if name == "a.xlsx" {
				want = strings.TrimSpace(want)
			}
			if strings.TrimSpace(c.Text) != strings.TrimSpace(want) || c.Formula || c.IsNumber {
				t.Errorf("%s: %q came back as %+v", name, want, c)
			}
		}
	}
	f, err := excelize.OpenReader(bytes.NewReader(xlsxOf(t, []any{"x"}, row)))
	if err != nil {
		t.Fatal(err)
	}
	for i := range dangerous {
		at, _ := excelize.CoordinatesToCellName(i+1, 2)
		formula, _ := f.GetCellFormula("库存", at)
		kind, _ := f.GetCellType("库存", at)
		if formula != "" || kind != excelize.CellTypeInlineString {
			t.Errorf("%q: formula %q, type %v", dangerous[i], formula, kind)
		}
	}
}

// Holds: AB-15
func TestWhatIsWrittenIsReadBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.OneOf(rapid.SampledFrom(dangerous), rapid.String(), rapid.StringMatching(`_x[0-9A-F]{4}_[a-z]?`), rapid.StringMatching(`[ ,;"'=\n中]{0,6}`))
		row := []any{"x", text.Draw(rt, "a"), text.Draw(rt, "b"), "y"}
		for name, data := range map[string][]byte{"a.csv": []byte(csvOf(t, []any{"a", "b", "c", "d"}, row)), "a.xlsx": xlsxOf(t, row)} {
			all := rows(t, open(t, name, data), 0)
			got := all[len(all)-1].Cells
			if len(got) != 4 {
				rt.Fatalf("%s: %q came back as %+v", name, row, got)
			}
			for i, c := range got {
				if plain(c.Text) != plain(row[i].(string)) {
					rt.Fatalf("%s: %q came back as %q", name, row[i], c.Text)
				}
			}
		}
	})
}

// plain is a text without what nobody sees: spaces around it, how lines end, and
// which control character it was.
func plain(s string) string {
	s = strings.NewReplacer("\r\n", "\n").Replace(strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.Trim(s, " \t\n\r\v\f\u0085\u00A0\u3000\u200B\u2060\uFEFF\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !unicode.IsSpace(r) {
			return '\uFFFD'
		}
		return r
	}, s)
}

// Holds: v5.0.0-1.3.3
func TestSheetTitles(t *testing.T) {
	for title, want := range map[string]string{
		"库存": "库存", "": "Sheet1", "a/b[c]:*?\\": "a-b-c-----", "'x'": "x", strings.Repeat("长", 40): strings.Repeat("长", 31), "History": "Sheet1", "A&B's": "A&B's",
	} {
		var b bytes.Buffer
		w, err := sheet.NewXLSX(&b, title, nil)
		if err != nil {
			t.Fatal(err)
		}
		write(t, w, []any{"x"})
		if got := open(t, "a.xlsx", b.Bytes()).Sheets[0]; got != want {
			t.Errorf("%q: %q, want %q", title, got, want)
		}
		f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
		if err != nil || f.GetSheetName(0) != want {
			t.Errorf("another reader: %v", err)
		}
	}
}

func TestWritingRefusals(t *testing.T) {
	w, err := sheet.NewXLSX(io.Discard, "x", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Row(strings.Repeat("长", 32767)); err != nil {
		t.Error(err)
	}
	if err := w.Row(strings.Repeat("长", 32768)); key(err) != "sheet.cell_too_long" {
		t.Errorf("got %v", err)
	}
	if err := w.Close(); key(err) != "sheet.cell_too_long" {
		t.Errorf("an error is given again: %v", err)
	}
	if err := sheet.NewCSV(io.Discard).Row(struct{}{}); err == nil {
		t.Error("a cell cannot hold a struct")
	}
	w = sheet.NewCSV(brokenPipe{})
	for err = nil; err == nil; {
		err = w.Row("x", "y", "z")
	}
	if w.Close() == nil {
		t.Error("a broken connection is told at the end too")
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("gone") }

func TestASheetOfExcelIsFullAtItsLastRow(t *testing.T) {
	w, err := sheet.NewXLSX(io.Discard, "x", nil)
	for range 1 << 20 {
		if err == nil {
			err = w.Row(1)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Row(1); key(err) != "sheet.too_many_to_write" {
		t.Errorf("got %v", err)
	}
}

// A long export holds no more memory than a short one.
// Holds: AB-35
func TestExportsHoldLittleMemory(t *testing.T) {
	for name, start := range map[string]func() (sheet.Writer, error){
		"csv":  func() (sheet.Writer, error) { return sheet.NewCSV(io.Discard), nil },
		"xlsx": func() (sheet.Writer, error) { return sheet.NewXLSX(io.Discard, "x", nil) },
	} {
		export := func(n int) uint64 {
			return heapAfter(func(look func()) {
				w, err := start()
				if err != nil {
					t.Fatal(err)
				}
				for i := range n {
					if err := w.Row(fmt.Sprint("物品", i), "规格 40L", i, money.Fen(i), period.Day("2026-11-21"), true); err != nil {
						t.Fatal(err)
					}
					if i%(n/4) == n/5 {
						look()
					}
				}
				look()
				if err := w.Close(); err != nil {
					t.Fatal(err)
				}
			})
		}
		few, many := export(200), export(200_000)
		if many > few+1<<20 {
			t.Errorf("%s: %d KB for 200 rows, %d KB for 200,000", name, few>>10, many>>10)
		}
	}
}

package sheet_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"houqin/internal/base/sheet"
)

// style are the format numbers that cells of the test books can point to: 0
// General, 1 a date, 2 a code of six digits, 3 a percentage.
func style(b *biff) {
	b.rec(0x41E, 164, long(`yyyy\-mm\-dd`)).rec(0x41E, 165, long("000000"))
	for _, f := range []int{0, 164, 165, 10} {
		b.rec(0xE0, 0, f, 0, uint64(0), uint64(0))
	}
}

func shared(b *biff, texts ...string) {
	d := binary.LittleEndian.AppendUint32(nil, uint32(len(texts)))
	d = binary.LittleEndian.AppendUint32(d, uint32(len(texts)))
	for _, s := range texts {
		d = append(d, long(s)...)
	}
	b.rec(0xFC, d)
}

func TestXLSCells(t *testing.T) {
	data := compound("Workbook", oldBook(func(b *biff) {
		style(b)
		shared(b, "名称", "医用氧气 ", "")
	}, func(b *biff) {
		b.rec(0x200, uint32(0), uint32(99), 0, 9, 0)
		b.rec(0xFD, 0, 0, 0, uint32(0)).rec(0xFD, 0, 2, 0, uint32(1)).rec(0xFD, 0, 3, 0, uint32(2))
		b.rec(0x203, 1, 0, 1, bitsOf(46347)).rec(0x27E, 1, 1, 2, rkInt(42, false)).rec(0x27E, 1, 2, 0, rkInt(-12345, true)).rec(0x203, 1, 3, 3, bitsOf(0.125))
		b.rec(0x27E, 1, 4, 0, uint32(bitsOf(0.5)>>32))
		b.rec(0xBD, 2, 1, 0, rkInt(1, false), 2, rkInt(2, false), 0, rkInt(3, false), 3)
		b.rec(0x205, 3, 0, 0, []byte{1, 0}).rec(0x205, 3, 1, 0, []byte{0x2A, 1}).rec(0x204, 3, 2, 0, []byte{3, 0, 0, 'a', 'b', 0xE9}).rec(0xBE, 3, 3, 0, 0, 4)
		// formulas: a number, a text with a record between, true, an error, "", nothing yet
		b.rec(0x6, 4, 0, 0, bitsOf(7.5), 0, uint32(0), 0)
		b.rec(0x6, 4, 1, 0, []byte{0, 0, 0, 0, 0, 0, 0xFF, 0xFF}, 0, uint32(0), 0).rec(0x4BC, 0).rec(0x207, long("合格"))
		b.rec(0x6, 4, 2, 0, []byte{1, 0, 1, 0, 0, 0, 0xFF, 0xFF}, 0, uint32(0), 0)
		b.rec(0x6, 4, 3, 0, []byte{2, 0, 7, 0, 0, 0, 0xFF, 0xFF}, 0, uint32(0), 0)
		b.rec(0x6, 4, 4, 0, []byte{3, 0, 0, 0, 0, 0, 0xFF, 0xFF}, 0, uint32(0), 0)
		b.rec(0x6, 4, 5, 0, []byte{0, 0, 0, 0, 0, 0, 0xFF, 0xFF}, 0, uint32(0), 0)
		// a chart within the sheet, then what is merged
		b.rec(0x809, 0x600, 0x20, 0, 0, uint32(0), uint32(0)).rec(0x203, 9, 9, 0, bitsOf(1)).rec(0xA)
		b.rec(0xE5, 2, 0, 0, 0, 1, 2, 4, 4, 4)
	}))
	b := open(t, "a.xls", data)
	all := rows(t, b, 0)
	want := "1: 名称|«名称»|医用氧气\n2: 2026-11-21|000042|-123.45|12.50%|0.5\n3: |1|000002|3\n" +
		"4: TRUE|#N/A|abé\n5: 7.5|合格|TRUE|#DIV/0!||\n"
	if got := seen(all); got != want || b.Kind != sheet.XLS || b.Sheets[0] != "库存" {
		t.Fatalf("%s %v got\n%swant\n%s", b.Kind, b.Sheets, got, want)
	}
	if c := all[1].Cells; !c[0].IsTime || !c[0].Time.Equal(time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)) || c[2].Number != -123.45 || !c[3].IsNumber {
		t.Errorf("row 2: %+v", c)
	}
	if c := all[4].Cells; !c[0].Formula || !c[1].Formula || !c[3].IsError || c[4].Formula || !c[5].Formula {
		t.Errorf("row 5: %+v", c)
	}
}

// The table of texts runs over several records; a text that is cut begins anew
// with a byte that says how wide its characters are.
func TestXLSTextsOverSeveralRecords(t *testing.T) {
	data := compound("Workbook", oldBook(func(b *biff) {
		style(b)
		b.rec(0xFC, uint32(3), uint32(3), []byte{4, 0, 0, 'a', 'b'}).
			rec(0x3C, []byte{1}, "中文", []byte{2, 0, 9, 1, 0}, "左").
			rec(0x3C, []byte{1}, "右", uint32(0)).
			rec(0x3C, []byte{1, 0, 4, 2, 0, 0, 0, 'x'}, []byte{0xAA, 0xBB})
	}, func(b *biff) {
		for i := range 3 {
			b.rec(0xFD, i, 0, 0, uint32(i))
		}
	}))
	if got := seen(rows(t, open(t, "a.xls", data), 0)); got != "1: ab中文\n2: 左右\n3: x\n" {
		t.Errorf("got\n%s", got)
	}
}

// Some programs write column by column.
func TestXLSCellsOutOfOrder(t *testing.T) {
	data := compound("Workbook", oldBook(style, func(b *biff) {
		for c := range 3 {
			for r := range 4 {
				b.rec(0x27E, r, c, 0, rkInt(int32(10*r+c), false))
			}
		}
	}))
	if got := seen(rows(t, open(t, "a.xls", data), 0)); got != "1: 0|1|2\n2: 10|11|12\n3: 20|21|22\n4: 30|31|32\n" {
		t.Errorf("got\n%s", got)
	}
}

func TestXLS1904(t *testing.T) {
	data := compound("Workbook", oldBook(func(b *biff) { b.rec(0x22, 1); style(b) }, func(b *biff) { b.rec(0x203, 0, 0, 1, bitsOf(44885)) }))
	if got := seen(rows(t, open(t, "a.xls", data), 0)); got != "1: 2026-11-21\n" {
		t.Errorf("got %s", got)
	}
}

func TestXLSOfManyRowsIsReadWhole(t *testing.T) {
	data := compound("Workbook", oldBook(style, func(b *biff) {
		for r := range 65536 {
			b.rec(0x27E, r, 0, 0, rkInt(int32(r), false))
		}
	}))
	n := 0
	for r, err := range open(t, "a.xls", data).Rows(0) {
		if err != nil || r.Number != n+1 || r.Cells[0].Number != float64(n) {
			t.Fatalf("row %d: %+v %v", n, r, err)
		}
		n++
	}
	if n != 65536 {
		t.Errorf("%d rows", n)
	}
}

func TestXLSRefusals(t *testing.T) {
	text := func(b *biff) { b.rec(0xFD, 0, 0, 0, uint32(9)) }
	none := func(*biff) {}
	sound := oldBook(style, func(b *biff) { b.rec(0x27E, 0, 0, 0, rkInt(1, false)) })
	lying := compound("Workbook", sound)
	binary.LittleEndian.PutUint32(lying[64:], 0xFFFFFFF0) // sectors of the mini FAT
	astray := bytes.Clone(sound)
	at := bytes.Index(astray, []byte{0x85, 0x00})
	binary.LittleEndian.PutUint32(astray[at+4:], 0xFFFFFF00)
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"sound", compound("Workbook", sound), ""},
		{"text that is not in the table", compound("Workbook", oldBook(none, text)), "sheet.damaged"},
		{"table of texts cut off", compound("Workbook", oldBook(func(b *biff) { b.rec(0xFC, uint32(9), uint32(9), long("a")) }, none)), "sheet.damaged"},
		{"sectors beyond the file", lying, "sheet.damaged"},
		{"sheet that begins nowhere", compound("Workbook", astray), "sheet.damaged"},
		{"cell cut off", compound("Workbook", oldBook(none, func(b *biff) { b.rec(0x203, 1) })), "sheet.damaged"},
		{"formula cut off", compound("Workbook", oldBook(none, func(b *biff) { b.rec(0x6, 1, 1, 0, 1) })), "sheet.damaged"},
		{"Excel 95 inside", compound("Workbook", append([]byte{9, 8, 8, 0, 0, 5, 5, 0}, make([]byte, 40)...)), "sheet.too_old"},
		{"no sheets", compound("Workbook", (&biff{}).rec(0x809, 0x600, 5, 0, 0, uint32(0), uint32(0)).rec(0xA).Bytes()), "sheet.empty"},
		{"something else in the stream", compound("Workbook", []byte("hello")), "sheet.damaged"},
		{"no end", compound("Workbook", sound[:len(sound)-4]), "sheet.damaged"},
		{"too long a text", compound("Workbook", oldBook(none, func(b *biff) {
			b.rec(0x6, 0, 0, 0, []byte{0, 0, 0, 0, 0, 0, 0xFF, 0xFF}, 0, uint32(0), 0)
			b.rec(0x207, 40000, []byte{0}, []byte(strings.Repeat("a", 8000)))
			for range 4 {
				b.rec(0x3C, []byte{0}, []byte(strings.Repeat("a", 8000)))
			}
		})), "sheet.cell_too_long"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := refusal("a.xls", c.data); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	for cut := range len(sound) - 3 { // a transfer that broke off before the last mark
		if got := refusal("a.xls", compound("Workbook", sound[:cut])); got == "" {
			t.Errorf("cut at %d of %d: taken for whole", cut, len(sound))
		} else if strings.Contains(got, "panic") {
			t.Error(fmt.Sprint(cut, got))
		}
	}
}

package sheet_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"houqin/internal/base/fault"
	"houqin/internal/base/sheet"
)

// open opens bytes as a file of that name.
func open(t testing.TB, name string, data []byte) *sheet.Book {
	t.Helper()
	b, err := sheet.Open(name, bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return b
}

// refusal is the key with which a file is refused, at opening or while reading.
func refusal(name string, data []byte) string {
	b, err := sheet.Open(name, bytes.NewReader(data), int64(len(data)))
	if err == nil {
		for i := range b.Sheets {
			for _, e := range b.Rows(i) {
				err = e
			}
		}
	}
	if err == nil {
		return ""
	}
	if f, ok := err.(*fault.Error); ok {
		return f.Key
	}
	return err.Error()
}

func rows(t testing.TB, b *sheet.Book, index int) (all []sheet.Row) {
	t.Helper()
	for r, err := range b.Rows(index) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

// seen is a sheet as text: 3: a|b|«c», with what is merged in «».
func seen(all []sheet.Row) string {
	var b strings.Builder
	for _, r := range all {
		fmt.Fprintf(&b, "%d: ", r.Number)
		for i, c := range r.Cells {
			if i > 0 {
				b.WriteByte('|')
			}
			if c.Merged {
				b.WriteString("«" + c.From + "»")
			}
			b.WriteString(c.Text)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// A workbook of Office Open XML, written out part by part.

const ns = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`

func zipped(parts map[string]string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		w, _ := z.Create(name)
		io.WriteString(w, parts[name])
	}
	z.Close()
	return b.Bytes()
}

// workbook is the parts of a workbook with one sheet of this content.
func workbook(sheetData string) map[string]string {
	return map[string]string{
		"_rels/.rels": `<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml": `<workbook ` + ns + ` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>` +
			`<sheet name="库存" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="rId2" Type="http://x/sharedStrings" Target="/xl/sharedStrings.xml"/><Relationship Id="rId3" Type="http://x/styles" Target="styles.xml"/></Relationships>`,
		"xl/sharedStrings.xml": `<sst ` + ns + `><si><t>名称</t></si><si><r><rPr><b/></rPr><t>氧</t></r><r><t xml:space="preserve">气 </t></r><rPh sb="0" eb="1"><t>ヨミ</t></rPh></si><si><t>a&lt;b&amp;c&#x4E2D;_x000D_</t></si></sst>`,
		"xl/styles.xml": `<styleSheet ` + ns + `><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/><numFmt numFmtId="165" formatCode="000000"/></numFmts>` +
			`<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="4"/><xf numFmtId="20"/><xf numFmtId="10"/></cellXfs></styleSheet>`,
		"xl/worksheets/sheet1.xml": `<worksheet ` + ns + `>` + sheetData + `</worksheet>`,
	}
}

// A BIFF8 workbook in a compound file, record by record.

type biff struct{ bytes.Buffer }

func (b *biff) rec(kind int, parts ...any) *biff {
	var d bytes.Buffer
	for _, p := range parts {
		switch v := p.(type) {
		case int:
			binary.Write(&d, binary.LittleEndian, uint16(v))
		case string: // characters of two bytes each
			binary.Write(&d, binary.LittleEndian, utf16.Encode([]rune(v)))
		default:
			binary.Write(&d, binary.LittleEndian, v)
		}
	}
	binary.Write(b, binary.LittleEndian, uint16(kind))
	binary.Write(b, binary.LittleEndian, uint16(d.Len()))
	b.Write(d.Bytes())
	return b
}

// long is a string with its length in two bytes, wide.
func long(s string) []byte {
	u := utf16.Encode([]rune(s))
	var b bytes.Buffer
	binary.Write(&b, binary.LittleEndian, uint16(len(u)))
	b.WriteByte(1)
	binary.Write(&b, binary.LittleEndian, u)
	return b.Bytes()
}

func rkInt(n int32, hundredths bool) uint32 {
	v := uint32(n)<<2 | 2
	if hundredths {
		v |= 1
	}
	return v
}

// oldBook is a workbook stream with one sheet: globals go into its front part,
// cells into the sheet.
func oldBook(globals, cells func(b *biff)) []byte {
	front := &biff{}
	front.rec(0x0809, 0x0600, 5, 0, 0, uint32(0), uint32(6))
	globals(front)
	name := append([]byte{2, 1}, long("库存")[3:]...)
	front.rec(0x0085, uint32(front.Len()+4+6+len(name)+4), byte(0), byte(0), name)
	front.rec(0x000A)
	front.rec(0x0809, 0x0600, 0x10, 0, 0, uint32(0), uint32(6))
	cells(front)
	front.rec(0x000A)
	return front.Bytes()
}

// compound puts a stream into a compound file of 512-byte sectors.
func compound(name string, stream []byte) []byte {
	const sector = 512
	data := bytes.Clone(stream)
	if len(data) < 4096 {
		data = append(data, make([]byte, 4096-len(data))...)
	}
	size := len(data)
	for len(data)%sector != 0 {
		data = append(data, 0)
	}
	n := len(data) / sector
	fats := 1
	for fats*128 < n+1+fats {
		fats++
	}
	fat := make([]uint32, fats*128)
	for i := range fat {
		switch {
		case i < fats:
			fat[i] = 0xFFFFFFFD
		case i == fats, i == fats+n:
			fat[i] = 0xFFFFFFFE
		case i < fats+n:
			fat[i] = uint32(i + 1)
		default:
			fat[i] = 0xFFFFFFFF
		}
	}
	fat[fats] = 0xFFFFFFFE // the directory
	if n > 1 {
		fat[fats+n-1] = uint32(fats + n)
	}
	var b bytes.Buffer
	le := func(vs ...any) {
		for _, v := range vs {
			binary.Write(&b, binary.LittleEndian, v)
		}
	}
	b.WriteString("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")
	b.Write(make([]byte, 16))
	le(uint16(0x3E), uint16(3), uint16(0xFFFE), uint16(9), uint16(6), [6]byte{}, uint32(0), uint32(fats), uint32(fats), uint32(0), uint32(4096), uint32(0xFFFFFFFE), uint32(0), uint32(0xFFFFFFFE), uint32(0))
	for i := range 109 {
		if i < fats {
			le(uint32(i))
		} else {
			le(uint32(0xFFFFFFFF))
		}
	}
	le(fat)
	entry := func(name string, kind byte, child, start uint32, size uint64) {
		var raw [32]uint16
		copy(raw[:], utf16.Encode([]rune(name)))
		used := uint16(2 * (len(name) + 1))
		if name == "" {
			used = 0
		}
		le(raw, used, kind, byte(1), uint32(0xFFFFFFFF), uint32(0xFFFFFFFF), child, [16]byte{}, uint32(0), uint64(0), uint64(0), start, size)
	}
	entry("Root Entry", 5, 1, 0xFFFFFFFE, 0)
	entry(name, 2, 0xFFFFFFFF, uint32(fats+1), uint64(size))
	entry("", 0, 0xFFFFFFFF, 0, 0)
	entry("", 0, 0xFFFFFFFF, 0, 0)
	b.Write(data)
	return b.Bytes()
}

func bitsOf(f float64) uint64 { return math.Float64bits(f) }

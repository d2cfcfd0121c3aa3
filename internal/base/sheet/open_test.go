package sheet_test

import (
	"bytes"
	"embed"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"houqin/internal/base/sheet"
	"houqin/internal/base/words"
)

// Holds: v5.0.0-5.2.2
func TestOnlyASpreadsheetIsOpened(t *testing.T) {
	plain := zipped(workbook(`<sheetData/>`))
	old := compound("Workbook", oldBook(func(*biff) {}, func(*biff) {}))
	withPart := func(name string) []byte { return zipped(map[string]string{name: "x"}) }
	for _, c := range []struct{ name, file, data, want string }{
		{"xlsx", "a.xlsx", string(plain), ""},
		{"xlsx without an ending", "upload", string(plain), ""},
		{"xls, ending in capitals", "A.XLS", string(old), ""},
		{"csv", "a.csv", "编号,名称\n1,氧气\n", ""},
		{"text under another ending", "a.dat", "编号\t名称\n1\t氧气\n", ""},
		{"csv called xls", "a.xls", "编号,名称\n1,氧气\n", "sheet.misnamed"},
		{"xlsx called csv", "a.csv", string(plain), "sheet.misnamed"},
		{"xls called xlsx", "a.xlsx", string(old), "sheet.misnamed"},
		{"empty", "a.csv", "", "sheet.empty"},
		{"nothing but lines", "a.csv", "\r\n \r\n", "sheet.empty"},
		{"nothing but a mark", "a.csv", "\uFEFF", "sheet.empty"},
		{"pdf", "a.xlsx", "%PDF-1.7\n1 0 obj", "sheet.is_pdf"},
		{"png", "a.csv", "\x89PNG\r\n\x1a\n\x00\x00", "sheet.is_image"},
		{"jpeg", "a.xls", "\xFF\xD8\xFF\xE0\x00\x10JFIF", "sheet.is_image"},
		{"video", "a.xls", "\x00\x00\x00\x18ftypmp42", "sheet.is_image"},
		{"table of a web page called xls", "a.xls", "<html><table><tr><td>1</td></tr></table>", "sheet.is_html"},
		{"web page called csv", "a.csv", "\uFEFF <!DOCTYPE html><p>", "sheet.is_html"},
		{"xml of Excel 2003", "a", `<?xml version="1.0"?><Workbook/>`, "sheet.is_html"},
		{"json", "a.csv", `{"a":1}`, "sheet.not_a_sheet"},
		{"program", "a.csv", "MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xFF\xFF", "sheet.not_a_sheet"},
		{"word", "a.xlsx", string(withPart("word/document.xml")), "sheet.is_word"},
		{"old word", "a.xls", string(compound("WordDocument", nil)), "sheet.is_word"},
		{"open document", "a.xlsx", string(withPart("content.xml")), "sheet.is_ods"},
		{"binary workbook", "a.xlsx", string(withPart("xl/workbook.bin")), "sheet.is_xlsb"},
		{"archive", "a.xlsx", string(withPart("readme.txt")), "sheet.is_archive"},
		{"rar", "a.xlsx", "Rar!\x1A\x07", "sheet.is_archive"},
		{"cut-off zip", "a.xlsx", string(plain[:len(plain)/2]), "sheet.damaged"},
		{"zip of which only the head is left", "a.xlsx", "PK\x03\x04", "sheet.damaged"},
		{"password on an xlsx", "a.xlsx", string(compound("EncryptedPackage", nil)), "sheet.encrypted"},
		{"password on an xls", "a.xls", string(compound("Workbook", oldBook(func(b *biff) { b.rec(0x2F, 1, 1) }, func(*biff) {}))), "sheet.encrypted"},
		{"Excel 95", "a.xls", string(compound("Book", nil)), "sheet.too_old"},
		{"Excel 4", "a.xls", "\x09\x04\x06\x00\x00\x00\x10\x00", "sheet.too_old"},
		{"compound file of something else", "a.xls", string(compound("Contents", nil)), "sheet.not_a_sheet"},
		{"cut-off xls", "a.xls", string(old[:1600]), "sheet.damaged"},
		{"xls of which only the head is left", "a.xls", string(old[:100]), "sheet.damaged"},
		{"western text of one byte each", "a.csv", "caf\xE9,10\ncr\xE8me,5\n", "sheet.encoding"},
		{"a quote that never ends", "a.csv", "a,b\n1,\"x\n2,y\n", "sheet.unclosed_quote"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := refusal(c.file, []byte(c.data)); got != c.want {
				t.Errorf("%s: %q, want %q", c.file, got, c.want)
			}
		})
	}
}

func TestAnUnknownSheetIsRefused(t *testing.T) {
	b := open(t, "a.csv", []byte("a,b\n1,2\n"))
	for _, err := range b.Rows(1) {
		if err == nil {
			t.Error("there is no second sheet")
		}
	}
}

func TestTextEncodings(t *testing.T) {
	const text = "编号,名称,备注\r\n01,医用氧气,\"急,勿拆\"\r\n02,纱布,\r\n"
	gb, _ := simplifiedchinese.GB18030.NewEncoder().String(text)
	wide := func(big bool, mark string) string {
		var b bytes.Buffer
		b.WriteString(mark)
		for _, r := range text {
			if big {
				b.Write([]byte{byte(r >> 8), byte(r)})
			} else {
				b.Write([]byte{byte(r), byte(r >> 8)})
			}
		}
		return b.String()
	}
	for _, c := range []struct{ name, data, want string }{
		{"utf-8", text, "UTF-8"},
		{"utf-8 with mark", "\uFEFF" + text, "UTF-8"},
		{"gb18030", gb, "GB18030"},
		{"utf-16 little-endian", wide(false, "\xFF\xFE"), "UTF-16LE"},
		{"utf-16 big-endian", wide(true, "\xFE\xFF"), "UTF-16BE"},
		{"utf-16 little-endian without mark", wide(false, ""), "UTF-16LE"},
		{"utf-16 big-endian without mark", wide(true, ""), "UTF-16BE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := open(t, "药品.csv", []byte(c.data))
			if b.Encoding != c.want || b.Kind != sheet.Text || b.Separator != ',' || b.Sheets[0] != "药品" {
				t.Errorf("got %+v", b)
			}
			if got, want := seen(rows(t, b, 0)), "1: 编号|名称|备注\n2: 01|医用氧气|急,勿拆\n3: 02|纱布\n"; got != want {
				t.Errorf("got\n%s", got)
			}
		})
	}
}

// Chinese that begins deep in a file of ASCII, and across the edges of buffers.
func TestEncodingIsJudgedByTheWholeFile(t *testing.T) {
	gb, _ := simplifiedchinese.GB18030.NewEncoder().String("医用氧气")
	data := strings.Repeat("1,ok\n", 100_001) + "2," + gb + "\n"
	b := open(t, "a.csv", []byte(data))
	all := rows(t, b, 0)
	if last := all[len(all)-1]; b.Encoding != "GB18030" || last.Number != 100_002 || last.Cells[1].Text != "医用氧气" {
		t.Errorf("%s, last row %+v", b.Encoding, last)
	}
	wide := strings.Repeat("名称,医用氧气\n", 40_000)
	if b := open(t, "a.csv", []byte(wide)); b.Encoding != "UTF-8" || b.Broken != 0 {
		t.Errorf("%s, %d broken", b.Encoding, b.Broken)
	}
}

// A program that cuts names at a byte leaves half a character behind.
func TestBrokenCharactersAreShownAndCounted(t *testing.T) {
	data := strings.Repeat("名称,医用氧气\n", 50) + "名称,医\xE7\x94\n"
	b := open(t, "a.csv", []byte(data))
	all := rows(t, b, 0)
	if got := all[50].Cells[1].Text; b.Encoding != "UTF-8" || b.Broken != 2 || got != "医\uFFFD" {
		t.Errorf("%s, %d broken, %q", b.Encoding, b.Broken, got)
	}
}

func TestCellNames(t *testing.T) {
	for column, want := range map[int]string{0: "A3", 25: "Z3", 26: "AA3", 701: "ZZ3", 702: "AAA3"} {
		if got := sheet.Name(3, column); got != want {
			t.Errorf("column %d: %s, want %s", column, got, want)
		}
	}
}

// Every key that the code can give has words in both languages, and no other.
func TestWords(t *testing.T) {
	var book words.Book
	if err := book.Add(sheet.Words); err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	files, _ := filepath.Glob("*.go")
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		code, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range regexp.MustCompile(`"(sheet\.[a-z_]+)"`).FindAllSubmatch(code, -1) {
			used[string(key[1])] = true
		}
	}
	var fs embed.FS = sheet.Words
	data, err := fs.ReadFile("words/zh.json")
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]string
	if err := json.Unmarshal(data, &texts); err != nil {
		t.Fatal(err)
	}
	for key := range used {
		if texts[key] == "" {
			t.Errorf("%s has no words", key)
		}
	}
	for key := range texts {
		if !used[key] {
			t.Errorf("%s is used nowhere", key)
		}
	}
}

// A page shows the first rows while an import walks the same book.
func TestABookIsWalkedByTwoAtOnce(t *testing.T) {
	old := compound("Workbook", oldBook(style, func(b *biff) { b.rec(0x203, 0, 0, 1, bitsOf(46347)).rec(0x203, 1, 0, 3, bitsOf(0.5)) }))
	for name, data := range map[string][]byte{
		"a.csv": []byte("a,b\n1,2\n"), "a.xls": old,
		"a.xlsx": zipped(workbook(`<sheetData><row><c s="1"><v>46347</v></c><c s="3"><v>1</v></c></row><row><c t="s"><v>1</v></c></row></sheetData>`)),
	} {
		b := open(t, name, data)
		want := seen(rows(t, b, 0))
		got := make(chan string)
		for range 4 {
			go func() { got <- seen(rows(t, b, 0)) }()
		}
		for range 4 {
			if s := <-got; s != want {
				t.Errorf("%s: got %s", name, s)
			}
		}
	}
}

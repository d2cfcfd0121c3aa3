package sheet

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// excelRows is how many rows a sheet of Excel has.
const excelRows = 1 << 20

// The styles of cells, by their place in cellXfs below.
const (
	styleNone = iota
	styleHeader
	styleMoney
	styleDay
	styleMoment
	styleText // also when a person edits the cell
)

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// The parts of a workbook that are the same in every file.
var fixedParts = []struct{ name, text string }{
	{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>` +
		`<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>`},
	{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
	{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`},
	{"xl/styles.xml", `<styleSheet xmlns="` + mainSpace + `">` +
		`<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/><numFmt numFmtId="165" formatCode="yyyy\-mm\-dd\ hh:mm"/></numFmts>` +
		`<fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font><font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
		`<cellXfs count="6"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
		`<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" applyNumberFormat="1" applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf>` +
		`<xf numFmtId="2" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"/></cellXfs>` +
		`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`},
}

const mainSpace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

// xlsxWriter is NewXLSX's: the sheet goes into the archive as its rows come.
type xlsxWriter struct {
	options
	zip     *zip.Writer
	out     *bufio.Writer
	title   string
	columns int // of the header
	row     int
	err     error
}

// NewXLSX writes a workbook of one sheet. title names the sheet, cut to what
// Excel allows; widths are those of the columns in characters, 0 or left out for
// the usual one. The header is bold, stays in view and carries filters. Money
// shows two decimals; days and moments are real dates. Refused with TooLarge:
// more rows than a sheet has, a text of more than 32,767 characters.
func NewXLSX(w io.Writer, title string, widths []int, set ...Option) (Writer, error) {
	x := &xlsxWriter{options: optionsOf(set), zip: zip.NewWriter(w), title: sheetTitle(title)}
	x.zip.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.BestSpeed) // a third larger, three times as fast
	})
	for _, p := range fixedParts {
		if err := x.part(p.name, p.text); err != nil {
			return nil, err
		}
	}
	part, err := x.zip.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return nil, err
	}
	x.out = bufio.NewWriterSize(part, 32<<10)
	x.out.WriteString(xmlHead + `<worksheet xmlns="` + mainSpace + `"><sheetViews><sheetView workbookViewId="0" tabSelected="1">` +
		`<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`)
	cols := ""
	for i, width := range widths {
		if width > 0 {
			cols += fmt.Sprintf(`<col min="%d" max="%d" width="%d" customWidth="1"/>`, i+1, i+1, min(width, 255))
		}
	}
	if cols != "" {
		x.out.WriteString("<cols>" + cols + "</cols>")
	}
	_, err = x.out.WriteString("<sheetData>")
	return x, err
}

func (w *xlsxWriter) part(name, text string) error {
	part, err := w.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store}) // too small to gain
	if err != nil {
		return err
	}
	_, err = io.WriteString(part, xmlHead+text)
	return err
}

func (w *xlsxWriter) Row(cells ...any) error {
	if w.err != nil {
		return w.err
	}
	if w.row++; w.row > excelRows {
		w.err = tooManyRows(excelRows)
		return w.err
	}
	if w.row == 1 {
		w.columns = len(cells)
	}
	w.out.WriteString(`<row r="`)
	w.digits(w.row)
	w.out.WriteString(`">`)
	for i, v := range cells {
		c, err := w.plain(v)
		if err == nil && c.kind == textCell && len(c.text) > MaxText && longer(c.text, MaxText) {
			err = tooLong(w.row, i)
		}
		if err != nil {
			w.err = err
			return err
		}
		w.cell(i, c)
	}
	_, w.err = w.out.WriteString("</row>")
	return w.err
}

func (w *xlsxWriter) digits(n int) {
	w.out.Write(strconv.AppendInt(w.out.AvailableBuffer(), int64(n), 10))
}

func (w *xlsxWriter) cell(column int, c plainCell) {
	style := styleNone
	switch c.kind {
	case emptyCell:
		return
	case moneyCell:
		style = styleMoney
	case dayCell:
		style = styleDay
	case momentCell:
		style = styleMoment
	case textCell:
		if formulaic(c.text) {
			style = styleText
		}
	}
	if w.row == 1 {
		style = styleHeader
	}
	w.out.WriteString(`<c r="`)
	w.out.WriteString(columnName(column))
	w.digits(w.row)
	if style != styleNone {
		w.out.WriteString(`" s="`)
		w.digits(style)
	}
	switch c.kind {
	case textCell:
		w.out.WriteString(`" t="inlineStr"><is><t`)
		if trimmed(c.text) != c.text {
			w.out.WriteString(` xml:space="preserve"`)
		}
		w.out.WriteByte('>')
		w.text(c.text)
		w.out.WriteString(`</t></is></c>`)
		return
	case boolCell:
		w.out.WriteString(`" t="b"><v>`)
		c.text = map[string]string{"TRUE": "1", "FALSE": "0"}[c.text]
	case dayCell, momentCell:
		serial, ok := serialOf(c.at)
		if !ok { // before the count of days begins
			w.out.WriteString(`" t="str"><v>` + c.text + `</v></c>`)
			return
		}
		w.out.WriteString(`"><v>`)
		c.text = serial
	default:
		w.out.WriteString(`"><v>`)
	}
	w.out.WriteString(c.text)
	w.out.WriteString(`</v></c>`)
}

// text writes characters, those that XML cannot hold as _x0007_, and what looks
// like such a thing by escaping its underscore.
func (w *xlsxWriter) text(s string) {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		c := s[i]
		plain = c >= ' ' && c < utf8.RuneSelf && c != '&' && c != '<' && c != '>' && c != '_'
	}
	if plain {
		w.out.WriteString(s)
		return
	}
	for i, r := range s {
		switch {
		case r == '&':
			w.out.WriteString("&amp;")
		case r == '<':
			w.out.WriteString("&lt;")
		case r == '>':
			w.out.WriteString("&gt;")
		case r == '_' && unescapeCell(s[i:min(len(s), i+7)]) != s[i:min(len(s), i+7)]:
			w.out.WriteString("_x005F_")
		case r < ' ' && r != '\n' && r != '\t', r == 0xFFFE, r == 0xFFFF:
			fmt.Fprintf(w.out, "_x%04X_", r)
		default:
			w.out.WriteRune(r)
		}
	}
}

// serialOf is the count of days of a wall-clock time, to the second, in the 1900
// system from 1 March 1900 on.
func serialOf(t time.Time) (string, bool) {
	seconds := t.Unix() - time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).Unix()
	if seconds < 61*86400 || t.Year() > 9999 {
		return "", false
	}
	if seconds%86400 == 0 {
		return strconv.FormatInt(seconds/86400, 10), true
	}
	return strconv.FormatFloat(float64(seconds)/86400, 'f', 11, 64), true
}

func (w *xlsxWriter) Close() error {
	if w.err != nil {
		return w.err
	}
	w.err = w.finish()
	return w.err
}

func (w *xlsxWriter) finish() error {
	w.out.WriteString("</sheetData>")
	names := ""
	if w.columns > 0 {
		last := columnName(w.columns - 1)
		fmt.Fprintf(w.out, `<autoFilter ref="A1:%s%d"/>`, last, w.row)
		names = fmt.Sprintf(`<definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">'%s'!$A$1:$%s$%d</definedName></definedNames>`,
			escape(strings.ReplaceAll(w.title, "'", "''")), last, w.row)
	}
	if w.mark != "" { // an ampersand begins an instruction there
		w.out.WriteString(`<headerFooter><oddFooter>&amp;R` + escape(strings.ReplaceAll(w.mark, "&", "&&")) + `</oddFooter></headerFooter>`)
	}
	w.out.WriteString("</worksheet>")
	if err := w.out.Flush(); err != nil {
		return err
	}
	err := w.part("xl/workbook.xml", `<workbook xmlns="`+mainSpace+`" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">`+
		`<bookViews><workbookView/></bookViews><sheets><sheet name="`+escape(w.title)+`" sheetId="1" r:id="rId1"/></sheets>`+names+`</workbook>`)
	if err != nil {
		return err
	}
	return w.zip.Close()
}

func escape(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s))
	return b.String()
}

// sheetTitle is what Excel allows as the name of a sheet: up to 31 characters,
// none of []:*?/\, no apostrophe at either end.
func sheetTitle(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`[]:*?/\`, r) {
			return '-'
		}
		return r
	}, valid(s))
	s = strings.Trim(trimmed(s), "'")
	for longer(s, 31) {
		_, w := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-w]
	}
	if s = strings.Trim(trimmed(s), "'"); s == "" || strings.EqualFold(s, "history") {
		return "Sheet1"
	}
	return s
}

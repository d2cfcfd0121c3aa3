// Package sheet is the post room for spreadsheets: it opens what other people's
// programs have written, whatever they called it, and packs what people take away.
//
// Reading trusts the content and never the name, goes row by row in bounded
// memory, and keeps what a cell is (a number, a moment, a formula, a part of a
// merged range) beside what a person reads in it. Writing streams: a long list
// holds no more memory than a short one.
package sheet

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"path"
	"strings"
	"time"
	"unicode"

	"houqin/internal/base/fault"
)

// Words are the texts of this package's faults.
//
//go:embed words/*.json
var Words embed.FS

// What is read at most; more is refused with a TooLarge fault, never cut.
const (
	MaxRows    = 1_200_000 // a little above Excel's 1,048,576, for text files
	MaxColumns = 1024      // with content; formatting beyond it is ignored
	MaxText    = 32_767    // characters in a cell, Excel's own limit
)

// Kind is what the content turned out to be.
type Kind string

const (
	XLSX Kind = "xlsx" // Office Open XML, also with macros (which are never looked at)
	XLS  Kind = "xls"  // Excel 97 to 2003, BIFF8
	Text Kind = "text" // values with a separator between them
)

// Book is an opened spreadsheet. Rows may be walked any number of times, also
// at once by several, as long as what it was opened on stays readable.
type Book struct {
	Kind      Kind
	Sheets    []string // in the order of the tabs; a text file has one, named after the file
	Hidden    []bool   // beside Sheets: the author hid it
	Encoding  string   // of a text file: UTF-8, UTF-16LE, UTF-16BE or GB18030
	Separator rune     // of a text file
	Broken    int      // of a UTF-8 text file: places that are no characters, read as U+FFFD

	open func(sheet int) (rowReader, error)
}

// Row is one row that holds something. Number is the one beside the row in
// Excel; empty rows are counted and not given.
type Row struct {
	Number int
	Cells  []Cell // by column, from A; empty cells at the end are left out
}

// Cell is what stands at one place. Spaces around Text are taken off,
// control characters in it are U+FFFD.
type Cell struct {
	Text     string  // as a person reads it, by the cell's own number format
	Number   float64 // if IsNumber; a percentage of 12 % is 0.12
	Time     time.Time
	IsNumber bool
	IsTime   bool // a date or time of day; Time has no zone of its own and says UTC
	IsError  bool // #N/A and its like
	Formula  bool // Text is what its author's program had worked out
	Merged   bool // covered by a merged range that begins elsewhere; Text is empty
	From     string

	first *Cell
}

// Whole is the cell itself or, when it is covered by a merged range, the first
// cell of that range: what a person sees there. Adding up whole cells counts a
// merged number several times.
func (c Cell) Whole() Cell {
	if c.first != nil {
		return *c.first
	}
	return c
}

// blank is a cell in which a person sees nothing and nothing is missing.
func (c *Cell) blank() bool { return c.Text == "" && !c.Formula }

// Name is how people call a place: Name(4, 1) is B4. Column counts from 0.
func Name(row, column int) string { return columnName(column) + fmt.Sprint(row) }

func columnName(column int) string {
	var b [8]byte
	i := len(b)
	for n := column + 1; n > 0 && i > 0; n = (n - 1) / 26 {
		i--
		b[i] = byte('A' + (n-1)%26)
	}
	return string(b[i:])
}

// Open looks into the file and says what it is. name serves for the title of a
// text file and is held against the content: a name ending in .xls, .xlsx, .csv
// or .tsv on something else is refused (Invalid, sheet.misnamed), as are an
// empty file, one under a password, and everything that is no spreadsheet, each
// with its own message.
func Open(name string, r io.ReaderAt, size int64) (b *Book, err error) {
	defer guard(&err)
	what, err := sniff(r, size)
	if err != nil {
		return nil, err
	}
	switch what {
	case XLSX:
		b, err = openXLSX(r, size)
	case XLS:
		b, err = openXLS(r, size)
	default:
		b, err = openText(name, r, size)
	}
	if err != nil {
		return nil, err
	}
	if said := spoken(name); said != "" && said != what {
		return nil, fault.New(fault.Invalid, "sheet.misnamed", path.Base(name), what.ending())
	}
	return b, nil
}

// spoken is the kind that a name promises; "" when it promises none.
func spoken(name string) Kind {
	switch strings.ToLower(path.Ext(name)) {
	case ".xlsx", ".xlsm", ".xltx", ".xltm":
		return XLSX
	case ".xls", ".xlt":
		return XLS
	case ".csv", ".tsv", ".tab", ".txt":
		return Text
	}
	return ""
}

func (k Kind) ending() string {
	if k == Text {
		return "csv"
	}
	return string(k)
}

// rowReader gives the rows of one sheet; io.EOF ends it.
type rowReader interface {
	next() (Row, error)
	close()
}

// Rows walks the sheet with this index from the top. An error ends the walk; it
// is a fault wherever the file is the cause.
func (b *Book) Rows(sheet int) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		if sheet < 0 || sheet >= len(b.Sheets) {
			yield(Row{}, fault.New(fault.NotFound, "sheet.no_such_sheet", sheet+1))
			return
		}
		rows, err := opened(b, sheet)
		if err != nil {
			yield(Row{}, err)
			return
		}
		defer rows.close()
		for {
			row, err := guarded(rows)
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(Row{}, err)
				return
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

func opened(b *Book, sheet int) (rows rowReader, err error) {
	defer guard(&err)
	return b.open(sheet)
}

func guarded(rows rowReader) (row Row, err error) {
	defer guard(&err)
	return rows.next()
}

// guard turns a panic over a strange file into the fault that such a file
// deserves. It stands around reading only, so a caller's panic stays one.
func guard(err *error) {
	if p := recover(); p != nil {
		*err = damaged(fmt.Errorf("panic: %v", p))
	}
}

func damaged(cause error) error {
	return fault.New(fault.Invalid, "sheet.damaged").Because(cause)
}

// truncated: io.EOF may never leave a reader but at the true end.
func truncated(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if fault.KindOf(err) != fault.Internal {
		return err
	}
	return damaged(err)
}

// checked refuses what is beyond the limits.
func checked(number, column int, text string) error {
	switch {
	case number > MaxRows:
		return fault.New(fault.TooLarge, "sheet.too_many_rows", MaxRows)
	case column >= MaxColumns:
		return fault.New(fault.TooLarge, "sheet.too_many_columns", number, MaxColumns)
	case len(text) > MaxText && longer(text, MaxText):
		return tooLong(number, column)
	}
	return nil
}

func tooLong(number, column int) error {
	return fault.New(fault.TooLarge, "sheet.cell_too_long", Name(number, column), MaxText)
}

// longer counts as Excel does, in units of UTF-16.
func longer(s string, limit int) bool {
	n := 0
	for _, r := range s {
		if n++; r > 0xFFFF {
			n++
		}
	}
	return n > limit
}

// invisible are the spaces of all kinds that people cannot see around a word.
func invisible(r rune) bool {
	switch r {
	case ' ', '\t', '\n', '\r', '\v', '\f', 0x85, 0xA0, 0x3000, 0x200B, 0x2060, 0xFEFF:
		return true
	}
	return r >= 0x2000 && r <= 0x200A
}

// trimmed takes off what is invisible around a text, and shows control characters
// within it, which no person typed, as U+FFFD.
func trimmed(s string) string {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		plain = s[i] >= ' ' && s[i] < 0x7F
	}
	if plain {
		return strings.Trim(s, " ")
	}
	s = strings.TrimFunc(s, invisible)
	if strings.IndexFunc(s, control) >= 0 {
		s = uncontrolled(s)
	}
	return s
}

func control(r rune) bool {
	return unicode.IsControl(r) && !unicode.IsSpace(r)
}

func uncontrolled(s string) string {
	return strings.Map(func(r rune) rune {
		if control(r) {
			return '\uFFFD'
		}
		return r
	}, s)
}

// fill makes c the cell that stores value under a format.
func (c *Cell) fill(value float64, f *format, date1904 bool) {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		c.Text, c.IsError = "#NUM!", true
		return
	}
	c.Text = trimmed(f.show(value, date1904))
	if f.moment() && (value >= 1 || date1904 || !f.sections[0].calendar) {
		if t, ok := serialTime(value, date1904); ok {
			c.Time, c.IsTime = t, true
			return
		}
	}
	c.Number, c.IsNumber = value, true
}

package sheet

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"time"
)

// xlsxRows walks one sheet of a workbook.
type xlsxRows struct {
	book    *xlsxBook
	formats *formats
	in      io.Closer
	s       *xmlScanner
	merges  *merges
	number  int // of the last row
	inData  bool
	ended   bool
	value   []byte
}

// open passes over the sheet once for its merged ranges, which stand behind its
// rows, and again for the rows.
func (x *xlsxBook) open(sheet int) (rowReader, error) {
	ranges, err := x.mergedRanges(x.paths[sheet])
	if err != nil {
		return nil, err
	}
	in, err := x.part(x.paths[sheet], maxSheetPart)
	if err != nil {
		return nil, err
	}
	s, err := newXML(in)
	if err != nil {
		in.Close()
		return nil, err
	}
	return &xlsxRows{book: x, formats: x.formats.walk(), in: in, s: s, merges: newMerges(ranges)}, nil
}

func (x *xlsxBook) mergedRanges(name string) (all []span, err error) {
	err = x.scan(name, maxSheetPart, func(s *xmlScanner) error {
		if s.kind != xmlStart || string(s.name) != "mergeCell" {
			return nil
		}
		if len(all) == maxMerges {
			return tooBig()
		}
		from, to, found := strings.Cut(string(s.raw("ref")), ":")
		top, left, ok := place([]byte(from))
		bottom, right, ok2 := place([]byte(to))
		if !found {
			return nil // a range of one cell
		}
		if !ok || !ok2 {
			return damaged(errors.New("a merged range without its ends"))
		}
		all = append(all, span{top, bottom, left, right})
		return nil
	})
	return all, err
}

func (x *xlsxRows) close() { x.in.Close() }

func (x *xlsxRows) next() (Row, error) {
	for !x.ended {
		if err := x.s.next(); err != nil {
			return Row{}, truncated(err)
		}
		switch string(x.s.name) {
		case "sheetData":
			x.inData = x.s.kind == xmlStart
			x.ended = x.s.kind == xmlEnd
		case "row":
			if !x.inData || x.s.kind != xmlStart {
				continue
			}
			row, ok, err := x.row()
			if err != nil {
				return Row{}, truncated(err)
			}
			if ok {
				return row, nil
			}
		}
	}
	return Row{}, io.EOF
}

// row reads from the start of a row to its end.
func (x *xlsxRows) row() (Row, bool, error) {
	number := x.s.number("r", x.number+1)
	if number <= x.number {
		return Row{}, false, damaged(errors.New("rows out of order"))
	}
	x.number = number
	var cells []Cell
	column := -1
	for {
		if err := x.s.next(); err != nil {
			return Row{}, false, err
		}
		switch {
		case x.s.kind == xmlEnd && string(x.s.name) == "row":
			return x.merges.finish(number, cells)
		case x.s.kind != xmlStart:
			continue
		case string(x.s.name) != "c":
			if err := x.s.skip(); err != nil {
				return Row{}, false, err
			}
			continue
		}
		column++
		if ref := x.s.raw("r"); ref != nil {
			at, c, ok := place(ref)
			if !ok || at != number {
				return Row{}, false, damaged(errors.New("a cell outside its row"))
			}
			column = c
		}
		cell, err := x.cell(number, column)
		if err != nil {
			return Row{}, false, err
		}
		if cell.blank() {
			continue
		}
		if err := checked(number, column, cell.Text); err != nil {
			return Row{}, false, err
		}
		if n := len(cells); n == 0 && cap(cells) == 0 {
			cells = make([]Cell, 0, max(column+1, 8))
		}
		for len(cells) <= column {
			cells = append(cells, Cell{})
		}
		cells[column] = cell
	}
}

// cell reads from the start of a cell to its end.
func (x *xlsxRows) cell(number, column int) (c Cell, err error) {
	s := x.s
	kind := string(s.raw("t"))
	style := s.number("s", 0)
	x.value = x.value[:0]
	worked, inValue := false, false // whether there is a value, and whether we are in it
	for {
		if err := s.next(); err != nil {
			return c, err
		}
		switch s.kind {
		case xmlStart:
			switch string(s.name) {
			case "v":
				worked, inValue = true, true
			case "f":
				c.Formula = true
			case "is":
				worked = true
				if c.Text, err = richText(s, "is"); err != nil {
					return c, err
				}
			}
		case xmlText:
			if inValue {
				text, err := s.string()
				if err != nil {
					return c, err
				}
				if x.value = append(x.value, text...); len(x.value) > maxToken {
					return c, tooLong(number, column)
				}
			}
		case xmlEnd:
			switch string(s.name) {
			case "v":
				inValue = false
			case "c":
				if worked && kind != "inlineStr" {
					if err := x.fill(&c, kind, style); err != nil {
						return c, err
					}
				}
				c.Text = trimmed(c.Text)
				if worked && c.Text == "" {
					c.Formula = false // worked out to nothing: an empty cell
				}
				return c, nil
			}
		}
	}
}

// fill gives the cell its value.
func (x *xlsxRows) fill(c *Cell, kind string, style int) error {
	v := string(x.value)
	switch kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(v))
		text, ok := x.book.texts.at(i)
		if err != nil || !ok {
			return damaged(errors.New("a text that is not in the table"))
		}
		c.Text = text
	case "str", "inlineStr":
		c.Text = unescapeCell(v)
	case "b":
		c.Text = boolText(strings.TrimSpace(v) == "1")
	case "e":
		c.Text, c.IsError = v, true
	case "d":
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", time.DateOnly} {
			if t, err := time.Parse(layout, v); err == nil {
				c.Time, c.IsTime = t, true
				break
			}
		}
		c.Text = v
	default:
		v = strings.TrimSpace(v)
		if v == "" {
			return nil
		}
		number, err := strconv.ParseFloat(v, 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			return damaged(err)
		}
		c.fill(number, x.formats.of(style), x.book.date1904)
	}
	return nil
}

func boolText(b bool) string {
	if b {
		return "TRUE"
	}
	return "FALSE"
}

// place reads B4 or $B$4 as row 4, column 1.
func place(ref []byte) (row, column int, ok bool) {
	for _, c := range ref {
		switch letter := c &^ 0x20; {
		case c == '$':
		case row == 0 && letter >= 'A' && letter <= 'Z' && column < 1e6:
			column = column*26 + int(letter-'A') + 1
		case column > 0 && c >= '0' && c <= '9' && row < 1e8:
			row = row*10 + int(c-'0')
		default:
			return 0, 0, false
		}
	}
	return row, column - 1, row > 0 && column > 0
}

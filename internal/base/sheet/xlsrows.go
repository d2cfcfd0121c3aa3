package sheet

import (
	"cmp"
	"errors"
	"io"
	"math"
	"slices"
)

// xlsRows walks one sheet of an old workbook.
type xlsRows struct {
	book    *xlsBook
	formats *formats
	merges  *merges
	places  []xlsPlace // of the cells that are left of the sheet
	number  int        // of the current row
	cells   []Cell
}

// xlsPlace is where the record of a cell, or of several in a row, stands.
type xlsPlace struct {
	row    uint16
	offset uint32
}

// open goes through the sheet once for its merged ranges, which stand behind its
// cells, and for the places of the cells, which some programs do not write in
// order of rows.
func (x *xlsBook) open(sheet int) (rowReader, error) {
	rec, ok := x.at(x.starts[sheet])
	if !ok || rec.kind != recBOF {
		return nil, damaged(errors.New("a sheet does not begin where the list says"))
	}
	rows := &xlsRows{book: x, formats: x.formats.walk()}
	var ranges []span
	inner := 0 // charts within the sheet
	for {
		offset := rec.end
		if rec, ok = x.at(offset); !ok {
			return nil, damaged(io.ErrUnexpectedEOF)
		}
		switch {
		case rec.kind == recBOF:
			inner++
		case rec.kind == recEOF && inner == 0:
			byRow := func(a, b xlsPlace) int { return cmp.Compare(a.row, b.row) }
			slices.SortStableFunc(rows.places, byRow)
			rows.merges = newMerges(ranges)
			return rows, nil
		case rec.kind == recEOF:
			inner--
		case inner > 0:
		case rec.kind == recMerged:
			for i := range u16(rec.data, 0) {
				at := 2 + 8*i
				if at+8 > len(rec.data) {
					return nil, damaged(errors.New("merged ranges cut off"))
				}
				if len(ranges) == maxMerges {
					return nil, tooBig()
				}
				ranges = append(ranges, span{u16(rec.data, at) + 1, u16(rec.data, at+2) + 1, u16(rec.data, at+4), u16(rec.data, at+6)})
			}
		case isCell(rec.kind):
			if len(rec.data) < 6 {
				return nil, damaged(errors.New("a cell cut off"))
			}
			rows.places = append(rows.places, xlsPlace{uint16(u16(rec.data, 0)), uint32(offset)})
		}
	}
}

func isCell(kind int) bool {
	switch kind {
	case recFormula, recMulRK, recRString, recLabelSST, recNumber, recLabel, recBoolErr, recRK:
		return true
	}
	return false
}

func (x *xlsRows) close() {}

func (x *xlsRows) next() (Row, error) {
	for len(x.places) > 0 {
		x.number, x.cells = int(x.places[0].row)+1, nil
		for len(x.places) > 0 && int(x.places[0].row)+1 == x.number {
			rec, _ := x.book.at(int(x.places[0].offset))
			x.places = x.places[1:]
			if err := x.read(rec); err != nil {
				return Row{}, err
			}
		}
		row, ok, err := x.merges.finish(x.number, x.cells)
		if err != nil || ok {
			return row, err
		}
	}
	return Row{}, io.EOF
}

// put sets a cell of the current row.
func (x *xlsRows) put(column int, c Cell) error {
	if c.Text = trimmed(c.Text); c.blank() {
		return nil
	}
	if err := checked(x.number, column, c.Text); err != nil {
		return err
	}
	for len(x.cells) <= column {
		x.cells = append(x.cells, Cell{})
	}
	x.cells[column] = c
	return nil
}

func (x *xlsRows) putNumber(column, style int, v float64, formula bool) error {
	c := Cell{Formula: formula}
	c.fill(v, x.formats.of(style), x.book.date1904)
	return x.put(column, c)
}

// read takes the cells of one record into the current row.
func (x *xlsRows) read(rec record) error {
	d := rec.data
	column, style := u16(d, 2), u16(d, 4)
	switch rec.kind {
	case recMulRK:
		for at := 4; at+6 <= len(d)-2; at += 6 {
			if err := x.putNumber(column, u16(d, at), rk(u32(d, at+2)), false); err != nil {
				return err
			}
			column++
		}
		return nil
	case recRK:
		return x.putNumber(column, style, rk(u32(d, 6)), false)
	case recNumber:
		return x.putNumber(column, style, float(d, 6), false)
	case recLabelSST:
		text, ok := x.book.texts.at(int(u32(d, 6)))
		if !ok || len(d) < 10 {
			return damaged(errors.New("a text that is not in the table"))
		}
		return x.put(column, Cell{Text: text})
	case recLabel, recRString:
		text, ok := biffString(d, 6, 2)
		if !ok {
			return damaged(errors.New("a text cut off"))
		}
		return x.put(column, Cell{Text: text})
	case recBoolErr:
		if len(d) < 8 {
			return damaged(errors.New("a cell cut off"))
		}
		return x.put(column, special(d[6], d[7] != 0))
	}
	return x.formula(rec, column, style)
}

// formula takes what the formula came to; a text stands in the next record but
// those that share the formula.
func (x *xlsRows) formula(rec record, column, style int) error {
	d := rec.data
	if len(d) < 14 {
		return damaged(errors.New("a formula cut off"))
	}
	if u16(d, 12) != 0xFFFF {
		return x.putNumber(column, style, float(d, 6), true)
	}
	switch d[6] {
	case 1, 2:
		c := special(d[8], d[6] == 2)
		c.Formula = true
		return x.put(column, c)
	case 3:
		return nil
	}
	for range 4 {
		var ok bool
		if rec, ok = x.book.at(rec.end); !ok || isCell(rec.kind) || rec.kind == recEOF {
			break
		}
		if rec.kind != recString {
			continue
		}
		p := &pieces{book: x.book, data: rec.data, end: rec.end}
		n, flags := p.u16(), p.u8()
		text := p.text(n, flags&1 != 0)
		if p.err != nil {
			return damaged(p.err)
		}
		return x.put(column, Cell{Text: text, Formula: trimmed(text) != ""})
	}
	return x.put(column, Cell{Formula: true}) // never worked out
}

func special(v byte, isError bool) Cell {
	if isError {
		text, ok := errorTexts[v]
		if !ok {
			text = "#N/A"
		}
		return Cell{Text: text, IsError: true}
	}
	return Cell{Text: boolText(v != 0)}
}

func float(b []byte, at int) float64 {
	return math.Float64frombits(uint64(u32(b, at)) | uint64(u32(b, at+4))<<32)
}

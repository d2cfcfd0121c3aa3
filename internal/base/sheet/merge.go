package sheet

import (
	"cmp"
	"errors"
	"slices"
)

// span is a merged range, rows from 1, columns from 0, both ends included.
type span struct{ top, bottom, left, right int }

// merges follows the merged ranges down a sheet. Ranges never overlap in a sound
// file, which bounds how many can be open at one row.
type merges struct {
	waiting []span // by top row
	open    []openSpan
}

// openSpan is a range whose first row has passed or is passing.
type openSpan struct {
	span
	first *Cell
}

func newMerges(all []span) *merges {
	all = slices.DeleteFunc(all, func(s span) bool {
		return s.top == s.bottom && s.left == s.right || s.top > s.bottom || s.left > s.right || s.left >= MaxColumns
	})
	slices.SortFunc(all, func(a, b span) int { return cmp.Or(cmp.Compare(a.top, b.top), cmp.Compare(a.left, b.left)) })
	return &merges{waiting: all}
}

// down goes on to a row: ranges that ended above it are left, those that begin
// are taken up.
func (m *merges) down(number int) error {
	m.open = slices.DeleteFunc(m.open, func(o openSpan) bool { return o.bottom < number })
	for len(m.waiting) > 0 && m.waiting[0].top <= number {
		if s := m.waiting[0]; s.bottom >= number {
			s.right = min(s.right, MaxColumns-1)
			m.open = append(m.open, openSpan{s, &Cell{}})
		}
		m.waiting = m.waiting[1:]
	}
	width := 0
	for _, o := range m.open {
		if width += o.right - o.left + 1; width > MaxColumns {
			return damaged(errors.New("merged ranges overlap"))
		}
	}
	return nil
}

// cover marks the cells of a row that a range covers, adding cells where the
// range reaches beyond the last.
func (m *merges) cover(number int, cells []Cell) []Cell {
	for i := range m.open {
		o := &m.open[i]
		if o.top == number && o.left < len(cells) {
			first := cells[o.left]
			o.first = &first
		}
		if o.first.blank() {
			continue
		}
		for len(cells) <= o.right {
			cells = append(cells, Cell{})
		}
		for c := o.left; c <= o.right; c++ {
			if number != o.top || c != o.left {
				cells[c] = Cell{Merged: true, From: o.first.Text, first: o.first}
			}
		}
	}
	return cells
}

// finish makes a row of cells; ok is false if nothing stands in it. A row that
// only a range from above reaches into holds nothing of its own.
func (m *merges) finish(number int, cells []Cell) (row Row, ok bool, err error) {
	own := 0
	for i := range cells {
		if !cells[i].blank() {
			own = i + 1
		}
	}
	if own == 0 {
		return Row{}, false, nil
	}
	if err := m.down(number); err != nil {
		return Row{}, false, err
	}
	cells = m.cover(number, cells[:own])
	for i := range cells {
		if !cells[i].blank() {
			return Row{number, cells}, true, nil
		}
	}
	return Row{}, false, nil
}

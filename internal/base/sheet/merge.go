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

// cover marks the cells of a row that a range covers, adding cells where the
// range reaches beyond the last, and cuts the empty ones off the end.
func (m *merges) cover(number int, cells []Cell) ([]Cell, error) {
	m.open = slices.DeleteFunc(m.open, func(o openSpan) bool { return o.bottom < number })
	for len(m.waiting) > 0 && m.waiting[0].top <= number {
		if s := m.waiting[0]; s.bottom >= number {
			if m.open = append(m.open, openSpan{s, &Cell{}}); len(m.open) > maxOpenMerges {
				return nil, damaged(errors.New("merged ranges overlap"))
			}
		}
		m.waiting = m.waiting[1:]
	}
	for i := range m.open {
		o := &m.open[i]
		if o.top == number && o.left < len(cells) {
			first := cells[o.left]
			o.first = &first
		}
		if o.first.blank() {
			continue
		}
		right := min(o.right, MaxColumns-1)
		for len(cells) <= right {
			cells = append(cells, Cell{})
		}
		for c := o.left; c <= right; c++ {
			if number != o.top || c != o.left {
				cells[c] = Cell{Merged: true, From: o.first.Text, first: o.first}
			}
		}
	}
	return cells, nil
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
	if own == 0 && len(m.open) == 0 && (len(m.waiting) == 0 || m.waiting[0].top > number) {
		return Row{}, false, nil
	}
	if cells, err = m.cover(number, cells[:own]); err != nil {
		return Row{}, false, err
	}
	for i := range cells {
		if !cells[i].blank() {
			return Row{number, cells}, true, nil
		}
	}
	return Row{}, false, nil
}

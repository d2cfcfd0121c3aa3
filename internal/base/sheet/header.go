package sheet

import (
	"strings"
	"unicode"
)

// headerWithin is how many rows from the top a header is looked for: forms come
// with a title, a unit, a date and notes above it.
const headerWithin = 40

// Column is a column as its header names it. Group is the heading above it, if
// the header has two rows.
type Column struct{ Name, Group string }

// Title names the column with its group, which tells columns of one name apart.
func (c Column) Title() string {
	if c.Group == "" || c.Group == c.Name {
		return c.Name
	}
	return c.Group + " / " + c.Name
}

// FindHeader finds the row with the names of the columns, by its index in rows,
// which begin at the top of a sheet. A header is mostly words that differ from
// each other, as wide as what follows, and what known recognises counts most.
// Of a header in two rows it is the lower one; Columns joins them. False if no
// row looks like one. known may be nil.
func FindHeader(rows []Row, known func(cell string) bool) (index int, ok bool) {
	best := 0.0
	for i := range rows[:min(len(rows), headerWithin)] {
		if score := headerScore(rows, i, known); score >= 1 && score > best+0.3 {
			index, best = i, score
		}
	}
	if best > 0 && lowerHalf(rows, index+1) {
		index++
	}
	return index, best > 0
}

// lowerHalf says whether a row completes the header above it: names stand under
// groups merged across, and nowhere else.
func lowerHalf(rows []Row, at int) bool {
	if at >= len(rows) || rows[at].Number != rows[at-1].Number+1 {
		return false
	}
	above, names := rows[at-1].Cells, 0
	for i, c := range rows[at].Cells {
		if c.Merged || c.Text == "" {
			continue
		}
		across := i < len(above) && above[i].Merged || i+1 < len(above) && above[i+1].Merged && above[i+1].From == above[i].Text
		if !across || !wordy(c.Text) {
			return false
		}
		names++
	}
	return names > 1
}

// headerScore is below 1 for what is no header. The first of equals is taken.
func headerScore(rows []Row, at int, known func(string) bool) float64 {
	var names, words, familiar int
	seen := map[string]bool{}
	for i, c := range rows[at].Cells {
		text := c.Text // of a title merged across the sheet only the first cell speaks
		if c.Merged && fromAbove(rows, at, i) {
			text = c.From
		}
		if text == "" {
			continue
		}
		names++
		if c = c.Whole(); c.IsNumber || c.IsTime || c.IsError || c.Formula || !wordy(text) {
			continue
		}
		words++
		if known != nil && !seen[text] && known(text) {
			familiar++
		}
		seen[text] = true
	}
	width := bodyWidth(rows[at+1:])
	switch {
	case names == 0 || IsSubtotal(rows[at]):
		return 0
	case familiar == 0 && (names < 2 || width == 0):
		return 0
	}
	share := float64(words) / float64(names)
	distinct := float64(len(seen)) / float64(max(words, 1))
	fill := min(1, float64(names)/float64(max(width, 1)))
	if familiar == 0 {
		figures := numbersBelow(rows, at)
		if figures >= 0.5 {
			distinct = 1 // words over figures are names even if some repeat
		}
		if share < 0.7 || distinct < 0.7 || fill < 0.6 {
			return 0
		}
		if figures == 0 {
			fill -= 0.1 // words over words: only its being first shows a header
		}
		return share*distinct*fill + 0.5
	}
	return share*distinct*fill + 0.5 + 3*float64(familiar)/float64(names) + min(2, float64(familiar)/2)*share
}

// wordy says whether a text is a name, not a number, date or dash.
func wordy(s string) bool {
	for _, r := range s {
		if unicode.IsLetter(r) {
			_, err := ParseMoment(s, NoOrder)
			return err != nil
		}
	}
	return false
}

// bodyWidth is how many cells the rows below usually fill, from a few of them.
func bodyWidth(rows []Row) int {
	var widths [MaxColumns + 1]int
	n := min(len(rows), 25)
	for _, r := range rows[:n] {
		filled := 0
		for _, c := range r.Cells {
			if c.Text != "" || c.Merged {
				filled++
			}
		}
		widths[min(filled, MaxColumns)]++
	}
	for w, sum := MaxColumns, 0; w > 0; w-- {
		if sum += widths[w]; 2*sum >= n && n > 0 {
			return w
		}
	}
	return 0
}

// numbersBelow is the share of the named columns with a number or date in one of
// the next rows.
func numbersBelow(rows []Row, at int) float64 {
	named, figures := 0, 0
	for i, name := range rows[at].Cells {
		if name.Text == "" {
			continue
		}
		named++
		for _, r := range rows[at+1 : min(len(rows), at+6)] {
			if i < len(r.Cells) && figure(r.Cells[i]) {
				figures++
				break
			}
		}
	}
	return float64(figures) / float64(max(named, 1))
}

func figure(c Cell) bool {
	if c.IsNumber || c.IsTime {
		return true
	}
	if _, err := ParseNumber(c.Text); err == nil {
		return true
	}
	_, err := ParseMoment(c.Text, NoOrder)
	return err == nil
}

// Columns are the columns under the header at that index, by position; a column
// without a name has "". A row directly above that groups them, by merged cells
// or by standing over the first of each group, becomes their Group; a name that
// is merged down from above into the header is the column's name.
func Columns(rows []Row, header int) []Column {
	if header < 0 || header >= len(rows) {
		return nil
	}
	names := rows[header].Cells
	all := make([]Column, len(names))
	for i, c := range names {
		all[i].Name = oneLine(c.Whole().Text)
		if c.Merged && i > 0 && names[i-1].Whole().Text == c.From && !fromAbove(rows, header, i) {
			all[i].Name = "" // the second column under one name
		}
	}
	if header == 0 || rows[header-1].Number != rows[header].Number-1 {
		return all
	}
	above := rows[header-1].Cells
	if !groups(above, names) {
		return all
	}
	group, merged := "", false
	for i := range all {
		if i < len(above) {
			switch c := above[i]; {
			case c.Merged:
				group, merged = oneLine(c.From), true
			case c.Text != "":
				group, merged = oneLine(c.Text), false
			case merged:
				group = ""
			}
		} else if merged {
			group = ""
		}
		if all[i].Name == "" {
			all[i].Name = group
		}
		if all[i].Group = group; group == all[i].Name {
			all[i].Group = ""
		}
	}
	return all
}

// fromAbove says whether the range that covers column i of the header begins in
// a row above it.
func fromAbove(rows []Row, header, i int) bool {
	return header > 0 && i < len(rows[header-1].Cells) && rows[header-1].Cells[i].Whole().Text == rows[header].Cells[i].From
}

// groups tells a row of group headings from a title: it has more than one, or
// one that begins to the right of the first column, all of them words, fewer
// than the names below and no wider.
func groups(above, names []Cell) bool {
	n, first := 0, -1
	for i, c := range above {
		if c.Merged || c.Text == "" {
			continue
		}
		if c.IsNumber || c.IsTime || !wordy(c.Text) {
			return false
		}
		if n++; first < 0 {
			first = i
		}
	}
	named := 0
	for _, c := range names {
		if c.Text != "" || c.Merged {
			named++
		}
	}
	return (n > 1 || n == 1 && first > 0) && n < named && len(above) <= len(names)
}

// oneLine is a name as it reads across: headers break lines to stay narrow.
func oneLine(s string) string {
	if !strings.ContainsAny(s, "\r\n") {
		return s
	}
	var b strings.Builder
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' }) {
		part = strings.TrimFunc(part, invisible)
		if last := b.String(); last != "" && part != "" && last[len(last)-1] < 0x80 && part[0] < 0x80 {
			b.WriteByte(' ') // Chinese needs no space where a line broke
		}
		b.WriteString(part)
	}
	return b.String()
}

package ui

import (
	"strconv"
	"strings"
)

// Sheet is a slip on paper: title, number, boxes, lines, places to sign, one copy
// for each party (一式三联). [Print] draws a whole page that prints it.
type Sheet struct {
	Words      Words
	Lang       string
	Hospital   string
	Title      string // 物资出库单
	Number     string // CK-2026-000123
	Date       string
	QR         string   // an <svg> made by this program; never foreign text
	Copies     []string // 存根联, 科室联, 仓库联; one unnamed copy when empty
	Boxes      []Fact   // Wide takes the whole width
	Lines      *Grid
	Totals     []Fact // below the lines, right: 合计
	Capitals   string // the amount in capital characters, 大写
	Signatures []string
	Note       string
	Size       Size
	PerPage    int // lines on one page; more go on a further page with its own head. Default by Size
	Back       Link
}

// Size is a size of paper.
type Size string

const (
	A4     Size = "a4"     // upright, one copy a sheet
	A5     Size = "a5"     // across, one copy a sheet
	Halves Size = "halves" // A4 upright, two copies a sheet, with a line to cut along
	Carbon Size = "carbon" // 241 × 140 mm continuous paper with carbon copies, needle printer
)

// Grid is a ruled table.
type Grid struct {
	Heads []Head
	Rows  [][]string
	Blank int // empty ruled lines to fill in by hand
}

// LabelSheet is A4 paper with 3 × 8 labels of 70 × 37 mm. [PrintLabels] draws it.
type LabelSheet struct {
	Words  Words
	Lang   string
	Title  string
	Labels []Label
	Skip   int // labels already used on the first sheet
	Back   Link
}

// Label is one sticker: a code to scan and what a person reads beside it.
type Label struct {
	QR     string // an <svg> made by this program
	Title  string
	Lines  []string
	Number string
}

const labelsOnSheet = 24

// sheets deals the labels out over sheets; a label without QR and Title is a gap.
func (l LabelSheet) sheets() (out [][]Label) {
	all := append(make([]Label, max(0, l.Skip)%labelsOnSheet), l.Labels...)
	for len(all) > 0 {
		n := min(labelsOnSheet, len(all))
		out, all = append(out, all[:n]), all[n:]
	}
	return out
}

// perPage is how many lines of one row each fit on a page between the boxes and
// the signatures.
var perPage = map[Size]int{A4: 24, A5: 7, Halves: 7, Carbon: 6}

// page is one page of one copy.
type page struct {
	Copy string
	Part string // "1 / 2"; empty when there is one
	Grid *Grid
	Last bool
	// First of all copies: its title is the page's heading.
	First bool
}

// pages deals the lines out: every copy whole, each page with the head of the slip.
func (s Sheet) pages() (out []page) {
	copies := s.Copies
	if len(copies) == 0 {
		copies = []string{""}
	}
	parts := []*Grid{s.Lines}
	if s.Lines != nil {
		most := s.PerPage
		if most <= 0 {
			most = perPage[Size(s.size())]
		}
		parts = s.Lines.split(most)
	}
	for _, c := range copies {
		for n, g := range parts {
			p := page{Copy: c, Grid: g, Last: n == len(parts)-1, First: len(out) == 0}
			if len(parts) > 1 {
				p.Part = strconv.Itoa(n+1) + " / " + strconv.Itoa(len(parts))
			}
			out = append(out, p)
		}
	}
	return out
}

// split cuts a table into tables of at most most lines. Lines to fill in by hand
// follow only as far as the last page has room.
func (g Grid) split(most int) (parts []*Grid) {
	rows := g.Rows
	for len(rows) > most {
		parts = append(parts, &Grid{Heads: g.Heads, Rows: rows[:most]})
		rows = rows[most:]
	}
	return append(parts, &Grid{Heads: g.Heads, Rows: rows, Blank: min(g.Blank, most-len(rows))})
}

// places is how many of the three places of its row a box takes: the last of a row all
// that are left, so that the ruling has no hole.
func (s Sheet) places(n int) int {
	at := 0
	for i, b := range s.Boxes[:n+1] {
		if b.Wide || at == 3 {
			at = 0
		}
		if i == n && (b.Wide || n+1 == len(s.Boxes) || s.Boxes[n+1].Wide) {
			return 3 - at
		}
		if at++; b.Wide {
			at = 3
		}
	}
	return 1
}

func (s Sheet) size() string { return or(string(s.Size), string(A4)) }

func paperName(class string) string { return strings.TrimPrefix(class, "paper-") }

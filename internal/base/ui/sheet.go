package ui

import "strings"

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

func (s Sheet) copies() []string {
	if len(s.Copies) == 0 {
		return []string{""}
	}
	return s.Copies
}

func (s Sheet) size() string { return or(string(s.Size), string(A4)) }

func paperName(class string) string { return strings.TrimPrefix(class, "paper-") }

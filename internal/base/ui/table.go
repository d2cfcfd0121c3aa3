package ui

import (
	"slices"
	"strings"
)

// Table is one list as it stands now: what was asked, what was found, what else
// may be asked. [List] draws it.
type Table struct {
	ID      string // unique on the page; default "list"
	Caption string // what this is a list of, for those who hear the page
	Here    string // address of exactly this view; fetched again when Live says so
	Live    string // topic; the rows follow it without a reload

	Columns []Head
	Rows    []Row
	Empty   Nothing
	Count   string // "1,000+ 条"
	Prev    string // address of the page before; none when empty
	Next    string

	Search    *Search
	Filters   []Filter
	Keep      []Pair // what search and filters must carry along: the sort order
	Chips     []Chip
	ClearHref string // drops all filters
	Views     []Link // saved views
	SaveView  *Action
	Exports   []Action // CSV, Excel …
	Bulk      []Action // for the rows that are ticked; each posts id=… of those rows
	Bare      bool     // no frame and no tools: a table inside a page
}

// Head is the top of one column.
type Head struct {
	Key   string
	Label string
	Sort  string // address that sorts by this column, or turns the order; none when empty
	Dir   string // "asc" or "desc" while sorted by this column
	Num   bool   // figures: right aligned
	Minor bool   // left out on a phone
	Named bool   // on a phone its label stands before each of its cells
}

// Row is one record. Its first cell is what people call the thing and carries Href.
type Row struct {
	Href  string
	Check string // id posted by Bulk; no box when empty
	Tone  Tone   // Danger and Soon draw a line at the edge
	Quiet bool   // closed, cancelled: paler
	Cells []Cell
}

// Cell is one value of a row.
type Cell struct {
	Text  string
	Sub   string // smaller, below
	Tone  Tone
	State bool // a state: drawn as a small coloured word
	Icon  string
	Href  string
	Num   bool
	Title string // the whole text, where Text is shortened
	When  bool   // a day or a moment: a phone, which has no headings, reads the column's name before it
	Flag  Flag   // yes or no, in Text as a word: a phone reads the column's name instead
}

// Flag is a yes or no.
type Flag string

// Flags; what is not so is not said on a phone.
const (
	Yes Flag = "yes"
	No  Flag = "no"
)

// Search is the box above a list.
type Search struct {
	Name  string // default "q"
	Value string
	Hint  string
}

// FilterKind says what a filter asks.
type FilterKind string

const (
	FilterChoice FilterKind = "choice" // several of a few: Key repeated
	FilterOne    FilterKind = "one"    // one of a few
	FilterDay    FilterKind = "day"    // Key.from and Key.to, 2026-11-21, both included
	FilterNumber FilterKind = "number" // Key.from and Key.to
	FilterRef    FilterKind = "ref"    // Key and Key.id, as in a form
	FilterText   FilterKind = "text"
)

// Filter is one question above a list.
type Filter struct {
	Key      string
	Label    string
	Kind     FilterKind
	Options  []Option
	Values   []string // chosen
	From, To string
	Unit     string
	Source   string // FilterRef: where the picker asks
	Shown    string // FilterRef: label of the chosen one
}

// Chip is a filter at work, with the address of the list without it.
type Chip struct {
	Label, Text string // "状态", "已派工"
	RemoveHref  string
}

func (t Table) id() string { return or(t.ID, "list") }

func (h Head) ariaSort() string {
	switch h.Dir {
	case "asc":
		return "ascending"
	case "desc":
		return "descending"
	}
	return "none"
}

// lean is a table inside a page without the columns in which nothing stands.
func (t Table) lean() Table {
	if !t.Bare || len(t.Rows) == 0 {
		return t
	}
	said := make([]bool, len(t.Columns))
	for _, r := range t.Rows {
		for n, c := range r.Cells {
			if n < len(said) && (n == 0 || c.Text != "" || c.Sub != "" || c.Icon != "") {
				said[n] = true
			}
		}
	}
	if !slices.Contains(said, false) {
		return t
	}
	t.Columns = kept(t.Columns, said)
	t.Rows = slices.Clone(t.Rows)
	for n := range t.Rows {
		t.Rows[n].Cells = kept(t.Rows[n].Cells, said)
	}
	return t
}

func kept[T any](all []T, said []bool) (some []T) {
	for n := range all {
		if n >= len(said) || said[n] {
			some = append(some, all[n])
		}
	}
	return some
}

// brief tells a number, a date or a name from a sentence: it is not broken over lines.
func brief(s string) bool { return width(s) <= 16 }

// width is how many places a text takes.
func width(s string) (n int) {
	for _, r := range s {
		n++
		if r >= 0x2e80 { // Chinese letters are as broad as two others
			n++
		}
	}
	return n
}

func (t Table) bulkHidden() (ps []Pair) {
	for _, a := range t.Bulk {
		for _, p := range a.Hidden {
			if !slices.Contains(ps, p) {
				ps = append(ps, p)
			}
		}
	}
	return ps
}

func (r *Row) name() string {
	if len(r.Cells) == 0 {
		return ""
	}
	return r.Cells[0].Text
}

func (f Filter) input() string {
	if f.Kind == FilterDay {
		return "date"
	}
	return "number"
}

func (f Filter) value() string {
	if len(f.Values) == 0 {
		return ""
	}
	return f.Values[0]
}

func (f Filter) has(v string) bool { return slices.Contains(f.Values, v) }

// pairs is the filter as it stands in an address.
func (f Filter) pairs() (ps []Pair) {
	add := func(name, value string) {
		if value != "" {
			ps = append(ps, Pair{name, value})
		}
	}
	switch f.Kind {
	case FilterDay, FilterNumber:
		add(f.Key+".from", f.From)
		add(f.Key+".to", f.To)
	case FilterRef:
		add(f.Key, f.Shown)
		add(f.Key+".id", f.value())
	default:
		for _, v := range f.Values {
			add(f.Key, v)
		}
	}
	return ps
}

// toneClass is the class of a part in a tone; nothing for a plain one.
func toneClass(part string, t Tone) string {
	if t == Plain {
		return ""
	}
	return part + "-" + string(t)
}

func buttonTone(t Tone) string { return toneClass("btn", t) }

// path is the list's own address without what was asked of it.
func (t Table) path() string {
	path, _, _ := strings.Cut(t.Here, "?")
	return path
}

package ui

import (
	"fmt"
	"strings"

	"github.com/a-h/templ"

	"houqin/internal/base/words"
)

// Fact is one thing known about a record.
type Fact struct {
	Label string
	Text  string
	Sub   string // smaller, after it
	Href  string
	Tone  Tone
	State bool // drawn as a small coloured word
	Num   bool
	Wide  bool            // takes a whole row: a description
	Part  templ.Component // instead of Text
}

// Entry is one thing that happened.
type Entry struct {
	When  string // "今天 14:05"
	Title string // the whole instant, on hover
	Who   string
	What  string
	Note  string
	Icon  string
	Tone  Tone
	Links []Link
	Pics  []Photo
}

// Stage is one station in the life of a record.
type Stage struct {
	Label string
	When  string
	State StageState
}

type StageState string

const (
	Ahead  StageState = ""
	Passed StageState = "passed"
	Now    StageState = "now"
	Missed StageState = "missed" // ended here: cancelled, refused
)

// Photo is a picture or file that belongs to a record.
type Photo struct {
	Href, Thumb string
	Name        string // what it shows; the alternative text
	Sub         string // who, when
	Remove      string // posted to, when it may be taken away
}

// Figure is a number that answers one question and opens its records.
type Figure struct {
	Label string
	Value string
	Unit  string
	Sub   string // "上月 132"
	Href  string
	Icon  string
	Tone  Tone
}

// Tile is one big button of a phone's home.
type Tile struct {
	Label, Hint string
	Href        string
	Icon        string
	Count       int
	Tone        Tone // Accent: the commonest thing this role does
}

// Lane is one column of a board.
type Lane struct {
	Key   string
	Title string
	Count string
	Tone  Tone
	Cards []Job
	Empty string
	More  *Link // when there are more than are shown
}

// Job is one card on a board, or one next thing to do.
type Job struct {
	Href     string
	Number   string
	Title    string
	Where    string
	Who      string
	When     string // the deadline, in words
	WhenTone Tone
	Tone     Tone // edge
	Marks    []Mark
	Icon     string
	Actions  []Action
}

// Boards is a board of lanes that follows a topic.
type Boards struct {
	ID    string // default "board"
	Here  string
	Live  string
	Label string
	Lanes []Lane
}

// Running is a long piece of work: import, count, report.
type Running struct {
	ID     string
	Label  string
	Part   int // done so far
	Whole  int // 0: not known yet
	Sub    string
	Here   string // fetched again every two seconds until Over
	Over   bool
	Tone   Tone
	Cancel *Action
}

func noticeIcon(t Tone) string {
	switch t {
	case Danger:
		return "alert-circle"
	case Soon:
		return "alert-triangle"
	case Done:
		return "circle-check"
	}
	return "info-circle"
}

// factTone colours the text itself; a state has its own.
func factTone(f Fact) Tone {
	if f.State {
		return Plain
	}
	return f.Tone
}

// face is the last letter of a Chinese name or the first of another: enough to
// tell people apart in a story.
func face(name string) string {
	letters := []rune(name)
	switch {
	case len(letters) == 0:
		return "·"
	case letters[0] >= 0x2e80:
		return string(letters[len(letters)-1])
	}
	return strings.ToUpper(string(letters[0]))
}

func (b Boards) id() string { return or(b.ID, "board") }

// Weight says grams in kilograms, from a tonne on in tonnes, to two places, cut off.
func Weight(w *words.Words, grams int64) string {
	size, unit, sign := max(grams, -grams), w.T("ui.kilograms"), ""
	if size >= 1_000_000 {
		size, unit = size/1000, w.T("ui.tonnes")
	}
	if grams < 0 {
		sign = "-"
	}
	return fmt.Sprintf("%s%s.%02d %s", sign, w.Number(size/1000), size%1000/10, unit)
}

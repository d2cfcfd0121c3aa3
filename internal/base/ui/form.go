package ui

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// Form is what is asked of a person. [Ask] draws it.
type Form struct {
	ID      string // unique on the page; default "f"
	Action  string
	Method  string // default "post"
	Key     string // idempotency key, posted as _key
	Version string // of the record being changed, posted as _version
	Hidden  []Pair
	Intro   string // one sentence above
	Fields  []Field
	Submit  string   // the verb: 报修, 出库, 签收
	Tone    Tone     // of the button; Accent by default, plain where something is only looked up or [Form.Second]
	Second  bool     // not what the page is for: another button is the main one
	More    []Action // further submit buttons: Name is posted as _step, Label is shown
	Cancel  string   // address
	Errors  []string // what is wrong with the whole, beyond single fields

	Multipart bool   // implied by a file or photo field
	Draft     bool   // keep what was typed on this device until it is sent
	Who       string // whose draft; the person's id
	Inline    bool   // few fields in one row, as inside Buttons
}

// Kind says how a field is asked for.
type Kind string

const (
	KindText      Kind = "text"
	KindArea      Kind = "area" // several lines
	KindNumber    Kind = "number"
	KindMoney     Kind = "money" // yuan
	KindDay       Kind = "day"
	KindInstant   Kind = "instant"
	KindMonth     Kind = "month"
	KindTime      Kind = "time"
	KindChoice    Kind = "choice"  // one of Options
	KindChoices   Kind = "choices" // any of Options, Name repeated
	KindCards     Kind = "cards"   // one of Options, each a big button
	KindCheck     Kind = "check"   // yes or no, posted as "1"
	KindRef       Kind = "ref"     // Name is what was typed, Name.id what was picked
	KindLines     Kind = "lines"   // Name.0.column, Name.1.column …
	KindFile      Kind = "file"
	KindPhoto     Kind = "photo"
	KindSignature Kind = "signature" // a PNG as data URL, or a typed name
	KindPassword  Kind = "password"
	KindOTP       Kind = "otp" // six digits of an authenticator
	KindPhone     Kind = "phone"
	KindEmail     Kind = "email"
	KindHidden    Kind = "hidden"
	KindCode      Kind = "code"  // typed, scanned or photographed
	KindShown     Kind = "shown" // only said, not asked
	KindHead      Kind = "head"  // a heading between fields
)

// Field is one question.
type Field struct {
	Name     string
	Label    string
	Hint     string // how to answer, below the label
	Kind     Kind
	Value    string
	Values   []string // KindChoices
	Shown    string   // KindRef: label of what Value (its id) refers to, or what was typed
	Options  []Option
	Required bool
	Locked   bool // shown, cannot be changed now; posted all the same
	Error    string
	Unit     string
	Max      int       // letters
	Least    string    // first day or instant
	Most     string    // last day or instant
	Rows     int       // KindArea
	Example  string    // shown while empty
	Source   string    // KindRef: address of the picker, see [Pick]
	With     []string  // KindRef: names of other fields sent along: a building for its rooms
	Favours  []Option  // KindRef: chosen often or last; one tap each
	Columns  []Field   // KindLines
	Lines    [][]Field // KindLines: one []Field per line, in the order of Columns
	Ordered  bool      // KindLines: their order counts, so they can be moved
	Spare    int       // KindLines: empty lines without JavaScript; default 3; below 0 the lines are fixed
	Files    []Photo   // KindPhoto, KindFile: there already
	Accept   string    // KindFile: ".xlsx,.csv"
	Many     bool      // KindPhoto, KindFile: more than one

	Autofocus    bool
	Half         bool // two of these share a row on a wide screen
	Inputmode    string
	Autocomplete string
	Submits      bool // a choice that sends the form at once

	After templ.Component // stands below the field, inside the form

	aria string // name of a line's cell, for those who hear the page
}

// Pick is what a picker's address answers, as a JSON list of these: to ?q= with
// what was typed, favourites and recent ones first, those alone for an empty q.
// Fill sets other fields of the form or of the same line by their short name: the
// unit of an item, the ward of a room.
type Pick struct {
	ID    string            `json:"id"`
	Label string            `json:"label"`
	Hint  string            `json:"hint,omitempty"`
	Fill  map[string]string `json:"fill,omitempty"`
}

// Option is one answer to choose.
type Option struct {
	Value string
	Label string
	Hint  string
	Icon  string
	Group string // options with the same group stand together
	Off   bool   // cannot be chosen now; Hint says why
	Keys  string // what a card is also found by when its letters are typed: search words of its label
}

// Question is one field by itself, as the form of that id draws it: for what is asked only
// once something else was answered.
func Question(w Words, form string, x Field) templ.Component { return field(w, Form{ID: form}, x) }

func (f Form) id() string     { return or(f.ID, "f") }
func (f Form) method() string { return or(f.Method, "post") }

// tone keeps the accent for what a page is for: looking something up is not that.
func (f Form) tone() Tone {
	if f.Tone == Plain && !f.Second && !f.looksUp() {
		return Accent
	}
	return f.Tone
}

// looksUp: its few fields stand in one row with the button, above what is found.
func (f Form) looksUp() bool { return f.Inline && f.method() == "get" }

func (f Form) scans() bool {
	return slices.ContainsFunc(f.Fields, func(x Field) bool { return x.Kind == KindCode })
}

func (f Form) enctype() string {
	if f.Multipart || slices.ContainsFunc(f.Fields, func(x Field) bool { return x.Kind == KindFile || x.Kind == KindPhoto }) {
		return "multipart/form-data"
	}
	return ""
}

// Tell puts what is known before the questions of each line of the form, under the
// labels: known is asked for what the line's first column, which is hidden, says it is
// about. Lines neither come nor go.
func (f *Form) Tell(known func(string) []string, labels ...string) {
	for n := range f.Fields {
		x := &f.Fields[n]
		if x.Kind != KindLines {
			continue
		}
		x.Spare, x.Columns[0].Kind = -1, KindHidden
		x.Beside(labels, func(row int) []string { return known(x.Lines[row][0].Value) })
	}
}

// Beside puts columns that only say something after the first of a lines field, under
// the labels: say is asked for each line.
func (x *Field) Beside(labels []string, say func(row int) []string) {
	heads := []Field{x.Columns[0]}
	for _, l := range labels {
		heads = append(heads, Field{Name: l, Label: l, Kind: KindShown})
	}
	x.Columns = append(heads, x.Columns[1:]...)
	for n, row := range x.Lines {
		cells, said := []Field{row[0]}, say(n)
		for i := range labels {
			c := Field{Kind: KindShown}
			if i < len(said) {
				c.Shown = said[i]
			}
			cells = append(cells, c)
		}
		x.Lines[n] = append(cells, row[1:]...)
	}
}

// Answer is what stands in a line under a column's name.
func (x *Field) Answer(row int, name string) string {
	for _, c := range x.Lines[row] {
		if strings.HasSuffix(c.Name, "."+name) {
			return c.Value
		}
	}
	return ""
}

// wrong lists the fields with a complaint, lines included, as (id, label, error).
func (f Form) wrong() (bad []complaint) {
	for _, x := range f.Fields {
		if x.Error != "" {
			bad = append(bad, complaint{f.target(x), x.Label, x.Error})
		}
		for n, line := range x.Lines {
			for i, c := range line {
				if c.Error == "" || i >= len(x.Columns) {
					continue
				}
				c = x.cell(n, i)
				bad = append(bad, complaint{f.fieldID(c), x.Label + " " + strconv.Itoa(n+1) + " · " + x.Columns[i].Label, c.Error})
			}
		}
	}
	return bad
}

type complaint struct{ ID, Label, Error string }

// ordered says whether lines of the form can be moved. Their buttons send the form, so
// Enter must find another that stands before them.
func (f Form) ordered() bool {
	return slices.ContainsFunc(f.Fields, func(x Field) bool { return x.Ordered })
}

// at is where the form goes, and the page comes back to a field.
func (f Form) at(x Field) string { return string(templ.URL(f.Action)) + "#" + f.fieldID(x) }

// move names a line and the way it goes, as form.Input.Move reads it.
func (x Field) move(n int, way string) string {
	return x.Name + "." + strconv.Itoa(n) + "." + way
}

func (f Form) fieldID(x Field) string { return f.id() + "-" + x.Name }

// target is what a label or a complaint points to: the first input of the field.
func (f Form) target(x Field) string {
	id := f.fieldID(x)
	if (x.Kind == KindChoices || x.Kind == KindCards) && len(x.Options) > 0 {
		return id + "-0"
	}
	return id
}

// cell is the field of line n, column i: the column's question with the line's answer.
func (x Field) cell(n, i int) Field {
	c := x.Columns[i]
	if n < len(x.Lines) && i < len(x.Lines[n]) {
		l := x.Lines[n][i]
		c.Value, c.Shown, c.Error, c.Values = l.Value, l.Shown, l.Error, l.Values
		if l.Options != nil {
			c.Options = l.Options
		}
		c.Locked = c.Locked || l.Locked
	}
	c.Name = x.Name + "." + strconv.Itoa(n) + "." + x.Columns[i].Name
	return c
}

// spare is how many empty lines follow the filled ones.
func (x Field) spare() int {
	if x.Spare != 0 {
		return max(x.Spare, 0)
	}
	return 3
}

func (x Field) chosen(value string) bool {
	if x.Kind == KindChoices {
		return slices.Contains(x.Values, value)
	}
	return x.Value == value
}

// answered is what a locked field posts.
func (x Field) answered() []string {
	switch {
	case x.Kind == KindChoices:
		return x.Values
	case x.Kind == KindCheck && (x.Value == "" || x.Value == "0"):
		return nil
	}
	return []string{x.Value}
}

// groups are the options in order, together with their group's name.
// offers says whether a value is among the answers: nothing may be an answer too.
func (x Field) offers(value string) bool {
	return slices.ContainsFunc(x.Options, func(o Option) bool { return o.Value == value })
}

func (x Field) groups() (gs []optionGroup) {
	for _, o := range x.Options {
		if n := len(gs); n > 0 && gs[n-1].Name == o.Group {
			gs[n-1].Options = append(gs[n-1].Options, o)
			continue
		}
		gs = append(gs, optionGroup{o.Group, []Option{o}})
	}
	return gs
}

type optionGroup struct {
	Name    string
	Options []Option
}

// heard gives a cell of a line the name that its column's heading gives it for the eye.
func (x Field) heard(n int) Field {
	x.aria = x.Label + " " + strconv.Itoa(n+1)
	x.Unit = "" // stands in the heading once
	return x
}

func (x Field) spareLine(n int) templ.Attributes {
	if n < len(x.Lines) {
		return nil
	}
	return templ.Attributes{"data-spare": true}
}

func fieldClass(x Field) string {
	class := "field field-" + or(string(x.Kind), string(KindText))
	if x.Half {
		class += " half"
	}
	if x.Error != "" {
		class += " wrong"
	}
	return class
}

// describe ties a field to its hint and its complaint.
func (x Field) describe(id string) templ.Attributes {
	a := templ.Attributes{}
	var by []string
	if x.Hint != "" && x.aria == "" {
		by = append(by, id+"-hint")
	}
	if x.Error != "" {
		by = append(by, id+"-error")
		a["aria-invalid"] = "true"
	}
	if len(by) > 0 {
		a["aria-describedby"] = strings.Join(by, " ")
	}
	return a
}

// attrs is everything an input says about itself.
func (x Field) attrs(id string) templ.Attributes {
	a := x.describe(id)
	a["id"], a["name"] = id, x.Name
	put := func(name, value string) {
		if value != "" {
			a[name] = value
		}
	}
	if x.Max > 0 && slices.Contains(written, x.Kind) {
		a["maxlength"] = strconv.Itoa(x.Max)
	}
	if x.Required {
		a["required"] = true
	}
	if x.Locked && x.Kind != KindChoice && x.Kind != KindCheck {
		a["readonly"] = true
	}
	if x.Autofocus {
		a["autofocus"] = true
	}
	if slices.Contains(dated, x.Kind) {
		put("min", x.Least)
		put("max", x.Most)
	}
	put("aria-label", x.aria)
	put("inputmode", or(x.Inputmode, inputmodes[x.Kind]))
	if x.Kind == KindNumber || x.Kind == KindMoney {
		a["autocomplete"] = "off"
	}
	put("autocomplete", or(x.Autocomplete, autocompletes[x.Kind]))
	if x.Kind != KindChoice {
		put("placeholder", x.Example)
	}
	return a
}

var (
	written = []Kind{"", KindText, KindArea, KindRef, KindCode, KindPassword, KindOTP, KindPhone, KindEmail}
	dated   = []Kind{KindDay, KindInstant, KindMonth, KindTime}
)

var inputmodes = map[Kind]string{KindNumber: "decimal", KindMoney: "decimal", KindOTP: "numeric"}

var autocompletes = map[Kind]string{KindPassword: "current-password", KindOTP: "one-time-code", KindRef: "off", KindCode: "off"}

// input is the type of an <input>. Numbers are text: a browser's own number box
// drops what it cannot read, and a wheel over it changes the number.
func (x Field) input() string {
	switch x.Kind {
	case KindDay:
		return "date"
	case KindInstant:
		return "datetime-local"
	case KindMonth, KindTime, KindPassword, KindEmail:
		return string(x.Kind)
	case KindPhone:
		return "tel"
	}
	return "text"
}

func (x Field) tick() string {
	if x.Kind == KindCards {
		return "radio"
	}
	return "checkbox"
}

func (x Field) figures() bool { return x.Kind == KindNumber || x.Kind == KindMoney }

func (x Field) rows() int {
	if x.Rows > 0 {
		return x.Rows
	}
	return 3
}

func (x Field) accept() string {
	if x.Kind == KindPhoto {
		return or(x.Accept, "image/*")
	}
	return x.Accept
}

// short is a cell's name without its line: what Fill calls it.
func (x Field) short() string { return x.Name[strings.LastIndexByte(x.Name, '.')+1:] }

// drawn and typed are a signature's two ways: a picture, or a name for those who
// cannot or need not draw.
func (x Field) drawn() string {
	if strings.HasPrefix(x.Value, "data:") {
		return x.Value
	}
	return ""
}

func (x Field) typed() string {
	if x.drawn() != "" {
		return ""
	}
	return x.Value
}

// place is how a line's cell lies on a phone, two in a row: what the line is about
// above all others, the last not beside nothing; where nothing is said no room is left.
func (x Field) place(n, i int) string {
	var seen []int
	for c, col := range x.Columns {
		if col.Kind != KindHidden && !x.unsaid(n, c) {
			seen = append(seen, c)
		}
	}
	switch {
	case x.unsaid(n, i):
		return "unsaid"
	case len(seen) == 0:
	case i == seen[0], i == seen[len(seen)-1] && len(seen)%2 == 0:
		return "whole"
	}
	return ""
}

// unsaid: lines that neither come nor go have nothing filled in later by what is picked.
func (x Field) unsaid(n, i int) bool {
	return x.Spare < 0 && x.Columns[i].Kind == KindShown && n < len(x.Lines) && i < len(x.Lines[n]) && x.Lines[n][i].Shown == "" && x.Lines[n][i].Value == ""
}

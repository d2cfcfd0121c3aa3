package intake

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/sheet"
	"houqin/internal/base/words"
)

// Plan is what was decided about one file before any of its rows is entered.
type Plan struct {
	Kind    string
	Name    string // of the file
	Mapping Mapping
	Rules   []Rule // what was decided, and about how many rows
	Total   int64  // rows below the header that hold something
	Header  int    // its row's number
	Sheet   string
	Empty   Blank // rows left out because nothing stands in them

	kind    kind
	book    *sheet.Book
	sheet   int
	columns []sheet.Column
	at      map[string]int // what a row may say → the file's column
	extra   []int          // columns that nobody takes
	orders  map[string]sheet.Order
	words   map[string]map[string]int64 // of vocabulary columns, what stands there and how often
	zone    *time.Location
	facts   map[string]string // what a kind decided about the whole file
	own     map[string]string // of nested kinds: what the file's rows are called: key, name, or names of several
	notes   map[string]*Rule
	noted   []string
}

// Blank counts rows with nothing in them, and names the first few.
type Blank struct {
	Rows  int64
	First []int
}

// sampled is how many rows the header is looked for in and the columns judged by.
const sampled = 300

// Read opens a file and decides how it is to be understood: which sheet, where the
// header is, which column is what, in which order days are written. Nothing is
// changed. It reads the whole file once.
//
// Invalid: a file that is no spreadsheet or not what its name says, one without a
// header, without rows, or without a column that the kind needs.
func Read(ctx context.Context, r db.Reader, kindName, name string, file io.ReaderAt, size int64, m Mapping) (*Plan, error) {
	k, err := kindNamed(kindName)
	if err != nil {
		return nil, err
	}
	p := &Plan{Kind: kindName, Name: name, Mapping: m, kind: k, notes: map[string]*Rule{}, facts: map[string]string{}, zone: r.Location()}
	for key := range m.Settings {
		if !slices.Contains(k.settings(), key) {
			return nil, invalid("intake.no_setting", key, strings.Join(k.settings(), ", "))
		}
	}
	if p.book, err = sheet.Open(name, file, size); err != nil {
		return nil, err
	}
	if err := p.choose(ctx, r); err != nil {
		return nil, err
	}
	if err := p.survey(ctx); err != nil {
		return nil, err
	}
	if err := k.prepare(p); err != nil {
		return nil, err
	}
	return p, nil
}

// choose finds the sheet and the header. Of several sheets it is the first that has
// every column needed; the others are named in a rule.
func (p *Plan) choose(ctx context.Context, r db.Reader) error {
	var candidates []int
	for i, s := range p.book.Sheets {
		if p.Mapping.Sheet != "" {
			if s == p.Mapping.Sheet {
				candidates = append(candidates, i)
			}
		} else if !p.book.Hidden[i] {
			candidates = append(candidates, i)
		}
	}
	if len(candidates) == 0 {
		return invalid("intake.no_sheet", p.Mapping.Sheet, strings.Join(p.book.Sheets, ", "))
	}
	var first error
	given := p.Mapping
	for _, i := range candidates {
		p.Mapping, p.Rules = given, nil
		err := p.try(ctx, r, i)
		if err == nil {
			break
		}
		if fault.KindOf(err) != fault.Invalid {
			return err
		}
		if first == nil || fault.Is(first, "intake.nothing_here") {
			first = err
		}
		if i == candidates[len(candidates)-1] {
			return first
		}
	}
	if len(p.book.Sheets) > 1 {
		p.Rules = append(p.Rules, Rule{Key: "intake.rule.sheet", Args: []string{p.Sheet, strconv.Itoa(len(p.book.Sheets))}})
	}
	if p.book.Kind == sheet.Text && p.book.Encoding != "UTF-8" {
		p.Rules = append(p.Rules, Rule{Key: "intake.rule.encoding", Args: []string{p.book.Encoding}})
	}
	return nil
}

// try reads the top of one sheet.
func (p *Plan) try(ctx context.Context, r db.Reader, index int) error {
	top, err := p.top(index)
	if err != nil {
		return err
	}
	if len(top) == 0 {
		return invalid("intake.nothing_here", p.book.Sheets[index])
	}
	known := func(cell string) bool {
		for _, t := range p.kind.targets() {
			if match(cell, t.names) >= 90 {
				return true
			}
		}
		return false
	}
	at, ok := 0, false
	if p.Mapping.Header > 0 {
		at = slices.IndexFunc(top, func(r sheet.Row) bool { return r.Number == p.Mapping.Header })
		ok = at >= 0
	} else {
		at, ok = sheet.FindHeader(top, known)
	}
	if !ok {
		return invalid("intake.no_header")
	}
	p.sheet, p.Sheet, p.Header = index, p.book.Sheets[index], top[at].Number
	p.columns = sheet.Columns(top, at)
	if p.Mapping.Columns == nil {
		saved, err := savedMapping(ctx, r, p.Kind, fingerprint(p.columns))
		if err != nil {
			return err
		}
		if saved != nil {
			p.Mapping.Columns = saved.Columns
			if p.Mapping.Values == nil {
				p.Mapping.Values = saved.Values
			}
			if p.Mapping.Settings == nil {
				p.Mapping.Settings = saved.Settings
			}
			p.Rules = append(p.Rules, Rule{Key: "intake.rule.saved"})
		}
	}
	if err := p.assign(top[at+1:]); err != nil {
		return err
	}
	if p.Header > 1 {
		p.Rules = append(p.Rules, Rule{Key: "intake.rule.header", Args: []string{strconv.Itoa(p.Header)}})
	}
	for _, t := range p.kind.targets() {
		if _, has := p.at[t.Key]; t.Need && !has {
			return invalid("intake.column_missing", p.kindWord(), words.Key(p.word(t.Key)), p.titles())
		}
	}
	if len(p.at) == 0 {
		return invalid("intake.column_missing", p.kindWord(), p.keys(), p.titles())
	}
	return nil
}

func (p *Plan) top(index int) (top []sheet.Row, err error) {
	for row, err := range p.book.Rows(index) {
		if err != nil {
			return nil, err
		}
		if top = append(top, row); len(top) == sampled {
			break
		}
	}
	return top, nil
}

// decide notes a rule about the whole file.
func (p *Plan) decide(key string, args ...string) {
	p.Rules = append(p.Rules, Rule{Key: key, Args: args})
}

// note counts a row to which a rule of reading was applied.
func (p *Plan) note(key string, args ...string) {
	name := ruleName(key, args)
	if p.notes[name] == nil {
		p.notes[name] = &Rule{Key: key, Args: args}
		p.noted = append(p.noted, name)
	}
	p.notes[name].Rows++
}

// has says whether the file has a column for this.
func (p *Plan) has(key string) bool { _, ok := p.at[key]; return ok }

// word is the key of what a column is called in the house.
func (p *Plan) word(key string) string { return "intake.target." + p.Kind + "." + key }

func (p *Plan) kindWord() words.Key { return words.Key("intake.kind." + p.Kind) }

// title is how the file calls a column; where it has none, its key.
func (p *Plan) title(key string) string {
	at, ok := p.at[key]
	if !ok {
		return p.word(key)
	}
	return p.name(at)
}

// refusal says where in the file a complaint belongs.
func (p *Plan) refusal(e *entry, row sheet.Row, err error) Result {
	res := Result{Row: e.row, Outcome: Refused, Label: e.label}
	var c *complaint
	if !errors.As(err, &c) {
		c = &complaint{key: "base.internal"}
	}
	res.Key, res.Args, res.Value = c.key, texts(c.args), c.value
	if at, ok := p.at[c.field]; ok {
		res.Column, res.Cell = p.title(c.field), sheet.Name(e.row, at)
		if res.Value == "" {
			res.Value = shorten(cellAt(row, at).Whole().Text)
		}
	} else if c.field != "" {
		res.Column = p.word(c.field)
	}
	return res
}

// Mapped is one column of the file and what it is taken for.
type Mapped struct {
	Letter string   `json:"letter"`
	Title  string   `json:"title"`
	Target string   `json:"target,omitempty"` // "" when nobody takes it
	Sample []string `json:"sample,omitempty"`
}

// Columns are the file's columns in their order, with a few values of each.
func (p *Plan) Columns() ([]Mapped, error) {
	all := make([]Mapped, len(p.columns))
	for at, c := range p.columns {
		all[at] = Mapped{Letter: letter(at), Title: c.Title()}
		for key, i := range p.at {
			if i == at {
				all[at].Target = key
			}
		}
	}
	top, err := p.top(p.sheet)
	for _, row := range top {
		if row.Number <= p.Header {
			continue
		}
		for at := range all {
			if c := cellAt(row, at); c.Text != "" && len(all[at].Sample) < 3 && !slices.Contains(all[at].Sample, c.Text) {
				all[at].Sample = append(all[at].Sample, shorten(c.Text))
			}
		}
	}
	return all, err
}

// NotTaken are the columns that nobody takes.
func (p *Plan) NotTaken() []string {
	all := []string{}
	for _, at := range p.extra {
		all = append(all, p.name(at))
	}
	return all
}

// Taken says which column of the file each thing a row may say comes from.
func (p *Plan) Taken() map[string]string {
	all := map[string]string{}
	for key := range p.at {
		all[key] = p.title(key)
	}
	return all
}

// Fingerprint names the header, for saving how it was understood.
func (p *Plan) Fingerprint() string { return fingerprint(p.columns) }

// Applied are the rules, with those that single rows brought up, in the order in
// which they were met.
func (p *Plan) applied() []Rule {
	all := slices.Clone(p.Rules)
	for _, name := range p.noted {
		all = append(all, *p.notes[name])
	}
	return all
}

func faultKey(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Key
	}
	return ""
}

// numbers lists row numbers: 3, 17, 40 …
func numbers(first []int, all int64) string {
	var b strings.Builder
	for i, n := range first {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Itoa(n))
	}
	if int64(len(first)) < all {
		b.WriteString(" …")
	}
	return b.String()
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:79]) + "…"
	}
	return s
}

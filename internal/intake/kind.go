package intake

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/sheet"
	"houqin/internal/base/words"
	"houqin/internal/counting"
	"houqin/internal/suppliers"
)

// Column is one thing that a row may say. Into gives the place of the answer, whose
// type decides how a cell is read: *string, *int64, *bool, *money.Fen,
// *sheet.Decimal, *period.Day, *period.Instant.
type Column[T any] struct {
	Key string
	// Names are what files call the column, the likeliest first, separated by |. One
	// that begins with = counts only when it is the whole name.
	Names string
	Into  func(*T) any
	Need  bool      // a row without it is refused, and so is a file that has no such column
	Blank bool      // of a column that is needed: a row may leave it empty all the same
	Spell *Spelling // the answer is one of a known vocabulary
	Like  *Spelling // it is a column of such words, but other words are let pass
	Most  int       // longest text in characters; default 200
	Ends  bool      // of a day: a month stands for its last one, a bare number for Excel's
}

// Kind is one kind of spreadsheet: the columns it may have, and what a row does.
type Kind[T any] struct {
	Name    string
	May     string // needed besides MayImport
	Columns []Column[T]
	// Settings are the questions about the file as a whole that its person may answer.
	Settings []string
	// Alias says which column a room's complaint is about, by the complaint's path.
	Alias map[string]string
	// Prepare decides what concerns the whole file, once its columns are known.
	Prepare func(*Plan) error
	// Complete fills in what follows from the rules, before anything is looked up.
	Complete func(*Plan, *Entry[T]) error
	// Claims are the keys that no two rows of one file may share: column → value.
	Claims func(*Plan, *Entry[T]) map[string]string
	// Adds: two rows that say the same are two things, so a key may not stand twice even
	// then. Of other kinds the second of such rows changes nothing.
	Adds bool
	// Label is how people call what the row is about.
	Label func(*T) string
	// Above, if set, gives what the row is called by others, its key first, and what the
	// row it lies below is called: that one is then dealt with first, wherever it
	// stands in the file.
	Above func(*Plan, *T) (called []string, above string)
	// Enter carries the row out. It leaves the row as it was read, since a unit may be
	// run again.
	Enter func(context.Context, *Work, *Entry[T]) (Outcome, error)
	// Finish does what the rows of a unit have left to be done together. Rows that it
	// refuses are named by lateRefusals.
	Finish func(context.Context, *Work) error
	// Extra: what stands in columns that nobody takes is kept beside the record.
	Extra bool
}

// Entry is a row that was read.
type Entry[T any] struct {
	Row int
	V   T
	// Given are the columns in which something stands.
	Given map[string]bool
	// Extra is what stands in columns that nobody takes, by their names.
	Extra []Pair
	// Print tells rows of different content apart; Twin counts those of the same, from 0.
	Print string
	Twin  int
}

// Pair is a name and what stands there.
type Pair struct{ Name, Value string }

// kind is a Kind whatever its rows are about.
type kind interface {
	name() string
	may() string
	targets() []Target
	settings() []string
	prepare(*Plan) error
	read(*Plan, *entry, sheet.Row)
	enter(context.Context, *Work, *entry) (Outcome, error)
	finish(context.Context, *Work) error
	alias(path string) string
	nested() bool
	together() bool
	keepsExtra() bool
}

// Target is a column without its destination.
type Target struct {
	Key   string
	Need  bool
	names []string
	spell *Spelling
	like  *Spelling // what its words are mostly taken from
	ends  bool
	into  any
}

// entry is a row on its way.
type entry struct {
	row     int
	cells   sheet.Row
	seq     int64 // from 0, in the order in which rows are dealt with
	print   string
	twin    int
	label   string
	wrong   *Result // refused when it was read
	claims  map[string]string
	says    string // what it says, of the columns that are taken
	repeats int    // the row above that says the same, if any
	called  []string
	above   string
	content any
}

func (k *Kind[T]) name() string       { return k.Name }
func (k *Kind[T]) may() string        { return k.May }
func (k *Kind[T]) settings() []string { return k.Settings }
func (k *Kind[T]) nested() bool       { return k.Above != nil }
func (k *Kind[T]) together() bool     { return k.Finish != nil }
func (k *Kind[T]) keepsExtra() bool   { return k.Extra }

func (k *Kind[T]) targets() []Target {
	var zero T
	all := make([]Target, len(k.Columns))
	for i, c := range k.Columns {
		all[i] = Target{Key: c.Key, Need: c.Need, names: strings.Split(c.Names, "|"), spell: c.Spell, like: c.Like, ends: c.Ends, into: c.Into(&zero)}
		if c.Spell != nil && c.Spell.Sure {
			all[i].like = c.Spell
		}
	}
	return all
}

func (k *Kind[T]) prepare(p *Plan) error {
	if k.Prepare == nil {
		return nil
	}
	return k.Prepare(p)
}

func (k *Kind[T]) alias(path string) string {
	// "lines.0.qty" is about qty, "packs.1.unit" about packs.
	for _, part := range append([]string{path}, strings.Split(path, ".")...) {
		if to, ok := k.Alias[part]; ok {
			return to
		}
		if slices.ContainsFunc(k.Columns, func(c Column[T]) bool { return c.Key == part }) {
			return part
		}
	}
	return ""
}

// read makes an entry of a row, or refuses it at the first value that is wrong.
func (k *Kind[T]) read(p *Plan, e *entry, row sheet.Row) {
	t := &Entry[T]{Row: e.row, Given: map[string]bool{}, Print: e.print, Twin: e.twin}
	refuse := func(err error) {
		if e.wrong == nil {
			r := p.refusal(e, row, err)
			e.wrong = &r
		}
	}
	for _, c := range k.Columns {
		at, ok := p.at[c.Key]
		if !ok {
			continue
		}
		given, err := p.cell(c.Key, cellAt(row, at), c.Into(&t.V), c.Spell, c.Most)
		if day, isDay := c.Into(&t.V).(*period.Day); err != nil && isDay && c.Ends {
			if end, rule, ok := endOf(cellAt(row, at).Whole().Text); ok {
				*day, err = end, nil
				p.note(rule, p.title(c.Key))
			}
		}
		if err != nil {
			refuse(err)
			continue
		}
		t.Given[c.Key] = given
	}
	for _, at := range p.extra {
		if c := cellAt(row, at).Whole(); c.Text != "" {
			t.Extra = append(t.Extra, Pair{p.name(at), c.Text})
		}
	}
	if k.Complete != nil && e.wrong == nil {
		if err := k.Complete(p, t); err != nil {
			refuse(err)
		}
	}
	for _, c := range k.Columns {
		if c.Need && !c.Blank && !t.Given[c.Key] && e.wrong == nil {
			refuse(no(c.Key, "intake.nothing"))
		}
	}
	if k.Label != nil {
		e.label = k.Label(&t.V)
	}
	if e.wrong == nil && k.Claims != nil {
		e.claims = k.Claims(p, t)
	}
	if k.Above != nil {
		e.called, e.above = k.Above(p, &t.V)
	}
	e.content = t
	if !k.Adds && e.claims != nil {
		if e.says = fmt.Sprintf("%v", t.V); k.Extra {
			e.says += fmt.Sprintf("%v", t.Extra)
		}
	}
}

func (k *Kind[T]) enter(ctx context.Context, w *Work, e *entry) (Outcome, error) {
	return k.Enter(ctx, w, e.content.(*Entry[T]))
}

func (k *Kind[T]) finish(ctx context.Context, w *Work) error {
	if k.Finish == nil {
		return nil
	}
	return k.Finish(ctx, w)
}

// lateRefusals are rows that were refused when those of a unit were finished.
type lateRefusals struct{ rows []lateRefusal }

type lateRefusal struct {
	e   any // the *Entry
	why *complaint
}

func (*lateRefusals) Error() string { return "rows were refused at the end of their unit" }

func cellAt(row sheet.Row, at int) sheet.Cell {
	if at < len(row.Cells) {
		return row.Cells[at]
	}
	return sheet.Cell{}
}

// kinds are all of them; init order does not matter, since it is only read.
var kinds = []kind{&departmentRows, &placeRows, &staffRows, &itemRows, &stockRows, &orderRows, &countRows, &assetRows, &jobRows}

func kindNamed(name string) (kind, error) {
	for _, k := range kinds {
		if k.name() == name {
			return k, nil
		}
	}
	return nil, fault.New(fault.NotFound, "intake.no_kind", name, strings.Join(Kinds, ", "))
}

// TargetsOf are the columns of a kind, for the page.
func TargetsOf(name string) ([]Target, error) {
	k, err := kindNamed(name)
	if err != nil {
		return nil, err
	}
	return k.targets(), nil
}

// SettingsOf are the questions of a kind about the file as a whole.
func SettingsOf(name string) ([]string, error) {
	k, err := kindNamed(name)
	if err != nil {
		return nil, err
	}
	return k.settings(), nil
}

// MayOf is the room's permission that rows of a kind need.
func MayOf(name string) string {
	k, err := kindNamed(name)
	if err != nil {
		return ""
	}
	return k.may()
}

// KeepsExtra says whether what stands in columns that nobody takes is kept beside
// the record.
func KeepsExtra(name string) bool {
	k, err := kindNamed(name)
	return err == nil && k.keepsExtra()
}

// Twice is the fault of a mapping in which two columns are the same thing.
func Twice(name, target string) error {
	return fault.New(fault.Conflict, "intake.target_twice", words.Key("intake.target."+name+"."+target))
}

// Work is what a row has at hand while it is entered: the unit of work, the file's
// plan and what other rows of this unit found out.
type Work struct {
	Tx    *db.Tx
	Plan  *Plan
	found map[string]string
	rules map[string]*Rule
	order []string

	waiting map[string][]booking // by store
	stores  []string

	sheets  map[string][]counting.Sheet // of each count, those that are out
	figures map[string][]figureOf       // by sheet
	counted []string

	suppliers []suppliers.Supplier // all that are not closed, once they were looked for
}

func newWork(tx *db.Tx, p *Plan) *Work {
	return &Work{Tx: tx, Plan: p, found: map[string]string{}, rules: map[string]*Rule{}}
}

// rule notes that a rule was applied to a row.
func (w *Work) rule(key string, args ...string) {
	name := ruleName(key, args)
	if w.rules[name] == nil {
		w.rules[name] = &Rule{Key: key, Args: args}
		w.order = append(w.order, name)
	}
	w.rules[name].Rows++
}

// meant says how what a row lies below is to be looked for, so that it does not
// depend on which rows came first: only by its key when a row of the file has that
// key, and not at all when several rows have that name.
func (w *Work) meant(text string) (byKey, several bool) {
	return w.Plan.own[text] == "key", w.Plan.own[text] == "names"
}

// opened notes that a record was made for the sake of a row, under a name: what a
// dry run makes anew in every unit is counted once.
func (w *Work) opened(key, name string, args ...string) {
	w.rule(key, args...)
	r := w.rules[ruleName(key, args)]
	r.names = append(r.names, name)
}

// once looks something up, or makes it, at most once in this unit.
func (w *Work) once(name string, f func() (string, error)) (string, error) {
	if id, ok := w.found[name]; ok {
		return id, nil
	}
	id, err := f()
	if err == nil {
		w.found[name] = id
	}
	return id, err
}

// differ copies given columns of a row onto a record and says whether that changed it.
func differ[V comparable](changed *bool, given bool, to *V, v V) {
	if given && *to != v {
		*to, *changed = v, true
	}
}

// describe is the type of a destination, for a reader of the mapping.
func describe(into any) string {
	switch into.(type) {
	case *int64:
		return "number"
	case *bool:
		return "flag"
	case *money.Fen:
		return "money"
	case *sheet.Decimal:
		return "number"
	case *period.Day:
		return "day"
	case *period.Instant:
		return "moment"
	case *string:
		return "text"
	}
	return fmt.Sprintf("%T", into)
}

// Type is how the column's cells are read: text, number, money, day, moment, flag,
// or word for one of a known vocabulary.
func (t Target) Type() string {
	if t.spell != nil {
		return "word"
	}
	return describe(t.into)
}

// Package form is a sheet of paper that asks: one line per field says what is
// asked, where the answer goes and what is required. Out of it come the page, the
// reading of posts and JSON, every complaint at once, the import template and the
// API's schema.
package form

import (
	"context"
	"mime/multipart"
	"strings"
	"time"

	"houqin/internal/base/fault"
)

// Kind is how a field is asked; it follows from the type of its destination unless set.
type Kind string

const (
	Text      Kind = "text"
	Area      Kind = "area"
	Number    Kind = "number"
	Amount    Kind = "money"
	Quantity  Kind = "quantity"
	Day       Kind = "day"
	Month     Kind = "month" // into a period.Month, or a period.Day: its first
	Instant   Kind = "instant"
	Choice    Kind = "choice"
	Cards     Kind = "cards" // a choice as big buttons
	Check     Kind = "check"
	Many      Kind = "many" // several of OneOf
	Ref       Kind = "ref"
	Password  Kind = "password"
	Code      Kind = "code" // scanned or typed
	Hidden    Kind = "hidden"
	Photo     Kind = "photo"
	File      Kind = "file"
	Signature Kind = "signature"
	Lines     Kind = "lines"
)

// Uploads is the destination of photos and files.
type Uploads []*multipart.FileHeader

// Field is one question of a form about a T. Into gives the place of the answer:
// *string, *int64, *bool, *money.Fen, *quantity.Qty, *period.Day, *period.Month,
// *period.Instant, *[]string, *Uploads, or a named form of string.
type Field[T any] struct {
	Key      string
	Into     func(*T) any
	Kind     Kind
	Required bool
	Most     int64    // longest text in characters (default 200), largest number
	Least    int64    // smallest number; a Number's default least is 0
	OneOf    []string // choices
	Enum     string   // words prefix of the choices; default form.key
	Options  func(context.Context) ([]Option, error)
	Ref      string // picker that finds the record whose id is the answer
	Hint     bool   // there are words form.key.hint
	Unit     string // words key of the unit shown behind
	lines    *lines
}

// Option is a choice known only at run time.
type Option struct{ Value, Label, Hint string }

type lines struct {
	sub  Any
	most int
	make func(t any, n int)
	at   func(t any, i int) any
	len  func(t any) int
}

// Of is a form about a T.
type Of[T any] struct {
	Name   string // "desk.report": words are desk.report.<key>
	Fields []Field[T]
	// Check complains about answers that do not fit each other; it runs when each
	// fits by itself.
	Check func(*T, *fault.Complaints)
}

// LinesOf is a field of lines, such as the forty items of a request; most is how
// many there may be.
func LinesOf[T, L any](key string, into func(*T) *[]L, sub *Of[L], most int) Field[T] {
	return Field[T]{Key: key, Kind: Lines, Into: func(t *T) any { return t }, lines: &lines{
		sub: sub, most: most,
		make: func(t any, n int) { *into(t.(*T)) = make([]L, n) },
		at:   func(t any, i int) any { return &(*into(t.(*T)))[i] },
		len:  func(t any) int { return len(*into(t.(*T))) },
	}}
}

// Desc is a field without its destination.
type Desc struct {
	Key, Label  string
	Kind        Kind
	Required    bool
	Least, Most int64
	OneOf       []string
	Enum        string
	Ref         string
	Hint, Unit  string
	Lines       []Desc
	LinesMost   int
}

// Any is a form whose subject does not matter.
type Any interface {
	Title() string
	Describe() []Desc
	// Show gives each field with what stands in it: what was typed when in is set,
	// else what value, a *T or nil, holds.
	Show(ctx context.Context, in *Input, value any, refs Resolver) ([]Shown, error)
	sheet() *sheet
}

// Resolver knows the records that fields refer to.
type Resolver interface {
	// Resolve finds the record meant by an id, a code or an exact name, among those
	// the person may see; fault.Invalid when there is none or more than one.
	Resolve(ctx context.Context, source, text string) (id string, err error)
	// Label is how people call the record.
	Label(ctx context.Context, source, id string) (string, error)
}

// Input is what was typed or sent, by path: lines as "lines.0.item".
type Input struct {
	Values map[string][]string
	Files  map[string][]*multipart.FileHeader
	Zone   *time.Location
	Refs   Resolver
	strict bool            // JSON: names that the form does not have are refused
	sent   map[string]sort // JSON: what each value was
}

// Value is the first value at a path, trimmed.
func (in *Input) Value(path string) string {
	if v := in.Values[path]; len(v) > 0 {
		return strings.TrimSpace(v[0])
	}
	return ""
}

// Title is the form's name in the words.
func (f *Of[T]) Title() string { return f.Name }

// sheet is a form without the type of what it is about: all that asks, reads and shows
// is written once for it and not compiled anew for each type.
type sheet struct {
	name   string
	fields []question
	check  func(t any, bad *fault.Complaints) // nil: nothing to check
}

// question is a field without that type; into takes a *T.
type question struct {
	Desc
	options func(context.Context) ([]Option, error)
	lines   *lines
	sub     *sheet // of lines
	into    func(t any) any
}

func (f *Of[T]) sheet() *sheet {
	s := &sheet{name: f.Name, fields: make([]question, len(f.Fields))}
	blank := new(T)
	for i := range f.Fields {
		fd := &f.Fields[i]
		s.fields[i] = question{options: fd.Options, lines: fd.lines, into: func(t any) any { return fd.Into(t.(*T)) },
			Desc: Desc{Key: fd.Key, Label: f.Name + "." + fd.Key, Kind: fd.Kind, Required: fd.Required, Least: fd.Least, Most: fd.Most, OneOf: fd.OneOf, Enum: fd.Enum, Ref: fd.Ref, Unit: fd.Unit}}
		s.fields[i].complete(fd.Into(blank), fd.Hint)
	}
	if f.Check != nil {
		s.check = func(t any, bad *fault.Complaints) { f.Check(t.(*T), bad) }
	}
	return s
}

// complete says of a question what follows from its other parts and from the place of
// its answer.
func (fd *question) complete(to any, hint bool) {
	if fd.Kind == "" {
		fd.Kind = fd.kindOf(to)
	}
	if fd.Enum == "" {
		fd.Enum = fd.Label
	}
	if hint {
		fd.Hint = fd.Label + ".hint"
	}
	if fd.lines != nil {
		fd.sub = fd.lines.sub.sheet()
		fd.Lines, fd.LinesMost = fd.sub.describe(), fd.lines.most
	}
}

// Decode reads the answers into t. The error names every complaint, each at its path.
func (f *Of[T]) Decode(ctx context.Context, in *Input, t *T) error { return f.sheet().all(ctx, in, t) }

func (f *sheet) all(ctx context.Context, in *Input, t any) error {
	var bad fault.Complaints
	if err := f.decode(ctx, in, "", t, &bad); err != nil {
		return err
	}
	if in.strict {
		in.unknown(f.describe(), &bad)
	}
	return bad.Err()
}

func (f *sheet) decode(ctx context.Context, in *Input, prefix string, t any, bad *fault.Complaints) error {
	before := len(*bad)
	for i := range f.fields {
		if err := f.fields[i].read(ctx, in, prefix, t, bad); err != nil {
			return err
		}
	}
	if f.check != nil && len(*bad) == before {
		var own fault.Complaints
		f.check(t, &own)
		for _, c := range own {
			bad.Add(prefix+c.Path, c.Key, c.Args...)
		}
	}
	return nil
}

// Package form is a sheet of paper that asks: one line per field says what is
// asked, where the answer goes and what is required. Out of it come the page, the
// reading of posts and JSON, every complaint at once, the import template and the
// API's schema.
package form

import (
	"context"
	"fmt"
	"mime/multipart"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
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
// *string, *int64, *bool, *money.Fen, *quantity.Qty, *period.Day, *period.Instant,
// *[]string, *Uploads, or a named form of string.
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
		fd.Lines, fd.LinesMost = fd.lines.sub.Describe(), fd.lines.most
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

func (fd *question) kindOf(to any) Kind {
	switch to.(type) {
	case *int64:
		return Number
	case *bool:
		return Check
	case *money.Fen:
		return Amount
	case *quantity.Qty:
		return Quantity
	case *period.Day:
		return Day
	case *period.Instant:
		return Instant
	case *[]string:
		return Many
	case *Uploads:
		return Photo
	}
	switch {
	case fd.Ref != "":
		return Ref
	case len(fd.OneOf) > 0, fd.options != nil:
		return Choice
	}
	return Text
}

func (fd *question) read(ctx context.Context, in *Input, prefix string, t any, bad *fault.Complaints) error {
	path := prefix + fd.Key
	if fd.lines != nil {
		return fd.readLines(ctx, in, path, t, bad)
	}
	s := in.Value(path)
	to := fd.into(t)
	if up, ok := to.(*Uploads); ok {
		*up = in.Files[path]
		if fd.Required && len(*up) == 0 {
			bad.Add(path, "base.required")
		}
		return nil
	}
	if flag, ok := to.(*bool); ok {
		*flag = s == "true" || s == "on" || s == "1"
		if fd.Required && !*flag {
			bad.Add(path, "base.required")
		}
		return nil
	}
	if many, ok := to.(*[]string); ok {
		return fd.readMany(ctx, in.Values[path], path, many, bad)
	}
	if s == "" {
		if fd.Required {
			bad.Add(path, "base.required")
		}
		return nil
	}
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		bad.Add(path, "base.not_text")
		return nil
	}
	most := fd.Most
	if most == 0 {
		most = 200
	}
	switch to := to.(type) {
	case *int64:
		n, err := strconv.ParseInt(s, 10, 64)
		if fd.Most == 0 {
			most = 1 << 53
		}
		if err != nil {
			bad.Add(path, "base.number")
		} else if n < fd.Least || n > most {
			bad.Add(path, "base.between", fd.Least, most)
		}
		*to = n
	case *money.Fen:
		v, err := money.Parse(s)
		if err != nil || v < money.Fen(fd.Least) {
			bad.Add(path, "base.money")
		}
		*to = v
	case *quantity.Qty:
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n < fd.Least {
			bad.Add(path, "base.quantity")
		}
		*to = quantity.Qty(n)
	case *period.Day:
		d, err := period.ParseDay(s)
		if err != nil {
			bad.Add(path, "base.day")
		}
		*to = d
	case *period.Instant:
		at, err := parseInstant(s, in.Zone)
		if err != nil {
			bad.Add(path, "base.instant")
		}
		*to = at
	default:
		if fd.Ref != "" {
			id, err := fd.resolve(ctx, in, path, s)
			if k := fault.KindOf(err); err != nil && k != fault.Invalid && k != fault.NotFound && k != fault.Forbidden {
				return err // nobody could look: that does not mean that there is none
			}
			if err != nil {
				bad.Add(path, "base.no_such", s)
				return nil
			}
			s = id
		} else if ok, err := fd.chosen(ctx, s); err != nil {
			return err
		} else if !ok {
			bad.Add(path, "base.bad_value", s)
			return nil
		}
		if int64(utf8.RuneCountInString(s)) > most {
			bad.Add(path, "base.too_long", most)
		}
		setString(to, s)
	}
	return nil
}

func (fd *question) resolve(ctx context.Context, in *Input, path, typed string) (string, error) {
	if in.Refs == nil {
		return typed, nil
	}
	// The picker leaves the id beside the label. Without script a person may type
	// over the label and leave the old id behind: then what they typed counts.
	if id := in.Value(path + ".id"); id != "" {
		label, err := in.Refs.Label(ctx, fd.Ref, id)
		if err != nil {
			return "", err
		}
		if typed == label || typed == id {
			return in.Refs.Resolve(ctx, fd.Ref, id)
		}
	}
	return in.Refs.Resolve(ctx, fd.Ref, typed)
}

func (fd *question) chosen(ctx context.Context, s string) (bool, error) {
	if fd.options == nil {
		return len(fd.OneOf) == 0 || slices.Contains(fd.OneOf, s), nil
	}
	options, err := fd.options(ctx)
	return slices.ContainsFunc(options, func(o Option) bool { return o.Value == s }), err
}

func (fd *question) readMany(ctx context.Context, values []string, path string, to *[]string, bad *fault.Complaints) error {
	*to = nil
	for _, s := range values {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		ok, err := fd.chosen(ctx, s)
		if err != nil {
			return err
		}
		if !ok {
			bad.Add(path, "base.bad_value", s)
			continue
		}
		*to = append(*to, s)
	}
	if fd.Required && len(*to) == 0 {
		bad.Add(path, "base.required")
	}
	return nil
}

func (fd *question) readLines(ctx context.Context, in *Input, path string, t any, bad *fault.Complaints) error {
	rows := in.lines(path, fd.Lines)
	in.closeUp(path, rows)
	if len(rows) > fd.lines.most {
		bad.Add(path, "base.too_many_lines", fd.lines.most)
		rows = rows[:fd.lines.most]
	}
	if fd.Required && len(rows) == 0 {
		bad.Add(path, "base.no_lines")
	}
	fd.lines.make(t, len(rows))
	sub := fd.lines.sub.sheet()
	for i := range rows {
		if err := sub.decode(ctx, in, fmt.Sprintf("%s.%d.", path, i), fd.lines.at(t, i), bad); err != nil {
			return err
		}
	}
	return nil
}

func setString(to any, s string) {
	if p, ok := to.(*string); ok {
		*p = s
		return
	}
	setNamed(to, s)
}

// parseInstant reads what a browser's datetime field sends, in the hospital's zone,
// or RFC 3339.
func parseInstant(s string, zone *time.Location) (period.Instant, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return period.At(t), nil
	}
	if zone == nil {
		zone = time.UTC
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return period.At(t), nil
		}
	}
	return 0, fmt.Errorf("%q is no moment", s)
}

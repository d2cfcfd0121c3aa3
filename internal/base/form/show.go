package form

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
)

// Shown is a field as it stands on a page.
type Shown struct {
	Desc
	Path    string
	Value   string
	Values  []string
	Label   string // of a referred record: its name
	Options []Option
	Rows    [][]Shown // of lines
}

func (f *Of[T]) Describe() []Desc { return f.sheet().describe() }

func (f *sheet) describe() []Desc {
	out := make([]Desc, len(f.fields))
	for i := range f.fields {
		out[i] = f.fields[i].Desc
	}
	return out
}

func (f *Of[T]) Show(ctx context.Context, in *Input, value any, refs Resolver) ([]Shown, error) {
	if t, _ := value.(*T); t == nil {
		value = nil
	}
	return f.sheet().show(ctx, in, "", value, refs)
}

// show gives the fields with what was typed, else with what t, a *T or nil, holds.
func (f *sheet) show(ctx context.Context, in *Input, prefix string, t any, refs Resolver) ([]Shown, error) {
	out := make([]Shown, len(f.fields))
	for i := range f.fields {
		fd := &f.fields[i]
		s := &out[i]
		s.Desc, s.Path = fd.Desc, prefix+fd.Key
		if fd.options != nil {
			var err error
			if s.Options, err = fd.options(ctx); err != nil {
				return nil, err
			}
		}
		switch {
		case fd.lines != nil:
			rows, err := fd.showLines(ctx, in, s.Path, t, refs)
			if err != nil {
				return nil, err
			}
			s.Rows = rows
			continue
		case in != nil:
			s.Values, s.Value = in.Values[s.Path], in.Value(s.Path)
			if s.Kind == Ref {
				if id := in.Value(s.Path + ".id"); id != "" {
					s.Label, s.Value = s.Value, id
				} else {
					s.Label, s.Value = s.Value, ""
				}
			}
			if s.Kind == Password {
				s.Value = ""
			}
			continue
		case t == nil:
			continue
		}
		p := fd.into(t)
		if many, ok := p.(*[]string); ok {
			s.Values = *many
			continue
		}
		s.Value = write(p, zone(in))
		if d, ok := p.(*period.Day); ok && s.Kind == Month {
			s.Value = string(d.Month())
		}
		if s.Kind == Ref && s.Value != "" && refs != nil {
			label, err := refs.Label(ctx, fd.Ref, s.Value)
			if err != nil {
				return nil, err
			}
			s.Label = label
		}
	}
	return out, nil
}

func zone(in *Input) *time.Location {
	if in != nil && in.Zone != nil {
		return in.Zone
	}
	return time.FixedZone("", 8*3600)
}

func (fd *question) showLines(ctx context.Context, in *Input, path string, t any, refs Resolver) (rows [][]Shown, err error) {
	one := func(n int, value any) error {
		row, err := fd.sub.show(ctx, in, fmt.Sprintf("%s.%d.", path, n), value, refs)
		rows = append(rows, row)
		return err
	}
	if in != nil {
		for _, n := range in.lines(path, fd.Lines) {
			if err := one(n, nil); err != nil {
				return nil, err
			}
		}
		return rows, nil
	}
	if t != nil {
		for n := range fd.lines.len(t) {
			if err := one(n, fd.lines.at(t, n)); err != nil {
				return nil, err
			}
		}
	}
	return rows, nil
}

// Blank is an empty line of a lines field at a path, for pages to add.
func Blank(lines []Desc, path string, n int) []Shown {
	out := make([]Shown, len(lines))
	for i, d := range lines {
		out[i] = Shown{Desc: d, Path: fmt.Sprintf("%s.%d.%s", path, n, d.Key)}
	}
	return out
}

// lines are the numbers of the rows at a path in which something was entered. A row that a
// required hidden value says what it is about, such as the record that it stands for, is
// entered by a choice alone, and so is one that asks for nothing but choices.
func (in *Input) lines(path string, cols []Desc) (rows []int) {
	seen := map[int]bool{}
	chosen := !slices.ContainsFunc(cols, func(d Desc) bool { return d.Kind != Choice && d.Kind != Hidden })
	for key, vals := range in.Values {
		rest, ok := strings.CutPrefix(key, path+".")
		if !ok {
			continue
		}
		number, col, ok := strings.Cut(rest, ".")
		n, err := strconv.Atoi(number)
		if !ok || err != nil || n < 0 || seen[n] {
			continue
		}
		col, _, _ = strings.Cut(col, ".") // of a reference its id, of lines theirs
		i := slices.IndexFunc(cols, func(d Desc) bool { return d.Key == col })
		filled := i >= 0 && strings.TrimSpace(strings.Join(vals, "")) != ""
		if filled && cols[i].Kind == Lines {
			filled = len(in.lines(path+"."+number+"."+col, cols[i].Lines)) > 0
		}
		// Elsewhere a preset choice does not make a line, and a hidden value alone never does.
		if filled && cols[i].Kind == Choice {
			filled = chosen || slices.ContainsFunc(cols, func(d Desc) bool {
				return d.Kind == Hidden && d.Required && in.Value(fmt.Sprintf("%s.%d.%s", path, n, d.Key)) != ""
			})
		}
		if in.strict || filled && cols[i].Kind != Hidden {
			seen[n] = true
			rows = append(rows, n)
		}
	}
	slices.Sort(rows)
	return rows
}

// closeUp renumbers the filled rows at a path from 0 on, so that what a command says
// about its n-th line stands at the line of the page it came from.
func (in *Input) closeUp(path string, rows []int) {
	gaps := false
	for i, row := range rows {
		gaps = gaps || i != row
	}
	if !gaps {
		return
	}
	moved := map[string][]string{}
	for key, vals := range in.Values {
		rest, ok := strings.CutPrefix(key, path+".")
		number, col, cut := strings.Cut(rest, ".")
		n, err := strconv.Atoi(number)
		if !ok || !cut || err != nil {
			continue
		}
		if i := slices.Index(rows, n); i >= 0 {
			moved[fmt.Sprintf("%s.%d.%s", path, i, col)] = vals
		}
		delete(in.Values, key)
	}
	maps.Copy(in.Values, moved)
}

// write is the text of a value as a person would type it.
func write(p any, zone *time.Location) string {
	switch v := p.(type) {
	case *string:
		return *v
	case *int64:
		if *v == 0 {
			return ""
		}
		return strconv.FormatInt(*v, 10)
	case *bool:
		return strconv.FormatBool(*v)
	case *money.Fen:
		if *v == 0 {
			return ""
		}
		return v.String()
	case *quantity.Qty:
		if *v == 0 {
			return ""
		}
		return strconv.FormatInt(int64(*v), 10)
	case *period.Day:
		return string(*v)
	case *period.Instant:
		if v.IsZero() {
			return ""
		}
		return v.In(zone).Format("2006-01-02T15:04")
	case *Uploads:
		return ""
	}
	return reflect.ValueOf(p).Elem().String()
}

func setNamed(to any, s string) { reflect.ValueOf(to).Elem().SetString(s) }

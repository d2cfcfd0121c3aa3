package form

import (
	"context"
	"fmt"
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
	case *period.Month:
		return Month
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
	// The two overrides would turn round what stands behind them on the page, too.
	if !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\u202d\u202e") {
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
	case *period.Month:
		m, err := parseMonth(s)
		if err != nil {
			bad.Add(path, "base.month")
		}
		*to = m
	case *period.Day:
		if fd.Kind == Month {
			m, err := parseMonth(s)
			if err != nil {
				bad.Add(path, "base.month")
			}
			*to = m.First()
			return nil
		}
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
	for i := range rows {
		if err := fd.sub.decode(ctx, in, fmt.Sprintf("%s.%d.", path, i), fd.lines.at(t, i), bad); err != nil {
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

// parseMonth reads a month; a day stands for the month it is in.
func parseMonth(s string) (period.Month, error) {
	if d, err := period.ParseDay(s); err == nil {
		return d.Month(), nil
	}
	return period.ParseMonth(s)
}

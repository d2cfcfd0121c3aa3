package sheet

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"houqin/internal/base/fault"
	"houqin/internal/base/money"
	"houqin/internal/base/period"
)

// Writer packs rows as they come and holds on to none of them. A cell may be a
// string, bool, any kind of integer or float, money.Fen, Decimal, period.Day,
// period.Month, period.Instant, time.Time, anything with a String method, or
// nil for an empty cell. The first row is the header. After an error every call
// gives it again.
//
// A text that a spreadsheet would take for a formula stays a text: in CSV an
// apostrophe is put before it, which reading takes off again, in xlsx the cell
// says that it is text. Real numbers stay numbers.
type Writer interface {
	Row(cells ...any) error
	Close() error // completes the file; does not close what it was written to
}

// Option changes how a file is written.
type Option func(*options)

type options struct {
	zone *time.Location
	mark string
}

// In is the zone by whose clocks an Instant is written; without it, China's.
func In(zone *time.Location) Option { return func(o *options) { o.zone = zone } }

// Mark says at the foot of every printed page who took the workbook away and when.
// Rows and cells stay as they are, so that it can be read back in. A CSV file has no
// place for it.
func Mark(text string) Option { return func(o *options) { o.mark = text } }

// china is UTC+8 all year, also where no time zone files are installed.
var china = time.FixedZone("CST", 8*3600)

func optionsOf(all []Option) (o options) {
	o.zone = china
	for _, set := range all {
		set(&o)
	}
	return o
}

// The few things that a cell can be once it is written.
type cellKind byte

const (
	emptyCell cellKind = iota
	textCell
	numberCell
	moneyCell
	dayCell
	momentCell
	boolCell
)

// plainCell is a value brought down to one of them: text holds the characters,
// of a number or date in their plain form.
type plainCell struct {
	kind cellKind
	text string
	at   time.Time // of days and moments, on the wall clock, in UTC
}

// plain brings a value down. Integers beyond 15 digits become text, since a
// spreadsheet would round them.
func (o options) plain(v any) (plainCell, error) {
	switch v := v.(type) {
	case nil:
		return plainCell{}, nil
	case string:
		return textOf(v), nil
	case bool:
		return plainCell{kind: boolCell, text: boolText(v)}, nil
	case int:
		return integerOf(int64(v)), nil
	case int64:
		return integerOf(v), nil
	case money.Fen:
		c := plainCell{kind: moneyCell, text: v.String()}
		if v >= 1e15 || v <= -1e15 {
			c.kind = textCell
		}
		return c, nil
	case Decimal:
		if size(v.Digits) < 1e15 {
			return plainCell{kind: numberCell, text: v.String()}, nil
		}
		return textOf(v.String()), nil
	case float64:
		return floatOf(v), nil
	case float32:
		f, _ := strconv.ParseFloat(strconv.FormatFloat(float64(v), 'g', -1, 32), 64)
		return floatOf(f), nil
	case period.Instant:
		if v.IsZero() {
			return plainCell{}, nil
		}
		return momentOf(v.In(o.zone)), nil
	case time.Time:
		if v.IsZero() {
			return plainCell{}, nil
		}
		return momentOf(v), nil
	case period.Day:
		t, err := time.Parse(time.DateOnly, string(v))
		if err != nil { // unset is empty
			return textOf(string(v)), nil
		}
		return plainCell{dayCell, string(v), t}, nil
	case fmt.Stringer:
		return textOf(v.String()), nil
	}
	switch r := reflect.ValueOf(v); {
	case r.CanInt():
		return integerOf(r.Int()), nil
	case r.CanUint() && r.Uint() < math.MaxInt64:
		return integerOf(int64(r.Uint())), nil
	case r.CanFloat():
		return floatOf(r.Float()), nil
	case r.Kind() == reflect.String:
		return textOf(r.String()), nil
	case r.Kind() == reflect.Bool:
		return plainCell{kind: boolCell, text: boolText(r.Bool())}, nil
	}
	return plainCell{}, fmt.Errorf("sheet: a cell cannot hold a %T", v)
}

func textOf(s string) plainCell {
	if s == "" {
		return plainCell{}
	}
	return plainCell{kind: textCell, text: s}
}

func integerOf(n int64) plainCell {
	c := plainCell{kind: numberCell, text: strconv.FormatInt(n, 10)}
	if size(n) >= 1e15 {
		c.kind = textCell
	}
	return c
}

func floatOf(f float64) plainCell {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return plainCell{}
	}
	if d, ok := decimalOf(f); ok { // without the noise behind the 15th digit
		return plainCell{kind: numberCell, text: d.String()}
	}
	return plainCell{kind: numberCell, text: strconv.FormatFloat(f, 'f', -1, 64)}
}

// momentOf keeps the hands of the clock and forgets the zone.
func momentOf(t time.Time) plainCell {
	y, m, d := t.Date()
	at := time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	return plainCell{momentCell, at.Format(time.DateTime), at}
}

// csvWriter is NewCSV's.
type csvWriter struct {
	options
	out *bufio.Writer
	row int
	err error
}

// NewCSV writes comma-separated values as Excel reads them without asking:
// UTF-8 with its mark, lines ending in CR LF. Numbers are plain, money in yuan,
// days 2026-11-21, moments 2026-11-21 14:05:00.
func NewCSV(w io.Writer, set ...Option) Writer {
	c := &csvWriter{options: optionsOf(set), out: bufio.NewWriterSize(w, 32<<10)}
	_, c.err = c.out.WriteString("\uFEFF")
	return c
}

func (w *csvWriter) Row(cells ...any) error {
	if w.err != nil {
		return w.err
	}
	w.row++
	for i, v := range cells {
		c, err := w.plain(v)
		if err != nil {
			w.err = err
			return err
		}
		text := uncontrolled(valid(c.text))
		if c.kind == textCell {
			if text = guardedText(text); negative(c.text) {
				text = c.text
			}
		}
		if i > 0 {
			w.out.WriteByte(',')
		}
		if strings.ContainsAny(text, ",\"\r\n\t;") || strings.TrimSpace(text) != text || len(cells) == 1 && text == "" {
			w.out.WriteByte('"')
			w.out.WriteString(strings.ReplaceAll(text, `"`, `""`))
			text = `"`
		}
		w.out.WriteString(text)
	}
	_, w.err = w.out.WriteString("\r\n")
	return w.err
}

func (w *csvWriter) Close() error {
	if w.err == nil {
		w.err = w.out.Flush()
	}
	return w.err
}

// negative says whether a text is a plain negative number, or dashes that stand
// for nothing: no program makes a formula of these.
func negative(s string) bool {
	after, ok := strings.CutPrefix(s, "-")
	if !ok {
		return false
	}
	whole, part, point := strings.Cut(after, ".")
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	return strings.Trim(after, "-") == "" || digits(whole) && (!point || digits(part))
}

// tooManyRows is the fault for a sheet that Excel could not open.
func tooManyRows(most int) error { return fault.New(fault.TooLarge, "sheet.too_many_to_write", most) }

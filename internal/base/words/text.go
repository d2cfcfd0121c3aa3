package words

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"houqin/internal/base/money"
	"houqin/internal/base/period"
	"houqin/internal/base/quantity"
)

// Key is an argument of T that is itself translated; its text takes no arguments.
type Key string

// Words are the words of one language, told by the clocks of one zone.
type Words struct {
	Lang   string // zh or en
	Zone   *time.Location
	texts  map[string]text
	tongue *tongue
}

// Has says whether there is a text under key.
func (w *Words) Has(key string) bool { _, ok := w.texts[key]; return ok }

// T is the text under key with args in their places; «key» if there is none,
// and «2» in the place of an argument that was not given.
//
// Money, quantities, moments (in full), days, months and spans of time are
// written as the language writes them, a Key by its own text, several Keys as a list. Whole numbers are
// grouped from 10,000 up, so that a year stays a year.
func (w *Words) T(key string, args ...any) string {
	t, ok := w.texts[key]
	if !ok {
		return "«" + key + "»"
	}
	if t.whole {
		return t.lead
	}
	var space [128]byte
	b := append(space[:0], t.lead...)
	for i := range t.holes {
		h := &t.holes[i]
		switch {
		case h.arg >= len(args):
			b = append(strconv.AppendInt(append(b, "«"...), int64(h.arg), 10), "»"...)
		case h.forms == nil:
			from := len(b)
			b = w.append(b, args[h.arg])
			w.within(b, from)
		case single(args[h.arg]):
			b = append(b, h.forms[0]...)
		default:
			b = append(b, h.forms[1]...)
		}
		b = append(b, h.tail...)
	}
	return string(b)
}

// within makes the name of a day that was written into a sentence a small one: due by
// tomorrow 08:30.
func (w *Words) within(b []byte, from int) {
	if from < 2 || from == len(b) || b[from] != 'T' && b[from] != 'Y' || b[from-1] != ' ' || !(b[from-2] == ',' || 'a' <= b[from-2]|' ' && b[from-2]|' ' <= 'z') {
		return
	}
	for _, day := range []string{w.tongue.today, w.tongue.yesterday, w.tongue.tomorrow} {
		if strings.HasPrefix(string(b[from:]), day) {
			b[from] |= ' '
		}
	}
}

// text is a template taken apart: what stands before the first hole, then each
// hole with what follows it.
type text struct {
	lead  string
	holes []hole
	whole bool // no hole at all
}

type hole struct {
	arg   int
	forms []string // singular and plural; nil where the argument itself stands
	tail  string
}

// most arguments a text can have; more is a slip of the pen
const most = 16

func parse(s string) (text, error) {
	var t text
	var lit strings.Builder
	put := func() {
		if n := len(t.holes); n > 0 {
			t.holes[n-1].tail = lit.String()
		} else {
			t.lead = lit.String()
		}
		lit.Reset()
	}
	for s != "" {
		i := strings.IndexAny(s, "{}")
		if i < 0 {
			i = len(s)
		}
		lit.WriteString(s[:i])
		if s = s[i:]; s == "" {
			break
		}
		if len(s) > 1 && s[1] == s[0] { // {{ or }}
			lit.WriteByte(s[0])
			s = s[2:]
			continue
		}
		end := strings.IndexByte(s, '}')
		if end <= 0 {
			return text{}, fmt.Errorf("a brace in %.20q has no partner", s)
		}
		number, forms, plural := strings.Cut(s[1:end], "|")
		n, err := strconv.Atoi(number)
		if err != nil || n < 0 || n >= most {
			return text{}, fmt.Errorf("%s names no argument", s[:end+1])
		}
		h := hole{arg: n}
		if plural {
			if h.forms = strings.Split(forms, "|"); len(h.forms) != 2 {
				return text{}, fmt.Errorf("%s needs two forms", s[:end+1])
			}
		}
		put()
		t.holes = append(t.holes, h)
		s = s[end+1:]
	}
	put()
	t.whole = len(t.holes) == 0
	return t, nil
}

// args are the arguments a text uses, as bits.
func (t text) args() (set uint) {
	for _, h := range t.holes {
		set |= 1 << h.arg
	}
	return set
}

// single says whether a thing takes the singular.
func single(arg any) bool {
	switch n := arg.(type) {
	case int:
		return n == 1 || n == -1
	case int64:
		return n == 1 || n == -1
	case int32:
		return n == 1 || n == -1
	case uint64:
		return n == 1
	case quantity.Qty:
		return n == 1 || n == -1
	case string:
		return n == "1" || n == "-1"
	}
	return fmt.Sprint(arg) == "1"
}

// word is T for a Key. That it does not call T keeps T's space off the heap.
func (w *Words) word(k Key) string {
	if t, ok := w.texts[string(k)]; ok && t.whole {
		return t.lead
	}
	return "«" + string(k) + "»"
}

// append writes one argument. The kinds that stand on every page come without
// reflection.
func (w *Words) append(b []byte, arg any) []byte {
	switch v := arg.(type) {
	case string:
		return append(b, v...)
	case Key:
		return append(b, w.word(v)...)
	case []Key:
		for i, k := range v {
			if i > 0 {
				b = append(b, w.tongue.comma...)
			}
			b = append(b, w.word(k)...)
		}
		return b
	case int:
		return appendCount(b, int64(v))
	case int64:
		return appendCount(b, v)
	case int32:
		return appendCount(b, int64(v))
	case money.Fen:
		return appendMoney(b, v)
	case quantity.Qty:
		return appendGrouped(b, int64(v))
	case period.Instant:
		return w.appendFull(b, v)
	case period.Day:
		return append(b, v...)
	case period.Month:
		return append(b, v...)
	case time.Duration:
		return w.appendSpan(b, v)
	case fmt.Stringer:
		return append(b, v.String()...)
	}
	return append(b, fmt.Sprint(arg)...) // fmt.Append would move b to the heap for every caller
}

// Begin is the beginning of a text, at most so many characters of it, without bytes that
// are none.
func Begin(s string, most int) string {
	r := []rune(strings.ToValidUTF8(s, ""))
	return string(r[:min(len(r), most)])
}

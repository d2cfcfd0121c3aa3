package sheet

import (
	"strconv"
	"strings"
)

// builtin are the number formats that files name by number only (ECMA-376 part 1,
// 18.8.30); where they follow the country, China's are taken.
var builtin = map[int]string{
	0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
	5: `¥#,##0;¥-#,##0`, 6: `¥#,##0;¥-#,##0`, 7: `¥#,##0.00;¥-#,##0.00`, 8: `¥#,##0.00;¥-#,##0.00`,
	9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
	14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
	20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm",
	27: `yyyy"年"m"月"`, 28: `m"月"d"日"`, 29: `m"月"d"日"`, 30: "m-d-yy", 31: `yyyy"年"m"月"d"日"`,
	32: `h"时"mm"分"`, 33: `h"时"mm"分"ss"秒"`, 34: `上午/下午h"时"mm"分"`, 35: `上午/下午h"时"mm"分"ss"秒"`, 36: `yyyy"年"m"月"`,
	37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00",
	41: `#,##0;-#,##0;"-"`, 42: `¥#,##0;¥-#,##0;¥"-"`, 43: `#,##0.00;-#,##0.00;"-"??`, 44: `¥#,##0.00;¥-#,##0.00;¥"-"??`,
	45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
	50: `yyyy"年"m"月"`, 51: `m"月"d"日"`, 52: `yyyy"年"m"月"`, 53: `m"月"d"日"`, 54: `m"月"d"日"`,
	55: `上午/下午h"时"mm"分"`, 56: `上午/下午h"时"mm"分"ss"秒"`, 57: `yyyy"年"m"月"`, 58: `m"月"d"日"`,
}

// format is a number format taken apart: up to four sections, of which the value
// chooses one.
type format struct{ sections []section }

type section struct {
	tokens   []token
	general  bool
	date     bool    // has a year, month, day, hour …
	calendar bool    // … the first three
	elapsed  bool    // … or only hours that go past 24: a length of time
	text     bool    // @
	twelve   bool    // hours of half a day
	test     string  // [>=100], else ""
	limit    float64 // of test
	percent  int
	group    bool // thousands are set apart
	scale    int  // divided by 1000 that often
	places   int
	odd      bool // fractions and exponents: shown as General would
}

// token is a literal, or placeholder characters of one sort: digits (0 # ?), the
// point, date letters.
type token struct {
	kind byte // 'l' literal, '0' digit, '.', 'y' 'm' 'd' 'h' 's' 'n' (minute) 'f' (part of a second) 'a' (AM/PM), 'H' 'N' 'S' elapsed, '@'
	text string
}

// formats keeps what was taken apart, since a book has few and many cells. One
// belongs to one walk, so that several may walk at once.
type formats struct {
	byStyle []int          // style of a cell -> number of a format
	custom  map[int]string // the book's own
	ready   map[int]*format
}

func (fs *formats) of(style int) *format {
	id := 0
	if style >= 0 && style < len(fs.byStyle) {
		id = fs.byStyle[style]
	}
	if f := fs.ready[id]; f != nil {
		return f
	}
	code, ok := fs.custom[id]
	if !ok {
		code = builtin[id]
	}
	f := compile(code)
	fs.ready[id] = f
	return f
}

// walk is the same formats for one more walk.
func (fs formats) walk() *formats { fs.ready = map[int]*format{}; return &fs }

// moment says whether numbers under the format are dates or times of day.
func (f *format) moment() bool { return f.sections[0].date }

func compile(code string) *format {
	if len(code) > 512 {
		code = "General"
	}
	f := &format{}
	for _, s := range cutSections(code) {
		f.sections = append(f.sections, compileSection(s))
	}
	return f
}

func cutSections(code string) (all []string) {
	from, quoted, bracket := 0, false, false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case quoted:
			quoted = c != '"'
		case c == '"':
			quoted = true
		case c == '\\' || c == '_' || c == '*':
			i++
		case c == '[':
			bracket = true
		case c == ']':
			bracket = false
		case c == ';' && !bracket && len(all) < 3:
			all = append(all, code[from:i])
			from = i + 1
		}
	}
	return append(all, code[from:])
}

func compileSection(code string) (s section) {
	rs := []rune(code)
	add := func(kind byte, text string) {
		if n := len(s.tokens); n > 0 && s.tokens[n-1].kind == kind && strings.IndexByte("lydmhs", kind) >= 0 {
			s.tokens[n-1].text += text
			return
		}
		s.tokens = append(s.tokens, token{kind, text})
	}
	for i := 0; i < len(rs); i++ {
		rest := string(rs[i:min(len(rs), i+7)])
		r := rs[i]
		switch {
		case r == '"':
			j := i + 1
			for j < len(rs) && rs[j] != '"' {
				j++
			}
			add('l', string(rs[i+1:j]))
			i = j
		case r == '\\':
			if i++; i < len(rs) {
				add('l', string(rs[i]))
			}
		case r == '_':
			i++
			add('l', " ")
		case r == '*':
			i++
		case r == '[':
			j := i + 1
			for j < len(rs) && rs[j] != ']' {
				j++
			}
			s.bracket(string(rs[i+1:j]), add)
			i = j
		case strings.EqualFold(rest, "General"):
			s.general = true
			add('l', "\x00") // where the number goes
			i += 6
		case len(rest) >= 5 && strings.EqualFold(rest[:5], "AM/PM"):
			add('a', "AM PM")
			s.twelve = true
			i += 4
		case strings.HasPrefix(rest, "上午/下午"):
			add('a', "上午 下午")
			s.twelve = true
			i += 4
		case r == '0' || r == '#' || r == '?':
			add('0', string(r))
		case r == '.':
			add('.', ".")
		case r == ',':
			add(',', ",")
		case r == '%':
			s.percent++
			add('l', "%")
		case r == '@':
			s.text = true
			add('@', "")
		case (r == 'E' || r == 'e') && i+1 < len(rs) && (rs[i+1] == '+' || rs[i+1] == '-'):
			s.odd = true
			i++
		case r == 'e' || r == 'E' || r == 'g' || r == 'G': // years as eastern calendars count them
			add('y', "yyyy")
		case strings.ContainsRune("ymdhsYMDHS", r):
			add(byte(r|0x20), string(r|0x20))
		case r == '/' && len(s.tokens) > 0 && strings.IndexByte("0l", s.tokens[len(s.tokens)-1].kind) >= 0 && strings.ContainsAny(code, "?#0"):
			s.odd = true
			add('l', "/")
		default:
			add('l', string(r))
		}
	}
	s.settle()
	return s
}

// bracket reads [Red], [$¥-804], [>=100], [h].
func (s *section) bracket(in string, add func(byte, string)) {
	lower := strings.ToLower(in)
	switch {
	case strings.HasPrefix(in, "$"):
		sign, _, _ := strings.Cut(in[1:], "-")
		add('l', sign)
	case lower != "" && strings.Trim(lower, "h") == "":
		add('H', lower)
	case lower != "" && strings.Trim(lower, "m") == "":
		add('N', lower)
	case lower != "" && strings.Trim(lower, "s") == "":
		add('S', lower)
	default:
		for _, test := range []string{">=", "<=", "<>", ">", "<", "="} {
			if after, ok := strings.CutPrefix(in, test); ok {
				if n, err := strconv.ParseFloat(after, 64); err == nil {
					s.test, s.limit = test, n
				}
				return
			}
		}
	}
}

// settle decides what depends on neighbours: m is a minute beside hours or
// seconds, a comma groups between digits and divides behind them, digits after
// seconds are parts of a second.
func (s *section) settle() {
	point, seconds := false, false
	last := -1 // last digit before the point
	for i, t := range s.tokens {
		if t.kind == '0' && !point {
			last = i
		}
		point = point || t.kind == '.'
	}
	before := byte(0)
	point = false
	var kept []token
	for i := 0; i < len(s.tokens); i++ {
		t := s.tokens[i]
		switch t.kind {
		case 'y', 'd':
			s.date, s.calendar = true, true
		case 'm':
			if s.date = true; before == 'h' || before == 'H' || s.follows(i, 's', 'S') {
				t.kind = 'n'
			} else {
				s.calendar = true
			}
		case 'h', 's', 'a':
			s.date = true
		case 'H', 'N', 'S':
			s.elapsed = true
		case '.':
			if seconds {
				n := 0
				for i+1 < len(s.tokens) && s.tokens[i+1].kind == '0' {
					i, n = i+1, n+1
				}
				t = token{'f', strings.Repeat("0", n)}
			} else if point {
				t = token{'l', "."}
			} else {
				point = true
			}
		case ',':
			switch {
			case last < 0 || s.date:
				t = token{'l', ","}
			case i < last:
				s.group = true
				continue
			case before == '0' || before == ',':
				s.scale++
				before = ','
				continue
			}
		case '0':
			if point {
				s.places++
			}
		}
		if t.kind != 'l' {
			before = t.kind
			seconds = t.kind == 's' || t.kind == 'S'
		}
		kept = append(kept, t)
	}
	s.tokens = kept
	if s.elapsed {
		s.date = false
	}
	if s.date || s.elapsed {
		s.odd = false
	}
}

// follows says whether the next letter of a date after i is one of these.
func (s *section) follows(i int, a, b byte) bool {
	for _, t := range s.tokens[i+1:] {
		if t.kind != 'l' {
			return t.kind == a || t.kind == b
		}
	}
	return false
}

// Package find is the porter who knows every door by half its name: it turns
// what is written into what is looked up when somebody types a piece of it.
//
// A record keeps, in one search column, the tokens of its texts; a person's
// typing is turned into tokens too, and a record is found if every token typed
// is the beginning of a token kept. So 手术 and 术, shoushu and sss, RK-2026-0001
// and 123 all find the record they came from, on any database that can look up
// a prefix.
package find

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"sync"
	"unicode/utf8"
)

// Most is how many bytes Tokens returns at the most. Words have wordsFirst of
// them for themselves; what a long text says further on is found by no word of
// it, so a caller names the most telling text first.
const (
	Most       = 2000
	wordsFirst = 1300
)

// Tokens are the search column of a record with these texts: lower-case tokens,
// each once, parted by single spaces. A token that is the beginning of another
// is left out, since a prefix finds it there.
//
// They are the pairs of neighbouring Chinese characters and the last character
// of each run; words and codes of every other script, folded, from each of
// their parts (RK-2026-000123 from rk, 2026, 000123 and 123 on); and, from each
// syllable on, the pinyin and the initials of Chinese runs, with the letters
// and digits grown into them (B超室 from bcs and chaoshi), in the readings that
// are common. Runs of more than shortRun syllables are cut into windows.
func Tokens(texts ...string) string {
	s := pool.Get().(*scratch)
	defer pool.Put(s)
	s.reset()
	s.room = wordsFirst
	for _, t := range texts {
		s.words(t)
		s.units = append(s.units, unit{}) // texts do not grow together
	}
	s.room += Most - wordsFirst
	s.sounds()
	return s.join()
}

// A run of at most shortRun syllables is kept whole from each syllable on; of a
// longer one, so many syllables or initials.
const (
	shortRun       = 12
	windowSyllable = 4
	windowInitial  = 6
	longName       = 4
	grown          = 4 // letters that grow into a run: B超, ICU病房, 301室
)

var pool = sync.Pool{New: func() any { return new(scratch) }}

// scratch is the desk on which one record's tokens are laid out.
type scratch struct {
	text   []rune
	bytes  []byte // what the tokens are cut from
	tokens []token
	units  []unit
	room   int // bytes that may still be given out

	full, short []int // of one run
}

// token is a stretch of bytes; key is its first eight, to sort by.
type token struct {
	key       uint64
	from, end uint32
}

// unit is one syllable of a run, or letters grown into it; none at its end.
type unit struct {
	char      rune
	say       readings
	from, end uint32 // the letters, if not a syllable
}

func (u unit) none() bool { return u.say == nil && u.end == 0 }

func (s *scratch) reset() {
	s.bytes, s.tokens, s.units = s.bytes[:0], s.tokens[:0], s.units[:0]
}

// put keeps bytes[from:end] as a token while there is room.
func (s *scratch) put(from, end int) {
	if s.room -= end - from + 1; s.room < 0 || from == end {
		return
	}
	var first [8]byte
	copy(first[:], s.bytes[from:end])
	s.tokens = append(s.tokens, token{binary.BigEndian.Uint64(first[:]), uint32(from), uint32(end)})
}

// words lays out the words of one text and, for later, its syllables.
func (s *scratch) words(text string) {
	if s.room < 0 {
		return
	}
	s.text = fold(s.text[:0], text[:min(len(text), 4*Most)])
	for i, end := 0, 0; i < len(s.text) && s.room >= 0; i = end {
		var k kind
		switch k, end = piece(s.text, i); k {
		case han:
			s.han(s.text[i:end])
		case word:
			s.code(s.text[i:end])
		default:
			s.units = append(s.units, unit{})
		}
	}
}

// han keeps the pairs of a run and its last character.
func (s *scratch) han(run []rune) {
	last := -1
	for _, r := range run {
		from := len(s.bytes)
		s.bytes = utf8.AppendRune(s.bytes, r)
		if last >= 0 {
			s.put(last, len(s.bytes))
		}
		last = from
		s.units = append(s.units, unit{char: r, say: read(r)})
	}
	s.put(last, len(s.bytes))
}

// code keeps a word from each of its parts on: after what joins them, where
// digits meet letters, and behind leading zeros.
func (s *scratch) code(run []rune) {
	from := len(s.bytes)
	s.bytes = appendJoined(s.bytes, run)
	end := len(s.bytes)
	s.put(from, from+len(cut(s.bytes[from:end])))
	at, zeros := from, 0 // where the character stands; leading zeros just before it
	for i, r := range run {
		if kindOf(r) != word {
			continue
		}
		opens := i == 0 || kindOf(run[i-1]) != word || digit(r) != digit(run[i-1])
		if opens && i > 0 {
			s.put(at, at+len(cut(s.bytes[at:end])))
			zeros = 0
		}
		switch {
		case r == '0' && (opens || zeros > 0):
			zeros++
		case zeros > 0:
			s.put(at, at+len(cut(s.bytes[at:end])))
			s.without(from, at-zeros, at, end)
			zeros = 0
		}
		at += utf8.RuneLen(r)
	}
	switch {
	case end-from <= grown && end-from == len(run):
		s.units = append(s.units, unit{from: uint32(from), end: uint32(end)})
	default:
		s.units = append(s.units, unit{})
	}
}

func digit(r rune) bool { return r >= '0' && r <= '9' }

// without keeps a code as people shorten it: RK-2026-123 for RK-2026-000123.
func (s *scratch) without(from, zeros, digits, end int) {
	if from == zeros {
		return
	}
	short := len(s.bytes)
	s.bytes = append(append(s.bytes, s.bytes[from:zeros]...), s.bytes[digits:end]...)
	s.put(short, short+len(cut(s.bytes[short:])))
}

// sounds lays out pinyin and initials, run by run.
func (s *scratch) sounds() {
	for i := 0; i < len(s.units); i++ {
		end, syllables := i, 0
		for ; end < len(s.units) && !s.units[end].none(); end++ {
			if s.units[end].say != nil {
				syllables++
			}
		}
		if syllables > 0 {
			s.run(s.units[i:end])
		}
		i = end
	}
}

// run keeps the pinyin and the initials of a run from each syllable on, first
// as it is read first, then in its other readings.
func (s *scratch) run(units []unit) {
	syllables, initials := windowSyllable, windowInitial
	if len(units) <= shortRun {
		syllables, initials = len(units), len(units)
	}
	if len(units) >= 2 && len(units) <= longName {
		if name, ok := dictionary().names[units[0].char]; ok {
			units[0].say = name
		}
	}
	full, short := s.full[:0], s.short[:0] // where each unit begins
	for _, u := range units {
		full = append(full, len(s.bytes))
		s.say(u, 0, false)
	}
	full = append(full, len(s.bytes))
	for _, u := range units {
		short = append(short, len(s.bytes))
		s.say(u, 0, true)
	}
	short = append(short, len(s.bytes))
	s.full, s.short = full, short
	for i := range units {
		if s.room < 0 {
			return
		}
		s.put(full[i], full[min(i+syllables, len(units))])
		s.put(short[i], short[min(i+initials, len(units))])
		near := units[i:min(i+windowSyllable, len(units))]
		s.otherwise(near, full[i+len(near):min(i+syllables, len(units))+1], false)
		s.otherwise(near, short[i+len(near):min(i+initials, len(units))+1], true)
	}
}

// otherwise keeps the first few units in their other readings, at the most
// five, each followed by what is read first of the rest.
func (s *scratch) otherwise(near []unit, rest []int, initial bool) {
	ways := 1
	for _, u := range near {
		ways *= u.ways(initial)
	}
	for way := 1; way < min(ways, 6); way++ {
		from, left := len(s.bytes), way
		for _, u := range near {
			n := u.ways(initial)
			s.say(u, left%n, initial)
			left /= n
		}
		s.bytes = append(s.bytes, s.bytes[rest[0]:rest[len(rest)-1]]...)
		s.put(from, len(s.bytes))
	}
}

// ways is how many readings differ.
func (u unit) ways(initial bool) int {
	switch {
	case len(u.say) < 2:
		return 1
	case initial:
		return u.say.initials()
	}
	return len(u.say)
}

func (s *scratch) say(u unit, way int, initial bool) {
	switch {
	case u.say == nil:
		s.bytes = append(s.bytes, s.bytes[u.from:u.end]...)
	case initial:
		s.bytes = append(s.bytes, u.say.initial(way))
	default:
		s.bytes = append(s.bytes, u.say[way]...)
	}
}

// join sorts the tokens, drops each that is the beginning of the next, and
// parts the others by spaces.
func (s *scratch) join() string {
	b := s.bytes
	slices.SortFunc(s.tokens, func(x, y token) int {
		if x.key != y.key {
			return cmp.Compare(x.key, y.key)
		}
		return bytes.Compare(b[x.from:x.end], b[y.from:y.end])
	})
	start := len(b)
	for i, t := range s.tokens {
		if i+1 < len(s.tokens) {
			next := s.tokens[i+1]
			if bytes.HasPrefix(b[next.from:next.end], b[t.from:t.end]) {
				continue
			}
		}
		if len(s.bytes) > start {
			s.bytes = append(s.bytes, ' ')
		}
		s.bytes = append(s.bytes, b[t.from:t.end]...)
	}
	return string(s.bytes[start:])
}

// appendJoined appends the letters and digits of a code without what joins them.
func appendJoined(b []byte, run []rune) []byte {
	for _, r := range run {
		if kindOf(r) == word {
			b = utf8.AppendRune(b, r)
		}
	}
	return b
}

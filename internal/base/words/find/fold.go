package find

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// kind is what a character means for searching.
type kind uint8

const (
	gap  kind = iota // parts words
	han              // a Chinese character
	word             // a letter or digit of any other script
)

func kindOf(r rune) kind {
	switch {
	case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
		return word
	case r < 0x80:
		return gap
	case r >= 0x4E00 && r <= 0x9FFF || r >= 0x2E80 && unicode.Is(unicode.Han, r):
		return han
	case unicode.IsLetter(r) || unicode.IsNumber(r):
		return word
	}
	return gap
}

// joins says that r inside a code does not part it: RK-2026-000123, 14:05.
func joins(r rune) bool {
	switch r {
	case '-', '_', '.', '/', ':', '#':
		return true
	}
	return false
}

// fold appends the characters of s in the one form in which they are stored and
// looked for: lower case, half width, without accents, compatibility forms
// resolved (㎡ is m2), apostrophes inside words left out.
func fold(to []rune, s string) []rune {
	for i, r := range s {
		switch {
		case r >= 'A' && r <= 'Z':
			r += 'a' - 'A'
		case r < 0x80 || r >= 0x4E00 && r <= 0x9FFF:
		case r >= '！' && r <= '～':
			r -= '！' - '!'
			if r >= 'A' && r <= 'Z' {
				r += 'a' - 'A'
			}
		case r >= 0x2010 && r <= 0x2015 || r == 0x2212:
			r = '-'
		case r == '’':
			r = '\''
		case r >= 0x3000 && r <= 0x3004 || r >= 0x3008 && r <= 0x301F || r == '“' || r == '”' || r == '…' || r == '·' || r == '×':
			r = ' '
		default:
			return foldRest(to, s[i:])
		}
		if r == '\'' && len(to) > 0 && kindOf(to[len(to)-1]) == word {
			continue
		}
		to = append(to, r)
	}
	return to
}

// foldRest is fold for everything there is.
func foldRest(to []rune, s string) []rune {
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(s, " ")) {
		switch r = unicode.ToLower(r); {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
			continue
		case r >= 0x2010 && r <= 0x2015 || r == 0x2212:
			r = '-'
		case r == '’':
			r = '\''
		}
		if r == '\'' && len(to) > 0 && kindOf(to[len(to)-1]) == word {
			continue
		}
		if plain, ok := letters[r]; ok {
			for _, p := range plain {
				to = append(to, p)
			}
			continue
		}
		to = append(to, r)
	}
	return to
}

// letters that Unicode does not take apart but people type plainly
var letters = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'ł': "l", 'þ': "th", 'ı': "i", 'ς': "σ",
}

// piece is the next stretch of folded text from i on: a gap, a run of Chinese
// characters, or one word or code with what joins its parts.
func piece(text []rune, i int) (k kind, end int) {
	k = kindOf(text[i])
	for end = i + 1; end < len(text); end++ {
		switch next := kindOf(text[end]); {
		case next == k:
		case k == word && joins(text[end]) && end+1 < len(text) && kindOf(text[end+1]) == word:
		default:
			return k, end
		}
	}
	return k, end
}

// longest stretch of a code, in bytes, that is stored and looked for
const longest = 24

// cut shortens a word to the longest, between two characters.
func cut(w []byte) []byte {
	if len(w) <= longest {
		return w
	}
	n := longest
	for n > 0 && w[n]&0xC0 == 0x80 {
		n--
	}
	return w[:n]
}

// Words are the Latin words of a text from which a table of spellings can be
// made: folded, letters only, of the length that Deletions takes, each once.
func Words(text string) []string {
	var out []string
	seen := map[string]bool{}
	for _, w := range strings.FieldsFunc(string(fold(nil, text)), func(r rune) bool { return r < 'a' || r > 'z' }) {
		if spelt(w) && !seen[w] {
			seen[w] = true
			out = append(out, w)
		}
	}
	return out
}

package suggest

import (
	"strings"
	"unicode"
)

// feature is one thing that a text has: what the model counts, and the words of the
// text that a person would point at for it.
type feature struct {
	key  string
	said string
}

// features of a text: of Latin script its words, two in a row, and the beginnings of
// long ones, so that a plural or a slip of the finger does not hide them; of Chinese,
// which has no spaces, single characters and two and three in a row.
func features(text string) (out []feature) {
	var last string // the word before
	word := func(w string) {
		out = append(out, feature{w, w})
		if last != "" {
			out = append(out, feature{last + " " + w, last + " " + w})
		}
		if letters := []rune(w); len(letters) >= 4 && !unicode.IsDigit(letters[0]) {
			out = append(out, feature{"^" + string(letters[:4]), w})
			if len(letters) >= 6 {
				out = append(out, feature{"$" + string(letters[len(letters)-4:]), w})
			}
		}
		last = w
	}
	run := func(han []rune) {
		for i := range han {
			for n := 1; n <= 3 && i+n <= len(han); n++ {
				s := string(han[i : i+n])
				out = append(out, feature{s, s})
			}
		}
		last = ""
	}
	var latin strings.Builder
	var han []rune
	end := func() {
		if latin.Len() > 0 {
			word(latin.String())
			latin.Reset()
		}
		if len(han) > 0 {
			run(han)
			han = han[:0]
		}
	}
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Han, r):
			if latin.Len() > 0 {
				end()
			}
			han = append(han, r)
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if len(han) > 0 {
				end()
			}
			latin.WriteRune(unicode.ToLower(r))
		case (r == '/' || r == '\'' || r == '-') && latin.Len() > 0: // L/H, won't: one word
		default:
			end()
		}
	}
	end()
	return out
}

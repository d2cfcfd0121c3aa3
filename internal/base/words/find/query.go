package find

import "slices"

// mostTyped is how many tokens one search looks up, mostRead how many bytes of
// what was typed, or pasted, it looks at.
const (
	mostTyped = 16
	mostRead  = 1000
)

// Query is what a person typed as tokens that must all be the beginning of a
// token kept: one Chinese character as it is, more as their pairs; a word of
// letters folded; a code with digits as one word, whatever joins its parts.
// There are none if nothing typed can be searched for, and at the most 16.
func Query(text string) []string {
	var out []string
	add := func(token string) {
		if len(out) < mostTyped && !slices.Contains(out, token) {
			out = append(out, token)
		}
	}
	folded := fold(nil, text[:min(len(text), mostRead)])
	for i, end := 0, 0; i < len(folded) && len(out) < mostTyped; i = end {
		var k kind
		k, end = piece(folded, i)
		run := folded[i:end]
		switch {
		case k == han && len(run) == 1:
			add(string(run))
		case k == han:
			for j := range run[1:] {
				add(string(run[j : j+2]))
			}
		case k == word && slices.ContainsFunc(run, digit):
			add(string(cut(appendJoined(nil, run))))
		case k == word:
			for from, j := 0, 0; j <= len(run); j++ {
				if j == len(run) || kindOf(run[j]) != word {
					add(string(cut(appendJoined(nil, run[from:j]))))
					from = j + 1
				}
			}
		}
	}
	return out
}

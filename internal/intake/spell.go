package intake

import "strings"

// Spelling is a vocabulary: the words a column may hold, each with the ways in which
// people write it.
type Spelling struct {
	Unknown string // key of the complaint about any other word
	// Sure: a column is only taken for this when it holds at least as many known words
	// as others, since its name alone may mean something else.
	Sure  bool
	words map[string]string
	list  []string
}

// spelling reads lines of a vocabulary: the word, a colon, then how it is written.
func spelling(unknown, lines string) *Spelling {
	s := &Spelling{Unknown: unknown, words: map[string]string{}}
	for line := range strings.Lines(lines) {
		word, ways, _ := strings.Cut(strings.TrimSpace(line), ":")
		if word = strings.TrimSpace(word); word == "" {
			continue
		}
		s.list = append(s.list, word)
		for _, way := range append([]string{word}, strings.Split(ways, "|")...) {
			if way = plain(way); way != "" {
				s.words[way] = word
			}
		}
	}
	return s
}

// sure is the spelling of a column whose name alone does not tell.
func sure(lines string) *Spelling {
	s := spelling("intake.unknown_word", lines)
	s.Sure = true
	return s
}

func (s *Spelling) find(text string) (word string, ok bool) {
	word, ok = s.words[plain(text)]
	return word, ok
}

// Words are the vocabulary's words, for a choice.
func (s *Spelling) Words() []string { return s.list }

var yesNo = spelling("intake.unknown_word", `
	yes: y | true | t | 1 | 是 | 有 | 对 | √ | ✓ | 需要
	no: n | false | f | 0 | 否 | 无 | 没有 | × | 不 | 不需要`)

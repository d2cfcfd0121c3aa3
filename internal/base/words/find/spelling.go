package find

// shortWord and longWord bound the words whose misspellings are looked up.
const (
	shortWord = 4
	longWord  = 20
)

// spelt is a word of 4 to 20 letters a to z.
func spelt(w string) bool {
	for i := range len(w) {
		if w[i] < 'a' || w[i] > 'z' {
			return false
		}
	}
	return len(w) >= shortWord && len(w) <= longWord
}

// Deletions are the ways to write a word with one letter left out, each once;
// none unless it is a folded Latin word of 4 to 20 letters, as Words gives it.
//
// A table of spellings keeps, for every word w, w itself and Deletions(w). What
// was typed is then looked up there, it and its own Deletions: that meets every
// word one slip away (a letter too few, too many, wrong, or two exchanged) and
// a few two slips away, which OneSlip tells apart.
func Deletions(word string) []string {
	if !spelt(word) {
		return nil
	}
	out := make([]string, 0, len(word))
	for i := range len(word) {
		if i > 0 && word[i] == word[i-1] {
			continue // of a double letter, leaving out either is the same
		}
		out = append(out, word[:i]+word[i+1:])
	}
	return out
}

// OneSlip says whether two words are the same but for one letter too few, too
// many or wrong, or two neighbours exchanged.
func OneSlip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if i == len(a) || a[i+1:] == b[i+1:] {
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

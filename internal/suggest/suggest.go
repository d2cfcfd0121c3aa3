// Package suggest listens while somebody types what is broken, and says what people of
// this house called such words before: which trade, how urgent. It knows nothing but
// texts and the answers given to them in the past; it stays on this machine, and for
// each guess it names the words that decided.
//
// The model is a softmax regression over the words of a text, learned by steps that
// shrink where a word is common (AdaGrad: Duchi, Hazan and Singer, 2011). Each word pulls
// towards each answer with a weight of its own, so that the pulls can be shown. On the
// records it is tried with it is right more often than counting (naive Bayes), which
// counts words that come together twice; both are in Trial.
package suggest

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Example is a text of the past and the answer it was given.
type Example struct{ Text, Answer string }

// Guess is what a text probably means.
type Guess struct {
	Answer string
	Sure   float64  // 0 … 1: the share of such guesses that should be right
	Words  []string // of the text, those that decided, the weightiest first; at most three
	// Second is the next best answer, "" when there is but one.
	Second string
}

// Model is what was learned from the past of one question. It is not changed after
// Learn and may be asked by many at once.
type Model struct {
	answers []string
	words   map[string]int32 // row of a feature
	weights []float32        // rows of one weight for each answer
	plain   []float32        // of each answer, whatever is said
	Known   int              // examples it learned from
}

const (
	epochs = 12
	pace   = 0.5   // of learning
	rein   = 1e-5  // pull of every weight towards nothing: what came once proves little
	rare   = 2     // a feature of fewer examples is not learned
	most   = 30000 // features kept, the commonest first
)

// Learn makes a model of the past. Examples without words or answer teach nothing; nil
// comes of fewer than two answers.
func Learn(past []Example) *Model {
	m := &Model{words: map[string]int32{}}
	number := map[string]int{}
	count := map[string]int{}
	type seen struct {
		f      []feature
		answer int
	}
	var all []seen
	for _, e := range past {
		f := features(e.Text)
		if len(f) == 0 || e.Answer == "" {
			continue
		}
		a, ok := number[e.Answer]
		if !ok {
			a = len(m.answers)
			number[e.Answer], m.answers = a, append(m.answers, e.Answer)
		}
		f = once(f)
		for _, x := range f {
			count[x.key]++
		}
		all = append(all, seen{f, a})
	}
	if m.Known = len(all); len(m.answers) < 2 {
		return nil
	}
	var keys []string
	for k, n := range count {
		if n >= rare {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(count[b]-count[a], cmp.Compare(a, b)) })
	for i, k := range keys[:min(len(keys), most)] {
		m.words[k] = int32(i)
	}
	n := len(m.answers)
	m.weights, m.plain = make([]float32, len(m.words)*n), make([]float32, n)
	rows := make([][]int32, len(all))
	for i, e := range all {
		rows[i] = m.rows(e.f)
	}
	grown, grownPlain := make([]float32, len(m.weights)), make([]float32, n)
	stride := coprime(len(all))
	p := make([]float32, n)
	for range epochs {
		for i, at := 0, 0; i < len(all); i, at = i+1, (at+stride)%len(all) {
			row := rows[at]
			x := scale(len(row))
			m.spread(row, x, p)
			p[all[at].answer]--
			for a, g := range p {
				step(&m.plain[a], &grownPlain[a], g)
			}
			for _, w := range row {
				weights, sums := m.weights[int(w)*n:int(w+1)*n], grown[int(w)*n:int(w+1)*n]
				for a, g := range p {
					step(&weights[a], &sums[a], g*x+rein*weights[a])
				}
			}
		}
	}
	return m
}

// step moves a weight against its gradient, the less the more it has been moved.
func step(weight, grown *float32, g float32) {
	if g == 0 {
		return
	}
	*grown += g * g
	*weight -= pace * g / float32(math.Sqrt(float64(*grown))+1e-6)
}

// coprime is a stride by which all of n are visited once in an order that has nothing to
// do with that in which they came.
func coprime(n int) int {
	for s := int(float64(n)*0.618) | 1; ; s += 2 {
		a, b := s, n
		for b != 0 {
			a, b = b, a%b
		}
		if a == 1 {
			return s % max(n, 1)
		}
	}
}

// scale makes a long text weigh as much as a short one.
func scale(n int) float32 { return 1 / float32(math.Sqrt(float64(max(n, 1)))) }

// once are the features without repetitions.
func once(f []feature) []feature {
	seen := map[string]bool{}
	return slices.DeleteFunc(f, func(x feature) bool {
		if seen[x.key] {
			return true
		}
		seen[x.key] = true
		return false
	})
}

func (m *Model) rows(f []feature) (rows []int32) {
	for _, x := range f {
		if w, ok := m.words[x.key]; ok {
			rows = append(rows, w)
		}
	}
	return rows
}

// spread fills p with how probable each answer is.
func (m *Model) spread(row []int32, x float32, p []float32) {
	copy(p, m.plain)
	n := len(p)
	for _, w := range row {
		for a, v := range m.weights[int(w)*n : int(w+1)*n] {
			p[a] += v * x
		}
	}
	top := slices.Max(p)
	sum := float32(0)
	for a := range p {
		p[a] = float32(math.Exp(float64(p[a] - top)))
		sum += p[a]
	}
	for a := range p {
		p[a] /= sum
	}
}

// Ask says what a text probably means; ok is false where nothing in it is known.
func (m *Model) Ask(text string) (g Guess, ok bool) {
	if m == nil {
		return g, false
	}
	f := once(features(text))
	row := m.rows(f)
	if len(row) == 0 {
		return g, false
	}
	p := make([]float32, len(m.answers))
	m.spread(row, scale(len(row)), p)
	best, second := 0, -1
	for a := range p {
		if p[a] > p[best] {
			best = a
		}
	}
	for a := range p {
		if a != best && (second < 0 || p[a] > p[second]) {
			second = a
		}
	}
	g = Guess{Answer: m.answers[best], Sure: float64(p[best]), Second: m.answers[second], Words: m.why(f, best, p)}
	return g, true
}

// why are the words that pulled towards the answer and away from what else it might have
// been, the weightiest first. A word inside another that is named already is left out.
func (m *Model) why(f []feature, best int, p []float32) (words []string) {
	n := len(m.answers)
	pull := map[string]float32{}
	for _, x := range f {
		w, ok := m.words[x.key]
		if !ok {
			continue
		}
		row := m.weights[int(w)*n : int(w+1)*n]
		rest := float32(0)
		for a, v := range row {
			if a != best {
				rest += v * p[a]
			}
		}
		pull[x.said] += row[best] - rest/max(1-p[best], 1e-6)
	}
	// A word has the pull of all that lies within it; of a character, people see the word.
	sum := map[string]float32{}
	var said []string
	for s := range pull {
		inside := false
		for t, v := range pull {
			if strings.Contains(s, t) {
				sum[s] += v
			}
			inside = inside || len(t) > len(s) && utf8.RuneCountInString(s) == 1 && strings.Contains(t, s)
		}
		if sum[s] > 0 && !inside {
			said = append(said, s)
		}
	}
	slices.SortFunc(said, func(a, b string) int { return cmp.Or(cmp.Compare(sum[b], sum[a]), cmp.Compare(a, b)) })
	for _, s := range said {
		if len(words) == 3 {
			break
		}
		if !slices.ContainsFunc(words, func(w string) bool { return overlaps(w, s) }) {
			words = append(words, s)
		}
	}
	return words
}

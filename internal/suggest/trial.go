package suggest

import (
	"math"
	"slices"
	"strings"
)

// Result is how often methods were right about texts that they had not seen.
type Result struct {
	Examples, Answers int
	Right             float64 // of the model
	Counting          float64 // of multinomial naive Bayes over the same words
	Commonest         float64 // of always giving the commonest answer
	Sure, SureRight   float64 // share of guesses with Sure ≥ 0.6, and how many of those were right
}

// Trial cuts the examples into folds, learns from all but one and asks about that one,
// for each in turn. An answer that is given only once is asked about all the same.
func Trial(past []Example, folds int) (r Result) {
	past = slices.DeleteFunc(slices.Clone(past), func(e Example) bool { return e.Answer == "" || len(features(e.Text)) == 0 })
	answers := map[string]int{}
	for _, e := range past {
		answers[e.Answer]++
	}
	r.Examples, r.Answers = len(past), len(answers)
	var right, counting, commonest, sure, sureRight int
	stride := coprime(len(past))
	for fold := range folds {
		var known, asked []Example
		for i, at := 0, 0; i < len(past); i, at = i+1, (at+stride)%len(past) {
			if i%folds == fold {
				asked = append(asked, past[at])
			} else {
				known = append(known, past[at])
			}
		}
		m, b := Learn(known), count(known)
		for _, e := range asked {
			g, ok := m.Ask(e.Text)
			if !ok {
				g.Answer = b.commonest
			}
			if g.Answer == e.Answer {
				right++
			}
			if g.Sure >= 0.6 {
				if sure++; g.Answer == e.Answer {
					sureRight++
				}
			}
			if b.guess(e.Text) == e.Answer {
				counting++
			}
			if b.commonest == e.Answer {
				commonest++
			}
		}
	}
	n := float64(max(len(past), 1))
	r.Right, r.Counting, r.Commonest = float64(right)/n, float64(counting)/n, float64(commonest)/n
	r.Sure, r.SureRight = float64(sure)/n, float64(sureRight)/float64(max(sure, 1))
	return r
}

// bayes is multinomial naive Bayes: what the model has to be better than.
type bayes struct {
	commonest string
	of        map[string]int            // examples by answer
	said      map[string]map[string]int // by answer, by feature
	sum       map[string]int
	words     map[string]bool
	n         int
}

func count(past []Example) *bayes {
	b := &bayes{of: map[string]int{}, said: map[string]map[string]int{}, sum: map[string]int{}, words: map[string]bool{}, n: len(past)}
	for _, e := range past {
		b.of[e.Answer]++
		if b.said[e.Answer] == nil {
			b.said[e.Answer] = map[string]int{}
		}
		for _, f := range once(features(e.Text)) {
			b.said[e.Answer][f.key]++
			b.sum[e.Answer]++
			b.words[f.key] = true
		}
		if n := b.of[e.Answer]; n > b.of[b.commonest] || n == b.of[b.commonest] && e.Answer < b.commonest {
			b.commonest = e.Answer
		}
	}
	return b
}

func (b *bayes) guess(text string) (best string) {
	f := once(features(text))
	top := math.Inf(-1)
	for a, n := range b.of {
		score := math.Log(float64(n) / float64(b.n))
		for _, x := range f {
			if b.words[x.key] {
				score += math.Log((float64(b.said[a][x.key]) + 0.1) / (float64(b.sum[a]) + 0.1*float64(len(b.words))))
			}
		}
		if score > top || score == top && a < best {
			top, best = score, a
		}
	}
	return best
}

// overlaps says whether two spans say partly the same.
func overlaps(a, b string) bool { return strings.Contains(a, b) || strings.Contains(b, a) }

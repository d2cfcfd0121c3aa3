package forecast

import (
	"cmp"
	"math"
	"slices"
)

const (
	shortest = 6  // months; below, nothing can be tried
	moments  = 12 // origins of a back-test at most
	combined = 7  // methods in a combination

	// lead is how many times worse a combination must be before one method speaks alone:
	// the best of many on few months is partly luck. Three to seven methods and 1 to 1.4
	// were tried on months 49 to 72 of the hospital series of bench/demand.go; the twelve
	// months after, which are what is published, had no part in it.
	lead = 1.25
)

// chosen is the method that speaks.
type chosen struct {
	name  string
	parts []string
	trial Trial
	tried []Trial
	say   func(y []float64, months int) []float64
}

// origins are the moments in the past at which every method is asked: how many months
// were known then. The last leaves exactly months to compare with; they go back in
// steps of a month, or of a quarter of what is looked ahead, and leave half of what is
// known and four months to learn from.
func origins(known, months int) []int {
	step := max(1, months/4)
	var all []int
	for o := known - months; len(all) < moments && o >= max(4, min(known/2, known-months)); o -= step {
		all = append(all, o)
	}
	return all
}

// choose tries every method on the past of y, and the combinations of those that did
// best, and takes the best. It never looks at a month it has not been given, and no
// method sees a month it is compared with.
func choose(y []float64, of []method, months int) chosen {
	if len(y)-months < 4 {
		months = max(1, len(y)-4) // look less far ahead rather than try nothing
	}
	at := origins(len(y), months)
	var able []method
	for _, m := range of {
		if m.fits(y) && m.least <= at[len(at)-1] {
			able = append(able, m)
		}
	}
	said := make([][][]float64, len(able)) // by method, by origin
	var tried []Trial
	for i, m := range able {
		said[i] = make([][]float64, len(at))
		for k, o := range at {
			said[i][k] = m.say(y[:o:o], months)
		}
		tried = append(tried, weigh(m.name, y, at, said[i]))
	}
	order := make([]int, len(able))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(tried[a].score, tried[b].score) })
	c := chosen{name: able[order[0]].name, trial: tried[order[0]], say: able[order[0]].say}
	best := order[:min(combined, len(order))]
	if len(best) >= 3 {
		var names []string
		for _, i := range best {
			names = append(names, able[i].name)
		}
		for _, how := range []struct {
			name string
			of   func([]float64) float64
		}{{MeanOfBest, mean}, {MedianOfBest, median}} {
			together := make([][]float64, len(at))
			for k := range at {
				together[k] = blend(how.of, best, func(i int) []float64 { return said[i][k] })
			}
			t := weigh(how.name, y, at, together)
			tried = append(tried, t)
			if t.score <= c.trial.score || c.parts == nil && t.score <= c.trial.score*lead {
				c = chosen{name: how.name, parts: names, trial: t, say: func(y []float64, months int) []float64 {
					return blend(how.of, best, func(i int) []float64 { return able[i].say(y, months) })
				}}
			}
		}
	}
	slices.SortStableFunc(tried, func(a, b Trial) int { return cmp.Compare(a.score, b.score) })
	c.tried = tried
	return c
}

func blend(how func([]float64) float64, of []int, said func(i int) []float64) []float64 {
	var all [][]float64
	for _, i := range of {
		all = append(all, said(i))
	}
	out := make([]float64, len(all[0]))
	at := make([]float64, len(all))
	for h := range out {
		for k := range all {
			at[k] = all[k][h]
		}
		out[h] = how(at)
	}
	return out
}

func median(of []float64) float64 {
	s := slices.Sorted(slices.Values(of))
	if n := len(s); n%2 == 0 {
		return (s[n/2-1] + s[n/2]) / 2
	}
	return s[len(s)/2]
}

// weigh compares what was said at each origin with what came.
func weigh(name string, y []float64, at []int, said [][]float64) Trial {
	t := Trial{Method: name, Origins: len(at)}
	var off, squares, used float64
	for k, o := range at {
		for h, v := range said[k] {
			d := math.Abs(y[o+h] - v)
			t.miss, t.far = append(t.miss, d), append(t.far, h+1)
			off, squares, used = off+d, squares+d*d, used+y[o+h]
		}
	}
	t.Months = len(t.miss)
	t.Error = off / float64(t.Months) / Scale(y[:at[len(at)-1]])
	if used > 0 {
		t.Share = off / used
	}
	// Where most months are empty the smallest absolute error belongs to the one who
	// always says nothing; squares do not fall for that.
	t.score = off
	if gappy(y) {
		t.score = math.Sqrt(squares)
	}
	return t
}

// Scale is the mean absolute step from a month to the same month of the year after, or
// to the next month where little more than a year is known: the error of copying, by
// which errors of great and small series become comparable. A series that never moves
// has the scale of its mean, or 1.
func Scale(y []float64) float64 {
	for _, lag := range []int{Season, 1} {
		if lag == Season && len(y) < Season+6 {
			continue
		}
		sum := 0.0
		for i := lag; i < len(y); i++ {
			sum += math.Abs(y[i] - y[i-lag])
		}
		if sum > 0 {
			return sum / float64(len(y)-lag)
		}
	}
	if m := mean(y); m > 0 {
		return m
	}
	return 1
}

// HoldOut hides the last months of y, looks ahead from the rest, and compares: the mean
// absolute error of every method that fits the rest and of the choice ("" its name), in
// Scale of the rest. The choice is made on the rest alone.
func HoldOut(y []float64, last int) map[string]float64 {
	rest, came := y[:len(y)-last:len(y)-last], y[len(y)-last:]
	off := func(said []float64) float64 {
		sum := 0.0
		for i, v := range said {
			sum += math.Abs(v - came[i])
		}
		return sum / float64(last) / Scale(rest)
	}
	all := map[string]float64{}
	for _, m := range methods {
		if len(rest) >= m.least && m.fits(rest) {
			all[m.name] = off(m.say(rest, last))
		}
	}
	o := Next(rest, last)
	said := make([]float64, last)
	for i, m := range o.Months {
		said[i] = m.Likely
	}
	all[""] = off(said)
	return all
}

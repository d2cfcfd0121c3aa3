package forecast

import "math"

// Names of methods, as pages look them up in their words.
const (
	Mean           = "mean"     // of everything known
	Last3          = "last3"    // mean of the last three months
	Last6          = "last6"    // of the last six
	Last12         = "last12"   // of the last year
	SeasonNaive    = "season"   // the same month of last year
	Simple         = "simple"   // exponential smoothing of the level
	Trend          = "trend"    // Holt: level and trend
	Damped         = "damped"   // Holt with a trend that fades
	Additive       = "additive" // Holt-Winters, the season is added
	Multiplicative = "multiplicative"
	Deseasoned     = "deseasoned" // level smoothed after the season was taken out
	ThetaMethod    = "theta"
	SBA            = "sba" // Croston, corrected after Syntetos and Boylan
	TSB            = "tsb" // Teunter, Syntetos, Babai: the chance of a demand fades
	MeanOfBest     = "mean_of_best"
	MedianOfBest   = "median_of_best"
)

// method is one way of looking ahead.
type method struct {
	name  string
	least int // months it must know
	fits  func(y []float64) bool
	say   func(y []float64, months int) []float64
}

// methods in the order of plainness: of two that did equally well the plainer is taken.
var methods = []method{
	{Mean, 1, always, func(y []float64, h int) []float64 { return flat(mean(y), h) }},
	{Last3, 3, always, lastOf(3)},
	{Last6, 6, always, lastOf(6)},
	{Last12, 12, always, lastOf(12)},
	{SeasonNaive, Season, always, seasonBefore},
	{Simple, 4, always, simple},
	{Trend, 6, steady, func(y []float64, h int) []float64 { return holt(y, h, false) }},
	{Damped, 6, steady, func(y []float64, h int) []float64 { return holt(y, h, true) }},
	{ThetaMethod, 6, steady, theta},
	{Deseasoned, 2*Season + 6, steady, deseasoned},
	{Additive, 2*Season + 6, steady, func(y []float64, h int) []float64 { return winters(y, h, false) }},
	{Multiplicative, 2*Season + 6, positive, func(y []float64, h int) []float64 { return winters(y, h, true) }},
	{SBA, 4, gappy, func(y []float64, h int) []float64 { return croston(y, h) }},
	{TSB, 4, gappy, func(y []float64, h int) []float64 { return fading(y, h) }},
}

// Names lists every method and both combinations, the plainest first.
func Names() []string {
	var all []string
	for _, m := range methods {
		all = append(all, m.name)
	}
	return append(all, MeanOfBest, MedianOfBest)
}

func always([]float64) bool { return true }

// gappy is a thing that is not needed every month: at least a quarter of its months
// are empty. What looks for a trend or a season there finds accidents.
func gappy(y []float64) bool {
	empty := 0
	for _, v := range y {
		if v == 0 {
			empty++
		}
	}
	return empty*4 >= len(y)
}

func steady(y []float64) bool { return !gappy(y) }

func positive(y []float64) bool {
	for _, v := range y {
		if v <= 0 {
			return false
		}
	}
	return true
}

func flat(v float64, months int) []float64 {
	all := make([]float64, months)
	for i := range all {
		all[i] = math.Max(v, 0)
	}
	return all
}

func lastOf(n int) func([]float64, int) []float64 {
	return func(y []float64, h int) []float64 { return flat(mean(y[max(0, len(y)-n):]), h) }
}

func seasonBefore(y []float64, h int) []float64 {
	all := make([]float64, h)
	for i := range all {
		all[i] = y[len(y)-Season+i%Season]
	}
	return all
}

// croston smooths the size of demands and the months between them apart, and takes off
// half the smoothing constant, by which the plain quotient is too high (Syntetos and
// Boylan 2005).
func croston(y []float64, h int) []float64 {
	say := func(a float64) (now float64, off float64) {
		size, gap, since, begun := 0.0, 1.0, 0.0, false
		for _, v := range y {
			if begun {
				d := v - (1-a/2)*size/gap
				off += d * d
			}
			since++
			if v > 0 {
				if !begun {
					size, gap, begun = v, math.Max(1, float64(len(y))/float64(demands(y))), true
				} else {
					size += a * (v - size)
					gap += a * (since - gap)
				}
				since = 0
			}
		}
		return (1 - a/2) * size / gap, off
	}
	return bestFlat(h, say)
}

// fading smooths the chance that anything is needed in a month and how much then; the
// chance falls in every empty month, so that what nobody uses any more goes to zero.
func fading(y []float64, h int) []float64 {
	share := float64(demands(y)) / float64(len(y))
	say := func(a float64) (now float64, off float64) {
		size, chance, begun := 0.0, share, false
		for _, v := range y {
			if begun {
				d := v - chance*size
				off += d * d
			}
			if v > 0 {
				if !begun {
					size, begun = v, true
				}
				size += a * (v - size)
				chance += a * (1 - chance)
			} else {
				chance -= a * chance
			}
		}
		return chance * size, off
	}
	return bestFlat(h, say)
}

func demands(y []float64) int {
	n := 0
	for _, v := range y {
		if v > 0 {
			n++
		}
	}
	return max(n, 1)
}

// bestFlat takes the smoothing constant with the least squared error among the few that
// are sensible for rare demand.
func bestFlat(h int, say func(a float64) (now, off float64)) []float64 {
	least, best := math.Inf(1), 0.0
	for _, a := range []float64{0.05, 0.1, 0.15, 0.2, 0.25, 0.3} {
		if now, off := say(a); off < least {
			least, best = off, now
		}
	}
	return flat(best, h)
}

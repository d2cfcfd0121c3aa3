// Package forecast tells a planner how much of a thing the house will probably need
// next month, and how far that may be trusted. It reads nothing but the months that
// were consumed: every method is tried on the months that are known already, and the
// one that would have served best there speaks for the months to come.
//
// No method is believed for its name. A back-test stands at several past months (the
// origins), gives each method only what was known then, and compares what it said with
// what came. A series too short for that gets a plain mean, and says so.
package forecast

import (
	"math"
	"slices"
)

// Season is how many months make a year of a season.
const Season = 12

// Confidence is the share of months that is meant to fall between Low and High.
const Confidence = 0.80

// Month is one month to come, in the unit of the series and never below zero.
type Month struct {
	Likely, Low, High float64
}

// Surety says in one word how far an outlook may be trusted.
type Surety string

const (
	Firm    Surety = "firm"    // High lies within 15 % of Likely
	Fair    Surety = "fair"    // within 40 %
	Loose   Surety = "loose"   // further away
	Unknown Surety = "unknown" // too short to be tried: nobody knows
)

// Trial is how one method did in the back-test.
type Trial struct {
	Method  string
	Error   float64 // mean absolute error ÷ that of the season before (of the month before, if short): below 1 is better than copying
	Share   float64 // sum of absolute errors ÷ sum of what was consumed in those months; 0.12 reads "off by 12 %"
	Months  int     // months compared
	Origins int     // moments it was asked at

	score float64   // what the choice goes by
	miss  []float64 // absolute errors by the distance in months, all origins together
	far   []int     // how far ahead each miss was, from 1
}

// Outlook is what is to be expected and how that was found.
type Outlook struct {
	Method string   // one of Names
	Parts  []string // the methods a combination is made of, best first
	Months []Month
	Best   Trial   // of the method chosen; zero when nothing could be tried
	Tried  []Trial // every method that could be tried, best first
	Known  int     // months known, counted from the first in which something was consumed
	Sure   Surety
}

// Next looks ahead months months from what was consumed per month, oldest first.
// Months before the first consumption are not counted: the thing was not yet in use.
// A series of fewer than six months is too short to try anything on: its mean is
// given with Sure Unknown. Nothing consumed, or nothing asked, gives zero.
// Negative months (more came back than went out) count as zero.
func Next(known []float64, months int) Outlook {
	y := inUse(known)
	o := Outlook{Method: Mean, Known: len(y), Sure: Unknown, Months: make([]Month, max(months, 0))}
	if len(y) == 0 || months <= 0 {
		return o
	}
	said := mean(y)
	if len(y) < shortest {
		least, most := slices.Min(y), slices.Max(y)
		for i := range o.Months {
			o.Months[i] = Month{Likely: said, Low: least, High: most}
		}
		return o
	}
	c := choose(y, methods, min(months, Season))
	o.Method, o.Parts, o.Best, o.Tried = c.name, c.parts, c.trial, c.tried
	say := c.say(y, months)
	wide := spread(c.trial, months)
	for i, v := range say {
		o.Months[i] = Month{Likely: v, Low: math.Max(0, v-wide[i]), High: v + wide[i]}
	}
	o.Sure = surety(o.Months[0])
	return o
}

func surety(m Month) Surety {
	switch {
	case m.Likely <= 0 && m.High <= 0:
		return Firm // nothing is used, and nothing was
	case m.High-m.Likely <= 0.15*m.Likely:
		return Firm
	case m.High-m.Likely <= 0.40*m.Likely:
		return Fair
	}
	return Loose
}

// spread is half the width of the interval for each month ahead: the share Confidence of
// the misses at that distance or a near one, never narrower than a month before.
func spread(t Trial, months int) []float64 {
	wide := make([]float64, months)
	for i := range wide {
		var near []float64
		for reach := 0; len(near) < 8 && reach <= months+Season; reach++ {
			near = near[:0]
			for k, far := range t.far {
				if d := far - (i + 1); d >= -reach && d <= reach {
					near = append(near, t.miss[k])
				}
			}
		}
		wide[i] = quantile(near, Confidence)
		if i > 0 {
			wide[i] = math.Max(wide[i], wide[i-1])
		}
	}
	return wide
}

// quantile of few values, leaning to the wide side: of n values the ceil(p·(n+1))th.
func quantile(of []float64, p float64) float64 {
	if len(of) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(of))
	return sorted[min(int(math.Ceil(p*float64(len(sorted)+1))), len(sorted))-1]
}

// inUse leaves out the months before the first consumption and what went below zero.
func inUse(known []float64) []float64 {
	var y []float64
	for _, v := range known {
		if v = math.Max(v, 0); v > 0 || len(y) > 0 {
			y = append(y, v)
		}
	}
	return y
}

func mean(y []float64) float64 {
	if len(y) == 0 {
		return 0
	}
	sum := 0.0
	for _, v := range y {
		sum += v
	}
	return sum / float64(len(y))
}

package forecast

import "math"

// descend looks for the parameters with the least f by going along each in turn with
// steps that halve: exact enough for smoothing constants, and the same every time.
func descend(at, low, high []float64, f func([]float64) float64) []float64 {
	best := f(at)
	for step := 0.2; step > 0.012; {
		better := false
		for i := range at {
			for _, d := range [2]float64{step, -step} {
				was := at[i]
				at[i] = math.Min(high[i], math.Max(low[i], was+d*(high[i]-low[i])))
				if at[i] == was {
					continue
				}
				if v := f(at); v < best-1e-12*math.Abs(best) {
					best, better = v, true
					break
				}
				at[i] = was
			}
		}
		if !better {
			step /= 2
		}
	}
	return at
}

// simple is exponential smoothing of the level. It starts from the mean of the first
// months, so that one odd first month does not pull all.
func simple(y []float64, h int) []float64 {
	level, _ := level(y)
	return flat(level, h)
}

func level(y []float64) (now, a float64) {
	start := mean(y[:min(len(y), 6)])
	run := func(a float64) (l, off float64) {
		l = start
		for _, v := range y {
			d := v - l
			off += d * d
			l += a * d
		}
		return l, off
	}
	p := descend([]float64{0.2}, []float64{0.01}, []float64{0.99}, func(p []float64) float64 { _, off := run(p[0]); return off })
	now, _ = run(p[0])
	return now, p[0]
}

// holt smooths level and trend; damped lets the trend fade by a factor each month.
func holt(y []float64, h int, damped bool) []float64 {
	first := min(len(y), Season)
	slope, start := line(y[:first])
	run := func(p []float64) (l, b, off float64) {
		l, b = start, slope
		for _, v := range y {
			said := l + p[2]*b
			d := v - said
			off += d * d
			l, b = said+p[0]*d, p[2]*b+p[0]*p[1]*d
		}
		return
	}
	at, low, high := []float64{0.2, 0.1, 1}, []float64{0.01, 0, 1}, []float64{0.99, 0.99, 1}
	if damped {
		at[2], low[2], high[2] = 0.9, 0.8, 0.98
	}
	p := descend(at, low, high, func(p []float64) float64 { _, _, off := run(p); return off })
	l, b, _ := run(p)
	all := make([]float64, h)
	for i := range all {
		b *= p[2]
		l += b
		all[i] = math.Max(0, l)
	}
	return all
}

// line is the straight line of least squares: slope per month and the value one month
// before the first.
func line(y []float64) (slope, before float64) {
	n := float64(len(y))
	if n < 2 {
		return 0, mean(y)
	}
	mx, my := (n-1)/2, mean(y)
	var xy, xx float64
	for i, v := range y {
		xy += (float64(i) - mx) * (v - my)
		xx += (float64(i) - mx) * (float64(i) - mx)
	}
	slope = xy / xx
	return slope, my - slope*(mx+1)
}

// winters is Holt-Winters with a trend that fades, the season added or multiplied. It
// starts from the seasons of the classical decomposition.
func winters(y []float64, h int, times bool) []float64 {
	index := seasons(y, times)
	free := make([]float64, len(y))
	for i, v := range y {
		free[i] = without(v, index[i%Season], times)
	}
	slope, start := line(free[:min(len(free), 2*Season)])
	var s [Season]float64
	run := func(p []float64) (l, b, off float64) {
		copy(s[:], index)
		l, b = start, slope
		for i, v := range y {
			k := i % Season
			base := l + p[3]*b
			if base <= 0 && times {
				base = 1e-9
			}
			said := with(base, s[k], times)
			d := v - said
			off += d * d
			if times {
				e := d / math.Max(s[k], 1e-9)
				l, b = base+p[0]*e, p[3]*b+p[0]*p[1]*e
				s[k] = math.Max(0, s[k]+p[2]*(1-p[0])*d/base)
			} else {
				l, b = base+p[0]*d, p[3]*b+p[0]*p[1]*d
				s[k] += p[2] * (1 - p[0]) * d
			}
		}
		return
	}
	p := descend([]float64{0.2, 0.05, 0.1, 0.9}, []float64{0.01, 0, 0, 0.8}, []float64{0.99, 0.5, 0.6, 0.98},
		func(p []float64) float64 { _, _, off := run(p); return off })
	l, b, _ := run(p)
	all := make([]float64, h)
	for i := range all {
		b *= p[3]
		l += b
		all[i] = math.Max(0, with(l, s[(len(y)+i)%Season], times))
	}
	return all
}

func with(v, season float64, times bool) float64 {
	if times {
		return v * season
	}
	return v + season
}

func without(v, season float64, times bool) float64 {
	if times {
		return v / math.Max(season, 1e-9)
	}
	return v - season
}

// seasons is the classical decomposition: each month against the centred mean of its
// year, averaged over the years, together neutral. y knows two years at least.
func seasons(y []float64, times bool) []float64 {
	var sum, n [Season]float64
	const half = Season / 2
	for i := half; i+half < len(y); i++ {
		year := (y[i-half] + y[i+half]) / 2
		for k := i - half + 1; k < i+half; k++ {
			year += y[k]
		}
		year /= Season
		if times && year <= 0 {
			continue
		}
		sum[i%Season] += without(y[i], year, times)
		n[i%Season]++
	}
	index := make([]float64, Season)
	total := 0.0
	for k := range index {
		switch {
		case n[k] > 0:
			index[k] = sum[k] / n[k]
		case times:
			index[k] = 1
		}
		total += index[k]
	}
	for k := range index {
		if times && total > 0 {
			index[k] *= Season / total
		} else if !times {
			index[k] -= total / Season
		}
	}
	return index
}

// seasonal tells whether a year repeats itself: the autocorrelation at twelve months
// lies outside what chance gives in nine of ten series (Bartlett's limits).
func seasonal(y []float64) bool {
	if len(y) < 2*Season+6 {
		return false
	}
	m := mean(y)
	var c [Season + 1]float64
	for lag := range c {
		for i := lag; i < len(y); i++ {
			c[lag] += (y[i] - m) * (y[i-lag] - m)
		}
	}
	if c[0] == 0 {
		return false
	}
	sum := 1.0
	for lag := 1; lag < Season; lag++ {
		r := c[lag] / c[0]
		sum += 2 * r * r
	}
	return math.Abs(c[Season]/c[0]) > 1.645*math.Sqrt(sum/float64(len(y)))
}

// deseason takes the season out, multiplied where no month is empty, and tells how to
// put it back.
func deseason(y []float64) (free []float64, back func(v float64, ahead int) float64) {
	times := positive(y)
	index := seasons(y, times)
	free = make([]float64, len(y))
	for i, v := range y {
		free[i] = without(v, index[i%Season], times)
	}
	return free, func(v float64, ahead int) float64 {
		return math.Max(0, with(v, index[(len(y)+ahead)%Season], times))
	}
}

func deseasoned(y []float64, h int) []float64 {
	free, back := deseason(y)
	all := make([]float64, h)
	now, _ := level(free)
	for i := range all {
		all[i] = back(now, i)
	}
	return all
}

// theta is the method of Assimakopoulos and Nikolopoulos: the level smoothed, with half
// the slope of the straight line, and the season taken out where there is one
// (Hyndman and Billah 2003 give the form used here).
func theta(y []float64, h int) []float64 {
	free, back := y, func(v float64, _ int) float64 { return math.Max(0, v) }
	if seasonal(y) {
		free, back = deseason(y)
	}
	now, a := level(free)
	slope, _ := line(free)
	all := make([]float64, h)
	for i := range all {
		n := float64(len(y))
		all[i] = back(now+slope/2*(float64(i)+(1-math.Pow(1-a, n))/a), i)
	}
	return all
}

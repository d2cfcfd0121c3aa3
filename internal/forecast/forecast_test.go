package forecast

import (
	"math"
	"reflect"
	"slices"
	"testing"
)

func rise(n int, from, step float64) []float64 {
	y := make([]float64, n)
	for i := range y {
		y[i] = from + step*float64(i)
	}
	return y
}

var yearly = []float64{100, 80, 60, 40, 20, 40, 60, 80, 100, 140, 160, 120}

func years(n int, by float64) (y []float64) {
	f := 1.0
	for range n {
		for _, v := range yearly {
			y = append(y, v*f)
		}
		f *= by
	}
	return y
}

func near(a, b, within float64) bool { return math.Abs(a-b) <= within }

func TestSeriesWithKnownAnswers(t *testing.T) {
	wave := years(5, 1)
	rare := make([]float64, 40) // a dozen now and then, about every third month: four a month
	for _, i := range []int{0, 2, 6, 9, 11, 15, 18, 22, 24, 27, 31, 33, 37} {
		rare[i] = 12
	}
	over := append(slices.Repeat([]float64{10, 0, 12}, 8), make([]float64, 24)...) // nobody uses it any more
	for _, c := range []struct {
		name   string
		known  []float64
		months int
		want   []float64
		within float64
		sure   Surety
	}{
		{"always the same", slices.Repeat([]float64{30}, 24), 3, []float64{30, 30, 30}, 0.01, Firm},
		{"two more each month", rise(36, 10, 2), 2, []float64{82, 84}, 0.5, Firm},
		{"the same year again and again", wave, 12, yearly, 0.5, Firm},
		{"every third month", rare, 1, []float64{4}, 1.5, Loose},
		{"out of use for two years", over, 1, []float64{0}, 0.5, Firm},
		{"new, seven months", []float64{20, 22, 18, 20, 21, 19, 20}, 1, []float64{20}, 1, Firm},
		{"empty months before it was in use", append(make([]float64, 30), 30, 30, 30, 30, 30, 30, 30, 30), 1, []float64{30}, 0.01, Firm},
		{"more came back than went out", []float64{10, 10, -5, 10, 10}, 1, []float64{8}, 0.01, Unknown},
		{"more months asked than a year", wave, 14, append(slices.Clone(yearly), yearly[:2]...), 0.5, Firm},
	} {
		o := Next(c.known, c.months)
		if len(o.Months) != c.months || o.Sure != c.sure {
			t.Errorf("%s: %d months, %s by %s %v, first %+v", c.name, len(o.Months), o.Sure, o.Method, o.Parts, o.Months[0])
			continue
		}
		for i, m := range o.Months {
			if !near(m.Likely, c.want[i], c.within) || m.Low > m.Likely || m.High < m.Likely || m.Low < 0 {
				t.Errorf("%s, month %d: %+v by %s, want %g", c.name, i+1, m, o.Method, c.want[i])
			}
		}
	}
}

// What is too short to try anything on is told plainly instead of being dressed up.
func TestTooShortFallsBackPlainly(t *testing.T) {
	for _, c := range []struct {
		known []float64
		want  Month
	}{
		{nil, Month{}},
		{[]float64{0, 0, 0, 0, 0, 0, 0, 0}, Month{}},
		{[]float64{12}, Month{12, 12, 12}},
		{[]float64{0, 0, 10, 20, 30}, Month{20, 10, 30}},
	} {
		o := Next(c.known, 2)
		if o.Method != Mean || o.Sure != Unknown || o.Tried != nil || o.Months[0] != c.want || o.Months[1] != c.want {
			t.Errorf("%v: %+v", c.known, o)
		}
	}
	if o := Next([]float64{1, 2, 3}, 0); len(o.Months) != 0 {
		t.Errorf("nothing asked: %+v", o)
	}
	for n := shortest; n < 40; n++ { // every length has an answer
		for _, h := range []int{1, 2, 12} {
			for _, y := range [][]float64{rise(n, 5, 1), slices.Repeat([]float64{0, 7, 0}, n)[:n]} {
				if o := Next(y, h); len(o.Months) != h || o.Known > shortest && o.Best.Months == 0 || math.IsNaN(o.Months[0].Likely) {
					t.Fatalf("%d months known, %d asked: %+v", n, h, o)
				}
			}
		}
	}
}

// A method that could see one month beyond what it is given would win every back-test.
// This one tries, through the array behind its slice; what it finds there must be nothing.
func TestTheBackTestGivesNothingAway(t *testing.T) {
	y := []float64{3, 90, 4, 70, 5, 95, 2, 60, 1, 88, 6, 77, 9, 40, 3, 66, 2, 91, 5, 55}
	peeped := 0
	peeper := method{"peeper", 1, always, func(y []float64, h int) []float64 {
		beyond := y[len(y):cap(y)]
		peeped += len(beyond)
		out := flat(-1, h)
		for i := range out {
			out[i] = -1000
			if i < len(beyond) {
				out[i] = beyond[i]
			}
		}
		return out
	}}
	if c := choose(y[:len(y):len(y)], append([]method{peeper}, methods...), 2); c.name == "peeper" || peeped > 0 {
		t.Errorf("%s was chosen, %d months were seen", c.name, peeped)
	}
	for _, at := range [][]int{origins(60, 1), origins(60, 12), origins(20, 2)} {
		for _, o := range at {
			if o < 4 {
				t.Errorf("asked with %d months known", o)
			}
		}
	}
	if at := origins(60, 12); at[0] != 48 {
		t.Errorf("the last origin leaves %d months to compare with, not 12", 60-at[0])
	}
}

// What is hidden may be anything: what is chosen and said does not change. The rest is
// flat and the hidden year a wave, so that a choice which knew it would take the season.
func TestTheChoiceDoesNotSeeWhatIsHidden(t *testing.T) {
	known := slices.Repeat([]float64{50, 54, 46}, 16)
	calm := append(slices.Clone(known), slices.Repeat([]float64{50, 54, 46}, 4)...)
	storm := append(slices.Clone(known), slices.Repeat([]float64{500, 0, 900}, 4)...)
	a, b := Next(calm[:48], 12), Next(storm[:48], 12)
	if !reflect.DeepEqual(a, b) {
		t.Errorf("the same known months gave %v and %v", a.Months, b.Months)
	}
	said := make([]float64, 12)
	for i, m := range a.Months {
		said[i] = m.Likely
	}
	for _, y := range [][]float64{calm, storm} {
		off := 0.0
		for i, v := range said {
			off += math.Abs(y[48+i] - v)
		}
		if got, want := HoldOut(y, 12)[""], off/12/Scale(y[:48]); !near(got, want, 1e-9) {
			t.Errorf("the choice scores %g where what was said before scores %g", got, want)
		}
	}
}

func TestEachMethod(t *testing.T) {
	say := func(name string, y []float64, h int) []float64 {
		for _, m := range methods {
			if m.name == name {
				return m.say(y, h)
			}
		}
		t.Fatalf("no method %s", name)
		return nil
	}
	up := rise(36, 10, 2)
	growing := years(5, 1.1)
	for _, c := range []struct {
		method string
		known  []float64
		want   float64 // of the first month
		within float64
	}{
		{Mean, up, 45, 0.01},
		{Last3, up, 78, 0.01},
		{Last6, up, 75, 0.01},
		{Last12, up, 69, 0.01},
		{SeasonNaive, up, 58, 0.01},
		{Simple, up, 80, 0.5},
		{Trend, up, 82, 0.2},
		{Damped, up, 82, 1},
		{ThetaMethod, up, 82, 1.5},
		{Deseasoned, years(5, 1), 100, 0.1},
		{Additive, years(5, 1), 100, 0.5},
		{Multiplicative, growing, 161, 6},
		{SBA, slices.Repeat([]float64{0, 0, 12}, 12), 4, 0.8},
		{TSB, slices.Repeat([]float64{0, 0, 12}, 12), 4, 1.2},
		{TSB, append(slices.Repeat([]float64{0, 0, 12}, 8), make([]float64, 36)...), 0, 1},
	} {
		if got := say(c.method, c.known, 1)[0]; !near(got, c.want, c.within) {
			t.Errorf("%s says %g, not %g", c.method, got, c.want)
		}
	}
}

// A single method must be clearly better than several together; where it is, it speaks.
func TestOneSpeaksAloneOnlyWhenItIsClearlyBetter(t *testing.T) {
	if o := Next(years(5, 1), 1); o.Parts != nil {
		t.Errorf("a perfect year is spoken for by %s %v", o.Method, o.Parts)
	}
	noisy := []float64{31, 28, 35, 30, 27, 33, 29, 36, 32, 26, 34, 30, 29, 33, 31, 27, 35, 28, 30, 34, 32, 29, 26, 33}
	if o := Next(noisy, 1); len(o.Parts) < 3 || o.Best.Method != o.Method || o.Tried[0].Months == 0 {
		t.Errorf("noise is spoken for by %s %v", o.Method, o.Parts)
	}
}

func FuzzNext(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8}, 2)
	f.Add([]byte{0, 0, 255, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 9}, 12)
	f.Fuzz(func(t *testing.T, months []byte, ahead int) {
		y := make([]float64, len(months))
		for i, b := range months {
			y[i] = float64(b)
		}
		for _, m := range Next(y, min(max(ahead, 0), 24)).Months {
			if math.IsNaN(m.Likely) || math.IsInf(m.High, 0) || m.Low < 0 || m.Low > m.Likely || m.High < m.Likely {
				t.Errorf("%v: %+v", y, m)
			}
		}
	})
}

package calendar

import (
	"time"

	"houqin/internal/base/period"
)

// Calendar is the hospital's calendar as it stood when it was loaded: a plain
// value that asks neither clock nor database.
type Calendar struct {
	zone   *time.Location
	shifts []Shift
	own    map[period.Day]Exception
}

// New makes a calendar; own exceptions count before the country's holidays, these
// before the weekend. Without shifts it has the default ones.
func New(zone *time.Location, shifts []Shift, own ...Exception) *Calendar {
	if len(shifts) == 0 {
		shifts = Default
	}
	c := &Calendar{zone: zone, shifts: shifts, own: make(map[period.Day]Exception, len(own))}
	for _, e := range own {
		c.own[e.Day] = e
	}
	return c
}

// Shifts are the hours of a working day.
func (c *Calendar) Shifts() []Shift { return c.shifts }

// Known says whether the country's holidays of a year are known. Where they are
// not, IsWorkingDay goes by weekends and the hospital's own exceptions.
func (c *Calendar) Known(year int) bool { return Known(year) }

// Sort is why a day is worked or not.
type Sort string

const (
	Weekday   Sort = "weekday"
	Weekend   Sort = "weekend"
	Holiday   Sort = "holiday"
	Exchanged Sort = "exchanged" // a weekend worked in exchange for a holiday
	Own       Sort = "own"       // the hospital's exception
)

// Day is what the calendar says about a day.
type Day struct {
	Day     period.Day `json:"day"`
	Working bool       `json:"working"`
	Sort    Sort       `json:"sort"`
	Holiday string     `json:"holiday,omitempty"` // the public holiday that it is, or was exchanged for
	Note    string     `json:"note,omitempty"`
}

// Day says what a day is. An unset day is none: not worked.
func (c *Calendar) Day(d period.Day) Day {
	out := Day{Day: d, Working: !weekend(d), Sort: Weekday}
	if d.DayOfMonth() == 0 {
		return Day{}
	}
	if !out.Working {
		out.Sort = Weekend
	}
	if h, ok := holidays().days[d]; ok {
		out.Holiday, out.Working, out.Sort = h.name, !h.off, Exchanged
		if h.off {
			out.Sort = Holiday
		}
	}
	if e, ok := c.own[d]; ok {
		out.Working, out.Sort, out.Note = e.Working, Own, e.Note
	}
	return out
}

// IsWorkingDay says whether the offices work on a day.
func (c *Calendar) IsWorkingDay(d period.Day) bool { return c.Day(d).Working }

// AddDays is the n-th working day after a day, before it for a negative n. For 0
// it is the day itself, worked or not.
func (c *Calendar) AddDays(d period.Day, n int) period.Day {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 && d > period.FirstDay && d < period.LastDay {
		if d = d.AddDays(step); c.IsWorkingDay(d) {
			n--
		}
	}
	return d
}

// DaysBetween counts the working days after one day up to and with another,
// negative backwards.
func (c *Calendar) DaysBetween(from, to period.Day) int {
	if to < from {
		return -c.DaysBetween(to, from)
	}
	n := 0
	for d := from; d < to; {
		if d = d.AddDays(1); c.IsWorkingDay(d) {
			n++
		}
	}
	return n
}

// Add is the moment by which so much working time has passed since from: the first
// one, so that half a day from eight in the morning ends at noon and not at two.
// Backwards for a negative duration: the last moment from which so much remains.
// With 0, or from the zero time, it is from itself. Time that is paused is the
// caller's to leave out.
func (c *Calendar) Add(from time.Time, working time.Duration) time.Time {
	if working < 0 && !from.IsZero() {
		return c.back(from, -working)
	}
	if working == 0 || from.IsZero() {
		return from
	}
	at := from
	for d := period.DayOf(from, c.zone); ; d = d.AddDays(1) {
		for _, s := range c.on(d) {
			if s.from.After(at) {
				at = s.from
			}
			if left := s.to.Sub(at); left >= working {
				return at.Add(working).In(c.zone)
			} else if left > 0 {
				working -= left
			}
		}
		if d >= period.LastDay {
			return at
		}
	}
}

func (c *Calendar) back(from time.Time, working time.Duration) time.Time {
	at := from
	for d := period.DayOf(from, c.zone); ; d = d.AddDays(-1) {
		shifts := c.on(d)
		for i := len(shifts) - 1; i >= 0; i-- {
			s := shifts[i]
			if s.to.Before(at) {
				at = s.to
			}
			if left := at.Sub(s.from); left >= working {
				return at.Add(-working).In(c.zone)
			} else if left > 0 {
				working -= left
			}
		}
		if d <= period.FirstDay {
			return at
		}
	}
}

// Between is the working time from a to b, negative when b lies before a, 0 when
// either is the zero time.
func (c *Calendar) Between(a, b time.Time) time.Duration {
	if a.IsZero() || b.IsZero() {
		return 0
	}
	if b.Before(a) {
		return -c.Between(b, a)
	}
	var sum time.Duration
	last := period.DayOf(b, c.zone)
	for d := period.DayOf(a, c.zone); d <= last; d = d.AddDays(1) {
		for _, s := range c.on(d) {
			if s.from.Before(a) {
				s.from = a
			}
			if s.to.After(b) {
				s.to = b
			}
			if s.to.After(s.from) {
				sum += s.to.Sub(s.from)
			}
		}
		if d >= period.LastDay {
			break
		}
	}
	return sum
}

// Open says whether a moment lies in working hours; their last moment does not.
func (c *Calendar) Open(t time.Time) bool {
	for _, s := range c.on(period.DayOf(t, c.zone)) {
		if !t.Before(s.from) && t.Before(s.to) {
			return true
		}
	}
	return false
}

type stretch struct{ from, to time.Time }

// on are the working hours of a day as moments; none when it is not worked. They
// are set by the clock on the wall, so a day on which clocks change has what
// really passes between the two hands.
func (c *Calendar) on(d period.Day) []stretch {
	if !c.IsWorkingDay(d) {
		return nil
	}
	midnight, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return nil
	}
	y, m, n := midnight.Date()
	out := make([]stretch, len(c.shifts))
	for i, s := range c.shifts {
		out[i] = stretch{time.Date(y, m, n, 0, s.From, 0, 0, c.zone), time.Date(y, m, n, 0, s.To, 0, 0, c.zone)}
	}
	return out
}

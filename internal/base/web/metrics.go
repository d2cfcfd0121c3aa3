package web

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Bounds are the times by which answers are told apart.
var Bounds = []time.Duration{time.Millisecond, 2500 * time.Microsecond, 5 * time.Millisecond, 10 * time.Millisecond, 25 * time.Millisecond,
	50 * time.Millisecond, 100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond, time.Second, 2500 * time.Millisecond, 10 * time.Second}

// Answers are those of one door with one class of status, since the start.
type Answers struct {
	Route string
	Class int           // first digit of the status
	Took  time.Duration // all together
	Count int64
	// Within is how many were given within each of the Bounds.
	Within []int64
}

// metrics counts answers by door. Nobody waits for anybody.
type metrics struct {
	doors   sync.Map // of *door by Route.At
	streams atomic.Int64
}

type door struct{ classes [6]tally }

type tally struct {
	took  atomic.Int64
	count [13]atomic.Int64 // by the first bound that was kept; the last kept none
}

func (m *metrics) note(at string, status int, took time.Duration) {
	d, ok := m.doors.Load(at)
	if !ok {
		d, _ = m.doors.LoadOrStore(at, &door{})
	}
	t := &d.(*door).classes[min(status/100, 5)]
	i, _ := slices.BinarySearch(Bounds, took)
	t.count[i].Add(1)
	t.took.Add(int64(took))
}

// Answers are all that were given, live streams left out, in the order of doors.
func (s *Site) Answers() (all []Answers) {
	s.metrics.doors.Range(func(at, d any) bool {
		for class := range d.(*door).classes {
			t := &d.(*door).classes[class]
			a := Answers{Route: at.(string), Class: class, Took: time.Duration(t.took.Load())}
			for i := range t.count {
				a.Count += t.count[i].Load()
				if i < len(Bounds) {
					a.Within = append(a.Within, a.Count)
				}
			}
			if a.Count > 0 {
				all = append(all, a)
			}
		}
		return true
	})
	slices.SortFunc(all, func(a, b Answers) int { return cmp.Or(cmp.Compare(a.Route, b.Route), a.Class-b.Class) })
	return all
}

// Streams are the live pages that are open now.
func (s *Site) Streams() int64 { return s.metrics.streams.Load() }

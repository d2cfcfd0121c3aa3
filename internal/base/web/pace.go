package web

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"time"

	"houqin/internal/base/fault"
)

// Pace is how often something may be done: so many at once, and one more each time
// that Every has passed. The zero Pace lets everything through.
type Pace struct {
	Burst int
	Every time.Duration
}

// Paces are how much one visitor may ask of the site. What is kept of visitors is
// kept in memory: several copies of the program let through as many times as much.
type Paces struct {
	Stranger Pace // what nobody asks at a door open to anyone, per address
	Knock    Pace // what nobody sends there, per address
	Export   Pace // files of whole lists, per person
	Guest    Pace // what a door takes in from people not known (Req.Unhurried), per address
	Heavy    Pace // what the routes call heavy, per person
	// How many one person may have under way at once.
	Searches, Exports, Streams int
	// AllExports is how many the house makes at once, for everybody.
	AllExports int
}

// usual leaves a ward behind one address at the change of shifts room enough.
var usual = Paces{
	Stranger: Pace{1000, 20 * time.Millisecond}, Knock: Pace{300, 100 * time.Millisecond},
	Guest: Pace{20, 30 * time.Second}, Export: Pace{20, time.Minute}, Heavy: Pace{60, 5 * time.Second},
	Searches: 6, Exports: 2, Streams: 20, AllExports: 8,
}

// crowd keeps who has asked how often, and who has what under way.
type crowd struct {
	mu      sync.Mutex
	buckets map[string]bucket
	busy    map[string]int
	waiting map[string][]chan struct{} // in their order; only while all of key's places are taken
}

type bucket struct {
	left float64
	at   time.Time
}

// remembered bounds the memory for who asked; those who have been quiet are
// forgotten first.
const remembered = 50_000

// pass counts one more of key's, and says how long until the next may come when
// this one may not.
func (c *crowd) pass(p Pace, key string, now time.Time) (wait time.Duration) {
	if p.Burst == 0 {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	b, ok := c.buckets[key]
	if !ok {
		if len(c.buckets) >= remembered {
			c.forget(now)
		}
		b = bucket{float64(p.Burst), now}
	}
	if past := now.Sub(b.at); past > 0 {
		b.left = min(float64(p.Burst), b.left+float64(past)/float64(p.Every))
	}
	b.at = now // also after the clock was set back, else nobody would be let in until it has caught up
	if b.left < 1 {
		wait = time.Duration((1 - b.left) * float64(p.Every))
	} else {
		b.left--
	}
	if c.buckets == nil {
		c.buckets = map[string]bucket{}
	}
	c.buckets[key] = b
	return wait
}

// forget drops those who have asked nothing for ten minutes, and everybody where
// that is not enough.
func (c *crowd) forget(now time.Time) {
	for key, b := range c.buckets {
		if now.Sub(b.at) > 10*time.Minute {
			delete(c.buckets, key)
		}
	}
	if len(c.buckets) >= remembered {
		clear(c.buckets)
	}
}

// enter takes one of key's places; the leaving gives it back. false when none is free.
func (c *crowd) enter(most int, key string) (leave func(), ok bool) {
	leave, _ = c.take(most, key, false)
	return leave, leave != nil
}

// take takes one of key's places, or a turn in the line for one, which is closed when
// the place is there.
func (c *crowd) take(most int, key string, waits bool) (leave func(), turn chan struct{}) {
	if most == 0 {
		return func() {}, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.busy == nil {
		c.busy, c.waiting = map[string]int{}, map[string][]chan struct{}{}
	}
	leave = func() { c.leave(key) }
	switch {
	case c.busy[key] < most:
		c.busy[key]++
	case waits:
		turn = make(chan struct{})
		c.waiting[key] = append(c.waiting[key], turn)
	default:
		return nil, nil
	}
	return leave, turn
}

// leave gives a place to who has waited longest for it.
func (c *crowd) leave(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if line := c.waiting[key]; len(line) > 0 {
		close(line[0])
		c.waiting[key] = line[1:]
		return
	}
	delete(c.waiting, key)
	if c.busy[key]--; c.busy[key] <= 0 {
		delete(c.busy, key)
	}
}

// queue is enter for what takes a moment: it waits its turn for a place.
func (c *crowd) queue(ctx context.Context, most int, key string, patience time.Duration) (leave func(), err error) {
	leave, turn := c.take(most, key, true)
	if turn == nil {
		return leave, nil
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-turn:
		return leave, nil
	case <-late.C:
		err = often(time.Second)
	case <-ctx.Done():
		err = ctx.Err()
	}
	c.mu.Lock()
	place := slices.Index(c.waiting[key], turn)
	if place >= 0 {
		c.waiting[key] = slices.Delete(c.waiting[key], place, place+1)
	}
	c.mu.Unlock()
	if place < 0 { // it came at the same moment
		leave()
	}
	return nil, err
}

func often(wait time.Duration) error {
	return fault.New(fault.TooMany, "base.too_often", max(1, int64((wait+time.Second-1)/time.Second)))
}

// paced refuses who asks too often at a door.
func (r *Req) paced() error {
	c, now := &r.Site.crowd, time.Now()
	limit := func(p Pace, key string) error {
		if wait := c.pass(p, key, now); wait > 0 {
			return often(wait)
		}
		return nil
	}
	if r.Route.Heavy && r.By.ID != "" {
		return limit(r.Site.Paces.Heavy, "heavy "+r.By.ID)
	}
	if r.Route.Need != Anyone || r.By.ID != "" || r.Route.At == "GET /healthz" || r.Route.At == "GET /readyz" {
		return nil
	}
	if r.Method == "POST" {
		return limit(r.Site.Paces.Knock, "knock "+source(address(r.Request)))
	}
	return limit(r.Site.Paces.Stranger, "look "+source(address(r.Request)))
}

// Unhurried refuses, with TooMany, who sends more than Paces.Guest from one address: a
// door that takes in what nobody known says asks it before it does any work.
func (r *Req) Unhurried() error {
	if wait := r.Site.crowd.pass(r.Site.Paces.Guest, "guest "+source(address(r.Request)), time.Now()); wait > 0 {
		return often(wait)
	}
	return nil
}

// source is an address as one visitor's: of IPv6 the first half, which is what one
// household or ward is given.
func source(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if a = a.Unmap().WithZone(""); a.Is6() {
		p, _ := a.Prefix(64)
		return p.String()
	}
	return a.String()
}

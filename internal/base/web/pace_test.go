package web

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"houqin/internal/base/fault"
)

// So many at once, one more each time, and never more for having waited long; one
// visitor's haste is not another's.
//
// Holds: v5.0.0-2.4.1 v5.0.0-15.2.2
func TestPacesLetThroughWhatTheySay(t *testing.T) {
	var c crowd
	p := Pace{Burst: 3, Every: time.Second}
	now := time.Date(2027, 3, 4, 12, 0, 0, 0, time.UTC)
	through := func(key string, tries int) (n int) {
		for range tries {
			if c.pass(p, key, now) == 0 {
				n++
			}
		}
		return n
	}
	if n := through("a", 10); n != 3 {
		t.Errorf("%d at once", n)
	}
	if n := through("b", 10); n != 3 {
		t.Errorf("%d of another", n)
	}
	if wait := c.pass(p, "a", now); wait <= 0 || wait > time.Second {
		t.Errorf("wait %v", wait)
	}
	now = now.Add(2 * time.Second)
	if n := through("a", 10); n != 2 {
		t.Errorf("%d after two seconds", n)
	}
	now = now.Add(time.Hour)
	if n := through("a", 10); n != 3 {
		t.Errorf("%d after an hour", n)
	}
	now = now.Add(-13 * time.Hour) // the clock was set back
	if n := through("a", 10); n != 0 {
		t.Errorf("%d for setting the clock back", n)
	}
	now = now.Add(2 * time.Second)
	if n := through("a", 10); n != 2 {
		t.Errorf("%d two seconds after the clock was set back", n)
	}
	now = now.Add(-2 * time.Hour) // a clock put back opens nothing
	if n := through("a", 10); n != 0 {
		t.Errorf("%d with the clock put back", n)
	}
	if n := through("c", 10); n != 3 {
		t.Errorf("%d of a third", n)
	}
	for i := range 3 * remembered {
		c.pass(p, string(rune(i)), now)
	}
	if len(c.buckets) > remembered {
		t.Errorf("%d visitors are remembered", len(c.buckets))
	}
}

func TestAWardBehindIPv6IsOneSource(t *testing.T) {
	for address, want := range map[string]string{
		"203.0.113.9": "203.0.113.9", "::ffff:203.0.113.9": "203.0.113.9", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "2001:db8:1:2::1": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64", "odd": "odd",
	} {
		if got := source(address); got != want {
			t.Errorf("%s is %s, want %s", address, got, want)
		}
	}
}

var notInside = []string{"https://evil.example/", "//evil.example", `/\evil.example`, `\\evil.example`, "https:evil.example", "https:/evil.example", "javascript:alert(1)", "data:text/html,x",
	"/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example", "/\x00/evil", "///evil.example", "/%0d%0aSet-Cookie:x\r\n", "", "evil", "?x", "#x", "//", `/a\b`, "http://", "/%", "/\u007f"}

// Where a page leads stays in the house.
//
// Holds: v5.0.0-3.7.2 v5.0.0-1.2.2 AB-24
func TestOnlyAddressesOfThisSiteAreInside(t *testing.T) {
	for _, a := range notInside {
		if got := Inside(a); got != "" {
			t.Errorf("%q is inside as %q", a, got)
		}
	}
	for _, a := range []string{"/", "/bells", "/bells?rings.from=1&q=a%5Cb", "/desk/jobs?q=水管#top", "/a%2F%2Fb", "/x?back=https://evil.example"} {
		if Inside(a) != a {
			t.Errorf("%q is not inside", a)
		}
	}
	for _, c := range []struct{ address, want string }{
		{"https://h.example/bells?x=1", "/bells?x=1"}, {"https://evil.example/bells", "/"}, {"/bells", "/bells"}, {"https://h.example//evil.example", "/"}, {"mailto:x", "/"}, {"", "/"}, {"https://h.example", "/"},
	} {
		if got := local(c.address, "h.example"); got != c.want {
			t.Errorf("local %q: %q, want %q", c.address, got, c.want)
		}
	}
}

// FuzzInside reads an address as browsers do, who pass over line ends and take a
// backslash for a stroke, and never leaves the house.
//
// Holds: AB-24 DB3-8.1.4.4-d
func FuzzInside(f *testing.F) {
	for _, a := range notInside {
		f.Add(a)
	}
	f.Add("/desk/jobs?q=水管")
	browser := strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/")
	base, _ := url.Parse("https://h.example/here")
	f.Fuzz(func(t *testing.T, a string) {
		in := Inside(a)
		if in == "" {
			return
		}
		if u, err := base.Parse(strings.TrimSpace(browser.Replace(in))); err != nil || u.Host != "h.example" || u.Scheme != "https" {
			t.Errorf("%q leads to %v (%v)", a, u, err)
		}
	})
}

// A person searches only so much at once: one more waits for a place, and is told so
// when none comes free; another's places are others.
//
// Holds: v5.0.0-15.2.2 v5.0.0-4.3.1 AB-33
func TestOnesOwnSearchesQueue(t *testing.T) {
	var c crowd
	first, err := c.queue(t.Context(), 1, "a", 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.queue(t.Context(), 1, "a", 0); fault.KindOf(err) != fault.TooMany {
		t.Errorf("a second: %v", err)
	}
	if leave, err := c.queue(t.Context(), 1, "b", 0); err != nil {
		t.Errorf("another person: %v", err)
	} else {
		leave()
	}
	let := make(chan error)
	go func() {
		leave, err := c.queue(t.Context(), 1, "a", time.Minute)
		if err == nil {
			leave()
		}
		let <- err
	}()
	first()
	if err := <-let; err != nil {
		t.Errorf("after the first: %v", err)
	}
	if len(c.busy)+len(c.waiting) != 0 {
		t.Errorf("still busy: %v %v", c.busy, c.waiting)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer c.mustEnter("a")()
	cancel()
	if _, err := c.queue(ctx, 1, "a", time.Minute); err == nil {
		t.Error("who has gone away got a place")
	}
}

// Thirty-two searches of one person all come to their turn, in their order.
func TestWhoWaitsLongestIsNext(t *testing.T) {
	var c crowd
	leave := c.mustEnter("a")
	turns := make(chan int, 32)
	var all sync.WaitGroup
	for i := range 32 {
		all.Go(func() {
			leave, err := c.queue(t.Context(), 1, "a", time.Minute)
			if err != nil {
				t.Error(err)
				return
			}
			turns <- i
			leave()
		})
		for in := false; !in; { // until it stands in the line
			c.mu.Lock()
			in = len(c.waiting["a"]) == i+1
			c.mu.Unlock()
		}
	}
	leave()
	all.Wait()
	for i := range 32 {
		if got := <-turns; got != i {
			t.Fatalf("the %dth place went to the %dth", i, got)
		}
	}
	if len(c.busy)+len(c.waiting) != 0 {
		t.Errorf("still busy: %v %v", c.busy, c.waiting)
	}
}

func (c *crowd) mustEnter(key string) func() {
	leave, _ := c.enter(1, key)
	return leave
}

package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"houqin/internal/base/fault"
)

// liveEvery is how often a page is told of changes at most. What changes meanwhile is told
// together: two hundred open boards must not cost each report two hundred writings. A page
// asks once a second at most, so that it loses nothing by it.
const liveEvery = 500 * time.Millisecond

// live tells a page which nouns have changed, for as long as it is open and the
// session lives. It says only the noun: the page asks again for what it may see.
func live(r *Req) error {
	topics := strings.Split(r.URL.Query().Get("topics"), ",")
	if len(topics) > 20 {
		return fault.OnField("topics", "base.too_long", 20)
	}
	leave, ok := r.Site.crowd.enter(r.Site.Paces.Streams, "stream "+r.By.ID)
	if !ok {
		return often(5 * time.Second)
	}
	defer leave()
	out := http.NewResponseController(r.W)
	out.SetReadDeadline(time.Time{})
	ear := r.Site.DB.Listen()
	defer ear.Leave()
	r.Site.metrics.streams.Add(1)
	defer r.Site.metrics.streams.Add(-1)
	h := r.W.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	r.wrote = true
	tell := func(text string) error {
		out.SetWriteDeadline(time.Now().Add(30 * time.Second)) // who reads nothing holds nothing
		if _, err := fmt.Fprint(r.W, text); err != nil {
			return err
		}
		return out.Flush()
	}
	if err := tell("retry: 3000\n\n"); err != nil {
		return nil
	}
	check := time.NewTicker(time.Second) // whoever may not stay is out within three
	defer check.Stop()
	rings, rested := ear.Rings(), (<-chan time.Time)(nil)
	for n := 1; ; {
		select {
		case <-r.Context().Done():
			return nil
		case <-r.Site.closing():
			return nil
		case <-rested:
			rings = ear.Rings()
		case <-rings:
			news := ""
			for _, noun := range ear.News() {
				if slices.Contains(topics, noun) {
					news += "event: change\ndata: " + noun + "\n\n"
				}
			}
			if news == "" {
				continue
			}
			if tell(news) != nil {
				return nil
			}
			rings, rested = nil, time.After(liveEvery)
		case <-check.C:
			v, err := r.Site.Who(r.Request)
			if err != nil || v.Actor.ID != r.By.ID {
				tell("event: ended\ndata: \n\n")
				return nil
			}
			if n++; n%5 == 0 && tell(": still here\n\n") != nil {
				return nil
			}
		}
	}
}

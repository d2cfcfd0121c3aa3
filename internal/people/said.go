package people

import (
	"strings"
	"time"

	"houqin/internal/base/words"
)

func saidPosts(w *words.Words, p *Person) string {
	if w == nil {
		return string(p.Posts)
	}
	return w.List(p.Posts.Words())
}

// saidFields are what was read of a person, under the names of their card.
func saidFields(w *words.Words, s *Sight) string {
	if w == nil || s.Fields == "" {
		return s.Fields
	}
	said := strings.Split(s.Fields, ",")
	for n, f := range said {
		for _, list := range []string{"people.list.", "people.idle."} {
			if w.Has(list + f) {
				said[n] = w.T(list + f)
			}
		}
	}
	return w.List(said)
}

func saidTrades(w *words.Words, p *Person) string {
	if w == nil {
		return string(p.Trades)
	}
	var said []string
	for _, t := range p.Trades.Words() {
		said = append(said, w.T("people.trade."+t))
	}
	return w.List(said)
}

func goneTone(p *Person, _ time.Time) string {
	if p.Closed {
		return "quiet"
	}
	return ""
}

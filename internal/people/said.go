package people

import (
	"time"

	"houqin/internal/base/words"
)

func saidPosts(w *words.Words, p *Person) string {
	if w == nil {
		return string(p.Posts)
	}
	return w.List(p.Posts.Words())
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

package people

import (
	"strings"
	"time"

	"houqin/internal/base/words"
)

// Said is the list as people read it.
func (l List) Said(between string) string { return strings.Join(l.Words(), between) }

func saidTrades(w *words.Words, p *Person) string {
	if w == nil {
		return string(p.Trades)
	}
	var said []string
	for _, t := range p.Trades.Words() {
		said = append(said, w.T("people.trade."+t))
	}
	return strings.Join(said, w.T("people.and"))
}

func goneTone(p *Person, _ time.Time) string {
	if p.Closed {
		return "quiet"
	}
	return ""
}

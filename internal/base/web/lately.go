package web

import (
	"sync"
	"time"

	"houqin/internal/base/db"
)

// latelyMost is how old what Lately gives may be: another copy of the program may have
// written, and what is late becomes so by the clock alone.
const latelyMost = 2 * time.Second

// known is what was read a moment ago, by what it is and for whom.
type known struct {
	mu  sync.Mutex
	all map[string]seen
}

type seen struct {
	turn  db.Turn
	at    time.Time
	value any
}

// Lately gives what read gives. What it gave the same person, with the same rights, is
// given again for two seconds unless this copy of the program has written since: the counts
// beside the doors stand on every page, and need not be counted for each.
func Lately[T any](r *Req, what string, read func() (T, error)) (T, error) {
	turn, now, k := r.Site.DB.Turn(), r.Site.DB.Now(), &r.Site.known
	key := what + " " + r.By.ID + rights(r.By)
	k.mu.Lock()
	was, ok := k.all[key]
	k.mu.Unlock()
	if age := now.Sub(was.at); ok && was.turn == turn && age >= 0 && age < latelyMost {
		return was.value.(T), nil
	}
	value, err := read()
	if err != nil {
		return value, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.all == nil || len(k.all) > 1000 {
		k.all = map[string]seen{}
	}
	k.all[key] = seen{turn, now, value}
	return value, nil
}

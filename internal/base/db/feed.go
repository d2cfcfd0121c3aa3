package db

import (
	"context"
	"slices"
	"sync"
	"time"

	"houqin/internal/base/id"
)

// feed tells who listens which nouns have changed: at once for units of this copy
// of the program, and, by looking at the trail twice a second, for those of others.
type feed struct {
	db   *DB
	mu   sync.Mutex
	ears map[*Ear]bool
	halt context.CancelFunc
}

type mark struct {
	newest string
	count  int64
}

const (
	lookEvery = 500 * time.Millisecond
	lookBack  = 5 * time.Second // units that began before this may commit unseen by live pages of other copies
)

// Ear hears which nouns of the trail change. Who listens seldom misses repetitions, never
// a noun: each page reads the state anew anyway.
type Ear struct {
	feed *feed
	ring chan struct{} // holds one while there is news
	news []string      // under the feed's lock
}

// Listen begins to hear; Leave ends it.
func (d *DB) Listen() *Ear {
	f := &d.feed
	e := &Ear{feed: f, ring: make(chan struct{}, 1)}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ears == nil {
		f.ears = map[*Ear]bool{}
	}
	f.ears[e] = true
	if f.halt == nil {
		ctx, cancel := context.WithCancel(context.Background())
		f.halt = cancel
		go f.look(ctx)
	}
	return e
}

// Rings once for all that changed since News was asked.
func (e *Ear) Rings() <-chan struct{} { return e.ring }

// News are the nouns that have changed since it was last asked, each once.
func (e *Ear) News() []string {
	e.feed.mu.Lock()
	defer e.feed.mu.Unlock()
	news := e.news
	e.news = nil
	return news
}

// Leave ends the listening.
func (e *Ear) Leave() {
	f := e.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.ears, e)
	if len(f.ears) == 0 && f.halt != nil {
		f.halt()
		f.halt = nil
	}
}

func (f *feed) stop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.halt != nil {
		f.halt()
		f.halt = nil
	}
}

func (f *feed) tell(nouns []string) {
	if len(nouns) == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for e := range f.ears {
		for _, n := range nouns {
			if !slices.Contains(e.news, n) {
				e.news = append(e.news, n)
			}
		}
		select {
		case e.ring <- struct{}{}:
		default:
		}
	}
}

func (f *feed) look(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	var seen map[string]mark // nil until the first look
	for {
		if now, changed, err := f.changed(ctx, seen); err == nil {
			if seen != nil && len(changed) > 0 {
				f.db.turn.Add(1)
				f.tell(changed)
			}
			seen = now
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// changed looks at the trail and says what is other than it was seen before.
func (f *feed) changed(ctx context.Context, seen map[string]mark) (now map[string]mark, nouns []string, err error) {
	rows, err := f.db.QueryContext(ctx, `SELECT noun, max(id), count(*) FROM base_trail WHERE id > $1 GROUP BY noun`,
		id.Floor(f.db.Now().Add(-lookBack)))
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	now = map[string]mark{}
	for rows.Next() {
		var n string
		var m mark
		if err := rows.Scan(&n, &m.newest, &m.count); err != nil {
			return nil, nil, err
		}
		now[n] = m
		if was := seen[n]; m.newest > was.newest || m.count > was.count {
			nouns = append(nouns, n)
		}
	}
	return now, nouns, rows.Err()
}

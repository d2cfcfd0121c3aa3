package seal

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/id"
	"houqin/internal/base/period"
)

// walk goes through seals and tables side by side, each row once and in order, and
// holds one seal's rows and those not met under it: what it needs does not grow with
// the books. Rows met before their seal wait; those that still wait at the end are
// under none.
type walk struct {
	r      db.Reader
	since  time.Time // where to begin in each table; zero is the beginning
	tables map[string]*station
	found  func(Finding) // nil: nobody asks what was changed or is missing
}

// station is how far a table was walked.
type station struct {
	reached []any
	waiting map[string]Finding
}

// waitMost rows under no seal are too many to name.
const waitMost = 10_000

func newWalk(r db.Reader, since time.Time, found func(Finding)) *walk {
	return &walk{r: r, since: since, tables: map[string]*station{}, found: found}
}

// floor is where to begin in a table whose keys are like this one.
func (w *walk) floor(key []any) []any {
	if w.since.IsZero() {
		return nil
	}
	return floorOf(key, w.since)
}

// floorOf is behind which keys a row may still come to stand that is not sealed.
func floorOf(key []any, since time.Time) []any {
	if _, byMoment := key[0].(int64); byMoment {
		return []any{since.Add(-turned).UnixMicro()}
	}
	return []any{id.Floor(since.Add(-lateness))}
}

// young says whether a row of this key may still come under the next seal.
func young(key []any, now time.Time) bool { return compare(key, floorOf(key, now)) >= 0 }

// along walks the rows that came under a seal.
func (w *walk) along(ctx context.Context, s *Seal, leaves []leaf) error {
	h, ok := newHasher(s.Algorithm)
	if !ok {
		return nil // the chain's complaint
	}
	looks, err := s.looks()
	if err != nil {
		return nil
	}
	of := map[string][]leaf{}
	for _, l := range leaves {
		if compare(l.key, w.floor(l.key)) >= 0 {
			of[l.table] = append(of[l.table], l)
		}
	}
	for _, t := range slices.Sorted(maps.Keys(of)) {
		if err := w.table(ctx, s, h, looks[t], of[t]); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) table(ctx context.Context, s *Seal, h *hasher, l db.Ledger, leaves []leaf) error {
	at := w.tables[l.Table]
	if at == nil {
		at = &station{reached: w.floor(leaves[0].key), waiting: map[string]Finding{}}
		w.tables[l.Table] = at
	}
	expected := make(map[string]*leaf, len(leaves))
	furthest := at.reached
	for i := range leaves {
		k, err := packKey(leaves[i].key)
		if err != nil {
			return err
		}
		expected[k] = &leaves[i]
		if compare(leaves[i].key, furthest) > 0 {
			furthest = leaves[i].key
		}
	}
	met := func(line db.Line) error {
		k, err := packKey(line.Key)
		if err != nil {
			return err
		}
		if e := expected[k]; e != nil {
			if w.found != nil && !bytes.Equal(h.row(line.Text), e.digest) {
				w.found(finding(s, Changed, *e))
			}
			delete(expected, k)
			return nil
		}
		if len(at.waiting) < waitMost {
			at.waiting[k] = finding(s, Added, leaf{table: l.Table, key: line.Key, at: line.At, by: line.By})
		}
		return nil
	}
	if compare(furthest, at.reached) > 0 {
		if err := l.Lines(ctx, w.r, at.reached, furthest, 0, met); err != nil {
			return err
		}
		at.reached = furthest
	}
	for _, k := range slices.Sorted(maps.Keys(expected)) {
		e := expected[k]
		if _, waits := at.waiting[k]; !waits {
			if w.found != nil {
				w.found(finding(s, Missing, *e))
			}
			continue
		}
		delete(at.waiting, k)
		if w.found != nil {
			if err := l.Line(ctx, w.r, e.key, met); err != nil {
				return err
			}
		}
	}
	return nil
}

// loose are the keys of rows that no seal covered, by their tables.
func (w *walk) loose() map[string][]string {
	keys := map[string][]string{}
	for t, at := range w.tables {
		keys[t] = slices.Sorted(maps.Keys(at.waiting))
	}
	return keys
}

// What is wrong with a record, or with a seal itself.
type What string

const (
	Changed   What = "changed"   // a row is not as it was sealed
	Missing   What = "missing"   // a sealed row is gone
	Added     What = "added"     // a row stands among the sealed ones and is under no seal
	Unsealed  What = "unsealed"  // rows wait for a seal for more than a day
	Unguarded What = "unguarded" // the table lets rows be changed or deleted
	Broken    What = "broken"    // a seal is not as it was made
	Torn      What = "torn"      // a seal is missing from the chain
	Replaced  What = "replaced"  // another seal stands in the place of one that was kept outside
	Cut       What = "cut"       // a seal that was kept outside is not there any more
)

// Finding is one thing that is not as it was sealed.
type Finding struct {
	What   What
	Seal   int64 // under which, 0 where there is none
	Table  string
	Record string // its key
	At     period.Instant
	ByID   string
	By     string // the person's name, where the trail knows one

	key []any
}

func finding(s *Seal, what What, l leaf) Finding {
	f := Finding{What: what, Seal: s.Number, Table: l.table, Record: sayKey(l.key), At: period.Instant(l.at), ByID: l.by, key: l.key}
	if first, ok := l.key[0].(string); ok && f.At == 0 {
		if made := id.Made(first); !made.IsZero() {
			f.At = period.At(made)
		}
	}
	return f
}

// lag is how long rows may wait for their seal.
const lag = 24 * time.Hour

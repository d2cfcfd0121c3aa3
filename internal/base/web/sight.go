package web

import (
	"strings"
	"sync"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
)

// again is how long the same person's looking at the same page counts as once: a page
// that follows others' work is fetched anew each time something changes.
const again = 5 * time.Minute

// sights remembers what was read lately, so that a page left open does not flood the books.
type sights struct {
	mu   sync.Mutex
	seen map[string]time.Time
}

// fresh says whether this was not read within the last minutes, and remembers it.
func (s *sights) fresh(what string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if last, ok := s.seen[what]; ok && now.Sub(last) < again && !last.After(now) {
		return false
	}
	if s.seen == nil || len(s.seen) > 10_000 {
		s.seen = map[string]time.Time{}
	}
	s.seen[what] = now
	return true
}

// Saw writes down that this person reads, on a page or as a program, what the hospital
// knows of somebody else: the subject's kind and id, and which fields. It is called
// before the answer is given; where it cannot be written nothing is shown.
func (r *Req) Saw(noun, subject string, fields ...string) error {
	if subject == r.By.ID {
		return nil
	}
	way := "page"
	if r.JSON() {
		way = "api"
	}
	return r.saw(db.Sight{Noun: noun, Subject: subject, Fields: strings.Join(fields, ","), Way: way}, subject)
}

// sawList is Saw for a list with personal columns: one entry with the number of rows.
func (r *Req) sawList(d list.Desc, way string, rows int, query string) error {
	var fields []string
	for _, c := range d.Columns {
		if c.Personal && (!c.Hidden || way == "api") {
			fields = append(fields, c.Key)
		}
	}
	if len(fields) == 0 || rows == 0 {
		return nil
	}
	return r.saw(db.Sight{Noun: d.Name, Fields: strings.Join(fields, ","), Way: way, Records: int64(rows)}, query)
}

func (r *Req) saw(s db.Sight, what string) error {
	if s.Way != "export" && !r.Site.sights.fresh(r.By.ID+"\x00"+s.Way+"\x00"+s.Noun+"\x00"+s.Fields+"\x00"+what, r.Site.DB.Now()) {
		return nil
	}
	s.Roles = r.Visitor.Roles
	return r.Do(func(tx *db.Tx) error { return tx.Saw(r.Context(), s) })
}

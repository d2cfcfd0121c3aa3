package db

import (
	"context"
	"database/sql"
	"sync"
	"time"
)

// texts keeps prepared statements by their text, the newest few hundred.
type texts struct {
	sync.Mutex
	prepare func(context.Context, string) (*sql.Stmt, error)
	kept    map[string]*sql.Stmt
	order   []string
	shut    bool // the database is closed: what was dropped went with it
}

const textsKept = 500

func (t *texts) get(ctx context.Context, q string) (*sql.Stmt, error) {
	t.Lock()
	s, ok := t.kept[q]
	t.Unlock()
	if ok {
		return s, nil
	}
	s, err := t.prepare(context.WithoutCancel(ctx), q)
	if err != nil {
		return nil, err
	}
	t.Lock()
	defer t.Unlock()
	if was, ok := t.kept[q]; ok {
		s.Close()
		return was, nil
	}
	if t.kept == nil {
		t.kept = map[string]*sql.Stmt{}
	}
	if len(t.order) >= textsKept {
		old := t.kept[t.order[0]]
		delete(t.kept, t.order[0])
		t.order = t.order[1:]
		time.AfterFunc(time.Minute, func() { // not while somebody reads from it
			t.Lock()
			defer t.Unlock()
			if !t.shut {
				old.Close()
			}
		})
	}
	t.kept[q] = s
	t.order = append(t.order, q)
	return s, nil
}

func (t *texts) close() {
	t.Lock()
	defer t.Unlock()
	for _, s := range t.kept {
		s.Close()
	}
	t.kept, t.order, t.shut = nil, nil, true
}

package main

import (
	"context"
	"database/sql"
	"runtime"
)

// together is one connection to an SQLite file that commits for all who wait, each
// act in a savepoint of its own: as the house does, and nothing else.
type together struct {
	conn   *sql.Conn
	texts  map[string]*sql.Stmt
	before []string // statements before each commit
	queue  chan waiting
}

type waiting struct {
	act  bareAct
	done chan error
}

const groupMost = 128 // as in the house

func newTogether(ctx context.Context, path string, searched []string) (*together, func(), error) {
	pool, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(ON)"+
		"&_pragma=temp_store(MEMORY)&_pragma=wal_autocheckpoint(16000)&_pragma=cache_size(-16000)")
	if err != nil {
		return nil, nil, err
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		pool.Close()
		return nil, nil, err
	}
	t := &together{conn: conn, texts: map[string]*sql.Stmt{}, queue: make(chan waiting, groupMost)}
	for _, table := range searched {
		t.before = append(t.before, `INSERT INTO `+table+`_fts(rowid, search) SELECT rowid, search FROM `+table+` WHERE rowid > coalesce((SELECT max(id) FROM `+table+`_fts_docsize), 0)`)
	}
	ended := make(chan struct{})
	go func() { t.loop(ctx); close(ended) }()
	return t, func() {
		close(t.queue)
		<-ended
		for _, s := range t.texts {
			s.Close()
		}
		conn.Close()
		pool.Close()
	}, nil
}

func (t *together) do(act bareAct) error {
	w := waiting{act, make(chan error, 1)}
	t.queue <- w
	return <-w.done
}

func (t *together) loop(ctx context.Context) {
	for first := range t.queue {
		group := []waiting{first}
		err := t.run(ctx, "BEGIN IMMEDIATE")
		for i := 0; err == nil && i < len(group); i++ {
			if err = t.run(ctx, "SAVEPOINT unit"); err == nil {
				if err = group[i].act.do(ctx, t); err == nil {
					err = t.run(ctx, "RELEASE unit")
				}
			}
			if next, ok := t.another(); ok && len(group) < groupMost {
				group = append(group, next)
			}
		}
		for _, q := range append(t.before, "COMMIT") {
			if err == nil {
				err = t.run(ctx, q)
			}
		}
		for _, w := range group {
			w.done <- err
		}
		if err != nil {
			t.run(ctx, "ROLLBACK")
		}
	}
}

func (t *together) another() (w waiting, ok bool) {
	for range 2 {
		select {
		case w, ok = <-t.queue:
			return w, ok
		default:
			runtime.Gosched()
		}
	}
	return w, false
}

func (t *together) run(ctx context.Context, q string) error {
	_, err := t.ExecContext(ctx, q)
	return err
}

func (t *together) prepared(ctx context.Context, q string) (*sql.Stmt, error) {
	if s, ok := t.texts[q]; ok {
		return s, nil
	}
	s, err := t.conn.PrepareContext(ctx, q)
	if err == nil {
		t.texts[q] = s
	}
	return s, err
}

func (t *together) ExecContext(ctx context.Context, q string, args ...any) (sql.Result, error) {
	s, err := t.prepared(ctx, q)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

func (t *together) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	s, err := t.prepared(ctx, q)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

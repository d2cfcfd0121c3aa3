package db_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
)

// Units that wait share a commit. One that failed because of what another wrote must
// not be told so when that other is undone: it would be told of a record that nobody
// ever sees.
func TestNobodyIsToldOfWhatWasUndone(t *testing.T) {
	d, _ := dbtest.Open(t, dbtest.SQLite(t, room))
	for round := range 30 {
		id := fmt.Sprint("note", round)
		held, free := make(chan bool), make(chan bool)
		hold := sync.OnceFunc(func() { close(held) })
		first := make(chan error, 1)
		go func() {
			first <- d.Do(t.Context(), anna, func(tx *db.Tx) error {
				hold()
				<-free
				return put(t.Context(), tx, tx.NewID())
			})
		}()
		<-held
		doomed, honest := make(chan error, 1), make(chan error, 1)
		go func() {
			doomed <- d.Do(t.Context(), anna, func(tx *db.Tx) error { // its commit fails, as on a full disk
				if err := put(t.Context(), tx, id); err != nil {
					return err
				}
				if _, err := tx.Exec(t.Context(), `PRAGMA defer_foreign_keys = ON`); err != nil {
					return err
				}
				_, err := tx.Exec(t.Context(), `INSERT INTO leaf (id, note) VALUES ($1, 'nowhere')`, id)
				return err
			})
		}()
		for range 100 {
			runtime.Gosched()
		}
		go func() {
			honest <- d.Do(t.Context(), anna, func(tx *db.Tx) error { return put(t.Context(), tx, id) })
		}()
		for range 100 {
			runtime.Gosched()
		}
		close(free)
		if err := <-first; err != nil {
			t.Errorf("who shared their commit: %v", err)
		}
		if err := <-doomed; fault.KindOf(err) != fault.Conflict {
			t.Errorf("who referred to nothing: %v", err)
		}
		if err := <-honest; err != nil {
			t.Errorf("round %d: told %v of what was undone", round, err)
		}
	}
	if n := count(t, d, `SELECT count(*) FROM note`); n != 60 {
		t.Errorf("%d rows", n)
	}
}

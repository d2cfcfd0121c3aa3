package web_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/web"
)

// What was counted a moment ago is given again to the same person, never to another or
// with other rights, never after something was written, and never for long.
func TestLatelyIsGivenAgainWhileNothingWasWritten(t *testing.T) {
	s, d := one(t)
	clock := time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC)
	d.Now = func() time.Time { return clock }
	counted, broken := 0, false
	s.Room([]web.Route{{At: "GET /count", Need: web.SignedIn, PageOnly: true, Do: func(r *web.Req) error {
		n, err := web.Lately(r, "bells", func() (int, error) {
			if broken {
				return 0, errors.New("broken")
			}
			counted++
			return counted, nil
		})
		if err == nil {
			fmt.Fprint(r.W, n)
		}
		return err
	}}})
	s.Who = func(r *http.Request) (web.Visitor, error) {
		v := web.Visitor{Actor: db.Actor{ID: r.Header.Get("Person")}, Lang: "zh"}
		if r.Header.Get("Keeps") != "" {
			v.Actor.Rights = db.Rights{"bell.keep": {All: true}}
		}
		return v, nil
	}
	putUp := func() {
		dbtest.Do(t, d, dbtest.Person("a"), func(tx *db.Tx) error {
			if _, err := tx.Exec(t.Context(), `INSERT INTO bell (id, name) VALUES ($1, 'new')`, tx.NewID()); err != nil {
				return err
			}
			return tx.Trail(t.Context(), db.Event{Noun: "bell", Record: "new", Action: "add"})
		})
	}
	for n, step := range []struct {
		about, person, keeps string
		before               func()
		want                 string
	}{
		{"the first look", "a", "", nil, "1"},
		{"again", "a", "", nil, "1"},
		{"another person", "b", "", nil, "2"},
		{"other rights", "a", "yes", nil, "3"},
		{"a moment later", "a", "", func() { clock = clock.Add(1900 * time.Millisecond) }, "1"},
		{"two seconds later", "a", "", func() { clock = clock.Add(200 * time.Millisecond) }, "4"},
		{"the clock set back", "a", "", func() { clock = clock.Add(-time.Hour) }, "5"},
		{"after a bell was put up", "a", "", putUp, "6"},
		{"again", "a", "", nil, "6"},
		{"broken", "b", "", func() { broken = true }, ""},
		{"mended", "b", "", func() { broken = false }, "7"},
	} {
		if step.before != nil {
			step.before()
		}
		w := send(s, "GET", "/count", "", "Person", step.person, "Keeps", step.keeps)
		if got := w.Body.String(); step.want != "" && got != step.want || step.want == "" && w.Code != 500 {
			t.Errorf("%d, %s: %d %.80s, not %s", n, step.about, w.Code, got, step.want)
		}
	}
}

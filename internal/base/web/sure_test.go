package web_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
	"houqin/internal/base/web"
	"houqin/internal/base/webtest"
)

// What a route calls dangerous is done only shortly after the person proved who they
// are, goes on from where they were, and has no door for programs.
//
// Holds: v5.0.0-7.5.3 v5.0.0-7.5.1
func TestADangerousRouteAsksAgain(t *testing.T) {
	d, _ := dbtest.Open(t, dbtest.SQLite(t, migrations))
	s := site(t, d)
	s.Prove = "/again"
	done := 0
	s.Room([]web.Route{{At: "POST /melt", Need: "bell.keep", Sure: true, Do: func(r *web.Req) error { done++; return r.Go("/bells") }},
		{At: "GET /melting", Need: "bell.keep", Sure: true, Do: func(r *web.Req) error { done++; return r.Give(1) }}})
	again := true
	s.Who = func(*http.Request) (web.Visitor, error) {
		return web.Visitor{Actor: s.By, Session: "s", Again: again, Lang: "zh"}, nil
	}
	who := webtest.New(t, s)
	who.Do(webtest.Call{Method: "POST", URL: "/melt", Header: map[string]string{"Referer": "https://hospital.test/bells?q=x"}, Want: 303, Location: "/again?back=%2Fbells%3Fq%3Dx"})
	who.Do(webtest.Call{Method: "POST", URL: "/melt", Header: map[string]string{"Referer": "https://elsewhere.example/x"}, Want: 303, Location: "/again?back=%2F"})
	who.Do(webtest.Call{URL: "/melting", Want: 303, Location: "/again?back=%2Fmelting"})
	who.Do(webtest.Call{URL: "/melting", Header: map[string]string{"Accept": "application/json"}, Want: 403})
	who.Do(webtest.Call{Method: "POST", URL: "/api/melt", Want: 404})
	s.By = dbtest.Person("stranger")
	who.Do(webtest.Call{Method: "POST", URL: "/melt", Want: 403})
	if done != 0 {
		t.Fatalf("done %d times without proof", done)
	}
	s.By, again = dbtest.Person("keeper", "bell.see", "bell.keep"), false
	who.Do(webtest.Call{Method: "POST", URL: "/melt", Want: 303, Location: "/bells"})
	if done != 1 {
		t.Error("not done with proof")
	}
}

// bellsHung hangs n bells.
func bellsHung(t *testing.T, d *db.DB, n int) {
	t.Helper()
	dbtest.Do(t, d, db.System("founder"), func(tx *db.Tx) error {
		for i := range n {
			if _, err := tx.Exec(t.Context(), `INSERT INTO bell (id, name) VALUES ($1,$2)`, tx.NewID(), fmt.Sprint("bell ", i)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Taking a thousand rows away is dangerous; a page, or few rows, is not. And an export
// that runs breaks off when its person may no longer see the list.
//
// Holds: v5.0.0-7.5.3 v5.0.0-7.4.2 v5.0.0-8.3.2 AB-22 AB-35
func TestAnExportAsksAgainAndOutlivesNoRight(t *testing.T) {
	d, _ := dbtest.Open(t, dbtest.SQLite(t, migrations))
	s := site(t, d)
	s.Prove = "/again"
	bellsHung(t, d, 1600)
	var asked, good atomic.Int64
	good.Store(100)
	again := true
	s.Who = func(*http.Request) (web.Visitor, error) {
		if asked.Add(1) > good.Load() {
			return web.Visitor{}, fault.New(fault.SignIn, "base.sign_in")
		}
		return web.Visitor{Actor: s.By, Session: "s", Again: again, Lang: "zh"}, nil
	}
	who := webtest.New(t, s)
	who.Do(webtest.Call{URL: "/bells", Want: 200})
	who.Do(webtest.Call{URL: "/bells?format=csv", Want: 303, Location: "/again?back=%2Fbells%3Fformat%3Dcsv"})
	who.Do(webtest.Call{URL: "/bells?format=csv&rings.from=7", Want: 200})
	again = false
	if p := who.Do(webtest.Call{URL: "/bells?format=csv", Want: 200}); strings.Count(p.Body, "bell ") != 1600 {
		t.Errorf("%d rows", strings.Count(p.Body, "bell "))
	}
	asked.Store(0)
	good.Store(2) // at the door, and after five hundred rows; then the account is closed
	srv := httptest.NewServer(s)
	defer srv.Close()
	r, err := http.Get(srv.URL + "/bells?format=csv")
	if err != nil {
		return // broken off before the first bytes went out
	}
	defer r.Body.Close()
	if b, err := io.ReadAll(r.Body); err == nil || strings.Count(string(b), "bell ") > 1100 {
		t.Errorf("%d rows went out, %v", strings.Count(string(b), "bell "), err)
	}
}

// A stream of a session that has ended ends within seconds.
//
// Holds: v5.0.0-7.4.1 v5.0.0-7.4.2 AB-22
func TestAStreamEndsWithItsSession(t *testing.T) {
	d, _ := dbtest.Open(t, dbtest.SQLite(t, migrations))
	s := site(t, d)
	var closed atomic.Bool
	s.Who = func(*http.Request) (web.Visitor, error) {
		if closed.Load() {
			return web.Visitor{}, fault.New(fault.SignIn, "base.sign_in")
		}
		return web.Visitor{Actor: s.By, Session: "s", Lang: "zh"}, nil
	}
	srv := httptest.NewServer(s)
	defer srv.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, "GET", srv.URL+"/live?topics=bell", nil)
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	lines := bufio.NewScanner(r.Body)
	lines.Scan()
	closed.Store(true)
	ended := false
	for lines.Scan() {
		ended = ended || lines.Text() == "event: ended"
	}
	if !ended || ctx.Err() != nil {
		t.Errorf("the page was not told: %v", ctx.Err())
	}
}

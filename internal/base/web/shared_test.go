package web_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/a-h/templ"

	"houqin/internal/base/db"
	"houqin/internal/base/list"
	"houqin/internal/base/web"
)

// Screens that see the same cost one, never show what was before they asked, and whoever
// sees or may something else gets their own.
func TestManyScreensCostOne(t *testing.T) {
	s, _ := one(t)
	var built, bells atomic.Int64
	s.Room([]web.Route{{At: "GET /wall", Need: web.SignedIn, PageOnly: true, Do: func(r *web.Req) error {
		var see list.Where
		if own := r.URL.Query().Get("own"); own != "" {
			see = see.And("owner = ?", r.By.ID)
		}
		draw := func() (templ.Component, error) {
			built.Add(1)
			text := fmt.Sprintf("<p>%d bells, %s keeps: %v</p>%s", bells.Load(), r.By.ID, r.By.May("bell.keep"), strings.Repeat(" ", 2000))
			return templ.ComponentFunc(func(_ context.Context, w io.Writer) error { _, err := io.WriteString(w, text); return err }), nil
		}
		if part, err := r.Shared(see, draw); part || err != nil {
			return err
		}
		c, err := draw()
		if err != nil {
			return err
		}
		_, err = r.Part(c)
		return err
	}}})
	s.Who = func(r *http.Request) (web.Visitor, error) {
		v := web.Visitor{Actor: db.Actor{ID: r.Header.Get("Person")}, Lang: "zh"}
		if r.Header.Get("Keeps") != "" {
			v.Actor.Rights = db.Rights{"bell.keep": {All: true}}
		}
		return v, nil
	}
	ask := func(at, person, keeps string) string {
		return send(s, "GET", at, "", "HX-Request", "true", "Person", person, "Keeps", keeps).Body.String()
	}
	ask("/wall", "a", "yes")
	bells.Store(7)
	before := built.Load()
	var wait sync.WaitGroup
	for n := range 60 {
		wait.Go(func() {
			if got := ask("/wall", fmt.Sprint("p", n), "yes"); !strings.Contains(got, "<p>7 bells") || !strings.Contains(got, "keeps: true") {
				t.Errorf("a screen shows %.60s", got)
			}
		})
	}
	for _, c := range []struct{ at, person, keeps, want string }{
		{"/wall", "x", "", "keeps: false"}, {"/wall?own=1", "x", "yes", "x keeps: true"}, {"/wall?own=1", "y", "yes", "y keeps: true"},
	} {
		wait.Go(func() {
			if got := ask(c.at, c.person, c.keeps); !strings.Contains(got, c.want) {
				t.Errorf("%s of %s shows %.60s, not %s", c.at, c.person, got, c.want)
			}
		})
	}
	wait.Wait()
	if n := built.Load() - before; n > 12 {
		t.Errorf("sixty screens at once were built %d times", n)
	}
	if got := send(s, "GET", "/wall", "", "HX-Request", "true", "Person", "a", "Accept-Encoding", "gzip"); got.Header().Get("Content-Encoding") != "gzip" || got.Body.Len() > 1000 {
		t.Errorf("not compressed: %d bytes", got.Body.Len())
	}
}

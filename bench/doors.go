package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"houqin/internal/base/id"
	"houqin/internal/base/web"
	"houqin/internal/hospital"
)

// doors measures what the doors add to what people do behind them, and what a rush at
// the door does to those who are inside. All of it runs in this process, one request
// after another, so that nothing but the house is measured.
func doors(ctx context.Context, o options, p *paper) error {
	e, err := newEngine(ctx, "sqlite", o.dir)
	if err != nil {
		return err
	}
	defer e.close()
	if err := e.prepare(ctx, o.jobs[0]); err != nil {
		return err
	}
	address, drop, err := e.another(ctx)
	if err != nil {
		return err
	}
	defer drop()
	h, err := hospital.Open(ctx, hospital.Config{DB: address, Data: o.dir, Log: quiet})
	if err != nil {
		return err
	}
	defer h.Close()
	h.Start()
	h.Site.Paces = web.Paces{} // one visitor asks here for hundreds
	nothing := func(r *web.Req) error {
		if r.Method == http.MethodPost {
			if _, err := r.Input(); err != nil {
				return err
			}
		}
		return r.Give(struct{}{})
	}
	h.Site.Room([]web.Route{{At: "GET /nothing-at-all", Need: web.SignedIn, Do: nothing}, {At: "POST /nothing-at-all", Need: web.SignedIn, Do: nothing}})
	bare := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("{}")) })

	cookie := ""
	signIn := func() (int, string) {
		r := httptest.NewRequest("POST", "/sign-in", strings.NewReader(url.Values{"login": {e.stage.Login}, "password": {e.stage.Password}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		h.Site.ServeHTTP(w, r)
		return w.Code, strings.Join(w.Header().Values("Set-Cookie"), "; ")
	}
	code, set := signIn()
	if code != http.StatusSeeOther {
		return fmt.Errorf("sign-in: status %d", code)
	}
	for c := range strings.SplitSeq(set, "; ") {
		if strings.HasPrefix(c, "session=") {
			cookie = c
		}
	}
	n := 0
	page := func(at string) func() *http.Request {
		return func() *http.Request {
			r := httptest.NewRequest("GET", at, nil)
			r.Header.Set("Cookie", cookie)
			r.Header.Set("Accept-Language", "zh-CN")
			return r
		}
	}
	post := func(at string) func() *http.Request {
		return func() *http.Request {
			n++
			r := httptest.NewRequest("POST", at, strings.NewReader(e.stage.report(n%persons, n/persons)))
			for _, line := range api(e.stage.Nurses[n%persons], id.Secret()) {
				name, value, _ := strings.Cut(line, ": ")
				r.Header.Set(name, value)
			}
			return r
		}
	}
	out := sheet{title: "What the doors add", head: []string{"", "behind bare doors", "at our doors", "with the work", "the doors' share"}}
	for _, c := range []struct {
		name        string
		empty, full func() *http.Request
	}{
		{"a page of the list of jobs, with a session", page("/nothing-at-all"), page("/desk/jobs?all=1")},
		{"a fault reported, with a token", post("/api/nothing-at-all"), post("/api/desk/report")},
	} {
		var took [3][]float64
		for range o.rounds { // in turns, so that a busy minute strikes all alike
			for i, m := range []struct {
				h    http.Handler
				make func() *http.Request
			}{{bare, c.empty}, {h.Site, c.empty}, {h.Site, c.full}} {
				waits, err := oneByOne(ctx, o.span, m.h, m.make)
				if err != nil {
					return fmt.Errorf("%s: %w", c.name, err)
				}
				took[i] = append(took[i], waits...)
			}
		}
		var us [3]float64
		for i := range took {
			us[i] = median(took[i]) * 1e6
		}
		row := []string{c.name, fmt.Sprintf("%.0f µs", us[0]), fmt.Sprintf("%.0f µs", us[1]), fmt.Sprintf("%.0f µs", us[2]), ratio((us[1] - us[0]) / us[2])}
		say("  %v", row)
		out.rows = append(out.rows, row)
	}
	out.remarks = append(out.remarks, "Medians. Our doors: headers, origin, cookies, who it is, the permission, the pace, the strict reading of what was sent, counting and logging. The share should stay below a tenth.")
	p.add(out)
	return rush(ctx, o, p, h, e.stage, signIn)
}

// rush measures those inside while others sign in without end.
func rush(ctx context.Context, o options, p *paper, h *hospital.Hospital, s *stage, signIn func() (int, string)) error {
	inside := func() *http.Request {
		r := httptest.NewRequest("GET", "/api/desk/jobs", nil)
		r.Header.Set("Authorization", "Bearer "+s.Head)
		return r
	}
	var one []float64
	for range 5 {
		at := time.Now()
		if code, _ := signIn(); code != http.StatusSeeOther {
			return fmt.Errorf("sign-in: status %d", code)
		}
		one = append(one, time.Since(at).Seconds())
	}
	calm, err := oneByOne(ctx, o.span, h.Site, inside)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	var door sync.WaitGroup
	for range 16 {
		door.Go(func() {
			for ctx.Err() == nil {
				signIn() // most are told to come again; that is the point
			}
		})
	}
	rushed, err := oneByOne(ctx, o.span, h.Site, inside)
	stop()
	door.Wait()
	if err != nil {
		return err
	}
	p.add(sheet{title: "A rush at the door", head: []string{"", "alone", "while 16 sign in", "ratio"},
		rows: [][]string{
			{"a sign-in", ms(median(one)), "", ""},
			{"a page of data inside, p50", ms(median(calm)), ms(median(rushed)), ratio(median(rushed) / median(calm))},
			{"the same, p99", ms(high(calm)), ms(high(rushed)), ratio(high(rushed) / high(calm))},
		},
		remarks: []string{"A sign-in is a password hashed by argon2id (46 MiB, two passes) and a session written; only so many are hashed at once."}})
	return nil
}

// oneByOne asks over and over for a while and gives how long each time took, in seconds.
func oneByOne(ctx context.Context, span time.Duration, h http.Handler, make func() *http.Request) (waits []float64, err error) {
	for until := time.Now().Add(span); time.Now().Before(until) && ctx.Err() == nil; {
		r, w := make(), httptest.NewRecorder()
		at := time.Now()
		h.ServeHTTP(w, r)
		waits = append(waits, time.Since(at).Seconds())
		if w.Code != http.StatusOK {
			return nil, fmt.Errorf("%s %s: status %d %.200s", r.Method, r.URL.Path, w.Code, w.Body)
		}
	}
	return waits, ctx.Err()
}

func median(waits []float64) float64 { return quantileOf(waits, 0.5) }
func high(waits []float64) float64   { return quantileOf(waits, 0.99) }

func quantileOf(waits []float64, q float64) float64 {
	if len(waits) == 0 {
		return 0
	}
	slices.Sort(waits)
	return waits[min(int(q*float64(len(waits))), len(waits)-1)]
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// view is a page of the list of jobs, or what programs get of it.
type view struct {
	name, path string
	browser    bool // with a session, compressed, as browsers ask; else with a token
}

// lists compares the list of few jobs with the list of many.
func lists(ctx context.Context, o options, p *paper) error {
	few, many := count(float64(o.jobs[0])), count(float64(o.jobs[len(o.jobs)-1]))
	clients := o.clients[len(o.clients)-1]
	for _, name := range o.engines {
		out := sheet{title: fmt.Sprintf("The list of jobs on %s: %s rows beside %s", name, few, many),
			head: []string{"", few + ": p50", "p99", "a second", many + ": p50", "p99", "a second", "p99 ratio", "cores"}}
		e, err := newEngine(ctx, name, o.dir)
		if err != nil {
			return err
		}
		err = func() error {
			defer e.close()
			var houses []*listHouse
			for _, jobs := range o.jobs {
				h, err := openListHouse(ctx, o, e, jobs)
				if err != nil {
					return err
				}
				defer h.stop()
				houses = append(houses, h)
			}
			for _, v := range []view{
				{"page, all jobs", "/desk/jobs?all=1", true},
				{"page, open jobs", "/desk/jobs?open=true", true},
				{"page, a ward's jobs", "/desk/jobs?department=" + houses[0].stage.Departments[3], true},
				{"page in the middle", "/desk/jobs?all=1&after=MIDDLE", true},
				{"search, a common word", "/desk/jobs?q=%E6%B0%B4%E9%BE%99%E5%A4%B4", true},
				{"search, one number", "/desk/jobs?q=NUMBER", true},
				{"figures of a month", "/desk/figures?by=crew&month=MONTH", true},
				{"the month on one sheet", "/desk/month?month=MONTH", true},
				{"JSON, all jobs", "/api/desk/jobs", false},
				{"JSON, open jobs", "/api/desk/jobs?open=true", false},
			} {
				row, err := compareView(ctx, o, v, houses, clients)
				if err != nil {
					return fmt.Errorf("%s: %w", v.name, err)
				}
				out.rows = append(out.rows, row)
			}
			return nil
		}()
		if err != nil {
			return err
		}
		empty, err := nothing(ctx, o, clients)
		if err != nil {
			return err
		}
		out.remarks = append(out.remarks, fmt.Sprintf("p50 and p99 are waits of one client, a second is how many pages %d clients get; 50 rows a page, pages compressed as browsers ask. "+
			"A server that answers nothing: %s a second.", clients, count(empty.rate())))
		p.add(out)
	}
	return nil
}

// listHouse is a hospital with its server.
type listHouse struct {
	*server
	stage          *stage
	cookie         string
	middle, number string
	close          func()
}

func (h *listHouse) stop() {
	h.server.stop()
	h.close()
}

func openListHouse(ctx context.Context, o options, e *engine, jobs int) (*listHouse, error) {
	if err := e.prepare(ctx, jobs); err != nil {
		return nil, err
	}
	h, err := serveCopy(ctx, o, e, fmt.Sprintf("lists-%s-%d", e.name, jobs))
	if err != nil {
		return nil, err
	}
	// The middle is found by walking there in long steps, the number on the way.
	w, err := dial(h.addr)
	if err != nil {
		return nil, err
	}
	defer w.close()
	w.keep = true
	next, steps := "", jobs/2/200
	for range max(1, steps) {
		status, _, err := w.send(request("GET", "/desk/jobs?size=200&after="+next, h.addr, []string{"Cookie: " + h.cookie, "Accept: application/json"}, ""))
		if err != nil || status != 200 {
			return nil, fmt.Errorf("status %d: %w", status, err)
		}
		var got struct {
			Rows []struct{ Number string }
			Next string
		}
		if err := json.Unmarshal(w.body.Bytes(), &got); err != nil {
			return nil, err
		}
		if got.Next == "" {
			break
		}
		next, h.number = got.Next, got.Rows[0].Number
	}
	h.middle = next
	return h, nil
}

// serveCopy serves a copy of the filled hospital, and signs in there.
func serveCopy(ctx context.Context, o options, e *engine, name string) (*listHouse, error) {
	address, drop, err := e.another(ctx)
	if err != nil {
		return nil, err
	}
	h := &listHouse{stage: e.stage, close: drop}
	if h.server, err = serveHouse(ctx, o, address, name); err != nil {
		return nil, err
	}
	h.cookie, err = h.signIn(h.stage.Login, h.stage.Password)
	return h, err
}

func compareView(ctx context.Context, o options, v view, houses []*listHouse, clients int) ([]string, error) {
	alone, crowd := make([]result, len(houses)), make([]result, len(houses))
	var cores float64
	for range o.rounds {
		for i, h := range houses {
			r, err := h.look(ctx, o, v, 1)
			if err != nil {
				return nil, err
			}
			alone[i].add(r)
		}
		for i, h := range houses {
			busy := h.busy()
			r, err := h.look(ctx, o, v, clients)
			if err != nil {
				return nil, err
			}
			crowd[i].add(r)
			if i == len(houses)-1 {
				cores += (h.busy() - busy) / (o.span.Seconds() * 1.1) / float64(o.rounds)
			}
		}
	}
	row := []string{v.name}
	for i := range houses {
		row = append(row, ms(alone[i].quantile(0.5)), ms(alone[i].quantile(0.99)), count(crowd[i].rate()))
	}
	row = append(row, ratio(alone[len(alone)-1].quantile(0.99)/alone[0].quantile(0.99)), fmt.Sprintf("%.1f", cores))
	say("  %v", row)
	return row, nil
}

// look lets clients ask for the view over and over.
func (h *listHouse) look(ctx context.Context, o options, v view, clients int) (result, error) {
	headers := []string{"Cookie: " + h.cookie, "Accept: text/html", "Accept-Encoding: gzip", "Accept-Language: zh-CN"}
	if !v.browser {
		headers = []string{"Authorization: Bearer " + h.stage.Head, "Accept: application/json"}
	}
	path := strings.NewReplacer("MIDDLE", h.middle, "NUMBER", h.number,
		"MONTH", time.Now().AddDate(0, -1, 0).Format("2006-01")).Replace(v.path)
	text := request("GET", path, h.addr, headers, "")
	return repeat(ctx, clients, o.span, func(i int) (func() (int, error), func(), error) {
		w, err := dial(h.addr)
		if err != nil {
			return nil, nil, err
		}
		return func() (int, error) {
			status, n, err := w.send(text)
			if err == nil && (status != 200 || n < 1000) {
				err = fmt.Errorf("status %d, %d bytes", status, n)
			}
			return n, err
		}, w.close, nil
	})
}

package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/id"
	"houqin/internal/hospital"
	"houqin/internal/people"
)

const (
	boardJobs   = 50_000 // one in ten of them open
	screens     = 200
	screensEach = 10              // of one person
	boardShown  = 40              // how often it is measured when a change is shown
	boardWithin = 5 * time.Second // after which a change counts as never shown
)

// board measures the dispatcher's wall with 5,000 open jobs: what a look costs, how long it
// takes until a report stands on another screen, and what 200 open screens do to memory and
// to reporting.
func board(ctx context.Context, o options, p *paper) error {
	jobs := boardJobs
	if o.quick {
		jobs /= 10
	}
	clients := o.clients[len(o.clients)-1]
	out := sheet{title: fmt.Sprintf("The board with %s open jobs", count(float64(jobs/10))),
		head: []string{"", "a look: p50", "p99", "shown elsewhere: p50", "p99", "reports a second", fmt.Sprintf("with %d screens", screens), "ratio", "memory with them"}}
	for _, name := range o.engines {
		e, err := newEngine(ctx, name, o.dir)
		if err != nil {
			return err
		}
		err = func() error {
			defer e.close()
			if err := e.prepare(ctx, jobs); err != nil {
				return err
			}
			cookies, err := dispatchers(ctx, e)
			if err != nil {
				return err
			}
			h, err := serveCopy(ctx, o, e, "board-"+e.name)
			if err != nil {
				return err
			}
			defer h.stop()
			look, err := h.look(ctx, o, view{"board", "/desk/board", true}, 1)
			if err != nil {
				return err
			}
			shown, err := h.shown(ctx)
			if err != nil {
				return err
			}
			turn := new(atomic.Int64)
			var alone, crowd result
			var own int64
			for round := range o.rounds + 1 { // without, with, without …: what is reported meanwhile makes the books longer
				found, err := h.reporting(ctx, o, clients, turn)
				if err != nil {
					return err
				}
				alone.add(found)
				if round == o.rounds {
					break
				}
				leave, err := h.watch(ctx, cookies)
				if err != nil {
					return err
				}
				found, err = h.reporting(ctx, o, clients, turn)
				_, now, _ := h.memory()
				leave()
				if err != nil {
					return err
				}
				crowd.add(found)
				own = max(own, now)
			}
			row := []string{name, ms(look.quantile(0.5)), ms(look.quantile(0.99)), ms(shown.quantile(0.5)), ms(shown.quantile(0.99)), count(alone.rate()), count(crowd.rate()),
				ratio(crowd.rate() / alone.rate()), fmt.Sprintf("%d MB", own>>20)}
			say("  %v", row)
			out.rows = append(out.rows, row)
			return nil
		}()
		if err != nil {
			return err
		}
	}
	out.remarks = append(out.remarks, fmt.Sprintf("A look is the whole page with its frame, as it is opened. Shown elsewhere is from a ward's report being sent until the board that another screen asked for anew, told by its stream, holds it; "+
		"a browser adds up to 300 ms, so that not all ask at once. %d clients report, by turns without the screens and with them; each screen asks for its board at most once a second, as browsers do. "+
		"The machine also does the work of the screens and the clients.", clients))
	p.add(out)
	return nil
}

// dispatchers hires some into the filled hospital and gives the cookies of their sessions:
// one person may hold so many streams.
func dispatchers(ctx context.Context, e *engine) (cookies []string, err error) {
	h, err := hospital.Open(ctx, hospital.Config{DB: e.address(e.original()), Data: e.dir, Log: quiet})
	if err != nil {
		return nil, err
	}
	defer h.DB.Close()
	var hired []people.Person
	if err := h.DB.Do(ctx, db.System("bench"), func(tx *db.Tx) error {
		role, err := people.RoleByCode(ctx, tx, "dispatcher")
		if err != nil {
			return err
		}
		for n := range screens / screensEach {
			p := people.Person{Number: fmt.Sprintf("D%03d", n), Name: "赵调度", Department: e.stage.Departments[units-1]}
			if err := people.Hire(ctx, tx, &p); err != nil {
				return err
			}
			if err := people.Grant(ctx, tx, &people.Appointment{Person: p.ID, Role: role.ID, Extent: people.Everywhere, From: tx.Today()}); err != nil {
				return err
			}
			if err := people.OpenAccount(ctx, tx, p.ID, p.Number); err != nil {
				return err
			}
			hired = append(hired, p)
		}
		return nil
	}); err != nil {
		return nil, err
	}
	for _, p := range hired {
		token, err := people.Enter(ctx, h.DB, p.ID, "127.0.0.1", "bench")
		if err != nil {
			return nil, err
		}
		cookies = append(cookies, "session="+token)
	}
	return cookies, nil
}

// stream opens a stream of changes and calls change for each.
func (h *listHouse) stream(ctx context.Context, cookie string, change func()) error {
	r, err := http.NewRequestWithContext(ctx, "GET", "http://"+h.addr+"/live?topics=desk.job", nil)
	if err != nil {
		return err
	}
	r.Header.Set("Cookie", cookie)
	answer, err := streams.Do(r)
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		answer.Body.Close()
		return fmt.Errorf("stream: status %d", answer.StatusCode)
	}
	go func() {
		defer answer.Body.Close()
		lines := bufio.NewScanner(answer.Body)
		for lines.Scan() {
			if lines.Text() == "event: change" {
				change()
			}
		}
	}()
	return nil
}

var streams = &http.Client{Transport: &http.Transport{MaxConnsPerHost: 0}}

// part asks for the board as a screen does that was told of a change: by the connection
// that it has, and compressed unless what comes is to be read.
func (h *listHouse) part(w *wire, cookie string) error {
	headers := []string{"Cookie: " + cookie, "HX-Request: true", "Accept-Language: zh-CN"}
	if !w.keep {
		headers = append(headers, "Accept-Encoding: gzip")
	}
	status, n, err := w.send(request("GET", "/desk/board", h.addr, headers, ""))
	if err == nil && (status != 200 || n < 1000) {
		err = fmt.Errorf("board: status %d, %d bytes", status, n)
	}
	return err
}

// shown is how long it takes until an emergency that a ward reports stands on another screen.
func (h *listHouse) shown(ctx context.Context) (r result, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	told := make(chan struct{}, 1)
	if err := h.stream(ctx, h.cookie, func() {
		select {
		case told <- struct{}{}:
		default:
		}
	}); err != nil {
		return r, err
	}
	ward, err := dial(h.addr)
	if err != nil {
		return r, err
	}
	defer ward.close()
	wall, err := dial(h.addr)
	if err != nil {
		return r, err
	}
	defer wall.close()
	wall.keep = true
	for n := range boardShown {
		title := fmt.Sprintf("急停第%03d号", n)
		at := now()
		text := fmt.Sprintf(`{"trade":"water","place":%q,"title":%q,"urgency":"emergency","anyway":true}`, h.stage.Places[0], title)
		status, _, err := ward.send(request("POST", "/api/desk/report", h.addr, api(h.stage.Nurses[0], id.Secret()), text))
		if err != nil || status != 200 {
			return r, fmt.Errorf("report: status %d, %w", status, err)
		}
		for {
			select {
			case <-told:
			case <-time.After(boardWithin):
				return r, fmt.Errorf("%s is not shown within %v", title, boardWithin)
			}
			if err := h.part(wall, h.cookie); err != nil {
				return r, err
			}
			if strings.Contains(wall.body.String(), title) {
				break
			}
		}
		r.waits, r.n = append(r.waits, since(at)), r.n+1
	}
	return r, nil
}

// watch opens the screens of these people, which follow the board.
func (h *listHouse) watch(ctx context.Context, cookies []string) (leave func(), err error) {
	ctx, stop := context.WithCancel(ctx)
	var wait sync.WaitGroup
	for i := range screens {
		cookie := cookies[i%len(cookies)]
		told := make(chan struct{}, 1)
		if err := h.stream(ctx, cookie, func() {
			select {
			case told <- struct{}{}:
			default:
			}
		}); err != nil {
			stop()
			return nil, err
		}
		screen, err := dial(h.addr)
		if err != nil {
			stop()
			return nil, err
		}
		wait.Go(func() {
			defer screen.close()
			for {
				select {
				case <-ctx.Done():
					return
				case <-told:
				}
				scatter := time.After(time.Duration(i) * 300 * time.Millisecond / screens)
				second := time.After(time.Second)
				<-scatter
				if err := h.part(screen, cookie); err != nil && ctx.Err() == nil {
					say("  a screen: %v", err)
				}
				<-second
			}
		})
	}
	return func() { stop(); wait.Wait() }, nil
}

// reporting lets wards report over and over; turn goes on where it was, so that nothing is
// reported twice.
func (h *listHouse) reporting(ctx context.Context, o options, clients int, turn *atomic.Int64) (result, error) {
	return repeat(ctx, clients, o.span, func(int) (func() (int, error), func(), error) {
		w, err := dial(h.addr)
		if err != nil {
			return nil, nil, err
		}
		w.keep = true
		return func() (int, error) {
			n := int(turn.Add(1))
			status, bytes, err := w.send(request("POST", "/api/desk/report", h.addr, api(h.stage.Nurses[n%persons], id.Secret()), h.stage.report(n%persons, n/persons)))
			if err == nil && status != 200 {
				err = fmt.Errorf("status %d: %s", status, w.body.String())
			}
			return bytes, err
		}, w.close, nil
	})
}

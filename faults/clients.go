package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// act is something a person does once, whatever happens meanwhile.
type act struct {
	kind  string // report, dispatch, receive, issue
	token string
	path  string
	body  string
	key   string           // the idempotency key, also a mark in what is written
	job   string           // of a dispatch: the job
	goods map[string]int64 // how many of which item a receipt or an issue moves

	tries     int
	id        string // of what came of it, once it was confirmed
	number    string
	abandoned bool // the person gave up without having heard
}

// ledger is the list of the clients' own.
type ledger struct {
	mu       sync.Mutex
	done     []*act // confirmed
	left     []*act // given up
	waiting  []*act // reports that may be dispatched
	answers  map[int]int
	lost     int            // answers that never came to what was sent
	nobody   int            // times that nobody was there to send it to
	faults   map[string]int // said by the program
	wrong    findings
	longest  time.Duration // that an act took, from its first try to its confirmation
	replayed int           // confirmed as done before, by a try whose answer was lost
	forgets  bool          // the house may have forgotten keys: a week went by
}

func newLedger() *ledger { return &ledger{answers: map[int]int{}, faults: map[string]int{}} }

func (l *ledger) confirmed() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.done)
}

// said sums up what was answered.
func (l *ledger) said() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	kinds := map[string]int{}
	for _, a := range l.done {
		kinds[a.kind]++
	}
	text := fmt.Sprintf("%d confirmed (%d reports, %d dispatched, %d receipts, %d issues), %d of them a second time after an answer was lost; %d answers lost, %d given up unheard", len(l.done),
		kinds["report"], kinds["dispatch"], kinds["receive"], kinds["issue"], l.replayed, l.lost, len(l.left))
	if n := l.answers[503]; n > 0 {
		text += fmt.Sprintf(", %d times 503", n)
	}
	return text
}

// clients are people at work: each does one thing after another and repeats it, with
// its key, until somebody confirms it.
type clients struct {
	crew    *crew
	ledger  *ledger
	address func() string // where to turn to now
	giveUp  float64       // how often a person gives up when no answer came
	http    http.Client
	halt    chan struct{} // closed: begin nothing new
	wait    sync.WaitGroup
	marks   string
}

func newClients(c *crew, l *ledger, address func() string) *clients {
	return &clients{crew: c, ledger: l, address: address, halt: make(chan struct{}), marks: fmt.Sprintf("m%d", time.Now().UnixNano()%1e9),
		http: http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute}}}
}

// start lets n people begin.
func (c *clients) start(ctx context.Context, n int) {
	for i := range n {
		c.wait.Go(func() {
			dice := rand.New(rand.NewPCG(uint64(i), 3))
			for turn := 0; ; turn++ {
				select {
				case <-c.halt:
					return
				case <-ctx.Done():
					return
				default:
				}
				a := c.next(i, turn, dice)
				if !c.insist(ctx, a, dice) {
					return
				}
			}
		})
	}
}

// finish lets everybody bring to an end what they began.
func (c *clients) finish() {
	close(c.halt)
	c.wait.Wait()
}

// next is what a person does next.
func (c *clients) next(client, turn int, dice *rand.Rand) *act {
	a := &act{key: fmt.Sprintf("%s-%d-%d", c.marks, client, turn)}
	w := c.crew
	switch n := dice.IntN(10); {
	case n < 2:
		if job := c.takeJob(); job != nil {
			a.kind, a.token, a.job = "dispatch", w.dispatcher, job.id
			a.path = "/api/desk/jobs/" + job.id + "/dispatch"
			a.body = fmt.Sprintf(`{"crew":%q,"note":%q}`, w.team, a.key)
			return a
		}
		fallthrough
	case n < 6:
		a.kind, a.token, a.path = "report", w.nurses[client%staff], "/api/desk/report"
		a.body = fmt.Sprintf(`{"trade":%q,"place":%q,"title":%q,"detail":"请尽快处理","anyway":"true"}`, trades[dice.IntN(len(trades))], w.places[dice.IntN(len(w.places))], "报修 "+a.key)
	case n < 7:
		a.kind, a.token, a.path = "receive", w.keepers[client%staff], "/api/warehouse/receipts"
		a.body = fmt.Sprintf(`{"store":%q,"supplier":%q,"invoice":%q,"lines":[%s]}`, w.store, w.supplier, a.key, c.lines(dice, a, `,"price":"5.20"`))
	default:
		a.kind, a.token, a.path = "issue", w.keepers[client%staff], "/api/warehouse/issues"
		a.body = fmt.Sprintf(`{"store":%q,"department":%q,"receiver":%q,"purpose":%q,"lines":[%s]}`, w.store, w.departments[dice.IntN(wards)], w.receiver, a.key, c.lines(dice, a, ""))
	}
	return a
}

// lines are three lines of a document, noted with the act.
func (c *clients) lines(dice *rand.Rand, a *act, more string) string {
	var lines []string
	a.goods = map[string]int64{}
	for _, i := range dice.Perm(goods)[:3] {
		n := 1 + dice.Int64N(5)
		a.goods[c.crew.items[i]] = n
		lines = append(lines, fmt.Sprintf(`{"item":%q,"qty":"%d"%s}`, c.crew.items[i], n, more))
	}
	return strings.Join(lines, ",")
}

func (c *clients) takeJob() *act {
	c.ledger.mu.Lock()
	defer c.ledger.mu.Unlock()
	if len(c.ledger.waiting) == 0 {
		return nil
	}
	a := c.ledger.waiting[0]
	c.ledger.waiting = c.ledger.waiting[1:]
	return a
}

// insist does an act until it is confirmed, refused for good, or given up; false when
// everything ends.
func (c *clients) insist(ctx context.Context, a *act, dice *rand.Rand) bool {
	l := c.ledger
	began := time.Now()
	for {
		a.tries++
		status, replayed, body, err := c.send(ctx, a)
		l.mu.Lock()
		switch {
		case unsent(err):
			l.nobody++
		case err != nil:
			l.lost++
		default:
			l.answers[status]++
		}
		switch {
		case err == nil && status == http.StatusOK:
			var got struct{ ID, Number string }
			if err := json.Unmarshal(body, &got); err != nil || got.ID == "" {
				l.wrong.add("%s %s confirmed with %q", a.kind, a.key, body)
			}
			a.id, a.number = got.ID, got.Number
			l.done = append(l.done, a)
			l.longest = max(l.longest, time.Since(began))
			if replayed {
				l.replayed++
			}
			if a.kind == "report" {
				l.waiting = append(l.waiting, a)
			}
			l.mu.Unlock()
			return true
		case err == nil && status < 500:
			l.wrong.add("%s %s refused with %d: %s", a.kind, a.key, status, body)
			l.mu.Unlock()
			return true
		case err == nil:
			var p struct{ Type string }
			json.Unmarshal(body, &p)
			l.faults[strings.TrimPrefix(p.Type, "urn:houqin:fault:")]++
			if status != http.StatusServiceUnavailable {
				l.wrong.add("%s %s: %d: %s", a.kind, a.key, status, body)
			}
		}
		if ctx.Err() != nil || dice.Float64() < c.giveUp {
			a.abandoned = true
			l.left = append(l.left, a)
			l.mu.Unlock()
			return ctx.Err() == nil
		}
		l.mu.Unlock()
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(2+dice.IntN(20)) * time.Millisecond):
		}
	}
}

// unsent says that a request was not sent: there was nobody to take it.
func unsent(err error) bool {
	e, ok := errors.AsType[*net.OpError](err)
	return ok && e.Op == "dial"
}

func (c *clients) send(ctx context.Context, a *act) (status int, replayed bool, body []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, "POST", "http://"+c.address()+a.path, bytes.NewReader([]byte(a.body)))
	if err != nil {
		return 0, false, nil, err
	}
	r.GetBody = nil // whether to send it again is for insist to say
	r.Header.Set("Authorization", "Bearer "+a.token)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Idempotency-Key", a.key)
	w, err := c.http.Do(r)
	if err != nil {
		return 0, false, nil, err
	}
	defer w.Body.Close()
	body, err = io.ReadAll(w.Body)
	return w.StatusCode, w.Header.Get("Idempotency-Replayed") != "", body, err
}

// read asks for the newest jobs.
func (c *clients) read(ctx context.Context) (int, error) {
	r, err := http.NewRequestWithContext(ctx, "GET", "http://"+c.address()+"/api/desk/jobs?size=5", nil)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Authorization", "Bearer "+c.crew.dispatcher)
	w, err := c.http.Do(r)
	if err != nil {
		return 0, err
	}
	defer w.Body.Close()
	_, err = io.Copy(io.Discard, w.Body)
	return w.StatusCode, err
}

// count is how often the program said a fault.
func (l *ledger) count(fault string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.faults[fault]
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// restart runs two copies of the program on one PostgreSQL behind a proxy and restarts
// one after the other under load: nobody's request is lost. Before, it tries that a
// session, a live list, a key and a photo of one copy hold on the other.
func restart(ctx context.Context, o options) (string, error) {
	at, err := found(ctx, o, "postgres")
	if err != nil {
		return "", err
	}
	defer at.close()
	team, err := furnish(ctx, at)
	if err != nil {
		return "", err
	}
	var copies []*copied
	for _, name := range []string{"first", "second"} {
		c, err := newCopy(o, at, name)
		if err != nil {
			return "", err
		}
		if err := c.start(); err != nil {
			return "", err
		}
		defer func() { c.kill() }()
		if err := c.ready(ctx, patience); err != nil {
			return "", err
		}
		copies = append(copies, c)
	}
	l := newLedger()
	if err := together(ctx, team, l, copies[0], copies[1]); err != nil {
		return "", err
	}
	p, err := newProxy(copies...)
	if err != nil {
		return "", err
	}
	defer p.server.Close()
	people := newClients(team, l, func() string { return p.addr })
	people.start(ctx, o.clients)
	var wrong findings
	var longest time.Duration
	for range o.n {
		for _, c := range copies {
			time.Sleep(200 * time.Millisecond)
			began := time.Now()
			if err := c.stop(); err != nil {
				wrong.add("asked to end, a copy ended with %v\n%s", err, c.last())
			}
			longest = max(longest, time.Since(began))
			if err := c.start(); err != nil {
				return "", err
			}
			if err := c.ready(ctx, patience); err != nil {
				return "", err
			}
		}
	}
	people.finish()
	if l.lost+l.nobody > 0 || l.answers[503]+l.answers[502] > 0 {
		wrong.add("people noticed: %s, %v", l.said(), l.answers)
	}
	for _, c := range copies {
		if err := c.stop(); err != nil {
			wrong.add("the last stop: %v", err)
		}
	}
	if err := wrong.err(); err != nil {
		return "", err
	}
	found, err := audit(ctx, at, l, o.program)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("each of two copies restarted %d times, %d clients, a stop took at most %s, the proxy tried again %d times: %s; %s",
		o.n, o.clients, longest.Round(time.Millisecond), p.retried.Load(), l.said(), found), nil
}

// together tries what one copy must know of the other.
func together(ctx context.Context, team *crew, l *ledger, a, b *copied) error {
	var wrong findings
	// A session begun here holds there, and ended there is dead here.
	here := &visitor{address: a.addr}
	if err := here.signIn(team.login, team.password); err != nil {
		return err
	}
	there := here.at(b.addr)
	if status, err := there.look("/desk/jobs"); status != http.StatusOK {
		wrong.add("a session of one copy is answered with %d by the other: %v", status, err)
	}
	// A live list hears what the other copy did.
	following, stop := context.WithCancel(ctx)
	defer stop()
	heard, err := here.listen(following, "desk.job")
	if err != nil {
		return err
	}
	time.Sleep(700 * time.Millisecond) // it looks for others twice a second
	people := newClients(team, l, func() string { return b.addr })
	one := &act{kind: "report", token: team.nurses[0], path: "/api/desk/report", key: "live",
		body: fmt.Sprintf(`{"trade":"electric","place":%q,"title":"报修 live"}`, team.places[0])}
	if err := people.once(ctx, one); err != nil {
		return err
	}
	select {
	case <-heard:
	case <-time.After(patience):
		wrong.add("a live list hears nothing of the other copy")
	}
	// A key sent to both at once is carried out once.
	const times = 20
	var all sync.WaitGroup
	answers := make([]*act, times)
	for i := range times {
		all.Go(func() {
			twin := &act{kind: "report", token: team.nurses[1], path: "/api/desk/report", key: fmt.Sprint("twin", i/2),
				body: fmt.Sprintf(`{"trade":"water","place":%q,"title":"报修 twin%d"}`, team.places[10+i/2], i/2)}
			to := []*copied{a, b}[i%2]
			if err := newClients(team, newLedger(), func() string { return to.addr }).once(ctx, twin); err == nil {
				answers[i] = twin
			}
		})
	}
	all.Wait()
	for i := 0; i < times; i += 2 {
		if answers[i] == nil || answers[i+1] == nil || answers[i].id != answers[i+1].id {
			wrong.add("one key, sent to both copies, was answered with %v and %v", answers[i], answers[i+1])
			continue
		}
		l.done = append(l.done, answers[i])
	}
	// A photo put away by one copy is shown by the other.
	if err := photo(ctx, team, l, here, there); err != nil {
		wrong.add("photo: %v", err)
	}
	if _, err := there.post("/sign-out"); err != nil {
		return err
	}
	if !within(patience, func() bool { status, _ := here.look("/desk/jobs"); return status == http.StatusSeeOther }) {
		wrong.add("signed out at one copy, still in at the other")
	}
	return wrong.err()
}

// once does an act and fails unless it is confirmed.
func (c *clients) once(ctx context.Context, a *act) error {
	status, _, body, err := c.send(ctx, a)
	if err != nil || status != http.StatusOK {
		return fmt.Errorf("%s: %d %s: %w", a.kind, status, body, err)
	}
	var got struct{ ID, Number string }
	if err := json.Unmarshal(body, &got); err != nil {
		return err
	}
	a.id, a.number = got.ID, got.Number
	c.ledger.mu.Lock()
	defer c.ledger.mu.Unlock()
	c.ledger.done = append(c.ledger.done, a)
	return nil
}

func photo(ctx context.Context, team *crew, l *ledger, here, there *visitor) error {
	body, kind, err := picture(map[string]string{"trade": "metal", "place": team.places[50], "title": "报修 photo"})
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, "POST", "http://"+here.address+"/desk/report", bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Origin", "http://"+here.address)
	r.Header.Set("Idempotency-Key", "photo")
	w, err := here.browser().Do(r)
	if err != nil {
		return err
	}
	defer w.Body.Close()
	text, err := io.ReadAll(w.Body)
	var job struct{ ID, Number string }
	if err != nil || w.StatusCode != http.StatusOK || json.Unmarshal(text, &job) != nil {
		return fmt.Errorf("reporting with it: %d %s", w.StatusCode, text)
	}
	l.done = append(l.done, &act{kind: "report", key: "photo", id: job.ID, number: job.Number})
	if r, err = http.NewRequestWithContext(ctx, "GET", "http://"+there.address+"/files?noun=desk.job&record="+job.ID, nil); err != nil {
		return err
	}
	r.Header.Set("Accept", "application/json")
	listed, err := there.browser().Do(r)
	if err != nil {
		return err
	}
	defer listed.Body.Close()
	var files []struct{ ID string }
	if err := json.NewDecoder(listed.Body).Decode(&files); err != nil || len(files) != 1 {
		return fmt.Errorf("the other copy lists %d files: %w", len(files), err)
	}
	if status, err := there.look("/files/" + files[0].ID); status != http.StatusOK {
		return fmt.Errorf("the other copy shows it with %d: %w", status, err)
	}
	return nil
}

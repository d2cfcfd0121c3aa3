package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"
)

// away takes the PostgreSQL server down under load, as a power cut would, and up
// again: until then everybody is told 503, and then work goes on by itself.
func away(ctx context.Context, o options) (string, error) {
	at, err := found(ctx, o, "postgres")
	if err != nil {
		return "", err
	}
	defer at.close()
	team, err := furnish(ctx, at)
	if err != nil {
		return "", err
	}
	c, err := newCopy(o, at, "houqin")
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
	l := newLedger()
	people := newClients(team, l, func() string { return c.addr })
	people.start(ctx, o.clients)
	dice := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 2))
	var wrong findings
	var slowest time.Duration
	for round := range o.n {
		n := l.confirmed()
		if !within(patience, func() bool { return l.confirmed() > n+o.clients }) {
			wrong.add("round %d: work does not go on: %s", round, l.said())
		}
		before := l.count("base.database_away")
		if err := at.cluster.Crash(); err != nil {
			return "", err
		}
		if !within(patience, func() bool { return l.count("base.database_away") > before+o.clients }) {
			wrong.add("round %d: the database is away and nobody was told: %s", round, l.said())
		}
		if status, _ := people.read(ctx); status != http.StatusServiceUnavailable {
			wrong.add("round %d: reading without a database: %d", round, status)
		}
		if status, _ := get("http://" + c.addr + "/readyz"); status != http.StatusServiceUnavailable {
			wrong.add("round %d: without a database the program says it can work (%d)", round, status)
		}
		if status, _ := get("http://" + c.addr + "/healthz"); status != http.StatusOK {
			wrong.add("round %d: without a database the program says it does not live (%d)", round, status)
		}
		time.Sleep(time.Duration(dice.IntN(500)) * time.Millisecond)
		if err := at.cluster.Resume(ctx); err != nil {
			return "", err
		}
		back := time.Now()
		if err := c.ready(ctx, patience); err != nil {
			wrong.add("round %d: %v", round, err)
		}
		slowest = max(slowest, time.Since(back))
	}
	people.finish()
	if c.again > 0 {
		wrong.add("the program ended %d times", c.again)
	}
	if err := c.stop(); err != nil {
		return "", err
	}
	for f, n := range l.faults {
		if f != "base.database_away" && f != "base.outcome_unknown" {
			wrong.add("%d times %s", n, f)
		}
	}
	if err := wrong.err(); err != nil {
		return "", err
	}
	found, err := audit(ctx, at, l, o.program)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d times away, %d clients, at work again at most %s after the database: %s; %s", o.n, o.clients, slowest.Round(10*time.Millisecond), l.said(), found), nil
}

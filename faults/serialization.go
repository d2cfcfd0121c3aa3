package main

import (
	"context"
	"fmt"
	"time"

	"houqin/internal/base/db"
)

// refusals make PostgreSQL refuse transactions as it does when they stand in each
// other's way: one in five at the line of the trail, half of these with a
// serialization failure, half as a deadlock's victim; and one in ten at its commit.
var refusals = []string{
	`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN
		IF random() < 0.1 THEN RAISE EXCEPTION 'refused' USING ERRCODE = '40001'; END IF;
		IF random() < 0.1 THEN RAISE EXCEPTION 'refused' USING ERRCODE = '40P01'; END IF;
		RETURN NULL;
	END $$`,
	`CREATE FUNCTION refuse_commit() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN
		IF random() < 0.1 THEN RAISE EXCEPTION 'refused' USING ERRCODE = '40001'; END IF;
		RETURN NULL;
	END $$`,
	`CREATE TRIGGER refuse AFTER INSERT ON base_trail FOR EACH ROW EXECUTE FUNCTION refuse()`,
	`CREATE CONSTRAINT TRIGGER refuse_commit AFTER INSERT ON base_trail DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_commit()`,
}

// serialization lets PostgreSQL refuse more than a quarter of all transactions: the
// house tries again by itself, people hear nothing of it, and nothing is done twice.
func serialization(ctx context.Context, o options) (string, error) {
	at, err := found(ctx, o, "postgres")
	if err != nil {
		return "", err
	}
	defer at.close()
	team, err := furnish(ctx, at)
	if err != nil {
		return "", err
	}
	for _, q := range refusals {
		if err := on(ctx, at.address, q); err != nil {
			return "", err
		}
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
	time.Sleep(o.span)
	people.finish()
	if err := c.stop(); err != nil {
		return "", err
	}
	refused, err := refusedBy(ctx, at)
	if err != nil {
		return "", err
	}
	var wrong findings
	n := l.answers[200]
	if refused < n/10 {
		wrong.add("only %d transactions were refused of %d", refused, n)
	}
	// Nine attempts in a row fail once in a hundred thousand times.
	if l.answers[503] > 1+n/1000 {
		wrong.add("people were told of %d refusals in %d acts: %v", l.answers[503], n, l.faults)
	}
	if err := wrong.err(); err != nil {
		return "", err
	}
	found, err := audit(ctx, at, l, o.program)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d transactions refused, %d clients: %s; %s", refused, o.clients, l.said(), found), nil
}

// refusedBy is how many transactions the server undid.
func refusedBy(ctx context.Context, at *place) (n int, err error) {
	d, err := db.Open(at.address)
	if err != nil {
		return 0, err
	}
	defer d.Close()
	for range 20 { // the server counts with a delay
		if err = d.QueryRowContext(ctx, `SELECT xact_rollback FROM pg_stat_database WHERE datname = current_database()`).Scan(&n); err != nil || n > 0 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	return n, err
}

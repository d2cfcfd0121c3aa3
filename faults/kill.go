package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// kill ends the program with signal 9 at random moments, also while it starts. On
// PostgreSQL it sometimes ends one of the server's own processes instead, or the
// whole server as a power cut would.
func kill(ctx context.Context, o options) (string, error) {
	at, err := found(ctx, o, o.db)
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
	l := newLedger()
	people := newClients(team, l, func() string { return c.addr })
	people.giveUp = 0.02
	if err := c.start(); err != nil {
		return "", err
	}
	defer func() { c.kill() }()
	people.start(ctx, o.clients)
	dice := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	killed := map[string]int{}
	for round := 1; round <= o.n; round++ {
		if dice.IntN(10) > 0 { // else it dies while it starts
			if err := c.ready(ctx, patience); err != nil {
				return "", err
			}
			time.Sleep(time.Duration(30+dice.IntN(400)) * time.Millisecond)
		} else {
			time.Sleep(time.Duration(dice.IntN(150)) * time.Millisecond)
		}
		what := "the program"
		if at.cluster != nil {
			what = []string{"the program", "the program", "a server process", "the server"}[dice.IntN(4)]
		}
		killed[what]++
		switch what {
		case "the program":
			if err := c.kill(); err != nil {
				return "", err
			}
			if err := c.start(); err != nil {
				return "", err
			}
		case "a server process":
			if err := at.killBackend(ctx, dice); err != nil {
				return "", err
			}
		default:
			if err := at.cluster.Crash(); err != nil {
				return "", err
			}
			time.Sleep(time.Duration(dice.IntN(300)) * time.Millisecond)
			if err := at.cluster.Resume(ctx); err != nil {
				return "", err
			}
		}
		if round%20 == 0 {
			o.log("%d of %d: %s", round, o.n, l.said())
		}
	}
	if err := c.ready(ctx, patience); err != nil {
		return "", err
	}
	people.finish()
	if err := c.stop(); err != nil {
		return "", fmt.Errorf("the last stop: %w", err)
	}
	found, err := audit(ctx, at, l, o.program)
	if err != nil {
		return "", err
	}
	how := ""
	killed["a start that found no database"] = c.again
	for _, w := range []string{"the program", "a server process", "the server", "a start that found no database"} {
		if killed[w] > 0 {
			how += ", " + strconv.Itoa(killed[w]) + " times " + w
		}
	}
	return fmt.Sprintf("%s, %d clients%s: %s; %s", o.db, o.clients, how, l.said(), found), nil
}

// killBackend ends one process of the PostgreSQL server that works for the program;
// the server then ends all others and recovers.
func (p *place) killBackend(ctx context.Context, dice *rand.Rand) error {
	var conn *pgx.Conn
	var err error
	for try := 0; ; try++ { // it may still be recovering from the last one
		if conn, err = pgx.Connect(ctx, p.cluster.DSN); err == nil {
			break
		}
		if try > 600 || ctx.Err() != nil {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, "SELECT pid FROM pg_stat_activity WHERE datname = 'houqin'")
	if err != nil {
		return err
	}
	pids, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil || len(pids) == 0 {
		return err
	}
	return syscall.Kill(pids[dice.IntN(len(pids))], syscall.SIGKILL)
}

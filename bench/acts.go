package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"

	"houqin/internal/base/id"
)

// behind is how many jobs the hospital has when the acts begin.
const behind = 20_000

// act is one of the things that people do all day.
type act struct {
	name  string
	path  string
	token func(s *stage, client int) string
	body  func(s *stage, client, n int) string // of the client's n-th
	most  int                                  // how many are written down to be repeated bare
}

func api(token, key string) []string {
	return []string{"Authorization: Bearer " + token, "Content-Type: application/json", "Accept: application/json", "Idempotency-Key: " + key}
}

var allActs = []act{
	{"report a fault", "/api/desk/report", func(s *stage, client int) string { return s.Nurses[client] }, (*stage).report, 20_000},
	{"issue three lines", "/api/warehouse/issues", func(s *stage, client int) string { return s.Keepers[client] }, (*stage).handout, 8_000},
}

// acts compares what people do over HTTP with the bare SQL of the same.
func acts(ctx context.Context, o options, p *paper) error {
	out := sheet{title: "Acts a second over HTTP, beside the same SQL bare",
		head: []string{"", "clients", "bare SQL", "p50", "over HTTP", "p50", "p99", "ratio", "processor"}}
	for _, name := range o.engines {
		e, err := newEngine(ctx, name, o.dir)
		if err != nil {
			return err
		}
		err = func() error {
			defer e.close()
			if err := e.prepare(ctx, behind); err != nil {
				return err
			}
			for _, a := range allActs {
				if o.quick {
					a.most /= 10
				}
				recorded, err := record(ctx, e, a, a.most)
				if err != nil {
					return err
				}
				say("%s: %s sends %s", name, a.name, recorded.sends)
				for _, clients := range o.clients {
					row, err := compare(ctx, o, e, a, recorded, clients)
					if err != nil {
						return fmt.Errorf("%s, %s, %d clients: %w", name, a.name, clients, err)
					}
					out.rows = append(out.rows, row)
				}
			}
			return nil
		}()
		if err != nil {
			return err
		}
	}
	empty, err := nothing(ctx, o, o.clients[len(o.clients)-1])
	if err != nil {
		return err
	}
	out.remarks = append(out.remarks,
		fmt.Sprintf("A server that answers nothing to the same requests: %s a second with %d clients.", count(empty.rate()), o.clients[len(o.clients)-1]),
		"Both keep every commit on disk before they answer and let waiting acts share a commit; both add the same rows to the same tables, which is checked.")
	p.add(out)
	return nil
}

// compare measures one act by turns, bare and over HTTP, each on its own copy.
func compare(ctx context.Context, o options, e *engine, a act, recorded *script, clients int) ([]string, error) {
	bareAt, dropBare, err := e.another(ctx)
	if err != nil {
		return nil, err
	}
	defer dropBare()
	houseAt, dropHouse, err := e.another(ctx)
	if err != nil {
		return nil, err
	}
	defer dropHouse()
	srv, err := serveHouse(ctx, o, houseAt, fmt.Sprintf("%s-%s-%d", e.name, a.name, clients))
	if err != nil {
		return nil, err
	}
	defer srv.stop()
	first, err := e.rows(ctx, houseAt)
	if err != nil {
		return nil, err
	}
	left := make([][]bareAct, clients) // each client's acts still to be done bare
	for i := range left {
		left[i] = recorded.of(i, clients)
	}
	turn := make([]int, clients) // each client's acts so far over HTTP
	var bare, house result
	var cores, spent float64
	for range o.rounds {
		r, err := repeatBare(ctx, o, e, bareAt, recorded, left)
		if err != nil {
			return nil, fmt.Errorf("bare: %w", err)
		}
		bare.add(r)
		busy := srv.busy()
		r, err = repeat(ctx, clients, o.span, func(i int) (func() (int, error), func(), error) {
			w, err := dial(srv.addr)
			if err != nil {
				return nil, nil, err
			}
			w.keep = true
			return func() (int, error) {
				n := turn[i]
				turn[i]++
				person := (i + n*clients) % persons
				status, n, err := w.send(request("POST", a.path, srv.addr, api(a.token(e.stage, person), id.Secret()), a.body(e.stage, person, (i+n*clients)/persons)))
				if err == nil && status != 200 {
					err = fmt.Errorf("status %d: %s", status, w.body.String())
				}
				return n, err
			}, w.close, nil
		})
		if err != nil {
			return nil, fmt.Errorf("house: %w", err)
		}
		cores += (srv.busy() - busy) / (o.span.Seconds() * 1.1)
		spent += srv.busy() - busy
		house.add(r)
	}
	if err := srv.stop(); err != nil {
		return nil, err
	}
	if err := alike(ctx, e, first, bareAt, houseAt, bare.all, house.all); err != nil {
		return nil, err
	}
	row := []string{e.name + ": " + a.name, fmt.Sprint(clients), count(bare.rate()), ms(bare.quantile(0.5)), count(house.rate()), ms(house.quantile(0.5)), ms(house.quantile(0.99)),
		ratio(house.rate() / bare.rate()), fmt.Sprintf("%.0f µs", spent/float64(house.all)*1e6)}
	say("  %v", row)
	return row, nil
}

func repeatBare(ctx context.Context, o options, e *engine, address string, recorded *script, left [][]bareAct) (result, error) {
	next := func(i int, do func(bareAct) error) func() (int, error) {
		return func() (int, error) {
			if len(left[i]) == 0 {
				return 0, errDone
			}
			a := left[i][0]
			left[i] = left[i][1:]
			return 0, do(a)
		}
	}
	if e.cluster == nil {
		t, end, err := newTogether(ctx, address, recorded.tables)
		if err != nil {
			return result{}, err
		}
		defer end()
		return repeat(ctx, len(left), o.span, func(i int) (func() (int, error), func(), error) { return next(i, t.do), func() {}, nil })
	}
	pool, err := sql.Open("pgx", address)
	if err != nil {
		return result{}, err
	}
	defer pool.Close()
	pool.SetMaxOpenConns(len(left))
	pool.SetMaxIdleConns(len(left))
	return repeat(ctx, len(left), o.span, func(i int) (func() (int, error), func(), error) {
		conn, err := pool.Conn(ctx)
		if err != nil {
			return nil, nil, err
		}
		return next(i, func(a bareAct) error {
			tx, err := conn.BeginTx(ctx, nil)
			if err != nil {
				return err
			}
			if err := a.do(ctx, tx); err != nil {
				tx.Rollback()
				return err
			}
			return tx.Commit()
		}), func() { conn.Close() }, nil
	})
}

// alike fails when the two did not add the same rows for each act.
func alike(ctx context.Context, e *engine, first map[string]int, bareAt, houseAt string, bareActs, houseActs int) error {
	bare, err := e.rows(ctx, bareAt)
	if err != nil {
		return err
	}
	house, err := e.rows(ctx, houseAt)
	if err != nil {
		return err
	}
	if a, b := grown(first, bare, bareActs), grown(first, house, houseActs); a != b {
		return fmt.Errorf("the bare SQL does not do what the house does: it adds to an act's tables %s; the house %s", a, b)
	}
	return nil
}

// serveHouse starts the program on a database and waits until it is ready. For a
// profile it is this program that serves, by the same code.
func serveHouse(ctx context.Context, o options, address, name string) (*server, error) {
	program, err := o.houqin(ctx)
	args := []string{"serve", "--db=" + address, "--data=" + o.dir}
	if o.profile != "" {
		program, err = os.Executable()
		profiles.Add(1)
		args = []string{"child", "house", "--db=" + address, "--data=" + o.dir, "--profile=" + filepath.Join(o.profile, fmt.Sprintf("%s-%d.pprof", clean(name), profiles.Load()))}
	}
	if err != nil {
		return nil, err
	}
	s, err := launch(o.dir, program, args...)
	if err != nil {
		return nil, err
	}
	if _, err := s.ready(ctx, "/readyz"); err != nil {
		s.cmd.Process.Kill()
		return nil, err
	}
	return s, nil
}

var profiles atomic.Int64

func clean(name string) string {
	b := []byte(name)
	for i, c := range b {
		if c == ' ' || c == '/' {
			b[i] = '_'
		}
	}
	return string(b)
}

// nothing is what a server does that only answers.
func nothing(ctx context.Context, o options, clients int) (result, error) {
	self, err := os.Executable()
	if err != nil {
		return result{}, err
	}
	srv, err := launch(o.dir, self, "child", "empty")
	if err != nil {
		return result{}, err
	}
	defer srv.stop()
	if _, err := srv.ready(ctx, "/"); err != nil {
		return result{}, err
	}
	return repeat(ctx, clients, o.span, func(i int) (func() (int, error), func(), error) {
		w, err := dial(srv.addr)
		if err != nil {
			return nil, nil, err
		}
		text := request("POST", "/", srv.addr, api("x", "x"), `{"title":"水龙头漏水"}`)
		return func() (int, error) {
			_, n, err := w.send(text)
			return n, err
		}, w.close, nil
	})
}

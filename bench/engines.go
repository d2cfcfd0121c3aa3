package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"houqin/internal/base/pgtest"
	"houqin/internal/hospital"
)

// engine is one of the two databases, with a hospital filled once and copied for
// each measurement.
type engine struct {
	name    string
	dir     string
	cluster *pgtest.Cluster
	stage   *stage
	filled  int // which of the hospitals that were filled it is
	copies  int
}

var filled int // hospitals so far, of either engine: each has files of its own

var quiet = slog.New(slog.DiscardHandler)

func newEngine(ctx context.Context, name, dir string) (*engine, error) {
	e := &engine{name: name, dir: dir}
	var err error
	if name == "postgres" {
		e.cluster, err = pgtest.StartDurable(ctx)
	} else if name != "sqlite" {
		err = fmt.Errorf("no engine %q", name)
	}
	return e, err
}

func (e *engine) close() {
	if e.cluster != nil {
		e.cluster.Stop()
	}
}

func (e *engine) address(name string) string {
	if e.cluster == nil {
		return filepath.Join(e.dir, name+".db")
	}
	u, _ := url.Parse(e.cluster.DSN)
	u.Path = "/" + name
	return u.String()
}

func (e *engine) server(ctx context.Context, q string) error {
	pool, err := sql.Open("pgx", e.cluster.DSN)
	if err != nil {
		return err
	}
	defer pool.Close()
	_, err = pool.ExecContext(ctx, q)
	return err
}

// prepare fills the hospital from which copies are taken.
func (e *engine) prepare(ctx context.Context, jobs int) error {
	say("%s: filling a hospital with %s jobs behind it", e.name, count(float64(jobs)))
	filled++
	e.filled = filled
	if e.cluster != nil {
		if err := e.server(ctx, "CREATE DATABASE "+e.original()); err != nil {
			return err
		}
	}
	h, err := hospital.Open(ctx, hospital.Config{DB: e.address(e.original()), Data: e.dir, Log: quiet})
	if err != nil {
		return err
	}
	e.stage, err = fill(ctx, h.DB, jobs)
	if err2 := h.DB.Close(); err == nil {
		err = err2
	}
	return err
}

func (e *engine) original() string { return fmt.Sprintf("filled%d", e.filled) }

// another is a fresh copy of the filled hospital.
func (e *engine) another(ctx context.Context) (address string, drop func(), err error) {
	e.copies++
	name := fmt.Sprintf("copy%d", e.copies)
	address = e.address(name)
	if e.cluster != nil {
		if err := e.server(ctx, "CREATE DATABASE "+name+" TEMPLATE "+e.original()); err != nil {
			return "", nil, err
		}
		return address, func() { e.server(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)") }, e.server(ctx, "CHECKPOINT")
	}
	from, err := os.Open(e.address(e.original()))
	if err != nil {
		return "", nil, err
	}
	defer from.Close()
	to, err := os.Create(address)
	if err != nil {
		return "", nil, err
	}
	defer to.Close()
	if _, err := io.Copy(to, from); err != nil {
		return "", nil, err
	}
	return address, func() {
		for _, tail := range []string{"", "-wal", "-shm", ".lock"} {
			os.Remove(address + tail)
		}
	}, to.Sync()
}

// rows counts every table, so that two ways of doing the same can be compared.
func (e *engine) rows(ctx context.Context, address string) (map[string]int, error) {
	driver, names := "sqlite", `SELECT name FROM sqlite_schema WHERE type = 'table' AND (name NOT LIKE '%\_fts%' ESCAPE '\' OR name LIKE '%\_fts\_docsize' ESCAPE '\') AND name NOT LIKE 'sqlite%'`
	if e.cluster != nil {
		driver, names = "pgx", `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`
	}
	pool, err := sql.Open(driver, address)
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	found, err := pool.QueryContext(ctx, names)
	if err != nil {
		return nil, err
	}
	var tables []string
	for found.Next() {
		var t string
		if err := found.Scan(&t); err != nil {
			return nil, err
		}
		tables = append(tables, t)
	}
	n := map[string]int{}
	for _, t := range tables {
		var rows int
		of := t
		switch t { // what the desk adds by the clock, beside what people do, is no part of an act
		case "desk_breach":
			continue
		case "base_trail":
			of += " WHERE length(by_id) >= 20" // the program's own names are shorter than people's ids
		}
		if err := pool.QueryRowContext(ctx, "SELECT count(*) FROM "+of).Scan(&rows); err != nil {
			return nil, err
		}
		n[t] = rows
	}
	return n, found.Err()
}

// sums is where acts are added up: how many rows that makes depends on how many acts there are.
const sums = "warehouse_consumption"

// grown says which tables grew by how many rows an act, over so many acts.
func grown(before, after map[string]int, acts int) string {
	var all []string
	for t, n := range after {
		if d := n - before[t]; d*2 >= acts && acts > 0 && t != sums {
			all = append(all, fmt.Sprintf("%s %.0f", t, float64(d)/float64(acts)))
		}
	}
	sort.Strings(all)
	return strings.Join(all, ", ")
}

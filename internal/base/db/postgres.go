package db

import (
	"context"
	"database/sql"
	"errors"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"houqin/internal/base/fault"
)

// postgres: each unit is a transaction of its own at READ COMMITTED; commands that
// read and then decide Lock their record. Commits of several connections already
// share a flush of the server's log.
type postgresEngine struct {
	*sql.DB
	known sameness
}

// program is how the server's list of sessions names ours, so that a restore sees
// whether anybody is at work.
const program = "houqin"

func openPostgres(address string) (*postgresEngine, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, err
	}
	config.RuntimeParams["application_name"] = strings.TrimSpace(program + " " + config.RuntimeParams["search_path"])
	pool := stdlib.OpenDB(*config)
	n := max(16, 8*runtime.NumCPU())
	pool.SetMaxOpenConns(n)
	pool.SetMaxIdleConns(n)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := pool.PingContext(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return &postgresEngine{DB: pool}, nil
}

func (e *postgresEngine) Postgres() bool                     { return true }
func (e *postgresEngine) ping(ctx context.Context) error     { return e.same(ctx, 0) }
func (e *postgresEngine) close() error                       { return e.DB.Close() }
func (e *postgresEngine) migrator() (*sql.DB, func(), error) { return e.DB, func() {}, nil }

func (e *postgresEngine) connections() (open, busy int) {
	s := e.Stats()
	return s.OpenConnections, s.InUse
}

// same fails once the database was replaced by a restored one.
func (e *postgresEngine) same(ctx context.Context, trust time.Duration) error {
	if trust == 0 {
		if err := e.PingContext(ctx); err != nil {
			return err
		}
	}
	return e.known.same(ctx, e.DB, trust)
}

func (e *postgresEngine) do(ctx context.Context, d *DB, u *unit) error {
	if err := e.same(ctx, lookAgain); err != nil {
		return err
	}
	tx, err := e.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := u.work(d, tx, true); err != nil {
		tx.Rollback()
		return err
	}
	if err := tx.Commit(); err != nil {
		// The server did not answer, or answered that it ends: it may have committed before.
		if e, ok := errors.AsType[*pgconn.PgError](err); !ok || e.SeverityUnlocalized == "FATAL" || e.SeverityUnlocalized == "PANIC" {
			return fault.New(fault.Unavailable, "base.outcome_unknown").Because(err)
		}
		return err
	}
	return nil
}

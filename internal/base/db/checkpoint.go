package db

import (
	"context"
	"database/sql"
	"log/slog"
)

// SQLite writes to a log first; what stands there must be brought into the file before
// the log can begin anew. The writer does that by itself when the log has grown to
// logMost pages, and everybody waits meanwhile. A checkpointer beside it brings pages
// over earlier, so that little is left then.
const (
	logMost  = 16_000 // pages of 4 KiB
	logSoon  = 4_000
	logPages = `PRAGMA wal_checkpoint(NOOP)`
	logBring = `PRAGMA wal_checkpoint(PASSIVE)` // waits for nobody
)

type checkpointer struct {
	pool    *sql.DB
	log     *slog.Logger
	written chan struct{} // something was
	ended   chan struct{}
}

func newCheckpointer(dsn string, log *slog.Logger) (*checkpointer, error) {
	pool, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	c := &checkpointer{pool: pool, log: log, written: make(chan struct{}, 1), ended: make(chan struct{})}
	go c.loop()
	return c, nil
}

// wrote says that there may be something to do.
func (c *checkpointer) wrote() {
	select {
	case c.written <- struct{}{}:
	default:
	}
}

func (c *checkpointer) stop() {
	close(c.written)
	<-c.ended
	c.pool.Close()
}

// loop only tells of errors: what could not be brought over now stays in the log, which
// is as safe, until the next time or until the writer does it.
func (c *checkpointer) loop() {
	defer close(c.ended)
	for range c.written {
		var busy, log, brought int
		err := c.pool.QueryRowContext(context.Background(), logPages).Scan(&busy, &log, &brought)
		if err == nil && log-brought >= logSoon {
			_, err = c.pool.ExecContext(context.Background(), logBring)
		}
		if err != nil {
			c.log.Warn("pages stay in SQLite's log", "err", err)
		}
	}
}

package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"io/fs"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"houqin/internal/base/fault"
)

// Explain is for what was read outside units of work: a *sql.Row keeps the driver's
// own error until it is scanned. Faults stay as they are.
func Explain(err error) error { return explain(err) }

// explain turns what either database complains of into a fault, told apart by
// code and never by text: SQLite's extended result codes, PostgreSQL's SQLSTATE.
func explain(err error) error {
	if err == nil || fault.KindOf(err) != fault.Internal || errors.Is(err, context.Canceled) {
		return err
	}
	as := func(k fault.Kind, key string) error { return fault.New(k, key).Because(err) }
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		switch e.Code() {
		case 2067, 1555:
			return as(fault.Conflict, "base.duplicate")
		case 787:
			return as(fault.Conflict, "base.referenced")
		case 1811:
			return as(fault.Conflict, "base.append_only")
		case 275:
			return as(fault.Conflict, "base.refused_by_book")
		}
		switch e.Code() & 0xff {
		case 13:
			return as(fault.Unavailable, "base.disk_full")
		case 10, 14, 8:
			return as(fault.Unavailable, "base.database_away")
		case 5, 6:
			return as(fault.Unavailable, "base.busy")
		case 11, 26:
			return as(fault.Unavailable, "base.damaged")
		}
		return err
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch {
		case e.Code == "23505":
			return as(fault.Conflict, "base.duplicate")
		case e.Code == "23503":
			return as(fault.Conflict, "base.referenced")
		case e.Code == "23514":
			return as(fault.Conflict, "base.refused_by_book")
		case e.Code == "HQ001":
			return as(fault.Conflict, "base.append_only")
		case e.Code == "53100":
			return as(fault.Unavailable, "base.disk_full")
		case e.Code == "40001", e.Code == "40P01", e.Code == "55P03":
			return as(fault.Unavailable, "base.busy")
		case strings.HasPrefix(e.Code, "08"), strings.HasPrefix(e.Code, "57P"), strings.HasPrefix(e.Code, "53"):
			return as(fault.Unavailable, "base.database_away")
		}
		return err
	}
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.ErrUnexpectedEOF) || pgconn.SafeToRetry(err) { // the server hung up
		return as(fault.Unavailable, "base.database_away")
	}
	if errors.Is(err, syscall.ENOSPC) {
		return as(fault.Unavailable, "base.disk_full")
	}
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return err // a file's trouble says itself what it is
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return as(fault.Unavailable, "base.busy")
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return as(fault.Unavailable, "base.database_away")
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return as(fault.Unavailable, "base.database_away")
	}
	return err
}

// again says whether running the unit once more may succeed where this time it
// lost a race: serialization failure, deadlock, a busy file, a pooled connection
// that turned out to be dead before anything was committed on it.
func again(err error) bool {
	if errors.Is(err, driver.ErrBadConn) {
		return !fault.Is(err, "base.outcome_unknown")
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code == "40001" || e.Code == "40P01"
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()&0xff == 5 || e.Code()&0xff == 6
	}
	return false
}

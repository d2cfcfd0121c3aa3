package db_test

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
)

// Whatever way the database goes away, it is said the same.
// Holds: v5.0.0-16.5.1 v5.0.0-16.5.2
func TestADatabaseThatIsAwayIsSaid(t *testing.T) {
	for _, err := range []error{
		driver.ErrBadConn, io.ErrUnexpectedEOF, &net.OpError{Op: "read", Err: errors.New("connection reset by peer")},
		&pgconn.PgError{Code: "57P03"}, &pgconn.PgError{Code: "57P01"}, &pgconn.PgError{Code: "53300"}, &pgconn.PgError{Code: "08006"},
	} {
		if got := db.Explain(fmt.Errorf("reading: %w", err)); !fault.Is(got, "base.database_away") || !errors.Is(got, err) {
			t.Errorf("%v: %v", err, got)
		}
	}
	for _, err := range []error{nil, io.EOF, errors.New("a bug"), fault.New(fault.NotFound, "base.not_found")} {
		if got := db.Explain(err); got != err {
			t.Errorf("%v became %v", err, got)
		}
	}
}

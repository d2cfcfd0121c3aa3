// Package pgtest gives a test a real PostgreSQL: the one that HOUQIN_TEST_PG
// names, or else a throwaway cluster that lives as long as the test process, and
// in it any number of databases, each copied in a moment from one prepared once.
package pgtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"hash/fnv"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// The environment by which ./test speaks to the tests.
const (
	// ServerEnv holds the postgres:// address of a server where databases may be
	// made and dropped.
	ServerEnv = "HOUQIN_TEST_PG"
	// AllEnv, set to 1, turns everything that a test would leave out for want of
	// a server or a browser into a failure.
	AllEnv = "HOUQIN_TEST_ALL"
)

// Server returns the address of a PostgreSQL server for tests. Where none can be
// had it says in the log of tb what is left out and returns false; under
// HOUQIN_TEST_ALL=1 it fails tb instead.
func Server(tb testing.TB) (dsn string, ok bool) {
	tb.Helper()
	return answer(tb, server)
}

func answer(tb testing.TB, server func() (string, error)) (string, bool) {
	tb.Helper()
	dsn, err := server()
	switch {
	case err == nil:
		return dsn, true
	case os.Getenv(AllEnv) == "1":
		tb.Fatalf("%s=1 and no PostgreSQL: %v", AllEnv, err)
	default:
		tb.Logf("LEFT OUT, nothing of this was tried on PostgreSQL: %v", err)
	}
	return "", false
}

// server starts at most one cluster in a process. Nobody stops it: its keeper
// does when the process is gone.
var server = sync.OnceValues(func() (string, error) {
	if dsn := os.Getenv(ServerEnv); dsn != "" {
		return dsn, nil
	}
	c, err := Start(context.Background())
	if err != nil {
		return "", err
	}
	return c.DSN, nil
})

// Database returns the address of a database of tb's own, dropped when tb ends.
// It is a copy of a template that prepare fills, once per server however many
// tests and processes ask at the same moment. Templates stay on the server, so
// the name of the template must say what is in it: put a hash of the migrations
// into it. Where Server has none to give, the test is skipped.
func Database(tb testing.TB, template string, prepare func(dsn string) error) (dsn string) {
	tb.Helper()
	admin, ok := Server(tb)
	if !ok {
		tb.Skip("no PostgreSQL")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	if err := ready(ctx, admin, templateName(template), prepare); err != nil {
		tb.Fatalf("preparing the template database %s: %v", template, err)
	}
	name := "test_" + strings.ToLower(rand.Text())
	if err := do(ctx, admin, "CREATE DATABASE "+name+" TEMPLATE "+templateName(template)); err != nil {
		tb.Fatalf("copying the template database %s: %v", template, err)
	}
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := do(ctx, admin, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			tb.Errorf("dropping the test's database: %v", err)
		}
	})
	return in(admin, name)
}

// ready prepares the template database once. A template is told from one that
// somebody left half made by its template flag, which is set last.
func ready(ctx context.Context, admin, name string, prepare func(dsn string) error) error {
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		return err
	}
	defer conn.Close(context.Background()) // and with it goes the lock
	lock := fnv.New64a()
	lock.Write([]byte(name))
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(lock.Sum64())); err != nil {
		return err
	}
	var made bool
	err = conn.QueryRow(ctx, "SELECT count(*) > 0 FROM pg_database WHERE datname = $1 AND datistemplate", name).Scan(&made)
	if err != nil || made {
		return err
	}
	for _, sql := range []string{"DROP DATABASE IF EXISTS " + name + " WITH (FORCE)", "CREATE DATABASE " + name} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	if err := prepare(in(admin, name)); err != nil {
		return err
	}
	// Closed to everybody, because a database in use cannot be copied.
	if _, err := conn.Exec(ctx, "ALTER DATABASE "+name+" WITH ALLOW_CONNECTIONS false"); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "ALTER DATABASE "+name+" WITH IS_TEMPLATE true")
	return err
}

func do(ctx context.Context, dsn, sql string) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(context.Background())
	_, err = conn.Exec(ctx, sql)
	return err
}

// templateName keeps what can be read of the key and makes it unique by a hash,
// within PostgreSQL's 63 bytes.
func templateName(key string) string {
	clean := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToLower(key))
	hash := fnv.New64a()
	hash.Write([]byte(key))
	return fmt.Sprintf("template_%.30s_%016x", clean, hash.Sum64())
}

// in is the address of another database on the same server.
func in(dsn, database string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		return dsn // refused by the driver with a better message
	}
	u.Path = "/" + database
	return u.String()
}

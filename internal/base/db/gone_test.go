package db_test

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
)

// wire is a line to PostgreSQL that can be cut.
type wire struct {
	network, address string
	mu               sync.Mutex
	cut              bool
	open             []net.Conn
}

// lay gives the address of a database at the end of a wire.
func lay(t *testing.T, dsn string) (*wire, string) {
	t.Helper()
	c, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{network: "tcp", address: net.JoinHostPort(c.Host, fmt.Sprint(c.Port))}
	if strings.HasPrefix(c.Host, "/") {
		w.network, w.address = "unix", fmt.Sprintf("%s/.s.PGSQL.%d", c.Host, c.Port)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close(); w.set(true) })
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			go w.join(near)
		}
	}()
	u := url.URL{Scheme: "postgres", User: url.UserPassword(c.User, c.Password), Host: l.Addr().String(), Path: "/" + c.Database, RawQuery: "sslmode=disable&connect_timeout=2"}
	return w, u.String()
}

func (w *wire) join(near net.Conn) {
	far, err := net.Dial(w.network, w.address)
	w.mu.Lock()
	if err != nil || w.cut {
		w.mu.Unlock()
		near.Close()
		if err == nil {
			far.Close()
		}
		return
	}
	w.open = append(w.open, near, far)
	w.mu.Unlock()
	go func() { io.Copy(far, near); far.Close() }()
	io.Copy(near, far)
	near.Close()
}

// set cuts the wire or mends it.
func (w *wire) set(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cut = cut; cut {
		for _, c := range w.open {
			c.Close()
		}
		w.open = nil
	}
}

func TestADatabaseThatIsAwayIsSaidAndComesBack(t *testing.T) {
	dsn, ok := dbtest.Postgres(t, room)
	if !ok {
		return
	}
	w, address := lay(t, dsn)
	d, _ := dbtest.Open(t, address)
	write := func(id string) error {
		return d.Do(t.Context(), anna, func(tx *db.Tx) error { return put(t.Context(), tx, id) })
	}
	if err := write("before"); err != nil {
		t.Fatal(err)
	}
	if err := d.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.set(true)
	for i := range 3 {
		if err := write(fmt.Sprint("lost", i)); fault.KindOf(err) != fault.Unavailable || !fault.Is(err, "base.database_away") && !fault.Is(err, "base.outcome_unknown") {
			t.Errorf("a write: %v", err)
		}
	}
	if err := d.Ready(t.Context()); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("readiness: %v", err)
	}
	w.set(false)
	var err error
	for range 50 {
		if err = d.Ready(t.Context()); err == nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if err != nil {
		t.Fatalf("not ready again: %v", err)
	}
	if err := write("after"); err != nil {
		t.Error(err)
	}
	if n := count(t, d, `SELECT count(*) FROM note WHERE id IN ('before', 'after')`); n != 2 {
		t.Errorf("%d rows", n)
	}
	if n := count(t, d, `SELECT count(*) FROM note WHERE id LIKE 'lost%'`); n != 0 {
		t.Errorf("%d rows of failed writes", n)
	}
}

// A server that says, while it commits, that it ends may have committed before it said so.
func TestAServerThatEndsWhileItCommitsLeavesTheOutcomeOpen(t *testing.T) {
	dsn, ok := dbtest.Postgres(t, room)
	if !ok {
		return
	}
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{
		`CREATE FUNCTION go_away() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'`,
		`CREATE CONSTRAINT TRIGGER go_away AFTER INSERT ON note DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (new.id = 'last') EXECUTE FUNCTION go_away()`,
	} {
		if _, err := conn.Exec(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	conn.Close(t.Context())
	d, _ := dbtest.Open(t, dsn)
	if err := d.Do(t.Context(), anna, func(tx *db.Tx) error { return put(t.Context(), tx, "last") }); !fault.Is(err, "base.outcome_unknown") {
		t.Errorf("told %v", err)
	}
	if err := d.Do(t.Context(), anna, func(tx *db.Tx) error { return put(t.Context(), tx, "next") }); err != nil {
		t.Error(err)
	}
}

package pgtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func sqlOn(tb testing.TB, dsn, sql string) {
	tb.Helper()
	if err := do(tb.Context(), dsn, sql); err != nil {
		tb.Fatal(err)
	}
}

func number(tb testing.TB, dsn, sql string) (n int) {
	tb.Helper()
	conn, err := pgx.Connect(tb.Context(), dsn)
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close(context.Background())
	if err := conn.QueryRow(tb.Context(), sql).Scan(&n); err != nil {
		tb.Fatal(err)
	}
	return n
}

// stores prepares a database with one store in it.
func stores(dsn string) error {
	return errors.Join(
		do(context.Background(), dsn, "CREATE TABLE store (name text PRIMARY KEY)"),
		do(context.Background(), dsn, "INSERT INTO store VALUES ('总务库')"))
}

func TestEachDatabaseIsItsOwn(t *testing.T) {
	key := "own " + t.TempDir()
	var first string
	t.Run("first", func(t *testing.T) {
		first = Database(t, key, stores)
		second := Database(t, key, stores)
		sqlOn(t, first, "INSERT INTO store VALUES ('食堂库')")
		if n := number(t, first, "SELECT count(*) FROM store"); n != 2 {
			t.Errorf("the first has %d stores, want 2", n)
		}
		if n := number(t, second, "SELECT count(*) FROM store"); n != 1 {
			t.Errorf("the second has %d stores, want the one that was prepared", n)
		}
		// Somebody who still holds a connection must not keep the database alive.
		conn, err := pgx.Connect(t.Context(), first)
		if err != nil {
			t.Fatal(err)
		}
		_ = conn
	})
	if err := do(t.Context(), first, "SELECT 1"); err == nil {
		t.Error("the first database is still there after its test")
	}
}

// Several processes that want the same template at once is what `go test ./...`
// does. Each prints how often it prepared.
func TestTemplateIsPreparedOnceAmongProcesses(t *testing.T) {
	if key := os.Getenv("PGTEST_RACE"); key != "" {
		var prepared int
		var mu sync.Mutex
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				dsn := Database(t, key, func(dsn string) error {
					mu.Lock()
					defer mu.Unlock()
					prepared++
					return stores(dsn)
				})
				if n := number(t, dsn, "SELECT count(*) FROM store"); n != 1 {
					t.Errorf("%d stores, want 1", n)
				}
			})
		}
		wg.Wait()
		fmt.Printf("prepared %d\n", prepared)
		return
	}
	dsn, ok := Server(t)
	if !ok {
		t.Skip("no PostgreSQL")
	}
	key := "race " + t.TempDir()
	outs := make([][]byte, 4)
	var wg sync.WaitGroup
	for i := range outs {
		wg.Go(func() {
			cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
			cmd.Env = append(os.Environ(), "PGTEST_RACE="+key, ServerEnv+"="+dsn)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Errorf("racer: %v\n%s", err, out)
			}
			outs[i] = out
		})
	}
	wg.Wait()
	var all strings.Builder
	for _, out := range outs {
		all.Write(out)
	}
	if n, zero := strings.Count(all.String(), "prepared 1\n"), strings.Count(all.String(), "prepared 0\n"); n != 1 || zero != 3 {
		t.Errorf("want one of four racers to prepare, once:\n%s", all.String())
	}
}

func TestHalfMadeTemplateIsMadeAnew(t *testing.T) {
	admin, ok := Server(t)
	if !ok {
		t.Skip("no PostgreSQL")
	}
	name := templateName("half " + t.TempDir())
	power := errors.New("power cut")
	err := ready(t.Context(), admin, name, func(dsn string) error { return errors.Join(stores(dsn), power) })
	if !errors.Is(err, power) {
		t.Fatalf("got %v, want what prepare said", err)
	}
	if err := ready(t.Context(), admin, name, stores); err != nil {
		t.Errorf("the half-made template stands in the way: %v", err)
	}
}

func TestTemplateIsCopiedThoughPrepareKeepsConnections(t *testing.T) {
	var open *pgx.Conn
	dsn := Database(t, "held "+t.TempDir(), func(dsn string) (err error) {
		open, err = pgx.Connect(context.Background(), dsn)
		return errors.Join(err, stores(dsn))
	})
	defer open.Close(context.Background())
	if n := number(t, dsn, "SELECT count(*) FROM store"); n != 1 {
		t.Errorf("%d stores, want 1", n)
	}
}

func TestTemplateNames(t *testing.T) {
	seen := map[string]string{}
	for _, key := range []string{"", "desk", "Desk", "desk 1", "报修", "仓库", strings.Repeat("x", 200), strings.Repeat("x", 201)} {
		name := templateName(key)
		if len(name) > 63 {
			t.Errorf("%q: name of %d bytes, PostgreSQL would cut it", key, len(name))
		}
		if other, taken := seen[name]; taken {
			t.Errorf("%q and %q share the name %s", key, other, name)
		}
		seen[name] = key
	}
}

// The process that started a cluster is killed: no server and no folder remain.
func TestClusterEndsWithItsProcess(t *testing.T) {
	if os.Getenv("PGTEST_CHILD") != "" {
		c, err := Start(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println("cluster " + c.DSN)
		time.Sleep(time.Hour) // until killed
	}
	if _, ok := Server(t); !ok {
		t.Skip("no PostgreSQL")
	}
	if _, err := binaries(); err != nil { // the server is somebody else's
		if os.Getenv(AllEnv) == "1" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), "PGTEST_CHILD=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	var dsn string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var isAddress bool
		if dsn, isAddress = strings.CutPrefix(lines.Text(), "cluster "); isAddress {
			break
		}
	}
	if err := do(t.Context(), dsn, "SELECT 1"); err != nil {
		t.Fatal(err)
	}
	cmd.Process.Kill()

	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	dir := u.Query().Get("host")
	for range 3000 { // half a minute, on a machine that does much else
		if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%s is still there", dir)
}

// fakeTB notes what a test would have been told.
type fakeTB struct {
	testing.TB
	said  strings.Builder
	fatal bool
}

func (f *fakeTB) Helper()                    {}
func (f *fakeTB) Logf(s string, args ...any) { fmt.Fprintf(&f.said, s, args...) }
func (f *fakeTB) Fatalf(s string, args ...any) {
	f.fatal = true
	f.Logf(s, args...)
	runtime.Goexit()
}

func TestWithoutAServer(t *testing.T) {
	for _, c := range []struct {
		all   string
		fatal bool
		say   string
	}{
		{all: "", say: "LEFT OUT"},
		{all: "1", fatal: true, say: "HOUQIN_TEST_ALL=1 and no PostgreSQL"},
	} {
		t.Run("all="+c.all, func(t *testing.T) {
			t.Setenv(AllEnv, c.all)
			f := &fakeTB{TB: t}
			got := true
			var wg sync.WaitGroup
			wg.Go(func() {
				_, got = answer(f, func() (string, error) { return "", errors.New("nothing installed") })
			})
			wg.Wait()
			if f.fatal != c.fatal || got != c.fatal {
				t.Errorf("fatal %v, want %v", f.fatal, c.fatal)
			}
			if s := f.said.String(); !strings.Contains(s, c.say) || !strings.Contains(s, "nothing installed") {
				t.Errorf("said %q", s)
			}
		})
	}
}

func TestFolderOfRootIsEnterable(t *testing.T) {
	closed := filepath.Join(t.TempDir(), "closed")
	if err := os.MkdirAll(filepath.Join(closed, "in"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	if enterable(filepath.Join(closed, "in")) {
		t.Error("a folder under a closed one counts as enterable")
	}
	if !enterable("/tmp") {
		t.Error("/tmp counts as closed")
	}
}

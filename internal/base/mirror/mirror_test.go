package mirror

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/dbtest"
	"houqin/internal/base/fault"
)

var room = []fs.FS{fstest.MapFS{"migrations/900001_note.sql": {Data: []byte(`
	CREATE TABLE note (id TEXT PRIMARY KEY, n BIGINT NOT NULL, photo BYTEA);
`)}}}

var silent = slog.New(slog.DiscardHandler)

func write(ctx context.Context, d *db.DB, n int64, size int) error {
	return d.Do(ctx, dbtest.Person("anna"), func(tx *db.Tx) error {
		photo := make([]byte, size)
		rand.Read(photo)
		id := tx.NewID()
		if _, err := tx.Exec(ctx, `INSERT INTO note (id, n, photo) VALUES ($1,$2,$3)`, id, n, photo); err != nil {
			return err
		}
		return tx.Trail(ctx, db.Event{Noun: "note", Record: id, Action: "put"})
	})
}

// state is what a database says of itself.
func state(t *testing.T, d *db.DB) string {
	t.Helper()
	var n, sum, trail int64
	if err := d.QueryRowContext(t.Context(), `SELECT count(*), CAST(coalesce(sum(n), 0) AS BIGINT), (SELECT count(*) FROM base_trail) FROM note`).Scan(&n, &sum, &trail); err != nil {
		t.Fatal(err)
	}
	if n != trail {
		t.Errorf("%d rows with %d lines of trail", n, trail)
	}
	return fmt.Sprint(n, " rows, sum ", sum)
}

func fetched(t *testing.T, from string, at time.Time) *db.DB {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fetched.db")
	if err := Fetch(t.Context(), from, path, at, silent); err != nil {
		t.Fatal(err)
	}
	d, _ := dbtest.Open(t, path)
	if wrong, err := d.Sound(t.Context()); err != nil || len(wrong) > 0 {
		t.Errorf("%v %v", wrong, err)
	}
	return d
}

func start(t *testing.T, path, files, to string) *Mirror {
	t.Helper()
	m, err := Start(t.Context(), path, files, to, silent)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// places runs f with a copy in a folder and with one in a bucket.
func places(t *testing.T, f func(t *testing.T, to string)) {
	t.Run("folder", func(t *testing.T) { f(t, filepath.Join(t.TempDir(), "copy")) })
	t.Run("bucket", func(t *testing.T) {
		_, to := bucketAddress(t)
		f(t, to)
	})
}

func TestWhatIsWrittenStandsInTheCopy(t *testing.T) {
	places(t, func(t *testing.T, to string) {
		path := dbtest.SQLite(t, room)
		d, _ := dbtest.Open(t, path)
		if err := write(t.Context(), d, 1, 12<<20); err != nil { // more than fits into one part
			t.Fatal(err)
		}
		files := t.TempDir()
		if err := os.MkdirAll(filepath.Join(files, "ab"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(files, "ab", "cdef"), []byte("a photo"), 0o600); err != nil {
			t.Fatal(err)
		}
		m := start(t, path, files, to)
		var wg sync.WaitGroup
		for w := range 8 {
			wg.Go(func() {
				for i := range 50 {
					if err := write(t.Context(), d, int64(w*1000+i), 100); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if err := os.WriteFile(filepath.Join(files, "ab", "later"), []byte("another"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(files, "ab", ".unfinished-1"), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := m.Caught(t.Context()); err != nil {
			t.Fatal(err)
		}
		if b := m.Behind(); b < 0 || b > time.Minute {
			t.Errorf("behind by %v", b)
		}
		if got, want := state(t, fetched(t, to, time.Time{})), state(t, d); got != want {
			t.Errorf("fetched while copying: %s, want %s", got, want)
		}
		if err := write(t.Context(), d, 77, 100); err != nil {
			t.Fatal(err)
		}
		if err := m.Stop(); err != nil {
			t.Fatal(err)
		}
		if got, want := state(t, fetched(t, to, time.Time{})), state(t, d); got != want {
			t.Errorf("fetched after it stopped: %s, want %s", got, want)
		}
		back := filepath.Join(t.TempDir(), "files")
		if err := FetchFiles(t.Context(), to, back); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{"cdef": "a photo", "later": "another", ".unfinished-1": ""} {
			if got, err := os.ReadFile(filepath.Join(back, "ab", name)); string(got) != want || (err != nil) != (want == "") {
				t.Errorf("%s: %q %v", name, got, err)
			}
		}
	})
}

// TestTheChild is the program that the next test kills.
func TestTheChild(t *testing.T) {
	path, to, ok := strings.Cut(os.Getenv("HOUQIN_TEST_MIRROR"), "|")
	if !ok {
		return
	}
	d, _ := dbtest.Open(t, path)
	m := start(t, path, "", to)
	var n, confirmed atomic.Int64
	for range 4 {
		go func() {
			for {
				if write(t.Context(), d, n.Add(1), 300) != nil {
					os.Exit(3)
				}
				confirmed.Add(1)
			}
		}()
	}
	for {
		before := confirmed.Load()
		if err := m.Caught(t.Context()); err != nil {
			fmt.Println("error", err)
			os.Exit(3)
		}
		fmt.Println("caught", before)
	}
}

// Holds: DB3-8.1.4.9-b
func TestAKilledProgramLosesNothingThatWasCaught(t *testing.T) {
	path, to := dbtest.SQLite(t, room), filepath.Join(t.TempDir(), "copy")
	had := int64(0)
	for round := range 3 {
		child := exec.Command(os.Args[0], "-test.run", "^TestTheChild$")
		child.Env = append(os.Environ(), "HOUQIN_TEST_MIRROR="+path+"|"+to)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		caught, said := int64(0), 0
		for lines := bufio.NewScanner(out); said < 3+round && lines.Scan(); {
			if _, err := fmt.Sscanf(lines.Text(), "caught %d", &caught); err == nil && caught > 0 {
				said++
			} else if strings.HasPrefix(lines.Text(), "error") {
				t.Error(lines.Text())
			}
		}
		child.Process.Kill()
		child.Wait()
		if said == 0 {
			t.Fatal("the child copied nothing")
		}
		d := fetched(t, to, time.Time{})
		var n int64
		if err := d.QueryRowContext(t.Context(), `SELECT count(*) FROM note`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		state(t, d)
		if n < had+caught {
			t.Errorf("round %d: %d rows in the copy, %d were caught", round, n, had+caught)
		}
		d.Close()
		// The original survived the kill too; the next round goes on with it.
		d, _ = dbtest.Open(t, path)
		if err := d.QueryRowContext(t.Context(), `SELECT count(*) FROM note`).Scan(&had); err != nil {
			t.Fatal(err)
		}
		d.Close()
	}
}

func TestTheCopyFollowsARestoredDatabase(t *testing.T) {
	path, to := dbtest.SQLite(t, room), filepath.Join(t.TempDir(), "copy")
	d, _ := dbtest.Open(t, path)
	m := start(t, path, "", to)
	for i := range 50 {
		if err := write(t.Context(), d, int64(i), 100); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Stop(); err != nil {
		t.Fatal(err)
	}
	d.Close()

	// An older database lies in its place, and goes on.
	for name, where := range map[string]string{"in its place": path, "on another machine": filepath.Join(t.TempDir(), "houqin.db")} {
		old := dbtest.SQLite(t, room)
		if err := os.Rename(old, where); err != nil {
			t.Fatal(err)
		}
		d, _ = dbtest.Open(t, where)
		m = start(t, where, "", to)
		for i := range 3 {
			if err := write(t.Context(), d, int64(1000+i), 100); err != nil {
				t.Fatal(err)
			}
		}
		if err := m.Stop(); err != nil {
			t.Fatal(err)
		}
		if got, want := state(t, fetched(t, to, time.Time{})), state(t, d); got != want {
			t.Errorf("%s: fetched %s, want %s", name, got, want)
		}
		d.Close()
	}
}

func TestAMomentOfThePastCanBeFetched(t *testing.T) {
	places(t, func(t *testing.T, to string) {
		path := dbtest.SQLite(t, room)
		d, _ := dbtest.Open(t, path)
		m := start(t, path, "", to)
		if err := write(t.Context(), d, 1, 10); err != nil {
			t.Fatal(err)
		}
		if err := m.Caught(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := state(t, d)
		time.Sleep(50 * time.Millisecond)
		moment := time.Now()
		time.Sleep(50 * time.Millisecond)
		if err := write(t.Context(), d, 2, 10); err != nil {
			t.Fatal(err)
		}
		if err := m.Stop(); err != nil {
			t.Fatal(err)
		}
		if got := state(t, fetched(t, to, moment)); got != want {
			t.Errorf("fetched %s, want %s", got, want)
		}
	})
}

func TestAPlaceThatCannotBeUsedIsRefusedAtTheStart(t *testing.T) {
	path := dbtest.SQLite(t, room)
	file := filepath.Join(t.TempDir(), "a file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	service, bucket := bucketAddress(t)
	service.down = true
	for _, to := range []string{filepath.Join(file, "below"), bucket, "s3://KEY:geheim@host", "s3://%%"} {
		if m, err := Start(t.Context(), path, "", to, silent); err == nil || strings.Contains(err.Error(), "SECRET") || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v", to, err)
			if m != nil {
				m.Stop()
			}
		}
	}
	to := filepath.Join(t.TempDir(), "copy")
	d, _ := dbtest.Open(t, path)
	defer d.Close()
	m := start(t, path, "", to)
	if _, err := Start(t.Context(), path, "", to, silent); !fault.Is(err, "base.in_use") {
		t.Errorf("a second scribe: %v", err)
	}
	if err := m.Stop(); err != nil {
		t.Error(err)
	}
	if err := Fetch(t.Context(), t.TempDir(), filepath.Join(t.TempDir(), "x"), time.Time{}, silent); err == nil {
		t.Error("fetched from an empty folder")
	}
}

func TestWritingGoesOnWhileTheCopyIsAway(t *testing.T) {
	service, to := bucketAddress(t)
	path := dbtest.SQLite(t, room)
	d, _ := dbtest.Open(t, path)
	m := start(t, path, "", to)
	set := func(down bool) { service.mu.Lock(); defer service.mu.Unlock(); service.down = down }
	set(true)
	for i := range 20 {
		if err := write(t.Context(), d, int64(i), 100); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := m.Caught(ctx); err == nil {
		t.Error("said to be complete")
	}
	set(false)
	if err := m.Caught(t.Context()); err != nil {
		t.Error(err)
	}
	if err := m.Stop(); err != nil {
		t.Error(err)
	}
	if got, want := state(t, fetched(t, to, time.Time{})), state(t, d); got != want {
		t.Errorf("fetched %s, want %s", got, want)
	}
}

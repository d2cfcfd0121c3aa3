package db

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/url"
	"os"
	"time"

	"houqin/internal/base/fault"
)

// What was written last stands in a log beside an SQLite file, and SQLite brings it into
// whatever file bears the name when it is opened next. Where somebody lays a backup over
// the file of a program that runs, or that was killed, the log is another database's. So
// the lock file, which stays, holds the name of the database that was last written to.

// nameAt is where it stands: behind the byte that is locked on Windows.
const nameAt = 1

// noteName writes into the lock file to which database the log belongs.
func (e *sqliteEngine) noteName(ctx context.Context, on rower) {
	var name string
	if on.QueryRowContext(ctx, `SELECT value FROM base_setting WHERE name = $1`, identitySetting).Scan(&name) == nil {
		e.lock.WriteAt([]byte(name), nameAt) // names are of one length
	}
}

// foreignLog refuses a file beside which lies the log of another database, before
// anything of it is brought in.
func foreignLog(path string, lock *os.File) error {
	if info, err := os.Stat(path + "-wal"); err != nil || info.Size() == 0 {
		return nil
	}
	logged, err := io.ReadAll(io.NewSectionReader(lock, nameAt, 100))
	if err != nil || len(logged) == 0 {
		return nil
	}
	// immutable: the file as it lies there, without its log.
	pool, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?immutable=1")
	if err != nil {
		return err
	}
	defer pool.Close()
	var name string
	if pool.QueryRow(`SELECT value FROM base_setting WHERE name = $1`, identitySetting).Scan(&name) != nil {
		return nil // too young to have a name in the file itself, or no database of ours: opening it will tell
	}
	if name != string(logged) {
		return fault.New(fault.Conflict, "base.foreign_log", path+"-wal")
	}
	return nil
}

// leaveLog takes our log out of the way of the file that was put in the place of ours.
// It is kept: should ours lie elsewhere under another name, its last changes are there.
func (e *sqliteEngine) leaveLog() error {
	if sameFile(e.path, e.opened) == nil || sameFile(e.path+"-wal", e.log) != nil {
		return nil
	}
	if flock(e.lock, true) != nil {
		return nil // others are at work here
	}
	kept := fmt.Sprintf("%s.left-%s", e.path, time.Now().Format("20060102-150405"))
	if err := os.Rename(e.path+"-wal", kept+"-wal"); err != nil {
		return err
	}
	os.Remove(e.path + "-shm") // made anew by whoever opens the log
	return fmt.Errorf("%s was replaced while it was open; what was written last to the old one lies in %s-wal", e.path, kept)
}

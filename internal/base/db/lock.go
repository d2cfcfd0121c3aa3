package db

import (
	"errors"
	"fmt"
	"io"
	"os"

	"houqin/internal/base/fault"
)

// The lock file beside an SQLite file. Everybody who has the database open shares
// it; who puts another file in its place holds it alone. It stays where it is: a
// file removed between two takers would let both believe they have it.
func lockPath(path string) string { return path + ".lock" }

var errHeld = errors.New("held by another program")

// take opens the lock file of a database, alone or shared, and fails at once with
// base.in_use where others are in the way.
func take(path string, alone bool) (*os.File, error) {
	f, err := os.OpenFile(lockPath(path), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := flock(f, alone); err != nil {
		f.Close()
		if errors.Is(err, errHeld) {
			return nil, fault.New(fault.Conflict, "base.in_use", path)
		}
		return nil, fmt.Errorf("locking %s: %w", f.Name(), err)
	}
	return f, nil
}

// Hold takes a lock of a program's own, which stands for a path, alone; it fails
// with base.in_use while somebody has it. Closing gives it back.
func Hold(path string) (io.Closer, error) {
	f, err := take(path, true)
	if err != nil {
		return nil, err
	}
	return f, nil
}

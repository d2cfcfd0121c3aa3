package main

import (
	"context"
	"os"
	"sync"
	"testing"
	"time"

	"houqin/internal/base/pgtest"
)

// built is the folder and the program in it, made once for all tests.
var built = sync.OnceValues(func() (program string, err error) {
	if dir, err = os.MkdirTemp("", "houqin-faults-"); err != nil {
		return "", err
	}
	return build(dir)
})

var dir string

func TestMain(m *testing.M) {
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// try is a trial in short; docs/faults.md tells of the long ones.
func try(t *testing.T, n int, db string, trial func(context.Context, options) (string, error)) {
	t.Helper()
	if db == "postgres" {
		if _, there := pgtest.Server(t); !there {
			return
		}
	}
	program, err := built()
	if err != nil {
		t.Fatal(err)
	}
	said, err := trial(t.Context(), options{n: n, db: db, clients: 16, span: 2 * time.Second, dir: t.TempDir(), program: program, log: t.Logf})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(said)
}

func TestKilledOnSQLite(t *testing.T) { try(t, 4, "sqlite", kill) }

func TestTransactionsAreRefused(t *testing.T) { try(t, 1, "postgres", serialization) }

func TestTheClockJumps(t *testing.T) { try(t, 3, "sqlite", clock) }

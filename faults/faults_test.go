package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"houqin/internal/base/pgtest"
)

// The tests are the trials in short; docs/faults.md tells of the long ones.

func TestMain(m *testing.M) {
	if os.Getenv(inside) != "" {
		if err := onSmallDisk(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	code := m.Run()
	os.RemoveAll(built.dir)
	os.Exit(code)
}

// built is the program, made once for all tests.
var built struct {
	sync.Once
	dir, program string
	err          error
}

func try(t *testing.T, n int, db string, trial func(context.Context, options) (string, error)) {
	t.Helper()
	built.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "houqin-faults-"); built.err == nil {
			built.program, built.err = build(built.dir)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	said, err := trial(t.Context(), options{n: n, db: db, clients: 16, span: 3 * time.Second, dir: t.TempDir(), program: built.program, log: t.Logf})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(said)
}

// postgres says whether there is one to try with.
func postgres(t *testing.T) bool {
	_, ok := pgtest.Server(t)
	return ok
}

func TestKilledOnSQLite(t *testing.T) { try(t, 8, "sqlite", kill) }

func TestKilledOnPostgreSQL(t *testing.T) {
	if postgres(t) {
		try(t, 8, "postgres", kill)
	}
}

func TestTheDiskIsFull(t *testing.T) {
	probe := exec.Command("true")
	probe.SysProcAttr = ownMounts()
	if err := probe.Run(); err != nil {
		if os.Getenv(pgtest.AllEnv) == "1" {
			t.Fatalf("no mounts of one's own: %v", err)
		}
		t.Logf("LEFT OUT, nobody tried a full disk: %v", err)
		return
	}
	try(t, 2, "sqlite", disk)
}

func TestTheDatabaseIsAway(t *testing.T) {
	if postgres(t) {
		try(t, 2, "postgres", away)
	}
}

func TestTransactionsAreRefused(t *testing.T) {
	if postgres(t) {
		try(t, 1, "postgres", serialization)
	}
}

func TestTheClockJumps(t *testing.T) { try(t, 6, "sqlite", clock) }

func TestTwoCopiesAreRestarted(t *testing.T) {
	if postgres(t) {
		try(t, 1, "postgres", restart)
	}
}

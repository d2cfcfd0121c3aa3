package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"houqin/internal/base/pgtest"
)

// TestMain lets the test binary stand in for the program itself.
func TestMain(m *testing.M) {
	if os.Getenv("PGTEST_AS_RUN") != "" {
		os.Unsetenv("PGTEST_AS_RUN")
		os.Exit(lend(os.Args[1:]))
	}
	os.Exit(m.Run())
}

func TestLend(t *testing.T) {
	if _, ok := pgtest.Server(t); !ok {
		t.Skip("no PostgreSQL")
	}
	for _, c := range []struct {
		name, server string
		args         []string
		code         int
		out          string
	}{
		{name: "own cluster", args: []string{"--", "sh", "-c", "echo address $HOUQIN_TEST_PG"}, out: "address postgres:///"},
		{name: "server given", server: "postgres://elsewhere/x", args: []string{"sh", "-c", "echo address $HOUQIN_TEST_PG"}, out: "address postgres://elsewhere/x\n"},
		{name: "exit code", server: "postgres://elsewhere/x", args: []string{"--", "sh", "-c", "exit 7"}, code: 7},
		{name: "killed", server: "postgres://elsewhere/x", args: []string{"--", "sh", "-c", "kill -KILL $$"}, code: 1},
		{name: "no such command", server: "postgres://elsewhere/x", args: []string{"--", "/nowhere/at/all"}, code: 1},
		{name: "no command", args: []string{"--"}, code: 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			cmd := exec.Command(os.Args[0], c.args...)
			cmd.Env = append(os.Environ(), "PGTEST_AS_RUN=1", pgtest.ServerEnv+"="+c.server)
			out, _ := cmd.Output()
			if code := cmd.ProcessState.ExitCode(); code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			if !strings.HasPrefix(string(out), c.out) {
				t.Errorf("printed %q, want %q…", out, c.out)
			}
		})
	}
}

// Command run lends a throwaway PostgreSQL to one command:
//
//	go run ./internal/base/pgtest/run -- go test ./...
//
// The command finds the server's address in HOUQIN_TEST_PG; when it ends the
// server is gone. A server that HOUQIN_TEST_PG already names is lent instead.
// The exit code is the command's.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"houqin/internal/base/pgtest"
)

func main() { os.Exit(lend(os.Args[1:])) }

func lend(args []string) int {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "usage: run -- COMMAND [ARGUMENT…]")
		return 2
	}
	// Ctrl-C reaches the command by itself; being asked to end is passed on.
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)

	dsn := os.Getenv(pgtest.ServerEnv)
	if dsn == "" {
		cluster, err := pgtest.Start(context.Background())
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer cluster.Stop()
		dsn = cluster.DSN
	}
	fmt.Fprintf(os.Stderr, "%s=%s\n", pgtest.ServerEnv, dsn)

	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), pgtest.ServerEnv+"="+dsn)
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	go func() {
		for s := range signals {
			if s == syscall.SIGTERM {
				cmd.Process.Signal(s)
			}
		}
	}()
	err := cmd.Wait()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit) && exit.ExitCode() > 0:
		return exit.ExitCode()
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}

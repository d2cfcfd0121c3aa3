// Command faults lets bad things happen to a hospital at work and keeps its own list
// of what was confirmed: the program killed while thirty-two people write, the disk
// full, the database gone, the clock jumping, transactions refused, one copy of the
// program restarted after the other. Afterwards everything confirmed must be there
// once, nothing else half done, and the books must agree.
//
//	go run ./faults kill -n 200 -db sqlite
//	go run ./faults kill -n 200 -db postgres
//	go run ./faults disk
//	go run ./faults away -n 20
//	go run ./faults serialization
//	go run ./faults clock
//	go run ./faults restart -n 10
//
// docs/faults.md tells what they found.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// options are what was asked for.
type options struct {
	n       int    // how often it happens
	db      string // engine
	clients int
	span    time.Duration // of a part that lasts
	dir     string
	program string // houqin, built once
	log     func(format string, args ...any)
}

// patience is how long a thing may take before it counts as never coming. It is no
// measure of speed: the machine may be doing much else.
const patience = time.Minute

// trials are the faults by their names.
var trials = []struct {
	name, about string
	n           int
	do          func(context.Context, options) (string, error)
}{
	{"kill", "kill -9 while people write (-db sqlite or postgres)", 200, kill},
	{"disk", "the disk under the books full, and free again (-db sqlite or postgres, that as root)", 10, disk},
	{"away", "PostgreSQL gone under load, and back", 20, away},
	{"serialization", "PostgreSQL refuses transactions: serialization failures and deadlocks", 1, serialization},
	{"clock", "the clock jumps back and forward", 50, clock},
	{"restart", "two copies on one PostgreSQL, restarted one after the other behind a proxy", 10, restart},
}

func main() {
	if os.Getenv(inside) != "" {
		if err := onSmallDisk(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		os.Exit(1)
	}
}

func run() error {
	var names []string
	for _, t := range trials {
		names = append(names, t.name)
	}
	if len(os.Args) < 2 {
		return fmt.Errorf("which? one of %s", strings.Join(names, ", "))
	}
	for _, t := range trials {
		if t.name != os.Args[1] {
			continue
		}
		o := options{log: func(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }}
		f := flag.NewFlagSet(t.name, flag.ExitOnError)
		f.IntVar(&o.n, "n", t.n, "how often")
		f.StringVar(&o.db, "db", "sqlite", "engine: sqlite or postgres")
		f.IntVar(&o.clients, "clients", 32, "how many write at once")
		f.DurationVar(&o.span, "span", 20*time.Second, "length of a part that lasts")
		f.StringVar(&o.dir, "dir", os.TempDir(), "folder for the database; for kill on a real disk")
		f.StringVar(&o.program, "program", "", "the houqin to try; else it is built")
		if err := f.Parse(os.Args[2:]); err != nil {
			return err
		}
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
		defer stop()
		dir, err := os.MkdirTemp(o.dir, "houqin-faults-")
		if err != nil {
			return err
		}
		o.dir = dir
		if o.program == "" {
			if o.program, err = build(dir); err != nil {
				return err
			}
		}
		began := time.Now()
		said, err := t.do(ctx, o)
		if err != nil {
			return fmt.Errorf("%s: %w\n(what is left lies in %s)", t.name, err, dir)
		}
		fmt.Printf("%s: %s (%s)\n", t.name, said, time.Since(began).Round(time.Second))
		return os.RemoveAll(dir)
	}
	return fmt.Errorf("no %q; one of %s", os.Args[1], strings.Join(names, ", "))
}

// findings are what was wrong; the first few are told.
type findings []string

func (f *findings) add(format string, args ...any) { *f = append(*f, fmt.Sprintf(format, args...)) }

func (f findings) err() error {
	if len(f) == 0 {
		return nil
	}
	text := strings.Join(f[:min(len(f), 12)], "\n  ")
	if len(f) > 12 {
		text += fmt.Sprintf("\n  … and %d more", len(f)-12)
	}
	return errors.New("\n  " + text)
}

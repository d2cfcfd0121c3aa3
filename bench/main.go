// Command bench measures how fast Houqin is on this machine, beside what the
// database alone can do here in the same minutes: acts over HTTP against the same
// SQL without the house, lists of few rows against lists of many, start, memory and
// size. Rates depend on the disk and on who else is at work, so that only figures of
// one run are compared.
//
//	go run ./bench                     everything, about twelve minutes
//	go run ./bench -quick              everything, short, to see that it runs
//	go run ./bench -only acts,lists    parts of it: acts, lists, size, seal, doors, decide, demand, stores, counts, plans, suggest, board
//	go run ./bench -db sqlite          on one engine
//	go run ./bench -md result.md       the tables as Markdown, too
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"time"
)

// options are what was asked for.
type options struct {
	only    []string
	engines []string
	clients []int
	span    time.Duration // of one measurement
	quick   bool
	rounds  int    // how often each is repeated, in turns with what it is compared with
	jobs    []int  // rows of the lists
	dir     string // where databases lie
	profile string // where profiles of the server go
	data    string // series of demand
	samples string // folder of records of others
}

// houqin is the program that is measured, built as it is given out.
func (o options) houqin(ctx context.Context) (string, error) { return build(ctx, o, runtime.GOARCH) }

func (o options) wants(part string) bool { return len(o.only) == 0 || slices.Contains(o.only, part) }

func main() {
	if len(os.Args) > 2 && os.Args[1] == "child" { // this program again, as what is measured
		if err := child(os.Args[2], os.Args[3:]); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	if err := bench(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench() error {
	var only, engines, clients, md string
	var quick bool
	o := options{span: 3 * time.Second, rounds: 3, jobs: []int{2_000, 200_000}}
	flag.StringVar(&only, "only", "", "parts, with commas between: acts, lists, size, seal, doors, decide, demand, stores, counts, plans, suggest, board")
	flag.StringVar(&engines, "db", "sqlite,postgres", "engines")
	flag.StringVar(&clients, "clients", "1,8,32", "how many clients at once")
	flag.BoolVar(&quick, "quick", false, "short measurements of few rows; their figures mean little")
	flag.StringVar(&md, "md", "", "also write the tables as Markdown to this file")
	flag.StringVar(&o.dir, "dir", os.TempDir(), "folder for the databases; it must lie on a real disk")
	flag.StringVar(&o.data, "data", "", "for demand: a CSV of months; else demand/hospital.csv below HOUQIN_SAMPLES")
	flag.StringVar(&o.samples, "samples", "", "for suggest: a folder of records; else HOUQIN_SAMPLES")
	flag.StringVar(&o.profile, "profile", "", "write CPU profiles of the server into this folder")
	flag.DurationVar(&o.span, "span", o.span, "length of one measurement")
	flag.IntVar(&o.rounds, "rounds", o.rounds, "measurements of each thing")
	flag.Parse()
	if only != "" {
		o.only = strings.Split(only, ",")
	}
	o.engines = strings.Split(engines, ",")
	for c := range strings.SplitSeq(clients, ",") {
		var n int
		if _, err := fmt.Sscan(c, &n); err != nil || n < 1 {
			return fmt.Errorf("-clients: %q", c)
		}
		o.clients = append(o.clients, n)
	}
	if quick {
		o.quick, o.span, o.rounds, o.jobs = true, 500*time.Millisecond, 1, []int{500, 5_000}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if o.profile != "" {
		f, err := os.Create(o.profile + "/clients.pprof")
		if err != nil {
			return err
		}
		pprof.StartCPUProfile(f)
		defer pprof.StopCPUProfile()
	}
	dir, err := os.MkdirTemp(o.dir, "houqin-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	o.dir = dir
	var p paper
	machine(&p, dir)
	for _, part := range []struct {
		name string
		do   func(context.Context, options, *paper) error
	}{{"acts", acts}, {"lists", lists}, {"size", size}, {"seal", seals}, {"doors", doors}, {"decide", decide}, {"demand", demand}, {"stores", stores}, {"counts", counts}, {"plans", plans}, {"suggest", suggestions}, {"board", board}} {
		if !o.wants(part.name) {
			continue
		}
		if err := part.do(ctx, o, &p); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	if md != "" {
		return os.WriteFile(md, []byte(p.markdown()), 0o644)
	}
	return nil
}

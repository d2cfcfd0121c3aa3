package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// size is what the program weighs: on the disk, in memory, and in patience.
func size(ctx context.Context, o options, p *paper) error {
	weights := sheet{title: "The program", head: []string{"stripped, static, for", "MB"}}
	for _, arch := range []string{"amd64", "arm64", "loong64"} {
		path, err := build(ctx, o, arch)
		if err != nil {
			return err
		}
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		weights.rows = append(weights.rows, []string{"linux/" + arch, fmt.Sprintf("%.1f", float64(info.Size())/1e6)})
	}
	p.add(weights)

	out := sheet{title: "Start and memory", head: []string{"", "ready after", "at rest after", "memory then", "without the program file's pages", "most"}}
	note := func(name string, ready time.Duration, s *server) {
		rested := s.rest()
		now, own, most := s.memory()
		row := []string{name, ready.Round(time.Millisecond).String(), rested.Round(time.Second).String(), fmt.Sprintf("%.0f MB", float64(now)/1e6), fmt.Sprintf("%.0f MB", float64(own)/1e6), fmt.Sprintf("%.0f MB", float64(most)/1e6)}
		say("  %v", row)
		out.rows = append(out.rows, row)
	}
	program, err := o.houqin(ctx)
	if err != nil {
		return err
	}
	for _, name := range o.engines {
		e, err := newEngine(ctx, name, o.dir)
		if err != nil {
			return err
		}
		err = func() error {
			defer e.close()
			jobs := o.jobs[len(o.jobs)-1]
			if err := e.prepare(ctx, jobs); err != nil {
				return err
			}
			address, drop, err := e.another(ctx)
			if err != nil {
				return err
			}
			defer drop()
			for turn := range 3 { // the first start warms the disk's cache
				s, err := launch(o.dir, program, "serve", "--db="+address, "--data="+o.dir)
				if err != nil {
					return err
				}
				ready, err := s.ready(ctx, "/readyz")
				if err != nil {
					return err
				}
				if turn == 2 {
					note(fmt.Sprintf("serve on %s, %s jobs", name, count(float64(jobs))), ready, s)
				}
				if err := s.stop(); err != nil {
					return err
				}
			}
			return nil
		}()
		if err != nil {
			return err
		}
	}
	s, err := launch(o.dir, program, "demo", "--data="+filepath.Join(o.dir, "demo"))
	if err != nil {
		return err
	}
	ready, err := s.ready(ctx, "/readyz")
	if err != nil {
		return err
	}
	note("demo, built from nothing", ready, s)
	s.stop()
	p.add(out)
	return nil
}

// build makes the program as make build does.
func build(ctx context.Context, o options, arch string) (string, error) {
	path := filepath.Join(o.dir, "houqin-"+arch)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, "houqin/cmd/houqin")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build for %s: %w\n%s", arch, err, out)
	}
	return path, nil
}

package main

import (
	"context"
	"flag"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"syscall"
	"time"

	"houqin/internal/hospital"
)

// child is this program as what is measured, in a process of its own: the house, or
// a server that does nothing.
func child(what string, args []string) error {
	var address, data, addr, profile string
	f := flag.NewFlagSet(what, flag.ContinueOnError)
	f.StringVar(&address, "db", "", "")
	f.StringVar(&data, "data", "", "")
	f.StringVar(&addr, "addr", "", "")
	f.StringVar(&profile, "profile", "", "")
	if err := f.Parse(args); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if profile != "" {
		out, err := os.Create(profile)
		if err != nil {
			return err
		}
		defer out.Close()
		if err := pprof.StartCPUProfile(out); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelInfo}))
	server := &http.Server{Addr: addr, Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})}
	if what == "house" {
		h, err := hospital.Open(ctx, hospital.Config{DB: address, Data: data, Log: log})
		if err != nil {
			return err
		}
		defer h.Close()
		h.Start()
		server = h.Site.Server(addr)
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	go server.Serve(l)
	<-ctx.Done()
	if profile != "" {
		if out, err := os.Create(filepath.Join(filepath.Dir(profile), "heap-"+filepath.Base(profile))); err == nil {
			pprof.Lookup("allocs").WriteTo(out, 0)
			out.Close()
		}
	}
	last, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return server.Shutdown(last)
}

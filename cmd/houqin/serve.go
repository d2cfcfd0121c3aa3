package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"houqin/internal/hospital"
)

// serving is every setting of a hospital that is served.
type serving struct {
	house
	logging
	listening
}

// listening says where the site is reached.
type listening struct {
	Addr    string `help:"Address and port to listen on." default:"127.0.0.1:8080" placeholder:"HOST:PORT" env:"HOUQIN_ADDR" setting:""`
	Address string `help:"How people reach the site, for codes and messages: https://houqin.example." placeholder:"URL" env:"HOUQIN_ADDRESS" setting:""`
}

type serveCmd struct {
	serving
}

func (serveCmd) Help() string {
	return `
Serves one hospital until it is told to stop (SIGTERM or Ctrl-C): then /readyz fails,
requests in flight finish within 20 seconds, and the database is closed.

Examples:
  houqin serve
  houqin serve --addr 0.0.0.0:8080 --db /var/lib/houqin/houqin.db --data /var/lib/houqin
  houqin serve --db postgres://houqin@db.example/houqin`
}

func joined(list []string) string { return strings.Join(list, ",") }

// sensible says which settings do not go together.
func (s *serving) sensible() error {
	_, _, err := net.SplitHostPort(s.Addr)
	return err
}

// inFlight is how long requests that have begun may take once the program is told to stop.
const inFlight = 20 * time.Second

func (c *serveCmd) Run(d *desk) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	return c.serve(ctx, d)
}

func (c *serveCmd) serve(ctx context.Context, d *desk) error {
	began := time.Now()
	log, err := c.logger(d.complaints)
	if err != nil {
		return err
	}
	if err := c.sensible(); err != nil {
		return err
	}
	cfg := c.hospital(log)
	cfg.Address = c.Address
	h, err := hospital.Open(ctx, cfg)
	if err != nil {
		return err
	}
	socket, err := net.Listen("tcp", c.Addr)
	if err != nil {
		h.Close()
		return err
	}
	h.Start()
	server := h.Site.Server(c.Addr)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(socket) }()
	log.Info("serving", "address", "http://"+socket.Addr().String(), "version", hospital.Version, "started in", time.Since(began).Round(time.Millisecond))
	select {
	case err = <-ended:
	case <-ctx.Done():
		log.Info("stopping")
		h.Site.Stop()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), inFlight)
		defer cancel()
		if err = server.Shutdown(last); err != nil {
			server.Close()
		}
		<-ended
	}
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, h.Close())
}

package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/base/metrics"
	"houqin/internal/base/mirror"
	"houqin/internal/hospital"
	"houqin/internal/people"
)

// serving is every setting of a hospital that is served.
type serving struct {
	house
	logging
	listening
	boxes
	sealing
	telling
	DemoData bool     `help:"Serve a demo's database all the same: its people are invented, and whoever knows it can sign in only with passwords that were handed out."`
	CopyTo   string   `help:"Keep a continuous copy of an SQLite database and its files in a folder of another disk, or s3://KEY:SECRET@host/bucket/prefix." placeholder:"DIR|S3" env:"HOUQIN_COPY_TO" setting:""`
	Scanner  string   `help:"Virus scanner for documents that people attach, a clamd: unix:/path or host:port. While it is away documents wait." placeholder:"ADDRESS" env:"HOUQIN_SCANNER" setting:""`
	InClear  []string `help:"Connections to other machines that may go unencrypted or unproven all the same: db, files, copy-to, scanner." placeholder:"NAME" env:"HOUQIN_IN_CLEAR" setting:""`
}

// sensible says which settings do not go together.
func (s *serving) sensible() error {
	err := errors.Join(s.listening.sensible(false), s.covered(), s.telling.set(&hospital.Config{}))
	if s.CopyTo != "" && !s.isFile() {
		err = errors.Join(err, errors.New("copy-to copies an SQLite file; PostgreSQL has replicas of its own"))
	}
	return err
}

type serveCmd struct {
	serving
}

func (serveCmd) Help() string {
	return `
Serves one hospital until it is told to stop (SIGTERM or Ctrl-C): then /readyz fails,
requests in flight finish within 20 seconds, and the database is closed.

From other machines it is reached by HTTPS: with a certificate in files, behind a proxy
that speaks HTTPS, or, on a network without internet, by its own authority, whose root
every phone fetches once from the page /trust.

Examples:
  houqin serve
  houqin serve --addr 0.0.0.0:443 --tls-cert site.crt --tls-key site.key --data /var/lib/houqin
  houqin serve --addr 0.0.0.0:443 --http-addr 0.0.0.0:80 --authority houqin.lan,192.168.1.10
  houqin serve --addr 10.0.0.2:8080 --proxies 10.0.0.1 --address https://houqin.example
  houqin serve --data /var/lib/houqin --copy-to /mnt/other/houqin
  houqin serve --db postgres://houqin@db.example/houqin`
}

func joined(list []string) string { return strings.Join(list, ",") }

// inFlight is how long requests that have begun may take once the program is told to stop.
const inFlight = 20 * time.Second

func (c *serveCmd) Run(d *desk) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends it at once
	defer stop()
	if os.Getenv("GOGC") == "" { // the heap is small; looking through it half as often costs some MB
		debug.SetGCPercent(200)
	}
	return c.serve(ctx, d)
}

// serve runs until ctx ends.
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
	cfg.SealHash = c.SealHash
	cfg.Scanner = c.Scanner
	if err := c.telling.set(&cfg); err != nil {
		return err
	}
	cfg.Address, cfg.Secure = strings.TrimSuffix(c.Address, "/"), c.secure()
	if cfg.Address == "" && len(c.Authority) > 0 {
		cfg.Address = site0("https", c.Authority[0], c.Addr)
	}
	if c.Leaked != "" {
		if err := people.UseLeaked(c.Leaked); err != nil {
			return err
		}
	}
	h, err := hospital.Open(ctx, cfg)
	if err != nil {
		return err
	}
	if err := c.fit(ctx, h); err != nil {
		return errors.Join(err, h.Close())
	}
	var copy *mirror.Mirror
	if c.CopyTo != "" {
		if copy, err = hospital.Mirror(ctx, cfg, c.CopyTo); err != nil {
			return errors.Join(err, h.Close())
		}
	}
	return c.run(ctx, h, copy, c.Data, false, log, func(address string) {
		log.Info("serving", "address", address, "version", hospital.Version, "started in", time.Since(began).Round(time.Millisecond))
	})
}

// fit refuses to open the doors of what is no hospital in order: a demo, and one whose
// key is away.
func (c *serveCmd) fit(ctx context.Context, h *hospital.Hospital) error {
	mark, err := db.Setting(ctx, h.DB, demoMark)
	switch {
	case err != nil:
		return err
	case mark != "" && !c.DemoData:
		return errors.New("this is the database of a demo: houqin demo serves it. To serve it as a hospital all the same, add --demo-data")
	case h.Keyless != "":
		return fmt.Errorf("the key %s, under which authenticators are sealed, is not here: bring back the file of keys (--key-file). If it is lost for good: houqin keys rotate --lost", h.Keyless)
	}
	return nil
}

// run serves an open hospital until ctx ends, and closes it with its copy, if one is kept.
func (l *listening) run(ctx context.Context, h *hospital.Hospital, copy *mirror.Mirror, data string, demo bool, log *slog.Logger, ready func(address string)) error {
	var gauges []metrics.Gauge
	shut := h.Close
	if copy != nil {
		gauges = append(gauges, metrics.Gauge{Name: "copy_behind_seconds", Help: "How long ago the continuous copy was last known to be complete.",
			Read: func() float64 { return copy.Behind().Seconds() }})
		shut = func() error { // the copy gets the last word that anybody writes
			h.Jobs.Stop()
			return errors.Join(copy.Stop(), h.Close())
		}
	}
	s, err := l.open(h, data, demo, gauges, log)
	if err != nil {
		return errors.Join(err, shut())
	}
	if err := l.letters(ctx, h, s.speak, log); err != nil {
		last, cancel := context.WithTimeout(context.Background(), inFlight)
		defer cancel()
		return errors.Join(err, s.shut(last), shut())
	}
	h.Start()
	scheme := "http://"
	if l.https() {
		scheme = "https://"
	}
	ready(scheme + s.main.Addr().String())
	tellSystemd("READY=1")
	debug.FreeOSMemory() // what the start needed is not needed again
	select {
	case err = <-s.ended:
		log.Error("a door has closed", "err", err)
	case <-ctx.Done():
	}
	log.Info("stopping")
	tellSystemd("STOPPING=1")
	h.Site.Stop()
	if err == nil {
		time.Sleep(l.Drain)
	}
	last, cancel := context.WithTimeout(context.Background(), inFlight)
	defer cancel()
	err = errors.Join(err, s.shut(last), shut())
	log.Info("stopped")
	return err
}

// letters opens the letterbox for alarms, where there is to be one; where pages come by
// HTTPS, letters may come under the same certificate.
func (l *listening) letters(ctx context.Context, h *hospital.Hospital, speak *tls.Config, log *slog.Logger) error {
	if l.AlarmMail == "" {
		return nil
	}
	at, err := net.Listen("tcp", l.AlarmMail)
	if err != nil {
		return fmt.Errorf("alarm-mail: %w", err)
	}
	log.Info("taking alarms by mail", "address", at.Addr().String())
	box := h.Letterbox()
	box.TLS = speak
	go func() {
		if err := box.Serve(ctx, at); err != nil {
			log.Error("the letterbox has closed", "err", err)
		}
	}()
	return nil
}

// tellSystemd says how it stands to the service manager that started the program, if
// one did (sd_notify).
func tellSystemd(state string) {
	path := os.Getenv("NOTIFY_SOCKET")
	if path == "" {
		return
	}
	if conn, err := net.Dial("unixgram", path); err == nil {
		conn.Write([]byte(state))
		conn.Close()
	}
}

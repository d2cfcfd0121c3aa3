package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"houqin/internal/base/db"
	"houqin/internal/demo"
	"houqin/internal/hospital"
)

type demoCmd struct {
	Addr string `help:"Address and port to listen on." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	Data string `help:"Folder that keeps the invented hospital for the next time. Without, it is gone afterwards." placeholder:"DIR"`
	Seed uint64 `help:"Another number, another hospital." default:"1"`
	logging
}

func (demoCmd) Help() string {
	return `
Builds an invented hospital, two campuses with staff, stores and thirty days of work,
and serves it. The sign-in page offers the roles as buttons, without passwords.

Examples:
  houqin demo
  houqin demo --addr 0.0.0.0:8080 --data ~/houqin-demo`
}

// demoMark is the setting by which a demo's database is known, so that nobody opens
// the doors of a real hospital to everybody.
const demoMark = "base.demo"

func (c *demoCmd) Run(d *desk) (err error) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	context.AfterFunc(ctx, stop)
	defer stop()
	log, err := c.logger(d.complaints)
	if err != nil {
		return err
	}
	folder := c.Data
	if folder == "" {
		if folder, err = os.MkdirTemp("", "houqin-demo-"); err != nil {
			return err
		}
		defer os.RemoveAll(folder)
	}
	h, err := hospital.Open(ctx, hospital.Config{DB: filepath.Join(folder, "houqin.db"), Data: folder, Demo: true, Log: log})
	if err != nil {
		return err
	}
	if err := c.build(ctx, d, h); err != nil {
		return errors.Join(err, h.Close())
	}
	l := &listening{Addr: c.Addr, MetricsAddr: "none"}
	if err := l.sensible(true); err != nil {
		return errors.Join(err, h.Close())
	}
	return l.run(ctx, h, nil, folder, true, log, func(address string) {
		fmt.Fprintf(d.out, "\n  %s\n\n  演示医院已就绪，数据均为虚构；按 Ctrl-C 结束。\n  The demo hospital is open; its data are invented. Ctrl-C ends it.\n\n", address)
	})
}

// build fills an empty database; one that holds a demo already stays as it is.
func (c *demoCmd) build(ctx context.Context, d *desk, h *hospital.Hospital) error {
	mark, err := db.Setting(ctx, h.DB, demoMark)
	if err != nil {
		return err
	}
	switch mark {
	case "built":
		return nil
	case "building":
		return fmt.Errorf("the demo in %s was not finished; remove the folder and start again", c.Data)
	}
	// The start itself leaves a few lines in the trail: roles. Work leaves numbers.
	var n int64
	if err := h.DB.QueryRowContext(ctx, `SELECT count(*) FROM base_trail WHERE by_id <> 'start'`).Scan(&n); err != nil {
		return err
	}
	if n > 0 {
		return fmt.Errorf("%s holds a real hospital; a demo lets everybody in without a password", c.Data)
	}
	began := time.Now()
	set := func(value string) error {
		return h.DB.Do(ctx, db.System("demo"), func(tx *db.Tx) error { return db.Set(ctx, tx, demoMark, value) })
	}
	if err := set("building"); err != nil {
		return err
	}
	say, over := func(string) {}, ""
	if onTerminal(d.complaints) {
		say, over = func(part string) { fmt.Fprintf(d.complaints, "\r\x1b[K%s …", part) }, "\r\x1b[K"
	}
	if err := demo.Build(ctx, h.DB, c.Seed, say); err != nil {
		return err
	}
	fmt.Fprintf(d.complaints, "%sbuilt in %.1f s\n", over, time.Since(began).Seconds())
	return set("built")
}

// onTerminal says whether somebody watches, so that a line may be written over.
func onTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

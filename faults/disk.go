package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// diskSize is how large the disk is that becomes full; PostgreSQL's own files need more.
const diskSize = 256 << 20

// inside, set in the environment, says that this process has mounts of its own.
const inside = "FAULTS_INSIDE"

// disk fills the disk under the books while people write, and frees it again: the fault
// must be said and the program must work again by itself. On SQLite reading must go on.
// A PostgreSQL server that cannot write its log ends itself and is started again, as its
// keeper would. It does so in a process with mounts of its own, where a small disk of
// memory can be mounted and is gone with the process.
func disk(ctx context.Context, o options) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	asked, err := json.Marshal(map[string]any{"n": o.n, "db": o.db, "clients": o.clients, "dir": o.dir, "program": o.program})
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, self, os.Args[1:]...)
	cmd.Env = append(os.Environ(), inside+"="+string(asked))
	cmd.SysProcAttr = ownMounts()
	var said, complaints strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &complaints
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%w\n%s%s", err, complaints.String(), said.String())
	}
	return strings.TrimSpace(said.String()), nil
}

// ownMounts lets a process mount what nobody else sees; without root also as root of
// a world of its own.
func ownMounts() *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	if os.Getuid() != 0 {
		a.Cloneflags |= syscall.CLONE_NEWUSER
		a.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	return a
}

// onSmallDisk is the process with mounts of its own.
func onSmallDisk() error {
	var asked struct {
		N, Clients       int
		DB, Dir, Program string
	}
	if err := json.Unmarshal([]byte(os.Getenv(inside)), &asked); err != nil {
		return err
	}
	said, err := diskFull(context.Background(), options{n: asked.N, db: asked.DB, clients: asked.Clients, dir: asked.Dir, program: asked.Program,
		log: func(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }})
	if err == nil {
		fmt.Println(said)
	}
	return err
}

func diskFull(ctx context.Context, o options) (string, error) {
	small := filepath.Join(o.dir, "data") // where SQLite's file lies
	if o.db == "postgres" {
		small = filepath.Join(o.dir, "server")
		if err := errors.Join(os.Chmod(o.dir, 0o711), os.Setenv("TMPDIR", small)); err != nil { // the server has its own user
			return "", err
		}
	}
	if err := os.MkdirAll(small, 0o711); err != nil {
		return "", err
	}
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return "", fmt.Errorf("mounts of one's own: %w", err)
	}
	if err := syscall.Mount("tmpfs", small, "tmpfs", 0, fmt.Sprintf("size=%d,mode=711", diskSize)); err != nil {
		return "", fmt.Errorf("mounting a small disk: %w", err)
	}
	at, err := found(ctx, o, o.db)
	if err != nil {
		return "", err
	}
	defer at.close()
	team, err := furnish(ctx, at)
	if err != nil {
		return "", err
	}
	c, err := newCopy(o, at, "../houqin")
	if err != nil {
		return "", err
	}
	if err := c.start(); err != nil {
		return "", err
	}
	defer func() { c.kill() }()
	if err := c.ready(ctx, patience); err != nil {
		return "", err
	}
	l := newLedger()
	people := newClients(team, l, func() string { return c.addr })
	people.start(ctx, o.clients)
	dice := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 2))
	var wrong findings
	var slowest time.Duration
	ballast := filepath.Join(small, "ballast")
	full := func() int { return l.count("base.disk_full") }
	if at.cluster != nil { // which may rather end than say why
		full = func() int { return l.count("base.disk_full") + l.count("base.database_away") }
	}
	ended := 0
	for round := range o.n {
		time.Sleep(time.Duration(100+dice.IntN(300)) * time.Millisecond)
		before := full()
		if err := fillUp(small, ballast, int64(dice.IntN(256))<<10); err != nil {
			return "", err
		}
		if !within(patience, func() bool { return full() > before+o.clients }) {
			wrong.add("round %d: the disk is full and nobody was told: %s", round, l.said())
		}
		if !c.alive() {
			return "", fmt.Errorf("the program ended when the disk was full:\n%s", c.last())
		}
		if at.cluster == nil { // PostgreSQL may still find room for this or that, or be gone
			if status, err := people.read(ctx); status != http.StatusOK {
				wrong.add("round %d: reading on a full disk: %d %v", round, status, err)
			}
			if status, _ := get("http://" + c.addr + "/readyz"); status != http.StatusServiceUnavailable {
				wrong.add("round %d: on a full disk the program says it can work (%d)", round, status)
			}
		}
		n := l.confirmed()
		if err := os.Remove(ballast); err != nil {
			return "", err
		}
		if at.cluster != nil && at.onServer(ctx, "SELECT 1") != nil {
			ended++
			if err := errors.Join(at.cluster.Crash(), at.cluster.Resume(ctx)); err != nil {
				return "", err
			}
		}
		freed := time.Now()
		if !within(patience, func() bool {
			status, _ := get("http://" + c.addr + "/readyz")
			return status == http.StatusOK && l.confirmed() > n
		}) {
			wrong.add("round %d: the disk is free again and the program does not work: %s", round, l.said())
		}
		slowest = max(slowest, time.Since(freed))
	}
	people.finish()
	if err := c.stop(); err != nil {
		return "", err
	}
	for f, n := range l.faults {
		if f != "base.disk_full" && (at.cluster == nil || f != "base.database_away" && f != "base.outcome_unknown") {
			wrong.add("%d times %s", n, f)
		}
	}
	if err := wrong.err(); err != nil {
		return "", err
	}
	found, err := audit(ctx, at, l, o.program)
	if err != nil {
		return "", err
	}
	how := o.db
	if ended > 0 {
		how += fmt.Sprintf(", whose server ended itself %d times", ended)
	}
	return fmt.Sprintf("%s, %d times full, %d clients, at work again after at most %s: %s; %s", how, o.n, o.clients, slowest.Round(10*time.Millisecond), l.said(), found), nil
}

// fillUp writes ballast until only so much of the disk is left.
func fillUp(disk, ballast string, left int64) error {
	f, err := os.Create(ballast)
	if err != nil {
		return err
	}
	defer f.Close()
	some := make([]byte, 64<<10)
	for {
		var fs syscall.Statfs_t
		if err := syscall.Statfs(disk, &fs); err != nil {
			return err
		}
		if int64(fs.Bavail)*fs.Bsize <= left {
			return nil
		}
		if _, err := f.Write(some); errors.Is(err, syscall.ENOSPC) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// within waits until something holds.
func within(most time.Duration, holds func() bool) bool {
	for began := time.Now(); time.Since(began) < most; time.Sleep(10 * time.Millisecond) {
		if holds() {
			return true
		}
	}
	return false
}

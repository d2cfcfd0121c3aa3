package pgtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Cluster is one throwaway PostgreSQL server with its own folder, reached
// through a Unix socket in that folder, so that no port can be taken by another.
type Cluster struct {
	// DSN is the postgres:// address of its database "postgres", as superuser.
	DSN string

	dir    string
	keeper *exec.Cmd
	leash  io.WriteCloser
	heard  *bufio.Reader
	ended  chan struct{}
}

// settings trade every protection of the data for speed; the data live for one
// run. Autovacuum is off so that plans, and the moment a template is free to be
// copied, do not depend on when it last came by.
var settings = []string{
	"listen_addresses=",
	"fsync=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0",
	"autovacuum=off", "max_connections=300", "shared_buffers=128MB",
}

// durable keep what was confirmed through a crash, as a hospital's server does.
// Every other setting is PostgreSQL's own.
var durable = []string{
	"listen_addresses=", "fsync=on", "full_page_writes=on", "synchronous_commit=on",
	"max_connections=300", "shared_buffers=128MB",
}

// The keeper is a shell that outlives its starter: when the pipe on its standard
// input closes, by Stop or because the starter died in whatever way, it ends the
// server and removes the folder. Before that it takes the server down and up as told.
const keeper = `bin=$1 dir=$2 settings=$3
up() { "$bin/postgres" -D "$dir/data" -k "$dir" $settings >>"$dir/log" 2>&1 </dev/null & server=$!; }
down() { kill -QUIT $server; wait $server; }
up
while read -r order; do
	case $order in
	down) down; echo down ;;
	up) up; echo up ;;
	esac
done
down
cd /; rm -rf "$dir"`

// Start makes a cluster and waits until it answers. It refuses with an error
// that says what is missing when PostgreSQL is not installed, or when run as
// root without another user to run the server as.
func Start(ctx context.Context) (*Cluster, error) { return start(ctx, settings) }

// StartDurable makes a cluster that loses nothing it confirmed, for benchmarks and
// tests of faults; more settings may be given as "name=value".
func StartDurable(ctx context.Context, more ...string) (*Cluster, error) {
	return start(ctx, append(slices.Clone(durable), more...))
}

func start(ctx context.Context, settings []string) (*Cluster, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	owner, err := owner()
	if err != nil {
		return nil, err
	}
	dir, err := folder(owner)
	if err != nil {
		return nil, err
	}
	c := &Cluster{dir: dir, ended: make(chan struct{})}
	c.DSN = "postgres:///postgres?" + url.Values{
		"host": {dir}, "port": {"5432"}, "user": {"postgres"}, "sslmode": {"disable"},
	}.Encode()

	as := func(name string, args ...string) *exec.Cmd {
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "HOME=" + dir}
		// A group of its own: Ctrl-C in the terminal must not end the server
		// under tests that are still cleaning up.
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: owner}
		return cmd
	}
	initdb := as(filepath.Join(bin, "initdb"), "--no-sync", "-A", "trust", "-E", "UTF8",
		"--locale=C.UTF-8", "-U", "postgres", "-D", filepath.Join(dir, "data"))
	if out, err := initdb.CombinedOutput(); err != nil {
		os.RemoveAll(dir)
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	c.keeper = as("/bin/sh", "-c", keeper, "keeper", bin, dir, "-c "+strings.Join(settings, " -c "))
	if c.leash, err = c.keeper.StdinPipe(); err == nil {
		var said io.Reader
		if said, err = c.keeper.StdoutPipe(); err == nil {
			c.heard = bufio.NewReader(said)
			err = c.keeper.Start()
		}
	}
	if err != nil {
		os.RemoveAll(dir)
		return nil, fmt.Errorf("starting PostgreSQL: %w", err)
	}
	go func() { c.keeper.Wait(); close(c.ended) }()
	if err := c.answers(ctx); err != nil {
		log, _ := os.ReadFile(filepath.Join(dir, "log"))
		c.Stop()
		return nil, fmt.Errorf("PostgreSQL does not answer: %w\n%s", err, log)
	}
	return c, nil
}

// Stop ends the server at once and removes its folder. It may be called twice.
func (c *Cluster) Stop() {
	c.leash.Close()
	<-c.ended
}

// Crash takes the server down at once, as a power cut would: nobody is told, nothing
// is written any more. What it had confirmed is recovered by Resume.
func (c *Cluster) Crash() error { return c.order("down") }

// Resume starts the server again after Crash and waits until it answers.
func (c *Cluster) Resume(ctx context.Context) error {
	if err := c.order("up"); err != nil {
		return err
	}
	return c.answers(ctx)
}

func (c *Cluster) order(what string) error {
	if _, err := io.WriteString(c.leash, what+"\n"); err != nil {
		return err
	}
	if said, err := c.heard.ReadString('\n'); err != nil || said != what+"\n" {
		return fmt.Errorf("the keeper of PostgreSQL said %q: %w", said, err)
	}
	return nil
}

func (c *Cluster) answers(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, c.DSN)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// binaries finds the folder that holds initdb and postgres. Debian keeps one
// folder per major version off the PATH; the newest is taken.
func binaries() (string, error) {
	versions, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	major := func(dir string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(dir)))
		return n
	}
	slices.SortFunc(versions, func(a, b string) int { return major(b) - major(a) })
	places := append(versions, filepath.SplitList(os.Getenv("PATH"))...)
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		places = append(places, strings.TrimSpace(string(out)))
	}
	for _, dir := range places {
		if runnable(filepath.Join(dir, "initdb")) && runnable(filepath.Join(dir, "postgres")) {
			return dir, nil
		}
	}
	return "", errors.New("no PostgreSQL server programs (initdb, postgres) in /usr/lib/postgresql, on the PATH or where pg_config points; on Debian: apt-get install postgresql")
}

func runnable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// owner is whom the server runs as: oneself (nil), or for root, whom PostgreSQL
// refuses, the user that its package made.
func owner() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(err1, err2); err != nil {
			return nil, fmt.Errorf("user %s: %w", name, err)
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as")
}

// folder makes an empty folder that the owner can enter. /tmp stands in where
// the usual temporary folder is closed to the owner, or so deep that the path of
// the socket would exceed the kernel's 107 bytes.
func folder(owner *syscall.Credential) (string, error) {
	parent := os.TempDir()
	if len(parent) > 60 || owner != nil && !enterable(parent) {
		parent = "/tmp"
	}
	dir, err := os.MkdirTemp(parent, "houqin-pg-")
	if err != nil || owner == nil {
		return dir, err
	}
	return dir, os.Chown(dir, int(owner.Uid), int(owner.Gid))
}

func enterable(dir string) bool {
	for {
		if info, err := os.Stat(dir); err != nil || info.Mode()&0o001 == 0 {
			return false
		}
		up := filepath.Dir(dir)
		if up == dir {
			return true
		}
		dir = up
	}
}

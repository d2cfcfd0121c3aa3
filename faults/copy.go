package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// copied is a copy of the program at work, started and ended many times at one address.
type copied struct {
	program, addr string
	at            *place
	log           string
	cmd           *exec.Cmd
	gone          chan struct{} // closed when it has ended
	end           error         // how
	again         int           // how often it was started anew because it had ended by itself
}

func newCopy(o options, at *place, name string) (*copied, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer l.Close()
	return &copied{program: o.program, addr: l.Addr().String(), at: at, log: o.dir + "/" + name + ".log"}, nil
}

// start starts it and does not wait.
func (c *copied) start() error {
	out, err := os.OpenFile(c.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer out.Close()
	c.cmd = exec.Command(c.program, "serve", "--db="+c.at.address, "--data="+c.at.data, "--addr="+c.addr, "--metrics-addr=none")
	c.cmd.Stdout, c.cmd.Stderr = out, out
	// With us it ends, however we end.
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := c.cmd.Start(); err != nil {
		return err
	}
	cmd, gone := c.cmd, make(chan struct{})
	c.gone = gone
	go func() { c.end = cmd.Wait(); close(gone) }()
	return nil
}

// ready waits until it says that it can work. On PostgreSQL a start that finds no
// database ends with an error; like the service's keeper it is then started anew.
func (c *copied) ready(ctx context.Context, within time.Duration) error {
	began := time.Now()
	for {
		status, _ := get("http://" + c.addr + "/readyz")
		if status == http.StatusOK {
			return nil
		}
		select {
		case <-c.gone:
			if c.at.cluster == nil || !strings.Contains(c.last(), "houqin: ") {
				return fmt.Errorf("the program ended: %w\n%s", c.end, c.last())
			}
			c.again++
			time.Sleep(100 * time.Millisecond)
			if err := c.start(); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
		if time.Since(began) > within {
			return fmt.Errorf("not ready after %s (status %d)\n%s", within, status, c.last())
		}
	}
}

// kill ends it as a power cut would.
func (c *copied) kill() error {
	err := c.cmd.Process.Kill()
	<-c.gone
	return err
}

// stop asks it to end and waits until it has.
func (c *copied) stop() error {
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-c.gone:
		return c.end
	case <-time.After(time.Minute):
		c.kill()
		return errors.New("it did not end within a minute of being asked to")
	}
}

// alive says whether it still runs.
func (c *copied) alive() bool {
	select {
	case <-c.gone:
		return false
	default:
		return true
	}
}

// last is the end of its log.
func (c *copied) last() string {
	text, _ := os.ReadFile(c.log)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-12):], "\n")
}

var short = http.Client{Timeout: 2 * time.Second}

func get(url string) (int, error) {
	r, err := short.Get(url)
	if err != nil {
		return 0, err
	}
	r.Body.Close()
	return r.StatusCode, nil
}

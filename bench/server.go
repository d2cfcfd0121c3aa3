package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is a program that answers HTTP, in a process of its own.
type server struct {
	addr  string
	cmd   *exec.Cmd
	began time.Time
	log   string
}

// launch starts a program that listens where it is told; its log goes to a file as
// a hospital's does.
func launch(dir string, program string, args ...string) (*server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{addr: l.Addr().String(), log: filepath.Join(dir, fmt.Sprintf("log-%d", time.Now().UnixNano()))}
	l.Close()
	out, err := os.Create(s.log)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	s.cmd = exec.Command(program, append(args, "--addr="+s.addr)...)
	s.cmd.Stdout, s.cmd.Stderr = out, out
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	s.began = time.Now()
	return s, s.cmd.Start()
}

// ready waits until the path is answered and says how long that took.
func (s *server) ready(ctx context.Context, path string) (time.Duration, error) {
	for {
		r, err := http.Get("http://" + s.addr + path)
		if err == nil {
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return time.Since(s.began), nil
			}
		}
		if ctx.Err() != nil || time.Since(s.began) > time.Minute || s.cmd.ProcessState != nil {
			text, _ := os.ReadFile(s.log)
			return 0, fmt.Errorf("the server does not answer: %w\n%s", errors.Join(err, ctx.Err()), text)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func (s *server) stop() error {
	s.cmd.Process.Signal(syscall.SIGTERM)
	return s.cmd.Wait()
}

// memory is what the process holds of the machine's, in bytes: now, of that without
// the pages of files, which the system may drop and read again, and the most so far.
func (s *server) memory() (resident, own, most int64) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		kb, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		switch name {
		case "VmRSS":
			resident = kb << 10
		case "RssAnon":
			own = kb << 10
		case "VmHWM":
			most = kb << 10
		}
	}
	return resident, own, most
}

// busy is the processor time the process has used, in seconds.
func (s *server) busy() float64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	_, rest, _ := strings.Cut(string(text), ") ")
	f := strings.Fields(rest)
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.ParseFloat(f[11], 64)
	system, _ := strconv.ParseFloat(f[12], 64)
	return (user + system) / 100
}

// rest waits until the server has used less than a twentieth of a processor for three
// seconds on end, at most three minutes, and says how long that took.
func (s *server) rest() time.Duration {
	began, calm := time.Now(), 0
	for calm < 3 && time.Since(began) < 3*time.Minute {
		busy := s.busy()
		time.Sleep(time.Second)
		if calm++; s.busy()-busy > 0.05 {
			calm = 0
		}
	}
	return time.Since(began)
}

// signIn goes through the door as a person does and gives the cookies of the session.
func (s *server) signIn(login, password string) (string, error) {
	jar, _ := cookiejar.New(nil)
	c := http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := c.PostForm("http://"+s.addr+"/sign-in", url.Values{"login": {login}, "password": {password}})
	if err != nil {
		return "", err
	}
	r.Body.Close()
	at, _ := url.Parse("http://" + s.addr + "/")
	var all []string
	for _, k := range jar.Cookies(at) {
		all = append(all, k.Name+"="+k.Value)
	}
	if r.StatusCode != http.StatusSeeOther || !strings.Contains(strings.Join(all, ";"), "session=") {
		return "", fmt.Errorf("sign-in: status %d, cookies %v", r.StatusCode, all)
	}
	return strings.Join(all, "; "), nil
}

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

func now() time.Time                  { return time.Now() }
func since(t time.Time) float64       { return time.Since(t).Seconds() }
func seconds(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }

// result is how often something was done and how long each time took.
type result struct {
	n     int     // counted
	all   int     // with those that were not
	took  float64 // seconds of the clock
	waits []float64
	bytes int64 // of the answers
}

func (r result) rate() float64 { return float64(r.n) / r.took }

// quantile of the waits, in seconds.
func (r *result) quantile(q float64) float64 {
	if len(r.waits) == 0 {
		return 0
	}
	slices.Sort(r.waits)
	return r.waits[min(int(q*float64(len(r.waits))), len(r.waits)-1)]
}

func (r *result) add(o result) {
	r.n, r.all, r.took, r.bytes, r.waits = r.n+o.n, r.all+o.all, r.took+o.took, r.bytes+o.bytes, append(r.waits, o.waits...)
}

// repeat lets n clients do something over and over for a while, each as soon as its
// last is done. What begins in the first tenth is not counted.
func repeat(ctx context.Context, n int, span time.Duration, client func(i int) (do func() (int, error), end func(), err error)) (result, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var all result
	var mu sync.Mutex
	var wait sync.WaitGroup
	ready := make(chan struct{})
	var begin, from, to time.Time
	var opened sync.WaitGroup
	for i := range n {
		opened.Add(1)
		wait.Go(func() {
			do, end, err := client(i)
			opened.Done()
			if err != nil {
				cancel(err)
				return
			}
			defer end()
			<-ready
			own := result{waits: make([]float64, 0, 4096)}
			for ctx.Err() == nil {
				at := time.Now()
				if at.After(to) {
					break
				}
				bytes, err := do()
				if errors.Is(err, errDone) {
					break // there is no more to do
				}
				if err != nil {
					cancel(err)
					return
				}
				own.all++
				done := time.Now()
				if at.Before(from) || done.After(to) {
					continue
				}
				own.n++
				own.bytes += int64(bytes)
				own.waits = append(own.waits, done.Sub(at).Seconds())
			}
			mu.Lock()
			defer mu.Unlock()
			all.add(own)
		})
	}
	opened.Wait()
	begin = time.Now()
	from, to = begin.Add(span/10), begin.Add(span/10+span)
	close(ready)
	wait.Wait()
	ended := time.Now()
	all.took = min(to.Sub(from), ended.Sub(from)).Seconds()
	return all, context.Cause(ctx)
}

// wire is one kept-alive connection of a client that spends as little as it can, so
// that the cores are the server's.
type wire struct {
	conn net.Conn
	in   *bufio.Reader
	body bytes.Buffer // of the last answer, when keep is set
	keep bool
}

func dial(addr string) (*wire, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &wire{conn: conn, in: bufio.NewReaderSize(conn, 64<<10)}, nil
}

func (w *wire) close() { w.conn.Close() }

// send writes a request and reads its answer: the status and how many bytes came.
func (w *wire) send(request []byte) (status, n int, err error) {
	if _, err = w.conn.Write(request); err != nil {
		return 0, 0, err
	}
	w.body.Reset()
	line, err := w.line()
	if err != nil {
		return 0, 0, err
	}
	if len(line) < 12 {
		return 0, 0, fmt.Errorf("answer begins %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, 0, err
	}
	length, chunked := -1, false
	for {
		if line, err = w.line(); err != nil {
			return status, n, err
		}
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch {
		case equal(name, "content-length"):
			length, err = strconv.Atoi(string(bytes.TrimSpace(value)))
		case equal(name, "transfer-encoding"):
			chunked = true
		}
		if err != nil {
			return status, n, err
		}
	}
	if !chunked {
		return status, max(length, 0), w.take(max(length, 0))
	}
	for {
		if line, err = w.line(); err != nil {
			return status, n, err
		}
		size, err := strconv.ParseInt(string(line), 16, 32)
		if err != nil {
			return status, n, err
		}
		if err = w.take(int(size)); err == nil {
			_, err = w.line()
		}
		n += int(size)
		if size == 0 || err != nil {
			return status, n, err
		}
	}
}

func (w *wire) line() ([]byte, error) {
	line, err := w.in.ReadSlice('\n')
	return bytes.TrimRight(line, "\r\n"), err
}

func (w *wire) take(n int) error {
	if w.keep {
		_, err := io.CopyN(&w.body, w.in, int64(n))
		return err
	}
	_, err := w.in.Discard(n)
	return err
}

func equal(name []byte, lower string) bool {
	return len(name) == len(lower) && strings.EqualFold(string(name), lower)
}

// request writes one out as it goes over the wire.
func request(method, path, host string, headers []string, body string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, path, host)
	for _, h := range headers {
		b.WriteString(h + "\r\n")
	}
	if method != "GET" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
	}
	b.WriteString("\r\n" + body)
	return b.Bytes()
}

// errDone ends a client that has nothing more to do.
var errDone = errors.New("done")

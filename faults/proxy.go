package main

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// proxy stands before several copies of the program, as a hospital's would: it sends
// each request to one of them and, when that one is not there, hangs up or says that
// it is busy, to the next. Whoever sends carries a key, so that nothing is done twice.
type proxy struct {
	copies  []*copied
	turn    atomic.Int64
	retried atomic.Int64
	out     http.Client
	server  *http.Server
	addr    string
}

func newProxy(copies ...*copied) (*proxy, error) {
	p := &proxy{copies: copies, out: http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 64},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p.addr, p.server = l.Addr().String(), &http.Server{Handler: p}
	go p.server.Serve(l)
	return p, nil
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	for began := time.Now(); time.Since(began) < patience; {
		to := p.copies[int(p.turn.Add(1))%len(p.copies)]
		again, err := http.NewRequestWithContext(r.Context(), r.Method, "http://"+to.addr+r.URL.RequestURI(), bytes.NewReader(body))
		if err != nil {
			return
		}
		again.Header = r.Header.Clone()
		again.GetBody = nil
		got, err := p.out.Do(again)
		if err != nil || got.StatusCode == http.StatusServiceUnavailable {
			if err == nil {
				got.Body.Close()
			}
			p.retried.Add(1)
			time.Sleep(5 * time.Millisecond)
			continue
		}
		answer, err := io.ReadAll(got.Body)
		got.Body.Close()
		if err != nil {
			p.retried.Add(1)
			continue
		}
		for k, v := range got.Header {
			w.Header()[k] = v
		}
		w.WriteHeader(got.StatusCode)
		w.Write(answer)
		return
	}
	w.WriteHeader(http.StatusBadGateway)
}

package journeys

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
)

// wire is the network cable of one window: a SOCKS 5 proxy that leads to this
// machine only, and can be cut. Cutting at the wire, rather than asking the
// browser to pretend, reaches service workers and open streams too.
type wire struct {
	listener net.Listener

	mu    sync.Mutex
	cut   bool
	mute  bool // it is there, and carries nothing
	trap  moment
	conns map[net.Conn]bool
}

// moment is when a wire is cut by itself: while something is being posted.
type moment int

const (
	never   moment = iota
	halfway        // when half of what is posted has been sent
	unheard        // when the server has done it and its answer comes
	silent         // when it begins; nothing is dropped, and nothing comes or goes any more
	torn           // no post: when the first piece of a page has come; nothing is dropped, and the rest never comes
	shut           // when it begins: somebody before the server's door says that it does not answer
)

// Trap has the wire be cut at a moment of the next post.
func (w *wire) Trap(at moment) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.trap = at
}

// spring says whether the trap is set for that moment.
func (w *wire) spring(at moment) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.trap == at
}

// silence has the wire carry nothing from now on.
func (w *wire) silence() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.trap, w.mute = never, true
}

// silenced says whether the wire carries nothing although it is there.
func (w *wire) silenced() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.mute
}

// sprung cuts the wire, once.
func (w *wire) sprung() {
	w.Trap(never)
	w.Cut(true)
}

func newWire() (*wire, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w := &wire{listener: l, conns: map[net.Conn]bool{}}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return // closed
			}
			go w.carry(conn)
		}
	}()
	return w, nil
}

func (w *wire) Addr() string { return w.listener.Addr().String() }

// Cut drops every connection and lets no new one through, until joined again.
func (w *wire) Cut(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut, w.mute = cut, false
	if cut {
		for c := range w.conns {
			c.Close()
		}
	}
}

func (w *wire) Close() {
	w.listener.Close()
	w.Cut(true)
}

// hold registers a connection to be dropped by Cut; false means the wire is cut.
func (w *wire) hold(c net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.cut {
		w.conns[c] = true
	}
	return !w.cut
}

func (w *wire) release(c net.Conn) {
	c.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.conns, c)
}

func (w *wire) carry(from net.Conn) {
	defer w.release(from)
	if !w.hold(from) {
		return
	}
	address, err := asked(from)
	if err != nil {
		return
	}
	host, _, _ := net.SplitHostPort(address)
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		from.Write([]byte{5, 2, 0, 1, 0, 0, 0, 0, 0, 0}) // not allowed
		return
	}
	to, err := net.Dial("tcp", address)
	if err != nil {
		from.Write([]byte{5, 5, 0, 1, 0, 0, 0, 0, 0, 0}) // refused
		return
	}
	defer w.release(to)
	if !w.hold(to) {
		return
	}
	from.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	var posted, asking atomic.Bool // something is being posted here, and its answer is not to be heard; a page is asked for, and half of it is to be
	go func() {
		io.Copy(writer(func(p []byte) (int, error) {
			asking.Store(bytes.HasPrefix(p, []byte("GET /desk/")) && w.spring(torn))
			if bytes.HasPrefix(p, []byte("POST ")) {
				if w.spring(halfway) {
					to.Write(p[:len(p)/2])
					w.sprung()
					return 0, net.ErrClosed
				}
				if w.spring(silent) {
					w.silence()
				}
				if w.spring(shut) {
					io.WriteString(from, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
					w.sprung()
					return 0, net.ErrClosed
				}
				posted.Store(w.spring(unheard))
			}
			if w.silenced() {
				return len(p), nil
			}
			return to.Write(p)
		}), from)
		to.(*net.TCPConn).CloseWrite()
	}()
	io.Copy(writer(func(p []byte) (int, error) {
		if posted.Load() {
			w.sprung()
			return 0, net.ErrClosed
		}
		if w.silenced() {
			return len(p), nil
		}
		if head := bytes.Index(p, []byte("\r\n\r\n")); head > 0 && asking.Load() {
			w.silence()
			from.Write(p[:min(head+100, len(p))])
			return len(p), nil
		}
		return from.Write(p)
	}), to)
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

// asked reads the SOCKS 5 greeting and request (RFC 1928) and returns host:port.
func asked(conn net.Conn) (string, error) {
	head := make([]byte, 2)
	if _, err := io.ReadFull(conn, head); err != nil {
		return "", err
	}
	if _, err := io.CopyN(io.Discard, conn, int64(head[1])); err != nil {
		return "", err
	}
	if _, err := conn.Write([]byte{5, 0}); err != nil { // no authentication
		return "", err
	}
	request := make([]byte, 4)
	if _, err := io.ReadFull(conn, request); err != nil {
		return "", err
	}
	var size int
	switch request[3] {
	case 1:
		size = net.IPv4len
	case 4:
		size = net.IPv6len
	case 3:
		if _, err := io.ReadFull(conn, head[:1]); err != nil {
			return "", err
		}
		size = int(head[0])
	default:
		return "", fmt.Errorf("address type %d", request[3])
	}
	to := make([]byte, size+2)
	if _, err := io.ReadFull(conn, to); err != nil {
		return "", err
	}
	host := string(to[:size])
	if request[3] != 3 {
		host = net.IP(to[:size]).String()
	}
	return net.JoinHostPort(host, fmt.Sprint(binary.BigEndian.Uint16(to[size:]))), nil
}

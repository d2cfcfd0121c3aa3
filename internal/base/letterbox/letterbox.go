// Package letterbox takes in letters by SMTP (RFC 5321) from machines in the house that can
// tell of something in no other way. It delivers nothing further, keeps nothing, and knows
// only the addresses that it is told of: it is no mail server.
package letterbox

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"
)

// Answers that Take may give besides nil.
var (
	ErrUnknown = errors.New("nobody has this address")     // 550
	ErrTooMany = errors.New("so many letters for a while") // 452: the sender tries again later
	ErrRefused = errors.New("the letter cannot be read")   // 554
)

// Box is where letters are thrown in.
type Box struct {
	Name string // how it calls itself; default letterbox
	// Knows says whether letters to an address are taken: ErrUnknown when not.
	Knows func(ctx context.Context, to string) error
	// Take takes one letter in; the sender hears of success only when it is kept.
	Take func(ctx context.Context, to, remote string, l *Letter) error
	Log  *slog.Logger
}

// What one sender may take of the house's time and room.
const (
	callersMost = 16        // connections at once
	lettersMost = 50        // in one connection
	wrongMost   = 10        // commands in one connection that are none, addresses that nobody has
	sizeMost    = 256 << 10 // bytes of a letter
	lineMost    = 2000      // bytes of a command
	patience    = time.Minute
	callMost    = 10 * time.Minute
)

// Serve takes letters in until ctx ends.
func (b *Box) Serve(ctx context.Context, l net.Listener) error {
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	room := make(chan struct{}, callersMost)
	var open sync.WaitGroup
	defer open.Wait()
	for {
		conn, err := l.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		select {
		case room <- struct{}{}:
			open.Go(func() { defer func() { <-room }(); b.call(ctx, conn) })
		default:
			fmt.Fprintf(conn, "421 too many at once\r\n")
			conn.Close()
		}
	}
}

// call is one connection.
type call struct {
	box    *Box
	in     *bufio.Reader
	conn   net.Conn
	remote string
	from   bool
	to     string
	wrong  int
	taken  int
}

func (b *Box) call(ctx context.Context, conn net.Conn) {
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, callMost)
	defer cancel()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	c := call{box: b, in: bufio.NewReaderSize(conn, lineMost), conn: conn, remote: conn.RemoteAddr().String()}
	if host, _, err := net.SplitHostPort(c.remote); err == nil {
		c.remote = host
	}
	c.say("220 %s ready", c.name())
	for c.wrong < wrongMost {
		conn.SetDeadline(time.Now().Add(patience))
		line, err := c.line()
		if err != nil {
			return
		}
		if !c.obey(ctx, line) {
			return
		}
	}
	c.say("421 that is enough")
}

func (c *call) name() string { return cmp.Or(c.box.Name, "letterbox") }

func (c *call) say(format string, args ...any) { fmt.Fprintf(c.conn, format+"\r\n", args...) }

// line is a command; one that is too long ends the call.
func (c *call) line() (string, error) {
	s, err := c.in.ReadSlice('\n')
	return strings.TrimRight(string(s), "\r\n"), err
}

// obey carries out a command; false ends the call.
func (c *call) obey(ctx context.Context, line string) bool {
	verb, rest, _ := strings.Cut(line, " ")
	switch strings.ToUpper(verb) {
	case "HELO":
		c.say("250 %s", c.name())
	case "EHLO":
		c.say("250-%s\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE %d", c.name(), sizeMost)
	case "MAIL":
		if !strings.HasPrefix(strings.ToUpper(rest), "FROM:") {
			c.no("501 MAIL FROM:<...>")
			break
		}
		c.from, c.to = true, ""
		c.say("250 go on")
	case "RCPT":
		c.rcpt(ctx, rest)
	case "DATA":
		return c.data(ctx)
	case "RSET":
		c.from, c.to = false, ""
		c.say("250 forgotten")
	case "NOOP":
		c.say("250 here")
	case "QUIT":
		c.say("221 bye")
		return false
	default:
		c.no("502 not done here")
	}
	return true
}

// no refuses, and counts it.
func (c *call) no(answer string) { c.wrong++; c.say("%s", answer) }

func (c *call) rcpt(ctx context.Context, rest string) {
	to, ok := address(rest)
	switch {
	case !c.from:
		c.no("503 MAIL first")
	case !ok:
		c.no("501 RCPT TO:<...>")
	case c.to != "":
		c.say("452 one address at a time")
	default:
		switch err := c.box.Knows(ctx, to); {
		case errors.Is(err, ErrUnknown):
			c.no("550 nobody has this address")
		case err != nil:
			c.box.Log.Error("an address of the letterbox", "err", err)
			c.say("451 later")
		default:
			c.to = to
			c.say("250 go on")
		}
	}
}

// address is what stands between the brackets of TO:<…>.
func address(rest string) (string, bool) {
	if len(rest) < 3 || !strings.EqualFold(rest[:3], "TO:") {
		return "", false
	}
	_, to, ok := strings.Cut(rest, "<")
	to, _, end := strings.Cut(to, ">")
	return to, ok && end && to != "" && len(to) <= 254 && !strings.ContainsAny(to, " \t")
}

// data takes the letter; false ends the call.
func (c *call) data(ctx context.Context) bool {
	if c.to == "" {
		c.no("503 RCPT first")
		return true
	}
	if c.taken >= lettersMost {
		c.say("421 call again")
		return false
	}
	c.say("354 the letter, then a dot")
	text, whole, err := c.body()
	if err != nil {
		return false
	}
	to := c.to
	c.from, c.to, c.taken = false, "", c.taken+1
	if !whole {
		c.say("552 longer than %d bytes", sizeMost)
		return true
	}
	l, err := Read(text)
	if err == nil {
		err = c.box.Take(ctx, to, c.remote, l)
	}
	switch {
	case err == nil:
		c.say("250 kept")
	case errors.Is(err, ErrUnknown):
		c.no("550 nobody has this address")
	case errors.Is(err, ErrTooMany):
		c.say("452 so many for a while: later")
	case errors.Is(err, ErrRefused):
		c.say("554 it cannot be read")
	default:
		c.box.Log.Error("a letter was not taken in", "err", err, "from", c.remote)
		c.say("451 later")
	}
	return true
}

// body reads until the dot that stands alone; whole is false when it was longer than is taken.
func (c *call) body() (text []byte, whole bool, err error) {
	var b bytes.Buffer
	whole = true
	begin := true
	for {
		part, err := c.in.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, false, err
		}
		if begin {
			if s := string(part); s == ".\r\n" || s == ".\n" {
				return b.Bytes(), whole, nil
			}
			part = bytes.TrimPrefix(part, []byte(".")) // a dot put before a dot
		}
		begin = err == nil
		if b.Len()+len(part) > sizeMost {
			whole = false
			continue
		}
		b.Write(part)
	}
}

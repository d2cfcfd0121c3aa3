// Package letterbox takes in letters by SMTP (RFC 5321) from machines in the house that can
// tell of something in no other way. It delivers nothing further, keeps nothing, and knows
// only the addresses that it is told of: it is no mail server.
package letterbox

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"time"

	"github.com/emersion/go-smtp"
	"golang.org/x/net/netutil"
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
	TLS  *tls.Config // nil: letters come in clear; else who can may cover them (RFC 3207)
}

// What senders may take of the house's time and room.
const (
	callersMost = 16        // connections at once; others wait
	sizeMost    = 256 << 10 // bytes of a letter
	patience    = time.Minute
)

// Serve takes letters in until ctx ends.
func (b *Box) Serve(ctx context.Context, l net.Listener) error {
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		host, _, _ := net.SplitHostPort(c.Conn().RemoteAddr().String())
		return &call{box: b, ctx: ctx, remote: host}, nil
	}))
	s.Domain, s.EnableSMTPUTF8 = cmp.Or(b.Name, "letterbox"), true
	s.TLSConfig = b.TLS
	s.MaxRecipients, s.MaxMessageBytes = 1, sizeMost
	s.ReadTimeout, s.WriteTimeout = patience, patience
	s.ErrorLog = slog.NewLogLogger(b.Log.Handler(), slog.LevelDebug) // of what senders do wrong
	stop := context.AfterFunc(ctx, func() { s.Close() })
	defer stop()
	err := s.Serve(netutil.LimitListener(l, callersMost))
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// call is one connection.
type call struct {
	box    *Box
	ctx    context.Context
	remote string
	to     string
}

func (c *call) Reset()                               { c.to = "" }
func (c *call) Logout() error                        { return nil }
func (c *call) Mail(string, *smtp.MailOptions) error { return nil }

func (c *call) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := c.box.Knows(c.ctx, to); err != nil {
		return c.no(err)
	}
	c.to = to
	return nil
}

func (c *call) Data(in io.Reader) error {
	text, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	l, err := Read(text)
	if err == nil {
		err = c.box.Take(c.ctx, c.to, c.remote, l)
	}
	return c.no(err)
}

// no is what the sender hears of an error; what is the house's own fault is told to it alone.
func (c *call) no(err error) error {
	for _, known := range []struct {
		err  error
		code int
	}{{ErrUnknown, 550}, {ErrTooMany, 452}, {ErrRefused, 554}} {
		if errors.Is(err, known.err) {
			return &smtp.SMTPError{Code: known.code, EnhancedCode: smtp.NoEnhancedCode, Message: known.err.Error()}
		}
	}
	if err != nil {
		c.box.Log.Error("a letter was not taken in", "err", err, "from", c.remote)
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.NoEnhancedCode, Message: "later"}
	}
	return nil
}

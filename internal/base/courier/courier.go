// Package courier carries a message out of the house: to a robot of a group chat, to
// another program's webhook, to somebody's mailbox. It goes only where it was sent,
// opens no door on the way and brings nothing back but whether the message was taken.
package courier

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Courier carries messages. Inside are the networks of the hospital's own that it may
// enter, also by plain HTTP; all other addresses that are not public are refused when
// the connection is made, whatever a name resolved to before.
type Courier struct {
	Inside []netip.Prefix
	Mail   Mailbox
	Now    func() time.Time
	client *http.Client
}

// patience is how long one delivery may take.
const patience = 15 * time.Second

// New makes a courier; now is the clock that signatures are dated by.
func New(inside []netip.Prefix, mail Mailbox, now func() time.Time) *Courier {
	c := &Courier{Inside: inside, Mail: mail, Now: now}
	dialer := &net.Dialer{Timeout: 5 * time.Second, Control: func(_, address string, _ syscall.RawConn) error { return c.mayEnter(address) }}
	c.client = &http.Client{Timeout: patience,
		// A redirect could lead anywhere: it counts as a refusal.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: 5 * time.Second, MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute}}
	return c
}

// ErrForbidden: the address is one that messages do not go to.
var ErrForbidden = errors.New("an address that messages do not go to")

// mayEnter judges an address as it is connected to.
func (c *Courier) mayEnter(address string) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %s", ErrForbidden, address)
	}
	ip := at.Addr().Unmap()
	for _, p := range c.Inside {
		if p.Contains(ip) {
			return nil
		}
	}
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || reserved(ip) {
		return fmt.Errorf("%w: %s", ErrForbidden, ip)
	}
	return nil
}

// notPublic are ranges that look public to the standard library and are not: RFC 6598
// (shared), 5736, 2544, 5737 (examples), 6052 and 3056 (IPv4 inside IPv6), 3849.
var notPublic = prefixes("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	"64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2001:db8::/32", "2002::/16")

func prefixes(all ...string) (out []netip.Prefix) {
	for _, p := range all {
		out = append(out, netip.MustParsePrefix(p))
	}
	return out
}

func reserved(ip netip.Addr) bool {
	for _, p := range notPublic {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// Check refuses an address that could never be gone to: no HTTPS, somebody's name and
// password in it, no host. Plain HTTP is for the hospital's own networks only, where the
// host is written as a number.
func (c *Courier) Check(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Opaque != "" || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		return fmt.Errorf("%w: not an address of a service", ErrForbidden)
	case u.Scheme == "https":
	case u.Scheme != "http":
		return fmt.Errorf("%w: %s", ErrForbidden, u.Scheme)
	default:
		ip, err := netip.ParseAddr(u.Hostname())
		if err != nil || c.mayEnter(netip.AddrPortFrom(ip, 80).String()) != nil || (ip.IsGlobalUnicast() && !ip.IsPrivate()) {
			return fmt.Errorf("%w: without https only within the hospital's own networks", ErrForbidden)
		}
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil {
		return c.mayEnter(netip.AddrPortFrom(ip, 443).String())
	}
	return nil
}

// Webhook delivers a body to another program, signed as Standard Webhooks says: with
// webhook-id, webhook-timestamp and webhook-signature. The secret is the shared key in
// base64, with or without its whsec_ in front. The same id on a repetition lets the
// other side tell it from a new message.
func (c *Courier) Webhook(ctx context.Context, address, secret, id string, body []byte) error {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return errors.New("the webhook's secret is not base64")
	}
	stamp := strconv.FormatInt(c.Now().Unix(), 10)
	_, err = c.post(ctx, address, body, map[string]string{"webhook-id": id, "webhook-timestamp": stamp,
		"webhook-signature": "v1," + sign(key, id+"."+stamp+"."+string(body))})
	return err
}

func sign(key []byte, text string) string {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}

// Robots are the group chats that a robot can speak in.
var Robots = []string{"wecom", "dingtalk", "feishu"}

// Robot speaks a text in a group chat of WeCom, DingTalk or Feishu. The address is the
// one that the chat gave out for its robot; secret signs where the chat asks for it
// (DingTalk and Feishu) and is "" otherwise. What the chat refuses is an error that names
// the chat's code.
func (c *Courier) Robot(ctx context.Context, chat, address, secret, text string) error {
	body := map[string]any{"msgtype": "text", "text": map[string]string{"content": text}}
	switch {
	case chat == "feishu":
		body = map[string]any{"msg_type": "text", "content": map[string]string{"text": text}}
		if secret != "" { // the key is the moment and the secret, what is signed is nothing
			stamp := strconv.FormatInt(c.Now().Unix(), 10)
			body["timestamp"], body["sign"] = stamp, sign([]byte(stamp+"\n"+secret), "")
		}
	case chat == "dingtalk" && secret != "":
		stamp := strconv.FormatInt(c.Now().UnixMilli(), 10)
		u, err := url.Parse(address)
		if err != nil {
			return err
		}
		q := u.Query()
		q.Set("timestamp", stamp)
		q.Set("sign", sign([]byte(secret), stamp+"\n"+secret))
		u.RawQuery = q.Encode()
		address = u.String()
	}
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	answer, err := c.post(ctx, address, b, nil)
	if err != nil {
		return err
	}
	var said struct{ Errcode, Code *int }
	if err := json.Unmarshal(answer, &said); err != nil || said.Errcode == nil && said.Code == nil {
		return errors.New("the chat's answer is not understood")
	}
	for _, code := range []*int{said.Errcode, said.Code} {
		if code != nil && *code != 0 {
			return fmt.Errorf("the chat refuses with code %d", *code)
		}
	}
	return nil
}

// post sends JSON and gives the answer's beginning; anything but 2xx is an error that
// tells the status and nothing of the answer or of the address, which may hold a key.
func (c *Courier) post(ctx context.Context, address string, body []byte, headers map[string]string) ([]byte, error) {
	if err := c.Check(address); err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, "POST", address, bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("not an address of a service")
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("User-Agent", "Houqin")
	for k, v := range headers {
		r.Header.Set(k, v)
	}
	w, err := c.client.Do(r)
	if err != nil {
		if e, ok := errors.AsType[*url.Error](err); ok {
			err = e.Err
		}
		return nil, err
	}
	defer w.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(w.Body, 64<<10))
	if w.StatusCode < 200 || w.StatusCode > 299 {
		return nil, fmt.Errorf("answered with status %d", w.StatusCode)
	}
	return answer, err
}

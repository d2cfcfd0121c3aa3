package courier

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	netmail "net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/wneessen/go-mail"
)

// Mailbox is where mail is handed in. The zero Mailbox sends none.
type Mailbox struct {
	Host           string
	Port           int
	User, Password string
	TLS            bool // from the first byte; otherwise STARTTLS is demanded beyond this machine
	From           netmail.Address
}

// ParseMailbox reads smtps://user:password@host:465 or smtp://user:password@host:587
// and the address that mail comes from, such as "后勤 <houqin@hospital.example>".
func ParseMailbox(server, from string) (m Mailbox, err error) {
	if server == "" {
		return m, nil
	}
	u, err := url.Parse(server)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return m, errors.New("mail is handed in at smtps://user:password@host:465 or smtp://user:password@host:587")
	}
	a, err := netmail.ParseAddress(from)
	if err != nil {
		return m, fmt.Errorf("the address that mail comes from: %w", err)
	}
	m = Mailbox{Host: u.Hostname(), TLS: u.Scheme == "smtps", From: *a, User: u.User.Username()}
	m.Password, _ = u.User.Password()
	if m.Port = 587; m.TLS {
		m.Port = 465
	}
	if p := u.Port(); p != "" {
		if m.Port, err = strconv.Atoi(p); err != nil {
			return m, err
		}
	}
	return m, nil
}

// ErrNoMail: no mailbox was set.
var ErrNoMail = errors.New("no mailbox to hand mail in at is set")

// Letter sends a text to one address. The id makes repetitions of the same letter one to
// a mailbox that cares.
func (c *Courier) Letter(ctx context.Context, to, id, subject, text string) error {
	m := c.Mail
	if m.Host == "" {
		return ErrNoMail
	}
	a, err := netmail.ParseAddress(to)
	if err != nil || strings.ContainsAny(to, ",;\r\n") {
		return errors.New("not an address of mail")
	}
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	msg.FromMailAddress(&m.From)
	msg.ToMailAddress(&netmail.Address{Address: a.Address})
	msg.Subject(strings.Join(strings.FieldsFunc(subject, func(r rune) bool { return r == '\r' || r == '\n' }), " "))
	_, domain, _ := strings.Cut(m.From.Address, "@")
	msg.SetMessageIDWithValue(id + "@" + domain)
	msg.SetDate()
	msg.SetBodyString(mail.TypeTextPlain, text)

	policy := mail.TLSMandatory
	if ip, err := netip.ParseAddr(m.Host); m.Host == "localhost" || err == nil && ip.IsLoopback() {
		policy = mail.TLSOpportunistic
	}
	options := []mail.Option{mail.WithPort(m.Port), mail.WithTimeout(patience), mail.WithTLSPolicy(policy),
		mail.WithTLSConfig(&tls.Config{ServerName: m.Host, MinVersion: tls.VersionTLS12})}
	if m.TLS {
		options = append(options, mail.WithSSL())
	}
	if m.User != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(m.User), mail.WithPassword(m.Password))
	}
	client, err := mail.NewClient(m.Host, options...)
	if err != nil {
		return err
	}
	return client.DialAndSendWithContext(ctx, msg)
}

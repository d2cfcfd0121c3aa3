package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"houqin/internal/base/db"
)

// covered says which connections to other machines would go in clear, or to whoever
// answers, although nobody has said in in-clear that they may.
func (s *serving) covered() error {
	var wrong []error
	for _, c := range []struct{ name, why string }{
		{"db", bareDatabase(s.database())}, {"files", bareBucket(s.Files)}, {"copy-to", bareBucket(s.CopyTo)}, {"scanner", bareScanner(s.Scanner)},
	} {
		if c.why != "" && !slices.Contains(s.InClear, c.name) {
			wrong = append(wrong, fmt.Errorf("%s: %s; or say so: in-clear=%s", c.name, c.why, c.name))
		}
	}
	for _, name := range s.InClear {
		if name != "db" && name != "files" && name != "copy-to" && name != "scanner" {
			wrong = append(wrong, fmt.Errorf("in-clear: %q is none of db, files, copy-to, scanner", name))
		}
	}
	return errors.Join(wrong...)
}

// bareDatabase is what is wrong with the way to a database on another machine, "" when
// nothing is.
func bareDatabase(address string) string {
	if !db.IsPostgres(address) {
		return ""
	}
	c, err := pgx.ParseConfig(address)
	if err != nil {
		return "" // opening it will say so without its password
	}
	way := func(host string, speak *tls.Config) string {
		switch {
		case strings.HasPrefix(host, "/") || host == "localhost" || loopback(net.JoinHostPort(host, "1")):
			return ""
		case speak == nil:
			return "what the hospital knows would cross the network in clear; add sslmode=verify-full"
		case speak.InsecureSkipVerify && speak.VerifyPeerCertificate == nil && speak.VerifyConnection == nil:
			return "whoever answers would be taken for the database; add sslmode=verify-full"
		}
		return ""
	}
	if why := way(c.Host, c.TLSConfig); why != "" {
		return why
	}
	for _, f := range c.Fallbacks {
		if why := way(f.Host, f.TLSConfig); why != "" {
			return why
		}
	}
	return ""
}

// bareScanner is what is wrong with the way to a scanner, which knows no cipher.
func bareScanner(address string) string {
	if address == "" || strings.HasPrefix(address, "unix:") || strings.HasPrefix(address, "localhost:") || loopback(address) {
		return ""
	}
	return "documents would cross the network in clear; let the scanner run on this machine"
}

// bareBucket is what is wrong with the way to a bucket.
func bareBucket(address string) string {
	if !strings.HasPrefix(address, "s3://") {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil || u.Query().Get("tls") != "off" || u.Hostname() == "localhost" || loopback(net.JoinHostPort(u.Hostname(), "1")) {
		return ""
	}
	return "photos and documents would cross the network in clear; leave tls=off away"
}

package main

import (
	"crypto/tls"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Nothing leaves for another machine in clear, or to whoever answers, unless somebody
// has said so.
//
// Holds: v5.0.0-12.3.1 v5.0.0-12.3.2 v5.0.0-12.3.3 DB3-8.1.4.8-a
func TestConnectionsToOtherMachinesAreCovered(t *testing.T) {
	for _, c := range []struct {
		db, files, copy, told string
		wrong                 string
	}{
		{"", "", "", "", ""},
		{"postgres://houqin@127.0.0.1/db?sslmode=disable", "", "", "", ""},
		{"postgres://houqin@[::1]/db?sslmode=disable", "", "", "", ""},
		{"postgres:///db?host=/var/run/postgresql", "", "", "", ""},
		{"postgres://houqin@db.example/db?sslmode=disable", "", "", "", "in clear"},
		{"postgres://houqin@db.example/db", "", "", "", "whoever answers"},
		{"postgres://houqin@db.example/db?sslmode=prefer", "", "", "", "whoever answers"},
		{"postgres://houqin@db.example/db?sslmode=require", "", "", "", "whoever answers"},
		{"postgres://houqin@db.example/db?sslmode=verify-ca", "", "", "", ""},
		{"postgres://houqin@db.example/db?sslmode=verify-full", "", "", "", ""},
		{"postgres://houqin@127.0.0.1,db.example/db?sslmode=disable", "", "", "", "in clear"},
		{"postgres://houqin@db.example/db?sslmode=disable", "", "", "db", ""},
		{"postgres://houqin@db.example/db?sslmode=disable", "", "", "files", "db:"},
		{"", "s3://k:s@bucket.example/b", "", "", ""},
		{"", "s3://k:s@bucket.example/b?tls=off", "", "", "files:"},
		{"", "s3://k:s@127.0.0.1:9000/b?tls=off", "", "", ""},
		{"", "", "s3://k:s@bucket.example/b?tls=off", "", "copy-to:"},
		{"", "", "", "mail", "in-clear"},
		{"", "scan unix:/run/clamd.ctl", "", "", ""},
		{"", "scan 127.0.0.1:3310", "", "", ""},
		{"", "scan clamd.example:3310", "", "", "scanner:"},
	} {
		s := serving{}
		if address, ok := strings.CutPrefix(c.files, "scan "); ok {
			s.Scanner, c.files = address, ""
		}
		s.DB, s.Files, s.CopyTo = c.db, c.files, c.copy
		if c.told != "" {
			s.InClear = []string{c.told}
		}
		err := s.covered()
		if (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%+v: %v", c, err)
		}
		if err != nil && strings.Contains(err.Error(), "k:s@") {
			t.Errorf("a secret is said: %v", err)
		}
	}
}

// Nobody is told an address in clear, except on the machine itself and in a demo; a key
// that others may read is no key; settings with a secret are closed.
//
// Holds: C7 v5.0.0-13.3.2 v5.0.0-12.2.1
func TestSettingsThatWouldLeaveADoorOpenAreRefused(t *testing.T) {
	l := listening{Addr: "127.0.0.1:8080", Address: "http://houqin.example"}
	if err := l.sensible(false); err == nil || !strings.Contains(err.Error(), "in clear") {
		t.Errorf("an address in clear: %v", err)
	}
	if err := l.sensible(true); err != nil {
		t.Errorf("in a demo: %v", err)
	}
	if l.Address = "http://127.0.0.1:8080"; l.sensible(false) != nil {
		t.Error("on this machine it is refused")
	}
	dir := t.TempDir()
	key := filepath.Join(dir, "site.key")
	if err := os.WriteFile(key, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := newCertificates(key, key, nil); err == nil || !strings.Contains(err.Error(), "open to others") {
		t.Errorf("a key that all may read: %v", err)
	}
	file := filepath.Join(dir, "houqin.toml")
	os.WriteFile(file, []byte("db = \"postgres://u:geheim@127.0.0.1/db\"\n"), 0o644)
	if code, _, said := houqin(t, nil, "check", "--config", file); code == 0 || !strings.Contains(said, "open to others") || strings.Contains(said, "geheim") {
		t.Errorf("settings with a password: %d %s", code, said)
	}
	os.Chmod(file, 0o600)
	if code, _, said := houqin(t, nil, "check", "--config", file); code != 0 {
		t.Errorf("closed: %d %s", code, said)
	}
}

// What is spoken is new, strong and ours to choose: no old version, no weak suite.
//
// Holds: v5.0.0-12.1.1 v5.0.0-12.1.2 DB3-8.1.4.1-c DB3-8.1.4.7-a DB3-8.1.4.8-a
func TestHandsAreShakenInStrongWaysOnly(t *testing.T) {
	s := serve(t, func(c *serveCmd) { c.Authority = []string{"127.0.0.1"} })
	address := strings.TrimPrefix(s.address, "https://")
	shake := func(c *tls.Config) (tls.ConnectionState, error) {
		c.InsecureSkipVerify = true // whose it is, others try
		conn, err := tls.DialWithDialer(&net.Dialer{}, "tcp", address, c)
		if err != nil {
			return tls.ConnectionState{}, err
		}
		defer conn.Close()
		return conn.ConnectionState(), nil
	}
	for _, old := range []uint16{tls.VersionTLS10, tls.VersionTLS11} {
		if _, err := shake(&tls.Config{MinVersion: old, MaxVersion: old}); err == nil {
			t.Errorf("speaks %s", tls.VersionName(old))
		}
	}
	if st, err := shake(&tls.Config{}); err != nil || st.Version != tls.VersionTLS13 {
		t.Errorf("prefers %s, %v", tls.VersionName(st.Version), err)
	}
	for _, weak := range tls.InsecureCipherSuites() {
		if st, err := shake(&tls.Config{MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{weak.ID}}); err == nil {
			t.Errorf("speaks %s", tls.CipherSuiteName(st.CipherSuite))
		}
	}
}

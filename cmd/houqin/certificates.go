package main

import (
	"crypto/tls"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"houqin/internal/base/config"
)

// certificates are a certificate and its key in files, read again when the files
// change. While the new ones cannot be read the old ones serve on.
type certificates struct {
	cert, key string
	log       *slog.Logger

	mu     sync.Mutex
	now    *tls.Certificate
	read   [2]time.Time // when the files were written that were read
	looked time.Time
}

const lookAtFiles = 5 * time.Second

func newCertificates(cert, key string, log *slog.Logger) (*certificates, error) {
	c := &certificates{cert: cert, key: key, log: log}
	return c, c.load()
}

func (c *certificates) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.looked) >= lookAtFiles && c.written() != c.read {
		if err := c.load(); err != nil {
			c.log.Error("the new certificate cannot be used; the old one serves on", "err", err)
		} else {
			c.log.Info("new certificate", "file", c.cert, "ends", c.now.Leaf.NotAfter)
		}
	}
	return c.now, nil
}

// name is the first name the certificate is for, "" when it has none of the usual kind.
func (c *certificates) name() string {
	for _, name := range c.now.Leaf.DNSNames {
		if !strings.Contains(name, "*") {
			return name
		}
	}
	return ""
}

func (c *certificates) written() (at [2]time.Time) {
	c.looked = time.Now()
	for i, path := range []string{c.cert, c.key} {
		if info, err := os.Stat(path); err == nil {
			at[i] = info.ModTime()
		}
	}
	return at
}

func (c *certificates) load() error {
	at := c.written()
	if err := config.Guarded(c.key); err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return err
	}
	c.now, c.read = &pair, at
	return nil
}

// Package authority is the hospital's own notary: on a network without internet it
// vouches that the program is the program, so that phones open the camera and work
// offline, which browsers allow over HTTPS only.
//
// Its root can vouch for the names it was made for and for nothing else, so that a
// phone which trusts it is not deceived about its bank.
package authority

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	rootYears = 10
	// hostLife is below the 398 days that browsers accept.
	hostLife = 397 * 24 * time.Hour
	// renewBefore its end a certificate of the host is replaced.
	renewBefore = 60 * 24 * time.Hour
	// backdate forgives clocks that are slow.
	backdate = 24 * time.Hour
)

// Authority vouches for the names of one host.
type Authority struct {
	dir   string
	names []string
	now   func() time.Time
	log   *slog.Logger

	root    *x509.Certificate
	rootKey crypto.Signer

	mu    sync.Mutex
	host  *tls.Certificate
	retry time.Time
}

// Open takes the authority of a folder into service, or founds it. Names are host
// names and addresses of the host. A root that was made for other names is refused:
// every phone would have to be given a new one, which nobody should do by accident.
func Open(dir string, names []string, now func() time.Time, log *slog.Logger) (*Authority, error) {
	a := &Authority{dir: dir, now: now, log: log}
	for _, n := range names {
		if n = strings.ToLower(strings.TrimSpace(n)); n != "" && !slices.Contains(a.names, n) {
			a.names = append(a.names, n)
		}
	}
	if len(a.names) == 0 {
		return nil, errors.New("the authority needs the names or addresses by which people reach the site")
	}
	for _, n := range a.names {
		if net.ParseIP(n) == nil && !isName(n) {
			return nil, fmt.Errorf("%q is neither a host name nor an address", n)
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := a.openRoot(); err != nil {
		return nil, err
	}
	_, err := a.certificate()
	return a, err
}

func isName(s string) bool {
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
	}
	return len(s) <= 253
}

func (a *Authority) rootPath() string { return filepath.Join(a.dir, "root.pem") }
func (a *Authority) hostPath() string { return filepath.Join(a.dir, "host.pem") }

func (a *Authority) openRoot() error {
	c, key, err := read(a.rootPath())
	if errors.Is(err, fs.ErrNotExist) {
		if err = a.found(); err == nil {
			c, key, err = read(a.rootPath()) // perhaps another copy of the program was quicker
		}
	}
	if err != nil {
		return err
	}
	for _, n := range a.names {
		if !permits(c, n) {
			return fmt.Errorf("the authority in %s vouches for %s only, not for %s; to found a new one, which every phone must then be given, move %s away",
				a.dir, strings.Join(permitted(c), ", "), n, a.rootPath())
		}
	}
	if !a.now().Before(c.NotAfter) {
		return fmt.Errorf("the authority in %s ended on %s; move %s away and give every phone the new one", a.dir, c.NotAfter.Format(time.DateOnly), a.rootPath())
	}
	a.root, a.rootKey = c, key
	return nil
}

// found makes a root that can vouch for the names and nothing else.
func (a *Authority) found() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	number, err := serial()
	if err != nil {
		return err
	}
	now := a.now()
	t := &x509.Certificate{
		SerialNumber: number,
		Subject: pkix.Name{Organization: []string{"Houqin 后勤"},
			CommonName: fmt.Sprintf("Houqin %s %s", a.names[0], now.UTC().Format("2006-01-02"))},
		NotBefore: now.Add(-backdate), NotAfter: now.AddDate(rootYears, 0, 0),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		PermittedDNSDomainsCritical: true,
	}
	for _, n := range a.names {
		if ip := net.ParseIP(n); ip != nil {
			t.PermittedIPRanges = append(t.PermittedIPRanges, single(ip))
		} else {
			t.PermittedDNSDomains = append(t.PermittedDNSDomains, n)
		}
	}
	// A kind of name of which none is permitted would be free: forbid it.
	if t.PermittedDNSDomains == nil {
		t.PermittedDNSDomains = []string{nowhere}
	}
	if t.PermittedIPRanges == nil {
		t.ExcludedIPRanges = []*net.IPNet{{IP: net.IPv4zero.To4(), Mask: net.CIDRMask(0, 32)}, {IP: net.IPv6zero, Mask: net.CIDRMask(0, 128)}}
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	if err != nil {
		return err
	}
	fresh, err := write(a.dir, der, key)
	if err != nil {
		return err
	}
	defer os.Remove(fresh)
	if err := os.Link(fresh, a.rootPath()); err != nil && !errors.Is(err, fs.ErrExist) {
		return os.Rename(fresh, a.rootPath())
	}
	return nil
}

// nowhere is a name that no host has (RFC 2606).
const nowhere = "houqin.invalid"

func single(ip net.IP) *net.IPNet {
	if v4 := ip.To4(); v4 != nil {
		return &net.IPNet{IP: v4, Mask: net.CIDRMask(32, 32)}
	}
	return &net.IPNet{IP: ip, Mask: net.CIDRMask(128, 128)}
}

// permits says whether a root may vouch for a name.
func permits(c *x509.Certificate, name string) bool {
	if ip := net.ParseIP(name); ip != nil {
		return slices.ContainsFunc(c.PermittedIPRanges, func(r *net.IPNet) bool { return r.Contains(ip) })
	}
	return slices.ContainsFunc(c.PermittedDNSDomains, func(d string) bool { return name == d || strings.HasSuffix(name, "."+d) })
}

func permitted(c *x509.Certificate) (names []string) {
	for _, d := range c.PermittedDNSDomains {
		if d != nowhere {
			names = append(names, d)
		}
	}
	for _, r := range c.PermittedIPRanges {
		names = append(names, r.IP.String())
	}
	return names
}

// Certificate is the host's, for a tls.Config. It is renewed before it ends.
func (a *Authority) Certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.certificate()
}

func (a *Authority) certificate() (*tls.Certificate, error) {
	now := a.now()
	if a.host != nil && (a.good(a.host.Leaf, now) || now.Before(a.retry)) {
		return a.host, nil
	}
	if c, key, err := read(a.hostPath()); err == nil && a.good(c, now) && c.CheckSignatureFrom(a.root) == nil {
		a.host = a.chain(c, key)
		return a.host, nil
	}
	host, err := a.issue(now)
	if err != nil {
		if a.host == nil {
			return nil, err
		}
		a.log.Error("the host's certificate could not be renewed", "err", err, "ends", a.host.Leaf.NotAfter)
		a.retry = now.Add(time.Minute)
		return a.host, nil
	}
	a.host = host
	a.log.Info("the host has a new certificate", "names", strings.Join(a.names, ","), "ends", host.Leaf.NotAfter)
	return host, nil
}

// good says whether a certificate names the host as it is called now and lasts.
func (a *Authority) good(c *x509.Certificate, now time.Time) bool {
	last := a.root.NotAfter // when the root itself ends there is nothing to renew
	if !now.Add(renewBefore).Before(c.NotAfter) && c.NotAfter.Before(last) || !now.Before(c.NotAfter) {
		return false
	}
	return !slices.ContainsFunc(a.names, func(n string) bool { return c.VerifyHostname(bracketed(n)) != nil })
}

func bracketed(name string) string {
	if strings.Contains(name, ":") {
		return "[" + name + "]"
	}
	return name
}

func (a *Authority) issue(now time.Time) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	number, err := serial()
	if err != nil {
		return nil, err
	}
	t := &x509.Certificate{
		SerialNumber: number, Subject: pkix.Name{CommonName: a.names[0]},
		NotBefore: now.Add(-backdate), NotAfter: now.Add(hostLife - backdate),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true,
	}
	if t.NotAfter.After(a.root.NotAfter) {
		t.NotAfter = a.root.NotAfter
	}
	for _, n := range a.names {
		if ip := net.ParseIP(n); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, n)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, t, a.root, key.Public(), a.rootKey)
	if err != nil {
		return nil, err
	}
	fresh, err := write(a.dir, der, key)
	if err != nil {
		return nil, err
	}
	if err := os.Rename(fresh, a.hostPath()); err != nil {
		os.Remove(fresh)
		return nil, err
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return a.chain(c, key), nil
}

func (a *Authority) chain(c *x509.Certificate, key crypto.Signer) *tls.Certificate {
	return &tls.Certificate{Certificate: [][]byte{c.Raw, a.root.Raw}, PrivateKey: key, Leaf: c}
}

// Root is the certificate that phones are given, in DER.
func (a *Authority) Root() []byte { return a.root.Raw }

// Ends is the last moment of the root.
func (a *Authority) Ends() time.Time { return a.root.NotAfter }

// Fingerprint is the SHA-256 of the root, by which people compare what they got.
func (a *Authority) Fingerprint() string {
	sum := sha256.Sum256(a.root.Raw)
	var b strings.Builder
	for i, c := range sum {
		if i > 0 && i%2 == 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%02X", c)
	}
	return b.String()
}

func serial() (*big.Int, error) { return rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127)) }

// write puts a certificate and its key into one new file, so that the two never
// come from different hands.
func write(dir string, der []byte, key *ecdsa.PrivateKey) (path string, err error) {
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", err
	}
	f, err := os.CreateTemp(dir, ".new-*") // readable by the owner only
	if err != nil {
		return "", err
	}
	defer f.Close()
	var b bytes.Buffer
	pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: der})
	pem.Encode(&b, &pem.Block{Type: "PRIVATE KEY", Bytes: secret})
	if _, err = f.Write(b.Bytes()); err == nil {
		err = f.Sync()
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return f.Name(), err
}

func read(path string) (*x509.Certificate, crypto.Signer, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, nil, fmt.Errorf("%s can be read by others than its owner; it must have mode 0600", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	pair, err := tls.X509KeyPair(text, text)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	key, ok := pair.PrivateKey.(crypto.Signer)
	if !ok {
		return nil, nil, fmt.Errorf("%s: its key cannot sign", path)
	}
	return pair.Leaf, key, nil
}

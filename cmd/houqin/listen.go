package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"houqin/internal/base/authority"
	"houqin/internal/base/metrics"
	"houqin/internal/base/web"
	"houqin/internal/hospital"
)

// listening says where and how the site is reached.
type listening struct {
	Addr        string        `help:"Address and port to listen on." default:"127.0.0.1:8080" placeholder:"HOST:PORT" env:"HOUQIN_ADDR" setting:""`
	Address     string        `help:"How people reach the site, for codes on walls and messages: https://houqin.example." placeholder:"URL" env:"HOUQIN_ADDRESS" setting:""`
	TLSCert     string        `name:"tls-cert" help:"HTTPS with this certificate (PEM, chain included); read anew when it changes." placeholder:"FILE" env:"HOUQIN_TLS_CERT" setting:""`
	TLSKey      string        `name:"tls-key" help:"Its key (PEM)." placeholder:"FILE" env:"HOUQIN_TLS_KEY" setting:""`
	Authority   []string      `help:"HTTPS by the program's own authority, for these names and addresses of this machine; for a network without internet. Its root is fetched from /trust." placeholder:"NAME" env:"HOUQIN_AUTHORITY" setting:""`
	HTTPAddr    string        `name:"http-addr" help:"With HTTPS: also listen here in clear, only to send pages to HTTPS and to show /trust." placeholder:"HOST:PORT" env:"HOUQIN_HTTP_ADDR" setting:""`
	Proxies     []string      `help:"Addresses or ranges of the proxies in front; only they are believed who the visitor is, and only they may speak in clear." placeholder:"RANGE" env:"HOUQIN_PROXIES" setting:""`
	MetricsAddr string        `help:"Where Prometheus reads /metrics; \"none\" for nowhere." default:"${metrics}" placeholder:"HOST:PORT" env:"HOUQIN_METRICS_ADDR" setting:""`
	AlarmMail   string        `help:"Where technical systems that can only send mail tell of alarms, by SMTP, covered by STARTTLS where the site speaks HTTPS and the system can: an address of the network they stand in. Each writes to its key, as the page of the system says." placeholder:"HOST:PORT" env:"HOUQIN_ALARM_MAIL" setting:""`
	HSTS        string        `name:"hsts" help:"Whether browsers that came by HTTPS are told to come by nothing else for a year; \"off\" while certificates are being tried." enum:"on,off" default:"on" env:"HOUQIN_HSTS" setting:""`
	Drain       time.Duration `help:"When told to stop: how long /readyz fails before no more visitors are let in." default:"0s" env:"HOUQIN_DRAIN" setting:""`
}

const metricsDefault = "127.0.0.1:9180"

// secure says whether browsers reach the site by HTTPS.
func (l *listening) secure() bool { return l.https() || strings.HasPrefix(l.Address, "https://") }
func (l *listening) https() bool  { return l.TLSCert != "" || len(l.Authority) > 0 }

// sensible says which settings do not go together. A demo may be shown in clear.
func (l *listening) sensible(demo bool) error {
	var wrong []error
	complain := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	for name, v := range map[string]string{"addr": l.Addr, "http-addr": l.HTTPAddr, "alarm-mail": l.AlarmMail, "metrics-addr": strings.TrimPrefix(l.MetricsAddr, "none")} {
		if _, _, err := net.SplitHostPort(v); v != "" && err != nil {
			complain("%s: %w", name, err)
		}
	}
	if u, err := url.Parse(l.Address); l.Address != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.TrimSuffix(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil) {
		complain("address: %q is not of the form https://houqin.example", l.Address)
	}
	if (l.TLSCert == "") != (l.TLSKey == "") {
		complain("tls-cert and tls-key go together")
	}
	if l.TLSCert != "" && len(l.Authority) > 0 {
		complain("either tls-cert or authority, not both")
	}
	if l.https() && strings.HasPrefix(l.Address, "http://") {
		complain("address: the site is reached by HTTPS, so it begins with https://")
	}
	if u, _ := url.Parse(l.Address); !demo && u != nil && u.Scheme == "http" && !loopback(net.JoinHostPort(u.Hostname(), "80")) {
		complain("address: %s is reached in clear, and passwords must not cross a network so", l.Address)
	}
	if l.HTTPAddr != "" && !l.https() {
		complain("http-addr only helps where addr speaks HTTPS")
	}
	if _, err := l.proxies(); err != nil {
		wrong = append(wrong, err)
	}
	if len(l.Proxies) > 0 && l.Address == "" {
		complain("behind proxies the program needs address: how people reach the site")
	}
	if !l.https() && len(l.Proxies) == 0 && !demo && !loopback(l.Addr) {
		complain("addr %s is reached from other machines: passwords must not cross a network in clear. Set tls-cert and tls-key, or authority, or proxies when one in front speaks HTTPS", l.Addr)
	}
	if l.Drain < 0 || l.Drain > time.Minute {
		complain("drain is between 0s and 1m")
	}
	return errors.Join(wrong...)
}

func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

func (l *listening) proxies() (all []netip.Prefix, err error) {
	for _, p := range l.Proxies {
		p = strings.TrimSpace(p)
		if a, err := netip.ParseAddr(p); err == nil {
			all = append(all, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		r, err := netip.ParsePrefix(p)
		if err != nil {
			return nil, fmt.Errorf("proxies: %q is neither an address nor a range such as 10.1.0.0/16", p)
		}
		all = append(all, r.Masked())
	}
	return all, nil
}

// site is a hospital with its doors open.
type site struct {
	main    net.Listener
	servers []*http.Server
	ended   chan error
	speak   *tls.Config // nil in clear
	log     *slog.Logger
}

// open opens the doors of a hospital: the site, and beside it the way from HTTP to
// HTTPS and the counts for Prometheus.
func (l *listening) open(h *hospital.Hospital, data string, demo bool, gauges []metrics.Gauge, log *slog.Logger) (s *site, err error) {
	s = &site{ended: make(chan error, 3), log: log}
	opened := s // what is answered with an error is nil
	defer func() {
		if err != nil {
			opened.close()
		}
	}()
	proxies, err := l.proxies()
	if err != nil {
		return nil, err
	}
	var speak *tls.Config
	switch {
	case l.TLSCert != "":
		files, err := newCertificates(l.TLSCert, l.TLSKey, log)
		if err != nil {
			return nil, err
		}
		speak = &tls.Config{GetCertificate: files.get}
		if h.Site.Address == "" && files.name() != "" { // links are never built from what a visitor says
			h.Site.Address = site0("https", files.name(), l.Addr)
		}
	case len(l.Authority) > 0:
		a, err := authority.Open(filepath.Join(data, "authority"), l.Authority, time.Now, log)
		if err != nil {
			return nil, err
		}
		speak = &tls.Config{GetCertificate: a.Certificate}
		page := l.trustPage()
		h.Site.Room(a.Routes(page))
		log.Info("phones fetch the root of the program's authority", "from", page, "fingerprint", a.Fingerprint())
	}
	if s.main, err = net.Listen("tcp", l.Addr); err != nil {
		return nil, err
	}
	h.Site.NoHSTS = l.HSTS == "off"
	server := h.Site.Server(l.Addr)
	server.Handler = web.Behind(proxies, h.Site)
	if !demo {
		server.Handler = web.OnlyFrom(proxies, server.Handler)
	}
	if speak != nil {
		speak.MinVersion = tls.VersionTLS12
		server.TLSConfig, s.speak = speak, speak.Clone()
	}
	s.serve(server, s.main)
	if l.HTTPAddr != "" {
		clear := h.Site.Server(l.HTTPAddr)
		clear.Handler = l.toHTTPS(h.Site, log)
		if err := s.listen(clear); err != nil {
			return nil, err
		}
	}
	if l.MetricsAddr != "none" && l.MetricsAddr != "" {
		mux := http.NewServeMux()
		mux.Handle("GET /metrics", metrics.Handler(h.Site, h.DB, gauges...))
		err := s.listen(&http.Server{Addr: l.MetricsAddr, Handler: mux, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second,
			ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)})
		if err != nil && l.MetricsAddr != metricsDefault {
			return nil, err
		}
		if err != nil { // a second copy on this machine has it, and nobody asked for it
			log.Warn("no metrics", "err", err)
		}
	}
	return s, nil
}

func (s *site) listen(server *http.Server) error {
	socket, err := net.Listen("tcp", server.Addr)
	if err == nil {
		s.serve(server, socket)
	}
	return err
}

func (s *site) serve(server *http.Server, socket net.Listener) {
	s.servers = append(s.servers, server)
	go func() {
		var err error
		if server.TLSConfig != nil {
			err = server.ServeTLS(socket, "", "")
		} else {
			err = server.Serve(socket)
		}
		if !errors.Is(err, http.ErrServerClosed) {
			s.ended <- err
		}
	}()
}

// shut lets requests in flight finish until ctx ends, then cuts them off.
func (s *site) shut(ctx context.Context) error {
	var errs []error
	for _, server := range s.servers {
		if err := server.Shutdown(ctx); err != nil {
			server.Close()
			errs = append(errs, fmt.Errorf("requests were still in flight: %w", err))
		}
	}
	return errors.Join(errs...)
}

func (s *site) close() {
	for _, server := range s.servers {
		server.Close()
	}
	if s.main != nil {
		s.main.Close()
	}
}

// trustPage is the whole address of the page that puts the root on a phone: in clear
// where the program listens in clear, so that the phone does not warn of itself.
func (l *listening) trustPage() string {
	scheme, addr := "https", l.Addr
	if l.HTTPAddr != "" {
		scheme, addr = "http", l.HTTPAddr
	}
	return site0(scheme, l.Authority[0], addr) + "/trust"
}

// site0 is the address of a host at the port of a listener.
func site0(scheme, host, addr string) string {
	_, port, _ := net.SplitHostPort(addr)
	switch {
	case scheme == "https" && port == "443", scheme == "http" && port == "80":
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		return scheme + "://" + host
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// toHTTPS sends pages to HTTPS and refuses programs, whose tokens must not travel in
// clear once more. The page that makes HTTPS possible is shown in clear.
func (l *listening) toHTTPS(site http.Handler, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path
		web.Strict(w.Header())
		if r.Header.Get("Authorization") != "" {
			log.Warn("a token was sent in clear; withdraw it", "address", r.RemoteAddr)
		}
		switch {
		case len(l.Authority) > 0 && r.Method == http.MethodGet && (path == "/trust" || path == "/trust/root.crt" || strings.HasPrefix(path, "/assets/")), path == "/healthz", path == "/readyz":
			site.ServeHTTP(w, r)
		case (r.Method == http.MethodGet || r.Method == http.MethodHead) && path != "/api" && !strings.HasPrefix(path, "/api/"):
			to := strings.TrimSuffix(l.Address, "/")
			if to == "" {
				host := r.Host
				if h, _, err := net.SplitHostPort(host); err == nil {
					host = h
				}
				to = site0("https", host, l.Addr)
			}
			http.Redirect(w, r, to+r.URL.RequestURI(), http.StatusPermanentRedirect)
		default:
			web.RefuseClear(w)
		}
	})
}

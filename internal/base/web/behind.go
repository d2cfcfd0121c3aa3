package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Behind believes the proxies that stand at these addresses what they say about
// where a request comes from: the visitor is the last address of X-Forwarded-For
// that is not a proxy's. From everybody else such words are thrown away. What came to
// a proxy in clear, by its own words, is refused.
func Behind(proxies []netip.Prefix, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if among(proxies, r.RemoteAddr) {
			if inClear(r.Header) && r.URL.Path != "/healthz" && r.URL.Path != "/readyz" {
				RefuseClear(w)
				return
			}
			if from := visitor(proxies, r.Header.Values("X-Forwarded-For")); from != "" {
				r.RemoteAddr = net.JoinHostPort(from, "0")
			}
		}
		for _, h := range []string{"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Forwarded"} {
			r.Header.Del(h)
		}
		next.ServeHTTP(w, r)
	})
}

// inClear says that a proxy was itself spoken to in clear.
func inClear(h http.Header) bool {
	said := h.Values("X-Forwarded-Proto")
	return len(said) > 0 && !strings.EqualFold(strings.TrimSpace(said[len(said)-1]), "https")
}

// visitor is the nearest address that no proxy has; "" when the chain is broken
// before one is found.
func visitor(proxies []netip.Prefix, chain []string) (from string) {
	hops := strings.Split(strings.Join(chain, ","), ",")
	for _, hop := range slices.Backward(hops) {
		a, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			return ""
		}
		if from = a.Unmap().String(); !contains(proxies, a) {
			return from
		}
	}
	return from
}

// among says whether a connection comes from one of the ranges.
func among(ranges []netip.Prefix, remote string) bool {
	a, err := netip.ParseAddrPort(remote)
	return err == nil && contains(ranges, a.Addr())
}

func contains(ranges []netip.Prefix, a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return slices.ContainsFunc(ranges, func(p netip.Prefix) bool { return p.Contains(a) })
}

// OnlyFrom refuses who speaks in clear and comes neither from this machine nor from
// one of the proxies, so that nobody's password crosses the network readable.
// Whether the program lives and is ready may be asked by all.
func OnlyFrom(proxies []netip.Prefix, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, err := netip.ParseAddrPort(r.RemoteAddr)
		here := err == nil && a.Addr().Unmap().IsLoopback()
		if r.TLS == nil && !here && !among(proxies, r.RemoteAddr) && r.URL.Path != "/healthz" && r.URL.Path != "/readyz" {
			RefuseClear(w)
			return
		}
		next.ServeHTTP(w, r)
	})
}
